package tra_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle/tra"
)

func TestARowIsPaddedToItsLastField(t *testing.T) {
	t.Parallel()
	row := tra.NewRow(tra.LayoutOf("PS1"))
	for name, v := range map[string]string{"NOM": "Œuvre été", "CAPITAL": "1000,50"} {
		if err := row.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	w := tra.NewWriter(&out)
	if err := errors.Join(w.WriteRow(row), w.Flush()); err != nil {
		t.Fatal(err)
	}
	want := "***PS1\x8cuvre \xe9t\xe9" + strings.Repeat(" ", 477-15) + strings.Repeat(" ", 13) + "1000,50" + strings.Repeat(" ", 35) + "\r\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestAValueThatDoesNotFitIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, record, field, value string
		column                     int
		says                       string
	}{
		{"too long", "EXO", "CODE", "N-10", 10, "raccourcissez"},
		{"too long beyond ASCII", "EXO", "CODE", "éééé", 10, "raccourcissez"},
		{"outside Windows-1252", "PS1", "NOM", "Société Łódź", 15, "Windows-1252"},
		{"a line end in a text", "PS1", "NOM", "a\nb", 8, "contrôle"},
		{"not a number", "PS2", "LGGEN", "x", 7, "nombre attendu"},
		{"a decimal point", "PS1", "CAPITAL", "1.50", 478, "virgule"},
		{"a thousands separator", "PS1", "CAPITAL", "1 000", 478, "milliers"},
		{"not a date", "EXO", "DATEDEBUT", "30022024", 10, "JJMMAAAA"},
		{"not a flag", "CGN", "LETTRABLE", "O", 62, "X ou -"},
		{"not a time", "HEADER", "DATE_HEURE", "010120242561", 42, "JJMMAAAAHHMM"},
		{"a field of another record", "EXO", "NOM", "x", 1, "n’existe pas"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			row := tra.NewRow(tra.LayoutOf(c.record))
			err := row.Set(c.field, c.value)
			var fe *tra.FieldError
			if !errors.As(err, &fe) || fe.Column != c.column || fe.Record != c.record || fe.Field != c.field || !strings.Contains(fe.Message, c.says) {
				t.Fatalf("got %v", err)
			}
			var out bytes.Buffer
			w := tra.NewWriter(&out)
			err = w.WriteRow(row)
			if !errors.As(err, &fe) || fe.Line != 1 || !strings.Contains(fe.Error(), "ligne 1, colonne") {
				t.Errorf("the row was written: %v", err)
			}
			row.Reset()
			if err := w.WriteRow(row); err != nil {
				t.Errorf("after Reset: %v", err)
			}
		})
	}
}

func TestWhatARowSaysARecordReads(t *testing.T) {
	t.Parallel()
	text := rapid.StringOf(rapid.RuneFrom([]rune("ABCabc019 éÉœ€-,.'")))
	rapid.Check(t, func(t *rapid.T) {
		var whole []*tra.Layout
		for _, l := range tra.Layouts() {
			if l.Starred() {
				whole = append(whole, l)
			}
		}
		l := rapid.SampledFrom(whole).Draw(t, "layout")
		row := tra.NewRow(l)
		want := map[string]string{}
		for i := range l.Fields[2:] {
			f := &l.Fields[i+2]
			v := ""
			switch f.Kind {
			case tra.Text:
				v = strings.TrimSpace(text.Draw(t, f.Name))
				if r := []rune(v); len(r) > f.Len {
					v = strings.TrimSpace(string(r[:f.Len]))
				}
			case tra.DateJour:
				v = rapid.SampledFrom([]string{"", "29022024", "01011900"}).Draw(t, f.Name)
			case tra.Flag:
				v = rapid.SampledFrom([]string{"", "X", "-"}).Draw(t, f.Name)
			case tra.Number:
				v = rapid.SampledFrom([]string{"", "0", "7"}).Draw(t, f.Name)
			}
			if err := row.SetField(f, v); err != nil {
				t.Fatal(err)
			}
			want[f.Name] = v
		}
		var out bytes.Buffer
		w := tra.NewWriter(&out)
		if err := errors.Join(w.WriteRow(row), w.Flush()); err != nil {
			t.Fatal(err)
		}
		r := tra.NewReader(&out)
		rec, err := r.Read()
		if err != nil || rec.Layout != l || rec.Len() != l.End || rec.Rest() != "" || string(rec.EOL()) != "\r\n" {
			t.Fatalf("%v, %v", rec, err)
		}
		for name, v := range want {
			if got := rec.Field(name); got != v {
				t.Fatalf("%s.%s is %q, want %q", l.ID, name, got, v)
			}
		}
	})
}

func TestAnEntryContinuesWithItsBlock(t *testing.T) {
	t.Parallel()
	row := tra.NewRow(tra.LayoutOf("ECR"))
	if err := row.SetField(tra.LayoutOf("ECR1").Field("REFEXTERNE"), "F1"); err == nil {
		t.Error("a field of a block is refused without the block")
	}
	row.Reset()
	row.SetBlock(tra.LayoutOf("ECR1"))
	err := errors.Join(row.Set("JOURNAL", "VTE"), row.Set("REFEXTERNE", "F1"), row.SetMontant(tra.LayoutOf("ECR").Field("MONTANT1"), 15000))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := tra.NewWriter(&out)
	if err := errors.Join(w.WriteRow(row), w.Flush()); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); len(s) != tra.LayoutOf("ECR1").End+2 || s[222:224] != "F1" || s[130:150] != "                1,50" {
		t.Errorf("%q", s)
	}
}
