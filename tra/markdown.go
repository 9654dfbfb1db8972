package tra

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteLayoutsMarkdown writes the tables of every record and of every rule of the
// checker: docs/tra-layouts.md.
func WriteLayoutsMarkdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "# TRA: records and rules\n\nGenerated from `tra/fields.csv` and the checker's rules by `go generate ./tra`; do not edit. [tra.md](tra.md) explains.\n")
	fmt.Fprint(b, "\n## Rules of the checker\n\n| rule | severity | what it demands |\n| --- | --- | --- |\n")
	for _, r := range allRules {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", r.Code, r.Severity, r.About)
	}
	fmt.Fprintf(b, "\n## Records\n\n%d records, %d fields. A position marked * differs from the source's, which contradicts itself there.\n", len(layouts), fieldCount())
	for _, l := range layouts {
		fmt.Fprintf(b, "\n### %s\n\nColumns %d to %d.\n\n| field | position | length | kind | mandatory | codes | page |\n| --- | --- | --- | --- | --- | --- | --- |\n", l.ID, l.Start, l.End)
		for i := range l.Fields {
			f := &l.Fields[i]
			mark := ""
			if _, ok := corrections[l.ID+"."+f.Name]; ok {
				mark = "*"
			}
			fmt.Fprintf(b, "| %s | %d%s | %d | %s | %s | %s | %d |\n", f.Name, f.Pos, mark, f.Len, f.Kind, f.mandatory(), strings.Join(f.Codes, " "), f.Page)
		}
	}
	return b.Flush()
}

func (f *Field) mandatory() string {
	switch {
	case f.Required && f.mayBeBlank:
		return "may be blank"
	case f.Required:
		return "yes"
	case f.Conditional:
		return "in some lines"
	}
	return ""
}

func fieldCount() int {
	n := 0
	for _, l := range layouts {
		n += len(l.Fields)
	}
	return n
}
