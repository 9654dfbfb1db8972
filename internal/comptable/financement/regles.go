package financement

import "fmt"

// Regles returns the rules that the plan follows, by article of the code du
// travail, the schedule first.
func (p *Plan) Regles() []string {
	c := &p.Contrat
	rules := make([]string, 0, 6)
	add := func(when bool, rule string) {
		if when {
			rules = append(rules, rule)
		}
	}
	switch {
	case c.Regime() == RegimeMois:
		add(true, "R6332-25 (avant le décret 2025-585)")
	case c.court():
		add(true, "R6332-25 IV")
	default:
		add(true, "R6332-25 III")
	}
	add(c.rompu() || c.joursAvant() > 0, "R6332-25 VI")
	add(c.Source == SourceDepart, "D6332-80")
	add(c.Source != SourceOPCO && c.ADistance(), "D6332-82-1")
	add(c.Source != SourceOPCO && c.Majoration > 0, "D6332-82")
	add(c.DureeReduite && c.court(), "L6222-7-1")
	add(c.joursAvant() > 0, "L6222-12-1")
	add(p.retenue() > 0, "R6332-25-1")
	add(p.demiEssai, "L6222-18")
	if c.Regime() == RegimeJour {
		add(p.options.Base != Base365, "base 365 ou 366 jours")
		add(p.options.Base == Base365, "base 365 jours")
	}
	return rules
}

// Avertissements returns what a person should look at before they trust the
// figures, as French sentences.
func (p *Plan) Avertissements() []string {
	c := &p.Contrat
	var told []string
	add := func(when bool, sentence string) {
		if when {
			told = append(told, sentence)
		}
	}
	add(!c.AConclusion, "La date de conclusion manque : la date de début en tient lieu. Renseignez dateConclusion, dont dépendent l’échéancier et le montant.")
	add(c.Niveau == 0 && c.Regime() == RegimeJour && !p.options.SansPartEmployeur, "Le niveau manque : le contrat est compté comme inférieur au niveau 6, sans part de l’employeur. Renseignez niveau.")
	if c.Source == SourceDepart {
		add(true, fmt.Sprintf("Le montant est la valeur de départ du niveau %d : il sera corrigé quand le niveau de prise en charge sera connu. Renseignez npec, ou importez l’édition des niveaux de prise en charge.", c.Niveau))
	}
	add(c.FinPresumee, "La fin du contrat est présumée : dites sur la page « Fins à préciser » s’il est rompu, arrivé à son terme ou annulé.")
	add(p.demiEssai, "Le contrat est rompu dans les trois mois : la part de l’employeur est réduite de moitié s’il l’est dans les 45 premiers jours de formation pratique en entreprise. Confirmez-le avec l’employeur.")
	if p.EnTrop > 0 {
		add(true, fmt.Sprintf("Le contrat est rompu et %s € ont été appelés de trop : l’OPCO les reprendra.", p.EnTrop.FR()))
	}
	return told
}
