package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// report is what the suite writes down.
type report struct {
	machine     machine
	peerVersion string // "" where it was left out
	figures     *figures
	tra         traFigures
	runs        int
}

// write prints the tables, and puts them with the plot where the documentation
// has them.
func (r *report) write(docs string) error {
	text := r.markdown()
	fmt.Println(text)
	if docs == "" {
		return nil
	}
	svg, err := plot(r.figures)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(docs, "images", "performance.svg"), svg, 0o644); err != nil {
		return err
	}
	return replaceBetween(filepath.Join(docs, "performance.md"), "suite", text)
}

// replaceBetween puts a text between the two markers of a name in a file.
func replaceBetween(path, name, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+name+": begin -->\n", "<!-- "+name+": end -->"
	before, rest, ok := strings.Cut(string(old), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no markers %q and %q", path, strings.TrimSpace(begin), end)
	}
	return os.WriteFile(path, []byte(before+begin+strings.TrimSpace(text)+"\n"+end+after), 0o644)
}

func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s, local disk. Medians of %d turns, in milliseconds; load of the machine over the last 15 minutes: %s.\n\n",
		r.machine, r.runs, loadAverage(2))
	b.WriteString("| operation | contracts |")
	for _, db := range []string{onSQLite, onPostgres} {
		fmt.Fprintf(&b, " %s | limit | ratio |", db)
	}
	if r.peerVersion != "" {
		fmt.Fprintf(&b, " %s %s | to SQLite |", peer, r.peerVersion)
	}
	b.WriteString("\n| --- " + strings.Repeat("| ---: ", 7))
	if r.peerVersion != "" {
		b.WriteString("| ---: | ---: ")
	}
	b.WriteString("|\n")
	for _, op := range operations {
		for _, size := range r.figures.sizes() {
			fmt.Fprintf(&b, "| %s | %s |", op, thousands(size))
			for _, db := range []string{onSQLite, onPostgres} {
				r.against(&b, db, op, size)
			}
			if ms := r.figures.ms(peer, op, size); ms > 0 {
				fmt.Fprintf(&b, " %s | %s |", milliseconds(ms), times(ms/r.figures.ms(onSQLite, op, size)))
			} else if r.peerVersion != "" {
				b.WriteString(" – | – |")
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("\nThe limit of a delta is the first push of all the contracts.\n\n")
	b.WriteString("![Cost against size, both axes logarithmic: see the table](images/performance.svg)\n\n")
	b.WriteString(goalTable(r))
	return b.String()
}

// against writes a figure, its limit and the ratio.
func (r *report) against(b *strings.Builder, db, op string, size int) {
	ratio := r.figures.ratio(db, op, size)
	if op == opDelta {
		fmt.Fprintf(b, " %s | %s | %.1f %% |", milliseconds(r.figures.ms(db, op, size)), milliseconds(r.figures.ms(db, opFirst, size)), 100*ratio)
		return
	}
	fmt.Fprintf(b, " %s | %s | %.1f |", milliseconds(r.figures.ms(db, op, size)), milliseconds(r.figures.ms(db+limitSuffix, op, size)), ratio)
}

// milliseconds writes a time with three significant digits at most.
func milliseconds(ms float64) string {
	switch {
	case ms < 10:
		return strconv.FormatFloat(ms, 'f', 1, 64)
	default:
		return thousands(int(ms + 0.5))
	}
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func times(x float64) string { return fmt.Sprintf("%.1f ×", x) }
