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
	cache  map[string]string // short texts that come again and again
}

func (s *fromFEC) each(p *parametres, f func(*Ligne) error) error {
	r := fec.NewReader(s.src)
	h, err := r.Header()
	if err != nil {
		return err
	}
	s.cache = map[string]string{}
	if n, ok := fec.ParseName(s.o.Nom); ok && p.dossier.SIRET == "" {
		p.dossier.SIRET = n.SIREN
	}
	if len(p.exercices) == 0 {
		s.exercice(p)
	}
	line := &Ligne{}
	entree := 0
	journal, numero, date := "", "", compta.Date{}
	for {
		l, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if l.IsBlank() || l.Len() != len(h.Names) { // an error of the check
			continue
		}
		s.line(h, l, line)
		if entree == 0 || line.Journal != journal || line.Numero != numero || line.Date != date {
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
		if err := f(line); err != nil {
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
	text := func(id fec.ID) string { return h.Value(l, id) }
	out.Journal, out.Numero = s.short(h, l, fec.JournalCode), text(fec.EcritureNum)
	out.Compte, out.Auxiliaire = s.short(h, l, fec.CompteNum), s.short(h, l, fec.CompAuxNum)
	out.Reference, out.Libelle = text(fec.PieceRef), text(fec.EcritureLib)
	out.Date, _ = h.Date(l, fec.EcritureDate)
	out.DateReference, _ = h.Date(l, fec.PieceDate)
	out.DateLettre, _ = h.Date(l, fec.DateLet)
	out.Validation, _ = h.Date(l, fec.ValidDate)
	out.Debit, out.Credit, _ = h.Sides(l)
	out.Lettre, out.Partielle = strings.CutPrefix(text(fec.EcritureLet), "*")
	out.Devise = s.short(h, l, fec.Idevise)
	out.EnDevise, _ = h.Amount(l, fec.Montantdevise)
}

// short returns a text that is kept, up to some thousands of them.
func (s *fromFEC) short(h *fec.Header, l *fec.Line, id fec.ID) string {
	var scratch [64]byte
	v := h.AppendValue(scratch[:0], l, id)
	if len(v) == 0 {
		return ""
	}
	if known, ok := s.cache[string(v)]; ok {
		return known
	}
	text := string(v)
	if len(s.cache) < 100_000 {
		s.cache[text] = text
	}
	return text
}

// names keeps what the line says of its journal and its accounts. A label that is
// not the first one is lost.
func (s *fromFEC) names(p *parametres, h *fec.Header, l *fec.Line, line *Ligne) {
	if j := p.journaux.get(line.Journal); j == nil {
		nom := h.Value(l, fec.JournalLib)
		p.journaux.add(line.Journal, Journal{Code: line.Journal, Nom: nom, N: l.Number})
	} else if h.Other(l, fec.JournalLib, j.Nom) {
		s.losses.add("libelle-journal", l.Number)
	}
	if c := p.comptes.get(line.Compte); c == nil {
		p.comptes.add(line.Compte, Compte{Numero: line.Compte, Nom: h.Value(l, fec.CompteLib), N: l.Number})
	} else if h.Other(l, fec.CompteLib, c.Nom) {
		s.losses.add("libelle-compte", l.Number)
	}
	if line.Auxiliaire == "" {
		return
	}
	if t := p.tiers.get(line.Auxiliaire); t == nil {
		p.tiers.add(line.Auxiliaire, Tiers{Numero: line.Auxiliaire, Nom: h.Value(l, fec.CompAuxLib), Collectif: line.Compte, N: l.Number})
	} else {
		if h.Other(l, fec.CompAuxLib, t.Nom) {
			s.losses.add("libelle-auxiliaire", l.Number)
		}
	}
}
