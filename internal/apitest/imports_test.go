package apitest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const imports = "/api/admin/v1/imports"

// imported is an import as the API shows it, as far as the tests look.
type imported struct {
	ID, Etat, OrigineMatrice string
	Nom, Synchronisation     *string
	Colonnes                 []struct{ Lettre, Nom string }
	Matrice                  json.RawMessage
	Problemes                []struct{ Field, Missing, Message string }
	Propositions             []struct {
		Field      string
		Confidence int
	}
	Apercu *apercu
}

type apercu struct {
	Version                       string
	Lignes, LignesEnErreur        int
	Added, Updated, Same, Removed int
	Retenu                        bool
	ErreursTotal                  int
	Erreurs                       []struct {
		Row           int
		Cell, Field   *string
		Code, Message string
	}
	Changes []struct {
		CodeContrat, Type string
		Changes           []struct{ Field string }
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func drop(t *testing.T, o *apitest.Organisme, name string, contents []byte) imported {
	t.Helper()
	a := o.Post(t, imports, contents, apitest.Header("Content-Type", "text/csv"), apitest.Header("Content-Disposition", `attachment; filename="`+name+`"`))
	i := apitest.Decode[imported](t, a.Want(t, 201))
	if a.Header.Get("Location") != imports+"/"+i.ID {
		t.Errorf("Location %q", a.Header.Get("Location"))
	}
	return i
}

func look(t *testing.T, o *apitest.Organisme, id string) imported {
	t.Helper()
	return apitest.Decode[imported](t, o.Get(t, imports+"/"+id).Want(t, 200))
}

func confirm(t *testing.T, o *apitest.Organisme, id, version, query string) *apitest.Answer {
	t.Helper()
	return o.Post(t, imports+"/"+id+"/confirmer"+query, map[string]string{"version": version})
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(readFile(t, path)), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestTheTemplateOfTheFieldIsImported(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		file := readFile(t, "../tableur/testdata/gabarit-api-sync.csv")
		i := drop(t, o, "gabarit.csv", file)
		if i.OrigineMatrice != "proposition" || len(i.Problemes) != 0 || len(i.Colonnes) != 29 || i.Apercu != nil {
			t.Errorf("dropped: %+v", i)
		}
		// A person chooses the first pair of dates, which are not as expected.
		wrong := bytes.Replace(readFile(t, "../tableur/testdata/gabarit-mapping.json"), []byte(`"occurrence": 2`), []byte(`"occurrence": 1`), 1)
		i = apitest.Decode[imported](t, o.Put(t, imports+"/"+i.ID+"/mapping", map[string]any{"matrice": json.RawMessage(wrong)}).Want(t, 200))
		if i.OrigineMatrice != "choix" || i.Apercu.ErreursTotal == 0 || *i.Apercu.Erreurs[0].Cell != "K2" {
			t.Fatalf("preview with errors: %+v", i.Apercu)
		}
		report := o.Get(t, imports+"/"+i.ID+"/rapport?format=csv").Want(t, 200)
		golden(t, "gabarit-rapport.csv", report.Body)
		if book := o.Get(t, imports+"/"+i.ID+"/rapport").Want(t, 200); !bytes.HasPrefix(book.Body, []byte("PK")) {
			t.Error("the report is no workbook")
		}
		refused := confirm(t, o, i.ID, i.Apercu.Version, "").WantRefusal(t, 422, "invalid contrats", "5 erreurs", "partiel=oui")
		if a := apitest.Decode[imported](t, refused).Apercu; a == nil || a.ErreursTotal != 5 {
			t.Errorf("the refusal shows %+v", a)
		}
		// With the mapping of the field, all rows are good.
		good := readFile(t, "../tableur/testdata/gabarit-mapping.json")
		o.Put(t, imports+"/"+i.ID+"/mapping", map[string]any{"matrice": json.RawMessage(good)}).Want(t, 200)
		preview := o.Get(t, imports+"/"+i.ID).Want(t, 200)
		i = apitest.Decode[imported](t, preview)
		shown := apitest.Decode[struct{ Apercu json.RawMessage }](t, preview)
		var indented bytes.Buffer
		if err := json.Indent(&indented, shown.Apercu, "", "  "); err != nil {
			t.Fatal(err)
		}
		golden(t, "gabarit-apercu.json", append(indented.Bytes(), '\n'))
		if list := apitest.Decode[struct{ Total int }](t, o.Get(t, "/api/sync/v1/contrats-get-all").Want(t, 200)); list.Total != 0 {
			t.Fatalf("%d contracts are recorded before the confirmation", list.Total)
		}
		done := apitest.Decode[struct {
			Added           int
			Synchronisation string
		}](t, confirm(t, o, i.ID, i.Apercu.Version, "").Want(t, 200))
		if done.Added != 10 || done.Synchronisation != "1" {
			t.Errorf("%+v", done)
		}
		if list := apitest.Decode[struct{ Total int }](t, o.Get(t, "/api/sync/v1/contrats-get-all").Want(t, 200)); list.Total != 10 {
			t.Errorf("%d contracts are transmitted", list.Total)
		}
		line := apitest.Decode[struct{ Origine string }](t, o.Get(t, "/api/sync/v1/synchronisations/1").Want(t, 200))
		if line.Origine != "import" {
			t.Errorf("origin %q", line.Origine)
		}
		kept := apitest.Decode[struct{ Imports []imported }](t, o.Get(t, imports+"?synchronisation=1").Want(t, 200)).Imports
		if len(kept) != 1 || kept[0].Etat != "importe" || *kept[0].Nom != "gabarit.csv" {
			t.Errorf("kept: %+v", kept)
		}
		if original := o.Get(t, imports+"/"+i.ID+"/fichier").Want(t, 200); !bytes.Equal(original.Body, file) || !strings.Contains(original.Header.Get("Content-Disposition"), "gabarit.csv") {
			t.Error("the file that is kept is not the one that was dropped")
		}
		confirm(t, o, i.ID, i.Apercu.Version, "").WantRefusal(t, 409, "already imported", "synchronisation 1")
		o.Delete(t, imports+"/"+i.ID).WantRefusal(t, 409, "already imported")

		t.Run("the next file is read the same way", func(t *testing.T) {
			next := drop(t, o, "gabarit.csv", file)
			if next.OrigineMatrice != "memoire" {
				t.Errorf("mapping from %s", next.OrigineMatrice)
			}
			if a := look(t, o, next.ID).Apercu; a.Same != 10 || a.Added+a.Updated+a.Removed != 0 {
				t.Errorf("%+v", a)
			}
		})
		if strings.Contains(s.Log.String(), "@") {
			t.Error("an address is in the log")
		}
	})
}

func TestAConfirmationAfterTheDataChangedShowsTheNewDiffFirst(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Numbered(3)...)).Want(t, 200)
		i := drop(t, o, "export.csv", apitest.CSV(apitest.Numbered(4)))
		seen := look(t, o, i.ID).Apercu
		if seen.Added != 1 || seen.Same != 3 || seen.Changes[0].CodeContrat != "K0004" || seen.Changes[0].Type != "added" {
			t.Fatalf("%+v", seen)
		}
		// The same contracts again change nothing of what was looked at.
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Numbered(3)...)).Want(t, 200)
		if again := look(t, o, i.ID).Apercu; again.Version != seen.Version {
			t.Error("a push that changed nothing made the preview another one")
		}
		changed := apitest.Numbered(5)
		changed[0].NomEntreprise = "Boulangerie Roux"
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(changed...)).Want(t, 200)
		stale := apitest.Decode[imported](t, confirm(t, o, i.ID, seen.Version, "").WantRefusal(t, 409, "preview outdated", "nouvel aperçu"))
		now := stale.Apercu
		if now.Updated != 1 || now.Removed != 1 || now.Added != 0 || now.Version == seen.Version || len(now.Changes) != 2 {
			t.Fatalf("%+v", now)
		}
		if c := now.Changes[0]; c.Type != "updated" || c.Changes[0].Field != "nomEntreprise" {
			t.Errorf("%+v", c)
		}
		if c := now.Changes[1]; c.Type != "removed" || c.CodeContrat != "K0005" {
			t.Errorf("%+v", c)
		}
		page := apitest.Decode[imported](t, o.Get(t, imports+"/"+i.ID+"?limit=1&page=2").Want(t, 200)).Apercu
		if len(page.Changes) != 1 || page.Changes[0].Type != "removed" || page.Version != now.Version {
			t.Errorf("the second page: %+v", page)
		}
		confirm(t, o, i.ID, now.Version, "").Want(t, 200)
	})
}

func TestRowsInErrorCanBeLeftOut(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Numbered(2)...)).Want(t, 200)
		list := apitest.Numbered(4)
		list[0].EmailApprenant = "nobody"
		list[1].DateDebut = "31/02/2026"
		i := drop(t, o, "export.csv", apitest.CSV(list))
		a := look(t, o, i.ID).Apercu
		if a.LignesEnErreur < 2 || a.Removed != 0 || *a.Erreurs[0].Cell != "O2" || *a.Erreurs[1].Cell != "Y3" || a.Erreurs[1].Code != "date-format" {
			t.Fatalf("%+v", a)
		}
		answer := apitest.Decode[struct {
			Success               bool
			Invalid, Total, Added int
		}](t, confirm(t, o, i.ID, a.Version, "?partiel=oui").Want(t, 200))
		if answer.Success || answer.Invalid != a.LignesEnErreur || answer.Total != 4-answer.Invalid+2 {
			t.Errorf("%+v", answer)
		}
	})
}

func TestAnImportThatArchivesTooMuchAsksForIt(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Numbered(60)...)).Want(t, 200)
		i := drop(t, o, "export.csv", apitest.CSV(apitest.Numbered(5)))
		a := look(t, o, i.ID).Apercu
		if !a.Retenu || a.Removed != 55 {
			t.Fatalf("%+v", a)
		}
		held := apitest.Decode[struct{ Synchronisation string }](t, confirm(t, o, i.ID, a.Version, "").WantRefusal(t, 409, "mass archive"))
		if now := look(t, o, i.ID); now.Etat != "retenu" || *now.Synchronisation != held.Synchronisation {
			t.Errorf("%+v", now)
		}
		o.Post(t, "/api/sync/v1/synchronisations/"+held.Synchronisation+"/confirmer", nil).Want(t, 200)
		if now := look(t, o, i.ID); now.Etat != "importe" || *now.Synchronisation != "3" {
			t.Errorf("after the confirmation: %+v", now)
		}
		next := drop(t, o, "export.csv", apitest.CSV(apitest.Numbered(40)))
		confirm(t, o, next.ID, look(t, o, next.ID).Apercu.Version, "").Want(t, 200)
		last := drop(t, o, "export.csv", apitest.CSV(apitest.Numbered(2)))
		confirm(t, o, last.ID, look(t, o, last.ID).Apercu.Version, "?confirmer=archivage").Want(t, 200)
	})
}

func TestWhatCannotBeImportedSaysWhy(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		raw := apitest.Header("Content-Type", "application/octet-stream")
		o.Post(t, imports, "%PDF-1.7", raw).WantRefusal(t, 422, "file-kind", "PDF")
		o.Post(t, imports, "a\nb\n", raw).WantRefusal(t, 422, "file-one-column", "séparateur")
		o.Post(t, imports, `{"contrats":[]}`, raw).WantRefusal(t, 422, "file-kind", "JSON")
		o.Post(t, imports, strings.NewReader("--x--\r\n"), apitest.Header("Content-Type", "multipart/form-data; boundary=x")).WantRefusal(t, 400, "no file", "fichier")
		o.Get(t, imports+"/99").WantRefusal(t, 404, "not found")
		i := drop(t, o, "court.csv", []byte("Code contrat;Nom alternant\nK1;Martin\n"))
		if len(i.Problemes) < 10 || look(t, o, i.ID).Apercu != nil {
			t.Errorf("%+v", i)
		}
		confirm(t, o, i.ID, "x", "").WantRefusal(t, 422, "mapping mismatch", "matrice")
		o.Get(t, imports+"/"+i.ID+"/rapport").WantRefusal(t, 422, "mapping mismatch")
		o.Get(t, imports+"/"+i.ID+"/rapport?format=pdf", apitest.Wrong()).WantRefusal(t, 400, "invalid parameter")
		o.Put(t, imports+"/"+i.ID+"/mapping", `{"matrice":{"version":7}}`).WantRefusal(t, 422, "invalid mapping", "version")
		o.Put(t, imports+"/"+i.ID+"/mapping", `{}`).WantRefusal(t, 422, "invalid mapping", "« matrice »")
		// A null character cannot come with the file, but with the mapping.
		null := drop(t, o, "export.csv", apitest.CSV(apitest.Numbered(1)))
		m := json.RawMessage(`{"version":1,"memeNom":true,"champs":{"nomEntreprise":{"constante":"a\u0000b"}}}`)
		null = apitest.Decode[imported](t, o.Put(t, imports+"/"+null.ID+"/mapping", map[string]any{"matrice": m}).Want(t, 200))
		if e := null.Apercu.Erreurs; len(e) != 1 || *e[0].Field != "nomEntreprise" || e[0].Cell != nil || e[0].Row != 2 {
			t.Errorf("%+v", null.Apercu)
		}
		o.Delete(t, imports+"/"+i.ID).Want(t, 204)
		o.Get(t, imports+"/"+i.ID).WantRefusal(t, 404, "not found")
		other := s.Production(t, "CFA Autre")
		kept := drop(t, o, "export.csv", apitest.CSV(apitest.Numbered(1)))
		other.Get(t, imports+"/"+kept.ID).WantRefusal(t, 404, "not found")
		other.Get(t, imports+"/"+kept.ID+"/fichier").WantRefusal(t, 404, "not found")
		confirm(t, other, kept.ID, "x", "").WantRefusal(t, 404, "not found")
	})
}

func TestAFileOfAFormIsTaken(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		var form bytes.Buffer
		parts := multipart.NewWriter(&form)
		if err := parts.WriteField("commentaire", "x"); err != nil {
			t.Fatal(err)
		}
		part, err := parts.CreateFormFile("fichier", `C:\Exports\contrats été.csv`)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(apitest.CSV(apitest.Numbered(2))); err != nil {
			t.Fatal(err)
		}
		if err := parts.Close(); err != nil {
			t.Fatal(err)
		}
		i := apitest.Decode[imported](t, o.Post(t, imports, bytes.NewReader(form.Bytes()), apitest.Header("Content-Type", parts.FormDataContentType())).Want(t, 201))
		if *i.Nom != "contrats été.csv" || look(t, o, i.ID).Apercu.Added != 2 {
			t.Errorf("%+v", i)
		}
		cut := bytes.NewReader(form.Bytes()[:form.Len()-len("\r\n--"+parts.Boundary()+"--\r\n")-10])
		o.Post(t, imports, cut, apitest.Header("Content-Type", parts.FormDataContentType())).WantRefusal(t, 400, "unreadable body")
	})
}

func TestFilesOfImportsAreForgotten(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		waiting := drop(t, o, "attente.csv", apitest.CSV(apitest.Numbered(1)))
		done := drop(t, o, "fait.csv", apitest.CSV(apitest.Numbered(2)))
		m := json.RawMessage(`{"version":1,"memeNom":true,"champs":{"codePersonnel":{"constante":"P1"}}}`)
		done = apitest.Decode[imported](t, o.Put(t, imports+"/"+done.ID+"/mapping", map[string]any{"matrice": m}).Want(t, 200))
		confirm(t, o, done.ID, done.Apercu.Version, "").Want(t, 200)

		s.Clock.Advance(hub.ImportFor + time.Hour)
		if n, err := s.Hub.Imports.ExpireImports(t.Context()); err != nil || n != 1 {
			t.Errorf("%d expired, %v", n, err)
		}
		o.Get(t, imports+"/"+waiting.ID).WantRefusal(t, 404, "not found")
		o.Get(t, imports+"/"+done.ID+"/fichier").Want(t, 200)

		e, err := s.Hub.Personnes.ErasePersonne(t.Context(), hub.Acteur{Organisme: o.ID, Nom: "testeuse"}, "P1")
		if err != nil || len(e.Fichiers) != 1 {
			t.Fatalf("%+v, %v", e, err)
		}
		if now := look(t, o, done.ID); now.Nom != nil || string(now.Matrice) != "null" || now.Etat != "importe" {
			t.Errorf("%+v", now)
		}
		o.Get(t, imports+"/"+done.ID+"/fichier").WantRefusal(t, 404, "file erased", "effacé")
		next := drop(t, o, "suite.csv", apitest.CSV(apitest.Numbered(2)))
		if next.OrigineMatrice != "proposition" || strings.Contains(string(next.Matrice), "P1") {
			t.Errorf("the mapping that named the person is still kept: %s", next.Matrice)
		}
	})
}
