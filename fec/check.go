package fec

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/passerelle-hub/passerelle/compta"
)

// Options of a check.
type Options struct {
	Limit    int     // errors listed and warnings listed, each; 0 means compta.DefaultLimit
	Name     string  // of the file; judged unless it is ""
	Exercice Periode // that entries must be dated in; zero: what the name says
}

// Report is what a check found.
type Report struct {
	compta.Report
	Extra []string `json:"extraColumns,omitempty"` // names of the columns that are none of the text's
}

// Check reads a whole file and reports on it. The error is a *compta.FormatError
// where this is no FEC at all, or what the source of bytes said; a file that becomes
// unreadable further on has a finding of rule "fichier" instead.
func Check(src io.Reader, o Options) (*Report, error) { return CheckEach(src, o, nil) }

// CheckEach is Check for a file that is looked at in the same reading: each line is
// passed on once it is checked, whether it has findings or not. An error of each ends
// the check.
func CheckEach(src io.Reader, o Options, each func(*Header, *Line) error) (*Report, error) {
	r := NewReader(src)
	h, err := r.Header()
	if err != nil {
		return nil, err
	}
	c := NewChecker(h, o)
	for {
		l, err := r.Read()
		if err == nil {
			c.Line(l)
			if r.pipes && !c.piped {
				c.pipe(l)
			}
			if each != nil {
				if err := each(h, l); err != nil {
					return nil, err
				}
			}
			continue
		}
		var refused *compta.FormatError
		switch {
		case errors.Is(err, io.EOF):
		case errors.As(err, &refused):
			c.Refuse(refused)
		default:
			return nil, err
		}
		return c.Report(), nil
	}
}

// Checker checks lines as they are read. Its memory grows with the accounts and
// journals that a file names (up to a limit), not with its entries.
type Checker struct {
	out        compta.Collector
	h          *Header
	plan       []planned
	places     []placed
	asked      []ID   // columns with either of these
	plain      bool   // the first columns are those of the text, in its order
	bySide     bool   // but for Montant and Sens, which stand for Debit and Credit
	filled     uint32 // columns that a line must fill, a bit for each
	wanted     uint32 // columns that are reported where a line leaves them empty
	dayCols    []ID   // the columns of dates that the file has
	amountCols []ID   // those of amounts
	lines      int    // of the file
	rows       int    // with the right number of fields
	odd        int    // with another one
	incomplete bool
	piped      bool
	encoding   Encoding
	exercice   Periode

	e       *[width + 1]uint32 // the ends of the line's fields, where its columns are plain and it is in order
	spans   [32]span           // else its values, by ID: there are fewer of them
	amounts [known]compta.Montant
	bad     bool             // an amount of the line cannot be read
	dates   [known]dayText   // the text of the date that was good last
	blanks  [known]blankSeen // of the columns that are reported once

	cur      entry
	held     held
	prefix   []byte // what the last line says of journal, number and date; nil where it is to be looked at again
	journals map[string]*journal
	valid    dayText // the text of the ValidDate read last, and the day that it is
	validDay int
	lately   [64]*journal // journals by their code, the last ones
	days     map[int]*daySum
	open     map[entryKey]openEntry
	debit    compta.Total
	credit   compta.Total
	partial  bool // an amount could not be read: the total is not known
	over     bool // a limit was reached
	entries  int
	others   bool // an entry outside the à-nouveaux was seen
	accounts table
	tiers    table
	letters  letterTable
	numbers  numbering
}

// planned is a column of the file with what is to be done about it.
type planned struct {
	*Column
	place int
}

// placed is no more of it than quick needs.
type placed struct{ at, bit uint16 }

type blankSeen struct{ n, line int }

// NewChecker returns a Checker for a file with that header.
func NewChecker(h *Header, o Options) *Checker {
	c := &Checker{h: h, lines: 1, journals: map[string]*journal{}, days: map[int]*daySum{},
		open: map[entryKey]openEntry{}}
	c.out.Limit = o.Limit
	c.accounts.init()
	c.tiers.init()
	c.letters.init()
	c.numbers.init()
	for i := range c.dates {
		c.dates[i] = goodDay
	}
	c.valid, c.validDay = goodDay, 2000_01_01
	for i := range columns {
		if place := h.rank[i]; place >= 0 {
			c.planColumn(&columns[i], place)
		}
	}
	c.bySide, c.plain = h.hasSides(), len(h.Names) >= width
	for i := range width {
		id := ID(i)
		if c.bySide && (id == Debit || id == Credit) {
			id += Montant - Debit
		}
		c.plain = c.plain && h.rank[id] == i
	}
	c.exercice = o.Exercice
	if o.Name != "" {
		c.name(o.Name)
	}
	c.firstLine()
	return c
}

// planColumn notes what is to be done about a column of the file.
func (c *Checker) planColumn(col *Column, place int) {
	c.plan = append(c.plan, planned{col, place})
	c.places = append(c.places, placed{uint16(place), uint16(col.ID)})
	switch col.Blank {
	case Refused:
		c.filled |= 1 << col.ID
	case Reported:
		c.wanted |= 1 << col.ID
	}
	if col.Blank != Free {
		c.asked = append(c.asked, col.ID)
	}
	switch col.Kind {
	case Day:
		c.dayCols = append(c.dayCols, col.ID)
	case Amount:
		c.amountCols = append(c.amountCols, col.ID)
	}
}

// name judges the name of the file.
func (c *Checker) name(name string) {
	n, ok := ParseName(name)
	if !ok {
		c.out.Add(ruleNom, compta.Finding{}, "Le nom du fichier doit être le SIREN (9 chiffres), FEC, la date de clôture AAAAMMJJ et .txt, par exemple 732829320FEC20251231.txt. L’outil de l’État refuse un autre nom ; l’exercice n’en est pas connu.")
		return
	}
	if !ValidSIREN(n.SIREN) {
		c.out.Add(ruleSiren, compta.Finding{}, "Le SIREN %s du nom du fichier n’existe pas : sa clé de contrôle est fausse. Vérifiez-le.", n.SIREN)
	}
	if c.exercice.IsZero() {
		c.exercice = n.Periode()
	} else if c.exercice.Fin != n.Cloture {
		c.out.Add(ruleNom, compta.Finding{}, "La date de clôture du nom du fichier (%s) n’est pas la fin de l’exercice donné (%s).", n.Cloture.FR(), c.exercice.Fin.FR())
	}
}

// firstLine judges the names of the columns.
func (c *Checker) firstLine() {
	h := c.h
	at := func(place int, field string) compta.Finding {
		return compta.Finding{Line: 1, Column: place + 1, Field: field}
	}
	for i := range width {
		col := &columns[h.asked(ID(i))]
		if h.rank[col.ID] >= 0 || h.hasSides() && (col.ID == Debit || col.ID == Credit) {
			continue
		}
		place := compta.Finding{Line: 1, Column: i + 1, Field: col.Name}
		if columns[i].Absent == Refused {
			c.out.Add(ruleManquante, place, "La colonne %s (%s) manque dans la première ligne : l’outil de l’État refuse le fichier.", col.Name, col.About)
		} else {
			c.out.Add(ruleAbsente, place, "La colonne %s (%s) manque dans la première ligne.", col.Name, col.About)
		}
	}
	for i, place := range h.unusual {
		others := ""
		if len(h.unusual) > 3 { // most likely all of them, for one reason
			others = fmt.Sprintf(" et %d autres noms", len(h.unusual)-1)
		}
		if i == 0 || others == "" {
			c.out.Add(ruleNomCol, at(place, h.Names[place]), "« %s »%s : écrivez le nom de la colonne comme dans le texte, sans guillemets, blancs ni séparateurs.", clean(h.Names[place]), others)
		}
	}
	for _, place := range h.double {
		c.out.Add(ruleDouble, at(place, h.Names[place]), "La colonne %s figure deux fois dans la première ligne : gardez-en une.", clean(h.Names[place]))
	}
	if h.disused {
		c.out.Add(ruleOrdre, compta.Finding{Line: 1}, "Les colonnes ne sont pas dans l’ordre du texte (JournalCode, JournalLib, EcritureNum, …, Idevise).")
	}
	if h.CashBasis() {
		c.out.Add(ruleTreso, compta.Finding{Line: 1}, "C’est le FEC d’une comptabilité de trésorerie, de %d colonnes (bénéfices agricoles ou non commerciaux) : il est contrôlé sur les colonnes communes ; DateRglt, ModeRglt, NatOp et IdClient ne passent pas dans un autre format.", len(h.Names))
	}
	for place, name := range h.Names {
		id, known := byFolded[compta.FoldName([]byte(name))]
		if known && h.rank[id] >= 0 || cashColumns[compta.FoldName([]byte(name))] {
			continue
		}
		said := "Colonne ajoutée « " + clean(name) + " »"
		if name == "" {
			said = "La colonne " + strconv.Itoa(place+1) + " n’a pas de nom"
			if place == len(h.Names)-1 {
				said = "Un séparateur de trop termine la première ligne, la colonne " + strconv.Itoa(place+1) + " n’a pas de nom"
			}
		}
		c.out.Add(ruleAjoutee, at(place, name), "%s : elle est ignorée.", said)
	}
}

// clean makes a value fit for a message.
func clean(s string) string {
	runes := []rune(s)
	if len(runes) > 40 {
		runes = append(runes[:40], '…')
	}
	for i, r := range runes {
		if r < ' ' || r == 0x7f {
			runes[i] = '?'
		}
	}
	return string(runes)
}

// at says where a column stands in a line.
func (c *Checker) at(l *Line, id ID) compta.Finding {
	return compta.Finding{Line: l.Number, Column: c.h.rank[id] + 1, Field: columns[id].Name}
}

// place is at for a line that is past.
func (c *Checker) place(line int, id ID) compta.Finding {
	return compta.Finding{Line: line, Column: c.h.rank[id] + 1, Field: columns[id].Name}
}

// Refuse ends the check early: the reader refused the rest of the file.
func (c *Checker) Refuse(e *compta.FormatError) {
	c.out.Add(ruleFichier, compta.Finding{Line: e.Line}, "%s", e.Message)
	c.incomplete = true
}

// Report ends the check: it looks at the file as a whole and returns the findings.
// It is to be called once.
func (c *Checker) Report() *Report {
	if c.rows == 0 && c.odd == 0 && !c.incomplete {
		c.out.Add(ruleSansLigne, compta.Finding{Line: 1}, "Le fichier n’a que ses noms de colonnes : il ne contient aucune écriture. Vérifiez la période de l’export.")
	}
	c.closeEntry()
	if !c.incomplete {
		c.balances()
		c.lettersEnd()
		c.numbers.judge(c)
	}
	c.blanksEnd()
	r := &Report{Report: c.out.Report(), Extra: c.h.Extra}
	r.Lines, r.Encoding, r.Incomplete = c.lines, c.encoding.String(), c.incomplete
	r.Records = map[string]int{"lignes": c.rows, "ecritures": c.entries, "journaux": len(c.journals), "comptes": len(c.accounts.list), "tiers": len(c.tiers.list)}
	if !c.partial {
		r.Debit, r.Credit = c.debit.String(), c.credit.String()
	}
	return r
}

// tooMany says once that a limit was reached.
func (c *Checker) tooMany() {
	if !c.over {
		c.over = true
		c.out.Add(rulePartiel, compta.Finding{}, "Le fichier compte trop de comptes, de lettres ou d’écritures éparses : au-delà de %d de chaque sorte, les contrôles croisés sont partiels.", maxTracked)
	}
}
