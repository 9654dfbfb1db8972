package courriel

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

// ligne is one thing to look at, with the page where it is.
type ligne struct{ Texte, Lien string }

// lignes says what there is to look at, the most urgent first. It names nobody.
func lignes(r *hub.Resume, base string) (list []ligne) {
	add := func(path, format string, args ...any) {
		l := ligne{Texte: fmt.Sprintf(format, args...)}
		if base != "" {
			l.Lien = strings.TrimSuffix(base, "/") + path
		}
		list = append(list, l)
	}
	for _, s := range r.Retenues {
		add(fmt.Sprintf("/synchronisations/%d", s.ID), "L’envoi %d du %s attend qu’une personne le confirme ou l’abandonne.", s.ID, s.Debut.In(hub.Paris).Format("02/01/2006 à 15:04"))
	}
	if r.Silence.Muet {
		add("/synchronisations", "Le logiciel de gestion n’a plus rien envoyé depuis le %s.", r.Silence.Dernier.In(hub.Paris).Format("02/01/2006 à 15:04"))
	}
	if n := len(r.ARisque); n > 0 {
		add("/rapprochement", "%s à facturer dans les %d jours, sinon perdu%s ; le premier au plus tard le %s.", count(n, "solde"), hub.JoursRisque, plural(n), r.ARisque[0].AuPlusTard)
	}
	if r.Refuses > 0 {
		add("/anomalies", "%s à corriger dans le logiciel de gestion.", count(r.Refuses, "contrat"))
	}
	if r.Hors > 0 {
		add("/modeles", "%s hors session.", count(r.Hors, "contrat"))
	}
	return list
}

func plural(n int) string {
	if n > 1 {
		return "s"
	}
	return ""
}

func count(n int, word string) string { return fmt.Sprintf("%d\u00a0%s%s", n, word, plural(n)) }

// page is the mail in HTML.
var page = template.Must(template.New("courriel").Parse(`<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>{{.Titre}}</title></head>
<body style="font-family:sans-serif;line-height:1.5">
<p>Bonjour {{.Prenom}},</p>
<p>Voici ce qui demande une action chez {{.Centre}}&nbsp;:</p>
<ul>{{range .Lignes}}<li>{{.Texte}}{{with .Lien}} <a href="{{.}}">Ouvrir</a>{{end}}</li>{{end}}</ul>
<p>{{.Fin}}</p>
</body></html>
`))

const fin = "Vous recevez ce courriel parce que vous l’avez demandé : « Mon compte », dans la console, change le rythme ou l’arrête."

// write returns the subject of a mail, its text and its HTML, which say the same.
func write(e *hub.Envoi, base string) (subject, text, html string, err error) {
	list := lignes(e.Resume, base)
	centre := e.Resume.Organisme.Nom
	subject = fmt.Sprintf("%s : %s à regarder", strings.Join(strings.Fields(centre), " "), count(len(list), "point"))
	var b strings.Builder
	fmt.Fprintf(&b, "Bonjour %s,\n\nVoici ce qui demande une action chez %s :\n\n", e.A.Prenom, centre)
	for _, l := range list {
		fmt.Fprintf(&b, "- %s\n", l.Texte)
		if l.Lien != "" {
			fmt.Fprintf(&b, "  %s\n", l.Lien)
		}
	}
	fmt.Fprintf(&b, "\n%s\n", fin)
	var out bytes.Buffer
	err = page.Execute(&out, map[string]any{"Titre": subject, "Prenom": e.A.Prenom, "Centre": centre, "Lignes": list, "Fin": fin})
	return subject, b.String(), out.String(), err
}
