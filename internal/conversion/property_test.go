package conversion

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
)

// ledger draws a FEC of balanced entries. Where it is easy, every format holds all of
// it; otherwise it has what some of them do not.
func ledger(t *rapid.T, easy bool) []byte {
	var b bytes.Buffer
	w := fec.NewWriter(&b)
	day := 1
	text := rapid.StringMatching(`[A-Za-zéèçàÉ][A-Za-z0-9 éèçà'.,-]{0,20}[a-z0-9]`)
	if !easy {
		text = rapid.OneOf(text, rapid.StringMatching(`[A-Z][A-Za-zŁ☃ é]{30,50}[a-z]`))
	}
	names := map[string]string{}
	named := func(code string) string {
		if names[code] == "" {
			names[code] = text.Draw(t, "name")
		}
		return names[code]
	}
	journals := []string{"VTE", "AC", "BQ", "OD"}
	if !easy {
		journals = append(journals, "VENTES", "VENTEX")
	}
	form := rapid.SampledFrom([]string{"%d", "VT-%d", "%012d", "%05d"}).Draw(t, "form of numbers")
	for n := range rapid.IntRange(1, 6).Draw(t, "entries") {
		journal := rapid.SampledFrom(journals).Draw(t, "journal")
		day += rapid.IntRange(0, 2).Draw(t, "days")
		date := fmt.Sprintf("202501%02d", min(day, 31))
		number := fmt.Sprint(n + 1)
		if !easy {
			number = fmt.Sprintf(form, n+1)
		}
		valid := rapid.SampledFrom([]string{"", "20250201"}).Draw(t, "valid")
		sum := compta.Montant(0)
		lines := rapid.IntRange(1, 3).Draw(t, "lines")
		for k := range lines + 1 {
			amount := compta.Montant(rapid.Int64Range(1, 1e9).Draw(t, "cents")) * 100
			r := &fec.Row{}
			put := func(id fec.ID, v string) {
				if err := r.Set(id, v); err != nil {
					t.Fatal(err)
				}
			}
			debit := rapid.Bool().Draw(t, "debit")
			if k == lines {
				if sum == 0 {
					break
				}
				debit, amount = sum < 0, max(sum, -sum)
			}
			if debit {
				sum += amount
				_ = r.SetMontant(fec.Debit, amount)
			} else {
				sum -= amount
				_ = r.SetMontant(fec.Credit, amount)
			}
			compte := rapid.SampledFrom([]string{"411000", "401000", "706100", "512000", "445710"}).Draw(t, "account")
			if compte[:2] == "41" || compte[:2] == "40" {
				aux := compte[1:2] + rapid.SampledFrom([]string{"AZUR", "BLEU", "9OPCO"}).Draw(t, "third")
				put(fec.CompAuxNum, aux)
				put(fec.CompAuxLib, named(aux))
				if rapid.Bool().Draw(t, "lettered") {
					put(fec.EcritureLet, rapid.SampledFrom([]string{"A", "AB", "*C"}).Draw(t, "letter"))
					if !easy {
						put(fec.DateLet, date)
					}
				}
			}
			put(fec.JournalCode, journal)
			put(fec.JournalLib, named("j"+journal))
			put(fec.EcritureNum, number)
			put(fec.EcritureDate, date)
			put(fec.CompteNum, compte)
			put(fec.CompteLib, named(compte))
			put(fec.PieceRef, rapid.StringMatching(`[A-Z0-9-]{1,12}`).Draw(t, "piece"))
			pieceDate := date
			if !easy && rapid.Bool().Draw(t, "other date") {
				pieceDate = "20241231"
			}
			put(fec.PieceDate, pieceDate)
			put(fec.EcritureLib, text.Draw(t, "label"))
			put(fec.ValidDate, valid)
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func through(t *rapid.T, src []byte, path ...Format) ([]byte, string) {
	lost := ""
	for i := range path[1:] {
		var out bytes.Buffer
		r, err := Convert(bytes.NewReader(src), &out, Options{De: path[i], Vers: path[i+1]})
		if err != nil {
			var refus *Refus
			if errors.As(err, &refus) && refus.Controle != nil {
				t.Fatalf("%s to %s: %v\n%s", path[i], path[i+1], refus.Controle.Findings, src)
			}
			t.Fatalf("%s to %s: %v", path[i], path[i+1], err)
		}
		lost += lossNames(r)
		src = out.Bytes()
	}
	return src, lost
}

var paths = [][]Format{{FEC, TRA, FEC}, {FEC, MAD, FEC}, {FEC, TRA, MAD, FEC}, {FEC, MAD, TRA, FEC}}

func TestALedgerThatEveryFormatHoldsComesBackTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := ledger(t, true)
		for _, path := range paths {
			back, lost := through(t, src, path...)
			if lost != "" || !bytes.Equal(src, back) {
				t.Fatalf("%v: lost %q\n%s\n%s", path, lost, src, back)
			}
		}
	})
}

// lossOf says which loss lets a column differ.
var lossOf = map[fec.ID][]string{
	fec.JournalCode: {"journal"}, fec.JournalLib: {"libelle"}, fec.EcritureNum: {"numero"}, fec.CompteLib: {"libelle"}, fec.CompAuxLib: {"libelle"},
	fec.PieceDate: {"date-piece"}, fec.EcritureLib: {"libelle"}, fec.DateLet: {"date-lettrage"}, fec.EcritureLet: {"lettrage"},
}

func TestWhatComesBackIsWhatWentInMinusTheLosses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := ledger(t, false)
		for _, path := range paths[:2] {
			back, lost := through(t, src, path...)
			a, b := strings.Split(string(src), "\r\n"), strings.Split(string(back), "\r\n")
			if len(a) != len(b) {
				t.Fatalf("%v: %d lines became %d", path, len(a), len(b))
			}
			for i := range a {
				x, y := strings.Split(a[i], "\t"), strings.Split(b[i], "\t")
				for k := range x {
					if x[k] == y[k] {
						continue
					}
					told := false
					for _, ce := range lossOf[fec.ID(k)] {
						told = told || strings.Contains(lost, ce+" ")
					}
					if !told {
						t.Fatalf("%v: %s of line %d was %q and is %q; told: %q", path, fec.ID(k), i+1, x[k], y[k], lost)
					}
				}
			}
		}
	})
}

// FuzzConvert gives the conversions anything: they never panic, and refuse with an
// error for a person.
func FuzzConvert(f *testing.F) {
	f.Add(uint8(0), example(f))
	f.Add(uint8(2), fecFile("BQ", "1", "x"))
	f.Add(uint8(4), []byte(`[{"date":"2025-01-01","journal":{"customerReferenceCode":"OD"},"movements":[{"value":{"debit":1,"credit":1},"account":{"number":"411A"},"analytics":[{"code":"X","sections":[{"code":"Y","amount":1}]}]}]}]`))
	f.Fuzz(func(t *testing.T, which uint8, src []byte) {
		formats := [...]Format{TRA, FEC, MAD}
		de := formats[which/2%3]
		vers := formats[(which/2+1+which%2)%3]
		var out bytes.Buffer
		_, err := Convert(bytes.NewReader(src), &out, Options{De: de, Vers: vers, Force: true, Limite: 10})
		var format *compta.FormatError
		if err != nil && !errors.As(err, &format) {
			t.Fatal(err)
		}
	})
}
