package console_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// formulaire is a form of a page, as a browser reads it.
type formulaire struct {
	page, action string
	fichiers     bool
	champs       []champForm
}

// champForm is one field of a form.
type champForm struct {
	nom, sorte, valeur string // sorte is the type of an input, "select", "textarea" or "button"
	requis             bool
}

// visible reports whether a person fills it in.
func (c champForm) visible() bool { return c.sorte != "hidden" && c.sorte != "button" }

// formulaires reads the forms of a page that change something.
func (p page) formulaires(t *testing.T) (list []formulaire) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(p.body))
	if err != nil {
		t.Fatal(err)
	}
	attr := func(n *html.Node, name string) (string, bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	var open *formulaire
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		_, off := attr(n, "disabled")
		name, _ := attr(n, "name")
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "form":
			method, _ := attr(n, "method")
			action, _ := attr(n, "action")
			kind, _ := attr(n, "enctype")
			if method == "post" {
				list = append(list, formulaire{page: p.path, action: action, fichiers: kind == "multipart/form-data"})
				open = &list[len(list)-1]
				for child := n.FirstChild; child != nil; child = child.NextSibling {
					walk(child)
				}
				open = nil
				return
			}
		case open != nil && name != "" && !off && slices.Contains([]string{"input", "select", "textarea", "button"}, n.Data):
			f := champForm{nom: name, sorte: n.Data}
			if n.Data == "input" {
				if f.sorte, _ = attr(n, "type"); f.sorte == "" {
					f.sorte = "text"
				}
			}
			f.valeur, _ = attr(n, "value")
			_, f.requis = attr(n, "required")
			open.champs = append(open.champs, f)
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	walk(root)
	return list
}

// fautes are the ways in which a form is filled in wrongly.
var fautes = []struct {
	nom  string
	dans func(champForm) string
}{
	{"empty", func(champForm) string { return "" }},
	{"far too long", func(champForm) string { return strings.Repeat("é", 20_000) }},
	{"what no such field holds", func(c champForm) string {
		switch c.sorte {
		case "date":
			return "2026-02-31"
		case "email":
			return "pas une adresse"
		case "url":
			return "javascript:alert(1)"
		case "select", "checkbox", "radio":
			return "99999999999999999999"
		}
		return "-99999999999999999999,5 <b>&\"'"
	}},
	{"a day in words", func(champForm) string { return "le 31 février, peut-être" }},
}

// sendWrong fills in a form and sends it.
func (v *visitor) sendWrong(f formulaire, faute func(champForm) string, file []byte) page {
	v.t.Helper()
	values := url.Values{}
	var button *champForm
	for i, c := range f.champs {
		switch {
		case c.sorte == "button":
			if button == nil || c.valeur == "enregistrer" { // the one that does it
				button = &f.champs[i]
			}
		case c.sorte == "hidden":
			values.Add(c.nom, c.valeur)
		case c.sorte != "file":
			values.Add(c.nom, faute(c))
		}
	}
	if button != nil {
		values.Set(button.nom, button.valeur)
	}
	if !f.fichiers {
		return v.post(f.action, values)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, list := range values {
		for _, value := range list {
			_ = form.WriteField(name, value)
		}
	}
	for _, c := range f.champs {
		if c.sorte == "file" && file != nil {
			part, err := form.CreateFormFile(c.nom, "export.xlsx")
			if err != nil {
				v.t.Fatal(err)
			}
			_, _ = io.Copy(part, bytes.NewReader(file))
		}
	}
	_ = form.Close()
	req, err := http.NewRequest(http.MethodPost, v.site.URL+f.action, &body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return v.do(req)
}

// Every form of every page, filled in wrongly: it is refused with a sentence, where the
// person looks, and never as a fault of the machine.
func TestEveryFormRefusesWrongInputWithASentence(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.filled(t, 120)
		s.exercices(t)
		s.webhook(t)
		s.dropped(t, "export.csv", []byte("Titre;Autre\nx;y\n"))
		v := s.as(t, domaine.RoleAdministration)
		pages := []string{"/contrats", "/calendrier", "/fins", "/modeles/nouveau", "/modeles/1", "/modeles/ensemble", "/sessions/1", "/anomalies/refus/email-shared",
			"/exercices/nouveau", "/exercices/3/deplacer", "/exercices/3/cloturer", "/rapprochement", "/npec", "/tarifs", "/tarifs/modifier", "/tra", "/reglages", "/jetons", "/webhooks", "/webhooks/1",
			"/comptes", "/comptes/1", "/mon-compte", "/personnes", "/imports", "/imports/1/correspondance", "/imports/1"}
		var all []formulaire
		seen := map[string]bool{}
		for _, path := range pages {
			p := v.get(path)
			if p.status != http.StatusOK {
				t.Errorf("%s answers %d", path, p.status)
			}
			for _, f := range p.formulaires(t) {
				key := f.action
				if seen[key] || f.action == "/recherche" || f.action == "/deconnexion" || !slices.ContainsFunc(f.champs, champForm.visible) {
					continue
				}
				seen[key] = true
				all = append(all, f)
			}
		}
		if len(all) < 24 {
			t.Errorf("only %d forms are found", len(all))
		}
		for _, f := range all {
			files := [][]byte{nil}
			if f.fichiers {
				files = [][]byte{nil, {}, []byte("PK\x03\x04 not a workbook"), []byte("a;b\n\x00\xff;\"")}
			}
			for _, faute := range fautes {
				for i, file := range files {
					p := v.sendWrong(f, faute.dans, file)
					what := fmt.Sprintf("%s of %s, %s, file %d", f.action, f.page, faute.nom, i)
					text := strings.ToLower(textOf(p.body))
					if p.status >= 500 || strings.Contains(text, "erreur interne") {
						t.Errorf("%s: %d %s", what, p.status, text)
						continue
					}
					if len(p.body) > 400_000 {
						t.Errorf("%s: the answer has %d bytes", what, len(p.body))
					}
					refused := p.status >= 400
					if refused && (p.status != http.StatusUnprocessableEntity && p.status != http.StatusBadRequest && p.status != http.StatusNotFound && p.status != http.StatusRequestEntityTooLarge && p.status != http.StatusConflict && p.status != http.StatusPreconditionFailed) {
						t.Errorf("%s: %d %s", what, p.status, text)
					}
					if p.status == http.StatusUnprocessableEntity && !strings.Contains(p.body, `class="erreur-champ"`) && !strings.Contains(p.body, `role="alert"`) && !strings.Contains(p.body, "Demande refusée") {
						t.Errorf("%s: nothing on the page says what is wrong: %s", what, text)
					}
					needed := slices.ContainsFunc(f.champs, func(c champForm) bool { return c.requis && c.visible() })
					if needed && faute.nom == "empty" && !refused {
						t.Errorf("%s: accepted: %s", what, text)
					}
					t.Logf("%s: %d", what, p.status)
				}
			}
		}
		if logs := s.logs.String(); strings.Contains(logs, "level=ERROR") {
			t.Errorf("the log has an error:\n%s", logs)
		}
	})
}
