package web

import (
	"fmt"
	"net/http"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/memoire"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// PlainError is the error body of the synchronisation and administration
// dialects (design 3).
type PlainError struct {
	Error           string               `json:"error"`
	Reason          string               `json:"reason"`
	Details         []any                `json:"details,omitempty"`
	DetailsTotal    *int                 `json:"detailsTotal,omitempty"`
	Synchronisation *string              `json:"synchronisation,omitempty"`
	Active          *int                 `json:"active,omitempty"`
	Removed         *int                 `json:"removed,omitempty"`
	Seuil           *int                 `json:"seuil,omitempty"`
	Motifs          []domaine.MotifGarde `json:"motifs,omitempty"`
	RequestID       string               `json:"requestId,omitempty"`
}

// Place is where a body is not what it should be.
type Place struct {
	Offset   int64  `json:"offset"`
	Line     int    `json:"line"`
	Expected string `json:"expected"`
}

// Parametre is a parameter of the address that is not what it should be, as details
// of a refusal.
type Parametre struct {
	Name string `json:"parameter"`
}

// plainCode is what these dialects call a code: who is refused the door is not told
// more than design 3 says.
func plainCode(r *refus.Refusal) string {
	c := r.Code
	switch {
	case c == refus.CodeInvalidFin:
		if wrong, ok := r.Details.([]passerelle.Violation); ok && len(wrong) > 0 {
			return string(wrong[0].Code) // design 9
		}
	case c.Kind() == refus.Unauthenticated:
		return "invalid token"
	case c == refus.CodeNoRoute:
		return refus.CodeNotFound.String()
	}
	return c.String()
}

// remedies are what software that calls these dialects has to do, where that is not
// what the refusal itself says.
var remedies = map[refus.Code]func(*refus.Refusal) string{
	refus.CodeEmptyPush:   says("L’envoi ne contient aucun contrat et archiverait tout : ajoutez ?vide=oui si c’est voulu."),
	refus.CodeMassArchive: heldReason,
	refus.CodePushHeld:    heldReason,
	refus.CodeInvalidContrats: func(r *refus.Refusal) string {
		if refused, ok := r.Details.(*hub.RefusedImport); ok {
			return fmt.Sprintf("L’import est refusé en entier : %s dans %s. Rien n’a été enregistré ; corrigez le fichier (voyez le rapport), ou confirmez avec ?partiel=oui pour laisser ces lignes de côté.",
				plural(refused.Apercu.ErreursTotal, "erreur"), plural(refused.Apercu.LignesEnErreur, "ligne"))
		}
		return r.Reason
	},
	refus.CodePreviewOutdated: says("Les contrats, le fichier ou la matrice ont changé depuis l’aperçu : rien n’a été enregistré. Regardez le nouvel aperçu, puis confirmez-le avec sa version."),
	refus.CodeMappingMismatch: says("La matrice de correspondance ne convient pas à ce fichier : corrigez-la, ou refaites l’export avec les colonnes attendues."),
	refus.CodeTooManyContrats: func(r *refus.Refusal) string {
		return fmt.Sprintf("L’envoi compte plus de %v contrats, la limite de ce serveur : découpez-le (delta) ou demandez à l’exploitant de relever --max-contrats.", r.Details)
	},
	refus.CodeBodyTooLarge: func(r *refus.Refusal) string {
		if room, ok := r.Details.(*memoire.TooLarge); ok {
			return fmt.Sprintf("L’envoi demande plus de mémoire que ce serveur n’en donne aux envois (%d Mo) : découpez-le (delta) ou demandez à l’exploitant de relever --memory.", room.Budget/1e6)
		}
		return "Le corps dépasse la taille maximale de ce serveur : découpez l’envoi (delta) ou demandez à l’exploitant de relever --max-body."
	},
	refus.CodeTokenUnknown:  says("Ce jeton n’existe pas : vérifiez l’en-tête Authorization."),
	refus.CodeSecretMissing: says("Ce jeton appartient à un partenaire : l’en-tête X-Third-Party-Secret est obligatoire."),
	refus.CodeSecretInvalid: says("Le secret du partenaire (X-Third-Party-Secret) n’est pas le bon."),
}

func says(sentence string) func(*refus.Refusal) string {
	return func(*refus.Refusal) string { return sentence }
}

// PlainReason is what these dialects say of a refusal.
func PlainReason(r *refus.Refusal, requestID string) string {
	if remedy := remedies[r.Code]; remedy != nil {
		return remedy(r)
	}
	return withReference(r, requestID)
}

// WritePlainError answers with a PlainError.
func WritePlainError(w http.ResponseWriter, r *http.Request, requestID string, err error) {
	refusal := RefusalOf(err)
	body := PlainError{Error: plainCode(refusal), Reason: PlainReason(refusal, requestID)}
	body.detail(refusal.Details)
	status := Status(refusal.Kind())
	if status >= http.StatusInternalServerError && refusal.Kind() != refus.Busy {
		body.RequestID = requestID
	}
	_ = WriteJSON(w, status, body) // a PlainError is always JSON
}

// detail says what is wrong in detail.
func (e *PlainError) detail(details any) {
	switch d := details.(type) {
	case []passerelle.Violation:
		for i := range d {
			e.Details = append(e.Details, ProblemeOf(&d[i]))
		}
	case *hub.RejectedPush:
		e.Details, e.DetailsTotal = anyList(d.Violations), &d.Total
	case *hub.HeldPush:
		e.Synchronisation, e.Active, e.Removed, e.Seuil = IDOrNull(d.Synchronisation), &d.Actifs, &d.Archives, &d.Seuil
		e.Details = []any{map[string]int{"active": d.Actifs, "removed": d.Archives, "seuil": d.Seuil}}
		e.Motifs = d.Motifs
	case *hub.ReglagesRefuses:
		for _, wrong := range d.Erreurs {
			e.Details = append(e.Details, map[string]string{"reglage": wrong.Cle, "message": wrong.Message})
		}
	case *reception.Malformed:
		e.Details = []any{Place{d.Offset, d.Line, d.Reason}}
	case *tableur.FileError:
		if d.Row > 0 {
			e.Details = []any{map[string]int{"row": d.Row}}
		}
	case *tableur.MappingError:
		for _, problem := range d.Problems {
			e.Details = append(e.Details, problem)
		}
	case Parametre:
		e.Details = []any{d}
	}
}

// unreadableReason is for a body that broke off.
const unreadableReason = "Le corps n’a pas pu être lu jusqu’au bout : la compression ou l’envoi est incomplet, renvoyez-le."

func plural(n int, word string) string {
	if n > 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

func anyList(violations []passerelle.Violation) []any {
	list := make([]any, len(violations))
	for i, v := range Violations(violations) {
		list[i] = v
	}
	return list
}

// heldReason says why a push is held, and what lets it through.
func heldReason(r *refus.Refusal) string {
	held, ok := r.Details.(*hub.HeldPush)
	if !ok {
		return r.Reason
	}
	word := "oui"
	if held.Archive() {
		word = "archivage"
	}
	return fmt.Sprintf("%sRien n’a changé ; si c’est voulu, confirmez la synchronisation %d ou renvoyez avec ?confirmer=%s.", held.Phrases(), held.Synchronisation, word)
}
