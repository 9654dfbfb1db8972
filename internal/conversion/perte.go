package conversion

import "strings"

// nomsPertes says what is lost in words; what is not here is said by its code.
var nomsPertes = map[string]string{
	"analytique": "ventilations analytiques", "auxiliaire": "comptes auxiliaires", "axe": "axes analytiques", "caracteres": "caractères",
	"code-section": "codes de section", "collectif": "comptes collectifs", "commentaire": "commentaires", "compte": "numéros de compte",
	"compte-de-tiers": "comptes de tiers", "contrepartie": "comptes de contrepartie des journaux", "date-ecriture": "dates d’écriture", "date-lettrage": "dates de lettrage",
	"date-piece": "dates de pièce", "date-validation": "dates de validation", "debit-et-credit": "débit et crédit sur une ligne",
	"devise": "devises", "dossier": "nom du dossier", "echeance": "échéances", "exercices": "exercices", "hors-comptabilite": "écritures hors comptabilité",
	"journal": "codes de journal", "lettrage": "lettrages", "libelle": "libellés", "libelle-auxiliaire": "libellés de comptes auxiliaires",
	"libelle-compte": "libellés de comptes", "libelle-journal": "libellés de journaux", "mode-paiement": "modes de paiement",
	"natures": "natures de comptes et de journaux", "nom-dossier": "nom du dossier", "numero": "numéros d’écriture", "numero-libre": "numéros libres",
	"piece-jointe": "pièces jointes", "reference": "références", "sections": "sections analytiques", "siret": "SIRET", "taux": "taux de change", "type-piece": "types de pièce",
}

// Nom returns what is lost in French words, in the plural where it may be several.
func (p Perte) Nom() string {
	if nom, ok := nomsPertes[p.Ce]; ok {
		return nom
	}
	return strings.ReplaceAll(p.Ce, "-", " ")
}
