package hub

import (
	"fmt"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// RejectedPush is a push that was refused whole because contracts in it are
// not valid. No contract was recorded.
type RejectedPush struct {
	Violations      []passerelle.Violation // at most MaxViolations of them
	Total           int
	Synchronisation int64 // its line of the journal, 0 where it has none
}

// Refusal says it as every refusal is said.
func (r *RejectedPush) Refusal() *Refusal {
	return refus.New(refus.CodeInvalidContrats, "L’envoi est refusé en entier : %s. Rien n’a été enregistré, corrigez puis renvoyez.", compte(r.Total, "erreur")).With(r)
}

// compte is a number of things.
func compte(n int, word string) string {
	if n > 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

// MaxViolations is how many violations an answer lists.
const MaxViolations = synchro.MaxViolations

// Error counts the violations.
func (r *RejectedPush) Error() string { return fmt.Sprintf("push rejected: %d violations", r.Total) }

// HeldPush is a push that the guard holds: it waits for a person.
type HeldPush struct {
	Synchronisation int64
	Actifs          int // active contracts
	Archives        int // those that the push would archive
	Seuil           int // of the archivings, in percent
	Motifs          []domaine.MotifGarde
}

// Archive reports whether the push is held for what it archives alone.
func (h *HeldPush) Archive() bool {
	return !slices.ContainsFunc(h.Motifs, func(m domaine.MotifGarde) bool { return !m.Regle.Archive() })
}

// Error gives the numbers.
func (h *HeldPush) Error() string {
	return fmt.Sprintf("push held: it would archive %d of %d active contracts", h.Archives, h.Actifs)
}

// Refusal says it as every refusal is said.
func (h *HeldPush) Refusal() *Refusal {
	code := refus.CodePushHeld
	if h.Archive() {
		code = refus.CodeMassArchive
	}
	return refus.New(code, "%sRien n’a changé ; si c’est voulu, confirmez la synchronisation %d.", h.Phrases(), h.Synchronisation).With(h)
}

// Phrases says why, in French sentences with a blank after each.
func (h *HeldPush) Phrases() string {
	var all strings.Builder
	for _, m := range h.Motifs {
		all.WriteString(m.Message + " ")
	}
	return all.String()
}
