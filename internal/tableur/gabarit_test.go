package tableur

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
)

func gabarit(t *testing.T) (*Table, Mapping) {
	t.Helper()
	content, err := os.ReadFile("testdata/gabarit-api-sync.csv")
	must(t, err)
	document, err := os.ReadFile("testdata/gabarit-mapping.json")
	must(t, err)
	if lines := strings.Count(string(document), "\n"); lines > 20 {
		t.Errorf("the mapping has %d lines, the promise is 20", lines)
	}
	m, err := ParseMapping(document)
	must(t, err)
	return open(t, content, Options{}), m
}

func TestTheTemplateOfTheFieldIsImported(t *testing.T) {
	t.Parallel()
	table, m := gabarit(t)
	list, faults := contracts(t, table, m)
	if len(list) != 10 || len(faults) != 0 {
		t.Fatalf("%d contracts, errors %v", len(list), faults)
	}
	for i, c := range list {
		for _, champ := range passerelle.Champs {
			if champ.Required && *champ.At(&c) == "" {
				t.Errorf("contract %d has no %s", i, champ.Nom)
			}
		}
	}
	want := passerelle.Contrat{
		CodeContrat: "0410cf6e-0670-4c53-a459-6a009faf0b9f",
		CodeGroupe:  "dibbert-group-qz3jppfyl3", NomGroupe: "Dibbert Group",
		CodeSite: "D'Amore Group", NomSite: "Marks-Heathcote",
		CodePeriode: "1c17f3d0-6876-4ac3-8949-b17961b11dca", NomPeriode: "Shanahan, Emard and Adams",
		CodeFormation: "6d8dab2f-4fe8-42bf-b568-4abf93494e17", NomFormation: "Gaylord, Bosco and Von",
		CodeAnnee: "0ada6ed0-c424-44c0-9ccf-4a8a82ed4dbe", NomAnnee: "Hartmann, Dach and Bergnaum",
		CodeApprenant: "6e33d4cc-8bf8-4f62-a7c6-cf2a16feb4f1", NomApprenant: "Worcester", PrenomApprenant: "Eugenio", EmailApprenant: "fbelward0@tripadvisor.com",
		CodePersonnel: "f6496f88-279e-4724-b8af-bb7eb6032ae8", NomPersonnel: "Lydiate", PrenomPersonnel: "Andromache", EmailPersonnel: "fbelward0@census.gov",
		CodeMaitreApprentissage: "fad0e1a3-ca4c-4e86-b1ea-18272124d3ab", NomMaitreApprentissage: "Belward", PrenomMaitreApprentissage: "Fania", EmailMaitreApprentissage: "fbelward0@imgur.com",
		NomEntreprise: "Yadel", DateDebut: "12/12/2021", DateFin: "12/12/2022",
		MissionTitle: "Délégué", MissionDetails: "FAire ceci faire cela",
	}
	if diff := cmp.Diff(want, list[0]); diff != "" {
		t.Errorf("first contract (-want +got):\n%s", diff)
	}
}

func TestTheTemplateReadWithItsFirstDatesReportsEachOfThem(t *testing.T) {
	t.Parallel()
	table, m := gabarit(t)
	m.Champs["dateDebut"] = Source{Colonne: "dateDebut", Occurrence: 1}
	_, faults := contracts(t, table, m)
	if len(faults) == 0 || faults[0].Cell != "K2" || faults[0].Value != "4/30/2021" || faults[0].Code != passerelle.CodeDateFormat {
		t.Fatalf("faults %+v", faults)
	}
	var report bytes.Buffer
	must(t, WriteReport(&report, table, Messages(faults), CSV))
	golden(t, "gabarit-erreurs.csv", report.Bytes())

	m.Champs["dateDebut"] = Source{Colonne: "dateDebut", Occurrence: 1, Dates: []string{"M/D/YYYY"}}
	list, faults := contracts(t, table, m)
	if len(faults) != 0 || list[0].DateDebut != "30/04/2021" || list[4].DateDebut != "01/02/2021" {
		t.Errorf("American dates: %v, %s, %s", faults, list[0].DateDebut, list[4].DateDebut)
	}
}

func TestTheTemplateProposesItsOwnMapping(t *testing.T) {
	t.Parallel()
	table, _ := gabarit(t)
	sample, err := table.Sample(20)
	must(t, err)
	m, proposals := Propose(table.Columns, sample)
	must(t, m.Check(table.Columns))
	if got := m.Champs["dateDebut"]; got.Occurrence != 2 {
		t.Errorf("dateDebut is proposed from %+v, want the pair that DD/MM/YYYY fits", got)
	}
	list, faults := contracts(t, table, m)
	if len(list) != 10 || len(faults) != 0 {
		t.Errorf("%d contracts, errors %v", len(list), faults)
	}
	for _, p := range proposals {
		doubtful := p.Field == "dateDebut" || p.Field == "dateFin" || p.Field == "codeGroupe"
		if (p.Confidence < 90) != doubtful {
			t.Errorf("%s: confidence %d (%s)", p.Field, p.Confidence, p.Why)
		}
	}
}
