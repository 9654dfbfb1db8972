package compta

import (
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/api/web"
)

type routeAnswer struct {
	Path   string `json:"path"`
	Method string `json:"method"` // in lower case
}

// targetAnswer says what a token is for. Ids are 0 where there is none: a cabinet
// token has neither organisme nor société of its own.
type targetAnswer struct {
	Type         string `json:"type"`     // "api": an organisme's token; "firm": a cabinet's
	SchemaID     int64  `json:"schemaId"` // organisme
	ThirdPartyID int64  `json:"thirdPartyId"`
	SocietyID    int64  `json:"societyId"` // 0 too where the organisme has several
}

type versionAnswer struct {
	Current int  `json:"current"`
	Latest  int  `json:"latest"`
	Beta    bool `json:"beta"`
}

type keyAnswer struct {
	Target         targetAnswer  `json:"target"`
	Version        versionAnswer `json:"version"`
	CanBeActivated bool          `json:"canBeActivated"`
	IsActivated    bool          `json:"isActivated"`
	Routes         []routeAnswer `json:"routes"`
}

// keyInfo answers which routes of this API the token may call.
func (s *server) keyInfo(w http.ResponseWriter, r *web.Request) error {
	p := parametersOf(r, "mode")
	mode := p.value("mode")
	if mode != "" && mode != "extended" {
		p.fail(codeParameter, "mode", "Paramètre « mode » : la seule valeur possible est « extended ».")
	}
	if err := p.err(); err != nil {
		return err
	}
	routes := []routeAnswer{}
	for _, route := range s.routes {
		if route.Allows(r.Jeton.Droits) {
			routes = append(routes, routeAnswer{route.Path, strings.ToLower(route.Method)})
		}
	}
	if mode == "" {
		return web.WriteJSON(w, http.StatusOK, routes)
	}
	target := targetAnswer{Type: "api", SchemaID: r.Jeton.OrganismeID, ThirdPartyID: r.Jeton.PartenaireID}
	if r.Jeton.Cabinet() {
		target.Type = "firm"
	}
	if r.Header.Get("society-id") != "" || !r.Jeton.Cabinet() {
		found, err := s.hub.Comptabilite.Societes(r.Context(), acces(r))
		if err != nil {
			return err
		}
		if len(found) == 1 {
			target.SocietyID = found[0].ID
		}
	}
	return web.WriteJSON(w, http.StatusOK, keyAnswer{Target: target, Version: versionAnswer{Current: 1, Latest: 1},
		CanBeActivated: true, IsActivated: true, Routes: routes})
}
