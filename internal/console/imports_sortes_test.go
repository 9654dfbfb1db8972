package console_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func TestAFileOfSomeContractsArchivesNobody(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.mustPush(t, apitest.Contrats("K1", "K2", "K3"))
		v := s.as(t, domaine.RoleIntegration)
		list := apitest.Contrats("K2", "K9")
		list[0].MissionTitle = "Vendeuse"
		s.dropped(t, "quelques-uns.csv", sheet(list))
		v.get("/imports/1").has(t, http.StatusOK, "seront archivés", "ajouter et corriger, n’archiver personne")
		p := v.get("/imports/1?archiver=non")
		p.has(t, http.StatusOK, "n’archive personne", `name="archiver" value="non"`)
		version := versionField.FindStringSubmatch(p.body)[1]
		// The version is that of this way of reading: confirmed the other way, it is another preview.
		v.post("/imports/1/confirmer", url.Values{"version": {version}}).has(t, http.StatusConflict, "ont changé depuis l’aperçu")
		v.post("/imports/1/confirmer", url.Values{"version": {version}, "archiver": {"non"}}).has(t, http.StatusOK, "L’import est enregistré")
		if transmis, _, err := integrated(t, s); err != nil || transmis != 4 {
			t.Errorf("%d contracts are active (%v), want 4", transmis, err)
		}
	})
}

func TestAllSheetsOfAWorkbookAreReadAsOne(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	book, err := os.ReadFile("../tableur/testdata/champ/60-une-feuille-par-site.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	v := s.as(t, domaine.RoleIntegration)
	v.send("/imports", string(book), nil).has(t, http.StatusOK, "feuille « Lyon »", "Toutes les feuilles de mêmes colonnes")
	v.get("/imports/1").has(t, http.StatusOK, "La feuille « Vienne » contient aussi un tableau", "3</dd>")
	v.post("/imports/1/correspondance", url.Values{"action": {"feuille"}, "feuille": {"*"}}).has(t, http.StatusOK, "de toutes les feuilles")
	p := v.get("/imports/1?vue=lignes")
	p.has(t, http.StatusOK, "toutes les feuilles", "6 <small>")
	v.post("/imports/1/confirmer", url.Values{"version": versionField.FindStringSubmatch(p.body)[1:]}).has(t, http.StatusOK, "L’import est enregistré")
	if transmis, _, err := integrated(t, s); err != nil || transmis != 6 {
		t.Errorf("%d contracts are active (%v), want 6", transmis, err)
	}
}

func TestAPartOfAColumnIsChosen(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	list := apitest.Contrats("K1")
	list[0].NomApprenant = "LE GOFF Anne-Marie" // as some software writes it
	v := s.as(t, domaine.RoleIntegration)
	v.send("/imports", string(sheet(list)), nil).has(t, http.StatusOK, "Partie de la colonne")
	p := v.get("/imports/1/correspondance")
	form := matriceOf(p.body)
	column := ""
	for i, champ := range passerelle.Champs {
		if champ.Nom == "nomApprenant" {
			column = "p" + string(rune('A'+i))
		}
	}
	form.Set("source.nomApprenant", column)
	form.Set("source.prenomApprenant", column)
	form.Set("action", "recalculer")
	v.post("/imports/1/correspondance", form).has(t, http.StatusOK, "<span>LE GOFF</span>", "<span>Anne-Marie</span>", "le nom de la personne, séparé par les majuscules")
	form.Set("action", "enregistrer")
	v.post("/imports/1/correspondance", form).has(t, http.StatusOK, "Anne-Marie LE GOFF")
}

func TestWhatCannotBeReadAsContractsIsRefusedInItsWords(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	book := excelize.NewFile()
	for i, row := range [][]any{{"Produit", "Prix"}, {"Stylo", 2}} {
		if err := book.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := errors.Join(book.Write(&file), book.Close()); err != nil {
		t.Fatal(err)
	}
	v := s.as(t, domaine.RoleIntegration)
	// Of another table the mapping is asked for, and nothing is previewed or recorded without it.
	v.send("/imports", file.String(), nil).has(t, http.StatusOK, "à compléter")
	v.get("/imports/1").has(t, http.StatusOK, "La correspondance ne convient pas à ce fichier", "Code du contrat")
	v.post("/imports/1/confirmer", url.Values{"version": {"x"}}).has(t, http.StatusUnprocessableEntity, "ne convient pas")
	v.send("/imports", "***S5"+strings.Repeat(" ", 200)+"\r\n", nil).has(t, http.StatusUnprocessableEntity, "fichier TRA de comptabilité", "au format Excel")
	s.as(t, domaine.RoleComptabilite).send("/tra/importer", file.String(), nil).has(t, http.StatusUnprocessableEntity, "C’est un classeur Excel, pas un fichier TRA")
}

func TestTheMappingPageShowsTheCodesThatTheHubKnows(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	contrats := slices.Collect(demo.Generate(demo.Params{Contrats: 40, Seed: 1}))
	s.mustPush(t, contrats)
	o := s.dropped(t, "sans-codes.csv", withoutCodes(t, sheet(contrats[:3])))
	v := s.as(t, domaine.RoleIntegration)
	p := v.get(fmt.Sprintf("/imports/%d/correspondance", o.ID))
	for _, c := range contrats[:3] {
		for _, code := range []string{c.CodeGroupe, c.CodeSite, c.CodeApprenant, c.CodePersonnel} {
			if !strings.Contains(p.body, ">"+code+"<") {
				t.Errorf("%s is not shown", code)
			}
		}
		if made := strings.ToLower(strings.ReplaceAll(c.NomSite, " ", "-")); strings.Contains(p.body, made+"-") {
			t.Errorf("a code made of %q is shown", c.NomSite)
		}
	}
}
