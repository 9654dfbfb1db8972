package conversion

import (
	"errors"
	"io"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/mad"
)

// horsCompta is the nature of journals outside the books (OD_EXC).
const horsCompta = "OD_EXC"

// journalTypes joins the natures of TRA to the types of MAD (reference, section 2).
var journalTypes = []struct{ nature, name, code string }{
	{"ACH", "Achat", "ACH"}, {"VTE", "Vente", "VTE"}, {"BQE", "Banque", "BQ"}, {"CAI", "Caisse", "CAISSE"},
	{"ANO", "À Nouveaux", "AN"}, {"EXT", "Extourne", "EXT"}, {"CLO", "OD Extracomptable", "OD_EXC"}, {"OD", "OD", "OD"},
}

// natureOfType is the nature of a journal by its code of MAD, else by its name.
func natureOfType(code, name string) string {
	if code == "OD_EXC" || code == "" && name == "OD Extracomptable" {
		return horsCompta
	}
	if code == "A_EXT" {
		return "EXT"
	}
	for _, t := range journalTypes {
		if t.code == code || code == "" && t.name == name {
			return t.nature
		}
	}
	return "OD"
}

// fromMAD reads a MAD document. A document may give its entries before its accounts:
// the first reading learns them.
type fromMAD struct {
	src    io.Reader
	losses *losses
	check  *madChecker // nil where the entries were checked
	report *compta.Report
	ligne  Ligne
}

func (s *fromMAD) each(p *parametres, f func(*Ligne) error) error {
	r := mad.NewReader(s.src)
	n, entree := 0, 0
	e := &mad.Entry{}
	for {
		err := r.Read(e)
		if errors.Is(err, io.EOF) {
			s.parameters(p, r.Document())
			if s.check != nil {
				s.report = s.check.report(r.Document())
			}
			return nil
		}
		if err != nil {
			return err
		}
		if s.check != nil {
			s.check.entry(e)
		}
		if len(p.journaux.list) == 0 {
			s.parameters(p, r.Document())
		}
		entree++
		if j := e.Journal; p.journaux.get(j.CustomerReferenceCode) == nil {
			p.journaux.add(j.CustomerReferenceCode, Journal{Code: j.CustomerReferenceCode, Nom: j.Name, Nature: natureOfType("", j.Type)})
		}
		for i := range e.Movements {
			n++
			l := s.line(p, e, &e.Movements[i], n)
			l.Entree = entree
			if err := f(l); err != nil {
				return err
			}
		}
	}
}

// parameters takes what a document says besides its entries.
func (s *fromMAD) parameters(p *parametres, d *mad.Document) {
	if a := d.Data.AccountingFolder; a != nil {
		p.dossier.Nom, p.dossier.SIRET = a.Name, text(a.SIRET)
	}
	for _, j := range d.Data.Journals {
		code := ""
		if j.Additional != nil {
			code = j.Additional.Type
		}
		compte := ""
		if j.CounterpartAccount != nil {
			compte = text(j.CounterpartAccount.Number)
		}
		p.journaux.add(j.CustomerReferenceCode, Journal{Code: j.CustomerReferenceCode, Nom: j.Name, Nature: natureOfType(code, j.Type), Compte: compte})
	}
	for _, a := range d.Data.Accounts {
		s.account(p, a.Number, a.Name)
	}
	for _, a := range d.Data.Analytics {
		p.axe(a.Code)
		for _, x := range a.Sections {
			p.sections.add(a.Code+"\x00"+x.Code, Section{Code: x.Code, Nom: x.Name, Axe: a.Code})
		}
	}
	if len(p.exercices) > 0 {
		return
	}
	for i, x := range d.Data.Exercices {
		e := Exercice{Code: x.Name, Clos: x.State == "closed", Multi: x.Additional.Lettering == "MULTI", N: i + 1}
		e.Debut, _ = isoDay(x.Period.Start)
		e.Fin, _ = isoDay(x.Period.End)
		if x.Period.Closed != nil {
			e.Le, _ = isoDay(x.Period.Closed.At)
		}
		p.exercices = append(p.exercices, e)
	}
}

// account notes an account, or a third party with its collective account, and
// returns both numbers.
func (s *fromMAD) account(p *parametres, number, name string) (compte, aux string) {
	compte, aux = splitAccount(number)
	if aux == "" {
		p.comptes.add(compte, Compte{Numero: compte, Nom: name})
		return compte, ""
	}
	p.tiers.add(aux, Tiers{Numero: aux, Nom: name, Collectif: compte})
	return compte, aux
}

// splitAccount tells the collective account of a third party, its root padded with
// zeros, from its auxiliary. A number of zeros after the root is the account itself.
func splitAccount(number string) (compte, aux string) {
	if len(number) > 3 {
		if _, ok := collectifs[number[:3]]; ok && strings.Trim(number[3:], "0") != "" {
			return number[:3] + "000", number[3:]
		}
	}
	return number, ""
}

func (s *fromMAD) line(p *parametres, e *mad.Entry, m *mad.Movement, n int) *Ligne {
	l := &s.ligne
	*l = Ligne{N: n, Journal: e.Journal.CustomerReferenceCode, Libelle: m.Description, Debit: compta.Montant(m.Value.Debit), Credit: compta.Montant(m.Value.Credit), Imputations: l.Imputations[:0]}
	l.Date, _ = isoDay(e.Date)
	l.DateReference = l.Date
	if m.Account != nil {
		l.Compte, l.Auxiliaire = s.account(p, text(m.Account.Number), text(m.Account.Name))
		if l.Auxiliaire != "" {
			if t := p.tiers.get(l.Auxiliaire); t != nil && t.Nom != text(m.Account.Name) && text(m.Account.Name) != "" {
				s.losses.add("libelle-auxiliaire", n)
			}
			if p.comptes.get(l.Compte) == nil {
				p.comptes.add(l.Compte, Compte{Numero: l.Compte, Nom: usual(l.Compte)})
			}
		}
	}
	if l.Reference = text(m.InvoiceNumber); l.Reference == "" {
		l.Reference = text(m.FreeNumber)
	} else if text(m.FreeNumber) != "" {
		s.losses.add("numero-libre", n)
	}
	l.Lettre, l.Partielle = strings.CutPrefix(text(m.Lettering.Value), "*")
	if m.DueDate != nil {
		l.Echeance, _ = isoDay(*m.DueDate)
	} else if e.DueDate != nil {
		l.Echeance, _ = isoDay(*e.DueDate)
	}
	if m.Payment != nil {
		l.Paiement = text(m.Payment.Code)
	}
	if a := e.Additional; a != nil {
		for _, day := range [...]*string{a.ValidationDate, a.AccountedAt} {
			if d, ok := isoDay(text(day)); ok && l.Validation.IsZero() {
				l.Validation = d
			}
		}
		if text(a.Comment) != "" {
			s.losses.add("commentaire", n)
		}
	}
	if e.Currency.Code != "" && e.Currency.Code != "EUR" {
		s.losses.add("devise", n) // a rate without the amount
	}
	if len(e.Attachments)+len(m.Attachments) > 0 {
		s.losses.add("piece-jointe", n)
	}
	for _, a := range m.Analytics {
		for _, x := range a.Sections {
			p.sections.add(a.Code+"\x00"+x.Code, Section{Code: x.Code, Nom: x.Name, Axe: a.Code})
			l.Imputations = append(l.Imputations, Imputation{n, a.Code, x.Code, compta.Montant(x.Amount)})
		}
	}
	return l
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// isoDay reads AAAA-MM-JJ, with or without an hour.
func isoDay(s string) (compta.Date, bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return compta.Date{}, false
	}
	n := 0
	var parts [3]int
	for i, c := range []byte(s[:10]) {
		if i == 4 || i == 7 {
			n++
			continue
		}
		if c-'0' > 9 {
			return compta.Date{}, false
		}
		parts[n] = parts[n]*10 + int(c-'0')
	}
	return compta.NewDate(parts[0], month(parts[1]), parts[2])
}
