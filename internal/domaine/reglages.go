package domaine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// EmailsPartages says who may share an e-mail address (design 13).
type EmailsPartages string

// The ways. Two people never become one because of an address.
const (
	EmailsAucun   EmailsPartages = "aucun"   // an address belongs to one user code
	EmailsMaitres EmailsPartages = "maitres" // maîtres d'apprentissage of one entreprise may share one
	EmailsTous    EmailsPartages = "tous"    // a shared address is a warning
)

// Garde are the thresholds of the guard, beyond which a push is held (design 4
// and 9). Shares are in percent of the active contracts, counted against the most
// there were in the last 7 days.
type Garde struct {
	// Archivage and ArchivageMinimum: more than this share and more than this number
	// of contracts archived. 100 turns this and Moitie off.
	Archivage, ArchivageMinimum int
	// Moitie and MoitieMinimum, for small organismes: more than this share, and of
	// Archivage where that is higher, and at least this number archived.
	Moitie, MoitieMinimum int
	// Codes and CodesMinimum: so many codes are new, at least this number and this
	// share of those archived, that differ from archived ones by leading zeros, case
	// or blanks alone. Over 100 turns it off, as it does for Valeurs.
	Codes, CodesMinimum int
	// Valeurs and ValeursMinimum: at least this share and this number of contracts
	// lose the value of a field, or get one and the same.
	Valeurs, ValeursMinimum int
}

// BaseJours says over how many days a year of a contract is spread (design 10).
type BaseJours string

// The two bases.
const (
	BaseReelle BaseJours = "reelle" // 365 or 366
	Base365    BaseJours = "365"
)

// Comptes are the accounts of the closing entries (design 10, ecritures), and
// their journal.
type Comptes struct{ Produits, PCA, FAE, Journal string }

// Reglages are the settings of an organisme.
type Reglages struct {
	EmailsPartages EmailsPartages
	Garde          Garde
	BaseJours      BaseJours
	Comptes        Comptes
	PartEmployeur  bool // the employer owes a share from level 6 on
}

// ReglagesDefaut are the settings of an organisme that nobody has set.
func ReglagesDefaut() Reglages {
	return Reglages{
		EmailsPartages: EmailsAucun,
		Garde: Garde{
			Archivage: 30, ArchivageMinimum: 20, Moitie: 50, MoitieMinimum: 5,
			Codes: 50, CodesMinimum: 5, Valeurs: 50, ValeursMinimum: 5,
		},
		BaseJours:     BaseReelle,
		Comptes:       Comptes{Produits: "706100", PCA: "487000", FAE: "418100", Journal: "OD"},
		PartEmployeur: true,
	}
}

// Reglage is one setting: everything that reads or shows settings walks
// TousReglages. Its value is text, as on the wire, numbers in decimal.
type Reglage struct {
	Cle     string // wire name, "garde.archivage" for archivage of garde
	Droit   Droit  // the right that changes it
	Libelle string // French, for forms and messages
	Aide    string // French, what it does
	Choix   []string
	Textes  []string // French, what each of Choix means
	Nombre  bool     // a number, from Min to Max
	Min     int
	Max     int

	at func(*Reglages) any // *int, *bool, or a pointer to text
	ok func(string) bool   // nil where Choix or Nombre says it all
	is string              // what ok asks for, French
}

const garde = "garde."

func seuil(cle, libelle, aide string, max int, at func(*Garde) *int) Reglage {
	return Reglage{Cle: garde + cle, Droit: DroitIntegration, Libelle: libelle, Aide: aide, Nombre: true, Min: 1, Max: max,
		at: func(r *Reglages) any { return at(&r.Garde) }}
}

func compte(cle, libelle, aide string, at func(*Comptes) *string) Reglage {
	return Reglage{Cle: "comptes." + cle, Droit: DroitExercices, Libelle: libelle, Aide: aide,
		at: func(r *Reglages) any { return at(&r.Comptes) }, ok: numeroCompte, is: "un numéro de compte de 3 à 10 chiffres, dont le premier est sa classe (1 à 9), par exemple 706100"}
}

const maxSeuil = 1_000_000

// TousReglages are the settings, in the order in which they are shown.
var TousReglages = []Reglage{
	{Cle: "emailsPartages", Droit: DroitIntegration, Libelle: "Adresses e-mail partagées",
		Aide:  "Qui peut partager une adresse. Deux personnes restent toujours deux personnes.",
		Choix: []string{string(EmailsAucun), string(EmailsMaitres), string(EmailsTous)},
		Textes: []string{"Personne : une adresse appartient à un seul code utilisateur",
			"Les maîtres d’apprentissage d’une même entreprise", "Tout le monde : un avertissement remplace l’erreur"},
		at: func(r *Reglages) any { return &r.EmailsPartages }},
	seuil("archivage", "Archivages retenus au-delà de (%)", "Part des contrats actifs au-delà de laquelle un envoi qui archive est retenu ; 100 désactive la garde des archivages.", 100,
		func(g *Garde) *int { return &g.Archivage }),
	seuil("archivageMinimum", "et de plus de (contrats)", "L’envoi doit aussi archiver plus que ce nombre de contrats.", maxSeuil,
		func(g *Garde) *int { return &g.ArchivageMinimum }),
	seuil("moitie", "Petits effectifs : archivages retenus au-delà de (%)", "Pour les organismes qui ont peu de contrats ; le seuil des archivages l’emporte s’il est plus haut.", 100,
		func(g *Garde) *int { return &g.Moitie }),
	seuil("moitieMinimum", "et d’au moins (contrats)", "L’envoi doit aussi archiver au moins ce nombre de contrats.", maxSeuil,
		func(g *Garde) *int { return &g.MoitieMinimum }),
	seuil("codes", "Codes réécrits : retenus à partir de (%)", "Part des contrats archivés que l’envoi ramène sous un code qui ne diffère que par des zéros en tête, la casse ou des espaces ; 101 désactive ce contrôle.", 101,
		func(g *Garde) *int { return &g.Codes }),
	seuil("codesMinimum", "et d’au moins (codes)", "L’envoi doit aussi ramener au moins ce nombre de codes.", maxSeuil,
		func(g *Garde) *int { return &g.CodesMinimum }),
	seuil("valeurs", "Valeurs perdues ou uniformisées : retenues à partir de (%)", "Part des contrats actifs qui perdent la valeur d’un champ, ou reçoivent tous la même ; 101 désactive ce contrôle.", 101,
		func(g *Garde) *int { return &g.Valeurs }),
	seuil("valeursMinimum", "et d’au moins (contrats avec valeur)", "L’envoi doit aussi toucher au moins ce nombre de contrats.", maxSeuil,
		func(g *Garde) *int { return &g.ValeursMinimum }),
	{Cle: "baseJours", Droit: DroitExercices, Libelle: "Base de jours", Aide: "Nombre de jours d’une année de contrat, pour répartir son montant.",
		Choix: []string{string(BaseReelle), string(Base365)}, Textes: []string{"Réelle : 365 ou 366 jours", "365 jours"},
		at: func(r *Reglages) any { return &r.BaseJours }},
	compte("produits", "Compte de produits", "Le compte des écritures de clôture où vont les produits.", func(c *Comptes) *string { return &c.Produits }),
	compte("pca", "Compte des produits constatés d’avance", "Ce qui est facturé et n’est pas encore gagné.", func(c *Comptes) *string { return &c.PCA }),
	compte("fae", "Compte des factures à établir", "Ce qui est gagné et n’est pas encore facturé.", func(c *Comptes) *string { return &c.FAE }),
	{Cle: "comptes.journal", Droit: DroitExercices, Libelle: "Journal des écritures de clôture", Aide: "Le code du journal où elles sont passées.",
		at: func(r *Reglages) any { return &r.Comptes.Journal }, ok: codeJournal, is: "un code de journal de 1 à 3 lettres majuscules ou chiffres, par exemple OD"},
	{Cle: "partEmployeur", Droit: DroitExercices, Libelle: "Part de l’employeur", Aide: "À partir du niveau 6, l’employeur doit une part du montant.",
		Choix: []string{"oui", "non"}, Textes: []string{"Oui : l’employeur en doit une part", "Non : l’OPCO prend tout en charge"},
		at: func(r *Reglages) any { return &r.PartEmployeur }},
}

// ReglageOf returns the setting of a wire name, nil where there is none.
func ReglageOf(cle string) *Reglage {
	for i := range TousReglages {
		if TousReglages[i].Cle == cle {
			return &TousReglages[i]
		}
	}
	return nil
}

// Of returns the value of the setting in r.
func (s *Reglage) Of(r *Reglages) string {
	switch at := s.at(r).(type) {
	case *int:
		return strconv.Itoa(*at)
	case *bool:
		if *at {
			return "oui"
		}
		return "non"
	case *string:
		return *at
	case *EmailsPartages:
		return string(*at)
	case *BaseJours:
		return string(*at)
	}
	return ""
}

// Set changes the setting in r. It returns a French sentence where value is not
// one that it can have, "" otherwise.
func (s *Reglage) Set(r *Reglages, value string) (wrong string) {
	n, err := strconv.Atoi(value)
	switch {
	case s.Choix != nil && !slices.Contains(s.Choix, value):
		return fmt.Sprintf("%s : « %.50s » n’est pas possible, choisissez %s.", s.Cle, value, quoted(s.Choix))
	case s.Nombre && (err != nil || n < s.Min || n > s.Max || strconv.Itoa(n) != value):
		return fmt.Sprintf("%s : un nombre entier de %d à %d est attendu, reçu « %.50s ».", s.Cle, s.Min, s.Max, value)
	case s.ok != nil && !s.ok(value):
		return fmt.Sprintf("%s : %s est attendu, reçu « %.50s ».", s.Cle, s.is, value)
	}
	switch at := s.at(r).(type) {
	case *int:
		*at = n
	case *bool:
		*at = value == "oui"
	case *string:
		*at = value
	case *EmailsPartages:
		*at = EmailsPartages(value)
	case *BaseJours:
		*at = BaseJours(value)
	}
	return ""
}

func quoted(words []string) string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = "« " + w + " »"
	}
	return strings.Join(all[:len(all)-1], ", ") + " ou " + all[len(all)-1]
}

// numeroCompte accepts what fits the accounts of a TRA file.
func numeroCompte(s string) bool {
	return len(s) >= 3 && len(s) <= 10 && strings.Trim(s, "0123456789") == "" && s[0] != '0'
}

// MemeCompte tells an account that two roles of the closing entries have: filled
// with zeros to one length, as files of accounting do, their numbers are equal.
// cle is the wire name of the second, "" where the three are distinct.
func (c *Comptes) MemeCompte() (cle, message string) {
	roles := []struct{ cle, numero string }{{"produits", c.Produits}, {"pca", c.PCA}, {"fae", c.FAE}}
	for i, b := range roles {
		for _, a := range roles[:i] {
			if strings.TrimRight(a.numero, "0") == strings.TrimRight(b.numero, "0") {
				return "comptes." + b.cle, fmt.Sprintf("comptes.%s (%s) et comptes.%s (%s) sont le même compte : donnez trois comptes différents, sinon une écriture débiterait et créditerait le même.", a.cle, a.numero, b.cle, b.numero)
			}
		}
	}
	return "", ""
}

func codeJournal(s string) bool {
	return len(s) >= 1 && len(s) <= 3 && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// ChangementReglage is one change of one setting.
type ChangementReglage struct {
	Cle          string
	Avant, Apres string
	Par          string
	JetonID      int64 // the token that asked for it, 0 where it was not one
	Le           time.Time
}
