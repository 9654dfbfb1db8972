package passerelle

// Contrat is one apprenticeship contract as the management software sends it.
// Every value is text without surrounding blanks; an optional value that is absent is
// "". What each field may hold, and what it is used for, is in the table Champs.
//
// To add an optional field: a line here, a line in the table, its test, its
// property in the OpenAPI document and its line in the integrator's guide.
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

	DateConclusion      string `json:"dateConclusion,omitempty"`
	DateRupture         string `json:"dateRupture,omitempty"` // the last day executed
	DateEntreeFormation string `json:"dateEntreeFormation,omitempty"`
	NPEC                string `json:"npec,omitempty"`               // euros a year
	MajorationAnnuelle  string `json:"majorationAnnuelle,omitempty"` // euros a year
	Niveau              string `json:"niveau,omitempty"`
	IDCC                string `json:"idcc,omitempty"`
	CodeCPNE            string `json:"codeCpne,omitempty"`
	HeuresFormation     string `json:"heuresFormation,omitempty"`
	HeuresDistance      string `json:"heuresDistance,omitempty"`     // among them
	EmployeurPrecedent  string `json:"employeurPrecedent,omitempty"` // "oui": the apprentice comes from a contract that was broken off
	DureeReduite        string `json:"dureeReduite,omitempty"`       // "oui": shortened under L6222-7-1
	OPCO                string `json:"opco,omitempty"`
	NumeroDeca          string `json:"numeroDeca,omitempty"`
	SiretEntreprise     string `json:"siretEntreprise,omitempty"`
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
