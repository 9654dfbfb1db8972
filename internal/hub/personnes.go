package hub

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// MentionPersonne is what one version of a contract says of a person. What it
// says of the two other people is left out.
type MentionPersonne struct {
	CodeContrat    string
	Role           string // apprenant, tuteur école, maître d'apprentissage
	Depuis, Jusqua int64  // synchronisations; Jusqua is 0 while the version is active
	Champs         map[string]string
}

// MarshalJSON writes a mention as it is given out: synchronisations as texts, jusqua null
// while the version is active.
func (m MentionPersonne) MarshalJSON() ([]byte, error) {
	given := struct {
		CodeContrat string            `json:"codeContrat"`
		Role        string            `json:"role"`
		Depuis      int64             `json:"depuis,string"`
		Jusqua      *int64            `json:"jusqua,string"`
		Champs      map[string]string `json:"champs"`
	}{m.CodeContrat, m.Role, m.Depuis, nil, m.Champs}
	if m.Jusqua != 0 {
		given.Jusqua = &m.Jusqua
	}
	return json.Marshal(given)
}

// ExportPersonne returns everything that is kept of the person with a user code
// (RGPD, article 15), and records that it was given out.
func (h *Personnes) ExportPersonne(ctx context.Context, who Acteur, code string) (mentions []MentionPersonne, err error) {
	inFiles, err := h.mentionsInFiles(ctx, who.Organisme, code)
	if err != nil {
		return nil, err
	}
	err = h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		contrats, siens := map[string]bool{}, map[string]bool{} // siens: as an apprentice
		err := tx.EachVersion(ctx, who.Organisme, func(v store.StoredVersion) error {
			contrat, err := document.Parse(v.Document)
			if err != nil {
				return err
			}
			for _, role := range regles.Roles {
				if *role.Of(&contrat).Code != code {
					continue
				}
				contrats[v.Code] = true
				siens[v.Code] = siens[v.Code] || role == regles.Apprenant
				mentions = append(mentions, MentionPersonne{v.Code, role.String(), v.Depuis, v.Jusqua, ownFields(&contrat, role)})
			}
			return nil
		})
		if err != nil {
			return err
		}
		held, err := tx.Retenues(ctx, who.Organisme)
		for _, id := range held {
			if err != nil {
				break
			}
			err = eachHeldPersonne(ctx, tx, who.Organisme, id, func(p map[string]string, contrat string) {
				if p["code"] == code {
					contrats[contrat] = true
					mentions = append(mentions, MentionPersonne{CodeContrat: contrat, Role: "envoi retenu, refusé ou en attente", Depuis: id, Champs: p})
				}
			})
		}
		if err != nil {
			return err
		}
		anomalies, err := tx.PushAnomalies(ctx, who.Organisme)
		if err != nil {
			return err
		}
		for _, a := range anomalies {
			siens[a.CodeContrat] = siens[a.CodeContrat] || strings.HasSuffix(a.Apprenant, "("+code+")")
			if quotes(a.Message, code) || strings.HasSuffix(a.Apprenant, "("+code+")") {
				said := map[string]string{"message": a.Message}
				for name, value := range map[string]string{"apprenant": a.Apprenant, "valeur": a.Valeur} {
					if value != "" {
						said[name] = value
					}
				}
				mentions = append(mentions, MentionPersonne{CodeContrat: a.CodeContrat, Role: "anomalie", Champs: said})
			}
		}
		notes, err := mentionsOfSuivis(ctx, tx, who.Organisme, siens)
		if err != nil {
			return err
		}
		mentions = append(mentions, notes...)
		for _, m := range inFiles {
			if m.CodeContrat != "" {
				contrats[m.CodeContrat] = true
			}
			mentions = append(mentions, m)
		}
		absences, err := mentionsOfAbsences(ctx, tx, who.Organisme, code)
		if err != nil {
			return err
		}
		mentions = append(mentions, absences...)
		if len(mentions) == 0 {
			return refus.New(refus.CodeNotFound, "Aucun contrat ne nomme cet utilisateur.")
		}
		return h.recordActe(ctx, tx, who, domaine.GesteExport, domaine.Acte{Nature: domaine.ActeExport, Par: who.Nom, Le: h.now(), Contrats: len(contrats), Versions: len(mentions)})
	})
	return mentions, orNotFound(err, "Il n’y a pas d’organisme %d.", who.Organisme)
}

// ownFields returns the fields of a contract without those that speak of the two
// people who are not in the role.
func ownFields(c *passerelle.Contrat, role regles.Role) map[string]string {
	fields := map[string]string{}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		if champ.Usager != passerelle.UsagerAucun && champ.Usager != role.Usager() {
			continue
		}
		if value := *champ.At(c); value != "" {
			fields[champ.Nom] = value
		}
	}
	return fields
}

// Purge removes the contracts that have been archived for at least a number of
// months, with their history, and returns how many. Earlier states of the
// organisme can then no more be shown with them.
func (h *Personnes) Purge(ctx context.Context, who Acteur, mois int) (contrats, versions int, err error) {
	if mois < 1 {
		return 0, 0, refus.New(refus.CodeInvalidAge, "Une purge porte sur les contrats archivés depuis un mois au moins.")
	}
	err = h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		now := h.now()
		day := passerelle.DateOf(now.In(Paris)).AddMonths(-mois).Time()
		limit := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, Paris)
		// Files that old name contracts that are purged.
		if _, err := tx.EraseImports(ctx, who.Organisme, limit, now); err != nil {
			return err
		}
		last, err := tx.SynchronisationBefore(ctx, who.Organisme, limit)
		if err != nil {
			return err
		}
		if contrats, versions, err = tx.PurgeCount(ctx, who.Organisme, last); err != nil || contrats == 0 {
			return err
		}
		if err := tx.Purge(ctx, who.Organisme, last); err != nil {
			return err
		}
		if err := purgeAbsences(ctx, tx, who.Organisme); err != nil {
			return err
		}
		if err := forgetOrphans(ctx, tx, who.Organisme); err != nil {
			return err
		}
		return h.recordActe(ctx, tx, who, domaine.GestePurge, domaine.Acte{Nature: domaine.ActePurge, Par: who.Nom, Le: now, Contrats: contrats, Versions: versions})
	})
	if err == nil && contrats > 0 {
		h.scrub(ctx)
	}
	return contrats, versions, orNotFound(err, "Il n’y a pas d’organisme %d.", who.Organisme)
}

// recordActe records an act on personal data, in the list of such acts and in the
// journal of all.
func (h *core) recordActe(ctx context.Context, tx *store.Tx, who Acteur, quoi domaine.NatureGeste, a domaine.Acte) error {
	if err := h.noteBy(ctx, tx, who.Organisme, who, quoi, "", fmt.Sprintf("%d contrats, %d versions", a.Contrats, a.Versions)); err != nil {
		return err
	}
	return tx.RecordActe(ctx, who.Organisme, a)
}

// Actes returns what was done to the personal data of an organisme.
func (h *Personnes) Actes(ctx context.Context, organisme int64) ([]domaine.Acte, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Acte, error) { return tx.Actes(ctx, organisme) })
}
