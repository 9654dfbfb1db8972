package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// sharedBook makes a workbook of one column whose texts are shared.
func sharedBook(t *testing.T, texts ...string) []byte {
	t.Helper()
	var sst, rows strings.Builder
	for i, text := range texts {
		fmt.Fprintf(&sst, "<si><t>%s</t></si>", text)
		fmt.Fprintf(&rows, `<row><c t="s"><v>%d</v></c></row>`, i)
	}
	const relation = `<Relationship Id="%s" Type="x/%s" Target="%s"/>`
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"_rels/.rels", `<Relationships>` + fmt.Sprintf(relation, "a", "officeDocument", "xl/workbook.xml") + `</Relationships>`},
		{"xl/workbook.xml", `<workbook><sheets><sheet name="S" id="a"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships>` + fmt.Sprintf(relation, "a", "worksheet", "s.xml") + fmt.Sprintf(relation, "b", "sharedStrings", "t.xml") + `</Relationships>`},
		{"xl/s.xml", `<worksheet><sheetData>` + rows.String() + `</sheetData></worksheet>`},
		{"xl/t.xml", `<sst>` + sst.String() + `</sst>`},
	} {
		w, err := out.Create(part[0])
		if err == nil {
			_, err = w.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSharedTextsAreKeptWholeWhateverTheirLengths(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 3000 {
		texts = append(texts, strings.Repeat(string(rune('a'+i%26)), i*7%2000))
	}
	texts = append(texts, strings.Repeat("long", 400_000), "", "the last one")
	content := sharedBook(t, texts...)
	asked := int64(0)
	b, err := Open(bytes.NewReader(content), int64(len(content)), func(n int64) error { asked += n; return nil })
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		rows, err := b.Rows(0)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; rows.Next(); n++ {
			got := ""
			if cells := rows.Row().Cells; len(cells) > 0 {
				got = string(cells[0].Text)
			}
			if got != texts[n] {
				t.Fatalf("text %d has %d letters, want %d", n, len(got), len(texts[n]))
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil || n != len(texts) {
			t.Fatalf("%d rows: %v", n, err)
		}
	}
	if least, most := int64(4_500_000), int64(12_000_000); asked < least || asked > most {
		t.Errorf("%d bytes of memory were asked for, want between %d and %d, once", asked, least, most)
	}
}

func TestWhatIsAskedForMemoryEndsTheReading(t *testing.T) {
	t.Parallel()
	none := errors.New("no memory")
	content := sharedBook(t, strings.Repeat("x", 3<<20))
	left := int64(2 << 20)
	b, err := Open(bytes.NewReader(content), int64(len(content)), func(n int64) error {
		if left -= n; left < 0 {
			return none
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Rows(0); !errors.Is(err, none) {
		t.Errorf("error %v", err)
	}
	left = 100
	if _, err := Open(bytes.NewReader(content), int64(len(content)), func(n int64) error { left -= n; return none }); !errors.Is(err, none) {
		t.Errorf("error %v of the parts that are parsed whole", err)
	}
}

func TestADirectoryOfTooManyEntriesIsRefusedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	for _, entries := range []int{maxEntries - 10, maxEntries + 10, 1<<16 + 10} { // the last one counts as ten
		var b bytes.Buffer
		out := zip.NewWriter(&b)
		for i := range entries {
			if _, err := out.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		err := CheckDirectory(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if refused := errors.Is(err, ErrDirectory); refused != (entries > maxEntries) {
			t.Errorf("%d entries: %v", entries, err)
		}
	}
}
