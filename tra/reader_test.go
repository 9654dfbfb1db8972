package tra_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle/tra"
	"github.com/passerelle-hub/passerelle/tra/tratest"
)

// header is a header line of a complete dossier in the short format, right-cut.
var header = "***S5CLIDOSSTD" + strings.Repeat(" ", 19) + "011" + strings.Repeat(" ", 108) + "001--"

// records reads a whole file.
func records(t *testing.T, src io.Reader, see func(*tra.Record)) error {
	t.Helper()
	r := tra.NewReader(src)
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		see(rec)
	}
}

func TestLinesAreToldApart(t *testing.T) {
	t.Parallel()
	entry := func(kind string) string { return "VTE01012025FC706000           " + kind }
	for _, c := range []struct{ name, header, line, id, block string }{
		{"a parameter", header, "***EXO001", "EXO", ""},
		{"an unknown record keeps its ID", header, "***QQQ", "QQQ", ""},
		{"a general entry", header, entry(" "), "ECR", ""},
		{"an entry that stops early", header, "VTE01012025", "ECR", ""},
		{"an analytic entry", header, entry("A"), "ECR", ""},
		{"a document", header, entry("G"), "GED", ""},
		{"a budget", header, entry("B"), "BUD", ""},
		{"a payment approval", header, entry("P"), "BAP", ""},
		{"a free value by its kind in column 84", header, entry("T") + strings.Repeat(" ", 52) + "ANA", "ECRVT", ""},
		{"an entry of an unknown kind", header, entry("Z"), "ECR", ""},
		{"a blank line", header, "   ", "", ""},
		{"a star line without ID", header, "***", "", ""},
		{"a block in a file of format STD is no block", header, entry(" ") + strings.Repeat(" ", 191) + "REF", "ECR", ""},
		{"a block of a general entry", strings.Replace(header, "STD", "ETE", 1), entry(" ") + strings.Repeat(" ", 191) + "REF", "ECR", "ECR1"},
		{"a block of an analytic entry", strings.Replace(header, "STD", "ETE", 1), entry("A") + strings.Repeat(" ", 191) + "REF", "ECR", "ECR2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := records(t, strings.NewReader(c.header+"\r\n"+c.line+"\n"), func(rec *tra.Record) {
				if rec.Line == 1 {
					if rec.ID != "HEADER" {
						t.Errorf("the header is %q", rec.ID)
					}
					return
				}
				block := ""
				if rec.Block != nil {
					block = rec.Block.ID
				}
				if rec.ID != c.id || block != c.block {
					t.Errorf("record %q, block %q", rec.ID, block)
				}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	t.Parallel()
	const name = "Société Œuvre 5€"
	utf8Line := "***PS1" + name + strings.Repeat(" ", 35-16) + "Rue de l’Été"
	latin := "***PS1Soci\xe9t\xe9 \x8cuvre 5\x80" + strings.Repeat(" ", 35-16) + "Rue de l\x92\xc9t\xe9"
	for _, c := range []struct {
		name, file string
		encoding   tra.Encoding
	}{
		{"Windows-1252 that is also valid UTF-8", header + "\n***CGNQUALIT\xc9\xbb\xc9\x9c\n" + latin, tra.Windows1252},
		{"UTF-8", header + "\n" + utf8Line, tra.UTF8},
		{"UTF-8 with BOM", "\ufeff" + header + "\n" + utf8Line, tra.UTF8},
		{"Windows-1252", header + "\n" + latin, tra.Windows1252},
		{"UTF-8 with one line in Windows-1252", header + "\n***PS1é\n" + latin, tra.UTF8},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := tra.NewReader(iotest.OneByteReader(strings.NewReader(c.file)))
			var got []string
			for {
				rec, err := r.Read()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = []string{rec.Field("NOM"), rec.Field("ADRESSE1"), rec.Field("VILLE"), rec.Field("NONE")}
			}
			if diff := cmp.Diff([]string{name, "Rue de l’Été", "", ""}, got); diff != "" {
				t.Error(diff)
			}
			if r.Encoding() != c.encoding {
				t.Errorf("encoding %s, want %s", r.Encoding(), c.encoding)
			}
		})
	}
}

func TestAMissingFieldIsNotABlankOne(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{"***EXO001": false, "***EXO001" + strings.Repeat(" ", 58): true} {
		err := records(t, strings.NewReader(header+"\n"+line), func(rec *tra.Record) {
			if rec.ID == "EXO" && (rec.Reaches(67) != want || rec.Field("ETATANO") != "") {
				t.Errorf("%q reaches column 67: %v", line, !want)
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// endless is a reader that never ends.
type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}

func TestWhatIsNoTRAFileIsRefusedQuickly(t *testing.T) {
	t.Parallel()
	head := func(s string, rest byte) io.Reader { return io.MultiReader(strings.NewReader(s), endless(rest)) }
	for _, c := range []struct {
		name string
		src  io.Reader
		kind string
	}{
		{"a PDF", head("%PDF-1.7\n", 'x'), "pdf"},
		{"a ZIP", head("PK\x03\x04", 'x'), "zip"},
		{"a FEC", head("JournalCode\tJournalLib\tEcritureNum\tEcritureDate\n", 'x'), "fec"},
		{"a FEC with another head", head("Code|Lib|Num|Date|Compte\n", 'x'), "tableau"},
		{"a CSV", head("a;b;c;d;e\n", 'x'), "tableau"},
		{"a page of a lost session", head("<!DOCTYPE html>", 'x'), "xml"},
		{"JSON", head(`{"lignes":[`, 'x'), "json"},
		{"UTF-16", head("\xff\xfe*\x00*\x00", 0), "utf-16"},
		{"an empty file", strings.NewReader(""), "vide"},
		{"a byte order mark alone", strings.NewReader("\ufeff"), "vide"},
		{"blanks without end", endless(' '), "blancs"},
		{"line ends without end", endless('\n'), "blancs"},
		{"zero bytes without end", endless(0), "blancs"},
		{"blank lines before the header", strings.NewReader("\r\n\r\n" + header), "en-tete"},
		{"blank lines without end after the header", head(header+"\r\n", '\n'), "blancs"},
		{"blanks without end after the header", head(header+"\r\n", ' '), "ligne-longue"},
		{"a line without end", endless('*'), "ligne-longue"},
		{"a line of 10 MB", strings.NewReader(header + "\n***PS1" + strings.Repeat("x", 10<<20) + "\n***PS2"), "ligne-longue"},
		{"a long line of Windows", strings.NewReader(header + "\r\n***PS1" + strings.Repeat("x", tra.MaxLine) + "\r\n"), "ligne-longue"},
		{"line ends of the old Macintosh", strings.NewReader(strings.Repeat(header+"\r", 1000)), "fin-ligne"},
		{"a letter", strings.NewReader("Bonjour,\nvoici les écritures."), "inconnu"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := records(t, c.src, func(*tra.Record) {})
			var refused *tra.FormatError
			if !errors.As(err, &refused) || refused.Kind != c.kind || len(refused.Message) < 20 {
				t.Errorf("got %v, want kind %s", err, c.kind)
			}
		})
	}
}

func TestAnErrorOfTheSourceSaysWhatWasDone(t *testing.T) {
	t.Parallel()
	broken := errors.New("disque retiré")
	src := io.MultiReader(strings.NewReader(header+"\r\n***PS1"), iotest.ErrReader(broken))
	err := records(t, src, func(*tra.Record) {})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "ligne 2") {
		t.Error(err)
	}
}

// lines draws the text of a file that starts like a TRA file and goes on with
// anything.
func lines(t *rapid.T) []byte {
	pieces := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{
			"\r\n", "\n", "\n", "\r", " ", "   ", "***EXO", "***PS1", "***CGN", "***QQQ", "VTE01012025FC706000", "é", "\xe9", "\x81", "Ł", "\x00", "\x1a",
			strings.Repeat(" ", 100), "X", "E--", "01012025", "1,50", "***EXO001010120243112" + "2024OUV   Exercice au 31122024", "\ufeff",
			"***S5CLI", "***", "******",
		}),
		rapid.StringN(0, 20, 60),
	), 0, 60).Draw(t, "pieces")
	start := rapid.SampledFrom([]string{header, "\ufeff" + header, strings.Replace(header, "STD", "ETE", 1), "***"}).Draw(t, "start")
	end := rapid.SampledFrom([]string{"\r\n", "\n", ""}).Draw(t, "end")
	return []byte(start + end + strings.Join(pieces, ""))
}

func copyFile(src []byte) ([]byte, error) {
	var out bytes.Buffer
	r, w := tra.NewReader(bytes.NewReader(src)), tra.NewWriter(&out)
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			err = w.Flush()
			return out.Bytes(), err
		}
		if err != nil {
			return nil, err
		}
		if err := w.WriteRecord(rec); err != nil {
			return nil, err
		}
	}
}

func TestAnyFileReadAndWrittenIsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := lines(t)
		got, err := copyFile(src)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(src, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestMemoryIsFlat(t *testing.T) {
	// Not parallel: it compares what was allocated meanwhile.
	allocated := func(lines int) float64 {
		var file bytes.Buffer
		if err := tratest.Write(&file, lines); err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(3, func() {
			if _, err := tra.Check(bytes.NewReader(file.Bytes()), tra.Options{}); err != nil {
				t.Fatal(err)
			}
		})
	}
	small, large := allocated(1_000), allocated(20_000)
	if large > small+20 {
		t.Errorf("%.0f allocations for 1,000 lines, %.0f for 20,000", small, large)
	}
}
