package compta

import (
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// Version is the version of the object Exercice that this API speaks.
const Version = "1.0.0"

var (
	dimensions = regexp.MustCompile(`^((formation|site|rncp|periode|annee|groupe|entreprise|marque),?){1,2}$`)
	numeric    = regexp.MustCompile(`^-?[0-9]{1,19}$`)
	day        = regexp.MustCompile(`^[0-9-]{1,10}$`)
)

// parameters are those of this API, with the form that a value has to have for
// an error to repeat it.
var parameters = []struct {
	name string
	form *regexp.Regexp
}{
	{"version", regexp.MustCompile(`^[0-9.]{1,20}$`)},
	{"format", regexp.MustCompile(`(?i)^(json|tra|fec|csv|xlsx)$`)},
	{"code", regexp.MustCompile(`^(rang|nom)$`)},
	{"dates", regexp.MustCompile(`^elargies$`)},
	{"creation", regexp.MustCompile(`^cloture$`)},
	{"on", day},
	{"mode", regexp.MustCompile(`^extended$`)},
	{"simulation", regexp.MustCompile(`^(oui|non)$`)},
	{"exercice", numeric},
	{"synchronisation", numeric},
	{"par", dimensions},
	{"etat", regexp.MustCompile(`^(transmis|integres)$`)},
	{"montants", regexp.MustCompile(`^(oui|non)$`)},
	{"tarifs", numeric},
	{"facturation", regexp.MustCompile(`^(annuelle|unique|echue|opco)$`)},
	{"liste", numeric},
	{"npec", numeric},
	{"decisions", numeric},
	{"annee", numeric},
	{"au", day},
	{"depuis", day},
	{"detail", regexp.MustCompile(`^(oui|non)$`)},
	{"archives", regexp.MustCompile(`^(oui|non)$`)},
	{"page", numeric},
	{"limit", numeric},
	{"id_exercice", numeric},
	{"lettering_method_id", numeric},
	{"id_review_model", numeric},
	{"de", regexp.MustCompile(`(?i)^(tra|fec|mad)$`)},
	{"vers", regexp.MustCompile(`(?i)^(tra|fec|mad)$`)},
	{"rapport", regexp.MustCompile(`^(oui|non)$`)},
	{"force", regexp.MustCompile(`^(oui|non)$`)},
	{"strict", regexp.MustCompile(`^(oui|non)$`)},
	{"carry_forward", regexp.MustCompile(`^(true|false)$`)},
	{"siret", regexp.MustCompile(`^[0-9]{9,14}$`)},
}

// parameterName is the form that the name of an unknown parameter has to have for
// an error to repeat it.
var parameterName = regexp.MustCompile(`^[A-Za-z_-]{1,40}$`)

// parameterReader reads the parameters of a request and gathers what is wrong
// with them.
type parameterReader struct {
	r    *web.Request
	errs []fichier.Erreur

	versioned bool // whether the call has a version
}

// parametersOf reads the parameters of a call that has those named.
func parametersOf(r *web.Request, names ...string) *parameterReader {
	p := &parameterReader{r: r}
	p.only(names...)
	return p
}

// versioned is parametersOf for a call that has to say which version it wants.
func versioned(r *web.Request, names ...string) *parameterReader {
	p := &parameterReader{r: r}
	p.version()
	p.only(names...)
	return p
}

func (p *parameterReader) value(name string) string {
	return strings.TrimSpace(p.r.URL.Query().Get(name))
}

func (p *parameterReader) fail(code, name, format string, args ...any) {
	p.errs = append(p.errs, wrong(code, -1, name, format, args...))
}

// version refuses a request that does not say which version it wants.
func (p *parameterReader) version() {
	p.versioned = true
	switch v := p.value("version"); v {
	case Version:
	case "":
		p.fail(codeVersion, "version", "Le paramètre version est obligatoire : la version disponible est %s (version=%s).", Version, Version)
	default:
		p.fail(codeVersion, "version", "Cette version n’existe pas : la version disponible est %s (version=%s).", Version, Version)
	}
}

// passeParameters are those that passe reads.
var passeParameters = []string{"synchronisation", "decisions", "tarifs", "npec", "archives"}

// only refuses parameters that the route does not have, and those that are given
// more than once: neither is left aside in silence.
func (p *parameterReader) only(names ...string) {
	query := p.r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		known := name == "version" || slices.Contains(names, name)
		shown := name
		if !known && !parameterName.MatchString(name) {
			shown = "…"
		}
		switch {
		case !known:
			possible := strings.Join(names, ", ")
			if p.versioned {
				possible = "version, " + possible
			}
			p.fail(codeParameter, shown, "Paramètre « %s » : il n’existe pas ici, retirez-le ou corrigez son nom. Les paramètres possibles sont %s.", shown, possible)
		case len(query[name]) > 1:
			p.fail(codeParameter, name, "Paramètre « %s » : il est donné %d fois, donnez-le une fois.", name, len(query[name]))
		}
	}
}

// one reads a parameter that has one of some values; the first is the one that
// it has where it is absent.
func (p *parameterReader) one(name string, values ...string) string {
	v := strings.ToLower(p.value(name))
	if v == "" {
		return values[0]
	}
	for _, known := range values {
		if v == known {
			return v
		}
	}
	p.fail(codeParameter, name, "Paramètre « %s » : les valeurs possibles sont %s.", name, strings.Join(values, ", "))
	return values[0]
}

// on reads the day as of which a list is wanted, nil for now.
func (p *parameterReader) on() *passerelle.Date {
	v := p.value("on")
	if v == "" {
		return nil
	}
	d, err := passerelle.ParseDate(v)
	if err != nil {
		p.fail(codeDate, "on", "Paramètre « on » : une date existante de la forme AAAA-MM-JJ était attendue.")
	}
	return &d
}

// err returns what is wrong, nil where nothing is.
func (p *parameterReader) err() error {
	if len(p.errs) == 0 {
		return nil
	}
	return refused(p.errs...)
}

// body reads the body of the request, once its parameters are right.
func (p *parameterReader) body(w http.ResponseWriter) (io.Reader, error) {
	if err := p.err(); err != nil {
		return nil, err
	}
	return web.Body(w, p.r)
}

// societe is the société that the request is about, once its parameters are right.
func (s *server) societe(p *parameterReader) (domaine.Societe, error) {
	if err := p.err(); err != nil {
		return domaine.Societe{}, err
	}
	return s.hub.Comptabilite.Societe(p.r.Context(), acces(p.r))
}

// form reads the form of an answer and the page of a list, once all else was read.
func (p *parameterReader) form() (format string, page hub.Page, err error) {
	format = p.one("format", "json", "csv", "xlsx")
	if err = p.err(); err == nil {
		page, err = web.Page(p.r, 0)
	}
	return format, page, err
}
