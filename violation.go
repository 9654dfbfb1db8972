package passerelle

// Code names a rule of the contract object. It is stable: clients branch on it.
type Code string

// The rules. Those of the first group refuse a contract; group-mismatch and, where an
// organisme lets people share addresses, email-shared may be warnings. Those of the
// second group only ever warn.
const (
	CodeRequired         Code = "required"
	CodeType             Code = "type"
	CodeTooLong          Code = "too-long"
	CodeDateFormat       Code = "date-format"
	CodeDateOrder        Code = "date-order"
	CodeEmailFormat      Code = "email-format"
	CodeDuplicateContrat Code = "duplicate-contrat"
	CodeCodeNameMismatch Code = "code-name-mismatch"
	CodeGroupMismatch    Code = "group-mismatch"
	CodeUserCodeShared   Code = "user-code-shared"
	CodeEmailShared      Code = "email-shared"
	CodePersonMismatch   Code = "person-mismatch"
	CodeAmountFormat     Code = "amount-format" // no amount or number of hours, or below zero
	CodeValue            Code = "value"         // not one of those that there are, or out of bounds
	CodeSiretFormat      Code = "siret-format"  // not 14 digits, or with a wrong key

	CodeRemovedAndSent Code = "removed-and-sent" // a delta removes a contract that it also sends
	CodeUnknownField   Code = "unknown-field"    // a property that the contract object does not have
	CodeNameSpelling   Code = "name-spelling"    // one person, two spellings of the name
	CodeAlreadyKnown   Code = "already-known"    // a delta adds a contract that is there
	CodeNotYetKnown    Code = "not-yet-known"    // a delta updates a contract that is not there
	CodeReusedCode     Code = "reused-code"      // a user code that named another person before
	CodeOverlap        Code = "overlap"          // two contracts of one apprentice have days in common
	CodeUnlikelyDate   Code = "unlikely-date"    // a start before 2000, an end more than five years later
	CodeNearName       Code = "near-name"        // two names that differ in case, accents, blanks or « 1re / 1ère »
	CodeMasse          Code = "masse"            // a field changes in many of the active contracts
	CodeHoldsOthers    Code = "holds-others"     // the one contract because of which several others were refused
)

// Violation is one broken rule of one contract, or one warning about it.
type Violation struct {
	Index         int    // position in the array sent, from 0
	CodeContrat   string // "" where the contract has no usable code
	Field         string // wire name, "" where the contract as a whole is meant
	Code          Code
	Message       string // French, for the person who will mend it
	ConflictsWith string // codeContrat of the contract that stands, "" where there is none
}
