// Package console serves the pages that people look at: rendered on the server,
// in French, usable without JavaScript. A page's handler, template and test
// stand side by side.
package console

import (
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"os"
	"sync"

	"github.com/alexedwards/scs/v2"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/openid"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// Options are what the console is given.
type Options struct {
	Hub *hub.Hub
	Log *slog.Logger
	// OpenID is where people may log in beside the password, or in its place; nil
	// for nowhere.
	OpenID *openid.Provider
	// Address is where browsers find the console, where that is known.
	Address web.Address
}

// droit is what a page asks of whoever opens it.
type droit int

const (
	public      droit = iota // no login
	lire                     // any account
	integrer                 // place contracts, undo, confirm
	compter                  // keep exercices
	administrer              // tokens, webhooks, accounts
	ailleurs                 // in the menu: who has other organismes
)

// allows reports whether a role has a right.
func (d droit) allows(role domaine.Role) bool {
	switch d {
	case integrer:
		return role.Integre()
	case compter:
		return role.Compte()
	case administrer:
		return role.Administre()
	}
	return true
}

// route is one page or one form. The table of routes is read by the server and
// by the tests of rights.
type route struct {
	pattern string // method and path, as http.ServeMux takes them
	droit   droit
	handle  func(w http.ResponseWriter, r *request) error
}

// request is the request of a person who is logged in (or not, on a public page).
type request struct {
	*http.Request
	id       string
	compte   domaine.Compte // with the organisme that is open, and the role there
	propre   domaine.Compte // as it is in its own organisme
	ailleurs bool           // the person has other organismes
	societe  string         // id of the société that the page is about, "" where it names none
}

// acteur is who the journal will name.
func (r *request) acteur() hub.Acteur {
	return hub.Acteur{Organisme: r.compte.OrganismeID, Nom: r.compte.Personne()}
}

type console struct {
	hub      *hub.Hub
	log      *slog.Logger
	sessions *scs.SessionManager
	openid   *openid.Provider // nil for none
	address  web.Address
	pages    *pages
	attentes attentes
	guides   func() *guides // read when they are first asked for
}

func (c *console) routes() []route {
	return []route{
		{"GET /connexion", public, c.loginForm},
		{"POST /connexion", public, c.login},
		{"GET /connexion/fournisseur", public, c.leave},
		{"GET " + openid.ReturnPath, public, c.comeBack},
		{"POST /deconnexion", public, c.logout},
		{"GET /{$}", lire, c.tableau},
		{"GET /synchronisations", lire, c.synchronisations},
		{"GET /synchronisations/{id}", lire, c.synchronisation},
		{"GET /synchronisations/{id}/annuler", integrer, ofID(c.undoForm)},
		{"POST /synchronisations/{id}/annuler", integrer, ofID(c.undo)},
		{"GET /synchronisations/{id}/confirmer", integrer, c.confirmForm},
		{"POST /synchronisations/{id}/confirmer", integrer, ofID(c.confirm)},
		{"POST /synchronisations/{id}/abandonner", integrer, ofID(c.drop)},
		{"GET /imports", integrer, c.imports},
		{"POST /imports", integrer, c.createImport},
		{"GET /imports/exemple.xlsx", integrer, c.exemple(tableur.XLSX, xlsxType)},
		{"GET /imports/exemple.csv", integrer, c.exemple(tableur.CSV, csvType)},
		{"GET /imports/{id}", integrer, c.showImport},
		{"GET /imports/{id}/correspondance", integrer, c.matriceForm},
		{"POST /imports/{id}/correspondance", integrer, c.saveMatrice},
		{"POST /imports/{id}/confirmer", integrer, ofID(c.confirmImport)},
		{"POST /imports/{id}/abandonner", integrer, ofID(c.dropImport)},
		{"GET /imports/{id}/fichier", integrer, ofID(c.importFile)},
		{"GET /imports/{id}/rapport.csv", integrer, c.importReport(tableur.CSV, csvType)},
		{"GET /imports/{id}/rapport.xlsx", integrer, c.importReport(tableur.XLSX, xlsxType)},
		{"GET /agenda/{cle}", public, c.suivi},
		{"GET /aide", public, c.aides},
		{"GET /aide/{guide}", public, c.aide},
		{"GET /glossaire", public, c.glossaire},
		{"GET /calendrier", lire, c.calendrier},
		{"POST /calendrier/suivre", lire, c.suivre},
		{"POST /calendrier/{id}/retirer", lire, ofID(c.nePlusSuivre)},
		{"GET /recherche", lire, c.trouve},
		{"POST /recherche", lire, c.trouver},
		{"GET /personnes/{cle}", lire, c.nomme},
		{"GET /entreprises/{cle}", lire, c.nomme},
		{"POST /listes", lire, c.keepFiltre},
		{"POST /listes/{id}/oublier", lire, ofID(c.forgetFiltre)},
		{"GET /contrats", lire, c.contrats},
		{"POST /contrats", lire, c.search},
		{"GET /contrats.csv", lire, c.contratsFile("csv")},
		{"GET /contrats.xlsx", lire, c.contratsFile("xlsx")},
		{"GET /contrats/{code}", lire, c.contrat},
		{"POST /contrats/{code}/fin", integrer, c.decideFin},
		{"GET /fins", lire, c.fins},
		{"POST /fins", integrer, c.decideFins},
		{"GET /modeles", lire, c.modeles},
		{"GET /modeles/nouveau", integrer, c.newModele},
		{"POST /modeles/nouveau", integrer, c.createModele},
		{"GET /modeles/ensemble", integrer, c.ensembleForm},
		{"POST /modeles/ensemble", integrer, c.createEnsemble},
		{"GET /modeles/{id}", integrer, c.editModele},
		{"POST /modeles/{id}", integrer, ofID(c.updateModele)},
		{"GET /modeles/{id}/supprimer", integrer, c.deleteModeleForm},
		{"POST /modeles/{id}/supprimer", integrer, ofID(c.deleteModele)},
		{"GET /sessions", lire, c.sessionTree},
		{"GET /sessions.csv", lire, c.sessionsCSV},
		{"GET /sessions/{id}", lire, c.session},
		{"GET /sessions/{id}/apprentis.csv", lire, c.sessionCSV},
		{"GET /sessions/{id}/calendrier.ics", lire, ofID(c.sessionICS)},
		{"GET /anomalies", lire, c.anomalies},
		{"GET /anomalies/{nature}/{code}", lire, c.anomaliesOfRegle},
		{"POST /anomalies/{nature}/{code}/suivi", integrer, c.noteAnomalie},
		{"GET /anomalies.csv", lire, c.anomaliesCSV},
		{"GET /exercices", lire, c.exercices},
		{"GET /exercices.tra", lire, c.exercicesTRA},
		{"GET /exercices/nouveau", compter, c.newExercice},
		{"POST /exercices/nouveau", compter, c.newExercice},
		{"GET /exercices/{id}/deplacer", compter, c.moveExercice},
		{"POST /exercices/{id}/deplacer", compter, c.moveExercice},
		{"GET /exercices/{id}/cloturer", compter, c.closeExercice},
		{"POST /exercices/{id}/cloturer", compter, c.closeExercice},
		{"GET /ventilation", lire, c.ventilation},
		{"GET /ventilation.csv", lire, c.ventilationFile("csv")},
		{"GET /ventilation.xlsx", lire, c.ventilationFile("xlsx")},
		{"GET /ventilation/contrats", lire, c.ventilationContrats},
		{"GET /ventilation/contrats.csv", lire, c.ventilationContratsFile("csv")},
		{"GET /ventilation/contrats.xlsx", lire, c.ventilationContratsFile("xlsx")},
		{"GET /financement", lire, c.financement},
		{"GET /financement.xlsx", lire, c.financementXLSX},
		{"GET /financement/contrats", lire, c.financementContrats},
		{"GET /financement/contrats.csv", lire, c.financementContratsCSV},
		{"GET /financement/ecritures.tra", lire, c.ecritures},
		{"GET /rapprochement", lire, c.rapprochement},
		{"GET /rapprochement.xlsx", lire, c.rapprochementXLSX},
		{"POST /rapprochement", compter, c.depositEcheancier},
		{"POST /contrats/{code}/opco", compter, c.takeOPCO},
		{"GET /npec", lire, c.npec},
		{"POST /npec", compter, c.importNPEC},
		{"GET /tarifs", lire, c.tarifs},
		{"GET /tarifs/modifier", compter, c.editTarifs},
		{"POST /tarifs/modifier", compter, c.saveTarifs},
		{"POST /tarifs", compter, c.importTarifs},
		{"GET /tarifs.csv", lire, c.tarifsCSV},
		{"GET /tra", lire, c.traForm},
		{"POST /tra", lire, c.checkTRA},
		{"POST /tra/importer", compter, c.importTRA},
		{"GET /fichiers", lire, c.traForm},
		{"POST /fichiers", lire, c.checkTRA},
		{"POST /fichiers/convertir", lire, c.convertFichier},
		{"GET /reglages", lire, c.reglages},
		{"POST /reglages", lire, c.setReglages}, // each setting asks for its right
		{"POST /reglages/rythme", integrer, c.setRythme},
		{"GET /jetons", administrer, c.jetons},
		{"POST /jetons", administrer, c.createJeton},
		{"GET /jetons/{id}", administrer, c.jeton},
		{"GET /jetons/{id}/revoquer", administrer, c.revokeForm},
		{"POST /jetons/{id}/revoquer", administrer, c.revokeJeton},
		{"GET /journal", administrer, c.journal},
		{"GET /personnes", administrer, c.personnes},
		{"POST /personnes/export", administrer, c.exportPersonne},
		{"POST /personnes/effacer", administrer, c.erasePersonne},
		{"GET /webhooks", administrer, c.webhooks},
		{"POST /webhooks", administrer, c.createWebhook},
		{"GET /webhooks/{id}", administrer, c.webhook},
		{"POST /webhooks/{id}", administrer, c.updateWebhook},
		{"POST /webhooks/{id}/etat", administrer, c.toggleWebhook},
		{"POST /webhooks/{id}/essai", administrer, ofID(c.testWebhook)},
		{"POST /webhooks/{id}/secret", administrer, c.rotateWebhook},
		{"GET /webhooks/{id}/supprimer", administrer, c.deleteWebhookForm},
		{"POST /webhooks/{id}/supprimer", administrer, ofID(c.deleteWebhook)},
		{"POST /livraisons/{id}/rejouer", administrer, ofID(c.replayLivraison)},
		{"GET /comptes", administrer, c.comptes},
		{"POST /comptes", administrer, c.createCompte},
		{"GET /comptes/{id}", administrer, c.editCompte},
		{"POST /comptes/{id}", administrer, c.updateCompte},
		{"POST /comptes/{id}/mot-de-passe", administrer, c.resetPassword},
		{"POST /comptes/acces", administrer, c.giveAcces},
		{"POST /comptes/{id}/acces", administrer, ofID(c.takeAcces)},
		{"GET /centres", lire, c.centres},
		{"POST /centres/{id}", lire, ofID(c.openCentre)},
		{"GET /mon-compte", lire, c.monCompte},
		{"POST /mon-compte/courriels", lire, c.setCourriels},
		{"POST /mon-compte/flux", lire, c.newFlux},
		{"POST /mon-compte/flux/fin", lire, c.dropFlux},
		{"GET /flux/{cle}", public, c.flux},
		{"POST /mon-compte", lire, c.changePassword},
	}
}

// policy lets pages use their own files and send their own forms, nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// The largest forms accepted, in bytes: those that bring a file, and the others.
const (
	maxForm = 1 << 20
	maxFile = 256 << 20
)

// withFile lists the forms that bring a file.
var withFile = map[string]bool{"POST /tra": true, "POST /tra/importer": true, "POST /fichiers": true, "POST /fichiers/convertir": true, "POST /imports": true, "POST /rapprochement": true, "POST /npec": true}

// Mount adds the pages to mux, at its root.
func Mount(mux *http.ServeMux, options Options) {
	c := newConsole(options)
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.fail(w, &request{Request: r, id: web.RequestID(r.Context())}, refus.New(refus.CodeCrossOrigin, "Ce formulaire vient d’un autre site : ouvrez la page ici et recommencez."))
	}))
	if c.address.Origin != "" {
		// Behind a proxy that gives another Host, a browser that says no more than where
		// a form comes from (over http, or an old one) says this.
		if err := guard.AddTrustedOrigin(c.address.Origin); err != nil {
			panic(err) // it was read as one
		}
	}
	for _, route := range c.routes() {
		mux.Handle(route.pattern, guard.Handler(c.serve(route)))
	}
	mux.Handle("GET /assets/", assetHandler())
	mux.Handle("/", guard.Handler(c.serve(route{"/", public, nothing(mux)})))
}

func newConsole(options Options) *console {
	c := &console{hub: options.Hub, log: options.Log, openid: options.OpenID, address: options.Address, sessions: scs.New()}
	if c.log == nil {
		c.log = slog.Default()
	}
	c.sessions.Store = options.Hub.Comptes.ConsoleSessions()
	c.sessions.Lifetime = sessionLife
	c.pages = newPages(options.Address)
	c.guides = sync.OnceValue(func() *guides { return newGuides(options.Address) })
	return c
}

// serve finds who is there, checks the right and runs the handler.
func (c *console) serve(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		limit := int64(maxForm)
		if withFile[route.pattern] {
			limit = maxFile
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		ctx, err := c.load(r)
		req := &request{Request: r.WithContext(ctx), id: web.RequestID(ctx), societe: r.URL.Query().Get("societe")}
		if err == nil {
			err = c.run(route, w, req)
		}
		if err != nil {
			c.fail(w, req, err)
		}
	})
}

func (c *console) run(route route, w http.ResponseWriter, r *request) (err error) {
	defer web.Recovered(&err)
	known, err := c.identify(r)
	if err != nil {
		return err
	}
	if known {
		r.Request = r.WithContext(hub.AvecActeur(r.Context(), r.acteur()))
	}
	if !known && route.droit != public {
		if r.Header.Get("HX-Request") != "" {
			// The fragment cannot hold the login page: the browser goes there.
			w.Header().Set("HX-Redirect", loginFor(r))
			w.WriteHeader(http.StatusUnauthorized)
			return nil
		}
		http.Redirect(w, r.Request, loginFor(r), http.StatusSeeOther)
		return nil
	}
	if err := r.sameCentre(); err != nil {
		return err
	}
	if !route.droit.allows(r.compte.Role) {
		return refus.New(refus.CodeForbidden, "Votre compte a le rôle « %s », qui ne permet pas cette action : demandez à une personne de l’administration.", r.compte.Role.Libelle())
	}
	if err := readForm(r.Request); err != nil {
		return err
	}
	if changes(r.Request) {
		defer c.attentes.forget(r.compte.OrganismeID)
	}
	return route.handle(w, r)
}

// readForm reads the form of a request, unless it brings a file, and refuses text that
// no person types: what the databases make of it differs.
func readForm(r *http.Request) error {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method != http.MethodPost || kind == "multipart/form-data" {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) || errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		return errForm
	}
	for name, values := range r.PostForm {
		for _, value := range append(values, name) {
			if !web.PlainText(value) {
				return errForm
			}
		}
	}
	return nil
}

var errForm = refus.New(refus.CodeUnreadableForm, "Ce formulaire contient des caractères illisibles : revenez à la page et saisissez-les de nouveau.")
