package conversion

import (
	"fmt"

	"github.com/passerelle-hub/passerelle/tra"
)

// begin writes the parameters.
func (s *toTRA) begin() error {
	s.begun = true
	s.dossier = s.sayable()
	kind, format, stamp := "JRL", "STD", ""
	if s.dossier {
		kind = "DOS"
	}
	if s.need.etendu {
		format = "ETE"
	}
	if !s.o.Heure.IsZero() {
		stamp = s.o.Heure.Format("020120061504")
	}
	nom := s.text(s.p.dossier.Nom, 35, "nom-dossier", 0)
	rows := s.rows
	write := s.out.WriteRow
	err := write(set(set(rows.row("HEADER"), header...), "TYPE_FICHIER", kind, "FORMAT", format, "DATE_HEURE", stamp, "UTILISATEUR", "Passerelle", "RAISON_SOCIALE", nom))
	if s.dossier && err == nil {
		err = s.exercices(nom)
	}
	if err != nil {
		return err
	}
	for i := range s.p.sections.list {
		x := s.p.sections.list[i]
		code := s.declare(s.sections, "code-section", x.Code, x.N)
		axe, ok := s.axe(x.Axe)
		if !ok || axe != x.Axe {
			s.lost.add("axe", x.N)
		}
		if !ok {
			continue
		}
		if err := write(rows.section(&Section{Code: code, Nom: s.label(x.Nom, code, x.N), Axe: axe})); err != nil {
			return err
		}
	}
	if err := s.empty("SOU"); err != nil {
		return err
	}
	return s.accounts()
}

// exercices writes what a complete dossier holds before its accounts.
func (s *toTRA) exercices(nom string) error {
	rows, write := s.rows, s.out.WriteRow
	for _, row := range [...]func() *tra.Row{
		func() *tra.Row {
			return set(rows.row("PS1"), "NOM", nom, "SIRET", s.text(s.p.dossier.SIRET, 35, "siret", 0))
		},
		func() *tra.Row { return set(rows.row("PS2"), ps2...) },
		func() *tra.Row { return rows.row("PS3") },
		func() *tra.Row { return set(rows.row("PS5"), ps5...) },
	} {
		if err := write(row()); err != nil {
			return err
		}
	}
	list, open := sortedExercices(s.p.exercices), 0
	for i := range list {
		e := list[i]
		etat := "CDE"
		if !e.Clos {
			if etat = "OUV"; open == 2 {
				etat = "NON"
			} else {
				open++
			}
		}
		if len(e.Code) > 3 || e.Code == "" {
			e.Code = fmt.Sprintf("%03d", i+1)
		}
		if err := write(rows.exercice(&e, etat)); err != nil {
			return err
		}
	}
	return s.empty("SSA", "ETB", "MDP", "MDR", "DEV", "REG", "TVA", s.satIfNone())
}

func (s *toTRA) satIfNone() string {
	if len(s.p.sections.list) > 0 {
		return ""
	}
	return "SAT"
}

// empty writes records without content, which a complete dossier must hold.
func (s *toTRA) empty(ids ...string) error {
	for _, id := range ids {
		if id == "" || !s.dossier {
			continue
		}
		if err := s.out.WriteRow(s.rows.row(id)); err != nil {
			return err
		}
	}
	return nil
}

// sayable says whether the exercices can be written: whole months, one after the
// other, the closed ones first.
func (s *toTRA) sayable() bool {
	list := sortedExercices(s.p.exercices)
	ok := len(list) > 0
	for i, e := range list {
		ok = ok && e.Debut.IsFirstOfMonth() && e.Fin.IsLastOfMonth() && e.Debut.Compare(e.Fin) <= 0
		if i > 0 {
			ok = ok && list[i-1].Fin.Next() == e.Debut && (list[i-1].Clos || !e.Clos)
		}
	}
	if len(list) > 0 && (s.need.min.Compare(list[0].Debut) < 0 && s.need.lignes > 0 || s.need.max.Compare(list[len(list)-1].Fin) > 0) {
		ok = false
	}
	if !ok {
		for _, e := range list {
			s.lost.add("exercices", e.N)
		}
	}
	return ok
}

// accounts writes CGN, CAE and JAL.
func (s *toTRA) accounts() error {
	rows, write := s.rows, s.out.WriteRow
	general := func(c Compte) error {
		code := s.declare(s.comptes, "compte", c.Numero, c.N)
		nature := c.Nature
		if nature == "" {
			nature = natureOfAccount(c.Numero)
		}
		if s.collective(c.Numero) && nature != "COC" && nature != "COF" && nature != "COS" && nature != "COD" {
			nature = "COD"
		}
		return write(rows.compte(&Compte{Numero: code, Nom: s.label(c.Nom, usual(c.Numero), c.N), Nature: nature}))
	}
	for _, c := range s.p.comptes.list {
		if err := general(c); err != nil {
			return err
		}
	}
	if s.dossier {
		for _, c := range [...]Compte{{"668800", "Écarts de conversion, charges", "CHA", 0}, {"768800", "Écarts de conversion, produits", "PRO", 0}} {
			if s.p.comptes.get(c.Numero) == nil {
				if err := general(c); err != nil {
					return err
				}
			}
		}
	}
	for _, t := range s.p.tiers.list {
		code := s.declare(s.tiers, "compte", t.Numero, t.N)
		if t.Nature == "" {
			t.Nature = natureOfTiers(t.Collectif)
		}
		collectif, _ := s.comptes.Short(t.Collectif)
		if err := write(rows.tiers(&Tiers{Numero: code, Nom: s.label(t.Nom, code, t.N), Collectif: collectif, Nature: t.Nature})); err != nil {
			return err
		}
	}
	if len(s.p.tiers.list) == 0 {
		if err := s.empty("CAE"); err != nil {
			return err
		}
	}
	return s.journals()
}

func (s *toTRA) journals() error {
	if s.dossier && s.p.journaux.get("ECC") == nil {
		s.p.journaux.add("ECC", Journal{Code: "ECC", Nom: "Écarts de conversion", Nature: "ECC"})
	}
	for _, j := range s.p.journaux.list {
		code := s.declare(s.journaux, "journal", j.Code, j.N)
		j.Nature = s.nature(&j)
		if j.Nature != "BQE" && j.Nature != "CAI" && j.Compte != "" && s.o.De != TRA {
			s.lost.add("contrepartie", j.N)
			j.Compte = ""
		}
		compte, _ := s.comptes.Short(j.Compte)
		if err := s.out.WriteRow(s.rows.journal(&Journal{Code: code, Nom: s.label(j.Nom, code, j.N), Nature: j.Nature, Compte: compte})); err != nil {
			return err
		}
	}
	return nil
}

// nature gives a journal one that TRA has; a bank has an account.
func (s *toTRA) nature(j *Journal) string {
	n := j.Nature
	switch n {
	case "":
		n = s.need.guess(j)
	case horsCompta:
		s.lost.add("natures", j.N)
		n = "OD"
	}
	if (n == "BQE" || n == "CAI") && j.Compte == "" {
		if j.Compte = s.need.banque[j.Code]; j.Compte == "" {
			if j.Nature != "" {
				s.lost.add("natures", j.N)
			}
			n = "OD"
		}
	}
	return n
}

func (s *toTRA) label(v, otherwise string, n int) string {
	if v == "" {
		v = otherwise
	}
	return s.text(v, 35, "libelle", n)
}

// collective says whether third parties hang on an account.
func (s *toTRA) collective(numero string) bool {
	if s.collectifs == nil {
		s.collectifs = map[string]bool{}
		for i := range s.p.tiers.list {
			s.collectifs[s.p.tiers.list[i].Collectif] = true
		}
	}
	return s.collectifs[numero]
}

// axe returns the name that TRA has for an axe: it has five.
func (s *toTRA) axe(code string) (string, bool) {
	if len(code) == 2 && code[0] == 'A' && code[1] >= '1' && code[1] <= '5' {
		return code, true
	}
	n := s.p.axe(code)
	return fmt.Sprintf("A%d", n), n <= 5
}

func sortedExercices(list []Exercice) []Exercice {
	out := append([]Exercice(nil), list...)
	for i := range out {
		for j := i; j > 0 && out[j].Debut.Compare(out[j-1].Debut) < 0; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}
