package console_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec/fectest"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/tra"
)

// send posts a file as a form does.
func (v *visitor) send(path, contents string, fields map[string]string) page {
	v.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			v.t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("fichier", "exercices.tra")
	if err != nil {
		v.t.Fatal(err)
	}
	if _, err := file.Write([]byte(contents)); err != nil {
		v.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		v.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, v.site.URL+path, &body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return v.do(req)
}

func TestExercicesAreCreatedMovedAndClosedAfterTheirSimulation(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleComptabilite)
		v.get("/exercices").has(t, http.StatusOK, "Aucun exercice pour l’instant")
		s.as(t, domaine.RoleIntegration).get("/exercices/nouveau").has(t, http.StatusForbidden)
		v.get("/exercices.tra").has(t, http.StatusUnprocessableEntity)

		dates := url.Values{"debut": {"2025-01-01"}, "fin": {"2025-12-31"}}
		v.post("/exercices/nouveau", dates).has(t, http.StatusOK, "Ce qui serait", "Créé", "Rien n’est encore enregistré")
		v.get("/exercices").has(t, http.StatusOK, "Aucun exercice pour l’instant")
		dates.Set("action", "enregistrer")
		v.post("/exercices/nouveau", dates).has(t, http.StatusOK, "L’exercice est créé", "01/01/2025", "12 mois")
		v.get("/exercices/nouveau").has(t, http.StatusOK, `value="2026-01-01"`, `value="2026-12-31"`)
		v.post("/exercices/nouveau", url.Values{"debut": {"2026-03-01"}, "fin": {"2026-12-31"}}).has(t, http.StatusUnprocessableEntity, "aria-invalid", "Rien n’est enregistré")
		v.post("/exercices/nouveau", url.Values{"debut": {""}, "fin": {"2026-12-31"}}).has(t, http.StatusUnprocessableEntity, "Choisissez la date de début")
		v.post("/exercices/nouveau", url.Values{"debut": {"2026-01-01"}, "fin": {"2026-12-31"}, "action": {"enregistrer"}}).has(t, http.StatusOK, "2\u00a0exercices")

		v.post("/exercices/1/deplacer", url.Values{"debut": {"2025-01-01"}, "fin": {"2025-08-31"}}).has(t, http.StatusOK, "Dates changées", "01/09/2025")
		v.get("/exercices").has(t, http.StatusOK, "31/12/2025")

		v.get("/exercices/2/cloturer").has(t, http.StatusOK, "Clôturer l’exercice")
		v.post("/exercices/2/cloturer", url.Values{"lettrage": {"MONO"}}).has(t, http.StatusUnprocessableEntity, "Rien n’est enregistré")
		v.post("/exercices/1/cloturer", url.Values{"lettrage": {"MONO"}}).has(t, http.StatusOK, "Clos", "Clôturer définitivement")
		v.post("/exercices/1/cloturer", url.Values{"lettrage": {"MONO"}, "action": {"enregistrer"}}).has(t, http.StatusOK, "L’exercice est clos", "par Camille Renard")

		file := v.get("/exercices.tra")
		file.has(t, http.StatusOK, "***EXO")
		v.send("/tra", file.body, nil).has(t, http.StatusOK, "Aucune erreur")
		v.send("/tra", strings.Replace(file.body, "***EXO", "***EXX", 1), nil).has(t, http.StatusOK, "Ce qui ne va pas")
		v.post("/tra", nil).has(t, http.StatusUnprocessableEntity, "Choisissez un fichier TRA")
		filesOfAccounting(t, v)

		other, err := s.hub.Comptabilite.CreateSociete(t.Context(), domaine.Societe{OrganismeID: s.organisme, Nom: "Deuxième société"})
		if err != nil {
			t.Fatal(err)
		}
		path := "/tra/importer?societe=" + itoa(other.ID)
		v.send(path, file.body, map[string]string{"action": "simuler"}).has(t, http.StatusOK, "Créé", "Rien n’est encore enregistré")
		v.send(path, file.body, map[string]string{"action": "enregistrer"}).has(t, http.StatusOK, "Les exercices du fichier sont là", "Deuxième société", "2\u00a0exercices")
		v.get("/exercices?societe=999").has(t, http.StatusNotFound)
	})
}

// filesOfAccounting drops files of every kind on the page: each is an answer.
func filesOfAccounting(t *testing.T, v *visitor) {
	t.Helper()
	var made bytes.Buffer
	if err := fectest.Write(&made, 20); err != nil {
		t.Fatal(err)
	}
	v.send("/fichiers", made.String(), nil).has(t, http.StatusOK, "Aucune erreur", "C’est un FEC", "Ce qu’il deviendrait", "dates de lettrage (8\u00a0lignes, d’abord 2)", "En MAD (JSON)")
	v.send("/fichiers", strings.Replace(made.String(), "120,00", "121,00", 1), nil).has(t, http.StatusOK, "Ce qui ne va pas", "n’est pas équilibrée")
	for what, file := range map[string]string{
		"C’est un document PDF, pas un fichier TRA.": "%PDF-1.7", "archive ZIP": "PK\x03\x04x", "Le fichier est vide.": "", "C’est un programme": "MZ", "pas un fichier TRA": "a\tb\tc\td\te\r\n",
		"C’est un classeur Excel, pas un fichier TRA. Un classeur n’est ni un TRA ni un FEC": "PK\x03\x04[Content_Types].xml",
	} {
		// Word for word what the command says.
		_, err := tra.Check(strings.NewReader(file), tra.Options{})
		refused, ok := errors.AsType[*compta.FormatError](err)
		if !ok {
			t.Fatalf("%q is a TRA file: %v", file, err)
		}
		for _, path := range []string{"/fichiers", "/tra"} {
			v.send(path, file, nil).has(t, http.StatusUnprocessableEntity, what, refused.Message)
		}
	}
	v.send("/fichiers", `[{"date":"x","journal":{},"movements":[]}]`, nil).has(t, http.StatusOK, "MAD", "le code du journal manque")
	v.send("/fichiers/convertir", made.String(), map[string]string{"vers": "tra"}).has(t, http.StatusOK, "***S5CLI", "***JALVTE")
	v.send("/fichiers/convertir", made.String(), map[string]string{"vers": "fec"}).has(t, http.StatusUnprocessableEntity, "il n’y a rien à convertir")
	v.send("/fichiers/convertir", "%PDF", map[string]string{"vers": "fec"}).has(t, http.StatusUnprocessableEntity, "PDF")
	v.send("/fichiers/convertir", strings.Replace(made.String(), "120,00", "121,00", 1), map[string]string{"vers": "tra"}).has(t, http.StatusUnprocessableEntity, "corrigez-les d’abord")
	v.send("/fichiers/convertir", made.String(), nil).has(t, http.StatusUnprocessableEntity, "Choisissez le format voulu")
}
