package compta

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// societeAnswer is a société as MyUnisoft names its properties; what nobody keeps
// here is left out.
type societeAnswer struct {
	SocietyID        int64   `json:"society_id"`
	Name             string  `json:"name"`
	SIRET            *string `json:"siret"`
	RegistrationDate *string `json:"registration_date"` // YYYY-MM-DD
	FolderReference  *string `json:"folder_reference"`
}

func societeOf(s domaine.Societe) societeAnswer {
	answer := societeAnswer{SocietyID: s.ID, Name: s.Nom, SIRET: web.OrNull(s.SIRET), FolderReference: web.OrNull(s.Reference)}
	if s.Immatriculation != nil {
		answer.RegistrationDate = web.OrNull(s.Immatriculation.String())
	}
	return answer
}

// societesAnswer is a list of sociétés. Where siret= found one, that one is at the
// top, too: there MyUnisoft answers with it alone.
type societesAnswer struct {
	*societeAnswer
	RowNumbers   int             `json:"row_numbers"`  // in all, whatever the page
	PagesNumber  *int            `json:"pages_number"` // null for the whole list
	SocietyArray []societeAnswer `json:"society_array"`
}

// selecting are the parameters with which a list is asked for.
var selecting = []string{"q", "siret", "sort", "page", "limit"}

// sirenOrSIRET is what siret= takes.
var sirenOrSIRET = regexp.MustCompile(`^([0-9]{9}|[0-9]{14})$`)

// societes answers with one société where the call is about one, and with a list
// otherwise: for a cabinet, for an organisme that has several, and wherever the call
// selects.
func (s *server) societes(w http.ResponseWriter, r *web.Request) error {
	p := parametersOf(r, selecting...)
	d := hub.DemandeSocietes{Acces: acces(r), Nom: p.value("q"), SIRET: strings.ReplaceAll(p.value("siret"), " ", "")}
	if d.SIRET != "" && !sirenOrSIRET.MatchString(d.SIRET) {
		p.fail(codeParameter, "siret", "Paramètre « siret » : les 14 chiffres d’un SIRET, ou les 9 d’un SIREN, étaient attendus.")
	}
	d.Tri, d.Decroissant = p.sort()
	if err := p.err(); err != nil {
		return err
	}
	var err error
	if d.Page, err = web.Page(r, 0); err != nil {
		return err
	}
	found, total, err := s.hub.Comptabilite.ListeSocietes(r.Context(), d)
	if err != nil {
		return err
	}
	one := r.Header.Get("society-id") != "" || !r.Jeton.Cabinet()
	selects := slices.ContainsFunc(selecting, func(name string) bool { return p.value(name) != "" })
	if one && !selects && len(found) == 1 {
		return web.WriteJSON(w, http.StatusOK, societeOf(found[0]))
	}
	answer := societesAnswer{RowNumbers: total, SocietyArray: make([]societeAnswer, len(found))}
	for i, f := range found {
		answer.SocietyArray[i] = societeOf(f)
	}
	if d.Page.Limit > 0 {
		pages := (total + d.Page.Limit - 1) / d.Page.Limit
		answer.PagesNumber = &pages
	}
	if d.SIRET != "" && len(found) == 1 {
		answer.societeAnswer = &answer.SocietyArray[0]
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

// sort reads {"column":"name","direction":"asc"}.
func (p *parameterReader) sort() (by hub.TriSocietes, descending bool) {
	text := p.value("sort")
	if text == "" {
		return "", false
	}
	var wanted struct {
		Column    string `json:"column"`
		Direction string `json:"direction"`
	}
	const form = "Paramètre « sort » : {\"column\":\"name\",\"direction\":\"asc\"} était attendu ; "
	if jsonv2.Unmarshal([]byte(text), &wanted, jsonv2.RejectUnknownMembers(true)) != nil {
		p.fail(codeParameter, "sort", form+"corrigez ce qui n’est pas du JSON, ou ce qui n’est ni column ni direction.")
		return "", false
	}
	switch wanted.Column {
	case "name", "siret", "folder_reference":
		by = hub.TriSocietes(wanted.Column)
	case "city", "ape", "status", "step": // known there, the same for every société here
	default:
		p.fail(codeParameter, "sort", form+"column est name, siret, folder_reference, city, ape, status ou step.")
	}
	switch wanted.Direction {
	case "", "asc":
	case "desc":
		descending = true
	default:
		p.fail(codeParameter, "sort", form+"direction est asc ou desc.")
	}
	return by, descending
}

// societeTrouvee is what a search by reference answers.
type societeTrouvee struct {
	Name      string  `json:"name"`
	SIRET     *string `json:"siret"`
	SocietyID int64   `json:"society_id"`
}

func (s *server) societeDeReference(w http.ResponseWriter, r *web.Request) error {
	p := parametersOf(r, "reference")
	reference := p.value("reference")
	if reference == "" {
		p.fail(codeEmpty, "reference", "Le paramètre reference est obligatoire : la référence du dossier dans le logiciel du cabinet.")
	}
	if err := p.err(); err != nil {
		return err
	}
	found, err := s.hub.Comptabilite.SocieteDeReference(r.Context(), acces(r), reference)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, societeTrouvee{found.Nom, web.OrNull(found.SIRET), found.ID})
}
