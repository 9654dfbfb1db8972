package conversion

import (
	"cmp"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
)

// Ligne is one line of an entry.
type Ligne struct {
	N             int // line of the source, from 1; of MAD, the rank of the movement
	Journal       string
	Numero        string // of the entry; "" where the source has none
	Date          compta.Date
	Compte        string
	Auxiliaire    string
	Reference     string
	DateReference compta.Date
	Libelle       string
	Debit, Credit compta.Montant
	Lettre        string
	Partielle     bool // the letter does not settle the lines yet
	DateLettre    compta.Date
	Validation    compta.Date
	Devise        string // "" where the line is in the currency of the books
	EnDevise      compta.Montant
	Echeance      compta.Date
	Paiement      string // code of the mode of payment
	Imputations   []Imputation
	Entree        int // rank of the entry in the source, from 1
}

// Imputation is the part of a line on a section.
type Imputation struct {
	N            int
	Axe, Section string
	Montant      compta.Montant // on the side of its line
}

// Journal is a journal. Nature is that of TRA.
type Journal struct {
	Code, Nom, Nature, Compte string
	N                         int
}

// Compte is a general account. Nature is that of TRA.
type Compte struct {
	Numero, Nom, Nature string
	N                   int
}

// Tiers is a third party. Nature is that of TRA.
type Tiers struct {
	Numero, Nom, Collectif, Nature string
	N                              int
	Joint                          string // the number in MAD that was written last
}

// Section is a section of an analytic axe.
type Section struct {
	Code, Nom, Axe string
	N              int
}

// Exercice is a fiscal year.
type Exercice struct {
	Code       string
	Debut, Fin compta.Date
	Clos       bool
	Multi      bool        // lettering
	Le         compta.Date // of the closing, zero where it is not known
	N          int
}

// Dossier is whose accounts these are.
type Dossier struct{ Nom, SIRET string }

// parametres is what a file says besides its lines.
type parametres struct {
	dossier   Dossier
	journaux  ordered[Journal]
	comptes   ordered[Compte]
	tiers     ordered[Tiers]
	sections  ordered[Section]
	exercices []Exercice
	axes      []string // codes of the axes, in order
}

// ordered keeps things in the order in which they came, each key once.
type ordered[T any] struct {
	list   []T
	keys   []string
	at     map[string]int
	recent [slots]int32 // places of the keys that came last, plus one
}

func newParametres() *parametres { return &parametres{} }

// add keeps the first thing of a key; it returns the one that is kept.
func (o *ordered[T]) add(key string, v T) (kept *T, isNew bool) {
	if kept := o.get(key); kept != nil {
		return kept, false
	}
	if o.at == nil {
		o.at = map[string]int{}
	}
	key = strings.Clone(key)
	o.at[key] = len(o.list)
	o.list, o.keys = append(o.list, v), append(o.keys, key)
	return &o.list[len(o.list)-1], true
}

func (o *ordered[T]) get(key string) *T {
	recent := &o.recent[slot(key)]
	if i := *recent; i > 0 && o.keys[i-1] == key {
		return &o.list[i-1]
	}
	i, ok := o.at[key]
	if !ok {
		return nil
	}
	*recent = int32(i + 1)
	return &o.list[i]
}

// find returns the place of a key in the list, -1 where it is not there.
func (o *ordered[T]) find(key []byte) int {
	recent := &o.recent[slot(key)]
	if i := *recent; i > 0 && o.keys[i-1] == string(key) {
		return int(i - 1)
	}
	i, ok := o.at[string(key)]
	if !ok {
		return -1
	}
	*recent = int32(i + 1)
	return i
}

// axe returns the rank of an axe from 1, and adds it.
func (p *parametres) axe(code string) int {
	i := slices.Index(p.axes, code)
	if i < 0 {
		i = len(p.axes)
		p.axes = append(p.axes, strings.Clone(code))
	}
	return i + 1
}

// besoin is what a target has to know before its first line.
type besoin struct {
	lignes, ecritures int
	entree            int
	date              compta.Date
	desordre          bool               // dates do not ascend
	scattered         bool               // lines of one entry may not follow each other
	lastNum           map[string]*string // of each journal
	etendu            bool               // TRA: FORMAT ETE is needed
	sansNumero        bool               // some entry has no number
	min, max          compta.Date
	banque            map[string]string // first account of class 51 or 53 of each journal
}

// see looks at a line in the first reading.
func (b *besoin) see(p *parametres, l *Ligne) {
	b.lignes++
	if l.Entree != b.entree {
		b.ecritures++
		if b.lignes > 1 && l.Date.Compare(b.date) < 0 {
			b.desordre = true
		}
		if b.lastNum == nil {
			b.lastNum, b.banque, b.min = map[string]*string{}, map[string]string{}, l.Date
		}
		last := b.lastNum[l.Journal]
		if last == nil {
			last = new(string)
			b.lastNum[strings.Clone(l.Journal)] = last
		} else if !b.scattered && compareNumbers(l.Numero, *last) <= 0 {
			b.scattered = true
		}
		*last = l.Numero
		b.entree, b.date = l.Entree, l.Date
		if l.Numero == "" {
			b.sansNumero = true
		}
		if l.Date.Compare(b.min) < 0 {
			b.min = l.Date
		}
		if l.Date.Compare(b.max) > 0 {
			b.max = l.Date
		}
	}
	if !l.DateReference.IsZero() && l.DateReference != l.Date || l.Lettre != "" || !l.Validation.IsZero() {
		b.etendu = true
	}
	if strings.HasPrefix(l.Compte, "51") || strings.HasPrefix(l.Compte, "53") {
		if _, ok := b.banque[l.Journal]; !ok {
			b.banque[strings.Clone(l.Journal)] = strings.Clone(l.Compte)
		}
	}
}

// compareNumbers compares two numbers of entries of one journal: as numbers where
// they are of one length or digits, else as texts.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// losses counts what is lost.
type losses struct {
	all  []Perte
	last []int // of each, the line counted last, so that a line counts once for each thing
	deaf bool  // nothing is counted
}

// add counts a line for something that is lost.
func (l *losses) add(ce string, n int) {
	if l.deaf {
		return
	}
	for i := range l.all {
		if p := &l.all[i]; p.Ce == ce {
			if l.last[i] == n && n > 0 {
				return
			}
			l.last[i] = n
			p.Lignes++
			if n > 0 && (n < p.Premiere || p.Premiere == 0) {
				p.Premiere = n
			}
			return
		}
	}
	l.all, l.last = append(l.all, Perte{ce, 1, n}), append(l.last, n)
}

func (l *losses) list() []Perte {
	out := append([]Perte{}, l.all...)
	slices.SortFunc(out, func(a, b Perte) int { return cmp.Compare(a.Ce, b.Ce) })
	return out
}

// warnings are findings on the file that is written.
type warnings struct{ compta.Collector }

var (
	ruleProvisoire = &compta.Rule{Code: "provisoire", Severity: compta.SeverityWarning}
	ruleNumeros    = &compta.Rule{Code: "numerotation", Severity: compta.SeverityWarning}
	ruleLibelles   = &compta.Rule{Code: "libelle-inconnu", Severity: compta.SeverityWarning}
)

func (w *warnings) list() []compta.Finding { return w.Findings() }

// natureOfJournal guesses the nature of a journal that the source does not give.
func natureOfJournal(code, nom string) string {
	c, n := strings.ToUpper(code), strings.ToLower(nom)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(n, w) })
	}
	switch {
	case c == "AN" || c == "ANO" || c == "RAN" || has("nouveau"):
		return "ANO"
	case c == "VTE" || c == "VT" || c == "VE" || has("vente"):
		return "VTE"
	case c == "ACH" || c == "AC" || c == "HA" || has("achat"):
		return "ACH"
	case c == "CAI" || c == "CA" || has("caisse"):
		return "CAI"
	case c == "BQ" || c == "BQE" || has("banque"):
		return "BQE"
	}
	return "OD"
}

// guess is the nature of a journal that the source does not give; one of a bank or a
// cash box has an account.
func (b *besoin) guess(j *Journal) string {
	n := natureOfJournal(j.Code, j.Nom)
	if (n == "BQE" || n == "CAI") && j.Compte == "" && b.banque[j.Code] == "" {
		return "OD"
	}
	return n
}

// natureOfAccount is the nature of a general account by its root (reference, section 2).
func natureOfAccount(numero string) string {
	for _, r := range [...]struct{ root, nature string }{
		{"40", "COF"}, {"41", "COC"}, {"42", "COS"}, {"51", "BQE"}, {"53", "CAI"}, {"2", "IMO"}, {"6", "CHA"}, {"7", "PRO"},
	} {
		if strings.HasPrefix(numero, r.root) {
			return r.nature
		}
	}
	return "DIV"
}

// natureOfTiers is the nature of a third party by its collective account.
func natureOfTiers(collectif string) string {
	switch {
	case strings.HasPrefix(collectif, "40"):
		return "FOU"
	case strings.HasPrefix(collectif, "41"):
		return "CLI"
	case strings.HasPrefix(collectif, "42"):
		return "SAL"
	}
	return "DIV"
}
