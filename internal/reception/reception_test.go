package reception_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

func full(t *testing.T, body string) (*synchro.Push, error) {
	t.Helper()
	push, err := reception.ReadFull(strings.NewReader(body), true, nil)
	t.Cleanup(func() { push.Close() })
	return push, err
}

func changes(t *testing.T, body string) (*synchro.Push, error) {
	t.Helper()
	push, err := reception.ReadChanges(strings.NewReader(body), nil)
	t.Cleanup(func() { push.Close() })
	return push, err
}

func value(_ *testing.T, body string) (*synchro.Push, error) {
	return nil, reception.ReadValue(strings.NewReader(body), &struct{}{})
}

func TestWhatIsNotAPushSaysWhereAndWhatWasExpected(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		read   func(*testing.T, string) (*synchro.Push, error)
		body   string
		offset int64
		line   int
		reason string // part of it
	}{
		{"nothing", full, "", 0, 1, "tronqué"},
		{"a number", full, "12", 0, 1, `{"contrats":[…]}`},
		{"an object without contracts", full, `{"contrat":[]}`, 14, 1, "contrats"},
		{"contracts that are no list", full, `{"contrats":{}}`, 12, 1, "liste"},
		{"a list that does not end", full, "[{},\n{}", 7, 2, "tronqué"},
		{"a string that does not end", full, "[\n\n{\"codeContrat\":\"K1", 21, 3, "tronqué"},
		{"a missing comma", full, "[{}\n{}]", 4, 2, "« , »"},
		{"a missing colon", full, `[{"codeContrat" "K1"}]`, 16, 1, "« : »"},
		{"a comma too many", full, "[{},\n\n]", 3, 1, "','"},
		{"a name without quotes", full, `[{codeContrat:"K1"}]`, 2, 1, "guillemets"},
		{"a raw control character", full, "[{\"codeContrat\":\"K\n1\"}]", 18, 1, "contrôle"},
		{"invalid UTF-8", full, "[{\"codeContrat\":\"K\xff\"}]", 18, 1, "UTF-8"},
		{"half of a surrogate pair", full, `[{"codeContrat":"\ud800"}]`, 17, 1, ""},
		{"a name twice", full, "[\n{\"codeContrat\":\"1\",\"codeContrat\":\"2\"}]", 21, 2, "deux fois"},
		{"something after the end", full, "[]\n[\n]", 3, 2, "fin du document"},
		{"a letter after the end", full, "[]\n x", 4, 2, "fin du document"},
		{"a bracket too many", full, "{\"contrats\":[]}]", 15, 1, "fin du document"},
		{"something after the end of another value", value, "{}\n {\n}", 4, 2, "fin du document"},
		{"an unknown part of a delta", changes, `{"changes":{"add":[]}}`, 12, 1, "added, updated ou removed"},
		{"a delta without changes", changes, `{}`, 2, 1, "changes"},
		{"a code that is no text", changes, `{"changes":{"removed":["K1",{}]}}`, 28, 1, "position 1"},
		{"a code with a null character", changes, `{"changes":{"removed":["K\u0000"]}}`, 23, 1, "position 0"},
		{"a blank code", changes, `{"changes":{"removed":["  "]}}`, 23, 1, "position 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := test.read(t, test.body)
			var malformed *reception.Malformed
			if !errors.As(err, &malformed) {
				t.Fatalf("error %v, want a Malformed", err)
			}
			if malformed.Offset != test.offset || malformed.Line != test.line || !strings.Contains(malformed.Reason, test.reason) {
				t.Errorf("%v; want line %d, offset %d, something about %q", malformed, test.line, test.offset, test.reason)
			}
		})
	}
}

func TestAPushIsReadHoweverItArrives(t *testing.T) {
	t.Parallel()
	const contrat = `{"codeContrat":" K1 ","codeSite":12,"rncp":35541,"missionTitle":null,"nomSite":"\u00c9cole","autre":{"a":[1]}}`
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	io.WriteString(zip, "["+contrat+"]")
	zip.Close()
	for name, body := range map[string]io.Reader{
		"a bare list":               strings.NewReader("[" + contrat + "]"),
		"an object":                 strings.NewReader(` { "x" : [ 1 ] , "contrats" : [ ` + contrat + ` ] , "y" : null } `),
		"with a byte order mark":    strings.NewReader("\xef\xbb\xbf[" + contrat + "]"),
		"byte by byte":              iotest.OneByteReader(strings.NewReader("\xef\xbb\xbf[" + contrat + "]")),
		"with its end in the bytes": iotest.DataErrReader(strings.NewReader("[" + contrat + "]")),
		"compressed":                reception.Gunzip(bytes.NewReader(zipped.Bytes()), 1<<20),
		"compressed to the limit":   reception.Gunzip(bytes.NewReader(zipped.Bytes()), int64(len(contrat)+2)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			push, err := reception.ReadFull(body, true, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer push.Close()
			doc, err := push.Document(0, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := document.Parse(doc)
			if err != nil {
				t.Fatal(err)
			}
			want := passerelle.Contrat{CodeContrat: "K1", CodeSite: "12", NomSite: "École", RNCP: "35541"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("contract (-want +got):\n%s", diff)
			}
			if sent, err := push.Sent(0, nil); err != nil || string(sent) != contrat {
				t.Errorf("as sent: %s, %v", sent, err)
			}
			if len(push.Warnings) != 1 || push.Warnings[0].Field != "autre" || len(push.Entrees) != 1 {
				t.Errorf("warnings %+v about %d contracts", push.Warnings, len(push.Entrees))
			}
		})
	}
}

func TestABrokenCompressionIsToldFromABrokenDocument(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	io.WriteString(zip, "["+strings.Repeat(" ", 5000)+"]")
	zip.Close()
	whole := zipped.Bytes()
	flipped := slices.Clone(whole)
	flipped[len(flipped)-5] ^= 1
	for name, body := range map[string][]byte{"empty": nil, "no gzip": []byte("[]"), "truncated": whole[:len(whole)-9], "with a wrong checksum": flipped} {
		push, err := reception.ReadFull(reception.Gunzip(bytes.NewReader(body), 1<<20), false, nil)
		push.Close()
		var encoding *reception.BadEncoding
		if !errors.As(err, &encoding) {
			t.Errorf("%s: error %v, want a BadEncoding", name, err)
		}
	}
	push, err := reception.ReadFull(reception.Gunzip(bytes.NewReader(whole), 5001), false, nil)
	push.Close()
	if !errors.Is(err, reception.ErrTooLarge) {
		t.Errorf("beyond the limit: error %v", err)
	}
}

func TestAValueWithoutEndIsNotReadWhole(t *testing.T) {
	t.Parallel()
	read := 0
	endless := readerFunc(func(p []byte) (int, error) {
		for i := range p {
			p[i] = 'a'
		}
		read += len(p)
		return len(p), nil
	})
	push, err := reception.ReadFull(io.MultiReader(strings.NewReader(`[{"codeContrat":"`), endless), false, nil)
	push.Close()
	var malformed *reception.Malformed
	if !errors.As(err, &malformed) || read > 4*reception.MaxElement {
		t.Errorf("error %v after %d bytes", err, read)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestAFailingSourceIsNoMalformedDocument(t *testing.T) {
	t.Parallel()
	failure := fmt.Errorf("connection reset")
	push, err := reception.ReadFull(io.MultiReader(strings.NewReader(`[{},{`), iotest.ErrReader(failure)), false, nil)
	push.Close()
	if !errors.Is(err, failure) {
		t.Errorf("error %v", err)
	}
}

func TestValuesOfAnotherTypeAreRefusedWithTheirField(t *testing.T) {
	t.Parallel()
	push, err := full(t, `[{"codeContrat":1.5,"nomSite":12,"codeSite":true,"dateDebut":{},"codeGroupe":"a\u0000b","codeAnnee":-7,"codeFormation":-0,"codePeriode":1234567890123456789,"codePersonnel":123456789012345678,"npec":1e99,"heuresFormation":12,"niveau":5,"codeCpne":12},"text",null,[]]`)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := synchro.Resolve(push, synchro.Known{
		Actif: func(string) (h document.Hash, ok bool) { return h, false }, Codes: func(func(string) bool) {}, Base: newEtat,
	})
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, v := range plan.Violations(0) {
		if v.Code == passerelle.CodeType {
			fields = append(fields, v.Field)
		}
	}
	slices.Sort(fields)
	if diff := cmp.Diff([]string{"codeAnnee", "codeContrat", "codeFormation", "codeGroupe", "codePeriode", "codeSite", "dateDebut", "heuresFormation", "niveau", "nomSite", "npec"}, fields); diff != "" {
		t.Errorf("fields of type violations (-want +got):\n%s", diff)
	}
	for i := 1; i <= 3; i++ {
		found := plan.Violations(i)
		if len(found) != 1 || found[0].Code != passerelle.CodeType || found[0].Field != "" || found[0].Index != i {
			t.Errorf("element %d: %+v", i, found)
		}
	}
}

func TestADeltaIsReadInTheOrderOfItsParts(t *testing.T) {
	t.Parallel()
	push, err := changes(t, `{"changes":{"updated":[{"codeContrat":"U"}],"removed":["R1"," 12 ",7],"added":[{"codeContrat":"A"}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range push.Entrees {
		got = append(got, fmt.Sprint(push.Entrees[i].Code(), push.Entrees[i].Op, push.Entrees[i].Index))
	}
	want := []string{fmt.Sprint("U", synchro.Updated, 0), fmt.Sprint("A", synchro.Added, 0)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contracts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"R1", "12", "7"}, push.Removed); diff != "" {
		t.Errorf("removed (-want +got):\n%s", diff)
	}
}
