package console

import (
	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

func origine(o domaine.Origine) string {
	switch o {
	case domaine.OrigineV1, domaine.OrigineV2:
		return "Envoi complet"
	case domaine.OrigineChanges:
		return "Envoi des changements"
	case domaine.OrigineImport:
		return "Import d’un fichier"
	case domaine.OrigineConfirmation:
		return "Envoi confirmé"
	case domaine.OrigineAnnulation:
		return "Annulation"
	case domaine.OrigineRemiseAZero:
		return "Remise à zéro du bac à sable"
	}
	return string(o)
}

func etat(e domaine.EtatSynchronisation) string {
	switch e {
	case domaine.EtatAppliquee:
		return "Appliquée"
	case domaine.EtatRetenue:
		return "À confirmer"
	case domaine.EtatConfirmee:
		return "Confirmée"
	case domaine.EtatAbandonnee:
		return "Abandonnée"
	case domaine.EtatRemplacee:
		return "Remplacée par un envoi plus récent"
	case domaine.EtatExpiree:
		return "Expirée"
	case domaine.EtatRefusee:
		return "Refusée en entier"
	}
	return string(e)
}

// champ is the label that people read for a field of the contract.
func champ(nom string) string {
	if i, ok := passerelle.ChampIndex([]byte(nom)); ok {
		return passerelle.Champs[i].Libelle
	}
	return nom
}
