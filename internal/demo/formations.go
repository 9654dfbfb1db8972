package demo

import (
	"math/rand/v2"
	"strings"
)

type site struct{ code, nom, ville string }

var sites = []site{
	{"LYO", "Lyon Part-Dieu", "Lyon"},
	{"NAN", "Nantes Île de Nantes", "Nantes"},
	{"LIL", "Lille Euratechnologies", "Lille"},
	{"BDX", "Bordeaux Bastide", "Bordeaux"},
	{"TLS", "Toulouse Compans", "Toulouse"},
	{"REN", "Rennes Cesson", "Rennes"},
	{"MRS", "Marseille Joliette", "Marseille"},
	{"STR", "Strasbourg Meinau", "Strasbourg"},
	{"MPL", "Montpellier Millénaire", "Montpellier"},
	{"GRE", "Grenoble Presqu’île", "Grenoble"},
	{"DIJ", "Dijon Toison d’Or", "Dijon"},
	{"TRS", "Tours Deux-Lions", "Tours"},
}

var annees = map[int]string{1: "1re année", 2: "2e année", 3: "3e année"}

var marques = map[string]string{"HSUP": "Horizon Sup", "HTECH": "Horizon Tech"}

// A formation is taught in annees, one contract covering all of them.
type formation struct {
	code, nom, sigle string
	rncp             string
	annees           []int
	marque           string // "" for most
	partout          bool   // on every site; the others on two sites out of three
	metier           *metier
}

// The formations of which a contract stays out of the sessions, see Modeles.
const (
	formationAmbigue    = "NDRC"
	formationSansModele = "TPDWWM"
)

var formations = []formation{
	{"MCO", "BTS Management commercial opérationnel", "BTS MCO", "RNCP38362", []int{1, 2}, "", true, &commerce},
	{"NDRC", "BTS Négociation et digitalisation de la relation client", "BTS NDRC", "RNCP38368", []int{1, 2}, "", true, &commerce},
	{"GPME", "BTS Gestion de la PME", "BTS GPME", "RNCP38363", []int{1, 2}, "", true, &gestion},
	{"CG", "BTS Comptabilité et gestion", "BTS CG", "RNCP38329", []int{1, 2}, "", false, &gestion},
	{"SAM", "BTS Support à l’action managériale", "BTS SAM", "RNCP38364", []int{1, 2}, "", false, &gestion},
	{"SIO", "BTS Services informatiques aux organisations", "BTS SIO", "RNCP40792", []int{1, 2}, "HTECH", false, &informatique},
	{"COM", "BTS Communication", "BTS COM", "RNCP37198", []int{1, 2}, "", false, &communication},
	{"TPCC", "Titre professionnel Conseiller commercial", "TP CC", "RNCP37717", []int{1}, "", false, &commerce},
	{"TPDWWM", "Titre professionnel Développeur web et web mobile", "TP DWWM", "RNCP37674", []int{1}, "HTECH", false, &informatique},
	{"TPCA", "Titre professionnel Comptable assistant", "TP CA", "RNCP37949", []int{1}, "", false, &gestion},
	{"RDC", "Bachelor Responsable du développement commercial", "Bachelor RDC", "RNCP37633", []int{3}, "HSUP", false, &commerce},
	{"CDA", "Bachelor Concepteur développeur d’applications", "Bachelor CDA", "RNCP37873", []int{3}, "HTECH", false, &informatique},
}

// A metier is what apprentices of a formation do in their company.
type metier struct{ titres, taches []string }

var commerce = metier{
	titres: []string{"Chargé de clientèle", "Conseiller de vente", "Assistant commercial", "Animateur de rayon", "Vendeur-conseil en magasin", "Chargé de prospection"},
	taches: []string{
		"Accueillir les clients, découvrir leurs besoins et proposer l’offre qui leur convient.",
		"Suivre les stocks du rayon, préparer les commandes et contrôler les livraisons.",
		"Tenir à jour le fichier des prospects et relancer les devis restés sans réponse.",
		"Préparer les opérations commerciales de la saison et en mesurer les résultats.",
		"Traiter les réclamations et veiller à la satisfaction des clients après la vente.",
		"Animer la page de l’enseigne et répondre aux avis déposés en ligne.",
		"Rendre compte chaque semaine du chiffre d’affaires et des marges du secteur.",
	},
}

var gestion = metier{
	titres: []string{"Assistant de gestion", "Assistant comptable", "Gestionnaire administratif", "Assistant de direction", "Aide-comptable", "Assistant paie et ressources humaines"},
	taches: []string{
		"Saisir les factures d’achat et de vente et rapprocher les relevés de banque.",
		"Préparer les déclarations de TVA et les éléments variables de la paie.",
		"Relancer les clients en retard et tenir le tableau de suivi de la trésorerie.",
		"Organiser les réunions de l’équipe, en rédiger les comptes rendus et les diffuser.",
		"Classer les pièces justificatives et préparer les dossiers de l’expert-comptable.",
		"Accueillir les visiteurs et orienter les appels vers le bon interlocuteur.",
		"Mettre à jour les procédures internes et former les nouveaux arrivants à leur usage.",
	},
}

var informatique = metier{
	titres: []string{"Développeur web", "Technicien support", "Administrateur systèmes junior", "Développeur d’applications", "Technicien réseaux", "Intégrateur web"},
	taches: []string{
		"Développer les nouvelles pages du portail des clients et en écrire les tests.",
		"Répondre aux demandes d’assistance et documenter les incidents les plus fréquents.",
		"Préparer les postes de travail et gérer le parc de l’entreprise.",
		"Surveiller les sauvegardes et vérifier chaque mois qu’elles se restaurent.",
		"Corriger les anomalies signalées par les utilisateurs et livrer les correctifs.",
		"Participer aux revues de code et aux réunions de suivi du projet.",
		"Améliorer l’accessibilité du site et mesurer le temps de chargement des pages.",
	},
}

var communication = metier{
	titres: []string{"Chargé de communication", "Assistant éditorial", "Animateur de réseaux sociaux", "Assistant événementiel", "Graphiste junior"},
	taches: []string{
		"Rédiger la lettre d’information mensuelle et en suivre la diffusion.",
		"Préparer les publications des réseaux sociaux et répondre aux messages.",
		"Concevoir les affiches et les plaquettes, et suivre leur impression.",
		"Organiser les portes ouvertes et les salons avec les équipes de chaque site.",
		"Mettre à jour le site de l’entreprise et la photothèque.",
		"Mesurer les retombées des campagnes et proposer des améliorations.",
	},
}

// mission picks a title and one to three different tasks.
func (m *metier) mission(r *rand.Rand) (titre, details string) {
	taches := r.Perm(len(m.taches))[:[5]int{1, 1, 1, 2, 3}[r.IntN(5)]]
	phrases := make([]string, len(taches))
	for i, t := range taches {
		phrases[i] = m.taches[t]
	}
	return m.titres[r.IntN(len(m.titres))], strings.Join(phrases, " ")
}
