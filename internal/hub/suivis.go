package hub

import (
	"context"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Bounds of what is written about an anomaly.
const (
	maxSuivi         = 1000 // characters of a note, or of the name of whom was asked
	maxSuiviAnomalie = 2200 // bytes of what names the anomaly: an index of PostgreSQL takes 2,704
)

// Suivis returns what people wrote about the anomalies of a rule.
func (h *Journal) Suivis(ctx context.Context, organisme int64, regle string) ([]domaine.Suivi, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Suivi, error) { return tx.Suivis(ctx, organisme, regle) })
}

// NoterAnomalie keeps a note about an anomaly; with DemandeA, that its author asks them now to
// mend it, unless it says so already.
func (h *Journal) NoterAnomalie(ctx context.Context, who Acteur, s domaine.Suivi) error {
	s.Note, s.DemandeA = strings.TrimSpace(s.Note), strings.TrimSpace(s.DemandeA)
	if len([]rune(s.Note)) > maxSuivi || len([]rune(s.DemandeA)) > maxSuivi {
		return refus.New(refus.CodeInvalidChoice, "La note a au plus 1 000 caractères.")
	}
	if len(s.CodeContrat)+len(s.Champ)+len(s.Code) > maxSuiviAnomalie {
		return refus.New(refus.CodeInvalidChoice, "Cette anomalie ne peut pas être suivie : son code de contrat est trop long. Corrigez-le d’abord à sa source.")
	}
	return h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		known, err := tx.Suivis(ctx, who.Organisme, s.Code)
		if err != nil {
			return err
		}
		s.Par, s.Le = who.Nom, h.now()
		if s.DemandeA != "" {
			s.DemandeLe = &s.Le
		}
		for _, k := range known {
			if k.CodeContrat == s.CodeContrat && k.Champ == s.Champ && k.DemandeA == s.DemandeA {
				s.DemandeLe = k.DemandeLe
			}
		}
		return tx.SaveSuivi(ctx, who.Organisme, s)
	})
}
