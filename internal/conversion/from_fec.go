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

	codes  texts // of currencies
	labels texts
	lettre string
	last   int // the place of the journal of the last line
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
	var open compta.Montant // what the entry lacks to balance so far
	return s.lines(func(h *fec.Header, l *fec.Line) error {
		if l.IsBlank() || l.Len() != len(h.Names) { // an error of the check
			return nil
		}
		s.line(p, h, l, line)
		same := entree > 0 && line.Numero == numero && line.Journal == journal
		switch {
		case same && line.Date != date && numero != "" && open != 0: // elsewhere an entry is of one day: that of its first line
			s.losses.add("date-ecriture", l.Number)
			line.Date = date
		case !same || line.Date != date:
			entree++
			journal, numero, date, open = line.Journal, line.Numero, line.Date, 0
		}
		open += line.Debit - line.Credit
		line.Entree = entree
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

// line reads a line over the one before it, which often says the same.
func (s *fromFEC) line(p *parametres, h *fec.Header, l *fec.Line, out *Ligne) {
	last := *out
	*out = Ligne{N: l.Number, Imputations: out.Imputations[:0]}
	s.names(p, h, l, out)
	value := func(id fec.ID) []byte { return h.Bytes(l, id) }
	out.Numero = freshly(last.Numero, value(fec.EcritureNum))
	out.Date = s.date(fec.EcritureDate, value(fec.EcritureDate))
	out.DateReference = s.date(fec.PieceDate, value(fec.PieceDate))
	out.Validation = s.date(fec.ValidDate, value(fec.ValidDate))
	if let := value(fec.EcritureLet); len(let) > 0 {
		if s.lettre != string(let) {
			s.lettre = string(let)
		}
		out.Lettre, out.Partielle = strings.CutPrefix(s.lettre, "*")
	}
	out.Debit, out.Credit, _ = h.Sides(l)
	if s.losses.deaf { // the first reading needs no more
		return
	}
	out.Reference, out.Libelle = freshly(last.Reference, value(fec.PieceRef)), s.labels.again(last.Libelle, value(fec.EcritureLib))
	if v := value(fec.DateLet); len(v) > 0 {
		out.DateLettre = s.date(fec.DateLet, v)
	}
	if v := value(fec.Idevise); len(v) > 0 {
		out.Devise = s.codes.get(v)
	}
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

// names reads the journal and the accounts of a line, and keeps what it says of them.
// A label that is not the first one is lost.
func (s *fromFEC) names(p *parametres, h *fec.Header, l *fec.Line, out *Ligne) {
	code := h.Bytes(l, fec.JournalCode)
	i := s.last
	if i >= len(p.journaux.keys) || p.journaux.keys[i] != string(code) {
		i = p.journaux.find(code)
	}
	if i < 0 {
		i = len(p.journaux.list)
		key := string(code)
		p.journaux.add(key, Journal{Code: key, Nom: h.Value(l, fec.JournalLib), N: l.Number})
	} else if !s.losses.deaf && h.Other(l, fec.JournalLib, p.journaux.list[i].Nom) {
		s.losses.add("libelle-journal", l.Number)
	}
	s.last, out.Journal = i, p.journaux.keys[i]

	code = h.Bytes(l, fec.CompteNum)
	if i = p.comptes.find(code); i < 0 {
		i = len(p.comptes.list)
		key := string(code)
		p.comptes.add(key, Compte{Numero: key, Nom: h.Value(l, fec.CompteLib), N: l.Number})
	} else if !s.losses.deaf && h.Other(l, fec.CompteLib, p.comptes.list[i].Nom) {
		s.losses.add("libelle-compte", l.Number)
	}
	out.Compte = p.comptes.keys[i]

	code = h.Bytes(l, fec.CompAuxNum)
	if len(code) == 0 {
		return
	}
	if i = p.tiers.find(code); i < 0 {
		i = len(p.tiers.list)
		key := string(code)
		p.tiers.add(key, Tiers{Numero: key, Nom: h.Value(l, fec.CompAuxLib), Collectif: out.Compte, N: l.Number})
	} else if !s.losses.deaf && h.Other(l, fec.CompAuxLib, p.tiers.list[i].Nom) {
		s.losses.add("libelle-auxiliaire", l.Number)
	}
	out.Auxiliaire = p.tiers.keys[i]
}
