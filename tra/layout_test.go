package tra

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFieldsFollowEachOtherWithoutGapOrOverlap(t *testing.T) {
	t.Parallel()
	if len(Layouts()) != 64 {
		t.Errorf("%d layouts, want 64", len(Layouts()))
	}
	total := 0
	for _, l := range Layouts() {
		next := l.Start
		if l.Start != 1 && l.Start != 223 {
			t.Errorf("%s starts at %d", l.ID, l.Start)
		}
		names := map[string]bool{}
		for _, f := range l.Fields {
			total++
			if f.Pos != next {
				t.Errorf("%s.%s is at %d, want %d", l.ID, f.Name, f.Pos, next)
			}
			if f.Len < 1 || names[f.Name] || f.Name == "" {
				t.Errorf("%s.%s: length %d, name seen %v", l.ID, f.Name, f.Len, names[f.Name])
			}
			for _, code := range f.Codes {
				if len(code) > f.Len {
					t.Errorf("%s.%s: code %s is too long", l.ID, f.Name, code)
				}
			}
			if l.Field(f.Name).Pos != f.Pos {
				t.Errorf("%s.%s is not found by name", l.ID, f.Name)
			}
			names[f.Name] = true
			next = f.Pos + f.Len
		}
		if l.End != next-1 {
			t.Errorf("%s ends at %d, want %d", l.ID, l.End, next-1)
		}
	}
	if total != 1501 {
		t.Errorf("%d fields, want 1501", total)
	}
}

func TestOnlyTheFieldsThatTheSourceContradictsAreMoved(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(strings.NewReader(fieldsCSV)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	moved := map[string]int{}
	for _, row := range rows[1:] {
		pos, _ := strconv.Atoi(row[4])
		if f := LayoutOf(row[0]).Field(row[1]); f.Pos != pos {
			moved[row[0]+"."+row[1]] = f.Pos
		}
	}
	want := map[string]int{"CVP.MIN": 1485, "CVP.MINACTIF": 1505, "CVP.MAX": 1506, "CVP.MAXACTIF": 1526, "SDC.ETABLISSEMENT": 47}
	if diff := cmp.Diff(want, moved); diff != "" {
		t.Error(diff)
	}
}

func TestEveryExceptionNamesAField(t *testing.T) {
	t.Parallel()
	for name := range blankAllowed {
		id, field, _ := strings.Cut(name, ".")
		if f := LayoutOf(id).Field(field); f == nil || !f.Required {
			t.Errorf("%s is no mandatory field", name)
		}
	}
	for id := range emptyAllowed {
		if LayoutOf(id) == nil {
			t.Errorf("%s is no record", id)
		}
	}
}

// The seed's table of EXO (seed 003), and the reference's lengths.
func TestEXOHasTheSeedsPositions(t *testing.T) {
	t.Parallel()
	type place struct{ Pos, Len int }
	got := map[string]place{}
	for _, f := range LayoutOf("EXO").Fields {
		got[f.Name] = place{f.Pos, f.Len}
	}
	want := map[string]place{
		"FIXE": {1, 3}, "IDENTIFIANT": {4, 3}, "CODE": {7, 3}, "DATEDEBUT": {10, 8}, "DATEFIN": {18, 8}, "ETATCPTA": {26, 3},
		"ETATBUDGET": {29, 3}, "LIBELLE": {32, 35}, "ETATANO": {67, 3}, "DATECREATION": {70, 8},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAFieldThatIsTooShortOrTooLongForADateIsNoDate(t *testing.T) {
	t.Parallel()
	for _, l := range Layouts() {
		for _, f := range l.Fields {
			if f.Kind == DateJour && f.Len != 8 || f.Kind == DateTime && f.Len != 12 || f.Kind == Flag && f.Len != 1 {
				t.Errorf("%s.%s: %s of %d", l.ID, f.Name, f.Kind, f.Len)
			}
		}
	}
}
