// Package docs_test runs what the guides tell people to run.
package docs_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// block returns the one code block of a language in a guide.
func block(t *testing.T, guide, language string) string {
	t.Helper()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)\n```"+language+"\n(.*?)\n```").FindAllStringSubmatch(string(text), -1)
	if len(found) != 1 {
		t.Fatalf("%s has %d blocks of %s, want 1", guide, len(found), language)
	}
	return found[0][1] + "\n"
}

// program runs a program of the guide in a folder with contrats.json, twice as
// two nights would, then with a mistake in the contracts.
func program(t *testing.T, url, token string, name string, arguments ...string) {
	t.Helper()
	if _, err := exec.LookPath(name); errors.Is(err, exec.ErrNotFound) {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed here", name)
	}
	folder := t.TempDir()
	run := func(list []passerelle.Contrat) (string, error) {
		text, err := json.Marshal(map[string]any{"contrats": list})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "contrats.json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		command := exec.CommandContext(t.Context(), name, arguments...)
		command.Dir = folder
		command.Env = append(os.Environ(), "PASSERELLE_URL="+url, "PASSERELLE_TOKEN="+token)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	list := apitest.Numbered(30)
	for night, want := range [][]string{{"CFA Test", "30"}, {"CFA Test", "30"}} {
		out, err := run(list)
		if err != nil {
			t.Fatalf("night %d: %v\n%s", night+1, err, out)
		}
		for _, word := range want {
			if !strings.Contains(out, word) {
				t.Errorf("night %d does not say %q:\n%s", night+1, word, out)
			}
		}
	}
	list[4].EmailApprenant = "nobody"
	out, err := run(list)
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("a mistake: %v\n%s", err, out)
	}
	if name != "sh" && (!strings.Contains(out, "email-format") || !strings.Contains(out, "K0005")) {
		t.Errorf("a mistake does not show its place:\n%s", out)
	}
}

func TestTheProgramsOfTheGuideSynchronise(t *testing.T) {
	t.Parallel()
	build := t.TempDir()
	source := func(name, text string) string {
		path := filepath.Join(build, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, test := range []struct {
		name, language, file string
		program              func(path string) []string
	}{
		{"curl", "sh", "synchroniser.sh", func(path string) []string { return []string{"sh", path} }},
		{"Python", "python", "synchroniser.py", func(path string) []string { return []string{"python3", path} }},
		{"PHP", "php", "synchroniser.php", func(path string) []string { return []string{"php", path} }},
		{"Go", "go", "main.go", func(path string) []string {
			binary := filepath.Join(build, "synchroniser")
			if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, path).CombinedOutput(); err != nil {
				t.Fatalf("build: %v\n%s", err, out)
			}
			return []string{binary}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := apitest.New(t, "sqlite")
			o := s.Sandbox(t, "CFA Test")
			command := test.program(source(test.file, block(t, "integrator.md", test.language)))
			program(t, s.URL, o.Token, command[0], command[1:]...)
			journal := apitest.Decode[struct {
				Total            int
				Synchronisations []struct{ Added, Same int }
			}](t, o.Get(t, "/api/sync/v1/synchronisations").Want(t, 200))
			if journal.Total != 2 || journal.Synchronisations[0].Same != 30 || journal.Synchronisations[1].Added != 30 {
				t.Errorf("the journal: %+v", journal)
			}
		})
	}
}

func TestTheMappingOfTheGuideIsOne(t *testing.T) {
	t.Parallel()
	m, err := tableur.ParseMapping([]byte(block(t, "fichiers.md", "json")))
	if err != nil {
		t.Fatal(err)
	}
	header := "Numéro;Groupe;Site;Période;Formation;Année;Code apprenant;Alternant;Mail alternant;Code tuteur;Tuteur;Mail tuteur;Mail MA;MA;Entreprise;Début;Fin\n"
	row := "K1;MCO 1;LYO;2026/2027;BTS MCO;1;A1;Martin Léa;lea@etu.example;P1;Durand Paul;paul@cfa.example;ines@boulangerie.example;Petit Inès;Boulangerie Petit;01/09/2026;31/08/2028\n"
	table, err := tableur.Open("export.csv", strings.NewReader(header+row), int64(len(header+row)), tableur.Options{})
	if err != nil {
		t.Fatal(err)
	}
	binding, err := m.Bind(table.Columns)
	if err != nil {
		t.Fatal(err)
	}
	for ligne, err := range binding.Lignes(table) {
		if err != nil || len(ligne.Faults) > 0 {
			t.Fatal(err, ligne.Faults)
		}
		c := ligne.Contrat
		if c.NomSite != "Lyon" || c.NomApprenant != "Martin" || c.PrenomApprenant != "Léa" || c.CodeGroupe == "" || c.DateFin != "31/08/2028" {
			t.Errorf("%+v", c)
		}
		for _, champ := range passerelle.Champs {
			if champ.Required && *champ.At(&c) == "" {
				t.Errorf("%s is blank", champ.Nom)
			}
		}
	}
}

// What the guides name as proof is there to be run.
func TestEveryTestThatAGuideNamesIsThere(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	err := filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		code.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, guide := range []string{"security.md", "operations.md"} {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		named := regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`).FindAllString(string(text), -1)
		if len(named) < 5 {
			t.Errorf("%s names %d tests", guide, len(named))
		}
		for _, name := range named {
			if !strings.Contains(code.String(), "\nfunc "+name+"(") {
				t.Errorf("%s names %s, which is not there", guide, name)
			}
		}
	}
}

func TestTheArchitectureNamesEveryRoom(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := filepath.Glob("../internal/*")
	if err != nil || len(rooms) < 20 {
		t.Fatalf("%d rooms: %v", len(rooms), err)
	}
	rooms = append(rooms, "../client", "../tra", "../fec", "../mad", "../compta", "../bench", "../cmd/passerelle")
	for _, room := range rooms {
		name := strings.TrimPrefix(filepath.ToSlash(room), "../")
		if !strings.Contains(string(text), "`"+name+"`") && !strings.Contains(string(text), "`"+name+"/`") {
			t.Errorf("architecture.md does not name %s", name)
		}
	}
}
