package console

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// dimensions are what contracts are summed by, as people call it.
var dimensions = []choixDimension{
	{ventilation.ParFormation, "Formation"}, {ventilation.ParSite, "Site"}, {ventilation.ParRNCP, "Code RNCP"}, {ventilation.ParPeriode, "Période"},
	{ventilation.ParAnnee, "Année"}, {ventilation.ParGroupe, "Groupe"}, {ventilation.ParEntreprise, "Entreprise"}, {ventilation.ParMarque, "Marque"},
}

type choixDimension struct {
	Code ventilation.Dimension
	Nom  string
}

func nomDimension(d ventilation.Dimension) string {
	return dimensions[slices.IndexFunc(dimensions, func(c choixDimension) bool { return c.Code == d })].Nom
}

// facturations are the assumptions on when contracts are billed.
var facturations = []struct{ Code, Nom string }{
	{string(ventilation.FacturationOPCO), "Échéancier de l’OPCO (financement)"},
	{facturationAnnuelle, "Chaque année, au début"}, {"unique", "Tout le contrat, au début"}, {"echue", "Chaque année, à la fin"},
}

// facturationAnnuelle is how an address names ventilation.FacturationAnnuelle.
const facturationAnnuelle = "annuelle"

// tousExercices is how an address asks for all of them.
const tousExercices = "tous"

// ventilationChoix is what the address of a ventilation says.
type ventilationChoix struct {
	Exercice        string // id, tousExercices, or "" for the one of today
	Par, Puis       string // dimensions; Puis is "" for one alone
	Etat            string // "transmis" or "integres"
	Facturation     string // "" for the usual one: the schedule of the OPCO where contracts speak of their funding
	Tarifs          string // id of a price list, "" for the one in use
	Synchronisation string // "" for now
	Ligne           string // short name of a line whose contracts are meant, "" for all of them
	Apart           string // which contracts a list of them is about, "" for those with dates
}

// readVentilation reads the address of a ventilation, and tells what is wrong with
// it, field by field.
func readVentilation(r *request) (c ventilationChoix, d hub.DemandeVentilation, erreurs map[string]string) {
	q := r.URL.Query()
	c = ventilationChoix{Exercice: q.Get("exercice"), Etat: q.Get("etat"), Facturation: q.Get("facturation"), Tarifs: strings.TrimSpace(q.Get("tarifs")),
		Synchronisation: strings.TrimSpace(q.Get("synchronisation")), Apart: q.Get("apart"), Ligne: q.Get("ligne"), Par: string(ventilation.ParFormation)}
	erreurs = map[string]string{}
	var par []string
	for _, value := range q["par"] {
		for word := range strings.SplitSeq(value, ",") {
			if word = strings.TrimSpace(word); word != "" {
				par = append(par, word)
			}
		}
	}
	if len(par) == 0 {
		par = []string{c.Par}
	}
	c.Par = par[0]
	if len(par) > 1 {
		c.Puis = par[1]
	}
	var err error
	if d.Par, err = ventilation.ParsePar(strings.Join(par, ",")); err != nil {
		erreurs["puis"] = sentence(err)
	}
	if d.Integres = c.Etat == "integres"; !d.Integres {
		c.Etat = "transmis"
	}
	if !slices.ContainsFunc(facturations, func(f struct{ Code, Nom string }) bool { return f.Code == c.Facturation }) {
		c.Facturation = ""
	}
	d.ParDefaut = c.Facturation == ""
	if c.Facturation != facturationAnnuelle {
		d.Facturation = ventilation.Facturation(c.Facturation)
	}
	for _, id := range []struct {
		field, text string
		into        *int64
	}{{"tarifs", c.Tarifs, &d.Tarifs}, {"synchronisation", c.Synchronisation, &d.Synchronisation}} {
		if id.text == "" {
			continue
		}
		if *id.into, err = strconv.ParseInt(id.text, 10, 64); err != nil || *id.into < 1 {
			erreurs[id.field] = "Saisissez un numéro, tel que la liste le montre."
		}
	}
	if d.Integres && d.Synchronisation != 0 {
		erreurs["synchronisation"] = "Ce qui était intégré à une synchronisation passée n’est pas gardé : choisissez tous les contrats."
	}
	d.Acces, d.Montants, d.SiTarifs = r.acces(), true, true
	return c, d, erreurs
}

// query is the address of the same ventilation, whole.
func (c ventilationChoix) query(societe string) url.Values {
	q := url.Values{"exercice": {c.Exercice}, "par": {c.Par}}
	if c.Puis != "" {
		q.Add("par", c.Puis)
	}
	for name, value := range map[string]string{"societe": societe, "etat": c.Etat, "facturation": c.Facturation, "tarifs": c.Tarifs, "synchronisation": c.Synchronisation, "apart": c.Apart, "ligne": c.Ligne} {
		if value != "" && value != "transmis" {
			q.Set(name, value)
		}
	}
	return q
}

// sentence writes a reason with its capital and its stop.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
