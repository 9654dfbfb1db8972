package conversion

import (
	"io"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
)

// toFEC writes a FEC.
type toFEC struct {
	p      *parametres
	need   *besoin
	lost   *losses
	w      *warnings
	out    *fec.Writer
	row    fec.Row
	entree int
	number int
	from   Format
}

func newToFEC(dst io.Writer, p *parametres, need *besoin, o Options, lost *losses, w *warnings) *toFEC {
	s := &toFEC{p: p, need: need, lost: lost, w: w, out: fec.NewWriter(dst), from: o.De}
	if p.dossier.Nom != "" {
		lost.add("dossier", 1)
	}
	for _, e := range p.exercices {
		lost.add("exercices", e.N)
	}
	for _, x := range p.sections.list {
		lost.add("sections", x.N)
	}
	for _, j := range p.journaux.list {
		if j.Nature != "" && j.Nature != need.guess(&Journal{Code: j.Code, Nom: j.Nom}) && j.Nature != horsCompta {
			lost.add("natures", j.N)
		}
		if j.Compte != "" && need.banque[j.Code] != j.Compte {
			lost.add("contrepartie", j.N)
		}
	}
	for _, c := range p.comptes.list {
		if c.Nature != "" && c.Nature != natureOfAccount(c.Numero) {
			lost.add("natures", c.N)
		}
	}
	for _, t := range p.tiers.list {
		if t.Nature != "" && t.Nature != natureOfTiers(t.Collectif) {
			lost.add("natures", t.N)
		}
	}
	if need.sansNumero && need.lignes > 0 {
		w.Add(ruleNumeros, compta.Finding{Column: int(fec.EcritureNum) + 1, Field: "EcritureNum"},
			"Les écritures de la source n’ont pas toutes de numéro : elles sont numérotées ici de 1 à la dernière, par date puis dans l’ordre du fichier.")
	}
	return s
}

func (s *toFEC) ligne(l *Ligne) error {
	j := s.p.journaux.get(l.Journal)
	if j != nil && j.Nature == horsCompta {
		s.lost.add("hors-comptabilite", l.N)
		return nil
	}
	if l.Entree != s.entree {
		s.entree = l.Entree
		s.number++
	}
	r := &s.row
	r.Reset()
	number := l.Numero
	if s.need.sansNumero {
		number = strconv.Itoa(s.number)
	}
	journal := l.Journal
	if j != nil && j.Nom != "" {
		journal = j.Nom
	}
	s.set(fec.JournalCode, l.Journal, l)
	s.set(fec.JournalLib, journal, l)
	s.set(fec.EcritureNum, number, l)
	s.set(fec.CompteNum, l.Compte, l)
	s.set(fec.CompteLib, s.label(l), l)
	if l.Auxiliaire != "" {
		name := l.Auxiliaire
		if t := s.p.tiers.get(l.Auxiliaire); t != nil && t.Nom != "" {
			name = t.Nom
		}
		s.set(fec.CompAuxNum, l.Auxiliaire, l)
		s.set(fec.CompAuxLib, name, l)
	}
	s.set(fec.PieceRef, l.Reference, l)
	text := l.Libelle
	if text == "" {
		text = journal
		s.unknown(fec.EcritureLib, l, "Un libellé d’écriture manque : celui du journal est mis à sa place.")
	}
	s.set(fec.EcritureLib, text, l)
	let := l.Lettre
	if l.Partielle {
		let = "*" + let
	}
	s.set(fec.EcritureLet, let, l)
	_ = r.SetDate(fec.EcritureDate, l.Date)
	_ = r.SetDate(fec.PieceDate, l.DateReference)
	_ = r.SetDate(fec.DateLet, l.DateLettre)
	_ = r.SetDate(fec.ValidDate, l.Validation)
	_ = r.SetMontant(fec.Debit, l.Debit)
	_ = r.SetMontant(fec.Credit, l.Credit)
	if l.Devise != "" {
		s.set(fec.Idevise, l.Devise, l)
	}
	if l.EnDevise != 0 {
		_ = r.SetMontant(fec.Montantdevise, l.EnDevise)
	}
	if l.Validation.IsZero() {
		s.w.Once(ruleProvisoire, "", compta.Finding{Line: s.out.Line() + 1 + boolInt(s.out.Line() == 0), Column: int(fec.ValidDate) + 1, Field: "ValidDate"},
			"ValidDate est vide, car la source ne dit pas quand les écritures ont été validées : le FEC est provisoire (signalé une fois).")
	}
	s.carry(l)
	return s.out.Write(r)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// carry counts what a FEC cannot hold.
func (s *toFEC) carry(l *Ligne) {
	if !l.Echeance.IsZero() {
		s.lost.add("echeance", l.N)
	}
	if l.Paiement != "" {
		s.lost.add("mode-paiement", l.N)
	}
	for i := range l.Imputations {
		s.lost.add("analytique", l.Imputations[i].N)
	}
}

// label is the label of a general account.
func (s *toFEC) label(l *Ligne) string {
	if c := s.p.comptes.get(l.Compte); c != nil && c.Nom != "" {
		return c.Nom
	}
	s.unknown(fec.CompteLib, l, "La source ne donne pas le libellé de tous les comptes : le numéro, ou le nom usuel du compte collectif, est mis à sa place.")
	return usual(l.Compte)
}

// usual is the name that a collective account usually has.
func usual(compte string) string {
	for root, name := range collectifs {
		if strings.HasPrefix(compte, root) {
			return name
		}
	}
	return compte
}

// collectifs are the roots of third parties in MAD.
var collectifs = map[string]string{"401": "Fournisseurs", "411": "Clients", "421": "Personnel"}

func (s *toFEC) unknown(id fec.ID, l *Ligne, message string) {
	s.w.Once(ruleLibelles, id.String(), compta.Finding{Line: s.out.Line() + 1 + boolInt(s.out.Line() == 0), Column: int(id) + 1, Field: id.String()}, "%s", message)
}

// set writes a text; characters that a column cannot hold become blanks.
func (s *toFEC) set(id fec.ID, v string, l *Ligne) {
	if v == "" || s.row.Set(id, v) == nil {
		return
	}
	s.lost.add("caracteres", l.N)
	s.row.Forget()
	_ = s.row.Set(id, strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, v))
}

func (s *toFEC) close() error { return s.out.Flush() }
