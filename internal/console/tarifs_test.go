package console_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

const prices = "par;code;montant annuel;debut;fin\r\nformation;GPME;7300,50;;\r\nrncp;38362;8000;01/09/2022;31/08/2025\r\n"

func TestAPriceListIsCheckedImportedAndKept(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v, reader := s.as(t, domaine.RoleComptabilite), s.as(t, domaine.RoleLecture)
		v.get("/tarifs").has(t, http.StatusOK, "Aucune liste de tarifs", "Importer une liste")
		reader.get("/tarifs").hasNot(t, "Importer une liste")
		reader.send("/tarifs", prices, map[string]string{"action": "enregistrer"}).has(t, http.StatusForbidden)
		s.filled(t, 60)
		v.post("/tarifs", nil).has(t, http.StatusUnprocessableEntity, "Choisissez un fichier CSV")
		wrong := strings.Replace(prices, "7300,50", "beaucoup", 1) + "formation;X;1;32/01/2024;\r\n"
		v.send("/tarifs", wrong, map[string]string{"action": "enregistrer"}).has(t, http.StatusUnprocessableEntity, "2\u00a0erreurs",
			`<td class="n">2</td><td class="n">3</td><td>montant annuel</td>`, `<td class="n">4</td><td class="n">4</td><td>debut</td>`, "Rien n’est enregistré")
		v.send("/tarifs", prices, map[string]string{"action": "verifier"}).has(t, http.StatusOK, "2\u00a0tarifs", "Rien n’est encore enregistré", "Aucune liste de tarifs")
		v.send("/tarifs", prices, map[string]string{"action": "enregistrer"}).has(t, http.StatusOK, "Liste 1, en vigueur", "BTS Gestion de la PME", "7\u202f300,50",
			"31/08/2025", "Formations sans tarif", "par Camille Renard")
		v.send("/tarifs", strings.Replace(prices, "7300,50", "7400", 1), map[string]string{"action": "enregistrer"}).has(t, http.StatusOK, "Liste 2, en vigueur", "7\u202f400,00")
		v.get("/tarifs?liste=1").has(t, http.StatusOK, "Liste 1, remplacée", "7\u202f300,50")
		v.get("/tarifs?liste=9").has(t, http.StatusNotFound)

		if rows := readCSV(t, reader.get("/tarifs.csv?liste=1")); len(rows) != 3 || rows[1][2] != "7300,50" {
			t.Errorf("the file is %v", rows)
		}
		open := readCSV(t, v.get("/tarifs.csv?modele=oui"))
		if len(open) < 4 || open[1][2] != "7400,00" || open[3][0] != "formation" || open[3][2] != "" {
			t.Errorf("the file to complete is %v", open)
		}
		// What was given out is taken back.
		v.send("/tarifs", reader.get("/tarifs.csv?liste=1").body, map[string]string{"action": "enregistrer"}).has(t, http.StatusOK, "Liste 3, en vigueur")
	})
}

func TestPricesAreImportedInTheBrowserAndAddAmounts(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, s *site, b *browser, _ bool) {
		s.filled(t, 60)
		s.exercices(t)
		b.loginTo(domaine.RoleComptabilite, "/ventilation")
		b.click(`main a[href="/tarifs"]`)
		path := filepath.Join(t.TempDir(), "tarifs.csv")
		if err := os.WriteFile(path, []byte(prices), 0o600); err != nil {
			t.Fatal(err)
		}
		b.do("choose a file", chromedp.SetUploadFiles(chromedp.CSS("#fichier"), []string{path}))
		b.click(`button[value="enregistrer"]`)
		b.sees("La liste de tarifs est en vigueur")
		b.click(`main a[href="/ventilation"]`)
		b.sees("montants d’après la liste de tarifs 1")
		b.sees("Perçu d’avance (€)")
	})
}
