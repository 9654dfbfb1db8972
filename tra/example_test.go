package tra_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/passerelle-hub/passerelle/tra"
)

func ExampleCheck() {
	report, err := tra.Check(strings.NewReader("***S5CLIEXOSTD\r\n***EXO001\r\n"), tra.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Errors, "erreurs")
	fmt.Println(report.Findings[0])
	// Output:
	// 7 erreurs
	// ligne 1, colonne 34, HEADER.VERSION : erreur [obligatoire] VERSION est obligatoire dans HEADER.
}

func ExampleWriteExercices() {
	debut, _ := tra.NewDate(2024, 1, 1)
	fin, _ := tra.NewDate(2024, 12, 31)
	var b bytes.Buffer
	err := tra.WriteExercices(&b, tra.Dossier{Nom: "CFA de l’Orge"}, []tra.Exercice{
		{Code: "N", Debut: debut, Fin: fin, Etat: tra.EtatOuvert, Ano: tra.AnoDetail, Creation: debut},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	list, _, err := tra.ReadExercices(&b)
	fmt.Println(list[0].Code, list[0].Debut, list[0].Fin, list[0].Etat, list[0].Libelle, err)
	// Output: N 2024-01-01 2024-12-31 OUV Exercice au 31122024 <nil>
}

func ExampleToJSON() {
	_ = tra.ToJSON(strings.NewReader("***S5CLIEXOSTD\r\n***REGFRA\r\n"), os.Stdout)
	// Output:
	// {"finLigne":"\r\n","lignes":[
	// {"enregistrement":"HEADER","champs":{"IDENTIFIANT":"S5","ORIGINE_FICHIER":"CLI","TYPE_FICHIER":"EXO","FORMAT":"STD"},"longueur":14},
	// {"enregistrement":"REG","champs":{"CODE":"FRA"},"longueur":9}
	// ]}
}
