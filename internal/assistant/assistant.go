// Package assistant is the way in of assistants: tools of the Model Context Protocol
// that read, through the API, what a token may read. None of them changes anything.
// What they answer names nobody unless the operator wants it to.
package assistant

import (
	"context"
	"errors"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Options are what an assistant may reach.
type Options struct {
	// API returns the client of a société given by its id, or with "" that of what
	// the token is about.
	API func(societe string) (*client.Client, error)
	// Personnes has people named, as far as the token's rights go.
	Personnes bool
	Version   string // of Passerelle
}

// assistant answers the calls of one session.
type assistant struct{ Options }

const instructions = `Passerelle reçoit les contrats d’apprentissage d’un CFA, les vérifie, les place en sessions et en tire les chiffres des exercices comptables.
Ces outils lisent, ils ne changent rien. Chacun répond une partie bornée : « suite » dit qu’il y en a davantage, « page » et « limite » la demandent.
Les montants sont en euros, en texte décimal exact : ne les arrondissez pas. Les jours s’écrivent AAAA-MM-JJ.`

const sansPersonnes = `
Aucune personne n’est nommée : un contrat l’est par son code, qui s’ouvre dans la console.`

// New returns a server of all tools.
func New(o Options) *mcp.Server {
	a := &assistant{o}
	said := instructions
	if !o.Personnes {
		said += sansPersonnes
	}
	s := mcp.NewServer(&mcp.Implementation{Name: "passerelle", Title: "Passerelle", Version: o.Version},
		&mcp.ServerOptions{Instructions: said, Capabilities: &mcp.ServerCapabilities{}})
	add(s, "anomalies", "Anomalies",
		"Ce qu’il faut corriger à la source, contrat par contrat : refus du dernier envoi, avertissements, contrats non intégrés ; combien de chaque code, puis une page d’entre elles.", a.anomalies)
	add(s, "non_integres", "Groupes non intégrés",
		"Les contrats qui n’ont pas de session, groupés par formation, année, site et période, le plus grand groupe d’abord, avec la raison et les critères du modèle qui les prendrait.", a.nonIntegres)
	add(s, "societes", "Sociétés", "Les sociétés (dossiers comptables) que le jeton atteint.", a.societes)
	add(s, "exercices", "Exercices", "Les exercices comptables d’une société, le plus récent d’abord : nom (N, N+1…), bornes, état.", a.exercices)
	add(s, "ventilation", "Ventilation",
		"Ce que les contrats pèsent sur un exercice : contrats, apprentis, jours, mois, part, selon une ou deux dimensions ; sur demande les montants. Sans exercice : celui en cours, N.", a.ventilation)
	add(s, "financement", "Financement",
		"Ce que les contrats rapportent à une date : montant, produit, facturé, produits constatés d’avance (pca), factures à établir (fae), et les contrats auxquels il manque une donnée.", a.financement)
	add(s, "financement_contrat", "Financement d’un contrat",
		"Le financement d’un contrat : ses années, ses échéances et à qui elles sont dues, jusqu’à quand le solde peut être facturé, les règles appliquées.", a.financementContrat)
	search := "Les contrats actifs qui contiennent tous les mots donnés : codes, entreprise, groupe, certification, SIRET."
	if o.Personnes {
		search = "Les contrats actifs qui contiennent tous les mots donnés : codes, personnes, entreprise, groupe, certification, SIRET."
	}
	add(s, "rechercher_contrats", "Rechercher des contrats", search, a.rechercher)
	return s
}

// add adds a tool that reads.
func add[In, Out any](s *mcp.Server, name, title, description string, read func(context.Context, In) (Out, error)) {
	no := false
	mcp.AddTool(s, &mcp.Tool{Name: name, Title: title, Description: description,
		Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, DestructiveHint: &no, OpenWorldHint: &no}},
		func(ctx context.Context, _ *mcp.CallToolRequest, in In) (*mcp.CallToolResult, Out, error) {
			out, err := read(ctx, in)
			return nil, out, explained(err)
		})
}

// explained says why a call failed to who has to do something about it.
func explained(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*demande](err); ok {
		return err
	}
	refused, ok := errors.AsType[*client.Error](err)
	switch {
	case ok && refused.Reason != "":
		return &demande{fmt.Sprintf("%s (%s)", refused.Reason, refused.Code)}
	case ok:
		return &demande{fmt.Sprintf("Le hub répond HTTP %d : vérifiez l’adresse donnée avec --url.", refused.Status)}
	}
	return &demande{fmt.Sprintf("Le hub ne répond pas (%v) : vérifiez qu’il sert à l’adresse donnée avec --url.", err)}
}

// demande is a call that cannot be answered, with the sentence that says what to do.
type demande struct{ message string }

func (d *demande) Error() string { return d.message }

const (
	usualLimit = 20
	mostLimit  = 200
	mostPage   = 10_000
	longest    = 500 // characters of a text
)

// Part says which part of a list is wanted.
type Part struct {
	Page   int `json:"page,omitempty" jsonschema:"la page, à partir de 1 (1 si elle n’est pas donnée)"`
	Limite int `json:"limite,omitempty" jsonschema:"combien par page, au plus 200 (20 si ce n’est pas donné)"`
}

// bounds returns the first element of the part and how many it has.
func (p Part) bounds() (from, count int, err error) {
	if p.Page < 0 || p.Page > mostPage || p.Limite < 0 || p.Limite > mostLimit {
		return 0, 0, &demande{fmt.Sprintf("« page » va de 1 à %d, « limite » de 1 à %d.", mostPage, mostLimit)}
	}
	count = p.Limite
	if count == 0 {
		count = usualLimit
	}
	return (max(p.Page, 1) - 1) * count, count, nil
}

// part returns the part of a list, and whether there is more of it.
func part[T any](list []T, p Part) (found []T, more bool, err error) {
	from, count, err := p.bounds()
	if err != nil {
		return nil, false, err
	}
	from = min(from, len(list))
	to := min(from+count, len(list))
	return append([]T{}, list[from:to]...), to < len(list), nil
}

// shortened bounds a text.
func shortened(s string) string { return domaine.Abrege(s, longest) }
