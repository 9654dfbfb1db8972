package assistant

import (
	"context"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
)

// Dossier says which société a call is about.
type Dossier struct {
	Societe string `json:"societe,omitempty" jsonschema:"identifiant de la société ; seulement avec un jeton de cabinet, qui en atteint plusieurs"`
}

// Societes are the accounting folders that the token reaches.
type Societes struct {
	Societes []Societe `json:"societes"`
	Suite    bool      `json:"suite"`
}

// Societe is one of them.
type Societe struct {
	ID        string `json:"id"`
	Nom       string `json:"nom"`
	SIRET     string `json:"siret,omitempty"`
	Reference string `json:"reference,omitempty"`
}

func (a *assistant) societes(ctx context.Context, in Part) (out Societes, err error) {
	api, err := a.API("")
	if err != nil {
		return out, err
	}
	all, err := api.Societes(ctx)
	if err != nil {
		return out, err
	}
	list, more, err := part(all, in)
	out.Societes, out.Suite = make([]Societe, len(list)), more
	for i, s := range list {
		out.Societes[i] = Societe{strconv.FormatInt(s.ID, 10), shortened(s.Nom), s.SIRET, shortened(s.Reference)}
	}
	return out, err
}

// ExercicesDemandes says which exercices are wanted.
type ExercicesDemandes struct {
	Dossier
	Le string `json:"le,omitempty" jsonschema:"tels qu’ils étaient à la fin de ce jour, AAAA-MM-JJ"`
	Part
}

// Exercices are those of a société, the most recent first.
type Exercices struct {
	Exercices []Exercice `json:"exercices"`
	Suite     bool       `json:"suite"`
}

// Exercice is one of them.
type Exercice struct {
	ID         string `json:"id"`
	Nom        string `json:"nom"` // N, N+1, N-1…
	Debut      string `json:"debut"`
	Fin        string `json:"fin"`
	Mois       int    `json:"mois,omitempty"` // where they are whole
	Etat       string `json:"etat"`           // open, closed
	ClotureLe  string `json:"clotureLe,omitempty"`
	CloturePar string `json:"cloturePar,omitempty"` // only with Options.Personnes
}

func (a *assistant) exercice(e *client.Exercice) Exercice {
	row := Exercice{ID: e.ProducerID, Nom: e.Name, Debut: e.Period.Start, Fin: e.Period.End, Etat: e.State}
	if e.Period.Duration != nil {
		row.Mois = *e.Period.Duration
	}
	if c := e.Period.Closed; c != nil {
		row.ClotureLe = c.At
		if a.Personnes {
			row.CloturePar = strings.TrimSpace(c.By.FirstName + " " + c.By.LastName)
		}
	}
	return row
}

func (a *assistant) exercices(ctx context.Context, in ExercicesDemandes) (out Exercices, err error) {
	day, err := jour("le", in.Le)
	if err != nil {
		return out, err
	}
	api, err := a.API(in.Societe)
	if err != nil {
		return out, err
	}
	var all []client.Exercice
	if day == 0 {
		all, err = api.Exercices(ctx)
	} else {
		all, err = api.ExercicesOn(ctx, day)
	}
	if err != nil {
		return out, err
	}
	list, more, err := part(all, in.Part)
	out.Exercices, out.Suite = make([]Exercice, len(list)), more
	for i := range list {
		out.Exercices[i] = a.exercice(&list[i])
	}
	return out, err
}

// jour reads a day, 0 for "".
func jour(name, text string) (passerelle.Date, error) {
	if text == "" {
		return 0, nil
	}
	day, err := passerelle.ParseDate(text)
	if err != nil {
		return 0, &demande{"« " + name + " » est un jour qui existe, écrit AAAA-MM-JJ."}
	}
	return day, nil
}

// VentilationDemandee says what is wanted of a ventilation.
type VentilationDemandee struct {
	Dossier
	Exercice string   `json:"exercice,omitempty" jsonschema:"identifiant d’un exercice, tel que l’outil exercices le donne (celui en cours, N, s’il n’est pas donné)"`
	Par      []string `json:"par,omitempty" jsonschema:"une ou deux dimensions : formation, site, rncp, periode, annee, groupe, entreprise, marque (formation si rien n’est donné)"`
	Integres bool     `json:"integres,omitempty" jsonschema:"seulement les contrats intégrés"`
	Montants bool     `json:"montants,omitempty" jsonschema:"avec les montants"`
	Part
}

// Ventilation is what contracts weigh on an exercice.
type Ventilation struct {
	Exercice      Exercice           `json:"exercice"`
	Lignes        []LigneVentilation `json:"lignes"`
	Suite         bool               `json:"suite"`
	Total         LigneVentilation   `json:"total"` // of all pages
	SansDates     APart              `json:"sansDates"`
	HorsExercice  APart              `json:"horsExercice"`
	SansTarif     *APart             `json:"sansTarif,omitempty"`
	FinsPresumees *APart             `json:"finsPresumees,omitempty"`
}

// LigneVentilation is what a group weighs.
type LigneVentilation struct {
	Cles       map[string]string `json:"cles,omitempty"` // by dimension: code and name
	Contrats   int               `json:"contrats"`
	Apprenants int               `json:"apprenants"`
	Jours      int               `json:"jours"`
	Mois       string            `json:"mois"`
	Part       string            `json:"part"` // of the days, in percent
	Produit    string            `json:"produit,omitempty"`
	Avance     string            `json:"avance,omitempty"`
	ARecevoir  string            `json:"aRecevoir,omitempty"`
}

// APart are contracts that are named apart.
type APart struct {
	Contrats int      `json:"contrats"`
	Codes    []string `json:"codes"` // the first ones
	Raisons  []string `json:"raisons,omitempty"`
}

// fewCodes bounds the codes of contracts that are named beside figures.
const fewCodes = 50

func aPart(contrats int, codes, raisons []string) APart {
	return APart{contrats, append([]string{}, codes[:min(len(codes), fewCodes)]...), raisons[:min(len(raisons), fewCodes)]}
}

func finsPresumees(f *client.ContratsFinsPresumes) *APart {
	if f == nil {
		return nil
	}
	apart := aPart(f.Contrats, f.Codes, nil)
	return &apart
}

func ligneVentilation(cles map[string]client.Couple, s *client.SommeVentilation) LigneVentilation {
	row := LigneVentilation{Contrats: s.Contrats, Apprenants: s.Apprenants, Jours: s.Jours, Mois: string(s.Mois), Part: string(s.Part),
		Produit: string(s.Produit), Avance: string(s.Avance), ARecevoir: string(s.ARecevoir)}
	for dimension, value := range cles {
		if row.Cles == nil {
			row.Cles = map[string]string{}
		}
		row.Cles[dimension] = couple(value)
	}
	return row
}

func (a *assistant) ventilation(ctx context.Context, in VentilationDemandee) (out Ventilation, err error) {
	if _, _, err := in.bounds(); err != nil {
		return out, err
	}
	api, err := a.API(in.Societe)
	if err != nil {
		return out, err
	}
	id, err := exerciceID(ctx, api, in.Exercice)
	if err != nil {
		return out, err
	}
	v, err := api.Ventilation(ctx, id, client.VentilationOptions{Par: in.Par, Integres: in.Integres, Montants: in.Montants})
	if err != nil {
		return out, err
	}
	list, more, err := part(v.Lignes, in.Part)
	out = Ventilation{Exercice: a.exercice(&v.Exercice), Lignes: make([]LigneVentilation, len(list)), Suite: more, Total: ligneVentilation(nil, &v.Total),
		SansDates:    aPart(v.SansDates.Contrats, v.SansDates.Codes, v.SansDates.Raisons),
		HorsExercice: aPart(v.HorsExercice.Contrats, v.HorsExercice.Codes, v.HorsExercice.Raisons), FinsPresumees: finsPresumees(v.FinsPresumees)}
	if s := v.SansTarif; s != nil {
		apart := aPart(s.Contrats, s.Codes, s.Raisons)
		out.SansTarif = &apart
	}
	for i := range list {
		out.Lignes[i] = ligneVentilation(list[i].Cles, &list[i].SommeVentilation)
	}
	return out, err
}

// exerciceID is the id that was given, else that of the exercice that is named N.
func exerciceID(ctx context.Context, api *client.Client, given string) (int64, error) {
	if given == "" {
		all, err := api.Exercices(ctx)
		if err != nil {
			return 0, err
		}
		for i := range all {
			if all[i].Name == "N" {
				given = all[i].ProducerID
			}
		}
		if given == "" {
			return 0, &demande{"Aucun exercice n’est en cours : donnez « exercice », un identifiant que l’outil exercices donne."}
		}
	}
	id, err := strconv.ParseInt(given, 10, 64)
	if err != nil || id < 1 {
		return 0, &demande{"« exercice » est l’identifiant d’un exercice, tel que l’outil exercices le donne."}
	}
	return id, nil
}
