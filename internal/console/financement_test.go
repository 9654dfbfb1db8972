package console_test

import (
	"net/http"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

func TestTheFundingOfContractsIsShown(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		k := apitest.Contrat("K1")
		k.DateDebut, k.DateFin, k.DateConclusion, k.NPEC, k.Niveau, k.NumeroDeca = "01/09/2025", "31/08/2027", "20/08/2025", "8000", "5", ""
		lacking := apitest.Contrat("K2")
		lacking.DateDebut, lacking.DateFin = "01/09/2025", ""
		s.mustPush(t, []passerelle.Contrat{k, lacking})
		v := s.as(t, passerelle.RoleLecture)
		p := v.get("/financement?au=2025-12-31")
		p.has(t, http.StatusOK, "526,03 €", "2673,97 €", "16000,00", k.CodeFormation, `href="/contrats/K1"`, "À compléter", "Date de fin", "09/2025", "3200,00")
		v.get("/financement?au=2025-12-31&par=rncp").has(t, http.StatusOK, `value="rncp" selected`)
		v.get("/financement?au=hier").has(t, http.StatusOK, "Cette date n’existe pas")
		v.get("/financement?au=2027-12-01").has(t, http.StatusOK, "à risque", "800,00 €, au plus tard le 31/12/2027 (30")
		v.get("/contrats/K1").has(t, http.StatusOK, "Échéances", "31/12/2027", "R6332-25 III", "16000,00 € en tout")
		v.get("/contrats/K2").has(t, http.StatusOK, "Le financement ne peut pas être calculé", "Date de fin")
		if p := v.get("/financement.xlsx?au=2025-12-31&par=formation"); p.status != http.StatusOK {
			t.Errorf("the workbook: %d", p.status)
		}
	})
}
