package tra

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
)

// Kind says what a field holds.
type Kind uint8

// The kinds of a field.
const (
	Text     Kind = iota // left-aligned text
	Number               // digits, decimal comma, right-aligned
	DateJour             // JJMMAAAA; blank or 01011900 says nothing
	DateTime             // JJMMAAAAHHMM
	Flag                 // X or -
)

var kindNames = [...]string{Text: "text", Number: "number", DateJour: "date", DateTime: "date and time", Flag: "flag"}

// String returns the English name of the kind.
func (k Kind) String() string { return kindNames[k] }

// Field is one field of a record.
type Field struct {
	Name        string
	Kind        Kind
	Pos         int      // column of its first character, from 1
	Len         int      // characters
	Required    bool     // the source calls it mandatory
	Conditional bool     // mandatory in some lines only
	Codes       []string // the values that it may take, nil where it is free
	Page        int      // page of the source's description

	record string
	start  int // Pos-1
	end    int // column after the last one, from 0
	// codeKeys are the codes as packed left-aligned columns, see pack.
	codeKeys []uint64
	since    int // the version of the format that has the field, 0 where it always had it
	// mayBeBlank lifts Required for the checker: see blankAllowed.
	mayBeBlank bool
}

// Layout describes one record: its fields follow each other without gap or
// overlap.
type Layout struct {
	ID     string // HEADER, PS1, EXO, ECR …
	Fields []Field
	Start  int // column of the first field: 1, or 223 for the blocks ECR1 and ECR2
	End    int // column of the last character of the last field

	rank    int    // place in the order of records
	starred bool   // the line starts with *** and the ID
	blank   []byte // an empty line of this record, columns 1 to End
	checks  []*Field
	byName  map[string]int
}

// Field returns the field of that name, nil where the record has none.
func (l *Layout) Field(name string) *Field {
	i, ok := l.byName[name]
	if !ok {
		return nil
	}
	return &l.Fields[i]
}

// Starred says whether lines of this record start with *** and its ID. The header
// starts with *** but has the product's code instead of an ID.
func (l *Layout) Starred() bool { return l.starred }

// constant says whether the field's content follows from the record's ID.
func (l *Layout) constant(f *Field) bool {
	return l.starred && f.Pos <= 4 || l.ID == "HEADER" && f.Pos == 1
}

//go:embed fields.csv
var fieldsCSV string

// corrections moves the fields whose place the source contradicts: CVP has five
// fields at column 1468, which follow each other by their lengths; SDC has a text
// of 35 at 12 and the next field at 29, where every other ICS is 35 long.
var corrections = map[string]int{
	"CVP.MIN": 1485, "CVP.MINACTIF": 1505, "CVP.MAX": 1506, "CVP.MAXACTIF": 1526,
	"SDC.ETABLISSEMENT": 47,
}

// blankAllowed lists fields that the source marks as mandatory although it gives
// a blank a meaning, or that have a rule of their own in the checker.
var blankAllowed = map[string]bool{
	"HEADER.NO_DOSSIER_CAB": true, // blank outside accountants' offices
	"EXO.ETATANO":           true, // blank: no à-nouveaux journal
	"EXO.DATECREATION":      true, // new in version 011
	"ECR.TYPE_CPTE":         true, // blank: a general line (page 40)
	"ECR.AXE":               true, // analytic lines only (page 41)
	"ECRVT.TYPE":            true, // the source gives no value for it
	// What is not known of a third party, or does not apply to a line: a line without
	// VAT has no regime, a dossier that is not READYGUID no identifiers.
	"CAE.ADRESSE_1": true, "CAE.ADRESSE_2": true, "CAE.DOMICILIATION": true, "CAE.ETABLISSEMENT": true, "CAE.GUICHET": true,
	"CAE.COMPTE": true, "CAE.CLE": true, "CAE.PAYS": true, "CAE.REGIME_TVA": true, "CAE.MODE": true,
	"ECR1.REGIMETVA": true, "ECR1.TVA": true, "ECR1.TPF": true, "ECR1.REFGUID": true, "ECR2.REFGUID": true,
}

// since says which version of the format brought the mandatory fields that older
// files cannot have: DATECREATION is from the source's notes of revision, the others
// are what files of versions 006 and 008 lack and have.
var since = map[string]int{
	"HEADER.SOUSVERSION": 7, "HEADER.SO_NEWANALYTIQUE": 9, "HEADER.SO_READYGUID": 9,
	"PS5.JALECC": 7, "PS5.CPTECCD": 7, "PS5.CPTECCC": 7,
	"ECR1.REFGUID": 9, "ECR2.REFGUID": 9, "EXO.DATECREATION": 11,
}

var (
	layouts   []*Layout
	layoutOf  = map[string]*Layout{}
	starredOf = map[[3]byte]*Layout{}

	lHeader, lEcr, lEcr1, lEcr2, lGed, lEcrvt, lBud, lBap, lExo, lJal *Layout
)

func init() {
	if err := loadLayouts(fieldsCSV); err != nil {
		panic("tra: fields.csv: " + err.Error())
	}
	for id, at := range map[string]**Layout{
		"HEADER": &lHeader, "ECR": &lEcr, "ECR1": &lEcr1, "ECR2": &lEcr2, "GED": &lGed, "ECRVT": &lEcrvt,
		"BUD": &lBud, "BAP": &lBap, "EXO": &lExo, "JAL": &lJal,
	} {
		*at = layoutOf[id]
	}
	initColumns()
	initOrder()
	initRefs()
	initBlockRefs()
}

// Layouts returns the records in the order in which a file holds them. The slice
// and what it points to must not be changed.
func Layouts() []*Layout { return layouts }

// LayoutOf returns the layout of a record, nil where there is none of that ID.
func LayoutOf(id string) *Layout { return layoutOf[id] }

// WholeLine is false for ECR1 and ECR2, which continue an entry's line.
func (l *Layout) WholeLine() bool { return l.Start == 1 }

func loadLayouts(data string) error {
	rows, err := csv.NewReader(strings.NewReader(data)).ReadAll()
	if err != nil {
		return err
	}
	for _, row := range rows[1:] {
		f, err := parseField(row)
		if err != nil {
			return fmt.Errorf("%v: %w", row, err)
		}
		l := layoutOf[row[0]]
		if l == nil {
			l = &Layout{ID: row[0], Start: f.Pos, rank: len(layouts), byName: map[string]int{}}
			layouts = append(layouts, l)
			layoutOf[l.ID] = l
		}
		l.byName[f.Name] = len(l.Fields)
		l.Fields = append(l.Fields, f)
		l.End = max(l.End, f.end)
	}
	for _, l := range layouts {
		l.finish()
	}
	return nil
}

func parseField(row []string) (Field, error) {
	f := Field{Name: row[1], record: row[0], Required: row[5] == "yes", Conditional: row[5] == "cond"}
	for i, at := range map[int]*int{3: &f.Len, 4: &f.Pos, 7: &f.Page} {
		n, err := strconv.Atoi(row[i])
		if err != nil {
			return f, err
		}
		*at = n
	}
	if pos, ok := corrections[row[0]+"."+row[1]]; ok {
		f.Pos = pos
	}
	f.start, f.end = f.Pos-1, f.Pos-1+f.Len
	f.since = since[row[0]+"."+row[1]]
	f.mayBeBlank = !f.Required || blankAllowed[row[0]+"."+row[1]]
	if row[6] != "" {
		f.Codes = strings.Split(row[6], ";")
		for _, code := range f.Codes {
			f.codeKeys = append(f.codeKeys, pack([]byte(code+strings.Repeat(" ", f.Len-len(code)))))
		}
	}
	f.Kind = kindOf(row[2], &f)
	return f, nil
}

// kindOf reads the kind column. The source writes d both for a date and for a
// decimal number (amounts of 20, rates of 10 …): only a field of 8 characters can
// hold a date, one of 12 a date and time, one of a single character is a code.
func kindOf(s string, f *Field) Kind {
	switch {
	case s == "n":
		return Number
	case s == "d" && f.Len == 8:
		return DateJour
	case s == "d" && f.Name == "DATE_HEURE":
		return DateTime
	case s == "d" && f.Len > 1:
		return Number
	case s == "b" && f.Len == 1 && (f.Codes == nil || f.Codes[0] == "X"):
		return Flag
	}
	return Text
}

func (l *Layout) finish() {
	first := l.Fields[0].Name
	l.starred = (first == "FIXE" || first == "FIXEFIXE") && l.ID != "HEADER"
	l.blank = []byte(strings.Repeat(" ", l.End))
	if l.starred {
		copy(l.blank, "***"+l.ID)
		starredOf[[3]byte([]byte(l.ID))] = l
	} else if l.ID == "HEADER" {
		copy(l.blank, "***")
	}
	for i := range l.Fields {
		f := &l.Fields[i]
		if l.constant(f) || f.Kind == Text && f.Codes == nil && f.mayBeBlank {
			continue
		}
		l.checks = append(l.checks, f)
	}
}

// pack turns up to 8 columns into one comparable word.
func pack(v []byte) uint64 {
	var key uint64
	for i := len(v) - 1; i >= 0; i-- {
		key = key<<8 | uint64(v[i])
	}
	return key
}
