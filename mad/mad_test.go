package mad_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/mad"
)

// part compiles a part of the schema; "" is the whole document.
func part(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(mad.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mad.json", doc); err != nil {
		t.Fatal(err)
	}
	at := "mad.json"
	if name != "" {
		at += "#/$defs/" + name
	}
	s, err := c.Compile(at)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(s *jsonschema.Schema, doc []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// The examples have the shapes of those that are published, with invented names; the
// exercice is that of the seed.
func TestTheSchemaAcceptsThePublishedShapes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 9 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		doc, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if name == "document" {
			name = ""
		}
		if err := valid(part(t, name), doc); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestTheSchemaRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"exercice":  `{"producerId":"1","name":"N","period":{"start":"2024-01-01","end":"31/12/2024"},"state":"open","additionalProducerProperties":{"lettering":"MONO"}}`,
		"lettering": `{"state":"partial","value":"AA"}`,
		"journal":   `{"producerId":"1","name":"Achats","type":"Achat"}`,
		"movement":  `{"producerId":"1","description":"x","value":{"credit":"1","debit":0,"amount":1},"lettering":{"state":"none","value":null},"account":null}`,
		"":          `{"metadata":{"version":"2.0.0","producer":"x"},"data":{"journals":[],"accounts":[],"exercices":[],"entries":[]}}`,
	} {
		if err := valid(part(t, name), []byte(doc)); err == nil {
			t.Errorf("%q accepts %s", name, doc)
		}
	}
}

func read(src io.Reader) (*mad.Document, error) {
	r := mad.NewReader(src)
	var entries []mad.Entry
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			doc := *r.Document()
			doc.Data.Entries = entries
			return &doc, nil
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, *e)
	}
}

func TestADocumentReadAndWrittenIsTheSame(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile("testdata/document.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := read(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Data.Entries) != 1 || len(doc.Data.Exercices) != 2 || *doc.Data.AccountingFolder.SIRET != "73282932000074" {
		t.Fatalf("%+v", doc)
	}
	var out bytes.Buffer
	w := mad.NewWriter(&out)
	if err := w.Begin(doc); err != nil {
		t.Fatal(err)
	}
	for i := range doc.Data.Entries {
		if err := w.Write(&doc.Data.Entries[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := valid(part(t, ""), out.Bytes()); err != nil {
		t.Error(err)
	}
	again, err := read(&out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(doc, again); diff != "" {
		t.Error(diff)
	}
}

func TestEntriesAloneAreADocument(t *testing.T) {
	t.Parallel()
	entry, err := os.ReadFile("testdata/entry.json")
	if err != nil {
		t.Fatal(err)
	}
	for what, doc := range map[string]string{
		"a list":          "[" + string(entry) + "," + string(entry) + "]",
		"data alone":      `{"data":{"entries":[` + string(entry) + "," + string(entry) + `]}}`,
		"entries alone":   `{"entries":[` + string(entry) + "," + string(entry) + `]}`,
		"unknown members": `{"x":[{"entries":1}],"entries":[` + string(entry) + "," + string(entry) + `],"y":null}`,
	} {
		got, err := read(strings.NewReader(doc))
		if err != nil || len(got.Data.Entries) != 2 || got.Data.Entries[1].Movements[1].Value.Debit != mad.Number(1200*compta.Unite) {
			t.Errorf("%s: %v %+v", what, err, got)
		}
	}
}

func TestWhatIsNoDocumentIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	for what, doc := range map[string]string{
		"nothing": "", "text": "bonjour", "a number": "12", "cut": `{"data":{"entries":[{"date":"2024`, "cut between": `{"data":{"entries":[`,
		"another kind": `{"data":{"entries":[{"movements":3}]}}`, "an amount in words": `[{"movements":[{"value":{"debit":"douze"}}]}]`, "two": `[] []`,
	} {
		_, err := read(strings.NewReader(doc))
		var refused *compta.FormatError
		if !errors.As(err, &refused) || refused.Message == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAFileOfAnotherKindIsNamed(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"***S5CLIDOSSTD": "C’est un fichier TRA", "JournalCode\tJournalLib\tEcritureNum": "C’est un FEC", "%PDF-1.4": "C’est un document PDF",
		"PK\x03\x04 xl/": "C’est un classeur Excel", `{"finLigne":"\r\n","lignes":[{"enregistrement":"HEADER"}]}`: "tra write", " ": "que des espaces",
	} {
		if _, err := read(strings.NewReader(doc)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", doc, err)
		}
	}
}

func TestASourceThatFailsIsNoFaultOfTheDocument(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, doc := range []string{"", `{"data":{"entries":[`, `{"data":{"entries":[{"date":"2024-01-01"},`} {
		for _, cause := range []error{broken, io.ErrUnexpectedEOF} {
			_, err := read(io.MultiReader(strings.NewReader(doc), iotest.ErrReader(cause)))
			var refused *compta.FormatError
			if !errors.Is(err, cause) || errors.As(err, &refused) {
				t.Errorf("%q: %v", doc, err)
			}
		}
	}
}

func TestNumbersAreExact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0": "0", "1200": "1200", "30.83": "30.83", "-0.5": "-0.5", "1e3": "1000", "1.5E-2": "0.015", "0.30000000000000004": "0.3",
		"0.00005": "0.0001", "92233720368547.5806": "92233720368547.5806", "null": "0", "0e99": "0", "1e-99": "0",
	} {
		var n mad.Number
		if err := json.Unmarshal([]byte(text), &n); err != nil || n.String() != want {
			t.Errorf("%s is read %s, %v", text, n, err)
		}
	}
	for _, text := range []string{`"1"`, "true", "1e99", "99999999999999999999"} {
		var n mad.Number
		if err := json.Unmarshal([]byte(text), &n); err == nil {
			t.Errorf("%s is read %s", text, n)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := mad.Number(rapid.Int64Range(-9e17, 9e17).Draw(t, "n"))
		b, err := json.Marshal(n)
		var back mad.Number
		if err != nil || json.Unmarshal(b, &back) != nil || back != n {
			t.Fatalf("%d is written %s and read %d", n, b, back)
		}
	})
}

// FuzzReader gives the reader anything: it ends, and refuses with a FormatError.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"", "[]", `{"data":{"entries":[{}],"journals":[]}}`, `{"entries":[{"movements":[{"value":{"debit":1e5}}]}]}`, `{"data":{"data":{}}}`, `{"data":[]}`, `[{"date":null}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if _, err := read(bytes.NewReader(src)); err != nil {
			var refused *compta.FormatError
			if !errors.As(err, &refused) {
				t.Fatal(err)
			}
		}
	})
}
