package tra

var allRules []*Rule

func rule(code string, severity Severity, about string) *Rule {
	r := &Rule{Code: code, Severity: severity, About: about}
	allRules = append(allRules, r)
	return r
}

// first is rule for what explains the other findings.
func first(code string, severity Severity, about string) *Rule {
	r := rule(code, severity, about)
	r.First = true
	return r
}

// Rules returns every rule of the checker.
func Rules() []*Rule { return allRules }

// The rules, by what they look at.
var (
	// lines
	ruleFichier   = first("fichier", SeverityError, "le fichier peut être lu jusqu’au bout")
	ruleUTF8      = first("codage", SeverityWarning, "les caractères sont codés en Windows-1252")
	ruleBOM       = first("bom", SeverityWarning, "aucune marque d’ordre des octets (BOM) ne précède l’en-tête")
	ruleLF        = first("fin-ligne", SeverityWarning, "les lignes se terminent par CRLF")
	ruleFinDOS    = first("fin-dos", SeverityWarning, "aucune marque de fin de fichier DOS (0x1A)")
	ruleControle  = rule("caractere-controle", SeverityError, "aucun caractère de contrôle dans une ligne (signalé une fois par enregistrement)")
	ruleHors1252  = rule("hors-windows-1252", SeverityWarning, "tous les caractères existent en Windows-1252")
	ruleMelange   = rule("encodage-melange", SeverityWarning, "un seul codage des caractères dans le fichier")
	ruleLigneVide = rule("ligne-vide", SeverityWarning, "pas de ligne vide")
	ruleInconnu   = rule("enregistrement-inconnu", SeverityWarning, "l’identifiant de l’enregistrement est connu")
	ruleAuDela    = rule("au-dela", SeverityWarning, "rien ne suit le dernier champ")
	ruleBlocSTD   = rule("bloc-ignore", SeverityWarning, "les colonnes 223 et suivantes d’une écriture ne sont lues qu’au format ETE")

	// fields
	ruleObligatoire = rule("obligatoire", SeverityError, "les champs obligatoires sont remplis")
	ruleObligBloc   = rule("obligatoire-bloc", SeverityWarning, "les champs obligatoires des blocs ECR1 et ECR2 sont remplis")
	ruleNombre      = rule("nombre", SeverityError, "un nombre s’écrit en chiffres, avec une virgule décimale, sans séparateur de milliers")
	ruleDate        = rule("date", SeverityError, "une date existe et s’écrit JJMMAAAA")
	ruleIndicateur  = rule("indicateur", SeverityError, "un indicateur vaut X ou -")
	ruleCode        = rule("code", SeverityError, "un champ à codes ne prend que les valeurs prévues")
	ruleAlignement  = rule("alignement", SeverityWarning, "un montant est cadré à droite")

	// the file
	ruleEntete     = rule("en-tete", SeverityError, "la première ligne est l’en-tête")
	ruleUnique     = rule("unique", SeverityError, "un seul en-tête, un seul PS1, PS2, PS3, PS4 et PS5")
	ruleOrdre      = rule("ordre", SeverityError, "l’en-tête et les paramètres précèdent les écritures, dans l’ordre de la description")
	ruleOrdreFin   = rule("ordre-annexe", SeverityWarning, "les enregistrements qui suivent les écritures sont dans l’ordre de la description")
	ruleManquant   = rule("enregistrement-manquant", SeverityError, "un dossier complet contient l’en-tête, PS1, PS2, PS3, PS5 et EXO ; un fichier d’exercices, EXO")
	ruleAbsent     = rule("enregistrement-absent", SeverityWarning, "un dossier complet avec des écritures contient les autres enregistrements obligatoires, même sans contenu ; un fichier de journaux, JAL")
	ruleBalanceSTD = rule("balance-std", SeverityError, "un fichier BAL est au format STD")
	ruleAnalytique = rule("analytique", SeverityError, "SO_NEWANALYTIQUE à X : NSA, VAE et VAD remplacent SAT et VEN")

	// parameters
	ruleLongueurs  = rule("ps2-longueurs", SeverityError, "les comptes ont de 6 à 17 caractères, les sections de 3 à 17")
	ruleTenueEuro  = rule("ps5-euro", SeverityError, "TENUEEURO vaut X avec DEVISE EUR, - sinon")
	ruleTaux       = rule("mdr-taux", SeverityError, "les taux des échéances d’un mode de règlement totalisent 100")
	ruleJalCompte  = rule("jal-compte", SeverityError, "un journal de nature BQE ou CAI a un COMPTE")
	ruleJalAxe     = rule("jal-axe", SeverityError, "un journal de nature ODA a un AXE")
	ruleJalMode    = rule("jal-mode", SeverityError, "les journaux ANO et CLO sont en mode -")
	ruleDouble     = rule("code-double", SeverityWarning, "un compte, une section ou un journal n’est déclaré qu’une fois")
	ruleCompte     = rule("compte-non-declare", SeverityError, "un compte général utilisé est déclaré par CGN")
	ruleAuxiliaire = rule("auxiliaire-non-declare", SeverityError, "un compte auxiliaire utilisé est déclaré par CAE")
	ruleSection    = rule("section-non-declaree", SeverityError, "une section utilisée est déclarée par SAT ou NSA, sur le même axe")
	ruleJournal    = rule("journal-non-declare", SeverityError, "dans un dossier complet, un journal utilisé est déclaré par JAL")
	ruleHorsFich   = rule("hors-fichier", SeverityWarning, "hors dossier complet, un compte, une section ou un journal non déclaré doit exister dans le dossier de destination")
	ruleTrop       = rule("controle-partiel", SeverityWarning, "le fichier tient dans les limites des contrôles croisés")

	// exercices
	ruleExoBornes   = rule("exo-bornes", SeverityError, "un exercice commence un premier et finit un dernier jour de mois, la fin après le début")
	ruleExoSuite    = rule("exo-suite", SeverityError, "les exercices se suivent sans trou")
	ruleExoChev     = rule("exo-chevauchement", SeverityError, "les exercices ne se chevauchent pas")
	ruleExoOuverts  = rule("exo-ouverts", SeverityError, "deux exercices ouverts (OUV) au plus")
	ruleExoEtats    = rule("exo-etats", SeverityError, "par date : clos (CDE), puis CPR, puis OUV, puis NON")
	ruleExoCode     = rule("exo-code", SeverityError, "chaque exercice a son CODE")
	ruleExoCPR      = rule("exo-provisoire", SeverityWarning, "un exercice clos provisoirement (CPR) est lu comme ouvert")
	ruleExoAno      = rule("exo-ano-absent", SeverityWarning, "la ligne atteint ETATANO (colonne 67) ; sinon il est lu comme blanc")
	ruleExoLibelle  = rule("exo-libelle", SeverityWarning, "LIBELLE commence par « Exercice au » et la date")
	ruleExoCreation = rule("exo-datecreation", SeverityWarning, "DATECREATION, nouvelle en version 011, est remplie")

	// entries
	ruleHorsExo      = rule("hors-exercice", SeverityError, "une écriture est datée dans un exercice du fichier")
	ruleTypeCpteX    = rule("auxiliaire", SeverityError, "TYPE_CPTE X demande un AUXILIAIRE")
	ruleCollectif    = rule("collectif", SeverityError, "TYPE_CPTE X demande un compte GENERAL collectif (nature COC, COD, COF ou COS)")
	ruleSectionVide  = rule("section", SeverityError, "TYPE_CPTE A, H ou O demande une section et un AXE")
	ruleCodeMontant  = rule("codemontant", SeverityError, "CODEMONTANT dit E, D ou - pour chaque montant, le premier n’étant pas -, et les montants annoncés sont remplis")
	ruleMontantEnTro = rule("montant-sans-code", SeverityWarning, "un montant que CODEMONTANT déclare inutilisé (-) est vide ou nul")
	ruleDevise       = rule("devise", SeverityError, "une écriture en devise a une DEVISE et l’un de : TAUXDEV, cours par DEV, montant en euros")
	ruleModeJournal  = rule("journal-mode", SeverityError, "un journal en mode BOR ou LIB ne reçoit que des écritures N")
	ruleEquilibre    = rule("equilibre-piece", SeverityError, "débit et crédit d’un journal, d’une date et d’un numéro de pièce sont égaux")
	ruleEquiJournal  = rule("equilibre-journal", SeverityError, "débit et crédit de chaque journal sont égaux")
	ruleEquiFichier  = rule("equilibre-fichier", SeverityError, "débit et crédit du fichier sont égaux")
	ruleEquiInconnu  = rule("equilibre-non-verifie", SeverityWarning, "l’équilibre peut être calculé : montants en euros, ou une seule devise par pièce")
	ruleAnaOrpheline = rule("analytique-orpheline", SeverityError, "une ligne analytique (A) suit l’écriture qu’elle ventile : même journal, date, pièce et compte")
	ruleAnaSomme     = rule("analytique-somme", SeverityError, "les lignes analytiques d’un axe totalisent l’écriture qu’elles ventilent")
)
