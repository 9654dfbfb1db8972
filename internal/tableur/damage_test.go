package tableur

import (
	"strings"
	"testing"
)

func TestStrayBytesAreDamageOnlyWhereTheTextIsPlainlyUTF8(t *testing.T) {
	t.Parallel()
	accents := strings.Repeat("Durand;Zoé\n", 40)
	for _, tc := range []struct {
		name, content string
		encoding      Encoding
		illegible     int
	}{
		{"a stray byte among many accents", "Nom;Prénom\n" + accents + "Martin;Ana\xefs\n", UTF8, 1},
		{"a stray byte far below the sample", "Nom;Prénom\n" + strings.Repeat(accents, 300) + "Martin;Ana\xefs\n", UTF8, 1},
		{"a character that the end of the file cuts", "Nom;Prénom\n" + accents + "Martin;Ana\xc3", UTF8, 1},
		{"accents of another encoding", "Nom;Prenom\n" + windows1252(accents), Windows1252, 0},
		{"a byte that Windows-1252 does not have", "Nom;Prenom\n" + windows1252(accents) + "Martin;A\x81a\n", Windows1252, 1},
		{"accents that the buffers cut", "Nom;Prénom\n;" + strings.Repeat("é", 300_000) + "\nx;" + strings.Repeat("€", 200_000) + "\nMartin;Ana\n", UTF8, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			table := open(t, []byte(tc.content), Options{})
			if table.CSV.Encoding != tc.encoding {
				t.Errorf("encoding %s, want %s", table.CSV.Encoding, tc.encoding)
			}
			illegible := 0
			for row, err := range table.Rows() {
				must(t, err)
				for _, c := range row.Values {
					if c.Kind == CellIllegible {
						illegible++
					}
				}
			}
			if illegible != tc.illegible {
				t.Errorf("%d illegible values, want %d", illegible, tc.illegible)
			}
		})
	}
}
