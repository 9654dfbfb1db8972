package console

import (
	"net/http"
	"net/url"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// toutesCles stands for a key where all of them are meant: no code holds it.
const toutesCles = "\x00"

// mesures are the figures that contracts make.
var mesures = []struct {
	Code, Nom string
	de        func(*financement.Situation) financement.Centimes
}{
	{"montant", "Montant", func(s *financement.Situation) financement.Centimes { return s.Montant }},
	{"produit", "Produit acquis", func(s *financement.Situation) financement.Centimes { return s.Produit }},
	{"facture", "Facturé", func(s *financement.Situation) financement.Centimes { return s.Facture }},
	{"pca", "Produits constatés d’avance", func(s *financement.Situation) financement.Centimes { return s.PCA }},
	{"fae", "Factures à établir", func(s *financement.Situation) financement.Centimes { return s.FAE }},
	{"arecouvrer", "À recouvrer", func(s *financement.Situation) financement.Centimes { return s.ARecouvrer }},
}

// choixContrats says which contracts make a figure.
type choixContrats struct {
	Au      passerelle.Date
	Par     ventilation.Dimension
	Cle     string // code along Par, with AvecCle
	AvecCle bool
	Mesure  string          // "" for all contracts
	Mois    passerelle.Date // first day of a month: its instalments; 0 for contracts
	societe string
}

func (c choixContrats) lien() string { return "/financement/contrats?" + c.query().Encode() }

func (c choixContrats) query() url.Values {
	q := url.Values{"au": {c.Au.String()}, "par": {string(c.Par)}}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("societe", c.societe)
	set("mesure", c.Mesure)
	if c.Mois != 0 {
		set("mois", c.Mois.String()[:7])
	}
	if c.AvecCle {
		q.Set("cle", c.Cle)
	}
	return q
}

// contratsFinances is what financement-contrats.html shows.
type contratsFinances struct {
	dossier
	Choix      choixContrats
	Titre      string // of the figure
	Groupe     string // name of the key, "" for all
	Retour     string
	Lignes     []ligneFinancee
	Total      financement.Situation
	Echeances  financement.Centimes // total of the instalments
	Pagination pagination
	CSV        string
	lignes     []ligneFinancee // of all pages
}

// ligneFinancee is one contract, or one instalment of it.
type ligneFinancee struct {
	Code string
	financement.Situation
	*financement.Echeance // with Mois
}

// readContrats reads the address and finds the contracts.
func (c *console) readContrats(r *request) (*contratsFinances, error) {
	dossier, err := c.readDossier(r)
	if err != nil {
		return nil, err
	}
	d, erreur := c.demandeFinancement(r)
	q := r.URL.Query()
	p := &contratsFinances{dossier: dossier, Choix: choixContrats{Au: d.Au, Par: d.Par[0], Mesure: q.Get("mesure"), Cle: q.Get("cle"), AvecCle: q.Has("cle"), societe: dossier.societe()}}
	if text := q.Get("mois"); text != "" {
		if p.Choix.Mois, err = passerelle.ParseDate(text + "-01"); err != nil {
			erreur = "Ce mois n’existe pas : reprenez depuis la page Financement."
		}
	}
	p.Titre = "Contrats"
	mesure := func(*financement.Situation) financement.Centimes { return 1 }
	for _, m := range mesures {
		if m.Code == p.Choix.Mesure {
			p.Titre, mesure = m.Nom, m.de
		}
	}
	if p.Choix.Mesure != "" && p.Titre == "Contrats" {
		erreur = "Ce chiffre n’existe pas : reprenez depuis la page Financement."
	}
	if erreur != "" {
		return nil, refus.New(refus.CodeInvalidChoice, "%s", erreur)
	}
	f, err := c.hub.Comptabilite.FinancementRapproche(r.Context(), d)
	if err != nil {
		return nil, err
	}
	p.collect(&f.Financement, mesure)
	if p.Choix.Mois != 0 {
		p.Titre = "Échéances de " + p.Choix.Mois.Time().Format("01/2006")
	}
	page := pageOf(r.Request)
	p.Pagination = paginateBy(r.Request, page, len(p.lignes), linesPerPage)
	p.Lignes = part(p.lignes, page, linesPerPage)
	back := url.Values{"au": {p.Choix.Au.String()}, "par": {string(p.Choix.Par)}}
	if p.Choix.societe != "" {
		back.Set("societe", p.Choix.societe)
	}
	p.Retour, p.CSV = "/financement?"+back.Encode(), "/financement/contrats.csv?"+p.Choix.query().Encode()
	return p, nil
}

// collect keeps the contracts of which a figure is not zero, or the instalments of
// the month.
func (p *contratsFinances) collect(f *hub.Financement, mesure func(*financement.Situation) financement.Centimes) {
	fiches := f.Fiches()
	for i := range fiches {
		fiche := &fiches[i]
		if p.Choix.AvecCle {
			key := f.Cle(fiche)
			if key.Code != p.Choix.Cle {
				continue
			}
			p.Groupe = key.Nom
		}
		if p.Choix.Mois == 0 {
			if mesure(&fiche.Situation) != 0 {
				p.lignes = append(p.lignes, ligneFinancee{Code: fiche.Code, Situation: fiche.Situation})
				p.Total.Add(fiche.Situation)
			}
			continue
		}
		for _, e := range f.Plan(fiche).Echeances {
			if p.Choix.Mois.MoisJusqua(e.Date) == 0 && e.Montant != 0 {
				p.lignes = append(p.lignes, ligneFinancee{Code: fiche.Code, Echeance: &e})
				p.Echeances += e.Montant
			}
		}
	}
	if p.Choix.AvecCle && p.Groupe == "" {
		p.Groupe = p.Choix.Cle
	}
}

// financementContrats shows the contracts that make a figure, with the same sum.
func (c *console) financementContrats(w http.ResponseWriter, r *request) error {
	p, err := c.readContrats(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "financement-contrats", p.Titre+" au "+p.Choix.Au.FR(), p)
}

// financementContratsCSV gives them as a file, with their sum.
func (c *console) financementContratsCSV(w http.ResponseWriter, r *request) error {
	p, err := c.readContrats(r)
	if err != nil {
		return err
	}
	if p.Choix.Mois != 0 {
		records := [][]string{{"Contrat", "Date", "Nature", "Payeur", "Montant (€)"}}
		for _, l := range p.lignes {
			records = append(records, []string{l.Code, l.Date.FR(), string(l.Nature), l.Payeur(), l.Echeance.Montant.FR()})
		}
		return writeCSV(w, "echeances-"+p.Choix.Mois.String()[:7], append(records, []string{"Total", "", "", "", p.Echeances.FR()}))
	}
	titles := []string{"Contrat"}
	for _, m := range mesures {
		titles = append(titles, m.Nom+" (€)")
	}
	row := func(name string, s financement.Situation) []string {
		record := []string{name}
		for _, m := range mesures {
			record = append(record, m.de(&s).FR())
		}
		return record
	}
	records := [][]string{titles}
	for _, l := range p.lignes {
		records = append(records, row(l.Code, l.Situation))
	}
	return writeCSV(w, "financement-"+p.Choix.Au.String(), append(records, row("Total", p.Total)))
}
