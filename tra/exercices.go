package tra

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Etat is ETATCPTA, the accounting state of an exercice.
type Etat string

// The states, in the order in which they follow each other by date.
const (
	EtatClos       Etat = "CDE" // closed for good
	EtatProvisoire Etat = "CPR" // closed provisionally: it can still change
	EtatOuvert     Etat = "OUV" // open; two at most in a file
	EtatNonOuvert  Etat = "NON" // not opened yet
)

func (e Etat) order() int {
	switch e {
	case EtatClos:
		return 0
	case EtatProvisoire:
		return 1
	case EtatNonOuvert:
		return 3
	}
	return 2
}

// Ano is ETATANO: how balances were carried into the exercice.
type Ano string

// The values of ETATANO.
const (
	AnoProgiciel Ano = "OAN" // not detailed, by the product
	AnoDetail    Ano = "H"   // detailed
	AnoBlanc     Ano = ""    // no à-nouveaux journal in that year
)

// Exercice is one EXO line (page 17 of the format).
type Exercice struct {
	Code       string // up to 3 characters, unique in a file
	Debut, Fin Date   // a 1st and a last day of a month, both inclusive
	Etat       Etat
	EtatBudget string // "" or OUV
	Libelle    string // "" is written as "Exercice au JJMMAAAA"
	Ano        Ano    // as it stands in the line
	Creation   Date   // zero where the line has none or it is no date

	// Reading only.
	Line      int  // of the file, from 1
	Columns   int  // length of the line; before version 011 it ends at 69
	AnoAbsent bool // the line stops before column 67: ETATANO is missing, see AnoLu
}

// AnoLu returns ETATANO as it is to be read: a line that stops before it says what a
// blank does, because an editor that trims lines must not make MULTI of MONO, which
// cannot be undone. The source has a missing field read as OAN.
func (e Exercice) AnoLu() Ano { return e.Ano }

func exerciceOf(rec *Record) Exercice {
	e := Exercice{
		Code: rec.Field("CODE"), Etat: Etat(rec.Field("ETATCPTA")), EtatBudget: rec.Field("ETATBUDGET"),
		Libelle: rec.Field("LIBELLE"), Ano: Ano(rec.Field("ETATANO")),
		Line: rec.Line, Columns: rec.Len(), AnoAbsent: !rec.Reaches(lExo.Field("ETATANO").Pos),
	}
	e.Debut, _ = ParseDate(rec.Field("DATEDEBUT"))
	e.Fin, _ = ParseDate(rec.Field("DATEFIN"))
	e.Creation, _ = ParseDate(rec.Field("DATECREATION"))
	return e
}

// ReadExercices reads the exercices of a TRA file of any kind, in the file's order,
// with what the checker has to say about each EXO line and their sequence. Findings of severity error mean that the exercices are not to be used.
// The error is a *FormatError where the file cannot be read.
func ReadExercices(src io.Reader) ([]Exercice, []Finding, error) {
	r, c := NewReader(src), NewChecker(Options{})
	c.partly = true
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		switch {
		case rec.Layout == lHeader: // of older versions, too: its fields are not checked here
			c.lines++
			c.exos.version = versionOf(rec)
		case rec.Layout == lExo || rec.Line == 1:
			c.Record(rec)
		}
	}
	if c.counts[lExo.rank] == 0 {
		c.out.Add(ruleManquant, Finding{Record: "EXO"}, "Le fichier ne contient aucun exercice (enregistrement EXO). Exportez le dossier complet (DOS).")
	}
	c.exos.finish()
	return c.exos.list, c.out.Findings(), nil
}

// Dossier says whose exercices a file holds.
type Dossier struct {
	Nom         string    // of the company: PS1.NOM and the header, 35 characters
	Siret       string    // PS1.SIRET, "" where unknown
	Horodatage  time.Time // written as the header's DATE_HEURE, in its own zone
	Utilisateur string    // the header's UTILISATEUR, 35 characters
}

// WriteExercices writes a complete dossier (DOS, STD, version 011) with the
// exercices and the parameters that they need: header, PS1, PS2, PS3, PS5, the EXO
// lines in the order given, and the journal and two accounts that PS5 names.
// It writes nothing unless every exercice can be said: the error
// joins a *FieldError for each value that cannot, and one for each rule of EXO that
// is broken.
func WriteExercices(w io.Writer, d Dossier, list []Exercice) error {
	return writeRows(w, checkExercices(list), dossier("DOS", d, list, Plan{}))
}

// dossier returns the lines of a file without entries.
func dossier(kind string, d Dossier, list []Exercice, plan Plan) []filled {
	stamp := ""
	if !d.Horodatage.IsZero() {
		stamp = d.Horodatage.Format("020120061504")
	}
	length := plan.length()
	rows := []filled{
		fill("HEADER",
			"IDENTIFIANT", "S5", "ORIGINE_FICHIER", "CLI", "TYPE_FICHIER", kind, "FORMAT", "STD",
			"DATE_BASCULE", "01011900", "DATE_ARRETE_PERIODIQUE", "01011900", "VERSION", "011",
			"DATE_HEURE", stamp, "UTILISATEUR", d.Utilisateur, "RAISON_SOCIALE", d.Nom,
			"SO_CPDATEREFPURGE", "01011900", "SOUSVERSION", "001",
			"SO_NEWANALYTIQUE", "-", "SO_READYGUID", "-", "DAG_GESTAGRICOLE", "-"),
		fill("PS1", "NOM", d.Nom, "SIRET", d.Siret),
		fill("PS2",
			"LGGEN", fmt.Sprintf("%02d", length), "BOURREGEN", "0", "LGAUX", "06", "BOURREAUX", "0",
			"LGSEC1", "03", "BOURRESEC1", "0", "LGSEC2", "03", "BOURRESEC2", "0", "LGSEC3", "03", "BOURRESEC3", "0",
			"LGSEC4", "03", "BOURRESEC4", "0", "LGSEC5", "03", "BOURRESEC5", "0"),
		fill("PS3"),
		fill("PS5",
			"DEVISE", "EUR", "DECDEVISE", "2", "TENUEEURO", "X", "JALECC", "ECC", "CPTECCD", padded("668800", length), "CPTECCC", padded("768800", length),
			"PLANREF", "07", "GEREANA", "-", "CROISAXE", "-", "CPANODYNA", "-"),
	}
	for _, e := range list {
		rows = append(rows, e.row())
	}
	accounts := append([]Compte{{"668800", "Écarts de conversion, charges", "CHA"}, {"768800", "Écarts de conversion, produits", "PRO"}}, plan.Comptes...)
	for _, a := range accounts {
		rows = append(rows, fill("CGN", "CODE", padded(a.Code, length), "LIBELLE", a.Libelle, "NATURE", a.Nature, "LETTRABLE", "-", "POINTABLE", "-",
			"VENTILABLE_AXE_1", "-", "VENTILABLE_AXE_2", "-", "VENTILABLE_AXE_3", "-", "VENTILABLE_AXE_4", "-", "VENTILABLE_AXE_5", "-"))
	}
	journals := append([]Journal{{"ECC", "Écarts de conversion", "ECC"}}, plan.Journaux...)
	for _, j := range journals {
		rows = append(rows, fill("JAL", "CODE", j.Code, "LIBELLE", j.Libelle, "NATURE", j.Nature, "MODESAISIE", "-"))
	}
	return rows
}

// writeRows writes lines, or nothing where one holds what cannot be said, or errs
// already tells of something.
func writeRows(w io.Writer, errs []error, rows []filled) error {
	for i, row := range rows {
		for _, fe := range row.refused {
			fe.Line = i + 1
			errs = append(errs, fe)
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	out := NewWriter(w)
	for _, row := range rows {
		if err := out.WriteRow(row.Row); err != nil {
			return fmt.Errorf("écriture du fichier TRA : %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("écriture du fichier TRA : %w", err)
	}
	return nil
}

// filled is a row with everything that it refused.
type filled struct {
	*Row
	refused []*FieldError
}

// fill returns a row with the named fields set.
func fill(id string, pairs ...string) filled {
	row := filled{Row: NewRow(layoutOf[id])}
	for i := 0; i < len(pairs); i += 2 {
		var fe *FieldError
		if errors.As(row.Set(pairs[i], pairs[i+1]), &fe) {
			row.refused = append(row.refused, fe)
		}
	}
	return row
}

func (e Exercice) row() filled {
	if e.Libelle == "" {
		e.Libelle = "Exercice au " + e.Fin.TRA()
	}
	return fill("EXO", "CODE", e.Code, "DATEDEBUT", e.Debut.TRA(), "DATEFIN", e.Fin.TRA(), "ETATCPTA", string(e.Etat),
		"ETATBUDGET", e.EtatBudget, "LIBELLE", e.Libelle, "ETATANO", string(e.Ano), "DATECREATION", e.Creation.TRA())
}

// checkExercices applies the rules of EXO to exercices that are to be written. A
// line with a refused value is left out: that value is reported by itself.
func checkExercices(list []Exercice) []error {
	const firstLine = 6 // after HEADER, PS1, PS2, PS3 and PS5
	c := NewChecker(Options{})
	var errs []error
	for i, e := range list {
		row := e.row()
		if len(row.refused) == 0 {
			c.check(row.Row, firstLine+i)
		}
	}
	c.exos.finish()
	for _, f := range c.out.Findings() {
		if f.Severity == SeverityError {
			errs = append(errs, &FieldError{f.Line, f.Column, f.Record, f.Field, f.Message})
		}
	}
	return errs
}

// check gives a row to the rules of fields and exercices.
func (c *Checker) check(row *Row, line int) {
	rec := &Record{Line: line, ID: row.layout.ID, Layout: row.layout, raw: row.buf, columns: row.buf}
	if high, _ := survey(row.buf); high {
		rec.Encoding = Windows1252
	}
	c.fields(rec, row.layout, row.buf)
	c.exos.record(rec)
}
