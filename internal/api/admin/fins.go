package admin

import (
	"net/http"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

const fin = "/api/admin/v1/contrats/{code}/fin"

// finAnswer is the end of a contract that is archived.
type finAnswer struct {
	Fin  vie.Nature `json:"fin"`
	Date *string    `json:"date"` // last day, DD/MM/YYYY; null where the contract never took place
	Par  *string    `json:"par"`  // who decided it; null where nobody did
	Le   *time.Time `json:"le"`
}

type decisionAnswer struct {
	Fin  *vie.Nature `json:"fin"` // null where the decision before was taken back
	Date *string     `json:"date"`
	Par  string      `json:"par"`
	Le   time.Time   `json:"le"`
}

func dayFR(j vie.Jour) *string {
	if !j.Connu {
		return nil
	}
	text := j.FR()
	return &text
}

func finOf(f *hub.Fin) finAnswer {
	answer := finAnswer{Fin: f.Vie.Nature, Date: dayFR(f.Vie.Dernier)}
	if d := f.Decidee; d != nil {
		answer.Par, answer.Le = &d.Par, &d.Le
	}
	return answer
}

// withHistory is finOf with everything that was ever decided.
func withHistory(f *hub.Fin) any {
	decisions := make([]decisionAnswer, len(f.Passees))
	for i, d := range f.Passees {
		decisions[i] = decisionAnswer{Date: dayFR(d.Quoi.Date), Par: d.Par, Le: d.Le}
		if d.Quoi.Fin != vie.Active {
			decisions[i].Fin = &f.Passees[i].Quoi.Fin
		}
	}
	return struct {
		finAnswer
		Decisions []decisionAnswer `json:"decisions"` // oldest first
	}{finOf(f), decisions}
}

func (s *server) fin(w http.ResponseWriter, r *web.Request) error {
	history, err := web.Flag(r, "historique", "oui")
	if err != nil {
		return err
	}
	f, err := s.hub.Contrats.Fin(r.Context(), r.Jeton.OrganismeID, r.PathValue("code"))
	if err != nil {
		return err
	}
	if history {
		return web.WriteJSON(w, http.StatusOK, withHistory(f))
	}
	return web.WriteJSON(w, http.StatusOK, finOf(f))
}

func (s *server) decideFin(w http.ResponseWriter, r *web.Request) error {
	var body struct {
		Fin  vie.Nature `json:"fin"`
		Date *string    `json:"date"`
	}
	if err := web.ReadJSON(w, r, &body); err != nil {
		return err
	}
	d := vie.Decision{Fin: body.Fin}
	if d.Fin == vie.Active {
		return invalidFin("fin", passerelle.CodeRequired, "Dites la fin du contrat : terme, rompu ou annule.")
	}
	if body.Date != nil && *body.Date != "" {
		day, err := passerelle.ParseDateFR(*body.Date)
		if err != nil {
			return invalidFin("date", passerelle.CodeDateFormat, "Le dernier jour est une date qui existe, de la forme JJ/MM/AAAA : corrigez-la.")
		}
		if d.Fin != vie.Rompu {
			return invalidFin("date", "value", "Une date ne va qu’avec la fin « rompu » : retirez-la, ou dites le contrat rompu.")
		}
		d.Date = vie.Le(day)
	}
	if err := s.hub.Contrats.DecideFins(r.Context(), r.Acteur(), []hub.FinDemandee{{Code: r.PathValue("code"), Quoi: d}}); err != nil {
		return err
	}
	return s.fin(w, r)
}

func invalidFin(field string, code passerelle.Code, message string) error {
	return refus.New(refus.CodeInvalidFin, "%s", message).With([]passerelle.Violation{{Field: field, Code: code, Message: message}})
}

func (s *server) withdrawFin(w http.ResponseWriter, r *web.Request) error {
	if err := s.hub.Contrats.DecideFins(r.Context(), r.Acteur(), []hub.FinDemandee{{Code: r.PathValue("code")}}); err != nil {
		return err
	}
	return s.fin(w, r)
}
