package passerelle

// Contrat is one apprenticeship contract as the management software sends it
// (seed 000). Every value is text without surrounding blanks; an optional value
// that is absent is "". DateDebut and DateFin have the form DD/MM/YYYY.
type Contrat struct {
	CodeContrat   string `json:"codeContrat"`
	CodeGroupe    string `json:"codeGroupe"`
	NomGroupe     string `json:"nomGroupe"`
	CodeSite      string `json:"codeSite"`
	NomSite       string `json:"nomSite"`
	CodePeriode   string `json:"codePeriode"`
	NomPeriode    string `json:"nomPeriode"`
	CodeFormation string `json:"codeFormation"`
	NomFormation  string `json:"nomFormation"`
	CodeAnnee     string `json:"codeAnnee"`
	NomAnnee      string `json:"nomAnnee"`

	CodeApprenant   string `json:"codeApprenant"`
	NomApprenant    string `json:"nomApprenant"`
	PrenomApprenant string `json:"prenomApprenant"`
	EmailApprenant  string `json:"emailApprenant"`

	CodePersonnel   string `json:"codePersonnel"`
	NomPersonnel    string `json:"nomPersonnel"`
	PrenomPersonnel string `json:"prenomPersonnel"`
	EmailPersonnel  string `json:"emailPersonnel"`

	CodeMaitreApprentissage   string `json:"codeMaitreApprentissage"`
	NomMaitreApprentissage    string `json:"nomMaitreApprentissage"`
	PrenomMaitreApprentissage string `json:"prenomMaitreApprentissage"`
	EmailMaitreApprentissage  string `json:"emailMaitreApprentissage"`

	NomEntreprise string `json:"nomEntreprise"`

	DateDebut       string `json:"dateDebut,omitempty"`
	DateFin         string `json:"dateFin,omitempty"`
	CodeMarque      string `json:"codeMarque,omitempty"`
	NomMarque       string `json:"nomMarque,omitempty"`
	MissionTitle    string `json:"missionTitle,omitempty"`
	MissionDetails  string `json:"missionDetails,omitempty"`
	MonthStartGroup string `json:"monthStartGroup,omitempty"`
	RNCP            string `json:"rncp,omitempty"`
}

// Kind says which values a field of a contract accepts beyond plain text.
type Kind uint8

// The kinds of a contract's fields.
const (
	KindText  Kind = iota // any text
	KindCode              // an identifier; an integer is accepted and kept as its decimal text
	KindDate              // DD/MM/YYYY
	KindEmail             // an e-mail address
)

// Champ describes one field of the contract. The table Champs is the one place
// that says which fields there are: decoding, rules, hashing, file mapping and
// display walk it.
type Champ struct {
	Nom      string // the wire name, such as "codeContrat"
	Libelle  string // the French label that people read
	Required bool
	Kind     Kind
	Max      int // longest value accepted, in characters
	At       func(*Contrat) *string
}

const (
	maxText    = 500
	maxDetails = 20_000
)

func required(nom, libelle string, kind Kind, at func(*Contrat) *string) Champ {
	return Champ{Nom: nom, Libelle: libelle, Required: true, Kind: kind, Max: maxText, At: at}
}

func optional(nom, libelle string, kind Kind, limit int, at func(*Contrat) *string) Champ {
	return Champ{Nom: nom, Libelle: libelle, Kind: kind, Max: limit, At: at}
}

// Champs lists the fields of a contract in the order of the wire form
// (design 4, "The contract object").
var Champs = []Champ{
	required("codeContrat", "Code du contrat", KindCode, func(c *Contrat) *string { return &c.CodeContrat }),
	required("codeGroupe", "Code du groupe", KindCode, func(c *Contrat) *string { return &c.CodeGroupe }),
	required("nomGroupe", "Nom du groupe", KindText, func(c *Contrat) *string { return &c.NomGroupe }),
	required("codeSite", "Code du site", KindCode, func(c *Contrat) *string { return &c.CodeSite }),
	required("nomSite", "Nom du site", KindText, func(c *Contrat) *string { return &c.NomSite }),
	required("codePeriode", "Code de la période", KindCode, func(c *Contrat) *string { return &c.CodePeriode }),
	required("nomPeriode", "Nom de la période", KindText, func(c *Contrat) *string { return &c.NomPeriode }),
	required("codeFormation", "Code de la formation", KindCode, func(c *Contrat) *string { return &c.CodeFormation }),
	required("nomFormation", "Nom de la formation", KindText, func(c *Contrat) *string { return &c.NomFormation }),
	required("codeAnnee", "Code de l’année", KindCode, func(c *Contrat) *string { return &c.CodeAnnee }),
	required("nomAnnee", "Nom de l’année", KindText, func(c *Contrat) *string { return &c.NomAnnee }),
	required("codeApprenant", "Code de l’apprenant", KindCode, func(c *Contrat) *string { return &c.CodeApprenant }),
	required("nomApprenant", "Nom de l’apprenant", KindText, func(c *Contrat) *string { return &c.NomApprenant }),
	required("prenomApprenant", "Prénom de l’apprenant", KindText, func(c *Contrat) *string { return &c.PrenomApprenant }),
	required("emailApprenant", "E-mail de l’apprenant", KindEmail, func(c *Contrat) *string { return &c.EmailApprenant }),
	required("codePersonnel", "Code du tuteur école", KindCode, func(c *Contrat) *string { return &c.CodePersonnel }),
	required("nomPersonnel", "Nom du tuteur école", KindText, func(c *Contrat) *string { return &c.NomPersonnel }),
	required("prenomPersonnel", "Prénom du tuteur école", KindText, func(c *Contrat) *string { return &c.PrenomPersonnel }),
	required("emailPersonnel", "E-mail du tuteur école", KindEmail, func(c *Contrat) *string { return &c.EmailPersonnel }),
	required("codeMaitreApprentissage", "Code du maître d’apprentissage", KindCode, func(c *Contrat) *string { return &c.CodeMaitreApprentissage }),
	required("nomMaitreApprentissage", "Nom du maître d’apprentissage", KindText, func(c *Contrat) *string { return &c.NomMaitreApprentissage }),
	required("prenomMaitreApprentissage", "Prénom du maître d’apprentissage", KindText, func(c *Contrat) *string { return &c.PrenomMaitreApprentissage }),
	required("emailMaitreApprentissage", "E-mail du maître d’apprentissage", KindEmail, func(c *Contrat) *string { return &c.EmailMaitreApprentissage }),
	required("nomEntreprise", "Nom de l’entreprise", KindText, func(c *Contrat) *string { return &c.NomEntreprise }),
	optional("dateDebut", "Date de début", KindDate, maxText, func(c *Contrat) *string { return &c.DateDebut }),
	optional("dateFin", "Date de fin", KindDate, maxText, func(c *Contrat) *string { return &c.DateFin }),
	optional("codeMarque", "Code de la marque", KindCode, maxText, func(c *Contrat) *string { return &c.CodeMarque }),
	optional("nomMarque", "Nom de la marque", KindText, maxText, func(c *Contrat) *string { return &c.NomMarque }),
	optional("missionTitle", "Titre de la mission", KindText, maxText, func(c *Contrat) *string { return &c.MissionTitle }),
	optional("missionDetails", "Descriptif de la mission", KindText, maxDetails, func(c *Contrat) *string { return &c.MissionDetails }),
	optional("monthStartGroup", "Démarrage du groupe", KindText, maxText, func(c *Contrat) *string { return &c.MonthStartGroup }),
	optional("rncp", "Code RNCP", KindCode, maxText, func(c *Contrat) *string { return &c.RNCP }),
}

var champIndex = func() map[string]int {
	index := make(map[string]int, len(Champs))
	for i, champ := range Champs {
		index[champ.Nom] = i
	}
	return index
}()

// ChampIndex returns the position in Champs of a wire name; ok is false where
// there is no such field. It does not allocate for a converted byte slice.
func ChampIndex(nom []byte) (i int, ok bool) {
	i, ok = champIndex[string(nom)]
	return i, ok
}

// Duree returns the days of the contract; ok is false where one of its dates is
// absent or not a date.
func (c *Contrat) Duree() (p Periode, ok bool) {
	debut, err := ParseDateFR(c.DateDebut)
	if err != nil {
		return Periode{}, false
	}
	fin, err := ParseDateFR(c.DateFin)
	if err != nil {
		return Periode{}, false
	}
	return Periode{Debut: debut, Fin: fin}, true
}
