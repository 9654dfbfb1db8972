package assistant

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/recherche"
)

// AnomaliesDemandees say which anomalies are wanted.
type AnomaliesDemandees struct {
	Nature      string `json:"nature,omitempty" jsonschema:"seulement celles d’une nature : refus, avertissement ou non-integre"`
	Code        string `json:"code,omitempty" jsonschema:"seulement celles d’un code, tel que email-shared ou aucun-modele"`
	CodeContrat string `json:"codeContrat,omitempty" jsonschema:"seulement celles d’un contrat"`
	Part
}

// Anomalies is what the sender has to correct.
type Anomalies struct {
	Total     int          `json:"total"` // on all pages
	ParCode   []CodeCompte `json:"parCode"`
	Anomalies []Anomalie   `json:"anomalies"`
	Suite     bool         `json:"suite"`
}

// CodeCompte is how many anomalies have one code.
type CodeCompte struct {
	Nature string `json:"nature"`
	Code   string `json:"code"`
	Nombre int    `json:"nombre"`
}

// Anomalie is one of them.
type Anomalie struct {
	CodeContrat   string `json:"codeContrat"`
	Nature        string `json:"nature"`
	Code          string `json:"code"`
	Champ         string `json:"champ,omitempty"`
	Message       string `json:"message"`
	ContratOppose string `json:"contratOppose,omitempty"`
	Depuis        string `json:"depuis"` // RFC 3339
}

func (a *assistant) anomalies(ctx context.Context, in AnomaliesDemandees) (out Anomalies, err error) {
	from, count, err := in.bounds()
	if err != nil {
		return out, err
	}
	api, err := a.API("")
	if err != nil {
		return out, err
	}
	out.Anomalies = []Anomalie{}
	codes := map[CodeCompte]int{}
	for found, err := range api.Anomalies(ctx) {
		if err != nil {
			return out, err
		}
		if in.Nature != "" && found.Nature != in.Nature || in.Code != "" && found.Code != in.Code || in.CodeContrat != "" && found.CodeContrat != in.CodeContrat {
			continue
		}
		codes[CodeCompte{Nature: found.Nature, Code: found.Code}]++
		if out.Total >= from && len(out.Anomalies) < count {
			out.Anomalies = append(out.Anomalies, Anomalie{CodeContrat: found.CodeContrat, Nature: found.Nature, Code: found.Code, Champ: found.Field,
				Message: a.anomalieMessage(&found), ContratOppose: found.ConflictsWith, Depuis: found.Since.UTC().Format("2006-01-02T15:04:05Z")})
		}
		out.Total++
	}
	out.ParCode = []CodeCompte{}
	for _, key := range slices.SortedFunc(maps.Keys(codes), func(a, b CodeCompte) int {
		return cmp.Or(cmp.Compare(codes[b], codes[a]), cmp.Compare(a.Nature, b.Nature), cmp.Compare(a.Code, b.Code))
	}) {
		out.ParCode = append(out.ParCode, CodeCompte{key.Nature, key.Code, codes[key]})
	}
	out.Suite = from+len(out.Anomalies) < out.Total
	return out, nil
}

// impersonal are the codes whose sentences quote no person, whatever their field.
var impersonal = map[string]bool{
	string(passerelle.CodeCodeNameMismatch): true,
	string(passerelle.CodeGroupMismatch):    true,
	string(passerelle.CodeDuplicateContrat): true,
	string(passerelle.CodeNearName):         true,
	"aucun-modele":                          true,
	"modeles-ambigus":                       true,
}

// ofOneValue are the codes whose sentences quote the value of their field and nothing
// else.
var ofOneValue = map[string]bool{
	string(passerelle.CodeRequired):     true,
	string(passerelle.CodeType):         true,
	string(passerelle.CodeTooLong):      true,
	string(passerelle.CodeDateFormat):   true,
	string(passerelle.CodeDateOrder):    true,
	string(passerelle.CodeAmountFormat): true,
	string(passerelle.CodeValue):        true,
	string(passerelle.CodeSiretFormat):  true,
	string(passerelle.CodeUnlikelyDate): true,
}

// anomalieMessage is the sentence of an anomaly, or what stands for one that may quote
// a person's name, code or address: every sentence that is not known to quote none.
func (a *assistant) anomalieMessage(found *client.Anomalie) string {
	if a.Personnes || impersonal[found.Code] || ofOneValue[found.Code] && aboutNobody(found.Field) {
		return shortened(found.Message)
	}
	return "Sa phrase peut nommer une personne : lisez-la dans la console, sur la page du contrat."
}

// aboutNobody reports whether a field of the contract speaks of no person.
func aboutNobody(field string) bool {
	i := slices.IndexFunc(passerelle.Champs, func(c passerelle.Champ) bool { return c.Nom == field })
	return i >= 0 && passerelle.Champs[i].Usager == passerelle.UsagerAucun
}

// GroupesNonIntegres are groups of contracts in no session.
type GroupesNonIntegres struct {
	Contrats int      `json:"contrats"` // of all groups
	Groupes  []Groupe `json:"groupes"`
	Suite    bool     `json:"suite"`
}

// Groupe is one of them.
type Groupe struct {
	Formation string              `json:"formation"` // code and name
	Annee     string              `json:"annee"`
	Site      string              `json:"site"`
	Periode   string              `json:"periode"`
	Contrats  int                 `json:"contrats"`
	Motif     string              `json:"motif"`
	Message   string              `json:"message"`
	Modeles   []string            `json:"modeles"`  // those that match equally well
	Criteres  map[string][]string `json:"criteres"` // of a modèle that would take it
}

func (a *assistant) nonIntegres(ctx context.Context, in Part) (out GroupesNonIntegres, err error) {
	api, err := a.API("")
	if err != nil {
		return out, err
	}
	all, err := api.NonIntegres(ctx)
	if err != nil {
		return out, err
	}
	for i := range all {
		out.Contrats += all[i].Contrats
	}
	list, more, err := part(all, in)
	out.Suite = more
	out.Groupes = make([]Groupe, len(list))
	for i, g := range list {
		row := Groupe{Formation: couple(g.Formation), Annee: couple(g.Annee), Site: couple(g.Site), Periode: couple(g.Periode), Contrats: g.Contrats,
			Motif: g.Motif, Message: shortened(g.Message), Modeles: []string{}, Criteres: map[string][]string{}}
		for _, m := range g.Modeles[:min(len(g.Modeles), mostLimit)] {
			row.Modeles = append(row.Modeles, m.Nom)
		}
		for name, values := range g.Modele.Criteres {
			row.Criteres[name] = values
		}
		out.Groupes[i] = row
	}
	return out, err
}

func couple(c client.Couple) string {
	return strings.TrimSpace(c.Code + " " + c.Nom)
}

// Recherche says which contracts are searched for.
type Recherche struct {
	Texte string `json:"texte" jsonschema:"les mots cherchés, qui doivent tous y être ; ni majuscules ni accents ne comptent"`
	Part
}

// ContratsTrouves are the contracts that were found.
type ContratsTrouves struct {
	Contrats []ContratTrouve `json:"contrats"`
	Suite    bool            `json:"suite"`
}

// ContratTrouve is one of them.
type ContratTrouve struct {
	CodeContrat string            `json:"codeContrat"`
	Session     string            `json:"session,omitempty"` // id
	Motif       string            `json:"motif,omitempty"`   // why it is in none
	Champs      map[string]string `json:"champs"`
}

// searchPages bounds how many pages of the hub one search reads.
const searchPages = 20

func (a *assistant) rechercher(ctx context.Context, in Recherche) (out ContratsTrouves, err error) {
	from, count, err := in.bounds()
	if err != nil {
		return out, err
	}
	texte := recherche.NewTexte(in.Texte)
	if texte.Vide() {
		return out, &demande{"« texte » est vide : donnez au moins un mot."}
	}
	api, err := a.API("")
	if err != nil {
		return out, err
	}
	out.Contrats = []ContratTrouve{}
	seen := 0
	for page := 1; page <= searchPages; page++ {
		found, total, err := api.SearchContrats(ctx, in.Texte, page, mostLimit)
		if err != nil {
			return out, err
		}
		for i := range found {
			// The hub searches people too: who must not be named is not found either.
			if !a.Personnes && !holds(&found[i].Contrat, texte) {
				continue
			}
			if seen++; seen <= from {
				continue
			}
			if len(out.Contrats) == count {
				out.Suite = true
				return out, nil
			}
			out.Contrats = append(out.Contrats, a.trouve(&found[i]))
		}
		if page*mostLimit >= total {
			return out, nil
		}
	}
	out.Suite = true
	return out, nil
}

// holds reports whether the fields that speak of no person hold a text.
func holds(c *passerelle.Contrat, texte recherche.Texte) bool {
	var text strings.Builder
	for i := range passerelle.Champs {
		if champ := &passerelle.Champs[i]; champ.Cherche && champ.Usager == passerelle.UsagerAucun {
			text.WriteString(*champ.At(c) + "\n")
		}
	}
	return texte.Dans(text.String())
}

func (a *assistant) trouve(found *client.Trouve) ContratTrouve {
	row := ContratTrouve{CodeContrat: found.Contrat.CodeContrat, Session: found.Session, Motif: found.Motif, Champs: map[string]string{}}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		if value := *champ.At(&found.Contrat); value != "" && (a.Personnes || champ.Usager == passerelle.UsagerAucun) {
			row.Champs[champ.Nom] = shortened(value)
		}
	}
	return row
}
