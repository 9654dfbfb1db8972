package hub

import (
	"context"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"

	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// MaxAbsences is how many absences are kept of one apprentice.
const MaxAbsences = 5000

// SetAbsences stores the whole list of absences of an apprentice in the place of the
// one before, and returns their user code. They are named by it, or by their address.
func (h *Contrats) SetAbsences(ctx context.Context, who Acteur, code, email string, list []domaine.Absence) (apprenant string, err error) {
	err = h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		var err error
		if apprenant, err = apprenantOf(ctx, tx, who.Organisme, code, email); err != nil {
			return err
		}
		now := h.now()
		for i := range list {
			list[i].RecueLe = now
		}
		return tx.ReplaceAbsences(ctx, who.Organisme, apprenant, list)
	})
	return apprenant, orNotFound(err, "Il n’y a pas d’organisme %d.", who.Organisme)
}

// apprenantOf finds the apprentice of active contracts who has a user code or, where
// that is "", an address.
func apprenantOf(ctx context.Context, tx *store.Tx, organisme int64, code, email string) (string, error) {
	var codes, emails []string
	if code != "" {
		codes = []string{code}
	} else {
		emails = []string{strings.ToLower(email)}
	}
	rows, err := tx.Personnes(ctx, organisme, codes, emails)
	if err != nil {
		return "", err
	}
	found := ""
	for _, p := range rows {
		if regles.Role(p.Role) != regles.Apprenant {
			continue
		}
		if found != "" {
			return "", refus.New(refus.CodeSharedEmail, "Plusieurs apprentis ont cette adresse : dites lequel par son code (studentId).")
		}
		found = p.Code
	}
	if found == "" {
		return "", refus.New(refus.CodeUnknownApprenant, "Aucun contrat actif n’a cet apprenti : envoyez d’abord les contrats, ou corrigez l’adresse (email) ou le code (studentId).")
	}
	return found, nil
}

// Absences returns the absences of the apprentice of a contract, as its last version
// names them.
func (h *Contrats) Absences(ctx context.Context, organisme int64, contrat string) (apprenant string, list []domaine.Absence, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		versions, err := history(ctx, tx, organisme, contrat)
		if err != nil {
			return err
		}
		apprenant = apprenantDe(versions)
		list, err = absencesOf(ctx, tx, organisme, versions)
		return err
	})
	return apprenant, list, err
}

// absencesOf returns the absences of the apprentice of a contract of which these are
// the versions, in the time of France.
func absencesOf(ctx context.Context, tx *store.Tx, organisme int64, versions []Version) ([]domaine.Absence, error) {
	list, err := tx.Absences(ctx, organisme, apprenantDe(versions))
	for i := range list {
		list[i].Debut, list[i].Fin = list[i].Debut.In(Paris), list[i].Fin.In(Paris)
	}
	return list, err
}

// apprenantDe returns the code of the apprentice whom the last version names.
func apprenantDe(versions []Version) string { return versions[len(versions)-1].Contrat.CodeApprenant }

// mentionsOfAbsences are what is kept of the absences of a person.
func mentionsOfAbsences(ctx context.Context, tx *store.Tx, organisme int64, code string) ([]MentionPersonne, error) {
	list, err := tx.Absences(ctx, organisme, code)
	mentions := make([]MentionPersonne, len(list))
	for i, a := range list {
		justified := "non"
		if a.Justifiee {
			justified = "oui"
		}
		mentions[i] = MentionPersonne{Role: string(a.Nature), Champs: map[string]string{
			"debut": minute(a.Debut), "fin": minute(a.Fin), "justifiee": justified, "motif": a.Motif, "recueLe": minute(a.RecueLe)}}
	}
	return mentions, err
}

func minute(t time.Time) string { return t.In(Paris).Format(domaine.FormeMoment) }

// purgeAbsences removes the absences of apprentices whom no contract names any more.
func purgeAbsences(ctx context.Context, tx *store.Tx, organisme int64) error {
	codes, err := tx.ApprenantsWithAbsences(ctx, organisme)
	if err != nil || len(codes) == 0 {
		return err
	}
	named := map[string]bool{}
	err = tx.EachVersion(ctx, organisme, func(v store.StoredVersion) error {
		contrat, err := document.Parse(v.Document)
		if err == nil {
			named[strings.Clone(contrat.CodeApprenant)] = true
		}
		return err
	})
	for _, code := range codes {
		if err == nil && !named[code] {
			_, err = tx.ForgetAbsences(ctx, organisme, code)
		}
	}
	return err
}
