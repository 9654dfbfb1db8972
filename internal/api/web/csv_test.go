package web

import "testing"

func TestWhatASpreadsheetWouldCalculateIsMadeText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		defused    bool
	}{
		{"an equals sign", "=1+1", true},
		{"a plus sign", "+33", true},
		{"a hyphen", "-2", true},
		{"an at sign", "@SUM(A1)", true},
		{"a full-width equals sign", "＝1+1", true},
		{"a full-width plus sign", "＋33", true},
		{"a full-width hyphen", "－2", true},
		{"a full-width at sign", "＠SUM(A1)", true},
		{"a name", "Durand", false},
		{"a sign in the middle", "a=b", false},
		{"a tabulator", "\t=1", true},
		{"nothing", "", false},
	} {
		want := test.text
		if test.defused {
			want = "'" + want
		}
		if got := CSVText(test.text); got != want {
			t.Errorf("%s: %q, want %q", test.name, got, want)
		}
	}
}
