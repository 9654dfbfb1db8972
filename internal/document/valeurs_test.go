package document_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// odd are values that an encoding may stumble over.
var odd = []string{"", `\`, `"`, `a\\"`, "\n\t\u0001\u001f", "é\u2028<&>", "01/09/2026", "29/02/2027", "29/02/2028", "31/12/1989", "01/01/1990", "31/12/9999", "00/00/0000", "1/9/2026",
	"0a/09/2026", "{", "\u007f", "12:", ":", strings.Repeat("x", 94), strings.Repeat("x", 95), strings.Repeat("é\\", 300), "😀", "\ud7ff", "\ufffd"}

func valeur(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.SampledFrom(odd), rapid.String(), rapid.Just("")).Draw(t, label)
}

func contrat(t *rapid.T) passerelle.Contrat {
	var c passerelle.Contrat
	for i := range passerelle.Champs {
		*passerelle.Champs[i].At(&c) = valeur(t, passerelle.Champs[i].Nom)
	}
	return c
}

func profil(t interface{ Fatal(...any) }, p regles.Profil) *document.Profil {
	textes := p.Textes()
	made, err := document.NewProfil(textes, [16]byte{byte(len(strings.Join(textes[:], "")))})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func written(t interface{ Fatal(...any) }, c *passerelle.Contrat) []byte {
	doc, err := document.Append(nil, c)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestWhatIsKeptOfAnyContractIsReadBackByteForByte(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := contrat(t)
		doc := written(t, &c)
		// Beside its own profil, one that agrees in part, and one that does not.
		own := regles.ProfilOf(&c)
		for _, place := range own.Each() {
			if rapid.IntRange(0, 3).Draw(t, "other") == 0 {
				*place = valeur(t, "value")
			}
		}
		code := rapid.SampledFrom([]string{c.CodeContrat, "K1", ""}).Draw(t, "code")
		kept := document.KeptOf(doc, code, 7, profil(t, own))
		if document.Whole(kept.Valeurs) || !utf8.Valid(kept.Valeurs) || bytes.IndexByte(kept.Valeurs, 0) >= 0 {
			t.Fatalf("%q is kept as %q", doc, kept.Valeurs)
		}
		back, err := kept.AppendJSON([]byte("before"))
		if err != nil || string(back) != "before"+string(doc) {
			t.Fatalf("%q became %q: %v", doc, back, err)
		}
		check := kept.Check()
		if !kept.Intact(check[:]) {
			t.Fatal("what was kept is not intact")
		}
		values, err := document.NewPicker(picked...).PickKept(&kept)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range values {
			got = append(got, string(v))
		}
		if want := []string{c.RNCP, c.CodeContrat, c.DateDebut, c.NomEntreprise, c.MissionDetails}; !slices.Equal(got, want) {
			t.Fatalf("%s", cmp.Diff(want, got))
		}
	})
}

func TestADocumentThatAppendDidNotWriteIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	beside := profil(t, regles.Profil{})
	for _, doc := range []string{
		`{ "codeContrat":"K1"}`, `{"codeGroupe":"G","codeContrat":"K1"}`, `{"codeContrat":"K1","codeContrat":"K1"}`, `{"codeContrat":1}`,
		`{"codeContrat":"K1","inconnu":"x"}`, `{"codeContrat":"K1",}`, `{"codeContrat":"K1"`, `{,"codeContrat":"K1"}`, `{"codeContrat":"K1""codeGroupe":"G"}`, `[]`,
	} {
		kept := document.KeptOf([]byte(doc), "K1", 1, beside)
		if string(kept.Valeurs) != doc {
			t.Errorf("%s is kept as %q", doc, kept.Valeurs)
		}
	}
	if kept := document.KeptOf([]byte(`{"codeContrat":"K1"}`), "K1", 1, nil); !document.Whole(kept.Valeurs) {
		t.Errorf("without a profil %q is kept", kept.Valeurs)
	}
}

// Written down from the release that first kept values: what is stored must be read for
// ever, whatever the table of fields says by then.
func TestWhatWasKeptOnceIsReadForEver(t *testing.T) {
	t.Parallel()
	c := passerelle.Contrat{
		CodeContrat: "K1", CodeGroupe: "G1", NomGroupe: "Groupe « 1 »", CodeSite: "S", NomSite: "Lyon", CodePeriode: "P", NomPeriode: "2026/2027",
		CodeFormation: "F", NomFormation: "BTS \"MCO\"", CodeAnnee: "1", NomAnnee: "1re année", CodeApprenant: "A1", NomApprenant: "Martin", PrenomApprenant: "Inès",
		EmailApprenant: "ines@apprenti.example", CodePersonnel: "T1", NomPersonnel: "Morel", PrenomPersonnel: "Claire", EmailPersonnel: "claire@cfa.example",
		CodeMaitreApprentissage: "M1", NomMaitreApprentissage: "Perrin", PrenomMaitreApprentissage: "Odile", EmailMaitreApprentissage: "odile@employeur.example",
		NomEntreprise: "Atelier", DateDebut: "01/09/2026", DateFin: "31/08/2028", MissionDetails: strings.Repeat("a", 100), RNCP: "RNCP38362", SiretEntreprise: "35600000000048",
	}
	const want = "\x01\x1a\"A1&Martin%In\u00e8s5ines@apprenti.example\"T1%Morel&Claire2claire@cfa.example\"M1&Perrin%Odile7odile@employeur.example'Atelier" +
		"\u34d0\u37aa\x03\x7f100:" // and the rest below
	kept := document.KeptOf(written(t, &c), c.CodeContrat, 1, profil(t, regles.ProfilOf(&c)))
	rest := strings.Repeat("a", 100) + "\x01\x10\x0e.35600000000048"
	if string(kept.Valeurs) != want+rest {
		t.Errorf("kept as\n%+q, want\n%+q", kept.Valeurs, want+rest)
	}
	kept.Valeurs = []byte(want + rest)
	if doc, err := kept.AppendJSON(nil); err != nil || !bytes.Equal(doc, written(t, &c)) {
		t.Errorf("%s %v", doc, err)
	}
}

func TestWhatIsNotWhatWasKeptIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := contrat(t)
		beside := profil(t, regles.ProfilOf(&c))
		kept := document.KeptOf(written(t, &c), c.CodeContrat, 7, beside)
		check := kept.Check()
		damaged := kept
		switch rapid.IntRange(0, 2).Draw(t, "what") {
		case 0:
			damaged.Valeurs = slices.Clone(kept.Valeurs)
			at := rapid.IntRange(0, len(kept.Valeurs)-1).Draw(t, "at")
			damaged.Valeurs[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		case 1:
			damaged.Code = append([]byte("x"), kept.Code...)
		case 2:
			other := regles.ProfilOf(&c)
			other.RNCP += "x"
			damaged.Profil = profil(t, other)
		}
		if damaged.Intact(check[:]) {
			t.Fatalf("%q is taken for %q", damaged.Valeurs, kept.Valeurs)
		}
	})
}

// Whatever the disk gives back: an error, never a panic.
func FuzzReadingWhatIsKept(f *testing.F) {
	c := passerelle.Contrat{CodeContrat: "K1", NomSite: "Saint-Étienne", DateDebut: "01/09/2026", MissionDetails: strings.Repeat("x", 200)}
	beside := profil(f, regles.ProfilOf(&c))
	f.Add(document.KeptOf(written(f, &c), "K1", 1, beside).Valeurs)
	for _, seed := range []string{"", "{", "\x01", "\x01\x7f9999999999:", "\x01\x7f:", "\x01\x80", "\x01\xed\x9f\xbf", "\x01\x1f\x1f\x1f\x1f", "\x01\x0f\x0f\x0f\x20", "\x02", `{"codeContrat":"K1"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, valeurs []byte) {
		kept := document.Kept{Valeurs: valeurs, Code: []byte("K1"), Profil: beside}
		doc, err := kept.AppendJSON(nil)
		if err == nil && !document.Whole(valeurs) && (doc[0] != '{' || doc[len(doc)-1] != '}') {
			t.Errorf("%q was read as %q", valeurs, doc)
		}
		if _, picked := document.NewPicker(picked...).PickKept(&kept); picked == nil && err != nil {
			t.Errorf("%q is picked from and not read: %v", valeurs, err)
		}
	})
}

// The demonstration's contracts, for the figures in docs/performance.md.
func TestWhatIsKeptOfAContractIsLessThanHalfOfItsDocument(t *testing.T) {
	t.Parallel()
	profils := map[regles.Profil]*document.Profil{}
	whole, kept := 0, 0
	for c := range demo.Generate(demo.Params{Contrats: 500, Seed: 11}) {
		own := regles.ProfilOf(&c)
		if profils[own] == nil {
			profils[own] = profil(t, own)
		}
		doc := written(t, &c)
		whole += len(doc)
		kept += len(document.KeptOf(doc, c.CodeContrat, 1, profils[own]).Valeurs)
	}
	t.Logf("%d bytes of 500 documents are kept in %d", whole, kept)
	if kept*20 > whole*9 {
		t.Errorf("%d bytes of 500 documents are kept in %d", whole, kept)
	}
}
