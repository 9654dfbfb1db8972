package assistant

import (
	"context"

	"github.com/passerelle-hub/passerelle/client"
)

// FinancementDemande says what is wanted of the funding of contracts.
type FinancementDemande struct {
	Dossier
	Au  string   `json:"au,omitempty" jsonschema:"à quelle date, AAAA-MM-JJ (aujourd’hui si elle n’est pas donnée)"`
	Par []string `json:"par,omitempty" jsonschema:"une ou deux dimensions : formation, site, rncp, periode, annee, groupe, entreprise, marque (rien : le total seul)"`
	Part
}

// Financement is what contracts bring at a date.
type Financement struct {
	Au            string             `json:"au"`
	Total         LigneFinancement   `json:"total"`
	Lignes        []LigneFinancement `json:"lignes"`
	Suite         bool               `json:"suite"`
	Incomplets    int                `json:"incomplets"`  // contracts that count for nothing because something lacks
	CeQuiManque   []Incomplet        `json:"ceQuiManque"` // the first of them
	FinsPresumees *APart             `json:"finsPresumees,omitempty"`
}

// Montants are those of the API.
type Montants struct {
	Montant    string `json:"montant"`
	Produit    string `json:"produit"`
	Facture    string `json:"facture"`
	PCA        string `json:"pca"`
	FAE        string `json:"fae"`
	ARecouvrer string `json:"aRecouvrer,omitempty"`
}

// LigneFinancement is what a group brings.
type LigneFinancement struct {
	Cles     map[string]string `json:"cles,omitempty"` // by dimension: code and name
	Contrats int               `json:"contrats"`
	Montants
}

// Incomplet is a contract that lacks something.
type Incomplet struct {
	CodeContrat string   `json:"codeContrat"`
	Manque      []string `json:"manque"`
}

func (a *assistant) financement(ctx context.Context, in FinancementDemande) (out Financement, err error) {
	if _, _, err := in.bounds(); err != nil {
		return out, err
	}
	day, err := jour("au", in.Au)
	if err != nil {
		return out, err
	}
	api, err := a.API(in.Societe)
	if err != nil {
		return out, err
	}
	f, err := api.Financement(ctx, client.FinancementOptions{Au: day, Par: in.Par, Page: 1, Limit: 1}) // the contracts one by one are not shown
	if err != nil {
		return out, err
	}
	list, more, err := part(f.Lignes, in.Part)
	out = Financement{Au: f.Au, Total: LigneFinancement{nil, f.Total.Contrats, Montants(f.Total.Montants)}, Lignes: make([]LigneFinancement, len(list)),
		Suite: more, Incomplets: len(f.Incomplets), CeQuiManque: []Incomplet{}, FinsPresumees: finsPresumees(f.FinsPresumees)}
	for i, l := range list {
		cles := map[string]string{}
		for dimension, value := range l.Cles {
			cles[dimension] = couple(client.Couple(value))
		}
		out.Lignes[i] = LigneFinancement{cles, l.Contrats, Montants(l.Montants)}
	}
	for _, c := range f.Incomplets[:min(len(f.Incomplets), fewCodes)] {
		out.CeQuiManque = append(out.CeQuiManque, Incomplet{c.CodeContrat, append([]string{}, c.Manque...)})
	}
	return out, err
}

// ContratDemande says whose funding is wanted.
type ContratDemande struct {
	Dossier
	CodeContrat string `json:"codeContrat" jsonschema:"le code du contrat"`
	Au          string `json:"au,omitempty" jsonschema:"à quelle date, AAAA-MM-JJ (aujourd’hui si elle n’est pas donnée)"`
}

// FinancementContrat is the funding of one contract.
type FinancementContrat struct {
	Au            string `json:"au"`
	CodeContrat   string `json:"codeContrat"`
	Regime        string `json:"regime,omitempty"`
	MontantAnnuel string `json:"montantAnnuel,omitempty"`
	Source        string `json:"source,omitempty"`
	Montants
	Annees         []client.AnneeFinancement `json:"annees"`
	Echeances      []client.Echeance         `json:"echeances"`
	Regles         []string                  `json:"regles"`
	Avertissements []string                  `json:"avertissements"`
	Manque         []string                  `json:"manque"` // wire names of fields, where nothing can be worked out
	Message        string                    `json:"message,omitempty"`
}

func (a *assistant) financementContrat(ctx context.Context, in ContratDemande) (out FinancementContrat, err error) {
	day, err := jour("au", in.Au)
	if err != nil {
		return out, err
	}
	if in.CodeContrat == "" {
		return out, &demande{"« codeContrat » est vide : donnez le code d’un contrat."}
	}
	api, err := a.API(in.Societe)
	if err != nil {
		return out, err
	}
	f, err := api.FinancementContrat(ctx, in.CodeContrat, client.FinancementOptions{Au: day})
	if err != nil {
		return out, err
	}
	return FinancementContrat{f.Au, f.CodeContrat, f.Regime, f.MontantAnnuel, f.Source, Montants(f.Montants), listed(f.Annees), listed(f.Echeances),
		listed(f.Regles), listed(f.Avertissements), listed(f.Manque), shortened(f.Message)}, nil
}

// listed is a list of which nothing is an empty one.
func listed[T any](list []T) []T { return append([]T{}, list...) }
