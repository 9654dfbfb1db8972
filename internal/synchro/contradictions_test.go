package synchro_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
)

const v1 = "/api/sync/v1/contrats"

type reponse struct {
	Same, Updated int
	Warnings      []struct{ CodeContrat, Field, Code, ConflictsWith string }
	Details       []struct{ CodeContrat, Field, Code string }
}

// said pushes contracts and returns what is said of them.
func said(t *testing.T, o *apitest.Organisme, status int, contrats ...passerelle.Contrat) (list []string) {
	t.Helper()
	answer := apitest.Decode[reponse](t, o.Post(t, v1, apitest.Body(contrats...)).Want(t, status))
	for _, w := range answer.Warnings {
		list = append(list, strings.TrimSpace(fmt.Sprint(w.CodeContrat, " ", w.Field, " ", w.Code, " ", w.ConflictsWith)))
	}
	for _, d := range answer.Details {
		list = append(list, fmt.Sprint(d.CodeContrat, " ", d.Field, " ", d.Code))
	}
	return list
}

func TestDataThatContradictsItselfIsSaid(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	type c = passerelle.Contrat
	for _, test := range []struct {
		name   string
		status int
		change func(a, b *c)
		want   []string
	}{
		{"nothing to say", 200, func(a, b *c) {}, nil},
		{"a start before 2000", 200, func(a, b *c) { b.DateDebut = "01/09/1926" }, []string{"K2 dateDebut unlikely-date", "K2 dateFin unlikely-date"}},
		{"the first day of 2000", 200, func(a, b *c) { b.DateDebut, b.DateFin = "01/01/2000", "01/01/2005" }, nil},
		{"an end more than five years later", 200, func(a, b *c) { b.DateFin = "02/09/2031" }, []string{"K2 dateFin unlikely-date"}},
		{"an end five years later", 200, func(a, b *c) { b.DateFin = "01/09/2031" }, nil},
		{"names that differ in case", 200, func(a, b *c) { b.CodeSite, b.NomSite = "LY2", "LYON" }, []string{"K2 codeGroupe group-mismatch K1", "K2 nomSite near-name K1"}},
		{"an ordinal in two ways", 200, func(a, b *c) { b.CodeAnnee, b.NomAnnee, b.CodeGroupe = "A9", "1ère  Annee", "G2" }, []string{"K2 nomAnnee near-name K1"}},
		{"names that are others", 200, func(a, b *c) { b.CodeAnnee, b.NomAnnee, b.CodeGroupe = "A9", "2e année", "G2" }, nil},
		{"one name in two forms of Unicode", 200, func(a, b *c) { b.NomAnnee, b.NomMaitreApprentissage = "1re anne\u0301e", "Petit" }, nil},
		{"one apprentice, one contract after the other", 200, func(a, b *c) {
			a.DateFin, b.DateDebut = "31/08/2027", "01/09/2027"
			same(a, b)
		}, nil},
		{"one apprentice, one day in common", 200, func(a, b *c) {
			a.DateFin, b.DateDebut = "01/09/2027", "01/09/2027"
			same(a, b)
		}, []string{"K2 dateDebut overlap K1"}},
		{"one apprentice, the first broken off", 200, func(a, b *c) {
			a.DateFin, a.DateRupture, b.DateDebut = "31/08/2028", "31/12/2026", "01/01/2027"
			same(a, b)
		}, nil},
		{"a code and an address with what nobody sees", 200, func(a, b *c) {
			b.CodeContrat, b.EmailApprenant, b.CodeApprenant = "K2\u200b", "\ufeffa-K2@etu.example\u200b", "A-\u00adK2"
		}, nil},
		{"a code that is another's but for what nobody sees", 422, func(a, b *c) { b.CodeContrat = "K1\u200b" }, []string{"K1 codeContrat duplicate-contrat"}},
		{"a control character in a code", 422, func(a, b *c) { b.CodeApprenant = "A\nK2" }, []string{"K2 codeApprenant type"}},
		{"a code that is read from right to left", 422, func(a, b *c) { b.CodeContrat = "K2\u202e1" }, []string{" codeContrat type"}},
		{"an address with a direction of its own", 422, func(a, b *c) { b.EmailApprenant = "a-K2\u2066@etu.example" }, []string{"K2 emailApprenant type"}},
		{"a name of what nobody sees", 422, func(a, b *c) { b.NomEntreprise, b.PrenomApprenant = "\u200b", " \a\u2060" }, []string{"K2 prenomApprenant required", "K2 nomEntreprise required"}},
		{"a line feed in a text", 200, func(a, b *c) { b.MissionDetails = "Vendre\nEncaisser" }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a, b := apitest.Contrat("K1"), apitest.Contrat("K2")
			test.change(&a, &b)
			if diff := cmp.Diff(test.want, said(t, s.Production(t, test.name), test.status, a, b)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}

// same gives b the apprentice of a.
func same(a, b *passerelle.Contrat) {
	b.CodeApprenant, b.NomApprenant, b.PrenomApprenant, b.EmailApprenant = a.CodeApprenant, a.NomApprenant, a.PrenomApprenant, a.EmailApprenant
}

func TestWhatIsCleanedIsKeptClean(t *testing.T) {
	t.Parallel()
	o := apitest.New(t, "sqlite").Production(t, "CFA Horizon")
	sent := apitest.Contrat("K1\u200b")
	sent.EmailApprenant, sent.NomApprenant = "zoe@etu.example\u2060", "Lefe\u0300vre"
	said(t, o, 200, sent)
	got := apitest.Decode[struct{ Contrats []passerelle.Contrat }](t, o.Get(t, "/api/sync/v1/contrats-get-all").Want(t, 200)).Contrats
	if len(got) != 1 || got[0].CodeContrat != "K1" || got[0].EmailApprenant != "zoe@etu.example" || got[0].NomApprenant != "Lef\u00e8vre" {
		t.Errorf("kept: %+q", got)
	}
	sent.CodeContrat, sent.NomApprenant = "K1", "Lef\u00e8vre"
	if again := apitest.Decode[reponse](t, o.Post(t, v1, apitest.Body(sent)).Want(t, 200)); again.Same != 1 {
		t.Errorf("the same text in another form changes the contract: %+v", again)
	}
	o.Post(t, "/api/sync/v2/contrats/changes", `{"changes":{"removed":["K1\u200b"]}}`).Want(t, 200)
	if left := apitest.Decode[struct{ Total int }](t, o.Get(t, "/api/sync/v1/contrats-get-all").Want(t, 200)); left.Total != 0 {
		t.Errorf("%d contracts are left", left.Total)
	}
}

func TestACodeIsReusedOnlyWhenNameAndAddressAreNew(t *testing.T) {
	t.Parallel()
	s := apitest.New(t, "sqlite")
	for name, test := range map[string]struct {
		change func(*passerelle.Contrat)
		want   []string
	}{
		"another person":  {func(c *passerelle.Contrat) { c.NomApprenant, c.EmailApprenant = "Zola", "z@etu.example" }, []string{"K1 codeApprenant reused-code"}},
		"another tutor":   {func(c *passerelle.Contrat) { c.NomPersonnel, c.EmailPersonnel = "Zola", "z@cfa.example" }, []string{"K1 codePersonnel reused-code"}},
		"another address": {func(c *passerelle.Contrat) { c.EmailApprenant = "z@etu.example" }, nil},
		"another name":    {func(c *passerelle.Contrat) { c.NomApprenant = "Zola" }, nil},
		"another spelling of one": {func(c *passerelle.Contrat) {
			c.NomApprenant, c.PrenomApprenant, c.EmailApprenant = "MARTIN", "Lea", "z@etu.example"
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := s.Production(t, name)
			c := apitest.Contrat("K1")
			said(t, o, 200, c)
			test.change(&c)
			if diff := cmp.Diff(test.want, said(t, o, 200, c)); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}
