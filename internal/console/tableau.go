package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// tableauPage is what tableau.html shows.
type tableauPage struct {
	*hub.Tableau
	Risque    *risquePage // nil where there is none
	Comptable bool        // it is the page of an accountant: closings, money at risk and missing prices come first
	Reponse   string      // its title
	SansPrix  int         // contracts of which nothing gives the amount
	AFaire    []tache
	Graphique *graphique
	Derniere  *domaine.Synchronisation // the last applied push
	Erreurs   int                      // what they were refused for
	Visite    *visite                  // what happened since the last one, nil for a first visit
	Echeance  *echeance                // the next exercice to close or to create, nil where there are none
}

// visite is what happened since a person was last here.
type visite struct {
	Le                          time.Time
	Envois, Refuses             int // pushes that changed something or could have, and those that were refused whole
	Ajoutes, Modifies, Archives int
	Retenus                     int
}

// visiteOf adds up the journal since a moment, in Unix milliseconds; nil for 0.
func visiteOf(journal []domaine.Synchronisation, since int64) *visite {
	if since == 0 {
		return nil
	}
	v := &visite{Le: time.UnixMilli(since)}
	for _, s := range journal {
		if !s.Debut.After(v.Le) {
			continue
		}
		v.Envois++
		switch s.Etat {
		case domaine.EtatAppliquee:
			v.Ajoutes, v.Modifies, v.Archives = v.Ajoutes+s.Ajoutes, v.Modifies+s.Modifies, v.Archives+s.Archives
		case domaine.EtatRetenue:
			v.Retenus++
		case domaine.EtatRefusee:
			v.Refuses++
		}
	}
	return v
}

// tache is one thing that waits for a person, with where to do it.
type tache struct {
	Gravite string // a class: grave, "" or info
	Texte   string
	Lien    string
	Action  string
}

func (c *console) tableau(w http.ResponseWriter, r *request) error {
	t, err := c.hub.Journal.Tableau(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	due, err := c.echeances(r, passerelle.DateOf(c.hub.Now().In(hub.Paris)))
	if err != nil {
		return err
	}
	presumed, err := c.hub.Contrats.CountFinsPresumees(r.Context(), r.compte.OrganismeID)
	if err != nil {
		return err
	}
	page := tableauPage{Tableau: t, Graphique: newGraphique(t.Journal, t.Maintenant)}
	risk, err := c.risque(r)
	if err != nil {
		return err
	}
	contracts, accounts := slices.Concat(aFaire(t, r.compte.Role), finsAFaire(presumed, r.compte.Role)), comptesAFaire(due, r.compte.Role)
	if risk != nil {
		accounts = append(accounts, prixAFaire(risk.Manques)...)
		page.SansPrix = risk.Manques.SansPrix
		if !risk.Vide() {
			page.Risque = risk
		}
	}
	if page.AFaire = slices.Concat(contracts, accounts); r.compte.Role == domaine.RoleComptabilite {
		page.AFaire = slices.Concat(accounts, contracts)
		page.Comptable, page.Reponse = true, reponseComptable(due, risk)
	}
	if len(due) > 0 {
		page.Echeance = &due[0]
	}
	page.Visite = visiteOf(t.Journal, c.sessions.GetInt64(r.Context(), keyVisite))
	for i := range t.Journal {
		if t.Journal[i].Etat == domaine.EtatAppliquee {
			page.Derniere = &t.Journal[i]
			break
		}
	}
	for _, regle := range t.Regles {
		if regle.Nature == domaine.NatureRefus {
			page.Erreurs += regle.Nombre
		}
	}
	return c.render(w, r, http.StatusOK, "tableau", "Tableau de bord", page)
}

// aFaire lists what needs attention, the most urgent first.
func aFaire(t *hub.Tableau, role domaine.Role) (list []tache) {
	add := func(gravite, texte, lien, action string) { list = append(list, tache{gravite, texte, lien, action}) }
	for _, s := range t.Retenues {
		add("grave", "L’envoi du "+s.Debut.In(hub.Paris).Format("02/01/2006")+" archiverait "+nombre(s.Archives)+" "+pluriel(s.Archives, "contrat")+
			" : l’export est peut-être tronqué. Il attend que quelqu’un le confirme ou l’abandonne.", lienSynchronisation(s.ID), "Voir ce qu’il changerait")
	}
	if t.Silence.Muet {
		add("grave", "Le logiciel de gestion n’a rien envoyé depuis "+duree(t.Maintenant.Sub(t.Silence.Dernier))+
			", alors qu’il envoie d’habitude toutes les "+duree(t.Silence.Rythme)+". Vérifiez qu’il tourne et que son jeton sert encore.", "/synchronisations", "Voir les synchronisations")
	}
	for _, w := range t.Webhooks {
		texte := "Le webhook « " + w.Nom + " » échoue"
		if w.EchecLe != nil {
			texte += " depuis " + duree(t.Maintenant.Sub(*w.EchecLe))
		}
		if w.Motif == domaine.ArretParti {
			texte = "Le webhook « " + w.Nom + " » est désactivé : le logiciel a répondu qu’il ne veut plus être prévenu (410)"
		}
		lien, action := lienWebhook(w.ID), "Voir ses livraisons"
		if !role.Administre() {
			texte += ". Prévenez une personne de l’administration"
			lien, action = "/synchronisations", "Voir les synchronisations"
		}
		add("grave", texte+". Ce logiciel n’est plus prévenu de ce qui arrive ici.", lien, action)
	}
	if t.Silence.Dernier.IsZero() {
		switch {
		case t.Jetons == 0 && role.Administre():
			add("info", "Aucun contrat n’est encore arrivé. Créez un jeton et donnez-le au logiciel de gestion, qui pourra alors envoyer ses contrats.", "/jetons", "Créer un jeton")
		case t.Jetons == 0:
			add("info", "Aucun contrat n’est encore arrivé. Demandez à une personne de l’administration de créer un jeton pour le logiciel de gestion.", "/docs", "Lire la documentation")
		default:
			add("info", "Aucun contrat n’est encore arrivé. Donnez le jeton au logiciel de gestion, qui envoie ses contrats par l’API.", "/docs", "Lire la documentation")
		}
		if role.Integre() {
			add("info", "Vous pouvez aussi commencer sans lui : déposez un fichier CSV ou XLSX de vos contrats.", "/imports", "Importer un fichier")
		}
	}
	counts := map[domaine.NatureAnomalie]int{}
	for _, regle := range t.Regles {
		counts[regle.Nature] += regle.Nombre
	}
	if n := counts[domaine.NatureRefus]; n > 0 {
		add("grave", nombre(n)+" "+pluriel(n, "erreur")+" à corriger dans le logiciel de gestion : "+nombre(t.Refuses)+" "+pluriel(t.Refuses, "contrat est refusé")+".", "/anomalies", "Voir les anomalies")
	}
	if n := counts[domaine.NatureNonIntegre]; n > 0 {
		add("", nombre(n)+" "+pluriel(n, "contrat transmis")+" hors de toute session : il manque un modèle, ou plusieurs se disputent "+map[bool]string{true: "ces contrats.", false: "ce contrat."}[n > 1], "/modeles", "Compléter les modèles")
	}
	if n := counts[domaine.NatureAvertissement]; n > 0 {
		add("info", nombre(n)+" "+pluriel(n, "avertissement")+" à regarder : les contrats sont acceptés, mais quelque chose surprend.", "/anomalies", "Voir les avertissements")
	}
	return list
}

// finsAFaire names the contracts whose end a person has to say.
func finsAFaire(presumed int, role domaine.Role) []tache {
	if presumed == 0 {
		return nil
	}
	t := tache{"info", nombre(presumed) + " " + pluriel(presumed, "fin") + " à préciser : rien ne dit le dernier jour de " +
		map[bool]string{true: "contrats qui ne sont", false: "ce contrat, qui n’est"}[presumed > 1] + " plus " + pluriel(presumed, "transmis") + ".", "/fins", "Voir les fins à préciser"}
	if role.Integre() {
		t.Gravite, t.Action = "", "Préciser les fins"
	}
	return []tache{t}
}

// comptesAFaire lists the exercices to close or to create now; people who may do
// neither are told, too, for whom to ask.
func comptesAFaire(due []echeance, role domaine.Role) (list []tache) {
	for _, e := range due {
		switch {
		case !e.Presse:
		case role.Compte():
			list = append(list, tache{"", e.Texte, e.Lien, e.Action})
		default:
			list = append(list, tache{"info", e.Texte + " La comptabilité peut le faire.", "/exercices", "Voir les exercices"})
		}
	}
	return list
}

// prixAFaire names the contracts of which nothing gives the amount.
func prixAFaire(missing hub.Manques) []tache {
	if missing.SansPrix == 0 {
		return nil
	}
	return []tache{{"", nombre(missing.SansPrix) + " " + pluriel(missing.SansPrix, "contrat") + " sans montant : ni le contrat, ni le référentiel, ni la liste de tarifs n’en donne, et " +
		map[bool]string{true: "ils ne comptent", false: "il ne compte"}[missing.SansPrix > 1] + " pour rien.", "/financement#a-completer", "Voir ce qui manque"}}
}

// reponseComptable is what an accountant reads first: closings, money, prices.
func reponseComptable(due []echeance, risk *risquePage) string {
	var parts []string
	shut, create := 0, 0
	for _, e := range due {
		switch {
		case e.Presse && e.ACreer:
			create++
		case e.Presse:
			shut++
		}
	}
	if shut > 0 {
		parts = append(parts, nombre(shut)+" "+pluriel(shut, "exercice")+" à clôturer")
	}
	if create > 0 {
		parts = append(parts, nombre(create)+" "+pluriel(create, "exercice")+" à créer")
	}
	if risk != nil {
		if risk.NombreARisque > 0 {
			parts = append(parts, grouped(risk.MontantARisque.FR())+" € à risque")
		}
		if risk.NombrePerdus > 0 {
			parts = append(parts, grouped(risk.MontantPerdus.FR())+" € "+pluriel(risk.NombrePerdus, "perdu"))
		}
		if n := risk.Manques.SansPrix; n > 0 {
			parts = append(parts, nombre(n)+" "+pluriel(n, "contrat")+" sans montant")
		}
	}
	if len(parts) == 0 {
		return "Rien ne presse : aucun exercice à clôturer, aucun solde à risque"
	}
	return strings.Join(parts, ", ")
}
