package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// ligneRecue is the line of the push in which an anomaly came, counted from 1; "" where
// it comes from none.
func ligneRecue(a *domaine.Anomalie) string {
	if a.Index < 0 {
		return ""
	}
	return strconv.Itoa(a.Index + 1)
}

// name says of each anomaly whose contract it is, where, and the value of its field: as it
// was received or, where that is not kept, as the contract has it.
func (c *console) name(r *request, list []domaine.Anomalie) error {
	var codes []string
	for i := range list {
		if list[i].Apprenant == "" && list[i].CodeContrat != "" {
			codes = append(codes, list[i].CodeContrat)
		}
	}
	for from := 0; from < len(codes); from += fileBatch {
		known, err := c.hub.Contrats.Places(r.Context(), r.compte.OrganismeID, codes[from:min(from+fileBatch, len(codes))])
		if err != nil {
			return err
		}
		for i := range list {
			a := &list[i]
			k := known[a.CodeContrat]
			if k == nil || a.Apprenant != "" {
				continue
			}
			a.Apprenant, a.Site = k.PrenomApprenant+" "+k.NomApprenant, k.NomSite
			if at, ok := passerelle.ChampIndex([]byte(a.Field)); ok {
				a.Valeur = *passerelle.Champs[at].At(&k.Contrat)
			}
		}
	}
	return nil
}

// completed are anomalies of a rule with what people wrote about them.
func (c *console) completed(r *request, regle string, list []domaine.Anomalie) ([]anomalieLigne, error) {
	if err := c.name(r, list); err != nil {
		return nil, err
	}
	written, err := c.hub.Journal.Suivis(r.Context(), r.compte.OrganismeID, regle)
	if err != nil {
		return nil, err
	}
	about := map[[2]string]*domaine.Suivi{}
	for i := range written {
		about[[2]string{written[i].CodeContrat, written[i].Champ}] = &written[i]
	}
	lines := make([]anomalieLigne, len(list))
	for i := range list {
		lines[i] = anomalieLigne{list[i], about[[2]string{list[i].CodeContrat, list[i].Field}]}
	}
	return lines, nil
}

// maxMail is how long the address of a mail may be: programs cut longer ones.
const maxMail = 1900

// mailTo is a mail to whoever can mend: the person who sends it chooses whom.
func mailTo(titre string, lines []anomalieLigne, total int) string {
	subject := "À corriger dans le logiciel de gestion : " + lower(titre)
	head := "Bonjour,\r\n\r\nPouvez-vous corriger ceci dans le logiciel de gestion ?\r\n\r\n"
	var body strings.Builder
	address := func(text string) string {
		return "mailto:?subject=" + url.PathEscape(subject) + "&body=" + url.PathEscape(text)
	}
	for i := range lines {
		l := &lines[i]
		line := "- contrat " + l.CodeContrat
		for _, said := range []string{l.Apprenant, l.Site} {
			if said != "" {
				line += ", " + said
			}
		}
		if l.Field != "" {
			line += ", " + lower(champ(l.Field))
			if l.Valeur != "" {
				line += " « " + l.Valeur + " »"
			}
		}
		line += " : " + phrase(&l.Anomalie) + "\r\n"
		rest := "… et " + strconv.Itoa(total-i) + " de plus : la liste entière est dans la console.\r\n"
		if len(address(head+body.String()+line+rest)) > maxMail {
			body.WriteString(rest)
			break
		}
		body.WriteString(line)
	}
	return address(head + body.String())
}

// noteAnomalie keeps what a person writes about an anomaly.
func (c *console) noteAnomalie(w http.ResponseWriter, r *request) error {
	nature, code := r.PathValue("nature"), r.PathValue("code")
	err := c.hub.Journal.NoterAnomalie(r.Context(), r.acteur(), domaine.Suivi{CodeContrat: r.PostFormValue("contrat"), Champ: r.PostFormValue("champ"), Code: code,
		Note: r.PostFormValue("note"), DemandeA: r.PostFormValue("demande_a")})
	if err != nil {
		return err
	}
	path := "/anomalies/" + url.PathEscape(nature) + "/" + url.PathEscape(code)
	if page, err := strconv.Atoi(r.PostFormValue("page")); err == nil && page > 1 {
		return back(w, r, path+"?page="+strconv.Itoa(page), "suivi")
	}
	return then(w, r, path, "suivi")
}
