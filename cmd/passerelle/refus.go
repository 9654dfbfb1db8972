package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// remedies are what a person at the command line has to do, where that is not what
// the refusal itself says: no header and no parameter of an address helps here. They
// are found by the text of a code, which a hub that is called over HTTP sends too.
var remedies = map[string]func(reason string) string{
	refus.CodeEmptyPush.String():   says("L’envoi ne contient aucun contrat et archiverait tout : vérifiez le fichier. Si c’est voulu, importez-le dans la console, qui demande de le confirmer."),
	refus.CodeMassArchive.String(): whyHeld,
	refus.CodePushHeld.String():    whyHeld,
	refus.CodeInvalidContrats.String(): func(reason string) string {
		what, _, _ := strings.Cut(reason, ", ou confirmez avec")
		return strings.TrimSuffix(what, ".") + "."
	},
	refus.CodeMissingSociete.String(): func(reason string) string {
		return strings.TrimSuffix(reason, ".") + " avec --societe."
	},
	refus.CodeTokenUnknown.String():    says(tokenRemedy),
	refus.CodeSecretMissing.String():   says(tokenRemedy),
	refus.CodeSecretInvalid.String():   says(tokenRemedy),
	refus.CodeHeaderInvalid.String():   says(tokenRemedy),
	refus.CodePreviewOutdated.String(): says("Les contrats, le fichier ou la matrice ont changé depuis l’aperçu : rien n’a été enregistré. Recommencez."),
}

// whyHeld leaves out what lets a held push through: the command says how.
func whyHeld(reason string) string {
	what, _, _ := strings.Cut(reason, " ; si c’est voulu")
	return strings.TrimSuffix(what, ".") + "."
}

// tokenRemedy is for a token that does not open.
const tokenRemedy = "Le jeton n’est pas accepté : vérifiez --token (ou PASSERELLE_TOKEN) et, s’il appartient à un partenaire, --secret."

func says(sentence string) func(string) string { return func(string) string { return sentence } }

// remedy returns what this command line says of a refusal with a code.
func remedy(code, reason string) string {
	if own := remedies[code]; own != nil {
		return own(reason)
	}
	return reason
}

// clientReason is what this command line says of a refusal that came over HTTP.
func clientReason(e *client.Error) string {
	if e.Status == http.StatusUnauthorized && (strings.Contains(e.Reason, "en-tête") || strings.Contains(e.Reason, "X-Third-Party")) {
		return tokenRemedy
	}
	return remedy(e.Code, e.Reason)
}

// message says an error to the person at the terminal: a refusal by its sentence,
// anything else as it is. French sentences have lines of their own.
func message(err error) string {
	if over, ok := errors.AsType[*client.Error](err); ok && over.Reason != "" {
		what, _, _ := strings.Cut(err.Error(), ": "+over.Reason)
		return what + "\n" + clientReason(over)
	}
	refusal := hub.RefusalOf(err)
	if refusal.Kind().Machine() || refusal.Kind() == refus.Left {
		return err.Error() // whoever runs a command is the operator
	}
	switch d := refusal.Details.(type) {
	case *hub.ExercicesRefuses:
		return exercicesMessage(d)
	case *hub.ListeRefusee:
		return d.Error() // with its line
	}
	return remedy(refusal.Code.String(), refusal.Reason)
}

func exercicesMessage(d *hub.ExercicesRefuses) string {
	lines := make([]string, len(d.Erreurs))
	for i, e := range d.Erreurs {
		lines[i] = e.Code + ": " + e.Message
		if e.Ligne > 0 && e.Regle == "" {
			lines[i] = fmt.Sprintf("%s: ligne %d : %s", e.Code, e.Ligne, e.Message)
		}
	}
	return strings.Join(lines, "\n")
}
