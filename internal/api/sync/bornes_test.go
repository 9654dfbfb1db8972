package sync_test

import (
	"math/rand/v2"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// Codes as long as they may be, of letters that do not compress, are pushed, corrected and archived: what is kept of a
// contract that left fits into the indexes.
func TestTheLongestCodesGoTheirWholeWay(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		random := rand.New(rand.NewPCG(1, 2))
		longest := func() string {
			code := make([]rune, 500)
			for i := range code {
				code[i] = rune(0x20000 + random.IntN(40_000)) // of four bytes
			}
			return string(code)
		}
		k := apitest.Contrat(longest())
		k.CodeApprenant, k.CodePersonnel, k.CodeMaitreApprentissage = longest(), longest(), longest()
		k.EmailApprenant, k.EmailPersonnel, k.EmailMaitreApprentissage = "a@cfa.example", "p@cfa.example", "m@cfa.example"
		k.CodeGroupe, k.CodeSite, k.CodePeriode, k.CodeFormation, k.CodeAnnee = longest(), longest(), longest(), longest(), longest()
		k.NomGroupe, k.NomSite, k.NomPeriode, k.NomFormation, k.NomAnnee = "G", "S", "P", "F", "A"
		other := apitest.Contrat("K2")
		o.Post(t, v1, apitest.Body(k, other)).Want(t, 200)
		k.NomEntreprise = "Autre"
		o.Post(t, v1, apitest.Body(k, other)).Want(t, 200)
		o.Post(t, v1, apitest.Body(other)).Want(t, 200)
		o.Post(t, v1, apitest.Body(k, other)).Want(t, 200)
	})
}
