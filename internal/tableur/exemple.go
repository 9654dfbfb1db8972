package tableur

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
)

// JSON is the form of an example that software sends.
const JSON Format = "json"

// exemple is what a column of the example says: what it means, and three values.
type exemple struct {
	sens    string
	valeurs [3]string
}

// exemples describes every field of a contract for the person who fills in a file.
// The people and companies are invented.
var exemples = map[string]exemple{
	"codeContrat":               {"Le numéro du contrat dans votre logiciel ; il ne change jamais", [3]string{"K2026-001", "K2026-002", "K2026-003"}},
	"codeGroupe":                {"Le code du groupe ou de la classe", [3]string{"MCO1-A", "MCO1-A", "NDRC2-B"}},
	"nomGroupe":                 {"Le nom du groupe ou de la classe", [3]string{"BTS MCO 1re année, groupe A", "BTS MCO 1re année, groupe A", "BTS NDRC 2e année, groupe B"}},
	"codeSite":                  {"Le code du site où l’apprenti suit sa formation", [3]string{"LYO", "LYO", "VIE"}},
	"nomSite":                   {"Le nom du site", [3]string{"Lyon", "Lyon", "Vienne"}},
	"codePeriode":               {"Le code de l’année scolaire", [3]string{"2026", "2026", "2026"}},
	"nomPeriode":                {"L’année scolaire", [3]string{"2026/2027", "2026/2027", "2026/2027"}},
	"codeFormation":             {"Le code de la formation", [3]string{"MCO", "MCO", "NDRC"}},
	"nomFormation":              {"Le nom de la formation", [3]string{"BTS Management commercial opérationnel", "BTS Management commercial opérationnel", "BTS Négociation et digitalisation de la relation client"}},
	"codeAnnee":                 {"Le code de l’année de formation", [3]string{"1", "1", "2"}},
	"nomAnnee":                  {"L’année de formation", [3]string{"1re année", "1re année", "2e année"}},
	"codeApprenant":             {"Le numéro de l’apprenti dans votre logiciel ; un par personne", [3]string{"A1001", "A1002", "A1003"}},
	"nomApprenant":              {"Le nom de l’apprenti", [3]string{"Abadie", "Bellanger", "Carpentier"}},
	"prenomApprenant":           {"Le prénom de l’apprenti", [3]string{"Inès", "Noé", "Léna"}},
	"emailApprenant":            {"L’adresse de l’apprenti, à lui seul", [3]string{"ines.abadie@apprenti.example", "noe.bellanger@apprenti.example", "lena.carpentier@apprenti.example"}},
	"codePersonnel":             {"Le numéro du tuteur de l’école (référent, formateur)", [3]string{"F1", "F1", "F2"}},
	"nomPersonnel":              {"Le nom du tuteur de l’école", [3]string{"Morel", "Morel", "Nguyen"}},
	"prenomPersonnel":           {"Le prénom du tuteur de l’école", [3]string{"Claire", "Claire", "Hugo"}},
	"emailPersonnel":            {"L’adresse du tuteur de l’école", [3]string{"claire.morel@cfa.example", "claire.morel@cfa.example", "hugo.nguyen@cfa.example"}},
	"codeMaitreApprentissage":   {"Le numéro du maître d’apprentissage, en entreprise", [3]string{"M2001", "M2002", "M2003"}},
	"nomMaitreApprentissage":    {"Le nom du maître d’apprentissage", [3]string{"Perrin", "Roussel", "Sabatier"}},
	"prenomMaitreApprentissage": {"Le prénom du maître d’apprentissage", [3]string{"Odile", "Paul", "Régine"}},
	"emailMaitreApprentissage":  {"L’adresse du maître d’apprentissage", [3]string{"odile.perrin@atelier.example", "paul.roussel@comptoir.example", "regine.sabatier@librairie.example"}},
	"nomEntreprise":             {"Le nom de l’entreprise", [3]string{"Atelier Perrin", "Comptoir Roussel", "Librairie Sabatier"}},
	"dateDebut":                 {"Le premier jour du contrat", [3]string{"01/09/2026", "15/09/2026", "01/09/2025"}},
	"dateFin":                   {"Le dernier jour prévu du contrat", [3]string{"31/08/2028", "31/08/2028", "31/08/2027"}},
	"codeMarque":                {"Le code de la marque ou de l’école, si vous en avez plusieurs", [3]string{"DR", "DR", "DR"}},
	"nomMarque":                 {"Le nom de la marque ou de l’école", [3]string{"CFA des Deux Rives", "CFA des Deux Rives", "CFA des Deux Rives"}},
	"missionTitle":              {"Le titre de la mission ou du poste", [3]string{"Assistante de gestion", "Conseiller de vente", ""}},
	"missionDetails":            {"Ce que fait l’apprenti", [3]string{"Suivi des commandes et des fournisseurs", "", ""}},
	"monthStartGroup":           {"Le mois de démarrage, si un groupe en a plusieurs", [3]string{"septembre", "septembre", "septembre"}},
	"rncp":                      {"Le code de la certification", [3]string{"RNCP38362", "RNCP38362", "RNCP38368"}},
	"dateConclusion":            {"La date de conclusion (signature) du contrat", [3]string{"10/07/2026", "24/08/2026", "30/06/2025"}},
	"dateRupture":               {"Le dernier jour exécuté, si le contrat a été rompu", [3]string{"", "", "30/11/2026"}},
	"dateEntreeFormation":       {"Le premier jour de formation, s’il est avant le contrat (3 mois au plus)", [3]string{"", "01/09/2026", ""}},
	"npec":                      {"Le niveau de prise en charge annuel, en euros", [3]string{"7500", "7500", "6890,50"}},
	"majorationAnnuelle":        {"La majoration annuelle, en euros (4 000 au plus)", [3]string{"", "", "2000"}},
	"niveau":                    {"Le niveau de la certification, de 3 à 8", [3]string{"5", "5", "5"}},
	"idcc":                      {"Le numéro de la convention collective de l’entreprise", [3]string{"1517", "1517", "3013"}},
	"codeCpne":                  {"Le code de la commission paritaire (CPNE)", [3]string{"", "", "42"}},
	"heuresFormation":           {"Les heures de formation du contrat", [3]string{"1350", "1330", "1350"}},
	"heuresDistance":            {"Celles qui se font à distance", [3]string{"200", "", "150,5"}},
	"employeurPrecedent":        {"oui si l’apprenti vient d’un contrat rompu, sinon non", [3]string{"non", "non", "oui"}},
	"dureeReduite":              {"oui si la durée est réduite (article L6222-7-1), sinon non", [3]string{"non", "non", "non"}},
	"opco":                      {"L’OPCO de l’entreprise", [3]string{"OPCO exemple", "OPCO exemple", "OPCO exemple"}},
	"numeroDeca":                {"Le numéro de dépôt DECA", [3]string{"069202607000001", "069202608000002", "069202506000003"}},
	"siretEntreprise":           {"Le SIRET de l’établissement, 14 chiffres", [3]string{"11111111800019", "22222222600011", "33333333400014"}},
}

// Exemples returns the three contracts of the example.
func Exemples() []passerelle.Contrat {
	list := make([]passerelle.Contrat, 3)
	for i := range list {
		for _, champ := range passerelle.Champs {
			*champ.At(&list[i]) = exemples[champ.Nom].valeurs[i]
		}
	}
	return list
}

// WriteExemple writes a file to fill in: every column with its meaning, and three
// contracts, which can be pushed as they are.
func WriteExemple(w io.Writer, format Format) error {
	switch format {
	case CSV:
		return exempleCSV(w)
	case XLSX:
		return exempleXLSX(w)
	case JSON:
		return exempleJSON(w)
	}
	return fmt.Errorf("no example of the format %q", format)
}

// exempleCSV writes the meanings above the titles, where readers pass over them.
func exempleCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	rows := make([][]string, 2)
	for _, champ := range passerelle.Champs {
		rows[0], rows[1] = append(rows[0], meaningOf(&champ)), append(rows[1], champ.Libelle)
	}
	for _, c := range Exemples() {
		var row []string
		for _, champ := range passerelle.Champs {
			row = append(row, *champ.At(&c))
		}
		rows = append(rows, row)
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	return nil
}

// meaningOf says what a column holds, and whether it may be blank.
func meaningOf(champ *passerelle.Champ) string {
	meaning := exemples[champ.Nom].sens
	if champ.Required {
		return meaning + " (obligatoire)"
	}
	return meaning
}

func exempleJSON(w io.Writer) error {
	type document struct {
		Aide     map[string]string    `json:"aide"` // passed over by a push
		Contrats []passerelle.Contrat `json:"contrats"`
	}
	doc := document{map[string]string{}, Exemples()}
	for _, champ := range passerelle.Champs {
		doc.Aide[champ.Nom] = meaningOf(&champ)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(doc); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	return nil
}

func exempleXLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = fmt.Errorf("close the example: %w", closing)
		}
	}()
	if err := f.SetSheetName(f.GetSheetName(0), "Contrats"); err != nil {
		return fmt.Errorf("name the sheet of the example: %w", err)
	}
	if _, err := f.NewSheet("Colonnes"); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	styles, err := newReportStyles(f)
	if err != nil {
		return err
	}
	titles := make([]Cell, len(passerelle.Champs))
	meanings := [][]Cell{{{Text: "Colonne"}, {Text: "Signification"}, {Text: "Nom dans l’API"}}}
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		titles[i].Text = champ.Libelle
		meanings = append(meanings, []Cell{{Text: champ.Libelle}, {Text: meaningOf(champ)}, {Text: champ.Nom}})
	}
	rows := [][]Cell{titles}
	for _, c := range Exemples() {
		row := make([]Cell, len(passerelle.Champs))
		for i, champ := range passerelle.Champs {
			if row[i].Text = *champ.At(&c); champ.Kind == passerelle.KindDate {
				row[i].Kind = CellDate
			}
		}
		rows = append(rows, row)
	}
	for _, sheet := range []struct {
		name  string
		rows  [][]Cell
		width float64
	}{{"Contrats", rows, 22}, {"Colonnes", meanings, 45}} {
		out, err := f.NewStreamWriter(sheet.name)
		if err != nil {
			return fmt.Errorf("write the example: %w", err)
		}
		if err := out.SetColWidth(1, len(sheet.rows[0]), sheet.width); err != nil {
			return fmt.Errorf("write the example: %w", err)
		}
		for i, row := range sheet.rows {
			if err := out.SetRow(fmt.Sprintf("A%d", i+1), styles.cells(nil, row, i == 0)); err != nil {
				return fmt.Errorf("write the example: %w", err)
			}
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("write the example: %w", err)
		}
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write the example: %w", err)
	}
	return nil
}
