package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// mcpSession starts `passerelle mcp` between two pipes, as an assistant does.
func mcpSession(t *testing.T, args ...string) *mcp.ClientSession {
	t.Helper()
	pipe := func() (r, w *os.File) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close(); w.Close() })
		return r, w
	}
	theirs, in := pipe()
	out, ours := pipe()
	var said output
	ended := make(chan int, 1)
	go func() {
		ended <- run(context.WithoutCancel(t.Context()), append([]string{"mcp"}, args...), theirs, ours, &said)
	}()
	session, err := mcp.NewClient(&mcp.Implementation{Name: "assistant", Version: "1"}, nil).Connect(t.Context(), &mcp.IOTransport{Reader: out, Writer: in}, nil)
	if err != nil {
		t.Fatalf("%v\n%s", err, &said)
	}
	t.Cleanup(func() {
		_ = session.Close()
		in.Close()
		select {
		case status := <-ended:
			if status != exitDone || said.String() != "" {
				t.Errorf("status %d once its input ended: %s", status, &said)
			}
		case <-time.After(20 * time.Second):
			t.Error("it goes on after its input ended")
		}
	})
	return session
}

// called is what a tool answered, as text.
func called(t *testing.T, s *mcp.ClientSession, tool string, arguments map[string]any) (text string, refused bool) {
	t.Helper()
	answer, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	for _, part := range answer.Content {
		text += part.(*mcp.TextContent).Text
	}
	if !answer.IsError {
		structured, err := json.Marshal(answer.StructuredContent)
		var a, b any
		if err != nil || json.Unmarshal([]byte(text), &a) != nil || json.Unmarshal(structured, &b) != nil || !cmp.Equal(a, b) {
			t.Errorf("%s: the text is not what is structured: %s", tool, cmp.Diff(a, b))
		}
	}
	return text, answer.IsError
}

// toolAnswer is what a tool answered.
func toolAnswer[T any](t *testing.T, s *mcp.ClientSession, tool string, arguments map[string]any) T {
	t.Helper()
	text, refused := called(t, s, tool, arguments)
	if refused {
		t.Fatalf("%s %v: %s", tool, arguments, text)
	}
	return decode[T](t, text)
}

// hubForAssistant is an organisme with something to say: two contracts in no session,
// one that is, warnings about people, exercices, funding.
func hubForAssistant(t *testing.T, s *apitest.Server) *apitest.Organisme {
	t.Helper()
	o := s.Production(t, "CFA Horizon")
	list := apitest.Contrats("K1", "K2", "K3")
	for i := range list {
		list[i].DateDebut, list[i].DateFin, list[i].DateConclusion, list[i].NPEC, list[i].Niveau = "01/09/2025", "31/08/2027", "20/08/2025", "8000", "5"
	}
	list[0].NomApprenant, list[0].PrenomApprenant, list[0].NomEntreprise = "Zyromski", "Ludivine", "Boulangerie Durand"
	list[1].CodeApprenant, list[1].EmailApprenant = list[0].CodeApprenant, list[0].EmailApprenant // one person, two names
	list[1].NomApprenant = "Zyromsky"
	list[2].CodeFormation, list[2].NomFormation = "CAP", "CAP Cuisine"
	o.Post(t, "/api/sync/v1/contrats", apitest.Body(list...)).Want(t, 200)
	o.Post(t, "/api/admin/v1/modeles", apitest.ModeleFor("CAP", "codeFormation", "CAP")).Want(t, 201)
	o.Post(t, "/api/v1/society/exercice", map[string]any{"exercice": []map[string]string{
		{"start_date": "2025-01-01", "end_date": "2025-12-31"}, {"start_date": "2026-01-01", "end_date": "2026-12-31"}}}).Want(t, 200)
	return o
}

func TestAnAssistantReadsAHubWithoutItsPeople(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		o := hubForAssistant(t, s)
		a := mcpSession(t, "--url", s.URL, "--token", o.Token)
		var everything strings.Builder
		ask := func(tool string, arguments map[string]any) string {
			text, refused := called(t, a, tool, arguments)
			if refused {
				t.Errorf("%s %v: %s", tool, arguments, text)
			}
			everything.WriteString(text + "\n")
			return text
		}

		anomalies := decode[struct {
			Total   int
			ParCode []struct {
				Nature, Code string
				Nombre       int
			}
			Suite bool
		}](t, ask("anomalies", nil))
		if anomalies.Total < 3 || anomalies.Suite || anomalies.ParCode[0].Code != "aucun-modele" || anomalies.ParCode[0].Nombre != 2 {
			t.Errorf("anomalies: %+v", anomalies)
		}
		if !slices.ContainsFunc(anomalies.ParCode, func(c struct {
			Nature, Code string
			Nombre       int
		}) bool {
			return c.Code == "name-spelling"
		}) {
			t.Errorf("no warning about a person: %+v", anomalies)
		}
		if one := decode[struct {
			Total     int
			Anomalies []struct{ CodeContrat, Message string }
			Suite     bool
		}](t, ask("anomalies", map[string]any{"code": "aucun-modele", "limite": 1, "page": 2})); one.Total != 2 || len(one.Anomalies) != 1 || one.Anomalies[0].CodeContrat != "K2" || one.Suite || !strings.Contains(one.Anomalies[0].Message, "modèle") {
			t.Errorf("a page of one code: %+v", one)
		}

		groups := decode[struct {
			Contrats int
			Groupes  []struct {
				Formation, Motif string
				Contrats         int
				Criteres         map[string][]string
			}
		}](t, ask("non_integres", nil))
		if groups.Contrats != 2 || len(groups.Groupes) != 1 || groups.Groupes[0].Motif != "aucun-modele" || len(groups.Groupes[0].Criteres) == 0 {
			t.Errorf("groups: %+v", groups)
		}

		list := decode[struct {
			Exercices []struct {
				ID, Nom, Debut, Fin, Etat string
				Mois                      int
			}
		}](t, ask("exercices", nil))
		if len(list.Exercices) != 2 || list.Exercices[1].Debut != "2025-01-01" || list.Exercices[1].Nom != "N" || list.Exercices[1].Mois != 12 || list.Exercices[1].Etat != "open" {
			t.Fatalf("exercices: %+v", list)
		}
		type weighed struct {
			Exercice struct{ ID string }
			Lignes   []struct {
				Cles     map[string]string
				Contrats int
			}
			Total struct {
				Contrats, Jours int
				Produit         string
			}
			Suite bool
		}
		current := decode[weighed](t, ask("ventilation", map[string]any{"montants": true, "limite": 1}))
		if current.Exercice.ID != list.Exercices[1].ID || current.Total.Jours != 3*122 || current.Total.Produit != "8021.91" || len(current.Lignes) != 1 || !current.Suite || current.Lignes[0].Contrats != 2 {
			t.Errorf("ventilation: %+v", current)
		}
		if next := decode[weighed](t, ask("ventilation", map[string]any{"exercice": list.Exercices[0].ID, "par": []string{"site", "formation"}, "integres": true})); next.Total.Contrats != 1 || next.Total.Jours != 365 || !strings.Contains(next.Lignes[0].Cles["formation"], "CAP Cuisine") {
			t.Errorf("the next exercice: %+v", next)
		}
		funding := decode[struct {
			Au    string
			Total struct {
				Contrats     int
				Produit, PCA string
			}
		}](t, ask("financement", map[string]any{"au": "2025-12-31", "par": []string{"formation"}}))
		if funding.Au != "2025-12-31" || funding.Total.Contrats != 3 || funding.Total.Produit != "8021.91" || funding.Total.PCA != "1578.09" {
			t.Errorf("financement: %+v", funding)
		}
		one := decode[struct {
			Produit   string
			Annees    []any
			Echeances []any
		}](t, ask("financement_contrat", map[string]any{"codeContrat": "K1", "au": "2025-12-31"}))
		if one.Produit != "2673.97" || len(one.Annees) != 2 || len(one.Echeances) != 8 {
			t.Errorf("one contract: %+v", one)
		}
		type found struct {
			Contrats []struct {
				CodeContrat, Session, Motif string
				Champs                      map[string]string
			}
			Suite bool
		}
		if f := decode[found](t, ask("rechercher_contrats", map[string]any{"texte": "boulangerie DURAND"})); len(f.Contrats) != 1 || f.Contrats[0].CodeContrat != "K1" || f.Contrats[0].Motif != "aucun-modele" || f.Contrats[0].Champs["nomEntreprise"] != "Boulangerie Durand" || f.Contrats[0].Champs["npec"] != "8000" {
			t.Errorf("search: %+v", f)
		}
		// A search does not say either who is in a contract.
		if f := decode[found](t, ask("rechercher_contrats", map[string]any{"texte": "zyromski"})); len(f.Contrats) != 0 || f.Suite {
			t.Errorf("a person is found: %+v", f)
		}
		ask("societes", nil)
		for _, champ := range passerelle.Champs {
			if champ.Usager != passerelle.UsagerAucun && strings.Contains(everything.String(), `"`+champ.Nom+`":`) {
				t.Errorf("%s is answered", champ.Nom)
			}
		}
		for _, word := range []string{"Zyromsk", "Ludivine", apitest.Contrat("K1").CodeApprenant, "@"} {
			if strings.Contains(everything.String(), word) {
				t.Errorf("%q is answered:\n%s", word, everything.String())
			}
		}

		named := mcpSession(t, "--url", s.URL, "--token", o.Token, "--personnes")
		if f := toolAnswer[found](t, named, "rechercher_contrats", map[string]any{"texte": "ZYROMSKI"}); len(f.Contrats) != 1 || f.Contrats[0].Champs["prenomApprenant"] != "Ludivine" {
			t.Errorf("with people: %+v", f)
		}
		if text, _ := called(t, named, "anomalies", map[string]any{"code": "name-spelling"}); !strings.Contains(text, apitest.Contrat("K1").CodeApprenant) {
			t.Errorf("with people: %s", text)
		}
	})
}

func TestAnAssistantHasTheRightsOfItsTokenAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	o := hubForAssistant(t, s)
	poor, _ := s.Jeton(t, domaine.Jeton{OrganismeID: o.ID, Droits: domaine.Droits{domaine.DroitContrats}})
	contrats := mcpSession(t, "--url", s.URL, "--token", poor.Token)
	tools, err := contrats.ListTools(t.Context(), nil)
	if err != nil || len(tools.Tools) != 8 {
		t.Fatalf("%+v, %v", tools, err)
	}
	for _, tool := range tools.Tools {
		if a := tool.Annotations; a == nil || !a.ReadOnlyHint || a.DestructiveHint == nil || *a.DestructiveHint || tool.Title == "" || tool.Description == "" {
			t.Errorf("%s: %+v", tool.Name, a)
		}
	}
	for tool, arguments := range map[string]map[string]any{"exercices": nil, "ventilation": nil, "financement": nil, "non_integres": nil} {
		if text, refused := called(t, contrats, tool, arguments); !refused || !strings.Contains(text, "droit") {
			t.Errorf("%s without its right: %s", tool, text)
		}
	}
	if text, refused := called(t, contrats, "anomalies", nil); refused {
		t.Error(text)
	}

	// Every wrong call says what to do, in French, and is no end of the session.
	all := mcpSession(t, "--url", s.URL, "--token", o.Token)
	for _, wrong := range []struct {
		tool      string
		arguments map[string]any
		want      string
	}{
		{"anomalies", map[string]any{"limite": 100_000}, "« limite » de 1 à 200"},
		{"rechercher_contrats", map[string]any{"texte": "  "}, "au moins un mot"},
		{"exercices", map[string]any{"le": "31/12/2025"}, "AAAA-MM-JJ"},
		{"ventilation", map[string]any{"exercice": "N"}, "identifiant d’un exercice"},
		{"ventilation", map[string]any{"exercice": "999"}, "exercice"},
		{"ventilation", map[string]any{"par": []string{"humeur"}}, "humeur"},
		{"financement_contrat", map[string]any{"codeContrat": ""}, "codeContrat"},
		{"financement_contrat", map[string]any{"codeContrat": "PERSONNE"}, "contrat"},
		{"exercices", map[string]any{"societe": "77"}, "société"},
	} {
		if text, refused := called(t, all, wrong.tool, wrong.arguments); !refused || !strings.Contains(text, wrong.want) {
			t.Errorf("%s %v: %s", wrong.tool, wrong.arguments, text)
		}
	}
	unknown := mcpSession(t, "--url", s.URL, "--token", strings.Repeat("a", 43))
	if text, refused := called(t, unknown, "anomalies", nil); !refused || !strings.Contains(text, "jeton") {
		t.Errorf("an unknown token: %s", text)
	}
}

func TestAnAssistantOfACabinetNamesTheSociete(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	hubForAssistant(t, s)
	hubForAssistant(t, s)
	cabinet, _ := s.Jeton(t, domaine.Jeton{Droits: domaine.Droits{domaine.DroitExercices}})
	token := cabinet.Token
	a := mcpSession(t, "--url", s.URL, "--token", token)
	societes := toolAnswer[struct{ Societes []struct{ ID string } }](t, a, "societes", nil)
	if len(societes.Societes) != 2 {
		t.Fatalf("%+v", societes)
	}
	if text, refused := called(t, a, "exercices", nil); !refused {
		t.Errorf("without a société: %s", text)
	}
	if text, refused := called(t, a, "exercices", map[string]any{"societe": societes.Societes[1].ID}); refused {
		t.Error(text)
	}
	one := mcpSession(t, "--url", s.URL, "--token", token, "--societe", societes.Societes[0].ID)
	if text, refused := called(t, one, "exercices", nil); refused {
		t.Error(text)
	}
}

func TestAnAssistantIsAnsweredWithinBounds(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	o := s.Production(t, "CFA Horizon")
	list := apitest.Numbered(450)
	for i := range list {
		list[i].NomEntreprise = "Entreprise " + strings.Repeat("é", 480)
	}
	o.Post(t, "/api/sync/v1/contrats", apitest.Body(list...)).Want(t, 200)
	a := mcpSession(t, "--url", s.URL, "--token", o.Token)
	seen := map[string]bool{}
	for page := 1; ; page++ {
		text, refused := called(t, a, "rechercher_contrats", map[string]any{"texte": "entreprise", "page": page, "limite": 200})
		if refused || len(text) > 500_000 {
			t.Fatalf("%d bytes, refused: %v", len(text), refused)
		}
		f := decode[struct {
			Contrats []struct{ CodeContrat string }
			Suite    bool
		}](t, text)
		for _, c := range f.Contrats {
			seen[c.CodeContrat] = true
		}
		if !f.Suite {
			break
		}
		if page > 5 {
			t.Fatal("it goes on for ever")
		}
	}
	if len(seen) != 450 {
		t.Errorf("%d contracts seen on all pages", len(seen))
	}
	if text, _ := called(t, a, "anomalies", nil); len(text) > 20_000 {
		t.Errorf("20 anomalies in %d bytes", len(text))
	}
}

func TestAnAssistantIsStartedWithWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"mcp"}, {"mcp", "--url", "http://127.0.0.1:1"}, {"mcp", "--url", "hub.example", "--token", "x"}, {"mcp", "--url", "http://127.0.0.1:1", "--token", "x", "word"}} {
		if r := command(t, args...); r.status != exitUsage || r.stdout != "" {
			t.Errorf("%v: %+v", args, r)
		}
	}
	// Nobody at the other end, and what is no message at all.
	for _, text := range []string{"", "pas du JSON\n", "{}\n"} {
		var out, said bytes.Buffer
		status := run(t.Context(), []string{"mcp", "--url", "http://127.0.0.1:1", "--token", "x"}, strings.NewReader(text), &out, &said)
		if strings.Contains(said.String(), "panic") || text == "" && status != exitDone {
			t.Errorf("%q: status %d, %s", text, status, &said)
		}
	}
}
