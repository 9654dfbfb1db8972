package domaine

import "github.com/passerelle-hub/passerelle"

// Modele says which transmitted contracts belong to one training model
// (design 4, "Integration").
type Modele struct {
	ID       int64
	Nom      string
	Criteres passerelle.Criteres
	Actif    bool
}

// Motif says why a transmitted contract is not integrated; "" where it is.
type Motif string

// The reasons (design 4, "Integration").
const (
	MotifAucunModele    Motif = "aucun-modele"
	MotifModelesAmbigus Motif = "modeles-ambigus"
)

// Session is a groupe within one (site, période, formation, année).
type Session struct {
	ID                          int64
	CodeSite, NomSite           string
	CodePeriode, NomPeriode     string
	CodeFormation, NomFormation string
	CodeAnnee, NomAnnee         string
	CodeGroupe, NomGroupe       string
	Effectif                    int // active contracts that are placed in it
}
