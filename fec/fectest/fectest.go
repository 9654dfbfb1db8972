// Package fectest makes FEC files of any size for tests and benchmarks.
package fectest

import (
	"fmt"
	"io"
	"time"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
)

// Name is a name that fits the files that Write makes: their entries are of 2025.
const Name = "732829320FEC20251231.txt"

// Write writes a file without findings, with that number of lines, rounded up to
// whole entries: invoices of three lines to some thousand customers, and after each
// one its payment of two lines, lettered. Memory does not depend on the number.
func Write(w io.Writer, lines int) error {
	out := fec.NewWriter(w)
	row := &fec.Row{}
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	pieces := max((lines+4)/5, 1)
	for n := range pieces {
		t := start.AddDate(0, 0, n*365/pieces)
		day := compta.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
		client := n % 5000
		aux, name := fmt.Sprintf("C%05d", client), fmt.Sprintf("Entreprise %d", client)
		ref, letter := fmt.Sprintf("F2025-%07d", n+1), letters(n)
		net := compta.Montant(100+n%900)*compta.Unite + compta.Montant(n%20)*500
		vat := net / 5
		for i, l := range [...]struct {
			journal, lib, compte, comptelib, aux, auxlib, let string
			debit, credit                                     compta.Montant
			entry                                             int
		}{
			{"VTE", "Ventes", "411000", "Clients", aux, name, letter, net + vat, 0, 1},
			{"VTE", "Ventes", "706100", "Formation par apprentissage", "", "", "", 0, net, 1},
			{"VTE", "Ventes", "445710", "TVA collectée", "", "", "", 0, vat, 1},
			{"BQ", "Banque", "512000", "Banque", "", "", "", net + vat, 0, 2},
			{"BQ", "Banque", "411000", "Clients", aux, name, letter, 0, net + vat, 2},
		} {
			row.Reset()
			set := func(id fec.ID, v string) { _ = row.Set(id, v) } // what is refused comes back from Write
			set(fec.JournalCode, l.journal)
			set(fec.JournalLib, l.lib)
			set(fec.EcritureNum, fmt.Sprint(2*n+l.entry))
			set(fec.CompteNum, l.compte)
			set(fec.CompteLib, l.comptelib)
			set(fec.CompAuxNum, l.aux)
			set(fec.CompAuxLib, l.auxlib)
			set(fec.PieceRef, ref)
			set(fec.EcritureLib, "Facture de formation")
			set(fec.EcritureLet, l.let)
			_ = row.SetDate(fec.EcritureDate, day)
			_ = row.SetDate(fec.PieceDate, day)
			_ = row.SetDate(fec.ValidDate, day)
			if l.let != "" {
				_ = row.SetDate(fec.DateLet, day)
			}
			_ = row.SetMontant(fec.Debit, l.debit)
			_ = row.SetMontant(fec.Credit, l.credit)
			if err := out.Write(row); err != nil {
				return fmt.Errorf("ligne %d : %w", i, err)
			}
		}
	}
	return out.Flush()
}

// letters returns the n-th letter of a lettering: AAAAA, AAAAB …
func letters(n int) string {
	var b [5]byte
	for i := len(b) - 1; i >= 0; i, n = i-1, n/26 {
		b[i] = byte('A' + n%26)
	}
	return string(b[:])
}
