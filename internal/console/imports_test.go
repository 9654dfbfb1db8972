package console_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// sheet writes contracts as a CSV export with the names that people read.
func sheet(list []passerelle.Contrat) []byte {
	return apitest.CSVTitled(list, func(c passerelle.Champ) string { return c.Libelle })
}

func (s *site) dropped(t testing.TB, name string, contents []byte) *hub.ImportOuvert {
	t.Helper()
	o, err := s.hub.Imports.CreateImport(t.Context(), hub.Acteur{Organisme: s.organisme, Nom: "Camille Renard"}, name, "", bytes.NewReader(contents))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	return o
}

func (s *site) imported(t testing.TB, name string, contents []byte) {
	t.Helper()
	id := s.dropped(t, name, contents).ID
	o, err := s.hub.Imports.Import(t.Context(), s.organisme, id)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	a, err := s.hub.Imports.ApercuImport(t.Context(), o, hub.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.hub.Imports.ConfirmImport(t.Context(), hub.Acteur{Organisme: s.organisme, Nom: "Camille Renard"}, id, hub.ImportOptions{Version: a.Version})
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Push.Close(); err != nil {
		t.Fatal(err)
	}
}

var versionField = regexp.MustCompile(`name="version" value="([^"]+)"`)

// gabarit is the template of the field, whose first pair of dates is American.
func gabarit(t *testing.T) []byte {
	t.Helper()
	contents, err := os.ReadFile("../tableur/testdata/gabarit-api-sync.csv")
	if err != nil {
		t.Fatal(err)
	}
	return contents
}

func TestAFileIsMappedPreviewedAndRecorded(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleIntegration)
		accountant := s.as(t, domaine.RoleComptabilite)
		accountant.get("/").hasNot(t, `href="/imports"`)
		accountant.get("/imports").has(t, http.StatusForbidden)
		v.get("/imports").has(t, http.StatusOK, "Aucun fichier déposé", `href="/imports" aria-current="page"`)
		v.post("/imports", nil).has(t, http.StatusUnprocessableEntity, "Choisissez un fichier CSV ou XLSX", `aria-invalid="true"`)
		v.send("/imports", "%PDF-1.7 not a table", nil).has(t, http.StatusUnprocessableEntity, `id="erreur"`, "PDF")

		p := v.send("/imports", string(gabarit(t)), nil)
		p.has(t, http.StatusOK, "Rien n’est encore enregistré", "Ce que cela donne", "<span>Eugenio</span>", "Tous les champs obligatoires ont une source")
		if p.path != "/imports/1/correspondance" {
			t.Fatalf("dropped at %s", p.path)
		}
		form := matriceOf(p.body)
		// The other pair of dates: shown with its faults, kept only when asked for.
		form.Set("source.dateDebut", "cK")
		form.Set("action", "recalculer")
		v.post(p.path, form).has(t, http.StatusOK, "« 4/30/2021 » n’est pas une date", "Vos choix ne sont pas encore gardés")
		v.get(p.path).hasNot(t, "4/30/2021")
		form.Set("dates.dateDebut", "M/J/AAAA")
		form.Set("source.nomMarque", "fixe")
		form.Set("source.nomSite", "")
		v.post(p.path, form).has(t, http.StatusOK, "<span>30/04/2021</span>", `name="fixe.nomMarque"`, `href="#source-nomSite">Nom du site</a>`)
		form.Set("action", "enregistrer")
		v.post(p.path, form).has(t, http.StatusUnprocessableEntity, `id="e-nomSite"`)
		form.Set("source.nomSite", "cC")
		form.Set("source.nomMarque", "")
		form.Set("dates.dateDebut", "")
		p = v.post(p.path, form)
		p.has(t, http.StatusOK, "Rien n’est encore enregistré", "En erreur", "K · dateDebut", "« 4/30/2021 » n’est pas une date", "A · codeContrat", "Laisser de côté")
		p.hasNot(t, "L · dateFin", "nomEntreprise")
		if p.path != "/imports/1" {
			t.Fatalf("previewed at %s", p.path)
		}
		v.get("/imports/1?vue=lignes").has(t, http.StatusOK, "Yadel", "Colonnes qui ne servent pas : dateFin (L), des dates ; dateDebut (Z), des dates")
		v.get("/imports/1?vue=changements").has(t, http.StatusOK, "Melisent Gryglewski", "Ajouté")
		version := versionField.FindStringSubmatch(p.body)[1]
		v.post("/imports/1/confirmer", url.Values{"version": {version}}).has(t, http.StatusConflict, "Rien n’est enregistré : des lignes sont en erreur")
		v.post("/imports/1/confirmer", url.Values{"version": {"another"}}).has(t, http.StatusConflict, "ont changé depuis l’aperçu")
		for format, head := range map[string]string{"csv": "\ufeff", "xlsx": "PK"} {
			if report := v.get("/imports/1/rapport." + format); report.status != http.StatusOK || !strings.HasPrefix(report.body, head) {
				t.Errorf("the report as %s: %d", format, report.status)
			}
		}
		if transmis, _, err := integrated(t, s); err != nil || transmis != 0 {
			t.Fatalf("%d contracts before the confirmation (%v)", transmis, err)
		}
		p = v.post("/imports/1/correspondance", url.Values{"action": {"proposition"}})
		p.has(t, http.StatusOK, "Tous les champs obligatoires ont une source")
		p = v.get("/imports/1")
		p.has(t, http.StatusOK, "Enregistrer ces changements")
		p = v.post("/imports/1/confirmer", url.Values{"version": versionField.FindStringSubmatch(p.body)[1:]})
		p.has(t, http.StatusOK, "L’import est enregistré", "Enregistré : <a href=\"/synchronisations/1\">synchronisation 1</a>", `href="/modeles"`)
		p.hasNot(t, "<strong>Rien n’est encore enregistré.</strong>")
		if file := v.get("/imports/1/fichier"); file.body != string(gabarit(t)) || !strings.Contains(file.header.Get("Content-Disposition"), "exercices.tra") {
			t.Error("the file that is kept is another one")
		}
		v.get("/imports").has(t, http.StatusOK, "Enregistré", "synchronisation 1")
		v.get("/synchronisations/1").has(t, http.StatusOK, "Import d’un fichier", `href="/imports/1"`)

		p = v.send("/imports", string(gabarit(t)), nil)
		p.has(t, http.StatusOK, "correspondance du dernier import (version 1)", "Enregistrer, sans rien changer")
		if p.path != "/imports/2" {
			t.Errorf("a file that is read as the last one was goes to %s", p.path)
		}
		v.get("/imports/2/correspondance").has(t, http.StatusOK, "Version 1 du")
		v.post("/imports/2/correspondance", url.Values{"action": {"json"}, "json": {`{"version":1,`}}).has(t, http.StatusUnprocessableEntity, `id="e-json"`, "{&#34;version&#34;:1,")
		v.post("/imports/2/correspondance", url.Values{"action": {"json"}, "json": {`{"version":1,"champs":{}}`}}).has(t, http.StatusOK, "à compléter")
		v.get("/imports/2").has(t, http.StatusOK, "La correspondance ne convient pas à ce fichier")
		v.get("/imports/2/rapport.csv").has(t, http.StatusUnprocessableEntity, "ne convient pas à ce fichier")
		v.post("/imports/2/correspondance", url.Values{"action": {"version"}, "version": {"1"}}).has(t, http.StatusOK, "Tous les champs obligatoires")
		v.post("/imports/2/abandonner", nil).has(t, http.StatusOK, "Le fichier est abandonné")
		v.get("/imports/2").has(t, http.StatusNotFound)
		if strings.Contains(s.logs.String(), "tripadvisor") {
			t.Error("an address is in the log")
		}
	})
}

var (
	selects = regexp.MustCompile(`(?s)<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>`)
	chosen  = regexp.MustCompile(`value="([^"]*)" selected`)
)

// matriceOf reads the form of a mapping off its page.
func matriceOf(body string) url.Values {
	values := url.Values{}
	for _, m := range selects.FindAllStringSubmatch(body, -1) {
		if option := chosen.FindStringSubmatch(m[2]); option != nil {
			values.Set(m[1], option[1])
		}
	}
	return values
}

func TestAnImportThatArchivesMuchIsHeldOrMeant(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 100)
		v := s.as(t, domaine.RoleIntegration)
		confirm := func(fields ...string) page {
			p := v.get("/imports/1")
			form := url.Values{"version": {versionField.FindStringSubmatch(p.body)[1]}}
			for _, field := range fields {
				form.Set(field, "oui")
			}
			return v.post("/imports/1/confirmer", form)
		}
		s.dropped(t, "court.csv", sheet(contrats[:20]))
		v.get("/imports/1").has(t, http.StatusOK, "C’est voulu : enregistrer quand même", "seuil de 30 %")
		confirm().has(t, http.StatusOK, "Retenu : rien n’est encore enregistré", `href="/synchronisations/3"`)
		v.get("/imports").has(t, http.StatusOK, "Retenu, à décider")
		confirm("archivage").has(t, http.StatusOK, "Enregistré : <a href=\"/synchronisations/4\">")
		if transmis, _, err := integrated(t, s); err != nil || transmis != 20 {
			t.Errorf("%d contracts (%v)", transmis, err)
		}
	})
}

func TestAMappingKeepsWhatItsFormCannotSay(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	v := s.as(t, domaine.RoleIntegration)
	s.dropped(t, "contrats.csv", sheet(oneContrat))
	const document = `{"version":1,"champs":{"nomGroupe":{"joindre":["Nom du groupe","Nom du site"],"avec":" / "},"nomSite":{"colonne":"Nom du site","traductions":{"Lille":"Lille Centre"},"defaut":"Lyon"}}}`
	v.post("/imports/1/correspondance", url.Values{"action": {"json"}, "json": {document}}).has(t, http.StatusOK, "à compléter", "(réglage de la matrice)",
		"plusieurs colonnes bout à bout", "1 traduction, « Lyon » quand la cellule est vide", " / ")
	form := matriceOf(v.get("/imports/1/correspondance").body)
	form.Set("source.codeContrat", "cA")
	form.Set("action", "recalculer")
	p := v.post("/imports/1/correspondance", form)
	p.has(t, http.StatusOK, "&#34;joindre&#34;", "&#34;traductions&#34;", "&#34;codeContrat&#34;: &#34;Code du contrat&#34;")
	// Another column takes what the first one had along.
	form.Set("source.nomSite", "cD")
	form.Set("source.codeSite", "code")
	p = v.post("/imports/1/correspondance", form)
	p.has(t, http.StatusOK, "&#34;nomSite&#34;: &#34;Code du site&#34;", "&#34;codeDe&#34;")
	p.hasNot(t, "&#34;traductions&#34;")
}

func TestASheetOfAWorkbookIsChosen(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	book := excelize.NewFile()
	defer book.Close()
	rows, err := csv.NewReader(strings.NewReader(strings.ReplaceAll(string(sheet(oneContrat)), ";", ","))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for name, titles := range map[string][][]string{"Sheet1": {{"Ville", "Nombre"}, {"Lille", "3"}, {"Lyon", "4"}}, "Contrats": rows} {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range titles {
			if err := book.SetSheetRow(name, "A"+strconv.Itoa(i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		t.Fatal(err)
	}
	v := s.as(t, domaine.RoleIntegration)
	v.send("/imports", file.String(), nil).has(t, http.StatusOK, "feuille « Contrats »", "Lire cette feuille") // it fits best
	v.post("/imports/1/correspondance", url.Values{"action": {"feuille"}, "feuille": {"Sheet1"}}).has(t, http.StatusOK, "feuille « Sheet1 »", "à compléter")
	v.post("/imports/1/correspondance", url.Values{"action": {"feuille"}, "feuille": {"Contrats"}}).has(t, http.StatusOK, "feuille « Contrats »", "Tous les champs obligatoires", oneContrat[0].NomEntreprise)
	v.get("/imports/1").has(t, http.StatusOK, "feuille « Contrats »", "Enregistrer ces changements")
}

func TestImportsOfOthersAreOutOfReach(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	other, err := s.hub.Organismes.CreateOrganisme(t.Context(), "Autre", false)
	if err != nil {
		t.Fatal(err)
	}
	mine := s.organisme
	s.organisme = other.ID
	id := strconv.FormatInt(s.dropped(t, "autre.csv", sheet(oneContrat)).ID, 10)
	s.organisme = mine
	v := s.as(t, domaine.RoleAdministration)
	for _, path := range []string{"", "/correspondance", "/fichier", "/rapport.csv"} {
		v.get("/imports/"+id+path).has(t, http.StatusNotFound)
	}
	for _, path := range []string{"/correspondance", "/confirmer", "/abandonner"} {
		v.post("/imports/"+id+path, url.Values{"version": {"x"}}).has(t, http.StatusNotFound)
	}
	v.get("/imports").has(t, http.StatusOK, "Aucun fichier déposé")
}

func TestFromAFreshServerToIntegratedContractsWithAFile(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, scripts bool) {
		contrats := slices.Collect(demo.Generate(demo.Params{Contrats: 24, Seed: 1}))
		contrats[3].EmailApprenant = "pas une adresse"
		file := sheet(contrats)
		// The file has a title that names nothing.
		file = bytes.Replace(file, []byte("Nom de l’entreprise"), []byte("Chez qui"), 1)
		path := filepath.Join(t.TempDir(), "export.csv")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		b.login(domaine.RoleIntegration)
		b.click(`.aFaire a[href="/imports"]`)
		b.sees("Aucun fichier déposé")
		b.do("choose a file", chromedp.SetUploadFiles(chromedp.CSS("#fichier"), []string{path}))
		b.click(`form[action="/imports"] button`)
		b.sees("1 champ à compléter")
		b.do("choose a column", chromedp.SetValue(chromedp.CSS("#source-nomEntreprise"), b.eval(`Array.from(document.querySelector("#source-nomEntreprise").options).find(o => o.text.includes("Chez qui")).value`)))
		if scripts {
			b.sees("Tous les champs obligatoires ont une source") // as one chooses
			b.sees(contrats[0].NomEntreprise)
		}
		b.click(`button[value="enregistrer"]`)
		b.sees("Rien n’est encore enregistré")
		b.sees("Seules les lignes et les colonnes en erreur")
		b.do("confirm", chromedp.Click(chromedp.CSS(`.confirmer button`))) // which a script answers on this page
		b.sees("Rien n’est enregistré : des lignes sont en erreur")
		b.do("tick", chromedp.Click(chromedp.CSS(`input[name="partiel"]`)))
		b.click(`.confirmer button`)
		b.sees("Enregistré : synchronisation 1")
		b.click(`main a[href="/modeles"]`)
		b.placeAll()
		if transmis, integres, err := integrated(t, s); err != nil || transmis != 23 || integres != 23 {
			t.Errorf("%d contracts, %d integrated (%v)", transmis, integres, err)
		}
	})
}
