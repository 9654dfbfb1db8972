package ventilation

import (
	"slices"

	"github.com/passerelle-hub/passerelle"
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
	dimensions     []Dimension
	certifications map[string]string // as people are shown them
	picker         *document.Picker
	par            [][2]int          // places of the code and the name along each dimension
	texts          map[string]string // values that many contracts share
	dates          map[string]vie.Jour
}

// NewLecteur returns a Lecteur along the dimensions par, two at most.
func NewLecteur(par []Dimension) *Lecteur {
	noms := []string{"codeContrat", "codeApprenant", "dateDebut", "dateFin", "codeFormation", "rncp", "dateRupture"}
	place := func(nom string) int {
		if at := slices.Index(noms, nom); at >= 0 {
			return at
		}
		noms = append(noms, nom)
		return len(noms) - 1
	}
	l := &Lecteur{texts: make(map[string]string), certifications: make(map[string]string), dimensions: par, dates: make(map[string]vie.Jour)}
	for _, d := range par {
		champs := champsDe[d]
		l.par = append(l.par, [2]int{place(champs[0]), place(champs[1])})
	}
	l.picker = document.NewPicker(noms...)
	return l
}

// Contrat reads a stored contract. It returns what ContratOf does.
func (l *Lecteur) Contrat(doc []byte) (Contrat, error) {
	v, err := l.picker.Pick(doc)
	if err != nil {
		return Contrat{}, err
	}
	out := Contrat{Code: string(v[0]), Apprenant: string(v[1]), Formation: l.text(v[4]), RNCP: l.text(v[5])}
	out.Dates = vie.Dates{Debut: l.date(v[2]), Fin: l.date(v[3]), Rupture: l.date(v[6])}
	out = out.Avec(vie.Of(out.Dates, vie.Jour{}, vie.Decision{}))
	for i, places := range l.par {
		if l.dimensions[i] == ParRNCP {
			shown := l.certification(v[places[0]])
			out.Cles[i] = Cle{shown, shown}
			continue
		}
		out.Cles[i] = Cle{l.text(v[places[0]]), l.text(v[places[1]])}
	}
	return out, nil
}

// certification returns a certification as people are shown it.
func (l *Lecteur) certification(b []byte) string {
	shown, ok := l.certifications[string(b)]
	if !ok {
		shown = passerelle.AfficheCertification(string(b))
		l.certifications[string(b)] = shown
	}
	return shown
}

func (l *Lecteur) text(b []byte) string {
	s, ok := l.texts[string(b)]
	if !ok {
		s = string(b)
		l.texts[s] = s
	}
	return s
}

func (l *Lecteur) date(b []byte) vie.Jour {
	d, ok := l.dates[string(b)]
	if !ok {
		date, err := passerelle.ParseDateFR(string(b))
		d = vie.Jour{Date: date, Connu: err == nil}
		l.dates[string(b)] = d
	}
	return d
}
