package regles_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/cputime"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// contrat returns a contract that keeps every rule, and of which no value is
// another one's with a different i.
func contrat(i int) passerelle.Contrat {
	k := fmt.Sprint(i)
	return passerelle.Contrat{
		CodeContrat: "K" + k, CodeGroupe: "G" + k, NomGroupe: "Groupe " + k, CodeSite: "S" + k, NomSite: "Site " + k,
		CodePeriode: "P" + k, NomPeriode: "Période " + k, CodeFormation: "F" + k, NomFormation: "Formation " + k, CodeAnnee: "A" + k, NomAnnee: "Année " + k,
		CodeApprenant: "APP" + k, NomApprenant: "Nom " + k, PrenomApprenant: "Ada", EmailApprenant: "app" + k + "@cfa.example",
		CodePersonnel: "PER" + k, NomPersonnel: "Nom " + k, PrenomPersonnel: "Léo", EmailPersonnel: "per" + k + "@cfa.example",
		CodeMaitreApprentissage: "MAI" + k, NomMaitreApprentissage: "Nom " + k, PrenomMaitreApprentissage: "Zoé", EmailMaitreApprentissage: "mai" + k + "@cfa.example",
		NomEntreprise: "Entreprise " + k, DateDebut: "01/09/2026", DateFin: "31/08/2027", CodeMarque: "M" + k, NomMarque: "Marque " + k,
	}
}

// brief says a violation as "field code" or "field code=conflictsWith".
func brief(violations []passerelle.Violation) (all []string) {
	for _, v := range violations {
		text := v.Field + " " + string(v.Code)
		if v.ConflictsWith != "" {
			text += "=" + v.ConflictsWith
		}
		if v.Message == "" || strings.Contains(v.Message, "%!") {
			text += " WITHOUT MESSAGE " + v.Message
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

func TestWhatAContractBreaksByItself(t *testing.T) {
	t.Parallel()
	type c = passerelle.Contrat
	for _, test := range []struct {
		name   string
		change func(*c)
		want   []string
	}{
		{"a contract that keeps every rule", func(*c) {}, nil},
		{"optional values may be absent", func(k *c) { k.DateDebut, k.DateFin, k.CodeMarque, k.NomMarque = "", "", "", "" }, nil},
		{"one date may be absent", func(k *c) { k.DateFin = "" }, nil},
		{"a required value is missing", func(k *c) { k.NomEntreprise = "" }, []string{"nomEntreprise required"}},
		{"several are", func(k *c) { k.CodeContrat, k.EmailPersonnel = "", "" }, []string{"codeContrat required", "emailPersonnel required"}},
		{"a marque needs its name", func(k *c) { k.NomMarque = "" }, []string{"nomMarque required"}},
		{"and its code", func(k *c) { k.CodeMarque = "" }, []string{"codeMarque required"}},
		{"500 characters are allowed, however many bytes", func(k *c) { k.NomSite = strings.Repeat("é", 500) }, nil},
		{"501 are not", func(k *c) { k.NomSite = strings.Repeat("a", 501) }, []string{"nomSite too-long"}},
		{"details may have 20,000", func(k *c) { k.MissionDetails = strings.Repeat("😀", 20_000) }, nil},
		{"and no more", func(k *c) { k.MissionDetails = strings.Repeat("a", 20_001) }, []string{"missionDetails too-long"}},
		{"a leap day", func(k *c) { k.DateFin = "29/02/2028" }, nil},
		{"a day that is not", func(k *c) { k.DateFin = "29/02/2027" }, []string{"dateFin date-format"}},
		{"the other way round", func(k *c) { k.DateDebut = "2026-09-01" }, []string{"dateDebut date-format"}},
		{"a short year", func(k *c) { k.DateDebut, k.DateFin = "1/9/26", "" }, []string{"dateDebut date-format"}},
		{"the end before the start", func(k *c) { k.DateFin = "31/08/2026" }, []string{"dateFin date-order"}},
		{"one day", func(k *c) { k.DateFin = k.DateDebut }, nil},
		{"an address without domain", func(k *c) { k.EmailApprenant = "ada" }, []string{"emailApprenant email-format"}},
		{"without a dot in it", func(k *c) { k.EmailApprenant = "ada@localhost" }, []string{"emailApprenant email-format"}},
		{"with a display name", func(k *c) { k.EmailApprenant = "Ada <ada@cfa.example>" }, []string{"emailApprenant email-format"}},
		{"two of them", func(k *c) { k.EmailApprenant = "a@cfa.example, b@cfa.example" }, []string{"emailApprenant email-format"}},
		{"with an accent", func(k *c) { k.EmailApprenant = "zoé@cfa.example" }, nil},

		{"every field of its life", func(k *c) {
			k.DateConclusion, k.DateRupture, k.DateEntreeFormation = "15/06/2026", "31/12/2026", "01/06/2026"
			k.NPEC, k.MajorationAnnuelle, k.Niveau, k.IDCC, k.CodeCPNE = "7500,50", "4000", "5", "0044", "CPNE 1"
			k.HeuresFormation, k.HeuresDistance, k.EmployeurPrecedent, k.DureeReduite = "675.5", "675,50", "oui", "non"
			k.OPCO, k.NumeroDeca, k.SiretEntreprise = "OPCO EP", "069202609000001", "73282932000074"
		}, nil},
		{"a day of rupture that is not", func(k *c) { k.DateRupture = "31/02/2027" }, []string{"dateRupture date-format"}},
		{"broken off on its first day", func(k *c) { k.DateRupture = k.DateDebut }, nil},
		{"broken off on its last day", func(k *c) { k.DateRupture = k.DateFin }, nil},
		{"broken off before it began", func(k *c) { k.DateRupture = "31/08/2026" }, []string{"dateRupture date-order"}},
		{"broken off after it ended", func(k *c) { k.DateRupture = "01/09/2027" }, []string{"dateRupture date-order"}},
		{"broken off, without an end", func(k *c) { k.DateFin, k.DateRupture = "", "01/09/2037" }, nil},
		{"broken off before it began, without an end", func(k *c) { k.DateFin, k.DateRupture = "", "31/08/2026" }, []string{"dateRupture date-order"}},
		{"broken off after its end, without a start", func(k *c) { k.DateDebut, k.DateRupture = "", "01/09/2027" }, []string{"dateRupture date-order"}},
		{"an end before the start says nothing of a rupture", func(k *c) { k.DateFin, k.DateRupture = "31/08/2026", "01/01/2026" }, []string{"dateFin date-order"}},
		{"training three months before", func(k *c) { k.DateEntreeFormation = "01/06/2026" }, nil},
		{"and a day", func(k *c) { k.DateEntreeFormation = "31/05/2026" }, []string{"dateEntreeFormation date-order"}},
		{"training on the last day", func(k *c) { k.DateEntreeFormation = k.DateFin }, nil},
		{"training after the end", func(k *c) { k.DateEntreeFormation = "01/09/2027" }, []string{"dateEntreeFormation date-order"}},
		{"training without a contract's dates", func(k *c) { k.DateDebut, k.DateFin, k.DateEntreeFormation = "", "", "01/01/1999" }, nil},
		{"a conclusion at any day", func(k *c) { k.DateConclusion = "01/09/2031" }, nil},
		{"no amount", func(k *c) { k.NPEC = "7 500 €" }, []string{"npec amount-format"}},
		{"an amount of three decimals", func(k *c) { k.NPEC = "7500.505" }, []string{"npec amount-format"}},
		{"an amount below zero", func(k *c) { k.NPEC, k.MajorationAnnuelle = "-1", "-0" }, []string{"majorationAnnuelle amount-format", "npec amount-format"}},
		{"amounts of nothing", func(k *c) { k.NPEC, k.MajorationAnnuelle = "0", "0,00" }, nil},
		{"more than any certification is worth", func(k *c) { k.NPEC = "10000000,01" }, []string{"npec value"}},
		{"so many digits that nothing holds them", func(k *c) { k.NPEC, k.MajorationAnnuelle = strings.Repeat("9", 30), strings.Repeat("9", 17) }, []string{"majorationAnnuelle value", "npec value"}},
		{"hours of so many digits", func(k *c) { k.HeuresFormation = strings.Repeat("9", 17) }, []string{"heuresFormation value"}},
		{"a majoration above 4000", func(k *c) { k.MajorationAnnuelle = "4000,01" }, []string{"majorationAnnuelle value"}},
		{"a level below 3", func(k *c) { k.Niveau = "2" }, []string{"niveau value"}},
		{"a level above 8", func(k *c) { k.Niveau = "9" }, []string{"niveau value"}},
		{"a level in words", func(k *c) { k.Niveau = "niveau 5" }, []string{"niveau value"}},
		{"an agreement of five digits", func(k *c) { k.IDCC = "12345" }, []string{"idcc value"}},
		{"an agreement with letters", func(k *c) { k.IDCC = "IDCC44" }, []string{"idcc value"}},
		{"zeros before an agreement", func(k *c) { k.IDCC = "000044" }, nil},
		{"no hours", func(k *c) { k.HeuresFormation = "675h" }, []string{"heuresFormation amount-format"}},
		{"hours below zero", func(k *c) { k.HeuresDistance = "-3" }, []string{"heuresDistance amount-format"}},
		{"more hours at a distance than in all", func(k *c) { k.HeuresFormation, k.HeuresDistance = "675,5", "675,51" }, []string{"heuresDistance value"}},
		{"hours at a distance alone", func(k *c) { k.HeuresDistance = "10" }, nil},
		{"neither yes nor no", func(k *c) { k.EmployeurPrecedent, k.DureeReduite = "Oui", "1" }, []string{"dureeReduite value", "employeurPrecedent value"}},
		{"a SIRET with a wrong key", func(k *c) { k.SiretEntreprise = "73282932000075" }, []string{"siretEntreprise siret-format"}},
		{"a SIRET of 13 digits", func(k *c) { k.SiretEntreprise = "7328293200007" }, []string{"siretEntreprise siret-format"}},
		{"a SIRET with blanks", func(k *c) { k.SiretEntreprise = "732 829 320 00074" }, []string{"siretEntreprise siret-format"}},
		{"too long before anything else", func(k *c) { k.NPEC = strings.Repeat("1", 501) }, []string{"npec too-long"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			k := contrat(1)
			test.change(&k)
			if diff := cmp.Diff(test.want, brief(regles.Verify(&k, regles.Set{}))); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValuesRefusedBeforeAreNotReportedTwice(t *testing.T) {
	t.Parallel()
	k := contrat(1)
	k.NomSite, k.DateFin, k.NomMarque = "", "", ""
	var skip regles.Set
	for _, nom := range []string{"nomSite", "dateFin", "nomMarque"} {
		i, _ := passerelle.ChampIndex([]byte(nom))
		skip.Add(i)
	}
	if found := regles.Verify(&k, skip); len(found) > 0 {
		t.Errorf("violations %v", brief(found))
	}
}

func TestWhatThePeopleOfOneContractBreakAmongThemselves(t *testing.T) {
	t.Parallel()
	k := contrat(1)
	k.CodePersonnel, k.EmailMaitreApprentissage = k.CodeApprenant, strings.ToUpper(k.EmailApprenant)
	faits := regles.NewInterner().Faits(&k)
	want := []string{"codePersonnel user-code-shared", "emailMaitreApprentissage email-shared"}
	if diff := cmp.Diff(want, brief(append(regles.Within(&faits), regles.WithinEmails(&faits)...))); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
}

func TestWhatTwoContractsBreakBetweenThem(t *testing.T) {
	t.Parallel()
	type c = passerelle.Contrat
	first := contrat(1)
	for _, test := range []struct {
		name       string
		change     func(*c)
		violations []string
		warnings   []string
	}{
		{"nothing in common", func(*c) {}, nil, nil},
		{"everything in common", func(k *c) { code := k.CodeContrat; *k = first; k.CodeContrat = code }, nil, nil},
		{"a code with another name", func(k *c) { k.CodeSite = "S1" }, []string{"nomSite code-name-mismatch=K1"}, nil},
		{"a name with another code", func(k *c) { k.NomPeriode = "Période 1" }, []string{"codePeriode code-name-mismatch=K1"}, nil},
		{"each couple by itself", func(k *c) { k.CodeFormation, k.CodeAnnee, k.NomMarque = "F1", "A1", "Marque 1" },
			[]string{"codeMarque code-name-mismatch=K1", "nomAnnee code-name-mismatch=K1", "nomFormation code-name-mismatch=K1"}, nil},
		{"a groupe with another name", func(k *c) { k.CodeGroupe = "G1" }, []string{"nomGroupe group-mismatch=K1"}, []string{"codeGroupe group-mismatch=K1"}},
		{"a groupe's name with another code", func(k *c) { k.NomGroupe = "Groupe 1" }, nil, nil},
		{"a groupe in two places", func(k *c) { k.CodeGroupe, k.NomGroupe = "G1", "Groupe 1" }, nil, []string{"codeGroupe group-mismatch=K1"}},
		{"a user code in two roles", func(k *c) { k.CodePersonnel = "APP1" }, []string{"codePersonnel user-code-shared=K1"}, nil},
		{"an address of two people", func(k *c) { k.EmailPersonnel = "APP1@cfa.example" }, []string{"emailPersonnel email-shared=K1"}, nil},
		{"a person with two addresses", func(k *c) { k.CodeApprenant = "APP1" }, []string{"emailApprenant person-mismatch=K1"}, nil},
		{"a name written two ways", func(k *c) { k.CodeApprenant, k.EmailApprenant = "APP1", "App1@CFA.example" }, nil, []string{"nomApprenant name-spelling=K1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			interner, etat := regles.NewInterner(), regles.NewEtat()
			faits := interner.Faits(&first)
			etat.Add(&faits)
			second := contrat(2)
			test.change(&second)
			faits = interner.Faits(&second)
			violations, warnings := etat.Check(&faits)
			if diff := cmp.Diff(test.violations, brief(violations)); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.warnings, brief(warnings)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			for i := range violations {
				value, found := regles.SharedValue(&faits, &violations[i]), false
				faits.EachValue(func(v string) { found = found || v == value })
				if !found {
					t.Errorf("%v: shared value %q is not one of the contract", brief(violations[i:i+1]), value)
				}
			}
		})
	}
}

func TestTheLastSpellingOfANameStands(t *testing.T) {
	t.Parallel()
	interner, etat := regles.NewInterner(), regles.NewEtat()
	for i, prenom := range []string{"Ada", "Adèle"} {
		k := contrat(1)
		k.CodeContrat, k.PrenomApprenant = fmt.Sprint("K", i), prenom
		faits := interner.Faits(&k)
		etat.Add(&faits)
	}
	personne, effectif := etat.Usager("APP1")
	if personne.Prenom != "Adèle" || effectif != 2 {
		t.Errorf("%s, named %d times", personne.Prenom, effectif)
	}
	if personne, _ := etat.Usager("nobody"); personne != nil {
		t.Errorf("nobody is %+v", personne)
	}
}

func TestWhatStoodBeforeAPushIsUnnamedUntilItIsLookedUp(t *testing.T) {
	t.Parallel()
	interner, etat := regles.NewInterner(), regles.NewEtat()
	first := contrat(1)
	faits := interner.Faits(&first)
	etat.BaseProfil(faits.Profil, 3)
	etat.BasePersonne(faits.Personnes[regles.Apprenant], 3)
	second := contrat(2)
	second.CodeSite, second.CodePersonnel = "S1", "APP1"
	faits = interner.Faits(&second)
	violations, _ := etat.Check(&faits)
	if len(violations) != 2 {
		t.Fatalf("violations %v", brief(violations))
	}
	for _, v := range violations {
		if v.ConflictsWith != regles.Unnamed || strings.Contains(v.Message, regles.Unnamed) {
			t.Errorf("violation %+v", v)
		}
	}
}

func TestTheRulesTakeTimeInProportionToTheContracts(t *testing.T) {
	// Every contract contradicts every other one, in every way there is.
	cost := func(n int) time.Duration {
		best := time.Hour
		for range 3 {
			best = min(best, cputime.Of(t, func() { checkRivals(t, n) }))
		}
		return best
	}
	small, large := cost(2_000), cost(20_000)
	// Ten times the contracts; in square they would take a hundred times as long.
	if large > 50*small {
		t.Errorf("2,000 contracts take %v, 20,000 take %v", small, large)
	}
}

// checkRivals checks n contracts that contradict each other.
func checkRivals(t *testing.T, n int) {
	t.Helper()
	interner, etat := regles.NewInterner(), regles.NewEtat()
	for i := range n {
		k := contrat(i)
		k.CodeSite, k.NomPeriode, k.CodeGroupe, k.EmailApprenant, k.CodePersonnel = "S", "Période", "G", "ada@cfa.example", "PER"
		faits := interner.Faits(&k)
		if violations, _ := etat.Check(&faits); len(violations) == 0 {
			etat.Add(&faits)
		} else if len(violations) > 8 {
			t.Fatalf("%d violations of one contract", len(violations))
		}
	}
}

func TestEachValueOfAContractIsInOneOfItsFields(t *testing.T) {
	t.Parallel()
	c := contrat(1)
	c.CodeMarque, c.NomMarque, c.EmailApprenant = "M", "Une marque: la nôtre", "Ada@Ecole.example"
	faits := regles.NewInterner().Faits(&c)
	faits.EachValue(func(marked string) {
		_, value, _ := strings.Cut(marked, ":")
		found := false
		for _, field := range regles.ValueFields(marked) {
			i, ok := passerelle.ChampIndex([]byte(field))
			found = found || ok && strings.EqualFold(*passerelle.Champs[i].At(&c), value)
		}
		if !found {
			t.Errorf("%q is in none of %v", marked, regles.ValueFields(marked))
		}
	})
}
