package conversion

import (
	"errors"
	"io"
	"math/big"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/tra"
)

// fromTRA reads a TRA file. Lines that spread an entry on sections follow it, so
// that an entry is given on when the next one comes.
type fromTRA struct {
	src    io.Reader
	losses *losses
	p      *parametres
	f      func(*Ligne) error

	line    Ligne
	pending bool
	entree  int
	piece   string // journal, date and number of the entry
	balance compta.Total
	blank   bool // the entry has no number: it ends where it balances
	same    *rows
	cache   map[string]string
}

// Fields of the entries, once.
var (
	lECR, lECR1 = tra.LayoutOf("ECR"), tra.LayoutOf("ECR1")
	f           = fieldsOf(lECR)
	f1          = fieldsOf(lECR1)
)

func fieldsOf(l *tra.Layout) map[string]*tra.Field {
	out := map[string]*tra.Field{}
	for i := range l.Fields {
		out[l.Fields[i].Name] = &l.Fields[i]
	}
	return out
}

var (
	fJournal, fDate, fGeneral, fAuxi     = f["JOURNAL"], f["DATECOMPTABLE"], f["GENERAL"], f["AUXILIAIRE_OU_SECTION"]
	fTypeCpte, fRef, fLibelle, fMode     = f["TYPE_CPTE"], f["REFINTERNE"], f["LIBELLE"], f["MODEPAIE"]
	fEcheance, fSens, fPiece, fDevise    = f["ECHEANCE"], f["SENS"], f["NUMEROPIECE"], f["DEVISE"]
	fCode, fTaux, fAxe                   = f["CODEMONTANT"], f["TAUXDEV"], f["AXE"]
	fMontants                            = [3]*tra.Field{f["MONTANT1"], f["MONTANT2"], f["MONTANT3"]}
	fTypePiece, fTypeEcriture            = f["TYPE_PIECE"], f["TYPE_ECRITURE"]
	fRefExterne, fDateRef, fCreation     = f1["REFEXTERNE"], f1["DATEREFEXTERNE"], f1["DATECREATION"]
	fLettrage, fEtatLettrage, fNumero    = f1["LETTRAGE"], f1["ETATLETTRAGE"], f1["ECRITURENUM"]
	fValidation, fANouveau, fTVAEncaisse = f1["VALIDDATE"], f1["ECRANOUVEAU"], f1["TVAENCAISSEMENT"]
)

func (s *fromTRA) each(p *parametres, f func(*Ligne) error) error {
	s.p, s.f, s.same, s.cache = p, f, newRows(), map[string]string{}
	r := tra.NewReader(s.src)
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s.flush()
		}
		if err != nil {
			return err
		}
		if rec.Layout == lECR {
			err = s.entry(rec)
		} else {
			err = s.parameter(rec)
		}
		if err != nil {
			return err
		}
	}
}

// flush gives the pending line on.
func (s *fromTRA) flush() error {
	if !s.pending {
		return nil
	}
	s.pending = false
	return s.f(&s.line)
}

// short returns a text that is kept, up to some thousands of them.
func (s *fromTRA) short(rec *tra.Record, f *tra.Field) string {
	v := rec.Value(f)
	if known, ok := s.cache[v]; ok {
		return known
	}
	if len(s.cache) < 100_000 {
		s.cache[v] = v
	}
	return v
}

func (s *fromTRA) entry(rec *tra.Record) error {
	kind := rec.Value(fTypeCpte)
	if kind == "A" && s.pending {
		s.split(rec)
		return nil
	}
	if err := s.flush(); err != nil {
		return err
	}
	if kind == "A" || kind == "O" {
		s.losses.add("analytique", rec.Line) // no line to stand on
		return nil
	}
	l := &s.line
	*l = Ligne{N: rec.Line, Imputations: l.Imputations[:0]}
	l.Journal, l.Compte = s.short(rec, fJournal), s.short(rec, fGeneral)
	l.Date, _ = tra.ParseDate(rec.Value(fDate))
	l.Libelle, l.Paiement = rec.Value(fLibelle), s.short(rec, fMode)
	l.Echeance, _ = tra.ParseDate(rec.Value(fEcheance))
	auxi := s.short(rec, fAuxi)
	if kind != "H" {
		l.Auxiliaire = auxi
	}
	s.amounts(rec, l)
	if kind == "H" {
		l.Imputations = append(l.Imputations, Imputation{rec.Line, s.short(rec, fAxe), auxi, l.Debit + l.Credit})
	}
	number := rec.Value(fPiece)
	l.Numero = number
	s.block(rec, l)
	if l.Reference = rec.Value(fRef); l.Reference == "" {
		if rec.Block == lECR1 {
			l.Reference = rec.Value(fRefExterne)
		}
		if l.Reference == "" {
			l.Reference = number
		}
	}
	if l.DateReference.IsZero() {
		l.DateReference = l.Date
	}
	if l.Validation.IsZero() {
		l.Validation = s.closing(l.Date)
	}
	piece := l.Journal + "\x00" + l.Date.FEC() + "\x00" + l.Numero
	if piece != s.piece || s.blank && s.balance.IsZero() {
		s.piece, s.blank, s.balance = piece, l.Numero == "", compta.Total{}
		s.entree++
	}
	s.balance.Add(l.Debit)
	s.balance.Add(-l.Credit)
	l.Entree = s.entree
	s.pending = true
	if !s.losses.deaf {
		s.same.entry(rec, l, s.losses)
	}
	return nil
}

// block reads what follows column 222.
func (s *fromTRA) block(rec *tra.Record, l *Ligne) {
	if rec.Block != lECR1 {
		return
	}
	l.DateReference, _ = tra.ParseDate(rec.Value(fDateRef))
	l.Validation, _ = tra.ParseDate(rec.Value(fValidation))
	if n := rec.Value(fNumero); strings.Trim(n, "0") != "" {
		l.Numero = n
	}
	if etat := rec.Value(fEtatLettrage); etat == "TL" || etat == "PL" {
		l.Lettre, l.Partielle = rec.Value(fLettrage), etat == "PL"
	}
}

// closing returns the day on which the exercice of a day was closed for good, zero
// where it was not.
func (s *fromTRA) closing(day compta.Date) compta.Date {
	for i := range s.p.exercices {
		if e := &s.p.exercices[i]; e.Clos && day.Compare(e.Debut) >= 0 && day.Compare(e.Fin) <= 0 {
			if !e.Le.IsZero() {
				return e.Le
			}
			return e.Fin
		}
	}
	return compta.Date{}
}

// amounts reads MONTANT1 to 3 as CODEMONTANT says.
func (s *fromTRA) amounts(rec *tra.Record, l *Ligne) {
	code := rec.Value(fCode)
	var euro, devise tra.Montant
	hasEuro, hasDevise := false, false
	for i, field := range fMontants {
		if i >= len(code) {
			break
		}
		m, _ := tra.ParseMontant(rec.Value(field))
		switch code[i] {
		case 'E':
			euro, hasEuro = m, true
		case 'D':
			devise, hasDevise = m, true
		}
	}
	if hasDevise {
		l.Devise, l.EnDevise = s.short(rec, fDevise), devise
	}
	if !hasEuro {
		if euro = devise; l.Devise != "" && l.Devise != "EUR" {
			rate, _ := tra.ParseMontant(rec.Value(fTaux))
			euro = times(devise, rate)
			s.losses.add("taux", rec.Line)
		}
	}
	if rec.Value(fSens) == "C" {
		l.Credit = euro
	} else {
		l.Debit = euro
	}
}

// times multiplies an amount by a rate and rounds to the cent.
func times(m, rate tra.Montant) tra.Montant {
	v := new(big.Int).Mul(big.NewInt(int64(m)), big.NewInt(int64(rate)))
	cent := big.NewInt(int64(tra.Unite) * int64(tra.Unite) / 100)
	half := new(big.Int).Rsh(cent, 1)
	if v.Sign() < 0 {
		half.Neg(half)
	}
	v.Quo(v.Add(v, half), cent)
	if !v.IsInt64() || v.Int64() > 1<<62/100 || v.Int64() < -1<<62/100 {
		return m
	}
	return tra.Montant(v.Int64()) * tra.Unite / 100
}

// split adds an analytic line to the line before it.
func (s *fromTRA) split(rec *tra.Record) {
	var a Ligne
	s.amounts(rec, &a)
	m := a.Debit + a.Credit
	if (a.Credit != 0) != (s.line.Credit != 0) && m != 0 {
		m = -m
	}
	s.line.Imputations = append(s.line.Imputations, Imputation{rec.Line, s.short(rec, fAxe), s.short(rec, fAuxi), m})
}

func (s *fromTRA) parameter(rec *tra.Record) error {
	p, v := s.p, rec.Field
	switch rec.ID {
	case "HEADER":
		p.dossier.Nom = v("RAISON_SOCIALE")
	case "PS1":
		if nom := v("NOM"); nom != "" {
			p.dossier.Nom = nom
		}
		p.dossier.SIRET = v("SIRET")
	case "EXO":
		s.exercice(rec)
	case "SAT", "NSA":
		if v("CODE") != "" {
			p.axe(v("AXE"))
			p.sections.add(v("AXE")+"\x00"+v("CODE"), Section{v("CODE"), v("LIBELLE"), v("AXE"), rec.Line})
		}
	case "CGN":
		p.comptes.add(v("CODE"), Compte{v("CODE"), v("LIBELLE"), v("NATURE"), rec.Line})
	case "CAE":
		if v("CODE") != "" {
			p.tiers.add(v("CODE"), Tiers{Numero: v("CODE"), Nom: v("LIBELLE"), Collectif: v("COLLECTIF"), Nature: v("NATURE"), N: rec.Line})
		}
	case "JAL":
		p.journaux.add(v("CODE"), Journal{v("CODE"), v("LIBELLE"), v("NATURE"), v("COMPTE"), rec.Line})
	case "PS2", "PS3", "PS5", "":
	case "GED":
		s.losses.add("piece-jointe", rec.Line)
	default:
		if rec.Layout == nil || strings.TrimSpace(string(rec.Raw())) != "***"+rec.ID {
			s.losses.add("enregistrement "+rec.ID, rec.Line)
		}
	}
	s.same.parameter(rec, p, s.losses)
	return nil
}

func (s *fromTRA) exercice(rec *tra.Record) {
	e := Exercice{Code: rec.Field("CODE"), Clos: rec.Field("ETATCPTA") == "CDE", Multi: rec.Field("ETATANO") == "OAN", N: rec.Line}
	e.Debut, _ = tra.ParseDate(rec.Field("DATEDEBUT"))
	e.Fin, _ = tra.ParseDate(rec.Field("DATEFIN"))
	if d, ok := tra.ParseDate(rec.Field("DATECREATION")); ok && e.Clos && d.Compare(e.Fin) > 0 {
		e.Le = d
	}
	for _, known := range s.p.exercices {
		if known.N == e.N {
			return
		}
	}
	s.p.exercices = append(s.p.exercices, e)
}
