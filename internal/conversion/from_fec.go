package conversion

import (
	"errors"
	"io"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
)

// fromFEC reads a FEC.
type fromFEC struct {
	src    io.Reader
	o      Options
	losses *losses

	control *fec.Options // of a check of the lines, nil where they were checked
	report  *fec.Report

	codes  texts // of journals, accounts, currencies
	tiers  texts
	others texts // numbers, references, labels
	days   [32]struct {
		text [8]byte
		day  compta.Date
	} // of each column, the date read last
}

func (s *fromFEC) each(p *parametres, f func(*Ligne) error) error {
	if n, ok := fec.ParseName(s.o.Nom); ok && p.dossier.SIRET == "" {
		p.dossier.SIRET = n.SIREN
	}
	if len(p.exercices) == 0 {
		s.exercice(p)
	}
	line := &Ligne{}
	entree := 0
	journal, numero, date := "", "", compta.Date{}
	return s.lines(func(h *fec.Header, l *fec.Line) error {
		if l.IsBlank() || l.Len() != len(h.Names) { // an error of the check
			return nil
		}
		s.line(h, l, line)
		if entree == 0 || line.Numero != numero || line.Date != date || line.Journal != journal {
			entree++
			journal, numero, date = line.Journal, line.Numero, line.Date
		}
		line.Entree = entree
		s.names(p, h, l, line)
		if len(h.Extra) > 0 {
			for i, name := range h.Names {
				if l.Text(i+1) != "" && h.IsExtra(i) {
					s.losses.add("colonne "+name, l.Number)
				}
			}
		}
		return f(line)
	})
}

// lines reads the file, and checks it where that is asked for.
func (s *fromFEC) lines(each func(*fec.Header, *fec.Line) error) (err error) {
	if s.control != nil {
		s.report, err = fec.CheckEach(s.src, *s.control, each)
		return err
	}
	r := fec.NewReader(s.src)
	h, err := r.Header()
	if err != nil {
		return err
	}
	for {
		l, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := each(h, l); err != nil {
			return err
		}
	}
}

// exercice makes one of the name of the file, or of the option.
func (s *fromFEC) exercice(p *parametres) {
	e := s.o.Exercice
	if n, ok := fec.ParseName(s.o.Nom); ok && e.IsZero() {
		e = n.Periode()
	}
	if !e.IsZero() {
		p.exercices = []Exercice{{Code: "N", Debut: e.Debut, Fin: e.Fin}}
	}
}

func (s *fromFEC) line(h *fec.Header, l *fec.Line, out *Ligne) {
	*out = Ligne{N: l.Number, Imputations: out.Imputations[:0]}
	value := func(id fec.ID) []byte { return h.Bytes(l, id) }
	out.Journal, out.Compte = s.codes.get(value(fec.JournalCode)), s.codes.get(value(fec.CompteNum))
	out.Auxiliaire = s.tiers.get(value(fec.CompAuxNum))
	out.Numero = s.others.once(value(fec.EcritureNum))
	out.Date = s.date(fec.EcritureDate, value(fec.EcritureDate))
	out.DateReference = s.date(fec.PieceDate, value(fec.PieceDate))
	out.Validation = s.date(fec.ValidDate, value(fec.ValidDate))
	out.Lettre, out.Partielle = strings.CutPrefix(s.others.once(value(fec.EcritureLet)), "*")
	if s.losses.deaf { // the first reading needs no more
		return
	}
	out.Reference, out.Libelle = s.others.once(value(fec.PieceRef)), s.others.once(value(fec.EcritureLib))
	out.DateLettre = s.date(fec.DateLet, value(fec.DateLet))
	out.Debit, out.Credit, _ = h.Sides(l)
	out.Devise = s.codes.get(value(fec.Idevise))
	out.EnDevise, _ = h.Amount(l, fec.Montantdevise)
}

// date reads a date, which is the same in many lines.
func (s *fromFEC) date(id fec.ID, v []byte) compta.Date {
	last := &s.days[id]
	if len(v) == 8 && last.text == [8]byte(v) {
		return last.day
	}
	d, _ := fec.ParseDate(string(v))
	if len(v) == 8 {
		last.text, last.day = [8]byte(v), d
	}
	return d
}

// names keeps what the line says of its journal and its accounts. A label that is
// not the first one is lost.
func (s *fromFEC) names(p *parametres, h *fec.Header, l *fec.Line, line *Ligne) {
	if j := p.journaux.get(line.Journal); j == nil {
		nom := h.Value(l, fec.JournalLib)
		p.journaux.add(line.Journal, Journal{Code: line.Journal, Nom: nom, N: l.Number})
	} else if !s.losses.deaf && h.Other(l, fec.JournalLib, j.Nom) {
		s.losses.add("libelle-journal", l.Number)
	}
	if c := p.comptes.get(line.Compte); c == nil {
		p.comptes.add(line.Compte, Compte{Numero: line.Compte, Nom: h.Value(l, fec.CompteLib), N: l.Number})
	} else if !s.losses.deaf && h.Other(l, fec.CompteLib, c.Nom) {
		s.losses.add("libelle-compte", l.Number)
	}
	if line.Auxiliaire == "" {
		return
	}
	if t := p.tiers.get(line.Auxiliaire); t == nil {
		p.tiers.add(line.Auxiliaire, Tiers{Numero: line.Auxiliaire, Nom: h.Value(l, fec.CompAuxLib), Collectif: line.Compte, N: l.Number})
	} else {
		if !s.losses.deaf && h.Other(l, fec.CompAuxLib, t.Nom) {
			s.losses.add("libelle-auxiliaire", l.Number)
		}
	}
}
