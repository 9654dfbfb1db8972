package tra_test

import (
	"strings"
	"testing"
)

// TestTheFaultyFileIsAsDescribed makes testdata/check/fautes.tra, whose report
// TestReports compares: a file of 30 lines with the faults that people make.
func TestTheFaultyFileIsAsDescribed(t *testing.T) {
	t.Parallel()
	l := dossier(t)
	set(l, "PS2", 1, "LGGEN", "5")
	set(l, "PS5", 1, "CPTECCD", "658800")
	set(l, "EXO", 1, "DATEFIN", "30122025")
	set(l, "CGN", 3, "NATURE", "ACT")
	set(l, "CAE", 1, "LETTRABLE", "O")
	set(l, "JAL", 1, "NATURE", "BQE")
	set(l, "ECR", 1, "MONTANT1", "1 20,00")
	set(l, "ECR", 2, "DATECOMPTABLE", "31022025")
	set(l, "ECR", 3, "AUXILIAIRE_OU_SECTION", "CAP")
	set(l, "ECR", 4, "SENS", "c")
	l = append(l, "***QQQ inconnu", "", line(t, "CRR", "CODE", "10", "LIBELLE", "Capital", "TYPE", "CO1"), "***EXON+1"+"02012026")
	golden(t, "testdata/check/fautes.tra", []byte(strings.Join(l, "\r\n")+"\r\n"))
}
