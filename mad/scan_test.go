package mad

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unsafe"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// all reads a document; slowly where dec is to read its entries.
func all(src io.Reader, slowly, again bool) (entries []string, err error) {
	r := NewReader(src)
	e := &Entry{}
	for {
		for slowly && r.state != inEntries && r.state != done && err == nil {
			if r.state == inWindow {
				err = r.slow()
			} else {
				_, err = r.step(e)
			}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return entries, r.refuse(err)
		}
		if err == nil {
			err = r.Read(e)
		}
		if err != nil {
			return entries, err
		}
		b, err := json.Marshal(e, json.Deterministic(true))
		if err != nil {
			return entries, err
		}
		entries = append(entries, string(b))
		if !again {
			e = &Entry{}
		}
	}
}

// same says how the two ways of reading a document differ, "" where they do not.
func same(doc []byte) string {
	want, wantErr := all(bytes.NewReader(doc), true, false)
	for _, again := range []bool{false, true} {
		for _, src := range []io.Reader{bytes.NewReader(doc), iotest.OneByteReader(bytes.NewReader(doc))} {
			got, err := all(src, false, again)
			if diff := cmp.Diff(want, got); diff != "" {
				return diff
			}
			if wantErr.Error() != err.Error() {
				return wantErr.Error() + " | " + err.Error()
			}
		}
	}
	return ""
}

var shapesOfEntries = []string{
	`{"entries":[{}.0000000000000`, `[{}"]`, `[{}}`, `[]`, `[{}]`, `[{} , {} ]`, `[{},]`, `[{}`, `[{}}`, `[,{}]`, `[{} {}]`, `[1]`, `[null]`, `[null,{}]`, `[{"date":"a\u00e9\n"}]`, `[{"date":"é"}]`, "[{\"date\":\"\xff\"}]",
	"[{\"date\":\"a\x01\"}]", `[{"date":"a\x"}]`, `[{"date":"\ud800"}]`, `[{"DATE":"x","due-date":"y","Producer_Id":"z"}]`, `[{"date":"x","date":"y"}]`, `[{"date":1}]`,
	`[{"x":{"y":[1,-0,1e5,true,null,"\"",{}]},"date":"x"}]`, `[{"x":01}]`, `[{"x":{"a" 1}}]`, `[{"x":[1 2]}]`, `[{"x":tru}]`, `[{"movements":null}]`, `[{"movements":[]}]`, `[{"movements":[null]}]`,
	`[{"movements":[{"value":{"debit":1.5,"credit":-2,"amount":1e3}}]}]`, `[{"movements":[{"value":{"debit":01}}]}]`, `[{"movements":[{"value":{"debit":1.}}]}]`, `[{"movements":[{"value":{"debit":.5}}]}]`,
	`[{"movements":[{"value":{"debit":12345678901234.12345}}]}]`, `[{"movements":[{"value":{"debit":"1"}}]}]`, `[{"movements":[{"value":{"debit":1e99}}]}]`, `[{"movements":[{"value":{"debit":-}}]}]`,
	`[{"attachments":{"a":{"type":"URL","value":"x"},"b":null}}]`, `[{"attachments":{"a":{"type":"URL"},"a":{"value":"x"}}}]`, `[{"attachments":{}},{"attachments":null},{}]`,
	`[{"movements":[{"account":{"number":"1"}},{"account":null}]},{"movements":[{},{"account":{"name":"x"}}]}]`, `{"entries":[{}],"data":{"entries":[{"date":"2"}],"journals":[{"name":"x"}]},"z":1}`,
	`{"data":{"entries":[{"date":"1"},{"date":2}]}}`, `{"entries":[{"date":"1"}]`, `{"entries":[{"date":"1"}]} x`, `[{"currency":{"code":"EUR","rate":1.25}},{"currency":{"rate":null}}]`,
	`[{"additionalProducerProperties":{"comment":"c"}},{"additionalProducerProperties":{}},{"additionalProducerProperties":null}]`,
}

// What a scanner takes is what json reads, and what json refuses is refused with the
// same words at the same place, whether an entry is a new one or used again.
func TestEntriesAreReadAsJSONReadsThem(t *testing.T) {
	t.Parallel()
	for _, doc := range shapesOfEntries {
		if diff := same([]byte(doc)); diff != "" {
			t.Errorf("%s: %s", doc, diff)
		}
		long := strings.Replace(doc, "[", `[{"date":"2025-01-01","movements":[{"description":"x"}]},`, 1)
		if diff := same([]byte(long)); diff != "" {
			t.Errorf("%s: %s", long, diff)
		}
	}
}

func entries() *rapid.Generator[*Entry] {
	text := rapid.OneOf(rapid.StringMatching(`[a-zA-Z0-9 ./-]{0,20}`), rapid.String())
	ref := rapid.Ptr(text, true)
	number := rapid.Custom(func(t *rapid.T) Number { return Number(rapid.Int64().Draw(t, "n")) })
	files := rapid.MapOfN(text, rapid.Custom(func(t *rapid.T) Attachment { return Attachment{text.Draw(t, "type"), text.Draw(t, "value")} }), 0, 2)
	account := rapid.Ptr(rapid.Custom(func(t *rapid.T) SimplifiedAccount {
		return SimplifiedAccount{ref.Draw(t, "id"), ref.Draw(t, "number"), ref.Draw(t, "name")}
	}), true)
	section := rapid.Custom(func(t *rapid.T) ImputationSection {
		return ImputationSection{text.Draw(t, "id"), number.Draw(t, "amount"), number.Draw(t, "rate"), text.Draw(t, "code"), text.Draw(t, "name")}
	})
	imputation := rapid.Custom(func(t *rapid.T) Imputation {
		return Imputation{text.Draw(t, "id"), text.Draw(t, "code"), text.Draw(t, "name"), rapid.SliceOfN(section, 0, 2).Draw(t, "sections")}
	})
	movement := rapid.Custom(func(t *rapid.T) Movement {
		return Movement{ProducerID: text.Draw(t, "id"), Description: text.Draw(t, "description"), Value: Value{number.Draw(t, "credit"), number.Draw(t, "debit"), number.Draw(t, "amount")},
			DueDate: ref.Draw(t, "due"), Lettering: Lettering{text.Draw(t, "state"), ref.Draw(t, "letter")}, FreeNumber: ref.Draw(t, "free"), InvoiceNumber: ref.Draw(t, "invoice"),
			Attachments: files.Draw(t, "files"), Account: account.Draw(t, "account"), Payment: rapid.Ptr(rapid.Custom(func(t *rapid.T) Payment { return Payment{text.Draw(t, "id"), ref.Draw(t, "name"), ref.Draw(t, "code")} }), true).Draw(t, "payment"),
			Analytics: rapid.SliceOfN(imputation, 0, 2).Draw(t, "analytics")}
	})
	return rapid.Custom(func(t *rapid.T) *Entry {
		return &Entry{ProducerID: text.Draw(t, "id"), Attachments: files.Draw(t, "files"), Date: text.Draw(t, "date"), DueDate: ref.Draw(t, "due"),
			Journal:  EntryJournal{text.Draw(t, "journal"), text.Draw(t, "code"), text.Draw(t, "name"), text.Draw(t, "type")},
			Currency: Currency{text.Draw(t, "currency"), rapid.Ptr(number, true).Draw(t, "rate")}, Movements: rapid.SliceOfN(movement, 0, 3).Draw(t, "movements"),
			Additional: rapid.Ptr(rapid.Custom(func(t *rapid.T) EntryAdditional {
				return EntryAdditional{ref.Draw(t, "source"), ref.Draw(t, "created"), ref.Draw(t, "accounted"), ref.Draw(t, "valid"), ref.Draw(t, "comment")}
			}), true).Draw(t, "additional")}
	})
}

func TestEntriesAreWrittenAsJSONWritesThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(entries(), 1, 3).Draw(t, "entries")
		doc := []byte("[")
		for i, e := range list {
			want, wantErr := json.Marshal(e, json.Deterministic(true))
			got, err := appendObject(nil, entryPlan, unsafe.Pointer(e))
			if (err != nil) != (wantErr != nil) || err == nil && !bytes.Equal(want, got) {
				t.Fatalf("want %s, %v\ngot %s, %v", want, wantErr, got, err)
			}
			if i > 0 {
				doc = append(doc, ',')
			}
			doc = append(doc, want...)
		}
		if diff := same(append(doc, ']')); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAnEntryLongerThanTheWindowIsRead(t *testing.T) {
	t.Parallel()
	long := `{"date":"2025-01-01","movements":[` + strings.Repeat(`{"description":"a line"},`, 20_000) + `{"description":"the last"}]}`
	doc := "[" + long + `,{"date":"2025-01-02"},` + long + "]"
	got, err := all(strings.NewReader(doc), false, true)
	if !errors.Is(err, io.EOF) || len(got) != 3 || len(got[0]) != len(got[2]) || !strings.Contains(got[2], "the last") || strings.Contains(got[1], "line") {
		t.Error(len(got), err)
	}
}

// FuzzScanner holds the two ways of reading any document against each other.
func FuzzScanner(f *testing.F) {
	for _, doc := range shapesOfEntries {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		if diff := same(doc); diff != "" {
			t.Fatal(diff)
		}
	})
}
