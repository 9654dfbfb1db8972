package hub_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// compare holds everything that the hub says against the model.
func (p *paire) compare() {
	p.Helper()
	p.compareContrats()
	p.compareJournal()
	p.compareSessions()
	p.compareReasons()
	p.compareRows()
	p.keepsEveryRule()
}

func (p *paire) list(filtre hub.Filtre) contrats {
	p.Helper()
	found, last, total := contrats{}, "", 0
	err := p.hub.Contrats.EachContrat(p.Context(), p.who.Organisme, filtre, hub.Page{}, func(n int) error { total = n; return nil }, func(doc []byte) error {
		c, err := document.Parse(bytes.Clone(doc))
		if c.CodeContrat <= last {
			return fmt.Errorf("%q comes after %q", c.CodeContrat, last)
		}
		last, found[c.CodeContrat] = c.CodeContrat, c
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	if total != len(found) {
		p.Fatalf("a list of %d says that there are %d", len(found), total)
	}
	return found
}

func (p *paire) compareContrats() {
	p.Helper()
	n := p.naif
	p.same("transmitted contracts", p.list(hub.Filtre{}), n.actifs)
	integres := contrats{}
	for code, c := range n.actifs {
		if n.place(&c).motif == "" {
			integres[code] = c
		}
	}
	p.same("integrated contracts", p.list(hub.Filtre{Integres: true}), integres)
	for id := range int64(len(n.journal)) {
		found := contrats{}
		err := p.hub.Contrats.EachContratAsOf(p.Context(), p.who.Organisme, id+1, func(doc []byte) error {
			c, err := document.Parse(bytes.Clone(doc))
			found[c.CodeContrat] = c
			return err
		})
		if err != nil {
			p.Fatal(err)
		}
		if diff := cmp.Diff(n.passe[id+1], found); diff != "" {
			p.Fatalf("contracts as of synchronisation %d (-want +got):\n%s", id+1, diff)
		}
	}
}

func (p *paire) compareJournal() {
	p.Helper()
	found, total, err := p.hub.Journal.Synchronisations(p.Context(), p.who.Organisme, hub.Page{})
	if err != nil {
		p.Fatal(err)
	}
	slices.Reverse(found)
	if diff := cmp.Diff(p.naif.journal, found, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(domaine.Synchronisation{}, "Debut", "Duree", "Par")); diff != "" || total != len(found) {
		p.Fatalf("journal of %d (-want +got):\n%s", total, diff)
	}
	if len(found) > 0 {
		p.compareDetail(found[len(found)-1])
	}
}

// compareDetail holds what the latest synchronisation changed against what the
// model had before and after it.
func (p *paire) compareDetail(s domaine.Synchronisation) {
	p.Helper()
	if s.Etat != domaine.EtatAppliquee {
		return
	}
	d, err := p.hub.Journal.Synchronisation(p.Context(), p.who.Organisme, s.ID, hub.Page{})
	if err != nil {
		p.Fatal(err)
	}
	before, after := p.naif.passe[s.ID-1], p.naif.passe[s.ID]
	got := map[string][2]passerelle.Contrat{}
	for _, c := range d.Changements {
		var pair [2]passerelle.Contrat
		if c.Avant != nil {
			pair[0] = *c.Avant
		}
		if c.Apres != nil {
			pair[1] = *c.Apres
		}
		got[c.CodeContrat] = pair
	}
	want := map[string][2]passerelle.Contrat{}
	for code, c := range before {
		if after[code] != c {
			want[code] = [2]passerelle.Contrat{c, after[code]}
		}
	}
	for code, c := range after {
		if _, known := before[code]; !known {
			want[code] = [2]passerelle.Contrat{{}, c}
		}
	}
	p.same("changes of the latest synchronisation", got, want)
}

func cle(c *passerelle.Contrat) [5]string {
	return [5]string{c.CodeSite, c.CodePeriode, c.CodeFormation, c.CodeAnnee, c.CodeGroupe}
}

func (p *paire) compareSessions() {
	p.Helper()
	want := map[[5]string]domaine.Session{}
	members := map[[5]string]contrats{}
	for code, c := range p.naif.actifs {
		if p.naif.place(&c).motif != "" {
			continue
		}
		k := cle(&c)
		s := want[k]
		s.CodeSite, s.NomSite, s.CodePeriode, s.NomPeriode = c.CodeSite, c.NomSite, c.CodePeriode, c.NomPeriode
		s.CodeFormation, s.NomFormation, s.CodeAnnee, s.NomAnnee = c.CodeFormation, c.NomFormation, c.CodeAnnee, c.NomAnnee
		s.CodeGroupe, s.NomGroupe = c.CodeGroupe, c.NomGroupe
		s.Effectif++
		want[k] = s
		if members[k] == nil {
			members[k] = contrats{}
		}
		members[k][code] = c
	}
	found, err := p.hub.Integration.Sessions(p.Context(), p.who.Organisme, false)
	if err != nil {
		p.Fatal(err)
	}
	got := map[[5]string]domaine.Session{}
	for _, s := range found {
		k := [5]string{s.CodeSite, s.CodePeriode, s.CodeFormation, s.CodeAnnee, s.CodeGroupe}
		if known, ok := p.sessions[k]; ok && known != s.ID {
			p.Fatalf("session %v is %d now and was %d", k, s.ID, known)
		}
		p.sessions[k] = s.ID
		if diff := cmp.Diff(members[k], p.list(hub.Filtre{Session: s.ID})); diff != "" {
			p.Fatalf("contracts of session %v (-want +got):\n%s", k, diff)
		}
		s.ID = 0
		got[k] = s
	}
	p.same("sessions", got, want)
}

func (p *paire) compareReasons() {
	p.Helper()
	found, _, err := p.hub.Journal.Anomalies(p.Context(), p.who.Organisme, hub.Page{})
	if err != nil {
		p.Fatal(err)
	}
	got, want := map[string]string{}, map[string]string{}
	for _, a := range found {
		if a.Nature == domaine.NatureNonIntegre {
			got[a.CodeContrat] = a.Code
		}
	}
	for code, c := range p.naif.actifs {
		if where := p.naif.place(&c); where.motif != "" {
			want[code] = string(where.motif)
		}
	}
	p.same("reasons", got, want)
}

// compareRows looks below the hub: at the rows that it derives from the
// contracts.
func (p *paire) compareRows() {
	p.Helper()
	n := p.naif
	type profil struct {
		effectif int
		motif    domaine.Motif
		modele   int64
		ambigus  []int64
	}
	type personne struct {
		role     uint8
		email    string
		effectif int
	}
	profils, personnes := map[regles.Profil]profil{}, map[string]personne{}
	spellings := map[string][]string{}
	for _, c := range n.actifs {
		where := n.place(&c)
		key := regles.ProfilOf(&c)
		profils[key] = profil{profils[key].effectif + 1, where.motif, where.modele, where.ambigus}
		for role, g := range gens(&c) {
			personnes[g.code] = personne{uint8(role), g.email, personnes[g.code].effectif + 1}
			spellings[g.code] = append(spellings[g.code], g.nom+"/"+g.prenom)
		}
	}
	var rows map[string]store.PersonneRow
	var stored []store.Profil
	err := p.db.Read(p.Context(), func(tx *store.Tx) (err error) {
		if stored, err = tx.Profils(p.Context(), p.who.Organisme); err != nil {
			return err
		}
		rows, err = tx.Personnes(p.Context(), p.who.Organisme, everyone, nil)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	gotProfils, gotPersonnes := map[regles.Profil]profil{}, map[string]personne{}
	for _, row := range stored {
		if row.Effectif != 0 {
			ambigus := row.Ambigus
			if len(ambigus) == 0 {
				ambigus = nil
			}
			gotProfils[row.Valeurs] = profil{row.Effectif, row.Motif, row.Modele, ambigus}
			if (row.Session != 0) != (row.Motif == "") {
				p.Fatalf("profil in session %d with reason %q", row.Session, row.Motif)
			}
		}
	}
	for code, row := range rows {
		gotPersonnes[code] = personne{row.Role, row.Email, row.Effectif}
	}
	p.same("profils", keyed(gotProfils, profils, cmp.AllowUnexported(profil{})), "")
	p.same("people", keyed(gotPersonnes, personnes, cmp.AllowUnexported(personne{})), "")
}

func keyed[K comparable, V any](got, want map[K]V, option cmp.Option) string {
	return cmp.Diff(want, got, option)
}

// everyone are the user codes that the pools can give.
var everyone = func() []string {
	codes := []string{"PER9", "MAI9"}
	for _, prefix := range []string{"APP", "PER", "MAI"} {
		for i := range 130 {
			codes = append(codes, prefix+strings.TrimLeft(string([]byte{byte('0' + i/100), byte('0' + i/10%10), byte('0' + i%10)}), "0"))
		}
	}
	return codes
}()

// keepsEveryRule checks the active contracts from scratch.
func (p *paire) keepsEveryRule() {
	p.Helper()
	interner, etat := regles.NewInterner(), regles.NewEtat()
	all := p.list(hub.Filtre{})
	for code, c := range all {
		faits := interner.Faits(&c)
		violations, _ := etat.Check(&faits)
		if violations = append(violations, regles.Verify(&c, regles.Set{})...); len(violations) > 0 {
			p.Fatalf("the state left behind breaks a rule, contract %s: %+v", code, violations)
		}
		etat.Add(&faits)
		for other, d := range all {
			if other != code && contredit(&c, &d) {
				p.Fatalf("contracts %s and %s are both active and contradict each other", code, other)
			}
		}
	}
}
