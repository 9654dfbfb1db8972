package npec

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
)

// classeur is a workbook given as text: sheets, rows, cells between semicolons.
type classeur struct {
	noms   []string
	sheets [][]string
}

func (c classeur) Feuilles() []string { return c.noms }

func (c classeur) Rows(i int) iter.Seq2[Ligne, error] {
	return func(yield func(Ligne, error) bool) {
		for n, row := range c.sheets[i] {
			if row == "broken" {
				yield(Ligne{}, errBroken)
				return
			}
			if !yield(Ligne{n + 1, strings.Split(row, ";")}, nil) {
				return
			}
		}
	}
}

var errBroken = errors.New("the sheet is cut")

// official lays rows of amounts and commissions out as the official workbook does.
func official(amounts, commissions []string) classeur {
	return classeur{
		[]string{"Me lire", "global", "Référentiel NPEC", "CPNE-IDCC"},
		[][]string{
			{"Référentiel des niveaux de prise en charge", "RNCP;;;;CPNE;;NPEC"[:4]},
			{"Code RNCP;Intitulé;12;13", "RNCP38362;BTS MCO;8000;7500"},
			append([]string{";Référentiel", "", "Code RNCP;Libellé de la Formation;Certificateur*;Libellé du Diplôme;Code CPNE;CPNE;NPEC final;Statut;Date d’applicabilité"}, amounts...),
			append([]string{"Code CPNE;CPNE;IDCC"}, commissions...),
		},
	}
}

func date(s string) passerelle.Date {
	d, err := passerelle.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

var branches = []string{"12;CPNE du commerce;3237 / 1505", "13;CPNE du bâtiment;1596", "14;CPNE du spectacle vivant;3252", "15;CPNE de l’audiovisuel;3252\n2717", "16;CPNE des loisirs;03252.0"}

func read(t *testing.T, amounts ...string) *Edition {
	t.Helper()
	e, err := Lire(official(amounts, branches), 0)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTheOfficialWorkbookIsRead(t *testing.T) {
	t.Parallel()
	e := read(t,
		"RNCP38362 / RNCP35012/38700;BTS MCO;Ministère;BTS;12;CPNE du commerce;8 000,50 €;CPNE;01/09/2024",
		"",
		"RS5515;Habilitation;Ministère;;0013;CPNE du bâtiment;4000;A;45488", // 2024-07-15
		"RNCP38362;BTS MCO;Ministère;BTS;99;CPNE disparue;7500.5;R;2024-07-15",
		"RNCP38362;BTS MCO;Ministère;BTS;13;CPNE du bâtiment;;R;2024-07-15",
	)
	var got []string
	for _, m := range e.Montants {
		got = append(got, fmt.Sprintf("%s %s %s %s %s", m.RNCP, m.CPNE, m.Depuis, m.Montant, m.Statut))
	}
	for _, c := range e.CPNE {
		got = append(got, fmt.Sprintf("%s %s %v", c.Code, c.Nom, c.IDCC))
	}
	for _, c := range e.Certifications {
		got = append(got, fmt.Sprintf("%s %s %s", c.RNCP, c.Intitule, c.Diplome))
	}
	want := []string{
		"RNCP35012 12 2024-09-01 8000.50 CPNE", "RNCP38362 12 2024-09-01 8000.50 CPNE", "RNCP38362 99 2024-07-15 7500.50 R", "RNCP38700 12 2024-09-01 8000.50 CPNE", "RS5515 13 2024-07-15 4000.00 A",
		"12 CPNE du commerce [3237 1505]", "13 CPNE du bâtiment [1596]", "14 CPNE du spectacle vivant [3252]", "15 CPNE de l’audiovisuel [3252 2717]", "16 CPNE des loisirs [3252]", "99 CPNE disparue []",
		"RNCP35012 BTS MCO BTS", "RNCP38362 BTS MCO BTS", "RNCP38700 BTS MCO BTS", "RS5515 Habilitation ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if e.Lignes != 4 || e.SansMontant != 1 || e.Depuis != date("2024-09-01") {
		t.Errorf("%d rows, %d without an amount, since %s", e.Lignes, e.SansMontant, e.Depuis)
	}
}

func TestAWorkbookIsRefusedWithThePlaceAndWhatToDo(t *testing.T) {
	t.Parallel()
	const good = "RNCP1;T;C;D;12;Commerce;8000;A;01/09/2025"
	for _, tc := range []struct {
		name     string
		classeur classeur
		want     []string // cell, and a word of the message
	}{
		{"another kind", classeur{[]string{"Contrats"}, [][]string{{"Code contrat;Nom", "K1;Martin"}}}, []string{" n’est pas le référentiel"}},
		{"no sheet of commissions", classeur{[]string{"a", "b", "NPEC"}, [][]string{{"x"}, {"x"}, {"Code RNCP;;;;Code CPNE;;NPEC", good}}}, []string{" feuille des CPNE"}},
		{"no amounts", official(nil, branches), []string{" aucun montant"}},
		{"no day", official([]string{"RNCP1;T;C;D;12;Commerce;8000;A;"}, branches), []string{" --depuis"}},
		{"cells that are none", official([]string{good, "BTS;T;C;D;12;x;8000;A;01/09/2025", "RNCP2;T;C;D;AB;x;8000;A;01/09/2025", "RNCP3;T;C;D;12;x;NC;A;01/09/2025", "RNCP4;T;C;D;12;x;8000.123;A;01/09/2025", "RNCP5;T;C;D;12;x;8000;A;31/02/2025", "RNCP6;T;C;D;12;x;-5;A;01/09/2025"}, []string{"x;y;z", "12;y;12345"}),
			[]string{"A2 CPNE", "C3 convention", "A5 certification", "E6 CPNE", "G7 montant", "G8 montant", "I9 date", "G10 montant"}},
		{"two amounts", official([]string{good, "RNCP1;T;C;D;12;Commerce;8001;A;01/09/2025"}, branches), []string{"G5 8000,00 € à la ligne 4"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := Lire(tc.classeur, 0)
			var refused *Refus
			if !errors.As(err, &refused) || len(refused.Erreurs) != len(tc.want) || refused.Total != len(tc.want) {
				t.Fatalf("%+v", err)
			}
			for i, e := range refused.Erreurs {
				cell, word, _ := strings.Cut(tc.want[i], " ")
				if e.Cellule != cell || !strings.Contains(e.Message, word) {
					t.Errorf("%+v, want %s", e, tc.want[i])
				}
			}
		})
	}
	broken := official([]string{good, "broken"}, branches)
	if _, err := Lire(broken, 0); !errors.Is(err, errBroken) {
		t.Errorf("a sheet that is cut: %v", err)
	}
}

func TestTheSheetsAreFoundWhereTheyMoved(t *testing.T) {
	t.Parallel()
	c := official([]string{"RNCP1;T;C;D;12;Commerce;8000;A;01/09/2025"}, branches)
	c.noms[2], c.noms[3], c.sheets[2], c.sheets[3] = c.noms[3], c.noms[2], c.sheets[3], c.sheets[2]
	e, err := Lire(c, date("2025-10-01"))
	if err != nil || len(e.Montants) != 1 || e.Depuis != date("2025-10-01") || len(e.CPNE) != 5 {
		t.Errorf("%+v %v", e, err)
	}
}

// sources makes editions ready for a search, as the hub does.
func sources(editions ...*Edition) *Bareme {
	var list []Source
	for i, e := range editions {
		s := Source{ID: int64(i + 1), Depuis: e.Depuis, Montants: map[string][]Montant{}, Branches: map[string][]CPNE{}}
		for _, m := range e.Montants {
			s.Montants[m.RNCP] = append(s.Montants[m.RNCP], m)
		}
		for _, c := range e.CPNE {
			for _, idcc := range c.IDCC {
				s.Branches[idcc] = append(s.Branches[idcc], c)
			}
		}
		list = append(list, s)
	}
	return New(list)
}

func TestAContractHasTheAmountOfItsBranchInTheEditionOfItsConclusion(t *testing.T) {
	t.Parallel()
	old := read(t,
		"RNCP1;T;C;D;12;;8000;A;01/09/2023", "RNCP1;T;C;D;12;;8100;A;15/07/2024",
		"RNCP1;T;C;D;14;;7000;A;15/07/2024", "RNCP1;T;C;D;15;;7500;A;15/07/2024", "RNCP1;T;C;D;16;;7500;A;15/07/2024",
		"RNCP2;T;C;D;14;;6000;A;15/07/2024", "RNCP2;T;C;D;15;;6000;A;15/07/2024", "RNCP2;T;C;D;16;;6000;A;15/07/2024",
		"RNCP3;T;C;D;14;;6000;A;15/07/2024", "RNCP4;T;C;D;;;5000;A;15/07/2024")
	recent := read(t, "RNCP1;T;C;D;12;;9000;A;01/09/2025")
	again := read(t, "RNCP1;T;C;D;12;;9001;A;01/09/2025")
	b := sources(old, recent, again)
	for _, tc := range []struct {
		rncp, cpne, idcc, conclu string
		want                     string
	}{
		{"RNCP1", "12", "", "2025-08-20", "8100.00 of 1"},
		{"RNCP1", "12", "", "2025-09-01", "9001.00 of 3"}, // imported last
		{"RNCP1", "12", "", "2024-07-14", "8000.00 of 1"}, // before the first edition: the amounts that applied
		{"RNCP1", "12", "", "2023-08-31", "inconnu of 1"},
		{"RNCP1", "", "3237", "2025-08-20", "8100.00 of 1"},
		{"RNCP1", "", "3252", "2025-08-20", "plusieurs CPNE 14 15 16 of 1"},
		{"RNCP1", "15", "3252", "2025-08-20", "7500.00 of 1"},
		{"RNCP2", "", "3252", "2025-08-20", "6000.00 of 1"},                 // all three have the same
		{"RNCP3", "", "3252", "2025-08-20", "plusieurs CPNE 14 15 16 of 1"}, // one of three has one
		{"RNCP4", "", "", "2025-08-20", "5000.00 of 1"},
		{"RNCP1", "", "9999", "2025-08-20", "inconnu of 1"},
		{"RNCP9", "12", "", "2025-08-20", "inconnu of 1"},
		{"", "12", "3237", "2025-08-20", "sans rncp of 1"},
		{"RNCP1", "", "", "2025-08-20", "sans branche of 1"},
		{"RNCP2", "12", "", "2026-08-20", "inconnu of 3"}, // a later edition without it is no reason to take an older one's
	} {
		r := b.Pour(tc.rncp, tc.cpne, tc.idcc, date(tc.conclu))
		got := [...]string{Trouve: r.Montant.String(), SansEdition: "sans édition", SansRNCP: "sans rncp", SansBranche: "sans branche", Inconnu: "inconnu", PlusieursCPNE: "plusieurs CPNE"}[r.Etat]
		for _, c := range r.CPNE {
			got += " " + c.Code
		}
		if got += fmt.Sprint(" of ", r.Edition); got != tc.want {
			t.Errorf("%+v: %s", tc, got)
		}
		if r.Etat != Trouve && r.Montant != 0 {
			t.Errorf("%+v: %s", tc, r.Montant)
		}
	}
	if r := (*Bareme)(nil).Pour("RNCP1", "12", "", date("2025-08-20")); r.Etat != SansEdition {
		t.Errorf("%+v", r)
	}
	if old.Empreinte() == recent.Empreinte() || recent.Empreinte() != read(t, "RNCP1;T;C;D;12;;9000;A;01/09/2025").Empreinte() {
		t.Error("the digest is not that of what the edition says")
	}
}
