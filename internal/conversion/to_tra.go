package conversion

import (
	"io"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/tra"
)

// toTRA writes a TRA file: a complete dossier where the exercices are known and can
// be said, else a file of journals.
type toTRA struct {
	p       *parametres
	need    *besoin
	o       Options
	lost    *losses
	out     *tra.Writer
	rows    *rows
	begun   bool
	dossier bool

	journaux, comptes, tiers, sections *tra.Codes
	entree                             int
	renumbered                         int
	line                               Ligne             // with the codes and texts of the target
	nth                                int               // line
	of, natureOf                       string            // the journal of the last line
	guessed                            map[string]string // natures of journals
	fits                               [4]string         // texts that fitted last
	collectifs                         map[string]bool   // accounts that third parties hang on
	unused                             unused
}

func newToTRA(dst io.Writer, p *parametres, need *besoin, o Options, lost *losses) *toTRA {
	return &toTRA{p: p, need: need, o: o, lost: lost, out: tra.NewWriter(dst), rows: newRows(),
		journaux: tra.NewCodes(3), comptes: tra.NewCodes(17), tiers: tra.NewCodes(17), sections: tra.NewCodes(17), unused: unused{}, guessed: map[string]string{}}
}

// unused is where codes stand that the target has no room for, and that no line has
// used so far: a loss counts the lines that say it, or the record that declares it.
type unused map[codeOf]loss

type codeOf struct {
	of   *tra.Codes
	code string
}

type loss struct {
	ce string
	n  int
}

// declare is the code that stands for that of a record of line n.
func (s *toTRA) declare(of *tra.Codes, ce, code string, n int) string {
	short, changed := of.Short(code)
	if changed {
		s.unused[codeOf{of, code}] = loss{ce, n}
	}
	return short
}

// code is the code that stands for that of an entry's line.
func (s *toTRA) code(of *tra.Codes, ce, code string, n int) string {
	short, changed := of.Short(code)
	if changed {
		delete(s.unused, codeOf{of, code})
		s.lost.add(ce, n)
	}
	return short
}

// text is what fits, with what is lost.
func (s *toTRA) text(v string, max int, ce string, n int) string {
	out, changed := tra.Fit(v, max)
	if changed {
		s.lost.add(ce, n)
	}
	return out
}

// fit is text for a column of the lines, which often says what it said before.
func (s *toTRA) fit(column int, v string, max int, ce string, n int) string {
	if v == "" || v == s.fits[column] {
		return v
	}
	out := s.text(v, max, ce, n)
	if out == v {
		s.fits[column] = v
	}
	return out
}

func (s *toTRA) ligne(l *Ligne) error {
	if !s.begun {
		if err := s.begin(); err != nil {
			return err
		}
	}
	if l.Entree != s.entree {
		s.entree = l.Entree
		s.renumbered++
	}
	number := l.Numero
	if number == "" || len(number) > fPiece.Len || strings.Trim(number, "0123456789") != "" {
		if number != "" {
			s.lost.add("numero", l.N)
		}
		number = strconv.Itoa(s.renumbered)
	}
	if l.Journal != s.of || s.nth == 0 {
		s.of, s.natureOf = l.Journal, ""
		if j := s.p.journaux.get(l.Journal); j != nil {
			if s.natureOf = j.Nature; s.natureOf == "" {
				guessed, ok := s.guessed[j.Code]
				if !ok {
					guessed = s.need.guess(j)
					s.guessed[j.Code] = guessed
				}
				s.natureOf = guessed
			}
		}
	}
	s.nth++
	nature := s.natureOf
	t := &s.line
	*t = *l
	s.carry(t, l)
	if err := s.out.WriteRow(s.rows.ligne(t, nature, number, s.need.etendu)); err != nil {
		return err
	}
	for i := range l.Imputations {
		x := &l.Imputations[i]
		axe, ok := s.axe(x.Axe)
		if !ok {
			s.lost.add("analytique", x.N)
			continue
		}
		y := *x
		y.Section = s.code(s.sections, "code-section", x.Section, x.N)
		if err := s.out.WriteRow(s.rows.imputation(t, &y, nature, number, axe)); err != nil {
			return err
		}
	}
	return nil
}

// carry makes a line one that TRA holds, and counts what it cannot.
func (s *toTRA) carry(t, l *Ligne) {
	t.Journal = s.code(s.journaux, "journal", l.Journal, l.N)
	t.Compte = s.code(s.comptes, "compte", l.Compte, l.N)
	if l.Auxiliaire != "" {
		t.Auxiliaire = s.code(s.tiers, "compte", l.Auxiliaire, l.N)
	}
	t.Libelle = s.fit(0, l.Libelle, 35, "libelle", l.N)
	t.Reference = s.fit(1, l.Reference, 35, "reference", l.N)
	t.Lettre = s.fit(2, l.Lettre, fLettrage.Len, "lettrage", l.N)
	t.Paiement = s.fit(3, l.Paiement, 3, "mode-paiement", l.N)
	if !l.DateLettre.IsZero() {
		s.lost.add("date-lettrage", l.N)
	}
	if l.DateReference.IsZero() && s.o.De == FEC {
		s.lost.add("date-piece", l.N)
	}
	if l.Devise == "" && l.EnDevise != 0 || l.Devise == "EUR" {
		if l.EnDevise != 0 || s.o.De == FEC {
			s.lost.add("devise", l.N)
		}
	} else if len(l.Devise) > 3 || !tra.Plain(l.Devise) {
		t.Devise = s.text(l.Devise, 3, "devise", l.N)
	}
	if l.Debit != 0 && l.Credit != 0 {
		s.lost.add("debit-et-credit", l.N)
	}
}

func (s *toTRA) close() error {
	if !s.begun {
		if err := s.begin(); err != nil {
			return err
		}
	}
	for _, x := range s.unused {
		s.lost.add(x.ce, x.n)
	}
	if err := s.empty("NSA", "SPA"); err != nil {
		return err
	}
	return s.out.Flush()
}
