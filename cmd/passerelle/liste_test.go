package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// Every command that lists is here with what its JSON holds of one row.
func TestEveryListingIsJSONToo(t *testing.T) {
	directory := t.TempDir()
	db := storetest.At(t, filepath.Join(directory, "hub.db"))
	t.Setenv("PASSERELLE_DB", db)
	t.Setenv("PASSERELLE_ORGANISME", "1")
	lists := map[string]map[string]any{
		"organisme list":       {"id": "1", "nom": "CFA Test", "sandbox": false, "contrats": 0.0, "integres": 0.0, "silent": false, "lastPush": nil},
		"partenaire list":      {"id": "1", "nom": "Paie"},
		"jeton list":           {"id": "1", "organisme": "1", "partenaire": nil, "droits": []any{"contrats", "integration", "exercices"}, "expireLe": nil, "revoqueLe": nil, "serviLe": nil},
		"compte list":          {"id": "1", "organisme": "1", "email": "ada@cfa.example", "nom": "Martin", "prenom": "Ada", "role": "lecture", "desactiveLe": nil, "connecteLe": nil},
		"societe list":         {"id": "1", "organisme": "1", "nom": "CFA Test", "siret": "", "immatriculation": nil, "reference": ""},
		"webhook list":         {"id": "1", "nom": "Planning", "url": "https://planning.example/", "evenements": []any{}, "actif": true, "echecs": 0.0, "echecDepuis": nil, "prochainEssai": nil},
		"personne actes":       nil,
		"exercice list":        {"state": "open"},
		"exercice verify":      {"societeId": "1", "nom": "CFA Test", "clotures": 0.0, "valide": true},
		"verify --organisme 1": {"organismeId": "1", "nom": "CFA Test", "actifs": 0.0},
		"npec list":            nil,
	}
	must(t, "organisme", "create", "--nom", "CFA Test")
	for line := range lists {
		if r := command(t, strings.Fields(line+" --societe 1 --json")...); strings.Contains(r.stdout, "null\n") {
			t.Errorf("%s: nothing is a list too: %+v", line, r)
		}
	}
	must(t, "partenaire", "create", "--nom", "Paie")
	must(t, "compte", "create", "--email", "ada@cfa.example", "--nom", "Martin", "--prenom", "Ada")
	must(t, "webhook", "create", "--nom", "Planning", "--url", "https://planning.example/")
	must(t, "exercice", "create", "--societe", "1", "--debut", "2026-01-01", "--fin", "2026-12-31")
	for line, want := range lists {
		args := strings.Fields(line)
		if strings.HasPrefix(line, "exercice") {
			args = append(args, "--societe", "1")
		}
		rows := decode[[]map[string]any](t, must(t, append(args, "--json")...))
		if want == nil {
			if len(rows) != 0 {
				t.Errorf("%s: %v", line, rows)
			}
			continue
		}
		if len(rows) != 1 {
			t.Errorf("%s: %d rows", line, len(rows))
			continue
		}
		for key, value := range want {
			got, there := rows[0][key]
			a, _ := json.Marshal(got)
			b, _ := json.Marshal(value)
			if !there || string(a) != string(b) {
				t.Errorf("%s: %q is %s, want %s", line, key, a, b)
			}
		}
		if made, ok := rows[0]["creeLe"].(string); ok {
			if moment, err := time.Parse(time.RFC3339, made); err != nil || time.Since(moment) > time.Hour || !strings.HasSuffix(made, "Z") {
				t.Errorf("%s: made %q", line, made)
			}
		}
	}
	if values := decode[map[string]string](t, must(t, "organisme", "set", "1", "--json")); values["baseJours"] != "reelle" || values["comptes.pca"] != "487000" {
		t.Errorf("settings: %v", values)
	}
	if table := must(t, "compte", "list"); !strings.Contains(table, "Ada Martin") || !strings.HasPrefix(table, "ID  ORGANISME") {
		t.Error(table)
	}
}

func TestAServerThatNobodyIsOnYetSaysWhatComesNext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "le hub.db")
	// served runs a server until it serves and returns what it wrote.
	served := func() string {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		out, ended := &output{}, make(chan int, 1)
		go func() { ended <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--db", path}, nil, out, out) }()
		for deadline := time.Now().Add(time.Minute); !strings.Contains(out.String(), "msg=serving"); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("it does not serve:\n%s", out)
			}
		}
		stop()
		if status := <-ended; status != exitDone {
			t.Errorf("status %d\n%s", status, out)
		}
		return out.String()
	}
	first := served()
	steps := regexp.MustCompile(`(?m)^  \d\. passerelle (.*)$`).FindAllStringSubmatch(first, -1)
	if len(steps) != 3 {
		t.Fatalf("%d steps:\n%s", len(steps), first)
	}
	for _, step := range steps[:2] {
		if err := parsed(step[1]); err != nil {
			t.Errorf("%s: %v", step[1], err)
		}
		if !strings.Contains(step[1], `--db "`+path+`"`) {
			t.Errorf("%s does not say which database", step[1])
		}
	}
	if !regexp.MustCompile(`console at http://127\.0\.0\.1:\d+\n`).MatchString(first) {
		t.Errorf("it does not say where the console is:\n%s", first)
	}
	must(t, "organisme", "create", "--nom", "CFA Test", "--db", path)
	if second := served(); strings.Contains(second, "Nothing is configured") {
		t.Errorf("it says so once more:\n%s", second)
	}
}

func TestFrenchAndEnglishAreNeverInOneLine(t *testing.T) {
	t.Parallel()
	french := regexp.MustCompile(`(?i)(^|[ ’'(])(le|la|les|une|des|est|ne|pas|vérifiez|donnez|aucun|doit|été|inconnu)([ ,.’:]|$)`)
	english := regexp.MustCompile(`(?i)(^|[ (])(the|is|was|nothing|refused|not|warning|row|give|with|and|held|errors)([ ,.:]|$)`)
	path := storetest.At(t, filepath.Join(t.TempDir(), "hub.db"))
	must(t, "organisme", "create", "--nom", "CFA Test", "--db", path)
	hub := apitest.New(t, "sqlite").URL
	seen := 0
	for _, line := range []string{
		"exercice list --societe 9 --db " + path, "exercice close 7 --societe 1 --prenom A --nom B --db " + path, "jeton create --organisme 9 --db " + path,
		"compte create --organisme 1 --email x --nom A --prenom B --db " + path, "organisme create --nom CFA\u0007 --db " + path, "npec show 1 --db " + path,
		"tarif import testdata-that-is-not-there.csv --organisme 1 --db " + path, "tarif list --organisme 1 --db " + path,
		"push " + write(t, "vide.json", "[]") + " --yes --token no --url " + hub,
		"push " + write(t, "fichier.csv", "a;b\n1;2\n") + " --yes --token no --url " + hub,
		"tra check " + write(t, "faux.tra", "pas un TRA"), "convert " + write(t, "faux2.tra", "pas un TRA") + " " + filepath.Join(t.TempDir(), "x.json"),
		"exercice export --societe 1 --db " + path, "webhook create --organisme 1 --nom X --url http://127.0.0.1/ --db " + path,
	} {
		r := command(t, strings.Fields(line)...)
		for text := range strings.SplitSeq(r.stderr+r.stdout, "\n") {
			f, e := french.MatchString(text), english.MatchString(text)
			if f && e {
				t.Errorf("%s: %s", line, text)
			}
			if f {
				seen++
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d French lines were seen", seen)
	}
}
