package compta_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// exo is an EXO line of a test file.
func exo(code, debut, fin, etat, ano string) string {
	d, f := date(debut).TRA(), date(fin).TRA()
	return fmt.Sprintf("***EXO%-3s%s%s%-3s   %-35s%-3s%s\r\n", code, d, f, etat, "Exercice au "+f, ano, d)
}

// traFile is a file with the lines of exercices.
func traFile(lines ...string) string {
	return "***S5CLIDOSSTD   0101190001011900011\r\n" + strings.Join(lines, "")
}

type imported struct {
	Crees     []string
	Exercices []comptable.MAD
	Warnings  []struct{ Code string }
}

func TestATRAFileBringsTheExercicesThatAreMissing(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		file := traFile(exo("N-1", "2022-01-01", "2022-12-31", "CDE", "H"), exo("N", "2023-01-01", "2023-12-31", "OUV", "H"), exo("N+1", "2024-01-01", "2024-12-31", "OUV", "OAN"))
		got := decode[imported](e.call("POST", mad+"&format=tra", file).want(http.StatusOK))
		if len(got.Crees) != 3 {
			t.Fatalf("created %v", got.Crees)
		}
		want := []string{"N+1 2024-01-01..2024-12-31 open", "N 2023-01-01..2023-12-31 open", "N-1 2022-01-01..2022-12-31 closed"}
		e.wantList("", want...)
		closed := got.Exercices[2].Period.Closed
		if closed == nil || closed.At != "2024-03-15" || closed.By.ProducerID != text(e.jeton) || closed.By.LastName != "GARIAZZO" {
			t.Errorf("the closing of an imported exercice: %+v", closed)
		}
		if got.Exercices[0].AdditionalProducerProperties.Lettering != "MULTI" {
			t.Error("OAN is not read as MULTI")
		}
		if v, err := e.hub.Comptabilite.VerifyClotures(t.Context(), e.access()); err != nil || v.Clotures != 1 || v.Rupture != nil {
			t.Errorf("the imported closing is not chained: %+v %v", v, err)
		}
		// The same again: nothing changes, whatever the state in the file.
		again := decode[imported](e.call("POST", mad+"&format=tra", file).want(http.StatusOK))
		if len(again.Crees) != 0 || len(again.Exercices) != 3 {
			t.Errorf("the second import created %v", again.Crees)
		}
		other := decode[imported](e.call("POST", mad+"&format=tra", traFile(exo("001", "2023-01-01", "2023-12-31", "CDE", "H"))).want(http.StatusOK))
		if len(other.Crees) != 0 || len(other.Warnings) == 0 || other.Warnings[0].Code != "etat-different" {
			t.Errorf("another state in the file: %+v", other)
		}
		e.wantList("", want...)
		// An older closed one is welcome, and one more after the newest.
		file = traFile(exo("001", "2021-01-01", "2021-12-31", "CDE", "H"), exo("002", "2025-01-01", "2025-06-30", "OUV", "OAN"))
		e.call("POST", mad+"&format=TRA", file).want(http.StatusOK)
		e.wantList("", append([]string{"N+2 2025-01-01..2025-06-30 open"}, append(want, "N-2 2021-01-01..2021-12-31 closed")...)...)
	})
}

func TestATRAFileIsImportedWhollyOrNotAtAll(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.create(year("2023"))
		for name, c := range map[string]struct {
			file string
			code string
			line int
		}{
			"other bounds over an exercice that exists": {traFile(exo("N", "2023-01-01", "2023-06-30", "OUV", "H")), "EXERCICE3", 2},
			"a gap after the last":                      {traFile(exo("N", "2023-01-01", "2023-12-31", "OUV", "H"), exo("N+1", "2025-01-01", "2025-12-31", "OUV", "H")), "EXERCICE4", 3},
			"a gap inside the file":                     {traFile(exo("N", "2024-01-01", "2024-12-31", "OUV", "H"), exo("N+1", "2025-03-01", "2025-12-31", "OUV", "H")), "EXERCICE4", 3},
			"three open ones": {traFile(exo("N", "2024-01-01", "2024-12-31", "OUV", "H"), exo("N+1", "2025-01-01", "2025-12-31", "OUV", "H"), exo("N+2", "2026-01-01", "2026-12-31", "OUV", "H")),
				"EXERCICE13", 4},
			"an end within a month":           {traFile(exo("N", "2024-01-01", "2024-12-15", "OUV", "H")), "EXERCICE13", 2},
			"a closed one after an open one":  {traFile(exo("N", "2024-01-01", "2024-12-31", "CDE", "H")), "EXERCICE13", 2},
			"a state that does not exist":     {traFile(exo("N", "2024-01-01", "2024-12-31", "XXX", "H")), "ERR-INVALID-TRA", 2},
			"a date that does not exist":      {traFile(strings.Replace(exo("N", "2024-01-01", "2024-02-29", "OUV", "H"), "29022024", "30022024", 1)), "ERR-INVALID-TRA", 2},
			"a file without exercices":        {traFile(), "ERR-INVALID-TRA", 0},
			"a good line then a wrong one":    {traFile(exo("N", "2024-01-01", "2024-12-31", "OUV", "H"), exo("N+1", "2025-01-01", "2027-12-31", "OUV", "H")), "EXERCICE13", 3},
			"two exercices of the same dates": {traFile(exo("N", "2024-01-01", "2024-12-31", "OUV", "H"), exo("N+1", "2024-01-01", "2024-12-31", "OUV", "H")), "EXERCICE3", 3},
		} {
			got := e.call("POST", mad+"&format=tra", c.file).wantError(http.StatusBadRequest, c.code)
			if line := got.Error.Details.Errors[0].Line; line != c.line {
				t.Errorf("%s: line %d, want %d: %+v", name, line, c.line, got)
			}
			e.wantList("", "N 2023-01-01..2023-12-31 open")
		}
	})
}

// blanks is a file of blanks that counts what is read of it.
type blanks struct{ left, read int }

func (b *blanks) Read(p []byte) (int, error) {
	n := min(len(p), b.left)
	if n == 0 {
		return 0, io.EOF
	}
	for i := range p[:n] {
		p[i] = ' '
	}
	b.left, b.read = b.left-n, b.read+n
	return n, nil
}

func TestAFileOfAnotherKindIsRefusedQuicklyWithASentence(t *testing.T) {
	t.Parallel()
	e := newEnv(t, t.TempDir()+"/test.db", 0)
	for name, c := range map[string]struct {
		body io.Reader
		word string
	}{
		"a PDF":            {strings.NewReader("%PDF-1.7\n1 0 obj\n"), "PDF"},
		"a FEC":            {strings.NewReader("JournalCode\tJournalLib\tEcritureNum\r\nVE\tVentes\t1\r\n"), "FEC"},
		"nothing":          {strings.NewReader(""), "vide"},
		"a workbook":       {strings.NewReader("PK\x03\x04\x14\x00"), "Excel"},
		"JSON":             {strings.NewReader(`{"exercice":[]}`), "JSON"},
		"a gibibyte blank": {&blanks{left: 1 << 28}, "espaces"},
		"a line of 10 MB":  {io.MultiReader(strings.NewReader("***S5CLIDOSSTD"), bytes.NewReader(bytes.Repeat([]byte("x"), 10<<20))), "ligne"},
		"a letter":         {strings.NewReader("Bonjour,\nvoici le fichier.\n"), "TRA"},
	} {
		started := time.Now()
		got := e.call("POST", mad+"&format=tra", c.body).wantError(http.StatusBadRequest, "ERR-INVALID-TRA")
		if !strings.Contains(strings.ToLower(got.Error.Message), strings.ToLower(c.word)) {
			t.Errorf("%s: the message does not say %q: %s", name, c.word, got.Error.Message)
		}
		if took := time.Since(started); took > 10*time.Second {
			t.Errorf("%s: refused after %v", name, took)
		}
		if b, ok := c.body.(*blanks); ok && b.read > 1<<20 {
			t.Errorf("%s: %d bytes were read", name, b.read)
		}
	}
	e.wantList("")
}

func TestWhatTRACannotSayIsRefusedOrWidenedOnDemand(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		e.call("GET", mad+"&format=tra", nil).wantError(400, "EXERCICE1")
		e.create(item{Start: "2022-06-15", End: "2023-12-30"})
		got := e.call("GET", mad+"&format=tra", nil).wantError(400, "EXERCICE13", "EXERCICE13", "EXERCICE13")
		if s := got.Error.Details.Errors; s[0].Suggestion != "2022-06-01" || s[1].Suggestion != "2023-12-31" {
			t.Errorf("the bounds that would do are not suggested: %+v", s)
		}
		a := e.call("GET", mad+"&format=tra&dates=elargies", nil).want(http.StatusOK)
		if !strings.Contains(a.Body.String(), "***EXON  0106202231122023OUV") || !strings.Contains(a.Header().Get("X-Passerelle-Avertissements"), "dates-elargies") {
			t.Errorf("%v %s", a.Header(), a.Body)
		}
	})
}

func TestRanksReplaceNamesOnDemandAndWhereNamesAreTooLong(t *testing.T) {
	each(t, 0, func(t *testing.T, e *env) {
		var list []domaine.Exercice
		for y := 2012; y < 2024; y++ {
			x := domaine.Exercice{Lettrage: domaine.LettrageMono, Periode: passerelle.Periode{Debut: passerelle.NewDate(y, 1, 1), Fin: passerelle.NewDate(y, 12, 31)}}
			if y < 2023 {
				x.Cloture = &domaine.Cloture{Le: date("2024-01-15"), Par: domaine.Personne{ID: 1}}
			}
			list = append(list, x)
		}
		e.insert(list...)
		codes := func(query string) (codes []string, warnings string) {
			a := e.call("GET", mad+"&format=tra"+query, nil).want(http.StatusOK)
			for line := range strings.SplitSeq(a.Body.String(), "\r\n") {
				if strings.HasPrefix(line, "***EXO") {
					codes = append(codes, strings.TrimSpace(line[6:9]))
				}
			}
			return codes, a.Header().Get("X-Passerelle-Avertissements")
		}
		got, warnings := codes("")
		if diff := cmp.Diff([]string{"001", "002", "N-9", "N-8", "N-7", "N-6", "N-5", "N-4", "N-3", "N-2", "N-1", "N"}, got); diff != "" || strings.Count(warnings, "code-rang") != 2 {
			t.Errorf("%s %s", diff, warnings)
		}
		got, warnings = codes("&code=rang")
		if got[0] != "001" || got[11] != "012" || warnings != "" {
			t.Errorf("%v %s", got, warnings)
		}
		a := e.call("GET", mad+"&format=tra&creation=cloture", nil).want(http.StatusOK)
		if !strings.Contains(a.Body.String(), "H  15012024") {
			t.Errorf("the day of closing is not written on demand: %s", a.Body)
		}
	})
}

// TestJSONToTRAToJSON writes sequences of exercices to a file and reads them into
// an empty société: the same exercices come back.
func TestJSONToTRAToJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []domaine.Exercice
		day := passerelle.NewDate(rapid.IntRange(1990, 2030).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1)
		n := rapid.IntRange(1, 14).Draw(t, "exercices")
		closed, multi := rapid.IntRange(0, n).Draw(t, "closed"), rapid.IntRange(0, n).Draw(t, "mono")
		par := domaine.Personne{ID: 3, Prenom: "Ana", Nom: "Roche"}
		today := date("2050-01-01")
		for i := range n {
			next := day.AddMonths(rapid.IntRange(1, 24).Draw(t, "months"))
			x := domaine.Exercice{Periode: passerelle.Periode{Debut: day, Fin: next - 1}, Lettrage: domaine.LettrageMono}
			if i < closed {
				x.Cloture = &domaine.Cloture{Le: today, Par: par}
			}
			if i >= multi {
				x.Lettrage = domaine.LettrageMulti
			}
			list, day = append(list, x), next
		}
		options := comptable.OptionsTRA{CodeRang: rapid.Bool().Draw(t, "ranks")}
		var file bytes.Buffer
		_, refused, err := fichier.Write(&file, domaine.Societe{Nom: "CFA"}, list, noon, options)
		if err != nil || len(refused) > 0 {
			t.Fatalf("not written: %v %v", err, refused)
		}
		lu, _, refused, err := fichier.Read(&file)
		if err != nil || len(refused) > 0 {
			t.Fatalf("not read: %v %v", err, refused)
		}
		res := comptable.Dossier{}.Import(lu.Lignes, par, today)
		if len(res.Erreurs) > 0 {
			t.Fatalf("not imported: %v", res.Erreurs)
		}
		if diff := cmp.Diff(comptable.ToMAD(list), comptable.ToMAD(res.Exercices)); diff != "" {
			t.Fatalf("the exercices differ (-written +read):\n%s", diff)
		}
	})
}
