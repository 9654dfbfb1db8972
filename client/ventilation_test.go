package client_test

import (
	"encoding/json"
	"errors"
	"strconv"
	"testing"

	"github.com/passerelle-hub/passerelle/client"
)

func TestWhatContractsWeighIsRead(t *testing.T) {
	t.Parallel()
	contrat := fundedContrat()
	undated := generated(2)[1]
	undated.DateDebut, undated.DateFin, undated.DateRupture, undated.DateConclusion, undated.DateEntreeFormation = "", "", "", "", ""
	c := holding(t, contrat, undated)
	created, err := c.CreateExercices(t.Context(), year(2025))
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.Ventilation(t.Context(), created[0].ID, client.VentilationOptions{Par: []string{"site", "formation"}, Montants: true})
	if err != nil {
		t.Fatal(err)
	}
	if v.Exercice.ProducerID != strconv.FormatInt(created[0].ID, 10) || v.Total.Contrats != 1 || v.Total.Jours != 122 || v.Total.Mois != "4.01" || v.Total.Part != "100" || v.Total.Produit != "2673.97" || v.Total.Avance != "526.03" {
		t.Errorf("total: %+v of %+v", v.Total, v.Exercice)
	}
	if len(v.Lignes) != 1 || v.Lignes[0].Cles["site"].Code != contrat.CodeSite || v.Lignes[0].Cles["formation"].Nom != contrat.NomFormation || v.Lignes[0].Part != "100" {
		t.Errorf("lines: %+v", v.Lignes)
	}
	if v.SansDates.Contrats != 1 || v.SansDates.Codes[0] != undated.CodeContrat || v.SansDates.Raisons[0] != "dates-absentes" || v.SansTarif == nil {
		t.Errorf("without dates: %+v %+v", v.SansDates, v.SansTarif)
	}
	if days, err := c.Ventilation(t.Context(), created[0].ID, client.VentilationOptions{Integres: true, SansArchives: true}); err != nil || days.Total.Contrats != 0 || days.Total.Produit != "" || days.FinsPresumees != nil {
		t.Errorf("the integrated ones: %+v, %v", days, err)
	}
	if text, err := json.Marshal(struct{ A, B client.Nombre }{"526.03", ""}); err != nil || string(text) != `{"A":526.03,"B":null}` {
		t.Errorf("%s, %v", text, err)
	}
	var refused *client.Error
	if _, err := c.Ventilation(t.Context(), 99, client.VentilationOptions{}); !errors.As(err, &refused) || refused.Reason == "" {
		t.Errorf("an unknown exercice: %v", err)
	}
}

func TestContractsAreSearched(t *testing.T) {
	t.Parallel()
	list := generated(30)
	c := holding(t, list...)
	found, total, err := c.SearchContrats(t.Context(), list[3].CodeContrat, 1, 10)
	if err != nil || total != 1 || len(found) != 1 || found[0].Contrat != list[3] || found[0].Session != "" || found[0].Motif != "aucun-modele" {
		t.Errorf("%d found: %+v, %v", total, found, err)
	}
	if found, total, err = c.SearchContrats(t.Context(), "", 2, 20); err != nil || total != 30 || len(found) != 10 {
		t.Errorf("the second page: %d of %d, %v", len(found), total, err)
	}
}
