package hub

import (
	"maps"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// eachHolder passes the documents of active contracts, ordered by code, in which
// nameHolders looks for the holders of some values. What a profil says of them tells
// which contracts to read; a person's code or address does not, and all are read.
func (p *pushing) eachHolder(holders map[string]holder, leaving map[string]bool, yield func(doc []byte) error) error {
	for value := range holders {
		if strings.HasPrefix(value, "u:") || strings.HasPrefix(value, "e:") {
			return p.tx.EachDocument(p.ctx, p.organisme.ID, store.Filtre{}, store.Page{}, yield)
		}
	}
	holding := map[int64][]string{} // values by profil
	nobody := &regles.Personne{}
	for i := range p.stand.profils {
		profil := &p.stand.profils[i]
		faits := regles.Faits{Profil: &profil.Valeurs}
		for role := range faits.Personnes {
			faits.Personnes[role] = nobody
		}
		faits.EachValue(func(value string) {
			if _, wanted := holders[value]; wanted {
				holding[profil.ID] = append(holding[profil.ID], value)
			}
		})
	}
	first := map[string][2]string{} // of each value, the first two contracts that stay
	err := p.tx.EachActifOf(p.ctx, p.organisme.ID, slices.Collect(maps.Keys(holding)), func(code string, profil int64) {
		if leaving[code] {
			return
		}
		for _, value := range holding[profil] {
			switch found := first[value]; {
			case found[0] == "":
				first[value] = [2]string{code}
			case found[1] == "":
				first[value] = [2]string{found[0], code}
			}
		}
	})
	if err != nil {
		return err
	}
	codes := map[string]bool{}
	for _, found := range first {
		codes[found[0]], codes[found[1]] = true, true
	}
	return p.tx.EachDocumentOf(p.ctx, p.organisme.ID, keys(codes), yield)
}
