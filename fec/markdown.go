package fec

import (
	"bufio"
	"fmt"
	"io"
)

var demandNames = [...]string{Free: "", Reported: "reported", Refused: "refused"}

// WriteMarkdown writes the tables of the columns and of every rule of the checker:
// docs/fec-rules.md.
func WriteMarkdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "# FEC: columns and rules\n\nGenerated from the columns and the rules of package `fec` by `go generate ./fec`; do not edit. [fec.md](fec.md) explains.\n")
	fmt.Fprint(b, "\n## Columns\n\nWhat the administration's tool does where the first line does not name a column, and where a line leaves it blank. Montant and Sens may stand for Debit and Credit.\n")
	fmt.Fprint(b, "\n| rank | column | kind | absent | blank | content |\n| --- | --- | --- | --- | --- | --- |\n")
	for i := range columns {
		c := &columns[i]
		rank := fmt.Sprint(i + 1)
		if i >= width {
			rank = fmt.Sprint(orderOf(c.ID) + 1)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", rank, c.Name, c.Kind, demandNames[c.Absent], demandNames[c.Blank], c.About)
	}
	fmt.Fprint(b, "\n## Rules of the checker\n\n| rule | severity | whose | what it demands |\n| --- | --- | --- | --- |\n")
	for _, r := range allRules {
		whose := "ours"
		if Official(r.Code) {
			whose = "the tool's"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", r.Code, r.Severity, whose, r.About)
	}
	return b.Flush()
}
