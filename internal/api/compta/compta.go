// Package compta is the accounting API: sociétés and exercices, in JSON and as
// TRA files, and the contracts that weigh on each exercice (seed 003, design 5 and
// 6).
package compta

import (
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// Options are what the dialect may be given.
type Options struct {
	Hub       *hub.Hub
	RateLimit int // calls per hub.RateWindow and token, 0 for no limit
}

// server answers with the hub.
type server struct {
	hub       *hub.Hub
	rateLimit int
	calls     calls
	files     chan struct{} // places of files that are checked or converted, see turn
	routes    []web.Route
}

// Dialect returns the routes under /api/v1/.
func Dialect(o Options) web.Dialect {
	s := &server{hub: o.Hub, rateLimit: o.RateLimit, files: make(chan struct{}, atOnce)}
	const right = domaine.DroitExercices
	s.routes = []web.Route{
		{Method: "GET", Path: "/api/v1/society", Droit: right, Handle: s.societes},
		{Method: "GET", Path: "/api/v1/society/search", Droit: right, Handle: s.societeDeReference},
		{Method: "GET", Path: "/api/v1/key/info", Droit: right, Handle: s.keyInfo},
		{Method: "GET", Path: "/api/v1/mad/exercices", Droit: right, Handle: s.madExercices},
		{Method: "POST", Path: "/api/v1/mad/exercices", Droit: right, Handle: s.importTRA},
		{Method: "GET", Path: "/api/v1/mad/ventilation", Droit: right, Handle: s.ventilation},
		{Method: "GET", Path: "/api/v1/mad/tarifs", Droit: right, Handle: s.tarifs},
		{Method: "PUT", Path: "/api/v1/mad/tarifs", Droit: right, Handle: s.putTarifs},
		{Method: "GET", Path: "/api/v1/mad/financement", Droit: right, Handle: s.financement},
		{Method: "GET", Path: "/api/v1/mad/financement/{codeContrat}", Droit: right, Handle: s.financementDe},
		{Method: "GET", Path: "/api/v1/mad/financement/ecritures", Droit: right, Handle: s.ecritures},
		{Method: "PUT", Path: "/api/v1/mad/financement/{codeContrat}/opco", Droit: right, Handle: s.putMontantOPCO},
		{Method: "DELETE", Path: "/api/v1/mad/financement/{codeContrat}/opco", Droit: right, Handle: s.deleteMontantOPCO},
		{Method: "POST", Path: "/api/v1/mad/echeanciers", Droit: right, Handle: s.postEcheancier},
		{Method: "GET", Path: "/api/v1/mad/echeanciers/rapprochement", Droit: right, Handle: s.rapprochement},
		{Method: "GET", Path: "/api/v1/mad/npec", Droit: right, Handle: s.npec},
		{Method: "POST", Path: "/api/v1/mad/npec", Droit: right, Handle: s.postNPEC},
		{Method: "GET", Path: "/api/v1/mad/campagne", Droit: right, Handle: s.campagne},
		{Method: "POST", Path: "/api/v1/mad/controle", Droit: right, Handle: s.controle},
		{Method: "POST", Path: "/api/v1/mad/conversion", Droit: right, Handle: s.conversion},
		{Method: "GET", Path: "/api/v1/society/exercice", Droit: right, Handle: s.platExercices},
		{Method: "POST", Path: "/api/v1/society/exercice", Droit: right, Handle: s.createExercices},
		{Method: "PUT", Path: "/api/v1/society/exercice", Droit: right, Handle: s.moveExercices},
		{Method: "PUT", Path: "/api/v1/society/closeExercice", Droit: right, Handle: s.closeExercice},
	}
	return web.Dialect{
		Prefix:         "/api/v1/",
		Routes:         s.routes,
		WriteError:     s.writeError,
		Wrap:           s.limited,
		CabinetAllowed: true,
	}
}

// acces says which société a request is about.
func acces(r *web.Request) hub.Acces {
	return hub.AccesDeJeton(r.Jeton, r.Header.Get("society-id"))
}
