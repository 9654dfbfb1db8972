package console

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vearutop/statigz"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/rapprochement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/recherche"
)

//go:embed *.html
var templateFiles embed.FS

//go:embed assets/console.css assets/console.js assets/htmx.min.js.gz assets/icone.svg
var assetFiles embed.FS

// pages holds the templates, each page with the layout around it. A template is read when
// its page is first asked for: a server starts sooner, and a test reads those it looks at.
type pages struct {
	byName  map[string]func() *template.Template
	address web.Address
}

func newPages(address web.Address) *pages {
	p := &pages{byName: map[string]func() *template.Template{}, address: address}
	whole := sync.OnceValue(func() *template.Template {
		whole := template.Must(template.New(layout).Funcs(p.functions()).Parse(p.source(layout)))
		template.Must(whole.New("partages.html").Parse(p.source("partages.html")))
		return whole
	})
	files, err := fs.Glob(templateFiles, "*.html")
	if err != nil {
		panic(err) // the pattern is well formed
	}
	for _, file := range files {
		if file != layout && file != "partages.html" {
			p.byName[strings.TrimSuffix(file, ".html")] = sync.OnceValue(func() *template.Template {
				return template.Must(template.Must(whole().Clone()).Parse(p.source(file)))
			})
		}
	}
	return p
}

// spaces that no line may end at, before the signs that French sets apart.
var spaces = strings.NewReplacer(" ; ", "\u00a0; ", " : ", "\u00a0: ", " ?<", "\u00a0?<", " ? ", "\u00a0? ", "« ", "«\u00a0", " »", "\u00a0»")

// typeset reads a template with the spaces of French. What people wrote
// themselves is not touched: it is not in the templates.
func typeset(file string) string {
	text, err := templateFiles.ReadFile(file)
	if err != nil {
		panic(err) // it is embedded
	}
	return spaces.Replace(string(text))
}

// Where an attribute leads to a page or a file: one that the template names, or one that
// the data do.
var (
	leadsTo   = regexp.MustCompile(`\b((?:href|action|formaction|src|hx-get|hx-post)=")/`)
	leadsToOf = regexp.MustCompile(`\b((?:href|action|formaction|src|hx-get|hx-post)="\{\{)([^{}]+)\}\}`)
)

// source reads a template whose addresses lead below the path of the console, so that no page
// has to know where it is.
func (p *pages) source(file string) string {
	text := typeset(file)
	if p.address.Base == "" {
		return text
	}
	text = leadsTo.ReplaceAllString(text, "${1}"+p.address.Base+"/")
	return leadsToOf.ReplaceAllString(text, "${1}${2} | ici}}")
}

// view is what the layout shows: D is the page's own data.
type view struct {
	Titre     string
	Compte    domaine.Compte
	Connecte  bool
	Organisme domaine.Organisme
	Menu      []menuGroupe
	Fait      string // what was just done
	Aide      *aide  // what the guides say of the page, nil for nothing
	D         any
}

// layout is the template of a whole page.
const layout = "layout.html"

// render answers with a page. Nothing has been written when it returns an error.
func (c *console) render(w http.ResponseWriter, r *request, status int, name, titre string, data any) error {
	return c.write(w, r, status, name, layout, titre, data)
}

// renderPart answers with one part of a page, for htmx to put in its place.
func (c *console) renderPart(w http.ResponseWriter, r *request, name, part string, data any) error {
	return c.write(w, r, http.StatusOK, name, part, "", data)
}

func (c *console) write(w http.ResponseWriter, r *request, status int, name, start, titre string, data any) error {
	v := view{Titre: titre, Compte: r.compte, Connecte: r.compte.ID != 0, D: data}
	if start == layout { // a part of a page has nothing around it
		v.Fait, v.Aide = done[r.URL.Query().Get("fait")], c.guides().aide(name)
		if v.Connecte {
			var err error
			if v.Organisme, err = c.hub.Organismes.Organisme(r.Context(), r.compte.OrganismeID); err != nil {
				return err
			}
			v.Menu = menuFor(r, c.attend(r))
		}
	}
	var page bytes.Buffer
	if err := c.pages.byName[name]().ExecuteTemplate(&page, start, v); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	guillemets(&page)
	if r.ailleurs {
		page = *bytes.NewBuffer(formsOf(page.Bytes(), r.compte.OrganismeID))
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Vary", "HX-Request, Accept-Encoding")
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.WriteHeader(status)
		_, _ = page.WriteTo(w)
		return nil
	}
	header.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	// A secret is never on a page beside text that an attacker chooses, so that
	// compression tells nothing: forms carry no token (see CrossOriginProtection).
	zip, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
	_, _ = page.WriteTo(zip)
	_ = zip.Close()
	return nil
}

// done are the sentences that confirm what was just done, by the key that the
// address of the next page carries.
var done = map[string]string{
	"annulee":            "La synchronisation est annulée : les contrats sont de nouveau comme avant elle.",
	"confirmee":          "L’envoi retenu est confirmé et appliqué.",
	"abandonnee":         "L’envoi retenu est abandonné : rien n’en a été enregistré.",
	"import":             "L’import est enregistré.",
	"import-abandonne":   "Le fichier est abandonné : rien n’en a été enregistré.",
	"modele-cree":        "Le modèle est créé et les contrats ont été replacés.",
	"modele":             "Le modèle est modifié et les contrats ont été replacés.",
	"modeles-crees":      "Les modèles sont créés et les contrats ont été replacés.",
	"modele-fini":        "Le modèle est supprimé et les contrats ont été replacés.",
	"revoque":            "Le jeton est révoqué : il ne sert plus, dès maintenant.",
	"webhook":            "Le webhook est modifié.",
	"webhook-actif":      "Le webhook est activé : il est prévenu de ce qui arrive à partir de maintenant.",
	"webhook-arrete":     "Le webhook est désactivé : il n’est plus prévenu de rien.",
	"webhook-essai":      "L’événement d’essai part. Rechargez la page pour voir ce que le logiciel a répondu.",
	"webhook-rejoue":     "L’événement est livré de nouveau. Rechargez la page pour voir ce que le logiciel a répondu.",
	"webhook-supprime":   "Le webhook est supprimé, avec ses livraisons.",
	"acces":              "La personne peut ouvrir ce centre depuis « Tous mes centres ».",
	"acces-retire":       "L’accès est retiré, dès maintenant.",
	"compte":             "Le compte est modifié.",
	"compte-cree":        "Le compte est créé.",
	"exercice-cree":      "L’exercice est créé.",
	"exercice-deplace":   "Les dates sont changées.",
	"exercice-clos":      "L’exercice est clos.",
	"exercices-importes": "Les exercices du fichier sont là.",
	"opco":               "Le montant de l’OPCO est repris : le financement du contrat est calculé avec lui dès maintenant.",
	"opco-retire":        "La décision est retirée : le montant du contrat vient de nouveau de ses autres sources.",
	"echeancier":         "L’échéancier est enregistré et rapproché de ce qui est attendu.",
	"npec":               "L’édition est importée : les contrats conclus pendant qu’elle vaut en ont les montants dès maintenant.",
	"npec-connue":        "Cette édition était déjà là : rien n’est changé.",
	"tarifs":             "La liste de tarifs est en vigueur.",
	"fins":               "La décision est enregistrée : les exercices comptent ces contrats ainsi dès maintenant.",
	"fin":                "La décision est enregistrée : les exercices comptent ce contrat ainsi dès maintenant.",
	"fin-retiree":        "La décision est retirée : seul ce que dit votre logiciel compte de nouveau.",
	"agenda-retire":      "Cette adresse ne répond plus : votre agenda ne la relira plus.",
	"suivi":              "C’est noté : la date de la demande se voit sur la ligne.",
	"liste-gardee":       "La liste est gardée : son nom y mène depuis cette page.",
	"liste-oubliee":      "La liste n’est plus gardée.",
	"reglages":           "Les réglages sont enregistrés.",
	"courriels":          "C’est noté : les courriels suivent ce que vous avez choisi.",
	"flux-fini":          "L’adresse privée ne sert plus, dès maintenant.",
	"mot-de-passe":       "Votre mot de passe est changé.",
}

// assetVersion changes with the assets, so that browsers may keep them.
var assetVersion = func() string {
	hash := fnv.New64a()
	files, err := fs.Glob(assetFiles, "assets/*")
	if err != nil {
		panic(err) // the pattern is well formed
	}
	for _, file := range files {
		contents, err := assetFiles.ReadFile(file)
		if err != nil {
			panic(err) // the file is embedded
		}
		_, _ = hash.Write(contents)
	}
	return strconv.FormatUint(hash.Sum64(), 36)
}()

var assetHandler = sync.OnceValue(func() http.Handler {
	assets, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		panic(err) // the directory is embedded
	}
	files := statigz.FileServer(assets.(fs.ReadDirFS), statigz.EncodeOnInit)
	return http.StripPrefix("/assets/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		files.ServeHTTP(w, r)
	}))
})

func (p *pages) functions() template.FuncMap {
	return template.FuncMap{
		"version": func() string { return assetVersion },
		"ici": func(path string) string {
			if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
				return p.address.Path(path)
			}
			return path
		},
		"date":  func(t time.Time) string { return t.In(hub.Paris).Format("02/01/2006") },
		"heure": func(t time.Time) string { return t.In(hub.Paris).Format("02/01/2006 à\u00a015:04") },
		// A token serves until a midnight: what people call its last day is the one before.
		"dernierjour": func(t *time.Time) string { return t.Add(-1).UTC().Format("02/01/2006") },
		"iso":         func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"nombre":      nombre,
		"octets":      octets,
		"jours":       func(n int64) string { return nombre(int(n)) },
		"pluriel":     pluriel,
		"montant":     func(c ventilation.Centimes) string { return grouped(c.FR()) }, // under a title that says euros
		"euros":       func(c financement.Centimes) string { return grouped(c.FR()) },
		"centiemes":   func(c ventilation.Centiemes) string { return grouped(c.FR()) },
		"compte":      compte,
		"premiers":    func(list []rapprochement.Du) []rapprochement.Du { return list[:min(len(list), perPage)] },
		"reste":       func(list []rapprochement.Du) int { return len(list) - perPage },
		"age":         age,
		"duree":       duree,
		"origine":     origine,
		"etat":        etat,
		"nature":      nature,
		"champ":       champ,
		"jourentier":  jourEntier,
		"marque":      marque,
		"role":        func(r recherche.Role) string { return rolesNommes[r] },
		"liennomme":   lienNomme,
		"liende":      lienDe,
		"ligne":       ligneRecue,
		"phrase":      phrase,
		"oppose":      oppose,
		"deuxfois":    deuxFois,
		"plus":        func(a, b int) int { return a + b },
		"chemin":      url.PathEscape,
		"contient":    func(list []string, s string) bool { return slices.Contains(list, s) },
		"droit": func(d domaine.Droit) string {
			label, _, _ := strings.Cut(droitsTextes[d], " :")
			return label
		},
		"minuscule": lower,
		"liste":     func(values ...any) []any { return values },
		"pourcent": func(part, whole int) string {
			if whole == 0 {
				return "–"
			}
			return strings.Replace(strconv.FormatFloat(float64(part)*100/float64(whole), 'f', 1, 64), ".", ",", 1) + "\u00a0%"
		},
	}
}

// grouped puts thin spaces between the thousands of a number with two decimals.
func grouped(text string) string {
	point := len(text) - len(",00")
	return thousands(text[:point]) + text[point:]
}

// nombre writes a number with thin spaces between its thousands.
func nombre(n int) string { return thousands(strconv.Itoa(n)) }

// compte says how many of something there are: "2 000 contrats".
func compte(n int, mot string) string { return nombre(n) + "\u00a0" + pluriel(n, mot) }

func thousands(digits string) string {
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "\u202f" + digits[i:]
	}
	return digits
}

// octets says the size of a file in its largest unit.
func octets(n int64) string {
	for _, unit := range []string{"o", "ko", "Mo"} {
		if n < 1000 {
			return strconv.FormatInt(n, 10) + "\u00a0" + unit
		}
		n = (n + 500) / 1000
	}
	return nombre(int(n)) + "\u00a0Go"
}

// pluriel puts every word in the plural from 2 on, as French does.
func pluriel(n int, mots string) string {
	if n < 2 {
		return mots
	}
	words := strings.Fields(mots)
	for i, word := range words {
		switch {
		case word == "est":
			words[i] = "sont"
		case !strings.HasSuffix(word, "s") && !slices.Contains([]string{"à", "en", "de"}, word):
			words[i] = word + "s"
		}
	}
	return strings.Join(words, " ")
}

// age says how long ago something was.
func age(d time.Duration) string {
	if d < time.Minute {
		return "à l’instant"
	}
	return "il y a " + duree(d)
}

// duree says a length of time in its largest unit.
func duree(d time.Duration) string {
	unit := func(n int, word string) string { return strconv.Itoa(n) + "\u00a0" + pluriel(n, word) }
	switch {
	case d < time.Second:
		return unit(int(d.Milliseconds()), "ms")
	case d < time.Minute:
		return unit(int(d.Seconds()), "s")
	case d < time.Hour:
		return unit(int(d.Minutes()), "min")
	case d < 48*time.Hour:
		return unit(int(d.Hours()), "heure")
	}
	return unit(int(d.Hours()/24), "jour")
}
