package console

import (
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// titres are the titles of the pages that refuse, by the kind of refusal.
var titres = map[refus.Kind]string{
	refus.Invalid: "Demande refusée", refus.NotFound: "Page introuvable", refus.Conflict: "Action impossible maintenant", refus.Outdated: "Modifié entre-temps",
	refus.Forbidden: "Action non permise", refus.Unauthenticated: "Action non permise", refus.Unreadable: "Demande refusée",
	refus.Method: "Demande refusée", refus.Unsupported: "Demande refusée", refus.TooSlow: "Erreur", refus.TooLarge: "Envoi trop volumineux",
	refus.TooMany: "Action impossible maintenant", refus.Left: "Erreur", refus.Busy: "Serveur occupé", refus.Full: "Erreur",
	refus.Unavailable: "Erreur", refus.Uncertain: "Erreur", refus.Damaged: "Erreur", refus.Internal: "Erreur",
}

// remedes are what a person at a page has to do, where that is not what the refusal
// itself says.
var remedes = map[refus.Code]string{
	refus.CodeBodyTooLarge:    "Ce formulaire dépasse la taille acceptée.",
	refus.CodeInternal:        "Une erreur interne s’est produite, rien n’a été enregistré. Réessayez ; si elle persiste, donnez la référence ci-dessous à l’exploitant.",
	refus.CodeEmptyPush:       "Rien n’est enregistré : ce fichier ne contient aucun contrat et archiverait tout. Cochez la case si c’est voulu.",
	refus.CodePreviewOutdated: "Rien n’est enregistré : les contrats ou la correspondance ont changé depuis l’aperçu que vous aviez sous les yeux. Voici le nouveau.",
	refus.CodeInvalidContrats: "Rien n’est enregistré : des lignes sont en erreur. Corrigez le fichier, ou cochez « Laisser de côté ».",
}

// said is what the console says of a refusal.
func said(r *refus.Refusal) string {
	if remede := remedes[r.Code]; remede != "" {
		return remede
	}
	return r.Reason
}

// fail shows why a request was not served.
func (c *console) fail(w http.ResponseWriter, r *request, err error) {
	err = web.Left(r.Context(), err)
	refusal := web.RefusalOf(err)
	if refusal.Kind() == refus.Left {
		web.LogFailure(c.log, r.Request, r.id, err)
		w.WriteHeader(web.StatusClientLeft)
		return
	}
	page := errorPage{Titre: titres[refusal.Kind()], Status: web.Status(refusal.Kind()), Lignes: strings.Split(said(refusal), "\n")}
	if _, own := remedes[refusal.Code]; !own {
		if reason := web.MachineReason(refusal, r.id); reason != "" {
			page.Lignes = []string{reason}
		}
	}
	if refusal.Kind().Machine() {
		page.Reference = r.id
	}
	web.LogFailure(c.log, r.Request, r.id, err)
	web.FailureHeaders(w, refusal)
	if err := c.render(w, r, page.Status, "erreur", page.Titre, page); err != nil {
		c.log.Error("error page failed", "request", r.id, "error", err)
		http.Error(w, "Erreur interne, référence "+r.id, http.StatusInternalServerError)
	}
}

// errorPage is what erreur.html shows.
type errorPage struct {
	Titre     string
	Lignes    []string // what is wrong and what to do
	Reference string   // of the request, where the operator needs it
	Status    int
}
