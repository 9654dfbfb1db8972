package mad

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
)

// Document is a whole export: GET /mad/all.
type Document struct {
	Metadata Metadata `json:"metadata"`
	Data     Data     `json:"data"`
}

// Metadata says where a document comes from.
type Metadata struct {
	Version    string         `json:"version"`
	CreatedAt  int64          `json:"createdAt"` // milliseconds since 1970
	Producer   string         `json:"producer"`
	Additional map[string]any `json:"additionalFreeProperties"`
}

// Data is what a document holds. The entries come last; a Reader and a Writer
// handle them one by one.
type Data struct {
	AccountingFolder *AccountingFolder `json:"accountingFolder"`
	Payments         []Payment         `json:"payments"`
	Banks            []Bank            `json:"banks"`
	Journals         []Journal         `json:"journals"`
	Accounts         []Account         `json:"accounts"`
	Exercices        []Exercice        `json:"exercices"`
	Analytics        []Analytic        `json:"analytics"`
	Entries          []Entry           `json:"entries"`
}

// AccountingFolder is the company whose accounts these are.
type AccountingFolder struct {
	Name      string   `json:"name"`
	Reference *string  `json:"reference"`
	Address   *Address `json:"address"`
	Contact   *Contact `json:"contact"`
	RCS       *RCS     `json:"RCS"`
	SIRET     *string  `json:"SIRET"`
	Capital   Number   `json:"capital"`
}

// Address is a postal address; the published pages write fullName and fullname.
type Address struct {
	AddressNumber     *string `json:"addressNumber"`
	LocatingIndex     *string `json:"locatingIndex"`
	StreetType        *string `json:"streetType,omitempty"`
	StreetName        *string `json:"streetName"`
	FullName          *string `json:"fullName"`
	AddressComplement *string `json:"addressComplement"`
	PostalCode        *string `json:"postalCode"`
	City              *string `json:"city"`
	Country           *string `json:"country"`
}

// Contact is who to speak with.
type Contact struct {
	FirstName         *string `json:"firstName"`
	LastName          *string `json:"lastName"`
	PhoneNumber       *string `json:"phoneNumber"`
	MobilePhoneNumber *string `json:"mobilePhoneNumber"`
	Mail              *string `json:"mail"`
}

// RCS is the register of commerce.
type RCS struct {
	ProducerID string `json:"producerId"`
	Name       string `json:"name"`
}

// Payment is a mode of payment.
type Payment struct {
	ProducerID string  `json:"producerId"`
	Name       *string `json:"name"`
	Code       *string `json:"code"`
}

// Bank is a bank account.
type Bank struct {
	ProducerID string             `json:"producerId"`
	Name       *string            `json:"name"`
	BIC        *string            `json:"BIC"`
	IBAN       *string            `json:"IBAN"`
	RIB        *string            `json:"RIB,omitempty"`
	Account    *SimplifiedAccount `json:"account"`
	Additional map[string]any     `json:"additionalProducerProperties,omitempty"`
}

// Journal is a journal; Additional.Type is the producer's code of its type.
type Journal struct {
	ProducerID            string             `json:"producerId"`
	Name                  string             `json:"name"`
	CustomerReferenceCode string             `json:"customerReferenceCode"`
	Type                  string             `json:"type"` // Achat, Vente, Banque, Caisse, OD …
	CounterpartAccount    *SimplifiedAccount `json:"counterpartAccount"`
	Additional            *JournalAdditional `json:"additionalProducerProperties"`
}

// JournalAdditional is what the producer adds to a journal.
type JournalAdditional struct {
	Type   string `json:"type"` // ACH, VTE, BQ, CAISSE, OD, AN …
	Locked bool   `json:"locked"`
}

// SimplifiedAccount names an account.
type SimplifiedAccount struct {
	ProducerID *string `json:"producerId"`
	Number     *string `json:"number"`
	Name       *string `json:"name"`
}

// Account is a general account, or a third party whose number is the root of three
// digits (401, 411, 421) followed by its auxiliary.
type Account struct {
	ProducerID     string             `json:"producerId"`
	Number         string             `json:"number"`
	Name           string             `json:"name"`
	Correspondance *SimplifiedAccount `json:"correspondanceAccount"`
	Company        *Company           `json:"company,omitempty"`
}

// Company is what is known of a supplier or a customer.
type Company struct {
	Name     *string          `json:"name"`
	SIREN    *string          `json:"SIREN"`
	CEO      *string          `json:"CEO,omitempty"`
	Payment  *Payment         `json:"payment,omitempty"`
	Address  *Address         `json:"address,omitempty"`
	Contacts []CompanyContact `json:"contacts,omitempty"`
	APE      *APE             `json:"ape,omitempty"`
}

// CompanyContact is a person of a company.
type CompanyContact struct {
	Firstname   *string `json:"firstname"`
	Lastname    *string `json:"lastname"`
	PhoneNumber *string `json:"phoneNumber"`
	Role        *string `json:"role"`
	Email       *string `json:"email"`
}

// APE is what a company does.
type APE struct {
	ProducerID string  `json:"producerId"`
	Code       *string `json:"code"`
	Name       *string `json:"name"`
}

// Exercice is a fiscal year.
type Exercice struct {
	ProducerID string             `json:"producerId"`
	Name       string             `json:"name"` // N, N+1, N-1 …
	Period     Period             `json:"period"`
	State      string             `json:"state"` // open, closed
	Additional ExerciceAdditional `json:"additionalProducerProperties"`
}

// Period is the days of an exercice, AAAA-MM-JJ, both included.
type Period struct {
	Start    string  `json:"start"`
	End      string  `json:"end"`
	Duration *int    `json:"duration"` // whole months
	Closed   *Closed `json:"closed"`
}

// Closed says when an exercice was closed, and by whom.
type Closed struct {
	At string `json:"at"`
	By Person `json:"by"`
}

// Person is a user of the producer.
type Person struct {
	ProducerID string `json:"producerId"`
	FirstName  string `json:"firstName"`
	LastName   string `json:"lastName"`
}

// ExerciceAdditional is what the producer adds to an exercice.
type ExerciceAdditional struct {
	Lettering string `json:"lettering"` // MONO, MULTI
}

// Analytic is an analytic axe with its sections.
type Analytic struct {
	ProducerID *string             `json:"producerId"`
	Code       string              `json:"code"`
	Name       string              `json:"name"`
	Sections   []Section           `json:"sections"`
	Additional *AnalyticAdditional `json:"additionalProducerProperties"`
}

// AnalyticAdditional is what the producer adds to an axe.
type AnalyticAdditional struct {
	DefaultSectionID string `json:"defaultSectionId"`
}

// Section is a section of an axe.
type Section struct {
	ProducerID string             `json:"producerId"`
	Code       string             `json:"code"`
	Name       string             `json:"name"`
	Account    *string            `json:"account"`
	Additional *SectionAdditional `json:"additionalProducerProperties"`
}

// SectionAdditional is what the producer adds to a section.
type SectionAdditional struct {
	Closed bool `json:"closed"`
}

// Entry is an entry with its lines.
type Entry struct {
	ProducerID  string                `json:"producerId"`
	Attachments map[string]Attachment `json:"attachments"`
	Date        string                `json:"date"` // AAAA-MM-JJ
	DueDate     *string               `json:"dueDate"`
	Journal     EntryJournal          `json:"journal"`
	Currency    Currency              `json:"currency"`
	Movements   []Movement            `json:"movements"`
	Additional  *EntryAdditional      `json:"additionalProducerProperties,omitempty"`
}

// EntryJournal names the journal of an entry.
type EntryJournal struct {
	ProducerID            string `json:"producerId"`
	CustomerReferenceCode string `json:"customerReferenceCode"`
	Name                  string `json:"name"`
	Type                  string `json:"type"`
}

// Currency is that of the original amounts.
type Currency struct {
	Code string  `json:"code"`
	Rate *Number `json:"rate,omitempty"`
}

// EntryAdditional is what the producer adds to an entry. The published pages and
// their schema disagree on it; what is not here is ignored.
type EntryAdditional struct {
	Source         *string `json:"source,omitempty"`
	CreatedAt      *string `json:"createdAt,omitempty"`
	AccountedAt    *string `json:"accountedAt,omitempty"`
	ValidationDate *string `json:"validationDate,omitempty"`
	Comment        *string `json:"comment,omitempty"`
}

// Attachment is a document, by address, by path in an archive or as base64.
type Attachment struct {
	Type  string `json:"type"` // URL, File, Base64
	Value string `json:"value"`
}

// Movement is one line of an entry.
type Movement struct {
	ProducerID    string                `json:"producerId"`
	Description   string                `json:"description"`
	Value         Value                 `json:"value"`
	DueDate       *string               `json:"dueDate"`
	Lettering     Lettering             `json:"lettering"`
	FreeNumber    *string               `json:"freeNumber"`
	InvoiceNumber *string               `json:"invoiceNumber"`
	Attachments   map[string]Attachment `json:"attachments"`
	Account       *SimplifiedAccount    `json:"account"`
	Payment       *Payment              `json:"payment"`
	Analytics     []Imputation          `json:"analytics"`
}

// Value is the amount of a line: amount is credit less debit.
type Value struct {
	Credit Number `json:"credit"`
	Debit  Number `json:"debit"`
	Amount Number `json:"amount"`
}

// Lettering is the letter of a line; that of a partial one begins with *.
type Lettering struct {
	State string  `json:"state"` // none, partial, complete
	Value *string `json:"value"`
}

// Imputation spreads a line over the sections of an axe.
type Imputation struct {
	ProducerID string              `json:"producerId"`
	Code       string              `json:"code"`
	Name       string              `json:"name"`
	Sections   []ImputationSection `json:"sections"`
}

// ImputationSection is the part of a section: an amount and its percentage.
type ImputationSection struct {
	ProducerID string `json:"producerId"`
	Amount     Number `json:"amount"`
	Rate       Number `json:"rate"`
	Code       string `json:"code"`
	Name       string `json:"name"`
}

// Number is an exact decimal number with up to four decimals.
type Number compta.Montant

// String returns the number with a decimal point and no more decimals than it has.
func (n Number) String() string {
	s := strings.Replace(compta.Montant(n).String(), ",", ".", 1)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// MarshalJSON writes a JSON number.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalJSON reads a JSON number, or null as 0. More than four decimals are
// rounded, half away from zero: producers that count in floats write 0.30000000000000004.
func (n *Number) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*n = 0
		return nil
	}
	m, ok := compta.ParseDecimal(string(b))
	if !ok {
		return fmt.Errorf("%.40q n’est pas un nombre", b)
	}
	*n = Number(m)
	return nil
}
