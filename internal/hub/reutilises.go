package hub

import (
	"context"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// warnReused warns of the user codes of new and changed contracts that named
// another person until this push, or whose last contract, of another apprentice, is
// archived.
func (p *pushing) warnReused() error {
	partis, err := p.tx.HasPartis(p.ctx, p.organisme.ID)
	if err != nil || len(p.actifs) == 0 && p.glance == nil && !partis {
		return err
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
	var ended map[string]*regles.Personne
	if partis {
		if ended, err = p.endedApprenants(rows, codes); err != nil {
			return err
		}
	}
	p.plan.Reused(p.push, func(code string) *regles.Personne {
		row, ok := rows[code]
		if !ok {
			return ended[code]
		}
		return &regles.Personne{Role: regles.Role(row.Role), Code: row.Code, Email: row.Email, Nom: row.Nom, Prenom: row.Prenom}
	})
	return nil
}

// endedApprenants returns the apprentices whom some user codes name in archived
// contracts, of those that no active contract has.
func (p *pushing) endedApprenants(active map[string]store.PersonneRow, codes []string) (map[string]*regles.Personne, error) {
	var unknown []string
	for _, code := range codes {
		if _, ok := active[code]; !ok {
			unknown = append(unknown, code)
		}
	}
	found, last := map[string]*regles.Personne{}, map[string]int64{}
	picker := document.NewPicker("codeApprenant", "emailApprenant", "nomApprenant", "prenomApprenant")
	err := p.tx.EachDocumentPartiOf(p.ctx, p.organisme.ID, unknown, func(parti store.Parti, k *document.Kept) error {
		v, err := picker.PickKept(k)
		if err != nil || last[string(v[0])] > parti.Racine {
			return err
		}
		code := string(v[0])
		last[code] = parti.Racine
		found[code] = &regles.Personne{Role: regles.Apprenant, Code: code, Email: strings.ToLower(string(v[1])), Nom: string(v[2]), Prenom: string(v[3])}
		return nil
	})
	return found, err
}

// eachOfApprenants passes the active contracts of some apprentices.
func eachOfApprenants(ctx context.Context, tx *store.Tx, organisme int64, apprenants map[string]bool, yield func(contrat, apprenant string, doc []byte) error) error {
	picker := document.NewPicker("codeContrat", "codeApprenant")
	return tx.EachDocumentUnordered(ctx, organisme, false, func(doc []byte) error {
		v, err := picker.Pick(doc)
		if err != nil || !apprenants[string(v[1])] {
			return err
		}
		return yield(string(v[0]), string(v[1]), doc)
	})
}
