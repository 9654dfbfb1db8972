// Package tratest makes TRA files of any size for tests and benchmarks.
package tratest

import (
	"io"
	"time"

	"github.com/passerelle-hub/passerelle/tra"
)

// Write writes a complete dossier without findings of severity error, with that
// number of entry lines, rounded up to whole pieces of four lines: a customer's
// invoice, its revenue, the split of the revenue on an analytic axe, and VAT. Lines
// have 222 characters and CRLF. Memory does not depend on the number of lines.
func Write(w io.Writer, lines int) error {
	out := tra.NewWriter(w)
	for _, p := range parameters {
		row := tra.NewRow(tra.LayoutOf(p[0]))
		for i := 1; i < len(p); i += 2 {
			if err := row.Set(p[i], p[i+1]); err != nil {
				return err
			}
		}
		if err := out.WriteRow(row); err != nil {
			return err
		}
	}
	e := NewEntries()
	pieces := (lines + 3) / 4
	for n := range pieces {
		if err := e.WritePiece(out, n, n*365/max(pieces, 1)); err != nil {
			return err
		}
	}
	return out.Flush()
}

var parameters = [][]string{
	{"HEADER", "IDENTIFIANT", "S5", "ORIGINE_FICHIER", "CLI", "TYPE_FICHIER", "DOS", "FORMAT", "STD", "VERSION", "011",
		"SOUSVERSION", "001", "SO_NEWANALYTIQUE", "-", "SO_READYGUID", "-"},
	{"PS1", "NOM", "CFA de démonstration"},
	{"PS2", "LGGEN", "6", "LGAUX", "6", "LGSEC1", "3", "LGSEC2", "3", "LGSEC3", "3", "LGSEC4", "3", "LGSEC5", "3"},
	{"PS3"},
	{"PS5", "DEVISE", "EUR", "DECDEVISE", "2", "TENUEEURO", "X", "JALECC", "VTE", "CPTECCD", "668800", "CPTECCC", "768800"},
	{"EXO", "CODE", "N", "DATEDEBUT", "01012025", "DATEFIN", "31122025", "ETATCPTA", "OUV",
		"LIBELLE", "Exercice au 31122025", "ETATANO", "H", "DATECREATION", "01012025"},
	{"SSA"}, {"ETB"}, {"MDP"}, {"MDR"}, {"DEV"}, {"REG"}, {"TVA"},
	{"SAT", "CODE", "BTS", "LIBELLE", "Formations BTS", "AXE", "A1"},
	{"SOU"},
	account("411000", "Clients", "COC"), account("445710", "TVA collectée", "DIV"),
	account("706000", "Prestations", "PRO"), account("668800", "Écarts", "CHA"), account("768800", "Écarts", "PRO"),
	{"CAE", "CODE", "CDUPONT", "LIBELLE", "Entreprise Dupont", "NATURE", "CLI", "LETTRABLE", "X", "COLLECTIF", "411000",
		"ADRESSE_1", "1 rue de la Paix", "ADRESSE_2", "Bâtiment B", "DOMICILIATION", "BANQUE", "ETABLISSEMENT", "30002",
		"GUICHET", "00550", "COMPTE", "0000157841Z", "CLE", "25", "PAYS", "FRA", "REGIME_TVA", "FRA", "MODE", "VIR"},
	{"JAL", "CODE", "VTE", "LIBELLE", "Ventes", "NATURE", "VTE", "MODESAISIE", "-"},
}

func account(code, libelle, nature string) []string {
	return []string{"CGN", "CODE", code, "LIBELLE", libelle, "NATURE", nature, "LETTRABLE", "-", "POINTABLE", "-",
		"VENTILABLE_AXE_1", "X", "VENTILABLE_AXE_2", "-", "VENTILABLE_AXE_3", "-", "VENTILABLE_AXE_4", "-", "VENTILABLE_AXE_5", "-"}
}

// Entries writes pieces of four entry lines with one reused row.
type Entries struct {
	row *tra.Row
	journal, date, typePiece, general, typeCpte, auxi, reference, libelle, echeance, sens,
	montant, typeEcriture, piece, devise, code, etablissement, axe *tra.Field
	number [8]byte
	start  time.Time
}

// NewEntries returns a writer of pieces.
func NewEntries() *Entries {
	l := tra.LayoutOf("ECR")
	f := l.Field
	return &Entries{
		row: tra.NewRow(l), journal: f("JOURNAL"), date: f("DATECOMPTABLE"), typePiece: f("TYPE_PIECE"), general: f("GENERAL"),
		typeCpte: f("TYPE_CPTE"), auxi: f("AUXILIAIRE_OU_SECTION"), reference: f("REFINTERNE"), libelle: f("LIBELLE"),
		echeance: f("ECHEANCE"), sens: f("SENS"), montant: f("MONTANT1"), typeEcriture: f("TYPE_ECRITURE"),
		piece: f("NUMEROPIECE"), devise: f("DEVISE"), code: f("CODEMONTANT"), etablissement: f("ETABLISSEMENT"), axe: f("AXE"),
		start: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// WritePiece writes piece number n, dated day days after the start of 2025.
func (e *Entries) WritePiece(out *tra.Writer, n, day int) error {
	t := e.start.AddDate(0, 0, day)
	date := tra.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}.TRA()
	for i, k := len(e.number)-1, n+1; i >= 0; i, k = i-1, k/10 {
		e.number[i] = byte('0' + k%10)
	}
	number := string(e.number[:])
	net := tra.Montant(100+n%900) * tra.Unite
	vat := net / 5
	for _, l := range [...]struct {
		general, typeCpte, auxi, sens, axe string
		montant                            tra.Montant
	}{
		{"411000", "X", "CDUPONT", "D", "", net + vat},
		{"706000", "", "", "C", "", net},
		{"706000", "A", "BTS", "C", "A1", net},
		{"445710", "", "", "C", "", vat},
	} {
		r := e.row
		r.Reset()
		// What a row refuses comes back from WriteRow.
		_ = r.SetField(e.journal, "VTE")
		_ = r.SetField(e.date, date)
		_ = r.SetField(e.typePiece, "FC")
		_ = r.SetField(e.general, l.general)
		_ = r.SetField(e.typeCpte, l.typeCpte)
		_ = r.SetField(e.auxi, l.auxi)
		_ = r.SetField(e.reference, number)
		_ = r.SetField(e.libelle, "Facture de formation")
		_ = r.SetField(e.echeance, date)
		_ = r.SetField(e.sens, l.sens)
		_ = r.SetMontant(e.montant, l.montant)
		_ = r.SetField(e.typeEcriture, "N")
		_ = r.SetField(e.piece, number)
		_ = r.SetField(e.devise, "EUR")
		_ = r.SetField(e.code, "E--")
		_ = r.SetField(e.etablissement, "001")
		_ = r.SetField(e.axe, l.axe)
		if err := out.WriteRow(r); err != nil {
			return err
		}
	}
	return nil
}
