package console

import "strings"

// menuGroupe is a part of the menu with its title.
type menuGroupe struct {
	Nom     string
	Entrees []menuEntry
}

// menuEntry is a page that people go to.
type menuEntry struct {
	Lien, Nom string
	Icone     string // what the path of its drawing is, in a square of 24
	Compteur  string // how much waits there, "" for nothing to say
	Attend    string // what the figure counts, for who hears it
	Actif     bool
	droit     droit
	nombre    func(attente) int // of what waits there, nil for a page where nothing does
	attend    [2]string         // what that is: one, several
}

// menu lists the pages that people go to, by when they do.
var menu = []menuGroupe{
	{"Quotidien", []menuEntry{
		{Lien: "/", Nom: "Tableau de bord", droit: lire, Icone: "M4 4h7v9H4zM13 4h7v5h-7zM13 12h7v8h-7zM4 16h7v4H4z"},
		{Lien: "/centres", Nom: "Tous mes centres", droit: ailleurs, Icone: "M3 21V9l6-5 6 5v12M15 12h6v9H3M7 12h4M7 16h4"},
		{Lien: "/anomalies", Nom: "Anomalies", droit: lire, Icone: "M12 4 2.5 20h19zM12 10v5M12 17.4v.2",
			nombre: func(n attente) int { return n.Refuses }, attend: [2]string{"contrat refusé", "contrats refusés"}},
		{Lien: "/contrats", Nom: "Contrats", droit: lire, Icone: "M6 3h9l4 4v14H6zM15 3v4h4M9 12h7M9 16h7"},
		{Lien: "/calendrier", Nom: "Calendrier", droit: lire, Icone: "M4 6h16v14H4zM4 10.500h16M8 3.500V8M16 3.500V8M8 14h3M8 17h6"},
		{Lien: "/fins", Nom: "Fins à préciser", droit: lire, Icone: "M6 21V4M6 4h12l-3 4 3 4H6",
			nombre: func(n attente) int { return n.FinsPresumees }, attend: [2]string{"fin à préciser", "fins à préciser"}},
		{Lien: "/sessions", Nom: "Sessions", droit: lire, Icone: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5a6.5 6.5 0 0 1 3.5 5.5"},
		{Lien: "/modeles", Nom: "Modèles", droit: lire, Icone: "M12 3 3 8l9 5 9-5zM3 12.5l9 5 9-5M3 16.5l9 5 9-5",
			nombre: func(n attente) int { return n.HorsSession }, attend: [2]string{"contrat hors session", "contrats hors session"}},
		{Lien: "/synchronisations", Nom: "Synchronisations", droit: lire, Icone: "M20 11a8 8 0 0 0-14.5-3.5L4 9M4 4v5h5M4 13a8 8 0 0 0 14.5 3.5L20 15M20 20v-5h-5",
			nombre: func(n attente) int { return n.Retenues }, attend: [2]string{"envoi à confirmer", "envois à confirmer"}},
		{Lien: "/imports", Nom: "Import", droit: integrer, Icone: "M12 15V4M7.5 8.5 12 4l4.5 4.5M4 15v5h16v-5"},
	}},
	{"Comptabilité", []menuEntry{
		{Lien: "/exercices", Nom: "Exercices", droit: lire, Icone: "M4 6h16v14H4zM4 10.5h16M8 3.5V8M16 3.5V8",
			nombre: func(n attente) int { return n.Exercices }, attend: [2]string{"exercice à traiter", "exercices à traiter"}},
		{Lien: "/ventilation", Nom: "Ventilation", droit: lire, Icone: "M4 20V10M10 20V4M16 20v-7M22 20H2"},
		{Lien: "/financement", Nom: "Financement", droit: lire, Icone: "M18 6a7 7 0 1 0 0 12M3.500 10.500h10M3.500 13.500h9"},
		{Lien: "/rapprochement", Nom: "Rapprochement OPCO", droit: lire, Icone: "M4 8h13M13 4l4 4-4 4M20 16H7M11 12l-4 4 4 4"},
		{Lien: "/tarifs", Nom: "Tarifs", droit: lire, Icone: "M3 3h8l10 10-8 8L3 11zM7.500 7.400v.2"},
		{Lien: "/npec", Nom: "Niveaux de prise en charge", droit: lire, Icone: "M4 20h4v-5H4zM10 20h4V10h-4zM16 20h4V4h-4z"},
		{Lien: "/fichiers", Nom: "Fichiers comptables", droit: lire, Icone: "M3 6h6l2 3h10v11H3z"},
	}},
	{"Réglages", []menuEntry{
		{Lien: "/reglages", Nom: "Réglages", droit: lire, Icone: "M4 7h9M17 7h3M15 4.500v5M4 17h3M11 17h9M9 14.500v5M4 12h16"},
		{Lien: "/jetons", Nom: "Jetons", droit: administrer, Icone: "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9M17 12v4M20 12v3"},
		{Lien: "/webhooks", Nom: "Webhooks", droit: administrer, Icone: "M6 9a6 6 0 0 1 12 0c0 6 2.500 7 2.500 7h-17S6 15 6 9zM10 20h4"},
		{Lien: "/journal", Nom: "Journal", droit: administrer, Icone: "M5 3h14v18H5zM9 8h6M9 12h6M9 16h4"},
		{Lien: "/personnes", Nom: "Données des personnes", droit: administrer, Icone: "M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6zM9 12l2.200 2.200L15.500 10"},
		{Lien: "/comptes", Nom: "Comptes", droit: administrer, Icone: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0"},
	}},
}

// ofContrats reports whether an address is the page of a person, or of an entreprise: their contracts.
func ofContrats(path string) bool {
	const key = 16 // of its digits
	return strings.HasPrefix(path, "/entreprises/") || strings.HasPrefix(path, "/personnes/") && len(path) == len("/personnes/")+key
}

// menuFor returns the part of the menu that a person may open, with what waits there.
func menuFor(r *request, waiting attente) []menuGroupe {
	var shown []menuGroupe
	for _, group := range menu {
		part := menuGroupe{Nom: group.Nom}
		for _, entry := range group.Entrees {
			if !entry.droit.allows(r.compte.Role) || entry.droit == ailleurs && !r.ailleurs {
				continue
			}
			if ofContrats(r.URL.Path) {
				entry.Actif = entry.Lien == "/contrats"
			} else {
				entry.Actif = r.URL.Path == entry.Lien || entry.Lien != "/" && strings.HasPrefix(r.URL.Path, entry.Lien+"/")
			}
			if entry.nombre != nil {
				if n := entry.nombre(waiting); n > 0 {
					entry.Compteur, entry.Attend = nombre(n), entry.attend[min(n, 2)-1]
				}
			}
			part.Entrees = append(part.Entrees, entry)
		}
		if len(part.Entrees) > 0 {
			shown = append(shown, part)
		}
	}
	return shown
}
