package compta

import (
	"net/http"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable/arrete"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// financementAnswer is the funding of an organisme at a date (design 10).
type financementAnswer struct {
	Au       string                  `json:"au"`
	Tarifs   *string                 `json:"tarifs,omitempty"` // id of the price list that was used
	NPEC     *string                 `json:"npec,omitempty"`   // id of the last edition that was known
	Par      []ventilation.Dimension `json:"par,omitempty"`
	Lignes   []ligneFinancement      `json:"lignes,omitempty"` // with par
	Contrats []contratFinance        `json:"contrats"`         // a page of them, by code
	Total    totalFinancement        `json:"total"`            // of all pages
	incompletsAnswer
	FinsPresumees *ventilation.Presumees `json:"finsPresumees,omitempty"` // nil where only active contracts are asked for
}

type ligneFinancement struct {
	Cles ventilation.Cles `json:"cles"`
	totalFinancement
}

type totalFinancement struct {
	Contrats   int                   `json:"contrats"`
	Montant    financement.Centimes  `json:"montant"`
	Produit    financement.Centimes  `json:"produit"`
	Facture    financement.Centimes  `json:"facture"`
	PCA        financement.Centimes  `json:"pca"`
	FAE        financement.Centimes  `json:"fae"`
	ARecouvrer *financement.Centimes `json:"aRecouvrer,omitempty"` // where there is any
}

func totalOf(t arrete.Total) totalFinancement {
	out := totalFinancement{t.Contrats, t.Montant, t.Produit, t.Facture, t.PCA, t.FAE, nil}
	if t.ARecouvrer != 0 {
		out.ARecouvrer = &t.ARecouvrer
	}
	return out
}

// contratFinance is the funding of one contract.
type contratFinance struct {
	CodeContrat   string               `json:"codeContrat"`
	Regime        financement.Regime   `json:"regime"`
	MontantAnnuel financement.Centimes `json:"montantAnnuel"` // what a full year pays
	Source        financement.Source   `json:"source"`
	Annees        []anneeFinancement   `json:"annees,omitempty"`
	Echeances     []echeanceAnswer     `json:"echeances,omitempty"`
	financement.Situation
	Regles         []string `json:"regles"`
	Avertissements []string `json:"avertissements"`
}

type anneeFinancement struct {
	Rang       int                  `json:"rang"`
	Debut      string               `json:"debut"`
	Fin        string               `json:"fin"`
	Jours      int                  `json:"jours"`
	JoursAnnee int                  `json:"joursAnnee"`
	Mois       int                  `json:"mois,omitzero"` // begun, under the regime by month
	Montant    financement.Centimes `json:"montant"`
}

type echeanceAnswer struct {
	Rang       int                  `json:"rang"`
	Annee      int                  `json:"annee"`
	Nature     financement.Nature   `json:"nature"`
	Payeur     string               `json:"payeur"`
	Date       string               `json:"date"`
	Montant    financement.Centimes `json:"montant"`
	AuPlusTard *string              `json:"auPlusTard"`
}

// contratFinanceOf returns a plan at a date, with its years and instalments where
// detail.
func contratFinanceOf(code string, p *financement.Plan, au passerelle.Date, detail bool) contratFinance {
	c := contratFinance{CodeContrat: code, Regime: p.Contrat.Regime(), MontantAnnuel: p.Annuel, Source: p.Contrat.Source,
		Situation: p.Au(au), Regles: p.Regles(), Avertissements: p.Avertissements()}
	if c.Avertissements == nil {
		c.Avertissements = []string{}
	}
	if !detail {
		return c
	}
	for _, y := range p.Annees {
		c.Annees = append(c.Annees, anneeFinancement{y.Rang, y.Debut.String(), y.Fin.String(), y.Jours, y.JoursBase, y.Mois, y.Montant})
	}
	for i := range p.Echeances {
		e := &p.Echeances[i]
		answer := echeanceAnswer{e.Rang, e.Annee, e.Nature, e.Payeur(), e.Date.String(), e.Montant, nil}
		if e.AuPlusTard != 0 {
			answer.AuPlusTard = web.OrNull(e.AuPlusTard.String())
		}
		c.Echeances = append(c.Echeances, answer)
	}
	return c
}

// passe reads the parameters that ask for figures as of another time.
func (p *parameterReader) passe() hub.Passe {
	return hub.Passe{Synchronisation: p.id("synchronisation", codeParameter), Decisions: p.id("decisions", codeParameter), Tarifs: p.id("tarifs", codeParameter), NPEC: p.id("npec", codeParameter),
		SansArchives: p.one("archives", "oui", "non") == "non"}
}

// notBoth refuses what was integrated as of another time.
func (p *parameterReader) notBoth(integres bool, synchronisation int64) {
	if integres && synchronisation != 0 {
		p.fail(codeParameter, "etat", "Paramètre « etat » : ce qui était intégré à une synchronisation passée n’est pas gardé, demandez l’un ou l’autre.")
	}
}

// au reads the day that figures are drawn up for, 0 for today.
func (p *parameterReader) au() passerelle.Date { return p.day("au") }

// day reads a parameter that is a day, 0 where it is absent.
func (p *parameterReader) day(name string) passerelle.Date {
	v := p.value(name)
	if v == "" {
		return 0
	}
	d, err := passerelle.ParseDate(v)
	if err != nil {
		p.fail(codeDate, name, "Paramètre « %s » : une date existante de la forme AAAA-MM-JJ était attendue.", name)
	}
	return d
}

func (s *server) financement(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, append([]string{"au", "par", "detail", "etat", "format", "page", "limit"}, passeParameters...)...)
	d := hub.DemandeFinancement{Acces: acces(r), Passe: p.passe(), Au: p.au(), Integres: p.one("etat", "transmis", "integres") == "integres"}
	p.notBoth(d.Integres, d.Synchronisation)
	if par := p.value("par"); par != "" {
		var err error
		if d.Par, err = ventilation.ParsePar(par); err != nil {
			p.fail(codeParameter, "par", "Paramètre « par » : %s.", err)
		}
	}
	detail := p.one("detail", "non", "oui") == "oui"
	format, page, err := p.form()
	if err != nil {
		return err
	}
	f, err := s.hub.Comptabilite.Financement(r.Context(), d)
	if err != nil {
		return err
	}
	switch format {
	case "csv":
		return writeFinancementCSV(w, f, d.Par)
	case "xlsx":
		return writeFinancementXLSX(w, f, d.Par)
	}
	return web.WriteJSON(w, http.StatusOK, financementOf(f, d.Par, page, detail))
}

func financementOf(f hub.Financement, par []ventilation.Dimension, page hub.Page, detail bool) financementAnswer {
	answer := financementAnswer{Au: f.Au.String(), Par: par, Contrats: []contratFinance{}, Total: totalOf(f.Total()),
		incompletsAnswer: incompletsOf(f.Incomplets()), FinsPresumees: presumeesOf(f.FinsPresumees(), f.SansArchives)}
	if f.Tarifs != 0 {
		answer.Tarifs = web.OrNull(web.ID(f.Tarifs))
	}
	if f.NPEC != 0 {
		answer.NPEC = web.OrNull(web.ID(f.NPEC))
	}
	if len(par) > 0 {
		answer.Lignes = []ligneFinancement{}
		for _, l := range f.Lignes() {
			answer.Lignes = append(answer.Lignes, ligneFinancement{l.Cles, totalOf(l.Total)})
		}
	}
	fiches := f.Fiches()
	from := min(page.Offset, len(fiches))
	to := len(fiches)
	if page.Limit > 0 {
		to = min(from+page.Limit, to)
	}
	for i := from; i < to; i++ {
		answer.Contrats = append(answer.Contrats, contratFinanceOf(fiches[i].Code, f.Plan(&fiches[i]), f.Au, detail))
	}
	return answer
}

// incompletsAnswer lists the contracts that count for nothing, the first ones by
// code.
type incompletsAnswer struct {
	Incomplets      []arrete.Incomplet `json:"incomplets"`
	TotalIncomplets int                `json:"totalIncomplets"` // more than Incomplets where IncompletsMax left some out
}

func incompletsOf(all []arrete.Incomplet) incompletsAnswer {
	list := all[:min(len(all), arrete.IncompletsMax)]
	if list == nil {
		list = []arrete.Incomplet{}
	}
	return incompletsAnswer{list, len(all)}
}

// presumeesOf leaves out what says nothing where ended contracts are not asked for.
func presumeesOf(p ventilation.Presumees, sansArchives bool) *ventilation.Presumees {
	if sansArchives {
		return nil
	}
	return &p
}

// incompletAnswer is a contract whose funding cannot be computed.
type incompletAnswer struct {
	Au string `json:"au"`
	arrete.Incomplet
}

type financementUn struct {
	Au string `json:"au"`
	contratFinance
	OPCO []montantOPCOAnswer `json:"opco,omitempty"` // figures of the OPCO that people took, the latest first
}

type montantOPCOAnswer struct {
	MontantAnnuel *financement.Centimes `json:"montantAnnuel"` // null: taken back
	Par           string                `json:"par"`
	Le            time.Time             `json:"le"`
}

const codeContratAbsent = "ERR-CONTRAT-NOT-FOUND"

// demandeContrat reads what is asked of one contract.
func demandeContrat(r *web.Request) (hub.DemandeFinancement, error) {
	p := versioned(r, append([]string{"au"}, passeParameters...)...)
	return hub.DemandeFinancement{Acces: acces(r), Passe: p.passe(), Au: p.au()}, p.err()
}

func (s *server) financementDe(w http.ResponseWriter, r *web.Request) error {
	d, err := demandeContrat(r)
	if err != nil {
		return err
	}
	f, err := s.hub.Comptabilite.FinancementDe(r.Context(), d, r.PathValue("codeContrat"))
	if err != nil {
		return err
	}
	if f.Incomplet != nil {
		return web.WriteJSON(w, http.StatusOK, incompletAnswer{f.Au.String(), *f.Incomplet})
	}
	answer := financementUn{Au: f.Au.String(), contratFinance: contratFinanceOf(f.Code, f.Plan, f.Au, true)}
	for i := len(f.OPCO) - 1; i >= 0; i-- {
		m := &f.OPCO[i]
		line := montantOPCOAnswer{Par: m.Par, Le: m.Le}
		if !m.Retire {
			line.MontantAnnuel = &m.Montant
		}
		answer.OPCO = append(answer.OPCO, line)
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}
