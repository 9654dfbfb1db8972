package tra

import "slices"

// Columns of an entry that the reader and the checker touch in every line, taken
// from the layout once.
var (
	colTypeCpte int

	ecr struct {
		journal, date, general, auxi, sens, piece, devise, taux, code, axe, typeEcriture *Field
		montant                                                                          [3]*Field
	}
)

func initColumns() {
	f := lEcr.Field
	colTypeCpte = f("TYPE_CPTE").start
	ecr.journal, ecr.date = f("JOURNAL"), f("DATECOMPTABLE")
	ecr.general, ecr.auxi = f("GENERAL"), f("AUXILIAIRE_OU_SECTION")
	ecr.sens, ecr.piece, ecr.axe = f("SENS"), f("NUMEROPIECE"), f("AXE")
	ecr.devise, ecr.taux, ecr.code = f("DEVISE"), f("TAUXDEV"), f("CODEMONTANT")
	ecr.typeEcriture = f("TYPE_ECRITURE")
	ecr.montant = [3]*Field{f("MONTANT1"), f("MONTANT2"), f("MONTANT3")}
	// The amounts are parsed and checked with CODEMONTANT: see Checker.amount.
	lEcr.checks = slices.DeleteFunc(lEcr.checks, func(f *Field) bool { return slices.Contains(ecr.montant[:], f) })
}
