package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/recherche"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// Who can mend what.
const (
	auSource  = "La personne qui saisit les contrats, dans le logiciel de gestion"
	aLExport  = "La personne qui tient l’export du logiciel de gestion"
	aIntegrer = "L’équipe d’intégration, ici, dans les modèles"
)

// regles says each rule in a few words, with who can mend it.
var regles = map[string]struct{ titre, qui string }{
	string(passerelle.CodeRequired):         {"Une valeur obligatoire manque", auSource},
	string(passerelle.CodeType):             {"Une valeur n’est pas un texte", aLExport},
	string(passerelle.CodeTooLong):          {"Une valeur est trop longue", auSource},
	string(passerelle.CodeDateFormat):       {"Une date n’existe pas ou est mal écrite", auSource},
	string(passerelle.CodeDateOrder):        {"La date de fin est avant la date de début", auSource},
	string(passerelle.CodeEmailFormat):      {"Une adresse e-mail est mal écrite", auSource},
	string(passerelle.CodeDuplicateContrat): {"Un contrat est envoyé deux fois", aLExport},
	string(passerelle.CodeCodeNameMismatch): {"Un code a deux noms, ou un nom deux codes", auSource},
	string(passerelle.CodeGroupMismatch):    {"Un groupe a deux noms, ou plusieurs sessions", auSource},
	string(passerelle.CodeUserCodeShared):   {"Un code d’utilisateur désigne deux personnes", auSource},
	string(passerelle.CodeEmailShared):      {"Une adresse e-mail sert à deux personnes", auSource},
	string(passerelle.CodePersonMismatch):   {"Une personne a deux adresses e-mail", auSource},
	string(passerelle.CodeRemovedAndSent):   {"Un contrat est à la fois retiré et envoyé", aLExport},
	string(passerelle.CodeUnknownField):     {"Une propriété inconnue est envoyée", aLExport},
	string(passerelle.CodeNameSpelling):     {"Le nom d’une personne est écrit de deux façons", auSource},
	string(passerelle.CodeAlreadyKnown):     {"Un contrat annoncé comme nouveau était déjà là", aLExport},
	string(passerelle.CodeNotYetKnown):      {"Un contrat annoncé comme modifié n’était pas là", aLExport},
	string(passerelle.CodeAmountFormat):     {"Un montant ou un nombre d’heures est mal écrit", auSource},
	string(passerelle.CodeValue):            {"Une valeur n’est pas de celles qui existent", auSource},
	string(passerelle.CodeSiretFormat):      {"Un numéro SIRET est faux", auSource},
	string(passerelle.CodeReusedCode):       {"Un code d’utilisateur désignait une autre personne", auSource},
	string(passerelle.CodeOverlap):          {"Deux contrats d’un apprenti ont des jours en commun", auSource},
	string(passerelle.CodeUnlikelyDate):     {"Une date est invraisemblable", auSource},
	string(passerelle.CodeNearName):         {"Deux noms se ressemblent trop", auSource},
	string(passerelle.CodeMasse):            {"Un champ change dans beaucoup de contrats", aLExport},
	string(passerelle.CodeHoldsOthers):      {"Un contrat en fait refuser d’autres", auSource},
	string(domaine.MotifAucunModele):        {"Aucun modèle ne prend le contrat", aIntegrer},
	string(domaine.MotifModelesAmbigus):     {"Plusieurs modèles se disputent le contrat", aIntegrer},
}

func titreRegle(code string) string {
	if regle, ok := regles[code]; ok {
		return regle.titre
	}
	return code
}

// anomaliesPage is what anomalies.html shows.
type anomaliesPage struct {
	Groupes          []groupeRegles
	Titres           []titreColonne // of each table
	Erreurs, Refuses int            // what the last pushes refused, and how many contracts
}

// groupeRegles holds the rules of one kind.
type groupeRegles struct {
	Nature        domaine.NatureAnomalie
	Titre, Phrase string
	Regles        []regleLigne
}

type regleLigne struct {
	hub.Regle
	Titre, Qui, Lien string
}

var natures = []groupeRegles{
	{Nature: domaine.NatureRefus, Titre: "Contrats refusés", Phrase: "Le dernier envoi les a refusés ; leur dernière version valable, s’il y en a une, est gardée."},
	{Nature: domaine.NatureNonIntegre, Titre: "Contrats hors session", Phrase: "Ils sont transmis et valables, mais aucun modèle ne les place."},
	{Nature: domaine.NatureAvertissement, Titre: "Avertissements", Phrase: "Les contrats sont acceptés, mais quelque chose surprend."},
}

var colonnesAnomalies = []colonneListe{
	{Code: "regle", Titre: "Règle", Fixe: true}, {Code: "nombre", Titre: "Nombre", N: true, Fixe: true},
	{Code: "qui", Titre: "Qui peut corriger", Fixe: true}, {Code: "depuis", Titre: "Depuis le", Fixe: true},
}

// reglesPar are the orders of the rules of a kind.
var reglesPar = map[string]func(a, b *regleLigne) int{
	"regle":  func(a, b *regleLigne) int { return strings.Compare(recherche.Fold(a.Titre), recherche.Fold(b.Titre)) },
	"nombre": func(a, b *regleLigne) int { return a.Nombre - b.Nombre },
	"qui":    func(a, b *regleLigne) int { return strings.Compare(a.Qui, b.Qui) },
	"depuis": func(a, b *regleLigne) int { return a.Depuis.Compare(b.Depuis) },
}

var colonnesRegle = []colonneListe{
	{Code: "contrat", Titre: "Contrat", Fixe: true}, {Code: "apprenti", Titre: "Apprenti", Fixe: true}, {Code: "site", Titre: "Site", Fixe: true},
	{Code: "ligne", Titre: "Ligne", N: true, Fixe: true}, {Code: "champ", Titre: "Champ", Fixe: true}, {Code: "valeur", Titre: "Valeur reçue", Fixe: true},
	{Code: "message", Titre: "Ce qui ne va pas", Fixe: true, Sans: true}, {Code: "oppose", Titre: "Contrat en cause", Fixe: true, Sans: true},
	{Code: "depuis", Titre: "Depuis", Fixe: true}, {Code: "suivi", Titre: "Suivi", Fixe: true, Sans: true},
}

// anomaliesPar are the orders of the anomalies of a rule.
var anomaliesPar = map[string]func(a, b *anomalieLigne) int{
	"contrat": func(a, b *anomalieLigne) int { return strings.Compare(a.CodeContrat, b.CodeContrat) },
	"apprenti": func(a, b *anomalieLigne) int {
		return strings.Compare(recherche.Fold(a.Apprenant), recherche.Fold(b.Apprenant))
	},
	"site":  func(a, b *anomalieLigne) int { return strings.Compare(recherche.Fold(a.Site), recherche.Fold(b.Site)) },
	"ligne": func(a, b *anomalieLigne) int { return a.Index - b.Index },
	"champ": func(a, b *anomalieLigne) int { return strings.Compare(champ(a.Field), champ(b.Field)) },
	"valeur": func(a, b *anomalieLigne) int {
		return strings.Compare(recherche.Fold(a.Valeur), recherche.Fold(b.Valeur))
	},
	"depuis": func(a, b *anomalieLigne) int { return a.Since.Compare(b.Since) },
}

// sortLines puts the lines of a list in an order, or leaves them as they are for none.
func sortLines[T any](list []T, by func(a, b *T) int, desc bool) {
	if by == nil {
		return
	}
	slices.SortStableFunc(list, func(a, b T) int {
		if desc {
			a, b = b, a
		}
		return by(&a, &b)
	})
}

func (c *console) anomalies(w http.ResponseWriter, r *request) error {
	found, err := c.hub.Journal.Regles(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	liste := lireListe(r.Request, "/anomalies", colonnesAnomalies)
	p := anomaliesPage{Titres: liste.Titres}
	if p.Refuses, err = c.hub.Journal.ContratsRefuses(r.Context(), r.compte.OrganismeID); err != nil {
		return err
	}
	for _, group := range natures {
		for _, regle := range found {
			if regle.Nature != group.Nature {
				continue
			}
			line := regleLigne{Regle: regle, Titre: titreRegle(regle.Code), Qui: regles[regle.Code].qui,
				Lien: "/anomalies/" + string(regle.Nature) + "/" + url.PathEscape(regle.Code)}
			if regle.Nature == domaine.NatureNonIntegre {
				line.Lien = "/contrats?etat=" + url.QueryEscape(regle.Code)
			}
			group.Regles = append(group.Regles, line)
			if regle.Nature == domaine.NatureRefus {
				p.Erreurs += regle.Nombre
			}
		}
		if len(group.Regles) > 0 {
			sortLines(group.Regles, reglesPar[liste.Code], liste.Desc)
			p.Groupes = append(p.Groupes, group)
		}
	}
	return c.render(w, r, http.StatusOK, "anomalies", "Anomalies", p)
}

// reglePage is what regle.html shows.
type reglePage struct {
	hub.Regle
	Titre, Qui string
	Titres     []titreColonne
	Lignes     []anomalieLigne
	Pagination pagination
	Mail       string // address of a mail that lists the first ones
	Suite      string // address of this page, for what is written about a line
	PeutAgir   bool
}

// anomalieLigne is an anomaly with whose contract it is and what was written about it.
type anomalieLigne struct {
	domaine.Anomalie
	Suivi *domaine.Suivi
}

func (c *console) anomaliesOfRegle(w http.ResponseWriter, r *request) error {
	nature, code := domaine.NatureAnomalie(r.PathValue("nature")), r.PathValue("code")
	found, err := c.hub.Journal.Regles(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(found, func(regle hub.Regle) bool { return regle.Nature == nature && regle.Code == code })
	if i < 0 {
		return refus.New(refus.CodeNotFound, "Il n’y a plus d’anomalie de cette sorte : tout est corrigé.")
	}
	page, path := pageOf(r.Request), "/anomalies/"+string(nature)+"/"+url.PathEscape(code)
	liste := lireListe(r.Request, path, colonnesRegle)
	wanted := slice(page)
	if liste.Code != "" { // names and sites are known once all are read
		wanted = hub.Page{}
	}
	lines, err := c.hub.Journal.AnomaliesOfRegle(r.Context(), r.compte.OrganismeID, nature, code, wanted)
	if err != nil {
		return err
	}
	p := reglePage{Regle: found[i], Titre: titreRegle(code), Qui: regles[code].qui, Titres: liste.Titres, Pagination: paginate(r.Request, page, found[i].Nombre),
		Suite: path + "/suivi", PeutAgir: r.compte.Role.Integre()}
	if p.Lignes, err = c.completed(r, code, lines); err != nil {
		return err
	}
	if liste.Code != "" {
		sortLines(p.Lignes, anomaliesPar[liste.Code], liste.Desc)
		p.Lignes = part(p.Lignes, page, perPage)
	}
	p.Mail = mailTo(p.Titre, p.Lignes, found[i].Nombre)
	return c.render(w, r, http.StatusOK, "regle", p.Titre, p)
}

// anomaliesCSV is the list to hand on: all of it, or that of one rule.
func (c *console) anomaliesCSV(w http.ResponseWriter, r *request) error {
	all, _, err := c.hub.Journal.Anomalies(r.Context(), r.compte.OrganismeID, hub.Page{})
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if err := c.name(r, all); err != nil {
		return err
	}
	records := [][]string{{"Contrat", "Règle", "Champ", "Message", "Contrat en cause", "Qui peut corriger", "Depuis", "Apprenti", "Site", "Ligne", "Valeur reçue"}}
	for i := range all {
		a := &all[i]
		if q.Has("code") && a.Code != q.Get("code") || q.Has("nature") && string(a.Nature) != q.Get("nature") {
			continue
		}
		contrat := a.CodeContrat
		if contrat == "" && a.Index >= 0 {
			contrat = "n° " + strconv.Itoa(a.Index+1) + " de l’envoi"
		}
		records = append(records, []string{contrat, titreRegle(a.Code), champ(a.Field), phrase(a), oppose(a), regles[a.Code].qui, a.Since.In(hub.Paris).Format("02/01/2006 15:04"),
			a.Apprenant, a.Site, ligneRecue(a), a.Valeur})
	}
	return writeCSV(w, "anomalies", records)
}
