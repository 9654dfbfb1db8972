package hub

import "github.com/passerelle-hub/passerelle/internal/regles"

// warnReused warns of the user codes of new and changed contracts that named
// another person until this push.
func (p *pushing) warnReused() error {
	if len(p.actifs) == 0 {
		return nil
	}
	seen := map[string]bool{}
	var codes []string
	for _, positions := range [][]int{p.plan.Ajoutes, p.plan.Modifies} {
		for _, i := range positions {
			for _, personne := range p.push.Entrees[i].Faits.Personnes {
				if !seen[personne.Code] {
					seen[personne.Code] = true
					codes = append(codes, personne.Code)
				}
			}
		}
	}
	if len(codes) == 0 {
		return nil
	}
	rows, err := p.tx.Personnes(p.ctx, p.organisme.ID, codes, nil)
	if err != nil {
		return err
	}
	p.plan.Reused(p.push, func(code string) *regles.Personne {
		row, ok := rows[code]
		if !ok {
			return nil
		}
		return &regles.Personne{Role: regles.Role(row.Role), Code: row.Code, Email: row.Email, Nom: row.Nom, Prenom: row.Prenom}
	})
	return nil
}
