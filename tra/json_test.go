package tra_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle/tra"
	"github.com/passerelle-hub/passerelle/tra/tratest"
)

// throughJSON converts a file to JSON and back.
func throughJSON(src []byte) (back, doc []byte, err error) {
	var j, out bytes.Buffer
	if err := tra.ToJSON(bytes.NewReader(src), &j); err != nil {
		return nil, nil, err
	}
	doc = bytes.Clone(j.Bytes())
	err = tra.FromJSON(&j, &out)
	return out.Bytes(), doc, err
}

func TestAnyFileThroughJSONIsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		src := lines(t)
		back, doc, err := throughJSON(src)
		if err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		if diff := cmp.Diff(src, back); diff != "" {
			t.Fatalf("%s\n%s", diff, doc)
		}
	})
}

func TestAPlainFileNeedsNoRawParts(t *testing.T) {
	t.Parallel()
	var src bytes.Buffer
	if err := tratest.Write(&src, 8); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"padded":              src.Bytes(),
		"right-cut":           []byte(header + "\r\n***EXON  0101202431122024OUV   Exercice au 31122024\r\n"),
		"UTF-8":               []byte("\ufeff" + header + "\n***PS1Société\n"),
		"extra bytes":         []byte(header + "\n***REGFRA" + strings.Repeat("x", 36) + "et la suite é\r\n"),
		"left-aligned number": []byte(header + "\n***PS26 006\n"),
	} {
		back, doc, err := throughJSON(file)
		if err != nil || !bytes.Equal(back, file) {
			t.Errorf("%s: %v", name, err)
		}
		if bytes.Contains(doc, []byte("brut")) {
			t.Errorf("%s: %s", name, doc)
		}
	}
}

func TestJSONMadeByHandIsAWholeFile(t *testing.T) {
	t.Parallel()
	const doc = `{"lignes": [
	  {"enregistrement": "HEADER", "champs": {"IDENTIFIANT": "S5", "ORIGINE_FICHIER": "CLI", "TYPE_FICHIER": "EXO", "FORMAT": "STD", "VERSION": "011", "SOUSVERSION": "001", "SO_NEWANALYTIQUE": false, "SO_READYGUID": "-"}},
	  {"enregistrement": "PS1", "champs": {"NOM": "CFA été", "CAPITAL": 1000.5, "VILLE": null}},
	  {"enregistrement": "EXO", "champs": {"CODE": "N", "DATEDEBUT": "2024-01-01", "DATEFIN": "31122024", "ETATCPTA": "OUV", "LIBELLE": "Exercice au 31122024", "ETATANO": "H", "DATECREATION": "01012024"}}
	]}`
	var out bytes.Buffer
	if err := tra.FromJSON(strings.NewReader(doc), &out); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); !strings.Contains(s, "***PS1CFA \xe9t\xe9 ") || !strings.Contains(s, " 1000,5") || strings.Count(s, "\r\n") != 3 {
		t.Errorf("%q", s)
	}
	report, err := tra.Check(&out, tra.Options{})
	if err != nil || len(report.Findings) > 0 || report.Lines != 3 {
		t.Error(err, report)
	}
}

func TestWrongJSONIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	element := func(s string) string { return `{"lignes":[{"enregistrement":"PS1"},` + s + `]}` }
	for _, c := range []struct{ name, doc, says string }{
		{"no object", `[]`, "objet attendu"},
		{"nothing", ``, "Le fichier est vide"},
		{"no lines", `{}`, "« lignes » manque"},
		{"lines twice", `{"lignes":[],"lignes":[]}`, "doit précéder|deux fois"},
		{"an option after the lines", `{"lignes":[],"bom":true}`, "doit précéder"},
		{"an unknown option", `{"x":1}`, "propriété « x » inconnue"},
		{"an unknown property", element(`{"enregistrment":"PS1"}`), `lignes[1] (octet`},
		{"an unknown record", element(`{"enregistrement":"QQQ"}`), "enregistrement « QQQ » inconnu"},
		{"a block alone", element(`{"enregistrement":"ECR1"}`), "enregistrement « ECR1 » inconnu"},
		{"a block of another record", element(`{"enregistrement":"PS1","bloc":"ECR1"}`), "ECR1 ou ECR2 attendu"},
		{"an unknown field", element(`{"enregistrement":"PS1","champs":{"NOMS":"x"}}`), "champ inconnu dans PS1 : NOMS"},
		{"a value that is too long", element(`{"enregistrement":"EXO","champs":{"CODE":"N-10"}}`), "ligne 2, colonne 10, EXO.CODE"},
		{"a date that does not exist", element(`{"enregistrement":"EXO","champs":{"DATEDEBUT":"2023-02-29"}}`), "ligne 2, colonne 10, EXO.DATEDEBUT"},
		{"an object as value", element(`{"enregistrement":"PS1","champs":{"NOM":{}}}`), "texte, nombre, booléen ou null"},
		{"a number as name", element(`{"enregistrement":3}`), "number inattendu"},
		{"a line end in the rest", element(`{"enregistrement":"PS1","reste":"\n"}`), "une seule ligne"},
		{"a length that cuts a field", element(`{"enregistrement":"PS1","champs":{"NOM":"abc"},"longueur":8}`), "un champ dépasse"},
		{"a length beyond the record", element(`{"enregistrement":"PS1","longueur":9999}`), "longueur : de 0"},
		{"a strange line end", element(`{"enregistrement":"PS1","finLigne":"x"}`), "finLigne"},
		{"raw bytes that are no base64", element(`{"brut":"*"}`), "base64"},
		{"an encoding of another kind", element(`{"enregistrement":"PS1","encodage":"utf-16"}`), "encodage"},
		{"a TRA file", "***S5CLIDOSSTD", "C’est déjà un fichier TRA"},
		{"a FEC", "JournalCode|JournalLib|EcritureNum\n", "convert --de fec --vers tra"},
		{"a workbook", "PK\x03\x04 xl/", "C’est un classeur Excel, pas la forme JSON"},
		{"an end too early", `{"lignes":[{"enregistrement":"PS1"`, "trop tôt"},
		{"text after the end", `{"lignes":[]} x`, "rien n’est attendu"},
		{"an element of 5 MB", element(`{"reste":"` + strings.Repeat("x", 5<<20) + `"}`), "un élément dépasse"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := tra.FromJSON(strings.NewReader(c.doc), &out)
			if err == nil {
				t.Fatal("accepted")
			}
			ok := false
			for _, s := range strings.Split(c.says, "|") {
				ok = ok || strings.Contains(err.Error(), s)
			}
			var je *tra.JSONError
			var fe *tra.FieldError
			var no *tra.FormatError
			if !ok || !errors.As(err, &je) && !errors.As(err, &fe) && !errors.As(err, &no) {
				t.Errorf("%v does not say %s", err, c.says)
			}
		})
	}
}
