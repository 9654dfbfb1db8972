package fec_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/passerelle-hub/passerelle/fec"
)

// pieces reads a few bytes at a time.
type pieces struct {
	src io.Reader
	rng *rand.Rand
}

func (p *pieces) Read(b []byte) (int, error) { return p.src.Read(b[:min(len(b), 1+p.rng.IntN(3000))]) }

// plainly reads the lines of a file as plainly as can be: what a Reader must agree
// with wherever nothing but ASCII and no quotes are about.
func plainly(file string, sep string) [][]string {
	var rows [][]string
	lines := strings.SplitAfter(file, "\n")
	for _, line := range lines[1:] {
		if line == "" {
			continue
		}
		if rest, found := strings.CutSuffix(line, "\n"); found {
			line = strings.TrimSuffix(rest, "\r")
		}
		row := strings.Split(line, sep)
		for i := range row {
			row[i] = strings.Trim(row[i], " ")
		}
		rows = append(rows, row)
	}
	return rows
}

// agree compares a Reader with plainly.
func agree(src io.Reader, file string) error {
	r := fec.NewReader(src)
	h, err := r.Header()
	if err != nil {
		return fmt.Errorf("header: %w", err)
	}
	for i, row := range plainly(file, string(h.Separator)) {
		l, err := r.Read()
		if err != nil {
			return fmt.Errorf("line %d: %w", i+2, err)
		}
		if l.Number != i+2 || l.Len() != len(row) {
			return fmt.Errorf("line %d has %d fields, number %d has %d", i+2, len(row), l.Number, l.Len())
		}
		for j, v := range row {
			if got := l.Text(j + 1); got != v && j < fec.MaxColumns {
				return fmt.Errorf("line %d, field %d is %q, not %q", i+2, j+1, got, v)
			}
		}
	}
	if _, err := r.Read(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("after the last line: %w", err)
	}
	return nil
}

func TestLinesAreTheSameHoweverTheirBytesArrive(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 60 {
		sep := "\t|"[round%2 : round%2+1]
		var b strings.Builder
		b.WriteString(strings.ReplaceAll(header, "\t", sep) + "\n")
		for range rng.IntN(400) {
			fields := 18
			if rng.IntN(8) == 0 {
				fields = rng.IntN(400)
			}
			for i := range fields {
				if i > 0 {
					b.WriteString(sep)
				}
				for range rng.IntN(3) {
					b.WriteString([]string{"", " ", "a", "12,50", "20250101", "\r", "  x ", strings.Repeat("y", rng.IntN(100))}[rng.IntN(8)])
				}
			}
			b.WriteString([]string{"\n", "\r\n"}[rng.IntN(2)])
		}
		if rng.IntN(2) == 0 {
			b.WriteString("A" + sep + "last line without end" + []string{"", " ", "\r"}[rng.IntN(3)])
		}
		file := b.String()
		for what, src := range map[string]io.Reader{
			"at once":      strings.NewReader(file),
			"in pieces":    &pieces{strings.NewReader(file), rng},
			"byte by byte": iotest.OneByteReader(strings.NewReader(file[:min(len(file), 20_000)])),
			"with its end": iotest.DataErrReader(strings.NewReader(file)),
		} {
			of := file
			if what == "byte by byte" {
				of = file[:min(len(file), 20_000)]
			}
			if err := agree(src, of); err != nil {
				t.Fatalf("round %d, %s: %v", round, what, err)
			}
		}
	}
}

func TestTheLastLineWithoutEndIsLookedAtLikeTheOthers(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ value, finding string }{
		"beyond ASCII":        {"d\x82j\xe0", "codage@8:0"},
		"a control character": {"a\x01", "!caractere-controle@8:11 EcritureLib"},
		"blanks":              {"  ", "!valeur-manquante@8:11 EcritureLib"},
	} {
		rows := good()
		rows = append(rows, append([]string(nil), rows[6]...))
		rows[7][10] = c.value
		report := check(t, strings.TrimSuffix(join(rows, "\t", "\r\n"), "\r\n"), fec.Options{Name: name})
		if !strings.Contains(places(report), c.finding) {
			t.Errorf("%s: %s", what, places(report))
		}
	}
}

func TestQuotesThatStandTwiceAreOne(t *testing.T) {
	t.Parallel()
	rows := good()
	rows[1][10] = `say "no" twice`
	for _, row := range rows {
		for i, v := range row {
			row[i] = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
	}
	file := join(rows, "\t", "\r\n")
	if got := places(check(t, file, fec.Options{Name: name})); got != "colonne-nom@1:1 JournalCode" {
		t.Error(got)
	}
	r := fec.NewReader(strings.NewReader(file))
	h, err := r.Header()
	if err != nil {
		t.Fatal(err)
	}
	l, err := r.Read()
	if err != nil || h.Value(l, fec.EcritureLib) != `say "no" twice` || string(h.Bytes(l, fec.EcritureLib)) != `say "no" twice` {
		t.Error(err, h.Value(l, fec.EcritureLib))
	}
}

func TestLinesThatAreAllWrongAreNoFileWithoutLines(t *testing.T) {
	t.Parallel()
	report := check(t, header+"\r\n"+strings.ReplaceAll(join(good()[1:], "\t", "\r\n"), "\r\n", "\t\r\n"), fec.Options{Name: name})
	if got := places(report); strings.Contains(got, "sans-ligne") || strings.Count(got, "!champs@") != 6 {
		t.Error(got)
	}
}

func TestALongFileIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	b.WriteString(header + "\r\n")
	for i := range 20_000 { // several times the buffer, lines of every length
		fmt.Fprintf(&b, "VTE\tVentes\t%d\t20250101\t411000\tClients\t\t\tF%d\t20250101\t%s\t1,00\t0,00\t\t\t20250101\t\t\r\n", i+1, i, strings.Repeat("x", i%307))
	}
	if err := agree(bytes.NewReader(b.Bytes()), b.String()); err != nil {
		t.Fatal(err)
	}
}

func TestALineThatBeginsWithABlankIsTrimmedWhereverTheReaderIs(t *testing.T) {
	t.Parallel()
	rows := good()
	rows[3][0] = " VTE"
	report, err := fec.Check(iotest.OneByteReader(strings.NewReader(join(rows, "\t", "\r\n"))), fec.Options{Name: name})
	if err != nil || len(report.Findings) > 0 || report.Records["journaux"] != 1 {
		t.Errorf("%v, %v", report, err)
	}
}
