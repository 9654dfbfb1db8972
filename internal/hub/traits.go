package hub

import (
	"context"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// traits are the texts by which a person is known, in lower case.
type traits struct {
	codes map[string]bool // the user code and the addresses
	noms  map[string]bool // first and last name, in both orders
}

func newTraits(code string) *traits {
	return &traits{codes: map[string]bool{strings.ToLower(code): true}, noms: map[string]bool{}}
}

func (t *traits) addAddress(email string) {
	if email = strings.ToLower(strings.TrimSpace(email)); email != "" {
		t.codes[email] = true
	}
}

func (t *traits) addName(prenom, nom string) {
	prenom, nom = strings.ToLower(strings.TrimSpace(prenom)), strings.ToLower(strings.TrimSpace(nom))
	if prenom != "" && nom != "" {
		t.noms[prenom+" "+nom], t.noms[nom+" "+prenom] = true, true
	}
}

// identified reports whether a text holds the code or an address of the person, as a
// word of its own: « 12 » is not in « 2012 ».
func (t *traits) identified(text string) bool {
	text = strings.ToLower(text)
	for code := range t.codes {
		if holdsWord(text, code) {
			return true
		}
	}
	return false
}

// mentioned reports whether a text that somebody typed speaks of the person, by name too.
func (t *traits) mentioned(text string) bool {
	if t.identified(text) {
		return true
	}
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	for nom := range t.noms {
		if holdsWord(text, nom) {
			return true
		}
	}
	return false
}

// holdsWord reports whether a text holds a word that no letter or digit continues.
func holdsWord(text, word string) bool {
	continues := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; word != ""; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return false
		}
		at += i
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if !continues(before) && !continues(after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return false
}

// forgetTyped forgets what people typed of a person who is erased: what they wrote about
// anomalies of these contracts or that speaks of the person, and the lists that they keep
// under such a name.
func forgetTyped(ctx context.Context, tx *store.Tx, organisme int64, who *traits, contrats map[string]bool) error {
	written, err := tx.Suivis(ctx, organisme, "")
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, s := range written {
		if contrats[s.CodeContrat] || who.mentioned(s.Note) || who.mentioned(s.DemandeA) {
			gone[s.CodeContrat] = true
		}
	}
	if err := tx.ForgetSuivis(ctx, organisme, keys(gone)); err != nil {
		return err
	}
	if err := forgetOrphans(ctx, tx, organisme); err != nil {
		return err
	}
	lists, err := tx.FiltresOfAll(ctx, organisme)
	for _, l := range lists {
		if err == nil && (who.mentioned(l.Nom) || who.mentioned(unescaped(l.Adresse))) {
			err = tx.DeleteFiltre(ctx, organisme, l.Compte, l.ID)
		}
	}
	return err
}

// unescaped is the address of a list as a person reads it.
func unescaped(address string) string {
	if plain, err := url.QueryUnescape(address); err == nil {
		return plain
	}
	return address
}

// forgetOrphans forgets what people wrote about contracts of which nothing else is left.
func forgetOrphans(ctx context.Context, tx *store.Tx, organisme int64) error {
	written, err := tx.Suivis(ctx, organisme, "")
	if err != nil || len(written) == 0 {
		return err
	}
	orphans := map[string]bool{}
	for _, s := range written {
		orphans[s.CodeContrat] = true
	}
	actifs, err := tx.ActifsOf(ctx, organisme, keys(orphans))
	if err != nil {
		return err
	}
	archived, err := tx.ArchivedBefore(ctx, organisme, keys(orphans))
	if err != nil {
		return err
	}
	anomalies, err := tx.PushAnomalies(ctx, organisme)
	if err != nil {
		return err
	}
	for code := range actifs {
		delete(orphans, code)
	}
	for code := range archived {
		delete(orphans, code)
	}
	for i := range anomalies {
		delete(orphans, anomalies[i].CodeContrat)
	}
	return tx.ForgetSuivis(ctx, organisme, keys(orphans))
}

// mentionsOfSuivis are what people wrote about the anomalies of the contracts of an
// apprentice.
func mentionsOfSuivis(ctx context.Context, tx *store.Tx, organisme int64, contrats map[string]bool) (mentions []MentionPersonne, err error) {
	written, err := tx.Suivis(ctx, organisme, "")
	for _, s := range written {
		if texts := typed(&s); contrats[s.CodeContrat] && len(texts) > 0 {
			mentions = append(mentions, MentionPersonne{CodeContrat: s.CodeContrat, Role: "note d’une anomalie", Champs: texts})
		}
	}
	return mentions, err
}

func typed(s *domaine.Suivi) map[string]string {
	texts := map[string]string{}
	for name, value := range map[string]string{"note": s.Note, "demandeA": s.DemandeA} {
		if value != "" {
			texts[name] = value
		}
	}
	return texts
}
