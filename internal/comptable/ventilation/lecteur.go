package ventilation

import (
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// champsDe are the fields that hold the code and the name along each dimension.
var champsDe = map[Dimension][2]string{
	ParFormation:  {"codeFormation", "nomFormation"},
	ParSite:       {"codeSite", "nomSite"},
	ParRNCP:       {"rncp", "rncp"},
	ParPeriode:    {"codePeriode", "nomPeriode"},
	ParAnnee:      {"codeAnnee", "nomAnnee"},
	ParGroupe:     {"codeGroupe", "nomGroupe"},
	ParEntreprise: {"nomEntreprise", "nomEntreprise"},
	ParMarque:     {"codeMarque", "nomMarque"},
}

// Lecteur reads stored contracts along dimensions, and of each only what a
// ventilation needs. It is not safe for use by several goroutines.
type Lecteur struct {
	picker  *document.Picker
	valeurs Valeurs
}

// NewLecteur returns a Lecteur along the dimensions par, two at most.
func NewLecteur(par []Dimension) *Lecteur {
	valeurs, wanted := NewValeurs([]string{"codeContrat", "codeApprenant", "dateDebut", "dateFin", "codeFormation", "rncp", "dateRupture"}, par)
	return &Lecteur{document.NewPicker(wanted...), valeurs}
}

// Contrat reads a stored contract. It returns what ContratOf does.
func (l *Lecteur) Contrat(doc []byte) (Contrat, error) {
	return l.contrat(l.picker.Pick(doc))
}

// ContratKept reads a contract as it is kept.
func (l *Lecteur) ContratKept(k *document.Kept) (Contrat, error) {
	return l.contrat(l.picker.PickKept(k))
}

func (l *Lecteur) contrat(v [][]byte, err error) (Contrat, error) {
	if err != nil {
		return Contrat{}, err
	}
	out := Contrat{Code: string(v[0]), Apprenant: string(v[1]), Formation: l.valeurs.Texte(v[4]), RNCP: l.valeurs.Texte(v[5])}
	out.Dates = vie.Dates{Debut: l.valeurs.Jour(v[2]), Fin: l.valeurs.Jour(v[3]), Rupture: l.valeurs.Jour(v[6])}
	out = out.Avec(vie.Of(out.Dates, vie.Jour{}, vie.Decision{}))
	l.valeurs.Cles(&out.Cles, v)
	return out, nil
}
