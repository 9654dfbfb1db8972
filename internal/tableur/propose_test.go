package tableur

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
)

func TestColumnNamesOfFrenchExportsAreUnderstood(t *testing.T) {
	t.Parallel()
	for field, columns := range map[string][]string{
		"codeContrat":               {"codeContrat", "CODE_CONTRAT", "N° contrat", "Numéro du contrat", "Réf. contrat", "id contrat", "N° dossier"},
		"codeGroupe":                {"Code groupe", "Groupe (code)", "ID classe"},
		"nomGroupe":                 {"Groupe", "Nom de la classe", "LIBELLÉ GROUPE", "Promotion"},
		"codeSite":                  {"Code site", "Code campus", "Réf établissement"},
		"nomSite":                   {"Site", "Nom du campus", "Lieu de formation", "Site de formation", "Centre de formation"},
		"codePeriode":               {"Code période", "code année scolaire"},
		"nomPeriode":                {"Période", "Année scolaire", "Année universitaire"},
		"codeFormation":             {"Code formation", "formation_code", "Code diplôme", "Code de la formation"},
		"nomFormation":              {"Formation", "Intitulé formation", "Libellé de la formation", "Diplôme", "Intitulé du diplôme"},
		"codeAnnee":                 {"Code année", "Code année de formation"},
		"nomAnnee":                  {"Année", "Année de formation", "Niveau"},
		"codeApprenant":             {"ID apprenant", "Matricule apprenti", "N° étudiant", "Identifiant alternant"},
		"nomApprenant":              {"Nom apprenant", "Nom de l'apprenti", "NOM ALTERNANT", "Apprenti - Nom", "Nom"},
		"prenomApprenant":           {"Prénom apprenant", "prenom_etudiant", "Apprenti(e) Prénom", "Prénom"},
		"emailApprenant":            {"Mail apprenant", "E-mail de l'apprenti", "Adresse e-mail étudiant", "Courriel apprenti", "Adresse électronique de l’alternant", "Email"},
		"codePersonnel":             {"Code tuteur école", "ID formateur référent"},
		"nomPersonnel":              {"school_tutor_last_name", "Nom tuteur", "Nom du tuteur pédagogique", "Nom formateur"},
		"prenomPersonnel":           {"Prénom tuteur école", "Tuteur CFA prénom"},
		"emailPersonnel":            {"Mail tuteur", "Mail formateur", "Email référent pédagogique"},
		"codeMaitreApprentissage":   {"Code maître d'apprentissage", "ID MA", "id tuteur entreprise"},
		"nomMaitreApprentissage":    {"company_tutor_last_name", "Nom du maître d’apprentissage", "Nom MA", "Nom tuteur entreprise"},
		"prenomMaitreApprentissage": {"Prénom maitre apprentissage", "MA - Prénom"},
		"emailMaitreApprentissage":  {"Mail du maître d'apprentissage", "email_ma", "Mail tuteur entreprise"},
		"nomEntreprise":             {"Entreprise", "Raison sociale", "Nom de l'employeur", "Société"},
		"dateDebut":                 {"Date de début", "Début contrat", "Date début du contrat", "DATE_DEBUT", "Debut"},
		"dateFin":                   {"Date de fin", "Fin du contrat", "Date de fin de contrat"},
		"codeMarque":                {"Code marque"},
		"nomMarque":                 {"Marque", "Enseigne"},
		"missionTitle":              {"Intitulé du poste", "Titre de la mission", "Poste occupé", "Intitulé de la mission", "Nom de la mission"},
		"missionDetails":            {"Descriptif mission", "Détail des missions"},
		"monthStartGroup":           {"Mois de rentrée", "Démarrage du groupe"},
		"rncp":                      {"RNCP", "Code RNCP", "N° RNCP"},
		"dateConclusion":            {"Date de conclusion", "Date de signature du contrat"},
		"dateRupture":               {"Date de rupture", "Rupture du contrat"},
		"dateEntreeFormation":       {"Date d’entrée en formation", "Début de la formation"},
		"npec":                      {"NPEC", "Montant NPEC", "Niveau de prise en charge"},
		"majorationAnnuelle":        {"Majoration", "Majoration annuelle"},
		"niveau":                    {"niveau", "Niveau du diplôme"},
		"idcc":                      {"IDCC", "N° IDCC", "Convention collective"},
		"codeCpne":                  {"Code CPNE", "CPNE"},
		"heuresFormation":           {"Heures de formation", "Volume horaire"},
		"heuresDistance":            {"Heures à distance", "Dont heures à distance"},
		"employeurPrecedent":        {"employeurPrecedent", "Employeur précédent"},
		"dureeReduite":              {"Durée réduite", "Contrat à durée réduite"},
		"opco":                      {"OPCO", "Nom OPCO"},
		"numeroDeca":                {"N° DECA", "Numéro DECA", "No DECA"},
		"siretEntreprise":           {"SIRET", "N° SIRET", "SIRET de l’employeur", "Siret entreprise"},
	} {
		for _, name := range columns {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				_, proposals := Propose([]Column{{Letter: "A", Nom: name, Occurrence: 1}}, nil)
				var got []string
				for _, p := range proposals {
					if p.Column != nil {
						got = append(got, p.Field)
					}
				}
				if len(got) == 0 || got[0] != field && (len(got) < 2 || got[1] != field) {
					t.Errorf("%q is proposed for %v, want %s", name, got, field)
				}
			})
		}
	}
}

func TestNamesThatNoFieldHasAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Date de naissance", "Téléphone", "Signature", "Commentaire", "Code postal", "Ville de naissance", "Email RH", "Mail comptabilité", "Conseiller OPCO", "Email contact urgence"} {
		if _, proposals := Propose([]Column{{Letter: "A", Nom: name, Occurrence: 1}}, nil); len(proposals) > 0 && proposals[0].Confidence >= 60 {
			t.Errorf("%q is proposed for %s at %d (%s)", name, proposals[0].Field, proposals[0].Confidence, proposals[0].Why)
		}
	}
}

func TestAUsualExportIsProposedAsAWhole(t *testing.T) {
	t.Parallel()
	table := open(t, []byte(strings.Join([]string{
		"Export des contrats;;;;",
		"N° contrat;Nom apprenant;Prénom apprenant;Mail apprenant;Nom tuteur;Prénom tuteur;Mail tuteur;Nom MA;Prénom MA;Mail MA;Raison sociale;Site;Code formation;Formation;Classe;Année scolaire;Année;Date de début;Date de fin",
		"K1;Durand;Zoé;zoe@d.fr;Petit;Luc;luc@cfa.fr;Roy;Eva;eva@b.fr;Boulangerie B;Lyon;BTS1;BTS MCO;MCO 1A;2026-2027;1re année;9/1/2026;8/31/2027",
		"K2;Martin;Ana;ana@d.fr;Petit;Luc;luc@cfa.fr;Roy;Eva;eva@b.fr;Boulangerie B;Lyon;BTS1;BTS MCO;MCO 1A;2026-2027;1re année;9/2/2026;8/31/2027",
	}, "\n")), Options{})
	sample, err := table.Sample(50)
	must(t, err)
	m, proposals := Propose(table.Columns, sample)
	must(t, m.Check(table.Columns))
	list, faults := contracts(t, table, m)
	if len(faults) != 0 {
		t.Fatalf("errors %v", faults)
	}
	if c := list[1]; c.DateDebut != "02/09/2026" || c.EmailPersonnel != "luc@cfa.fr" || c.EmailMaitreApprentissage != "eva@b.fr" || c.NomPeriode != "2026-2027" ||
		c.NomAnnee != "1re année" || c.CodeSite != list[0].CodeSite || !strings.HasPrefix(c.CodeSite, "lyon-") {
		t.Errorf("contract %+v", c)
	}
	var b strings.Builder
	for _, p := range proposals {
		from := "-"
		if p.Column != nil {
			from = p.Column.Letter + " " + p.Column.Nom
		}
		fmt.Fprintf(&b, "%s\t%s\t%d\t%s\n", p.Field, from, p.Confidence, p.Why)
	}
	golden(t, "propositions.txt", []byte(b.String()))
}

func TestCodesMadeOfNamesAreStable(t *testing.T) {
	t.Parallel()
	champ := func(field string) passerelle.Champ {
		i, _ := passerelle.ChampIndex([]byte(field))
		return passerelle.Champs[i]
	}
	group, mail := []passerelle.Champ{champ("nomGroupe")}, []passerelle.Champ{champ("emailApprenant")}
	code := Slug("codeGroupe", group, []string{"BTS MCO 1A"})
	// Written out: a change of this value would rename every code ever made.
	if want := "bts-mco-1a-rgl4frz3ew"; code != want {
		t.Errorf("code %q, want %q", code, want)
	}
	for name, other := range map[string]string{
		"blanks do not matter":        Slug("codeGroupe", group, []string{"BTS  MCO 1A"}),
		"blanks around do not matter": Slug("codeGroupe", group, []string{" BTS MCO 1A "}),
	} {
		if other != code {
			t.Errorf("%s: %q and %q", name, code, other)
		}
	}
	if Slug("x", group, []string{"Zoé"}) != Slug("x", group, []string{"Zoe\u0301"}) {
		t.Error("two ways to code an accent give two codes")
	}
	if Slug("x", mail, []string{"Zoe@D.fr"}) != Slug("x", mail, []string{"zoe@d.fr"}) {
		t.Error("the case of an address changes the code")
	}
	distinct := map[string]bool{}
	for _, v := range []string{"Zoé", "Zoe", "ZOE", strings.Repeat("long ", 20) + "a", strings.Repeat("long ", 20) + "b", "日本", "!!"} {
		distinct[Slug("x", group, []string{v})] = true
	}
	if len(distinct) != 7 {
		t.Errorf("names that differ share a code: %v", distinct)
	}
	if Slug("codeApprenant", group, []string{"Roy"}) == Slug("codePersonnel", group, []string{"Roy"}) {
		t.Error("a learner and a tutor of one name share a code")
	}
	if got := Slug("x", group, []string{" "}); got != "" {
		t.Errorf("a blank name gives %q", got)
	}
}

func TestDatesAreReadByFormat(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ format, value, want string }{
		{"JJ/MM/AAAA", "01/09/2024", "01/09/2024"},
		{"DD/MM/YYYY", "1/9/2024", "01/09/2024"},
		{"DD/MM/YYYY", "01/09/2024 00:00:00", "01/09/2024"},
		{"DD/MM/YYYY", "31/02/2024", ""},
		{"DD/MM/YYYY", "9/30/2024", ""},
		{"M/D/YYYY", "9/30/2024", "30/09/2024"},
		{"M/D/YYYY", "30/9/2024", ""},
		{"YYYY-MM-DD", "2024-02-29", "29/02/2024"},
		{"AAAA-MM-JJ", "2024-02-29T10:11:12.5+02:00", "29/02/2024"},
		{"AAAA-MM-JJ", "2023-02-29", ""},
		{"AAAAMMJJ", "20240901", "01/09/2024"},
		{"AAAAMMJJ", "2024091", ""},
		{"JJ/MM/AA", "01/09/24", "01/09/2024"},
		{"JJ/MM/AA", "01/09/2024", ""},
		{"J MMMM AAAA", "1 septembre 2024", "01/09/2024"},
		{"J MMMM AAAA", "15 AOÛT 2024", "15/08/2024"},
		{"JJ-MMM-AAAA", "01-sept.-2024", "01/09/2024"},
		{"J MMMM AAAA", "1 brumaire 2024", ""},
		{"excel", "45536", "01/09/2024"},
		{"excel", "45536.75", "01/09/2024"},
		{"excel", "2024", ""},
	} {
		t.Run(tc.format+" reads "+tc.value, func(t *testing.T) {
			t.Parallel()
			format, err := compileDate(tc.format)
			must(t, err)
			got := ""
			if d, ok := format.parse(tc.value); ok {
				got = d.FR()
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
	for _, format := range []string{"", "JJ/MM", "JJ/MM/AAA", "JJJ/MM/AAAA", "JMAAAA", "%d/%m/%Y"} {
		if _, err := compileDate(format); err == nil {
			t.Errorf("the format %q is accepted", format)
		}
	}
}

func TestEverySourceOfAFieldWorks(t *testing.T) {
	t.Parallel()
	table := open(t, []byte("Nom;Prénom;Groupe;Ville;Vide\nDurand;Zoé;MCO - 1A - soir;lyo;\n"), Options{})
	row, err := table.Sample(1)
	must(t, err)
	for _, tc := range []struct{ name, source, want string }{
		{"a column by name", `"prenom"`, "Zoé"},
		{"a column by letter", `{"lettre":"b"}`, "Zoé"},
		{"a constant", `{"constante":"2026"}`, "2026"},
		{"a join", `{"joindre":["Nom",{"colonne":"Prénom"},"Vide"]}`, "Durand Zoé"},
		{"a join with a sign", `{"joindre":["Nom",{"lettre":"B"}],"avec":"/"}`, "Durand/Zoé"},
		{"a join without a sign", `{"joindre":["Nom","Prénom"],"avec":""}`, "DurandZoé"},
		{"a part", `{"colonne":"Groupe","partie":{"separateur":"-","numero":2}}`, "1A"},
		{"a part and the rest", `{"colonne":"Groupe","partie":{"separateur":"-","numero":2,"reste":true}}`, "1A - soir"},
		{"a part that is not there", `{"colonne":"Groupe","partie":{"separateur":"-","numero":9},"defaut":"x"}`, "x"},
		{"a translation", `{"colonne":"Ville","traductions":{"LYO":"Lyon"}}`, "Lyon"},
		{"a value without translation", `{"colonne":"Nom","traductions":{"LYO":"Lyon"}}`, "Durand"},
		{"a default", `{"colonne":"Vide","defaut":"Paris"}`, "Paris"},
		{"a blank that is translated", `{"colonne":"Vide","traductions":{"":"aucun"}}`, "aucun"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			m, err := ParseMapping([]byte(`{"version":1,"champs":{"nomMarque":` + tc.source + `}}`))
			must(t, err)
			for _, champ := range passerelle.Champs {
				if champ.Required {
					m.Champs[champ.Nom] = Source{Constante: "1"}
				}
			}
			b, err := m.Bind(table.Columns)
			must(t, err)
			c, faults := b.Apply(row[0])
			if c.NomMarque != tc.want || len(faults) > 0 {
				t.Errorf("got %q %v, want %q", c.NomMarque, faults, tc.want)
			}
		})
	}
}

func TestAMappingThatDoesNotFitSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	m, err := ParseMapping([]byte(`{"version":1,"champs":{
		"nomApprenant":"Nom alternant", "prenomApprenant":"Prenom alternant", "emailAprenant":"Mail",
		"nomSite":"Sit", "codeSite":{"codeDe":["nomMarque"]}, "dateDebut":{"colonne":"Date","dates":["jour/mois"]},
		"dateFin":{"colonne":"Date","occurrence":3}, "nomGroupe":{"colonne":"Site","constante":"x"}, "codeGroupe":{"lettre":"ZZ"}}}`))
	must(t, err)
	table := open(t, []byte("Nom de l'alternant;Prénom alternant;Mail alternant;Site;Date;Date\nDurand;Zoé;z@d.fr;Lyon;01/09/2026;02/09/2026\n"), Options{})
	err = m.Check(table.Columns)
	if err == nil {
		t.Fatal("the mapping is accepted")
	}
	golden(t, "matrice-refusee.txt", []byte(err.Error()+"\n"))
}

func TestSourcesPointAtTheCellsOfAField(t *testing.T) {
	t.Parallel()
	table, m := gabarit(t)
	b, err := m.Bind(table.Columns)
	must(t, err)
	var got []string
	for _, field := range []string{"codeContrat", "codeGroupe", "dateDebut", "nomMarque"} {
		cells := []string{}
		for _, c := range b.Sources(field) {
			cells = append(cells, c.Cell(12))
		}
		got = append(got, field+" "+strings.Join(cells, ","))
	}
	if diff := cmp.Diff([]string{"codeContrat A12", "codeGroupe J12", "dateDebut Z12", "nomMarque "}, got); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
}
