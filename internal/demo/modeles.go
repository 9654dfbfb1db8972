package demo

// Modele is what a person of the integration team would enter.
type Modele struct {
	Nom      string
	Criteres map[string][]string // field of the contract to the values of which one must match
}

// Modeles returns modèles that place most of the contracts of Generate. By design
// they leave two lessons: no modèle looks at the formation TPDWWM (reason
// aucun-modele), and two equally specific ones claim the first-year NDRC of
// 2026/2027 (reason modeles-ambigus).
func Modeles() []Modele {
	var modeles []Modele
	for _, f := range formations {
		if f.code != formationSansModele {
			modeles = append(modeles, Modele{Nom: f.nom, Criteres: map[string][]string{"codeFormation": {f.code}}})
		}
	}
	return append(modeles,
		Modele{Nom: "BTS en rentrée décalée", Criteres: map[string][]string{
			"codeFormation": {"MCO", "GPME"}, "monthStartGroup": {"Janvier", "Mars"},
		}},
		Modele{Nom: "BTS NDRC, 1re année", Criteres: map[string][]string{
			"codeFormation": {formationAmbigue}, "codeAnnee": {"A1"},
		}},
		Modele{Nom: "BTS NDRC, référentiel 2026", Criteres: map[string][]string{
			"rncp": {"RNCP38368"}, "codePeriode": {"2026-2027"},
		}},
	)
}
