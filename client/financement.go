package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
)

// Montants are what contracts bring at a date, decimals with two digits such as
// "526.03", as everywhere in the funding of contracts. Facture − ARecouvrer − Produit
// is PCA − FAE.
type Montants struct {
	Montant    string `json:"montant"`    // of the whole contracts
	Produit    string `json:"produit"`    // earned so far
	Facture    string `json:"facture"`    // due so far
	PCA        string `json:"pca"`        // due and not earned
	FAE        string `json:"fae"`        // earned and not due
	ARecouvrer string `json:"aRecouvrer"` // invoiced above what is due; "" in a total that has none
}

// Financement is the funding of an organisme at a date.
type Financement struct {
	Au            string                `json:"au"`     // YYYY-MM-DD
	Tarifs        string                `json:"tarifs"` // id of the price list that was used, "" for none
	NPEC          string                `json:"npec"`   // id of the last edition that was known, "" for none
	Par           []string              `json:"par"`
	Lignes        []LigneFinancement    `json:"lignes"` // one for each group of FinancementOptions.Par
	Contrats      []FinancementContrat  `json:"contrats"`
	Total         TotalFinancement      `json:"total"` // of all pages
	Incomplets    []ContratIncomplet    `json:"incomplets"`
	FinsPresumees *ContratsFinsPresumes `json:"finsPresumees"` // nil with FinancementOptions.SansArchives
}

// TotalFinancement is what some contracts bring, never netted one against another.
type TotalFinancement struct {
	Contrats int `json:"contrats"`
	Montants
}

// LigneFinancement is what the contracts of one group bring.
type LigneFinancement struct {
	Cles map[string]CleFinancement `json:"cles"` // by dimension: formation, site…
	TotalFinancement
}

// CleFinancement is the value of a group along one dimension.
type CleFinancement struct {
	Code string `json:"code"`
	Nom  string `json:"nom"`
}

// ContratIncomplet is a contract that counts for nothing because something lacks.
type ContratIncomplet struct {
	CodeContrat string   `json:"codeContrat"`
	Manque      []string `json:"manque"` // wire names of fields
	Message     string   `json:"message"`
}

// ContratsFinsPresumes are the contracts whose end nobody has said.
type ContratsFinsPresumes struct {
	Contrats int      `json:"contrats"`
	Codes    []string `json:"codes"`
	Jours    int64    `json:"jours"`
}

// FinancementContrat is the funding of one contract at a date. Where something
// lacks, Manque and Message say what, and the rest is empty.
type FinancementContrat struct {
	Au            string `json:"au"` // "" inside a list
	CodeContrat   string `json:"codeContrat"`
	Regime        string `json:"regime"`        // jour, mois
	MontantAnnuel string `json:"montantAnnuel"` // what a full year pays
	Source        string `json:"source"`        // contrat, npec, tarif, depart, opco
	Montants
	Annees         []AnneeFinancement `json:"annees"`    // in a list, with FinancementOptions.Detail
	Echeances      []Echeance         `json:"echeances"` // as Annees
	Regles         []string           `json:"regles"`
	Avertissements []string           `json:"avertissements"`
	OPCO           []MontantOPCO      `json:"opco"` // figures of the OPCO that people took, the latest first
	Manque         []string           `json:"manque"`
	Message        string             `json:"message"`
}

// AnneeFinancement is one year of a contract.
type AnneeFinancement struct {
	Rang       int    `json:"rang"`
	Debut      string `json:"debut"` // YYYY-MM-DD
	Fin        string `json:"fin"`
	Jours      int    `json:"jours"`
	JoursAnnee int    `json:"joursAnnee"`
	Mois       int    `json:"mois"` // begun, 0 under the regime by day
	Montant    string `json:"montant"`
}

// Echeance is one instalment of a contract.
type Echeance struct {
	Rang       int    `json:"rang"`
	Annee      int    `json:"annee"`
	Nature     string `json:"nature"` // avance, acompte, solde, employeur
	Payeur     string `json:"payeur"` // opco, employeur
	Date       string `json:"date"`   // YYYY-MM-DD
	Montant    string `json:"montant"`
	AuPlusTard string `json:"auPlusTard"` // lost after that day; "" where nothing is
}

// MontantOPCO is a person's decision to take the OPCO's figure for a contract.
type MontantOPCO struct {
	MontantAnnuel string    `json:"montantAnnuel"` // "" where the decision was taken back
	Par           string    `json:"par"`
	Le            time.Time `json:"le"`
}

// FinancementOptions say which figures are wanted; the zero value is those of today.
type FinancementOptions struct {
	Au              passerelle.Date // 0 for today
	Par             []string        // at most two dimensions: formation, site, rncp…
	Detail          bool            // contracts of a list with their years and instalments
	Synchronisation string          // as of this synchronisation, "" for now
	Tarifs          string          // with this price list, "" for the one in use
	NPEC            string          // the last edition that is known, "" for all
	SansArchives    bool            // the active contracts alone
	Page, Limit     int             // of a list: a page, from 1, of at most so many contracts; 0 for all of them
}

func (o *FinancementOptions) query() url.Values {
	query := url.Values{"version": {madVersion}}
	set := func(name, value string, wanted bool) {
		if wanted {
			query.Set(name, value)
		}
	}
	set("au", o.Au.String(), o.Au != 0)
	set("par", strings.Join(o.Par, ","), len(o.Par) > 0)
	set("detail", "oui", o.Detail)
	set("synchronisation", o.Synchronisation, o.Synchronisation != "")
	set("tarifs", o.Tarifs, o.Tarifs != "")
	set("npec", o.NPEC, o.NPEC != "")
	set("archives", "non", o.SansArchives)
	set("page", strconv.Itoa(o.Page), o.Page > 0)
	set("limit", strconv.Itoa(o.Limit), o.Limit > 0)
	return query
}

const (
	madFinancement = "/api/v1/mad/financement"
	madEcheanciers = "/api/v1/mad/echeanciers"
	adminReglages  = "/api/admin/v1/reglages"
)

// Financement returns the funding of the contracts at a date, those that ended too.
func (c *Client) Financement(ctx context.Context, options FinancementOptions) (*Financement, error) {
	return fetch[Financement](ctx, c, c.accounting("GET", madFinancement, options.query()))
}

// FinancementContrat returns the funding of one contract with its years and
// instalments; of the options Par, Detail, Page and Limit are ignored.
func (c *Client) FinancementContrat(ctx context.Context, code string, options FinancementOptions) (*FinancementContrat, error) {
	options.Par, options.Detail, options.Page, options.Limit = nil, false, 0, 0
	return fetch[FinancementContrat](ctx, c, c.accounting("GET", madFinancement+"/"+url.PathEscape(code), options.query()))
}

// Ecritures are the closing entries of an exercice and their reversal.
type Ecritures struct {
	Exercice       Exercice   `json:"exercice"`
	Journal        string     `json:"journal"`
	Ecritures      []Ecriture `json:"ecritures"`
	Avertissements []string   `json:"avertissements"`
}

// Ecriture is one entry, whose two lines balance.
type Ecriture struct {
	Numero      int             `json:"numero"` // from 1
	Date        string          `json:"date"`   // YYYY-MM-DD
	Nature      string          `json:"nature"` // pca, fae
	Extourne    bool            `json:"extourne"`
	CodeContrat string          `json:"codeContrat"` // "" with EcrituresOptions.ParLigne
	Objet       string          `json:"objet"`       // what is priced alike, with EcrituresOptions.ParLigne: a code of the price list, or another source
	Libelle     string          `json:"libelle"`
	Lignes      []LigneEcriture `json:"lignes"`
}

// LigneEcriture is one line of an entry.
type LigneEcriture struct {
	Compte string `json:"compte"`
	Debit  string `json:"debit"`
	Credit string `json:"credit"`
}

// EcrituresOptions say how closing entries are made.
type EcrituresOptions struct {
	ParLigne        bool   // one entry for each line of the price list instead of each contract
	Synchronisation string // as in FinancementOptions
	Tarifs          string
	NPEC            string
}

// Ecritures returns the closing entries of the exercice with an id.
func (c *Client) Ecritures(ctx context.Context, exercice string, options EcrituresOptions) (*Ecritures, error) {
	past := FinancementOptions{Synchronisation: options.Synchronisation, Tarifs: options.Tarifs, NPEC: options.NPEC}
	query := past.query()
	query.Set("exercice", exercice)
	if options.ParLigne {
		query.Set("detail", "non")
	}
	return fetch[Ecritures](ctx, c, c.accounting("GET", madFinancement+"/ecritures", query))
}

// Campagne are the figures of a calendar year.
type Campagne struct {
	Annee         int                   `json:"annee"`
	Lignes        []LigneCampagne       `json:"lignes"`
	Total         ChiffresCampagne      `json:"total"`
	Incomplets    []ContratIncomplet    `json:"incomplets"`
	FinsPresumees *ContratsFinsPresumes `json:"finsPresumees"`
}

// LigneCampagne are the figures of one certification, level and site.
type LigneCampagne struct {
	Cles struct {
		Certification CleFinancement `json:"certification"`
		Niveau        CleFinancement `json:"niveau"`
		Site          CleFinancement `json:"site"`
	} `json:"cles"`
	ChiffresCampagne
}

// ChiffresCampagne are the figures of a year.
type ChiffresCampagne struct {
	Contrats   int     `json:"contrats"`   // that ran at least one day of the year
	Apprenants int     `json:"apprenants"` // distinct
	Jours      int64   `json:"jours"`      // of contract inside the year
	Moyenne    float64 `json:"moyenne"`    // days / 365, two decimals
	Presents   int     `json:"presents"`   // on 31 December
	Ruptures   int     `json:"ruptures"`   // that ended before their term
	Produit    string  `json:"produit"`    // earned in the year
	Part       float64 `json:"part"`       // percent of the days; the lines add up to 100
}

// Campagne returns the figures of a calendar year; they are not the State's form.
func (c *Client) Campagne(ctx context.Context, annee string) (*Campagne, error) {
	query := url.Values{"version": {madVersion}, "annee": {annee}}
	return fetch[Campagne](ctx, c, c.accounting("GET", "/api/v1/mad/campagne", query))
}

// Reglages are the settings of an organisme by name: text, numbers (float64), and
// map[string]any for those that belong together, such as comptes.
type Reglages map[string]any

// Reglages returns the settings of the organisme.
func (c *Client) Reglages(ctx context.Context) (set Reglages, err error) {
	err = c.get(ctx, call{method: http.MethodGet, path: adminReglages}, &set)
	return set, err
}

// SetReglages changes the settings that are named and returns all of them. All are
// changed, or none.
func (c *Client) SetReglages(ctx context.Context, changed Reglages) (set Reglages, err error) {
	err = c.get(ctx, call{method: http.MethodPut, path: adminReglages, body: jsonBody(changed)}, &set)
	return set, err
}
