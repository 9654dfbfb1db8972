package fec

import "github.com/passerelle-hub/passerelle/compta"

var (
	allRules  []*compta.Rule
	officials = map[string]bool{}
)

func rule(code string, severity compta.Severity, about string) *compta.Rule {
	r := &compta.Rule{Code: code, Severity: severity, About: about}
	allRules = append(allRules, r)
	return r
}

// state is rule for what the administration's own tool checks.
func state(code string, severity compta.Severity, about string) *compta.Rule {
	officials[code] = true
	return rule(code, severity, about)
}

// first is rule for what explains the other findings.
func first(code string, severity compta.Severity, about string) *compta.Rule {
	r := rule(code, severity, about)
	r.First = true
	return r
}

// Rules returns every rule of the checker.
func Rules() []*compta.Rule { return allRules }

// Official says whether the administration's own tool has that rule, too.
func Official(code string) bool { return officials[code] }

const (
	isError   = compta.SeverityError
	isWarning = compta.SeverityWarning
)

// The rules, by what they look at.
var (
	// the file
	ruleFichier   = first("fichier", isError, "le fichier peut être lu jusqu’au bout")
	ruleNom       = state("nom-fichier", isWarning, "le nom est SIREN, FEC, date de clôture AAAAMMJJ, .txt")
	ruleSiren     = rule("nom-siren", isWarning, "la clé du SIREN du nom est juste")
	ruleCodage    = rule("codage", isWarning, "les caractères sont codés en ASCII, ISO 8859-15 ou UTF-8")
	ruleMelange   = rule("codage-melange", isWarning, "un seul codage des caractères dans le fichier")
	ruleControle  = rule("caractere-controle", isError, "aucun caractère de contrôle dans un champ (signalé une fois)")
	ruleSepare    = rule("caractere-separateur", isWarning, "aucun | dans un champ : d’autres lecteurs le prennent pour un séparateur (signalé une fois)")
	ruleSansLigne = state("sans-ligne", isError, "le fichier contient des écritures")

	// the first line
	ruleManquante = state("colonne-manquante", isError, "les colonnes EcritureNum, EcritureDate, CompteNum, CompteLib, EcritureLib, Debit et Credit (ou Montant et Sens) sont présentes")
	ruleAbsente   = state("colonne-absente", isWarning, "les autres colonnes du texte sont présentes")
	ruleOrdre     = rule("colonnes-ordre", isWarning, "les colonnes sont dans l’ordre du texte")
	ruleNomCol    = rule("colonne-nom", isWarning, "les noms de colonnes sont ceux du texte, sans guillemets ni séparateurs")
	ruleDouble    = rule("colonne-double", isError, "un nom de colonne ne figure qu’une fois")
	ruleAjoutee   = state("colonne-ajoutee", isWarning, "le fichier n’a que les colonnes du texte")
	ruleTreso     = rule("tresorerie", isWarning, "le fichier n’est pas celui d’une comptabilité de trésorerie")

	// lines
	ruleVide    = state("ligne-vide", isWarning, "pas de ligne vide (signalé une fois)")
	ruleChamps  = state("champs", isError, "une ligne a autant de champs que la première")
	ruleValeur  = state("valeur-manquante", isError, "EcritureNum, EcritureDate, CompteNum, CompteLib et EcritureLib sont remplis")
	ruleSansVal = state("valeur-absente", isWarning, "JournalCode, JournalLib, PieceRef et PieceDate sont remplis (signalé une fois par colonne)")
	ruleProvis  = state("provisoire", isWarning, "ValidDate est rempli ; sinon le fichier est provisoire (signalé une fois)")
	ruleDate    = state("date", isError, "une date s’écrit AAAAMMJJ ou JJMMAAAA, avec un mois de 1 à 12 et un jour de 1 à 31")
	ruleJour    = rule("date-inexistante", isError, "un jour existe dans le calendrier")
	ruleAnnee   = state("date-annee", isWarning, "l’année d’une date est entre 1900 et 2099")
	ruleMontant = state("montant", isError, "un montant s’écrit en chiffres avec une virgule décimale, sans séparateur de milliers")
	ruleFin     = rule("montant-decimales", isWarning, "un montant a au plus quatre décimales (signalé une fois)")
	ruleSens    = rule("sens", isError, "Sens vaut D ou C (ou +1, -1)")
	ruleDeux    = state("debit-et-credit", isWarning, "une ligne a un débit ou un crédit, pas les deux ni aucun")
	ruleCompte  = state("compte", isWarning, "un numéro de compte commence par trois chiffres (signalé une fois par compte)")

	// entries
	ruleEquilibre = rule("equilibre-ecriture", isError, "débit et crédit de chaque écriture sont égaux")
	ruleEquiJour  = rule("equilibre-journal", isError, "débit et crédit de chaque journal sont égaux")
	ruleEquiTotal = rule("equilibre-fichier", isError, "débit et crédit du fichier sont égaux")
	ruleEquiDate  = rule("equilibre-jour", isWarning, "débit et crédit de chaque jour sont égaux")
	ruleNumero    = rule("numerotation", isError, "les EcritureNum du fichier, ou de chaque journal, forment une suite sans trou")
	ruleNumeroNon = rule("numerotation-non-verifiee", isWarning, "EcritureNum finit par un nombre, ce qui permet de vérifier la suite")
	ruleValid     = rule("validation-ordre", isWarning, "dans un journal, ValidDate croît avec EcritureNum (signalé une fois par journal)")
	ruleExercice  = rule("hors-exercice", isError, "une écriture est datée dans l’exercice (de douze mois selon le nom du fichier, ou donné)")
	ruleUneDate   = rule("ecriture-dates", isWarning, "les lignes d’une écriture ont une seule date (signalé une fois)")
	ruleAN        = rule("a-nouveaux", isWarning, "les à-nouveaux précèdent les autres écritures")
	ruleLibCompte = rule("libelle-compte", isWarning, "un compte a un seul libellé (signalé une fois par compte)")
	ruleLibAux    = rule("libelle-auxiliaire", isWarning, "un compte auxiliaire a un seul libellé (signalé une fois par compte)")
	ruleLibJal    = rule("libelle-journal", isWarning, "un journal a un seul libellé (signalé une fois par journal)")
	ruleAux       = rule("auxiliaire", isWarning, "CompAuxNum et CompAuxLib vont ensemble (signalé une fois)")
	ruleLettre    = rule("lettrage", isWarning, "les lignes d’un compte qui portent la même lettre s’équilibrent ; une lettre partielle (* devant, ou minuscules) n’est pas jugée")
	ruleDateLet   = rule("lettrage-date", isWarning, "DateLet va avec EcritureLet (signalé une fois)")
	rulePartiel   = rule("controle-partiel", isWarning, "le fichier tient dans les limites des contrôles croisés")
)
