package fec_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
)

const sale = "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n" +
	"VTE|Ventes|1|20250115|411000|Clients|9OPCO|OPCO|F1|20250115|Formation|7300,00|0,00|||20251231||\n" +
	"VTE|Ventes|1|20250231|706100|Formations|||F1|20250115|Formation|0,00|7300,00|||20251231||\n"

func ExampleCheck() {
	report, err := fec.Check(strings.NewReader(sale), fec.Options{Name: "732829320FEC20251231.txt"})
	if err != nil { // a *compta.FormatError: this is no FEC
		fmt.Println(err)
		return
	}
	fmt.Println(report.Errors, "erreur,", report.Records["ecritures"], "écriture, débit", report.Debit)
	f := report.Findings[0]
	fmt.Println(f.Line, f.Column, f.Field, f.Rule)
	// Output:
	// 1 erreur, 1 écriture, débit 7300,00
	// 3 4 EcritureDate date-inexistante
}

func ExampleReader() {
	r := fec.NewReader(strings.NewReader(sale))
	h, err := r.Header()
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		l, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		debit, credit, ok := h.Sides(l)
		fmt.Println(l.Number, h.Value(l, fec.CompteNum), debit, credit, ok)
	}
	// Output:
	// 2 411000 7300,00 0,00 true
	// 3 706100 0,00 7300,00 true
}

func ExampleWriter() {
	w, row := fec.NewWriter(os.Stdout), &fec.Row{}
	day, _ := compta.NewDate(2025, 1, 15)
	_ = row.Set(fec.JournalCode, "VTE") // what is refused comes back from Write
	_ = row.Set(fec.EcritureNum, "1")
	_ = row.SetDate(fec.EcritureDate, day)
	_ = row.SetMontant(fec.Debit, 7300*compta.Unite)
	if err := w.Write(row); err != nil {
		fmt.Println(err)
	}
	if err := w.Flush(); err != nil {
		fmt.Println(err)
	}
}
