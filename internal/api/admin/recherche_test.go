package admin_test

import (
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

func TestContractsAreSearchedForWithoutANameInAnAddress(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Post(t, push, apitest.Body(
			with("K1", func(c *passerelle.Contrat) { c.NomApprenant, c.NomEntreprise = "Lévêque", "Boulangerie Durand" }),
			with("K2", func(c *passerelle.Contrat) { c.CodeFormation, c.NomFormation = "CAP", "CAP Cuisine" }),
			apitest.Contrat("K3"))).Want(t, 200)
		o.Post(t, modeles, apitest.ModeleFor("CAP", "codeFormation", "CAP")).Want(t, 201)
		found := func(query, texte string) (codes string, total int) {
			answer := apitest.Decode[struct {
				Total    int
				Contrats []struct {
					Contrat passerelle.Contrat
					Session *string
					Motif   *string
				}
			}](t, o.Post(t, "/api/admin/v1/contrats/recherche"+query, map[string]string{"texte": texte}).Want(t, 200))
			var list []string
			for _, c := range answer.Contrats {
				code := c.Contrat.CodeContrat
				if c.Session != nil {
					code += " in " + *c.Session
				}
				if c.Motif != nil {
					code += " " + *c.Motif
				}
				list = append(list, code)
			}
			return strings.Join(list, ", "), answer.Total
		}
		for _, tc := range []struct {
			query, texte, want string
			total              int
		}{
			{"", "leveque DURAND", "K1 aucun-modele", 1},
			{"", "", "K1 aucun-modele, K2 in 1, K3 aucun-modele", 3},
			{"?limit=1&page=2", "", "K2 in 1", 3},
			{"", "personne-de-ce-nom", "", 0},
		} {
			if got, total := found(tc.query, tc.texte); got != tc.want || total != tc.total {
				t.Errorf("%q%s: %q of %d, want %q of %d", tc.texte, tc.query, got, total, tc.want, tc.total)
			}
		}
		o.Post(t, "/api/admin/v1/contrats/recherche?limit=1001", map[string]string{}, apitest.Wrong()).WantRefusal(t, 400, "invalid parameter", "1000")
		o.Post(t, "/api/admin/v1/contrats/recherche", map[string]string{"texte": strings.Repeat("é", 501)}, apitest.Wrong()).WantRefusal(t, 400, "invalid parameter", "500")
		s.Production(t, "CFA Voisin").Post(t, "/api/admin/v1/contrats/recherche", map[string]string{"texte": "K1"}).WantJSON(t, 200, `{"total":0,"contrats":[]}`)
	})
}
