package fec

import "github.com/passerelle-hub/passerelle/compta"

// Kind says what a column holds.
type Kind uint8

// The kinds of a column.
const (
	Text   Kind = iota
	Day         // AAAAMMJJ
	Amount      // digits, decimal comma
	Sense       // D or C
)

var kindNames = [...]string{Text: "text", Day: "date", Amount: "amount", Sense: "sens"}

// String returns the English name of the kind.
func (k Kind) String() string { return kindNames[k] }

// Demand says what the administration's tool does where something is missing.
type Demand uint8

// What the tool does.
const (
	Free     Demand = iota // nothing
	Reported               // it says so and goes on
	Refused                // it refuses the file
)

// ID names a column: its rank less one in the order of the text.
type ID uint8

// The columns of the text, then those that may stand for Debit and Credit.
const (
	JournalCode ID = iota
	JournalLib
	EcritureNum
	EcritureDate
	CompteNum
	CompteLib
	CompAuxNum
	CompAuxLib
	PieceRef
	PieceDate
	EcritureLib
	Debit
	Credit
	EcritureLet
	DateLet
	ValidDate
	Montantdevise
	Idevise
	Montant
	Sens

	width = int(Idevise) + 1 // of a file of ours
	known = int(Sens) + 1
)

// Column is one column of the file.
type Column struct {
	ID     ID
	Name   string
	Kind   Kind
	Absent Demand // the first line does not name it
	Blank  Demand // a line has no value in it
	About  string // French

	folded string // the name as compta.FoldName gives it
}

var columns = [known]Column{
	{ID: JournalCode, Name: "JournalCode", Absent: Reported, Blank: Reported, About: "code du journal"},
	{ID: JournalLib, Name: "JournalLib", Absent: Reported, Blank: Reported, About: "libellé du journal"},
	{ID: EcritureNum, Name: "EcritureNum", Absent: Refused, Blank: Refused, About: "numéro de l’écriture, dans une suite sans trou"},
	{ID: EcritureDate, Name: "EcritureDate", Kind: Day, Absent: Refused, Blank: Refused, About: "date de comptabilisation"},
	{ID: CompteNum, Name: "CompteNum", Absent: Refused, Blank: Refused, About: "numéro du compte, dont les trois premiers caractères sont des chiffres"},
	{ID: CompteLib, Name: "CompteLib", Absent: Refused, Blank: Refused, About: "libellé du compte"},
	{ID: CompAuxNum, Name: "CompAuxNum", Absent: Reported, About: "numéro du compte auxiliaire, s’il y en a un"},
	{ID: CompAuxLib, Name: "CompAuxLib", Absent: Reported, About: "libellé du compte auxiliaire"},
	{ID: PieceRef, Name: "PieceRef", Absent: Reported, Blank: Reported, About: "référence de la pièce justificative"},
	{ID: PieceDate, Name: "PieceDate", Kind: Day, Absent: Reported, Blank: Reported, About: "date de la pièce"},
	{ID: EcritureLib, Name: "EcritureLib", Absent: Refused, Blank: Refused, About: "libellé de l’écriture"},
	{ID: Debit, Name: "Debit", Kind: Amount, Absent: Refused, About: "montant au débit"},
	{ID: Credit, Name: "Credit", Kind: Amount, Absent: Refused, About: "montant au crédit"},
	{ID: EcritureLet, Name: "EcritureLet", Absent: Reported, About: "lettrage"},
	{ID: DateLet, Name: "DateLet", Kind: Day, Absent: Reported, About: "date du lettrage"},
	{ID: ValidDate, Name: "ValidDate", Kind: Day, Absent: Reported, Blank: Reported, About: "date de validation"},
	{ID: Montantdevise, Name: "Montantdevise", Kind: Amount, Absent: Reported, About: "montant en devise"},
	{ID: Idevise, Name: "Idevise", Absent: Reported, About: "code de la devise"},
	{ID: Montant, Name: "Montant", Kind: Amount, About: "montant, à la place de Debit et Credit"},
	{ID: Sens, Name: "Sens", Kind: Sense, About: "D ou C (ou +1, -1), avec Montant"},
}

var byFolded = map[string]ID{}

func init() {
	for i := range columns {
		c := &columns[i]
		c.folded = compta.FoldName([]byte(c.Name))
		byFolded[c.folded] = c.ID
	}
}

// Columns returns the 18 columns in the order of the text, then Montant and Sens,
// which may stand for Debit and Credit. The slice is a copy.
func Columns() []Column { return append([]Column(nil), columns[:]...) }

// String returns the name of the column.
func (id ID) String() string { return columns[id].Name }

// cashColumns are the columns that a FEC of a cash basis (farm and liberal profits)
// adds to the 18.
var cashColumns = map[string]bool{"daterglt": true, "moderglt": true, "natop": true, "idclient": true}
