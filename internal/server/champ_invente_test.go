package server_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An optional field is a line of the struct, a line of the table and its property
// in the OpenAPI document, and nothing else: the module is compiled with one field
// more in these three files, and the field is found wherever the others are.
func TestAnInventedFieldIsFoundEverywhere(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the module is compiled with one field more")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const lastTag = "`json:\"siretEntreprise,omitempty\"`"
	changed := map[string]string{
		"contrat.go": strings.Replace(read("contrat.go"), lastTag, lastTag+"\n\tNomTuteurParental string `json:\"nomTuteurParental,omitempty\"`", 1),
		"champs.go": strings.TrimSuffix(strings.TrimSpace(read("champs.go")), "}") + `	{Nom: "nomTuteurParental", Libelle: "Nom du responsable légal", Max: maxText, At: func(c *Contrat) *string { return &c.NomTuteurParental },
		Usager: UsagerApprenant, Efface: EffaceVide, Bloc: BlocApprenant, Rang: 5, Cherche: true, Synonymes: []string{"responsable légal", "représentant légal"}},
}
`,
		"internal/api/openapi/openapi.yaml": read("internal/api/openapi/openapi.yaml"),
	}
	document := changed["internal/api/openapi/openapi.yaml"]
	property := func(kind string) string {
		return "        nomTuteurParental: { type: " + kind + ", maxLength: 500, description: \"Le responsable légal.\" }\n"
	}
	first, rest, _ := strings.Cut(document, "        siretEntreprise: {")
	second, third, _ := strings.Cut(rest, "        siretEntreprise: {")
	changed["internal/api/openapi/openapi.yaml"] = first + property("string") + "        siretEntreprise: {" + second + property(`[string, "null"]`) + "        siretEntreprise: {" + third

	dir := t.TempDir()
	overlay := map[string]map[string]string{"Replace": {}}
	for name, text := range changed {
		replaced := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		if err := os.WriteFile(replaced, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay["Replace"][filepath.Join(root, name)] = replaced
	}
	list, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, list, 0o600); err != nil {
		t.Fatal(err)
	}
	// Nothing is kept for this one run but its answer: what is compiled again is
	// neither optimised nor looked at by vet (which reads every dependency), nor is
	// there anything to debug it with. What does not know the field comes from the cache.
	run := exec.CommandContext(t.Context(), "go", "test", "-overlay", file, "-vet=off", "-gcflags=github.com/passerelle-hub/passerelle/...=-N -l -dwarf=false", "-ldflags=-s -w", "-count=1", "-v", "-run", "^(TestEveryFieldIsFoundEverywhere|TestTheContractIsDescribedAsItIsChecked)$", ".")
	run.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("with one field more: %v\n%s", err, output)
	}
	if !strings.Contains(string(output), "--- PASS: TestEveryFieldIsFoundEverywhere") {
		t.Fatalf("the test was not run:\n%s", output)
	}
}
