package conversion

import (
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/mad"
)

func month(n int) time.Month { return time.Month(n) }

// toMAD writes a MAD document.
type toMAD struct {
	p      *parametres
	need   *besoin
	o      Options
	lost   *losses
	out    *mad.Writer
	begun  bool
	entree int
	number int
	valid  compta.Date
	entry  mad.Entry // the one that is being made, over the one before
	open   bool
	lines  int
	ids    map[string]string // producerId of journals
	heads  map[string]mad.EntryJournal

	written, validated compta.Date // that the entry and additional say
	additional         mad.EntryAdditional
}

func newToMAD(dst io.Writer, p *parametres, need *besoin, o Options, lost *losses) *toMAD {
	return &toMAD{p: p, need: need, o: o, lost: lost, out: mad.NewWriter(dst), ids: map[string]string{}, heads: map[string]mad.EntryJournal{}}
}

func ptr(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (s *toMAD) begin() error {
	s.begun = true
	p := s.p
	d := &mad.Document{Metadata: mad.Metadata{Version: mad.Version, Producer: "Passerelle"}}
	if !s.o.Heure.IsZero() {
		d.Metadata.CreatedAt = s.o.Heure.UnixMilli()
	}
	d.Data.AccountingFolder = &mad.AccountingFolder{Name: p.dossier.Nom, SIRET: ptr(p.dossier.SIRET)}
	for i := range p.journaux.list {
		d.Data.Journals = append(d.Data.Journals, s.journal(i, &p.journaux.list[i]))
	}
	for i := range p.comptes.list {
		c := &p.comptes.list[i]
		if c.Nature != "" && c.Nature != natureOfAccount(c.Numero) {
			s.lost.add("natures", c.N)
		}
		if _, aux := splitAccount(c.Numero); aux != "" {
			s.lost.add("compte-de-tiers", c.N) // it will be read as root and auxiliary
		}
		d.Data.Accounts = append(d.Data.Accounts, mad.Account{ProducerID: c.Numero, Number: c.Numero, Name: c.Nom})
	}
	for i := range p.tiers.list {
		t := &p.tiers.list[i]
		if t.Nature != "" && t.Nature != natureOfTiers(t.Collectif) {
			s.lost.add("natures", t.N)
		}
		if number, ok := joinAccount(t.Collectif, t.Numero); ok {
			d.Data.Accounts = append(d.Data.Accounts, mad.Account{ProducerID: number, Number: number, Name: t.Nom})
		}
	}
	for i, e := range sortedExercices(p.exercices) {
		d.Data.Exercices = append(d.Data.Exercices, exerciceOf(i, &e))
	}
	s.analytics(d)
	return s.out.Begin(d)
}

func (s *toMAD) journal(i int, j *Journal) mad.Journal {
	nature := j.Nature
	if nature == "" {
		nature = s.need.guess(j)
	}
	name, code := "OD", "OD"
	for _, t := range journalTypes {
		if t.nature == nature {
			name, code = t.name, t.code
		}
	}
	if code == "OD" && nature != "OD" || code == "OD_EXC" || code == "EXT" && s.o.De == MAD {
		s.lost.add("natures", j.N)
	}
	id := strconv.Itoa(i + 1)
	s.ids[j.Code] = id
	out := mad.Journal{ProducerID: id, Name: j.Nom, CustomerReferenceCode: j.Code, Type: name, Additional: &mad.JournalAdditional{Type: code}}
	compte := j.Compte
	if compte == "" && (nature == "BQE" || nature == "CAI") {
		compte = s.need.banque[j.Code]
	}
	if compte != "" {
		label := compte
		if c := s.p.comptes.get(compte); c != nil {
			label = c.Nom
		}
		out.CounterpartAccount = &mad.SimplifiedAccount{ProducerID: ptr(compte), Number: ptr(compte), Name: ptr(label)}
	}
	return out
}

// joinAccount returns the number of a third party: root and auxiliary; ok is false
// where the collective account is none of those that MAD splits so.
func joinAccount(collectif, aux string) (string, bool) {
	if len(collectif) < 3 || strings.Trim(aux, "0") == "" {
		return "", false
	}
	if _, ok := collectifs[collectif[:3]]; !ok {
		return "", false
	}
	return collectif[:3] + aux, true
}

func exerciceOf(i int, e *Exercice) mad.Exercice {
	out := mad.Exercice{ProducerID: strconv.Itoa(i + 1), Name: e.Code, State: "open",
		Period: mad.Period{Start: e.Debut.String(), End: e.Fin.String()}, Additional: mad.ExerciceAdditional{Lettering: "MONO"}}
	if e.Debut.IsFirstOfMonth() && e.Fin.IsLastOfMonth() {
		n := (e.Fin.Year-e.Debut.Year)*12 + int(e.Fin.Month) - int(e.Debut.Month) + 1
		out.Period.Duration = &n
	}
	if e.Multi {
		out.Additional.Lettering = "MULTI"
	}
	if e.Clos {
		at := e.Le
		if at.IsZero() {
			at = e.Fin
		}
		out.State, out.Period.Closed = "closed", &mad.Closed{At: at.String()}
	}
	return out
}

func (s *toMAD) analytics(d *mad.Document) {
	for i, code := range s.p.axes {
		id := strconv.Itoa(i + 1)
		a := mad.Analytic{ProducerID: &id, Code: code, Name: code, Sections: []mad.Section{}}
		for k, x := range s.p.sections.list {
			if x.Axe == code {
				a.Sections = append(a.Sections, mad.Section{ProducerID: strconv.Itoa(k + 1), Code: x.Code, Name: x.Nom, Additional: &mad.SectionAdditional{}})
			}
		}
		d.Data.Analytics = append(d.Data.Analytics, a)
	}
}

func (s *toMAD) ligne(l *Ligne) error {
	if !s.begun {
		if err := s.begin(); err != nil {
			return err
		}
	}
	if !s.open || l.Entree != s.entree {
		if err := s.flush(); err != nil {
			return err
		}
		s.start(l)
	}
	s.lines++
	s.movement(l)
	if s.number > 0 && l.Numero != strconv.Itoa(s.number) && l.Numero != "" {
		s.lost.add("numero", l.N)
	}
	if l.Validation != s.valid {
		s.lost.add("date-validation", l.N) // an entry has one
	}
	return nil
}

func (s *toMAD) start(l *Ligne) {
	s.entree = l.Entree
	s.number++
	s.valid = l.Validation
	id := l.Numero
	if id == "" {
		id = strconv.Itoa(s.number)
	}
	s.open = true
	e := &s.entry
	e.ProducerID, e.Movements, e.Additional = id, e.Movements[:0], nil
	if e.Attachments == nil {
		e.Attachments, e.Currency.Code = map[string]mad.Attachment{}, "EUR"
	}
	if e.Date == "" || s.written != l.Date {
		e.Date, s.written = l.Date.String(), l.Date
	}
	if !l.Validation.IsZero() {
		if s.additional.ValidationDate == nil || s.validated != l.Validation {
			s.additional.ValidationDate, s.validated = ptr(l.Validation.String()), l.Validation
		}
		e.Additional = &s.additional
	}
	if e.Journal.CustomerReferenceCode == l.Journal && s.number > 1 {
		return
	}
	if known, ok := s.heads[l.Journal]; ok {
		e.Journal = known
		return
	}
	j := s.p.journaux.get(l.Journal)
	e.Journal = mad.EntryJournal{ProducerID: s.ids[l.Journal], CustomerReferenceCode: l.Journal, Type: "OD"}
	if j != nil {
		e.Journal.Name = j.Nom
		nature := j.Nature
		if nature == "" {
			nature = s.need.guess(j)
		}
		for _, t := range journalTypes {
			if t.nature == nature {
				e.Journal.Type = t.name
			}
		}
	}
	s.heads[l.Journal] = e.Journal
}

// setText makes a reference one to a text, none where it is blank.
func setText(at **string, v string) {
	switch {
	case v == "":
		*at = nil
	case *at == nil:
		*at = new(string)
		**at = v
	default:
		**at = v
	}
}

// movement adds a line to the entry, over a movement of an earlier one.
func (s *toMAD) movement(l *Ligne) {
	n := len(s.entry.Movements)
	if n < cap(s.entry.Movements) {
		s.entry.Movements = s.entry.Movements[:n+1]
	} else {
		s.entry.Movements = append(s.entry.Movements, mad.Movement{})
	}
	m := &s.entry.Movements[n]
	if m.Account == nil {
		m.Attachments, m.Analytics, m.Account = map[string]mad.Attachment{}, []mad.Imputation{}, &mad.SimplifiedAccount{}
	}
	m.ProducerID, m.Description, m.Analytics = strconv.Itoa(s.lines), l.Libelle, m.Analytics[:0]
	m.Value = mad.Value{Credit: mad.Number(l.Credit), Debit: mad.Number(l.Debit), Amount: mad.Number(l.Credit - l.Debit)}
	setText(&m.InvoiceNumber, l.Reference)
	setText(&m.DueDate, l.Echeance.String())
	switch {
	case l.Lettre == "":
		m.Lettering.State = "none"
		setText(&m.Lettering.Value, "")
	case l.Partielle:
		m.Lettering.State = "partial"
		setText(&m.Lettering.Value, "*"+l.Lettre)
	default:
		m.Lettering.State = "complete"
		setText(&m.Lettering.Value, l.Lettre)
	}
	number, name := l.Compte, ""
	if c := s.p.comptes.get(l.Compte); c != nil {
		name = c.Nom
	}
	if l.Auxiliaire != "" {
		if joined, ok := s.join(l.Compte, l.Auxiliaire); ok {
			number = joined
			if l.Compte != l.Compte[:3]+"000" {
				s.lost.add("collectif", l.N)
			}
			if t := s.p.tiers.get(l.Auxiliaire); t != nil {
				name = t.Nom
			}
		} else {
			s.lost.add("auxiliaire", l.N)
		}
	} else if _, aux := splitAccount(l.Compte); aux != "" {
		s.lost.add("compte-de-tiers", l.N)
	}
	setText(&m.Account.ProducerID, number)
	setText(&m.Account.Number, number)
	setText(&m.Account.Name, name)
	m.Payment = nil
	if l.Paiement != "" {
		m.Payment = &mad.Payment{ProducerID: l.Paiement, Code: ptr(l.Paiement)}
	}
	s.imputations(l, m)
	if l.DateReference != l.Date {
		s.lost.add("date-piece", l.N)
	}
	if !l.DateLettre.IsZero() {
		s.lost.add("date-lettrage", l.N)
	}
	if l.Devise != "" || l.EnDevise != 0 {
		s.lost.add("devise", l.N)
	}
}

// join is joinAccount, which makes one text of each number.
func (s *toMAD) join(collectif, aux string) (string, bool) {
	if t := s.p.tiers.get(aux); t != nil && t.Joint != "" && strings.HasPrefix(collectif, t.Joint[:3]) {
		return t.Joint, true
	}
	number, ok := joinAccount(collectif, aux)
	if t := s.p.tiers.get(aux); t != nil && ok {
		t.Joint = number
	}
	return number, ok
}

// imputations groups the sections of a line by axe.
func (s *toMAD) imputations(l *Ligne, m *mad.Movement) {
	whole := l.Debit + l.Credit
	for i := range l.Imputations {
		x := &l.Imputations[i]
		k := -1
		for n := range m.Analytics {
			if m.Analytics[n].Code == x.Axe {
				k = n
			}
		}
		if k < 0 {
			m.Analytics = append(m.Analytics, mad.Imputation{ProducerID: strconv.Itoa(s.p.axe(x.Axe)), Code: x.Axe, Name: x.Axe})
			k = len(m.Analytics) - 1
		}
		name := x.Section
		if sec := s.p.sections.get(x.Axe + "\x00" + x.Section); sec != nil {
			name = sec.Nom
		}
		m.Analytics[k].Sections = append(m.Analytics[k].Sections, mad.ImputationSection{ProducerID: x.Section,
			Amount: mad.Number(x.Montant), Rate: percent(x.Montant, whole), Code: x.Section, Name: name})
	}
}

// percent is the part of an amount in a whole, in percent with four decimals.
func percent(part, whole compta.Montant) mad.Number {
	if whole == 0 {
		return 0
	}
	v := new(big.Int).Mul(big.NewInt(int64(part)), big.NewInt(100*int64(compta.Unite)))
	v.Quo(v, big.NewInt(int64(whole)))
	if !v.IsInt64() {
		return 0
	}
	return mad.Number(v.Int64())
}

func (s *toMAD) flush() error {
	if !s.open {
		return nil
	}
	s.open = false
	return s.out.Write(&s.entry)
}

func (s *toMAD) close() error {
	if !s.begun {
		if err := s.begin(); err != nil {
			return err
		}
	}
	if err := s.flush(); err != nil {
		return err
	}
	return s.out.Close()
}
