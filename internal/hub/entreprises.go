package hub

import (
	"strings"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// entreprisesOf returns the entreprises of the maîtres d'apprentissage who stand
// and have an address that a delta gives to another one, by their codes. The rows of
// people do not say them, so it may read every contract: only where an address is
// shared. touched are the contracts that the delta replaces or removes.
func (p *pushing) entreprisesOf(touched []string) (map[string][]string, error) {
	holders := map[string][]string{} // e-mail -> codes of the maîtres who stand
	for _, row := range p.stand.personnes {
		if regles.Role(row.Role) == regles.Maitre {
			holders[row.Email] = append(holders[row.Email], row.Code)
		}
	}
	wanted := map[string]bool{} // codes
	for i := range p.push.Entrees {
		maitre := p.push.Entrees[i].Faits.Personnes[regles.Maitre]
		codes := holders[maitre.Email]
		if len(codes) > 1 || len(codes) == 1 && codes[0] != maitre.Code {
			for _, code := range codes {
				wanted[code] = true
			}
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	leaving := make(map[string]bool, len(touched))
	for _, code := range touched {
		leaving[code] = true
	}
	found := map[string][]string{}
	seen := map[[2]string]bool{}
	err := p.tx.EachDocument(p.ctx, p.organisme.ID, store.Filtre{}, store.Page{}, func(doc []byte) error {
		c, err := document.Parse(doc)
		if err != nil || !wanted[c.CodeMaitreApprentissage] || leaving[c.CodeContrat] || seen[[2]string{c.CodeMaitreApprentissage, c.NomEntreprise}] {
			return err
		}
		code, entreprise := strings.Clone(c.CodeMaitreApprentissage), strings.Clone(c.NomEntreprise)
		seen[[2]string{code, entreprise}] = true
		found[code] = append(found[code], entreprise)
		return nil
	})
	return found, err
}
