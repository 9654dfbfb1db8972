package compta

import (
	"encoding/csv"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
)

// codeTarif is the code of a price list that is refused.
const codeTarif = "ERR-INVALID-TARIF"

// tarifsAnswer is a price list, and which there are.
type tarifsAnswer struct {
	listeAnswer
	Simulation bool          `json:"simulation,omitzero"`
	Entrees    []tarifAnswer `json:"entrees"`
	Listes     []listeAnswer `json:"listes"` // the one in use first
}

// listeAnswer is a price list without its entries.
type listeAnswer struct {
	ID         *string `json:"id"`         // null where there is none
	CreeLe     *string `json:"creeLe"`     // RFC 3339
	ImportePar string  `json:"importePar"` // who imported it
	Tarifs     int     `json:"tarifs"`     // number of entries
}

// tarifAnswer is one price.
type tarifAnswer struct {
	Par     ventilation.Dimension `json:"par"`
	Code    string                `json:"code"`
	Montant ventilation.Centimes  `json:"montant"` // euros per year
	Debut   *string               `json:"debut"`   // YYYY-MM-DD; null: open
	Fin     *string               `json:"fin"`
}

func listeOf(l hub.ListeTarifs) listeAnswer {
	answer := listeAnswer{ImportePar: l.Par, Tarifs: l.Tarifs}
	if l.ID != 0 {
		answer.ID, answer.CreeLe = web.OrNull(web.ID(l.ID)), web.OrNull(l.CreeLe.UTC().Format(time.RFC3339))
	}
	return answer
}

func tarifsOf(t hub.Tarifs, lists []hub.ListeTarifs) tarifsAnswer {
	answer := tarifsAnswer{listeAnswer: listeOf(t.ListeTarifs), Entrees: make([]tarifAnswer, len(t.Entrees)), Listes: make([]listeAnswer, len(lists))}
	for i, e := range t.Entrees {
		answer.Entrees[i] = tarifAnswer{Par: e.Par, Code: e.Code, Montant: e.Montant}
		if e.Validite.Debut != ventilation.ToujoursDepuis {
			answer.Entrees[i].Debut = web.OrNull(e.Validite.Debut.String())
		}
		if e.Validite.Fin != ventilation.ToujoursJusque {
			answer.Entrees[i].Fin = web.OrNull(e.Validite.Fin.String())
		}
	}
	for i, l := range lists {
		answer.Listes[i] = listeOf(l)
	}
	return answer
}

func (s *server) tarifs(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, "liste", "format")
	liste := p.id("liste", codeParameter)
	format := p.one("format", "json", "csv")
	societe, err := s.societe(p)
	if err != nil {
		return err
	}
	lists, err := s.hub.Comptabilite.ListesTarifs(r.Context(), societe.OrganismeID)
	if err != nil {
		return err
	}
	var t hub.Tarifs
	if len(lists) > 0 || liste != 0 {
		if t, err = s.hub.Comptabilite.Tarifs(r.Context(), societe.OrganismeID, liste); err != nil {
			return err
		}
	}
	web.SetETag(w, versionOf(lists))
	if format == "csv" {
		return writeTarifsCSV(w, t.Entrees)
	}
	return web.WriteJSON(w, http.StatusOK, tarifsOf(t, lists))
}

func writeTarifsCSV(w http.ResponseWriter, list []ventilation.Tarif) error {
	return writeCSV(w, "tarifs.csv", ventilation.Colonnes, func(out *csv.Writer) {
		for _, t := range list {
			fields := t.Entree().Fields()
			fields[1] = web.CSVText(fields[1])
			_ = out.Write(fields)
		}
	})
}

// tarifsBody is {"entrees":[{"par","code","montant","debut","fin"}]}. What else a
// client sends is ignored: it may send back what it was given.
type tarifsBody struct {
	Entrees []tarifBody `json:"entrees"`
}

// tarifBody has its values as they were sent: an amount must not pass through a
// binary fraction.
type tarifBody struct {
	Par     string         `json:"par"`
	Code    string         `json:"code"`
	Montant jsontext.Value `json:"montant"`
	Debut   string         `json:"debut"`
	Fin     string         `json:"fin"`
}

func (s *server) putTarifs(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, "format", "simulation")
	format := p.one("format", "json", "csv")
	simulation := p.one("simulation", "non", "oui") == "oui"
	if err := p.err(); err != nil {
		return err
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "text/csv" {
		format = "csv"
	}
	societe, err := s.hub.Comptabilite.Societe(r.Context(), acces(r))
	if err != nil {
		return err
	}
	body, err := web.SmallBody(w, r)
	if err != nil {
		return err
	}
	read := readTarifs
	if format == "csv" {
		read = ventilation.ReadCSV
	}
	list, wrong, err := read(body)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return hub.TarifsRefuses(wrong)
	}
	attendu, err := web.IfMatch(r.Request)
	if err != nil {
		return err
	}
	t, err := s.hub.Comptabilite.ImportTarifs(r.Context(), societe.OrganismeID, r.Jeton.Personne(), list, simulation, attendu)
	if err != nil {
		return err
	}
	lists, err := s.hub.Comptabilite.ListesTarifs(r.Context(), societe.OrganismeID)
	if err != nil {
		return err
	}
	web.SetETag(w, versionOf(lists))
	answer := tarifsOf(t, lists)
	answer.Simulation = simulation
	return web.WriteJSON(w, http.StatusOK, answer)
}

// versionOf names the price list in use among all of them.
func versionOf(lists []hub.ListeTarifs) string {
	if len(lists) == 0 {
		return domaine.VersionTarifs(0)
	}
	return domaine.VersionTarifs(lists[0].ID)
}

func readTarifs(body io.Reader) ([]ventilation.Tarif, []ventilation.ErreurLigne, error) {
	var sent tarifsBody
	if err := reception.ReadValue(body, &sent, json.RejectUnknownMembers(false)); err != nil {
		return nil, nil, err
	}
	if len(sent.Entrees) > ventilation.TarifsMax {
		return nil, []ventilation.ErreurLigne{{Index: -1, Champ: "entrees", Message: "La liste dépasse 10 000 tarifs : retirez ceux qui ne servent plus."}}, nil
	}
	entries := make([]ventilation.EntreeTarif, len(sent.Entrees))
	for i, e := range sent.Entrees {
		amount := string(e.Montant)
		if e.Montant.Kind() == '"' {
			amount = unquote(e.Montant)
		}
		entries[i] = ventilation.EntreeTarif{Par: e.Par, Code: e.Code, Montant: amount, Debut: e.Debut, Fin: e.Fin}
	}
	list, wrong := ventilation.Read(entries)
	for i := range wrong {
		wrong[i].Colonne, wrong[i].Champ = 0, strings.TrimSuffix(wrong[i].Champ, " annuel")
	}
	return list, wrong, nil
}
