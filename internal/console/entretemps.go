package console

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// entretemps is what somebody else did to a thing while a person had its form before
// their eyes.
type entretemps struct {
	Quoi   string // "Ce modèle"
	Gestes []domaine.Geste
	Lien   string // where the form begins anew
}

// gestesMontres is how many acts of others are told.
const gestesMontres = 5

// seen is what a form carries to know, when it comes back, whether what it showed still
// stands: the version, and the moment.
func (c *console) seen(version string) string {
	return version + "@" + strconv.FormatInt(c.hub.Now().UnixMilli(), 10)
}

// attendu returns the version that a form began with; nil for a form without.
func (r *request) attendu() hub.Attendu {
	version, _, _ := strings.Cut(r.PostFormValue("version"), "@")
	if version == "" {
		return nil
	}
	return hub.Attendu{version}
}

// changed reports whether an error says that somebody else was there first.
func changed(err error) bool {
	var refusal *hub.Refusal
	return errors.As(err, &refusal) && refusal.Code == refus.CodeChanged
}

// meanwhile returns what was done to a thing of a family, or to all of it for nil, since
// the form was shown.
func (c *console) meanwhile(r *request, famille string, objet any, quoi, lien string) (*entretemps, error) {
	e := &entretemps{Quoi: quoi, Lien: lien}
	var found []domaine.Geste
	var err error
	if objet != nil {
		found, err = c.hub.Journal.GestesOf(r.Context(), r.compte.OrganismeID, famille, objet, gestesMontres)
	} else {
		found, _, err = c.hub.Journal.Gestes(r.Context(), r.compte.OrganismeID, famille, hub.Page{Limit: gestesMontres})
	}
	_, moment, _ := strings.Cut(r.PostFormValue("version"), "@")
	since, _ := strconv.ParseInt(moment, 10, 64)
	for _, g := range found {
		if !g.Le.Before(time.UnixMilli(since)) {
			e.Gestes = append(e.Gestes, g)
		}
	}
	return e, err
}
