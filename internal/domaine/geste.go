package domaine

import "time"

// NatureGeste tells what people and software do beside pushing contracts: a family and
// an act. The values are stable.
type NatureGeste string

// The acts that are noted.
const (
	GesteJetonCree       NatureGeste = "jeton.cree"
	GesteJetonRevoque    NatureGeste = "jeton.revoque"
	GesteCompteCree      NatureGeste = "compte.cree"
	GesteCompteModifie   NatureGeste = "compte.modifie"
	GesteComptePasse     NatureGeste = "compte.mot-de-passe"
	GesteCompteAcces     NatureGeste = "compte.acces"
	GesteCompteSansAcces NatureGeste = "compte.acces-retire"
	GesteModeleCree      NatureGeste = "modele.cree"
	GesteModeleModifie   NatureGeste = "modele.modifie"
	GesteModeleSupprime  NatureGeste = "modele.supprime"
	GesteWebhookCree     NatureGeste = "webhook.cree"
	GesteWebhookModifie  NatureGeste = "webhook.modifie"
	GesteWebhookSecret   NatureGeste = "webhook.secret"
	GesteWebhookSupprime NatureGeste = "webhook.supprime"
	GesteTarifs          NatureGeste = "tarifs.remplaces"
	GesteReglage         NatureGeste = "reglage.modifie"
	GesteRythme          NatureGeste = "reglage.rythme"
	GesteFin             NatureGeste = "fin.decidee"
	GesteFinRetiree      NatureGeste = "fin.retiree"
	GesteOPCO            NatureGeste = "opco.repris"
	GesteOPCORetire      NatureGeste = "opco.retire"
	GesteExercice        NatureGeste = "exercice.change"
	GesteEnvoiConfirme   NatureGeste = "envoi.confirme"
	GesteEnvoiAbandonne  NatureGeste = "envoi.abandonne"
	GesteEnvoiAnnule     NatureGeste = "envoi.annule"
	GesteExport          NatureGeste = "personne.exportee"
	GesteEffacement      NatureGeste = "personne.effacee"
	GestePurge           NatureGeste = "contrats.purges"
)

// FamillesGestes are the families of acts with their names in French, in the order in
// which people look for them.
var FamillesGestes = []FamilleGestes{
	{"modele", "Modèles"}, {"tarifs", "Tarifs"}, {"reglage", "Réglages"}, {"fin", "Fins de contrats"}, {"opco", "Montants de l’OPCO"},
	{"exercice", "Exercices"}, {"envoi", "Envois confirmés, abandonnés, annulés"}, {"jeton", "Jetons"}, {"webhook", "Webhooks"}, {"compte", "Comptes"},
	{"personne", "Données des personnes"}, {"contrats", "Purges"},
}

// FamilleGestes is a family of acts.
type FamilleGestes struct{ Cle, Nom string }

// Geste is one act, with who and when. It names nobody of the contracts.
type Geste struct {
	ID      int64
	Quoi    NatureGeste
	Objet   string // id or code of what it is about, "" for nothing in particular
	Detail  string // French, what changed; may be blank
	Par     string // who, as every journal shows it
	JetonID int64  // 0 where it was not a token
	Le      time.Time
}

// phrases say each act in French; what it is about follows.
var phrases = map[NatureGeste]string{
	GesteJetonCree: "Jeton créé", GesteJetonRevoque: "Jeton révoqué",
	GesteCompteCree: "Compte créé", GesteCompteModifie: "Compte modifié", GesteComptePasse: "Mot de passe changé", GesteCompteAcces: "Accès donné", GesteCompteSansAcces: "Accès retiré",
	GesteModeleCree: "Modèle créé", GesteModeleModifie: "Modèle modifié", GesteModeleSupprime: "Modèle supprimé",
	GesteWebhookCree: "Webhook créé", GesteWebhookModifie: "Webhook modifié", GesteWebhookSecret: "Secret du webhook changé", GesteWebhookSupprime: "Webhook supprimé",
	GesteTarifs: "Tarifs remplacés", GesteReglage: "Réglage changé", GesteRythme: "Rythme des envois changé",
	GesteFin: "Fin de contrat décidée", GesteFinRetiree: "Décision sur une fin retirée", GesteOPCO: "Montant de l’OPCO repris", GesteOPCORetire: "Montant de l’OPCO retiré",
	GesteExercice: "Exercices changés", GesteEnvoiConfirme: "Envoi retenu confirmé", GesteEnvoiAbandonne: "Envoi retenu abandonné", GesteEnvoiAnnule: "Synchronisation annulée",
	GesteExport: "Données d’une personne remises", GesteEffacement: "Personne effacée", GestePurge: "Contrats anciens purgés",
}

// Phrase says in French what was done.
func (g *Geste) Phrase() string {
	if text := phrases[g.Quoi]; text != "" {
		return text
	}
	return string(g.Quoi) // of a newer version
}

// Appel is one call of a token: the pattern of its route and the status, no body.
type Appel struct {
	Methode, Route string
	Statut         int
	Duree          time.Duration
	Le             time.Time // when it was answered
}
