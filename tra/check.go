package tra

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/passerelle-hub/passerelle/compta"
)

// DefaultLimit is how many errors, and how many warnings, a report lists.
const DefaultLimit = compta.DefaultLimit

// Options of a check.
type Options struct {
	Limit int // errors listed and warnings listed, each; 0 means DefaultLimit
}

// Check reads a whole file and reports on it. The error is a *FormatError where
// this is not a TRA file at all, or what the source of bytes said; a file that
// becomes unreadable further on has a finding of rule "fichier" instead.
func Check(src io.Reader, o Options) (*Report, error) {
	r, c := NewReader(src), NewChecker(o)
	for {
		rec, err := r.Read()
		if err == nil {
			c.Record(rec)
			continue
		}
		var refused *FormatError
		switch {
		case errors.Is(err, io.EOF):
		case errors.As(err, &refused) && r.line > 0:
			c.out.Add(ruleFichier, Finding{Line: refused.Line}, "%s", refused.Message)
			c.incomplete = true
		default:
			return nil, err
		}
		return c.Report(), nil
	}
}

// Checker checks records as they are read. Its memory grows with the accounts,
// sections and journals that a file declares (up to a limit), not with its entries.
type Checker struct {
	out        findings
	lines      int
	counts     []int // of each layout, by rank
	encoding   Encoding
	mixed      bool
	toldLF     bool
	partly     bool // exercices alone are read: the form of the file is not judged
	incomplete bool

	kind     string // TYPE_FICHIER
	version  int
	newAnaly bool
	lastRank int
	entries  bool // an entry was seen

	pad      []byte
	lastDate uint64 // columns of the date that was valid last

	refs    references
	exos    exoRules
	balance balance
	analyt  analytic
	devises map[[3]byte]bool // declared by DEV: has a rate
}

// NewChecker returns a Checker for one file.
func NewChecker(o Options) *Checker {
	c := &Checker{
		out: findings{Limit: o.Limit}, counts: make([]int, len(layouts)),
		devises: map[[3]byte]bool{},
	}
	c.refs.init(&c.out)
	c.exos.out = &c.out
	c.balance.init(c)
	return c
}

// Record checks the next record of the file.
func (c *Checker) Record(rec *Record) {
	c.lines++
	l := rec.Layout
	if !c.partly && (rec.mark || rec.bom || len(rec.eol) == 1 && !c.toldLF) {
		c.form(rec)
	}
	if rec.control || rec.Encoding != ASCII {
		c.characters(rec)
	}
	if c.lines == 1 && l != lHeader {
		c.out.Add(ruleEntete, atLine(rec), "L’en-tête manque : la première ligne doit commencer par *** suivi du produit (S1, S3, S5, SI, QU, WS ou WT), de l’origine et du type de fichier.")
	}
	if l == nil {
		c.unknown(rec)
		return
	}
	c.counts[l.rank]++
	if l == lHeader && c.counts[l.rank] == 1 {
		c.version = versionOf(rec)
		c.exos.version = c.version
	}
	cols := rec.columns
	if len(cols) < l.End {
		c.pad = append(append(c.pad[:0], cols...), l.blank[len(cols):]...)
		cols = c.pad
	} else if len(cols) > l.End && rec.Block == nil {
		c.beyond(rec, l)
	}
	if l == lEcr && c.entries && c.lastRank <= lEcrvt.rank {
		c.fields(rec, l, cols)
		c.entry(rec, cols)
		return
	}
	c.order(rec, l)
	if c.counts[l.rank] > 1 && l.rank <= rankPS5 {
		c.out.Add(ruleUnique, atLine(rec), "L’enregistrement %s ne doit figurer qu’une fois dans le fichier ; il y est déjà.", rec.ID)
	}
	if l.starred && emptyAllowed[l.ID] && isBlank(cols[6:l.End]) {
		return
	}
	c.fields(rec, l, cols)
	if l == lEcr {
		c.entry(rec, cols)
		return
	}
	c.references(rec, l, cols)
	c.parameter(rec, l, cols)
}

// form says what hinders strict readers in the whole file: its encoding, its line
// ends, its end mark.
func (c *Checker) form(rec *Record) {
	if rec.bom {
		c.out.Once(ruleBOM, "", Finding{Line: 1}, "Une marque d’ordre des octets (BOM) précède l’en-tête : elle est ignorée ici, mais décale les colonnes ailleurs. Enregistrez le fichier en Windows-1252 (« ANSI »), sans BOM.")
	}
	if rec.mark {
		c.out.Once(ruleFinDOS, "", Finding{Line: rec.Line}, "Une marque de fin de fichier DOS (0x1A) termine le fichier : elle est ignorée ici, d’autres lecteurs la prennent pour une écriture. Supprimez-la.")
	}
	if len(rec.eol) == 1 && !c.toldLF {
		c.toldLF = true
		c.out.Add(ruleLF, Finding{Line: rec.Line}, "Les lignes se terminent par LF seul ; CRLF (Windows) est attendu par les logiciels comptables (signalé une fois).")
	}
}

// characters looks at lines with control characters or beyond ASCII.
func (c *Checker) characters(rec *Record) {
	if rec.control {
		for i, b := range rec.columns {
			if b < ' ' {
				c.out.Once(ruleControle, rec.ID, Finding{Line: rec.Line, Column: i + 1, Record: rec.ID}, "Caractère de contrôle (code %d) : supprimez-le, un champ ne contient que du texte (signalé une fois par enregistrement).", b)
				break
			}
		}
	}
	if rec.outside > 0 {
		c.out.Add(ruleHors1252, Finding{Line: rec.Line, Column: rec.outside, Record: rec.ID}, "Ce caractère n’existe pas en Windows-1252, le codage habituel des fichiers TRA : remplacez-le.")
	}
	if rec.Encoding == ASCII {
		return
	}
	if rec.Encoding == UTF8 && !c.partly {
		c.out.Once(ruleUTF8, "", Finding{Line: rec.Line}, "Le fichier est codé en UTF-8, Windows-1252 (« ANSI ») est attendu : il est lu ici, mais ailleurs les caractères accentués décalent les colonnes. Exportez-le en ANSI (signalé une fois).")
	}
	if c.encoding == ASCII {
		c.encoding = rec.Encoding
	} else if c.encoding != rec.Encoding && !c.mixed {
		c.mixed = true
		c.out.Add(ruleMelange, atLine(rec), "Cette ligne est codée en %s, les précédentes en %s : enregistrez le fichier dans un seul codage.", rec.Encoding, c.encoding)
	}
}

func (c *Checker) unknown(rec *Record) {
	switch {
	case rec.mark:
	case rec.ID == "" && isBlank(rec.columns):
		c.out.Once(ruleLigneVide, "", atLine(rec), "Ligne vide : supprimez-la (signalé une fois).")
	default:
		at := Finding{Line: rec.Line, Column: 4, Record: rec.ID}
		c.out.Once(ruleInconnu, rec.ID, at, "Enregistrement « %s » inconnu de la version 011 : il est conservé mais non contrôlé (signalé une fois par identifiant).", clean(rec.columns[min(3, len(rec.columns)):min(6, len(rec.columns))]))
	}
}

func (c *Checker) beyond(rec *Record, l *Layout) {
	rest := rec.columns[l.End:]
	if isBlank(rest) {
		return
	}
	at := Finding{Line: rec.Line, Column: l.End + 1, Record: rec.ID}
	if l == lEcr {
		c.out.Once(ruleBlocSTD, "", at, "Les colonnes %d et suivantes sont ignorées : l’en-tête n’annonce pas le format ETE (signalé une fois).", l.End+1)
		return
	}
	c.out.Once(ruleAuDela, l.ID, at, "Du texte suit le dernier champ de %s (colonne %d) : il est conservé mais ignoré (signalé une fois par enregistrement).", l.ID, l.End)
}

// clean makes the columns of a value fit for a message.
func clean(v []byte) string {
	v = trim(v)
	if len(v) > 20 {
		v = v[:20]
	}
	v = bytes.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, append1252AsUTF8(nil, v))
	return string(v)
}

// Report ends the check: it looks at the file as a whole and returns the findings.
// It is to be called once.
func (c *Checker) Report() *Report {
	c.analyt.close(c)
	c.exos.finish()
	if !c.incomplete { // what is not read may balance, declare and complete the rest
		c.balance.finish()
		c.refs.finish(c.kind)
		c.mandatory()
	}
	report := &Report{Report: c.out.Report(), Exercices: c.exos.list}
	report.Lines, report.Encoding, report.Incomplete = c.lines, c.encoding.String(), c.incomplete
	for _, l := range layouts {
		if n := c.counts[l.rank]; n > 0 {
			report.Records[l.ID] = n
		}
	}
	if c.counts[lEcr.rank] > 0 && !c.balance.partial {
		report.Debit, report.Credit = c.balance.debit.String(), c.balance.credit.String()
	}
	return report
}

// versionOf returns the version of the description that the header names; 11, the
// one that the layouts are of, where it names none.
func versionOf(rec *Record) int {
	n, err := strconv.Atoi(rec.Field("VERSION"))
	if err != nil || n <= 0 {
		return 11
	}
	return n
}

func (c *Checker) header(rec *Record, cols []byte) {
	c.kind = rec.Field("TYPE_FICHIER")
	c.newAnaly = rec.Field("SO_NEWANALYTIQUE") == "X"
	if format := lHeader.Field("FORMAT"); c.kind == "BAL" && rec.Value(format) == "ETE" {
		c.out.Add(ruleBalanceSTD, at(rec, format), "Un fichier BAL (balance) doit être au format STD.")
	}
	for _, name := range []string{"SO_NEWANALYTIQUE", "SO_READYGUID", "DAG_GESTAGRICOLE"} {
		f := lHeader.Field(name)
		if v := cols[f.start]; v != ' ' && v != 'X' && v != '-' {
			c.out.Add(ruleIndicateur, at(rec, f), "« %s » : X ou - attendu.", clean(cols[f.start:f.end]))
		}
	}
}
