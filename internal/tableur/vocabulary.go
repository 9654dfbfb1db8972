package tableur

import "strings"

// meaning is what a column name says: whose value it is (role) and which value
// (attr). Both use the words of the wire names.
type meaning struct {
	role, attr string
	extra      int  // words that say nothing known
	unsure     bool // the role may be another one ("tuteur")
}

func (m meaning) known() bool { return m.role != "" || m.attr != "" }

// attrWords are the words of French exports for a value, by the attr they mean.
var attrWords = vocabulary(map[string]string{
	"code":   "code id identifiant ident ref reference numero num no n cle key matricule uuid",
	"nom":    "nom libelle lib intitule designation denomination name label famille lastname last surname",
	"prenom": "prenom prenoms firstname first given",
	"email":  "email mail courriel mel emails",
	"debut":  "debut start deb",
	"fin":    "fin end terme echeance",
	"titre":  "titre title poste fonction",
	"detail": "detail details descriptif description descriptifs taches",
	"rncp":   "rncp",
	"mois":   "demarrage rentree month",
})

// roleWords are the words for whom or what a value belongs to.
var roleWords = vocabulary(map[string]string{
	"contrat":    "contrat contrats convention dossier cerfa ctr",
	"apprenant":  "apprenant apprenti apprentie alternant alternante app alt etudiant etudiante eleve stagiaire jeune candidat beneficiaire learner student",
	"personnel":  "personnel tuteur tutrice tut tutor formateur formatrice referent referente enseignant pedagogique suiveur",
	"maitre":     "maitre ma mapp",
	"entreprise": "entreprise societe employeur company raison ent",
	"site":       "site campus centre etablissement lieu ville antenne",
	"formation":  "formation diplome cursus programme parcours filiere specialite",
	"groupe":     "groupe classe session promo promotion division group",
	"periode":    "periode scolaire universitaire",
	"annee":      "annee niveau",
	"marque":     "marque enseigne brand",
	"mission":    "mission",
})

// emptyWords say nothing about a column.
var emptyWords = set("de du des la le les l d en a au aux et the of pour par date dates adresse electronique adresses e sociale apprentissage stage alternance")

// otherWords name what no contract has: a column that says one of them is left alone.
var otherWords = set("naissance naiss postal telephone tel portable mobile fax siret siren naf ape signature nationalite sexe civilite insee opco idcc uai salaire remuneration npec commentaire observation " +
	"handicap parent parents parental parentale pere mere tutelle legal legale legaux replegal representant representante deca anticipee anticipe " +
	"responsable resp dirigeant dirigeante gerant gerante facturation rh drh comptable comptabilite conseiller conseillere urgence")

func vocabulary(words map[string]string) map[string]string {
	m := map[string]string{}
	for meaning, list := range words {
		for word := range strings.FieldsSeq(list) {
			m[word] = meaning
		}
	}
	return m
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

// significant returns the words of a name that say something.
func significant(name string) []string {
	var list []string
	for _, word := range words(name) {
		if !emptyWords[word] || word == "apprentissage" {
			list = append(list, word)
		}
	}
	return list
}

func isKnownName(name string) bool {
	m := understand(name)
	return m.known() && m.extra <= 1
}

// understand reads a column name, whatever the order of its words.
func understand(name string) meaning {
	var m meaning
	switch fold(name) {
	case "du": // beside "Au": told by its dates
		return meaning{role: "contrat", attr: "debut", extra: 2}
	case "au":
		return meaning{role: "contrat", attr: "fin", extra: 2}
	}
	seen := map[string]bool{}
	dated := false
	for _, word := range words(name) {
		switch {
		case otherWords[word]:
			return meaning{extra: 1}
		case attrWords[word] != "" && (word != "n" || !seen["n"]):
			// "Intitulé du poste": the more telling word stands.
			if attr := attrWords[word]; m.attr == "" || m.attr == "nom" || m.attr == "code" && attr != "nom" {
				m.attr = attr
			}
		case roleWords[word] != "":
			seen[roleWords[word]] = true
		case word == "date" || word == "dates":
			dated = true
		case !emptyWords[word]:
			m.extra++
		}
		seen[word] = true
	}
	m.role, m.unsure = role(seen)
	switch {
	case seen["e"] && seen["adresse"], seen["adresse"] && seen["electronique"]:
		m.attr = "email"
	case seen["adresse"] && m.attr != "email", seen["site"] && seen["entreprise"]:
		m.extra += 3 // where a company is, not its name
	case dated && m.attr != "debut" && m.attr != "fin":
		m.extra++ // a date of birth, of signature: none that a contract has
	case m.attr == "titre" || m.attr == "detail":
		m.role = "mission"
	case m.role == "mission" && m.attr == "nom": // "Intitulé de la mission"
		m.attr = "titre"
	case m.attr == "rncp" || m.attr == "mois":
		m.role = ""
	case (m.attr == "debut" || m.attr == "fin") && m.role != "" && m.role != "contrat":
		m.extra++ // the start of the training or of the period is not quite the contract's
	}
	return m
}

// role chooses among the roles that a name mentions.
func role(seen map[string]bool) (role string, unsure bool) {
	tutor := seen["tuteur"] || seen["tutrice"] || seen["tut"] || seen["tutor"]
	switch {
	case seen["maitre"], tutor && (seen["entreprise"] || seen["professionnel"] || seen["professionnelle"]):
		return "maitre", false
	case seen["personnel"]:
		return "personnel", tutor && !seen["ecole"] && !seen["school"] && !seen["cfa"] && !seen["pedagogique"] && !seen["site"]
	case seen["periode"] && (seen["scolaire"] || seen["universitaire"]), seen["periode"]:
		return "periode", false
	}
	// The first of these that is mentioned owns the value: "Lieu de formation" is
	// the site's, "Code formation du contrat" the formation's.
	for _, r := range []string{"apprenant", "site", "formation", "groupe", "annee", "marque", "mission", "entreprise", "contrat"} {
		if seen[r] {
			if r == "formation" && seen["annee"] {
				return "annee", false
			}
			if r == "apprenant" && seen["contrat"] {
				return "contrat", true
			}
			return r, false
		}
	}
	if seen["cfa"] {
		return "site", true
	}
	return "", false
}
