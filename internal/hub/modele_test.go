package hub_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// The sequences are cut into shards, each with a database of its own, that run
// in parallel. A shard runs as many sequences as rapid makes checks: 100 by
// default.
var shards = map[string]int{"sqlite": 20, "postgres": 2}

func TestTheHubDoesWhatTheModelDoes(t *testing.T) {
	for _, d := range storetest.Databases {
		t.Run(d.Name, func(t *testing.T) {
			var sequences atomic.Int64
			t.Run("shards", func(t *testing.T) {
				for shard := range shards[d.Name] {
					t.Run(fmt.Sprint(shard), func(t *testing.T) {
						t.Parallel()
						db := d.New(t)
						h := hub.New(db, hub.Options{})
						t.Cleanup(h.Close)
						rapid.Check(t, func(t *rapid.T) {
							sequence(t, db, h)
							sequences.Add(1)
						})
					})
				}
			})
			want := int64(100 * shards[d.Name])
			t.Logf("%d random sequences on %s", sequences.Load(), d.Name)
			if got := sequences.Load(); got < want && !restricted() {
				t.Errorf("only %d sequences ran, want %d", got, want)
			}
		})
	}
}

// restricted reports whether the command line asks for fewer sequences, or for
// some shards only.
func restricted() bool {
	checks, run := flag.Lookup("rapid.checks"), flag.Lookup("test.run")
	return testing.Short() || checks.Value.String() != checks.DefValue || strings.Contains(run.Value.String(), "shards")
}

// paire is the hub and the model, which do the same things.
type paire struct {
	*rapid.T
	db   *store.DB
	hub  *hub.Hub
	who  hub.Acteur
	naif *naif
	// the sessions seen so far: a session keeps its id
	sessions map[[5]string]int64
}

// sequence does a few random things to a new organisme and to the model, and
// compares the two after each.
func sequence(t *rapid.T, db *store.DB, h *hub.Hub) {
	o, err := h.Organismes.CreateOrganisme(t.Context(), "Organisme", true)
	if err != nil {
		t.Fatal(err)
	}
	p := &paire{T: t, db: db, hub: h, who: hub.Acteur{Organisme: o.ID, Nom: "Essai"}, naif: newNaif(), sessions: map[[5]string]int64{}}
	actions := map[string]func(){
		"push v1": func() { p.push(domaine.OrigineV1) }, "push v2": func() { p.push(domaine.OrigineV2) },
		"delta": p.delta, "undo": p.undo, "create a modèle": p.createModele, "change a modèle": p.changeModele,
		"reset": p.reset, "confirm": p.confirm, "drop": p.drop, "set the threshold": p.setSeuil, "dry run": p.diff,
	}
	often := []string{
		"push v2", "push v2", "push v2", "push v2", "delta", "delta", "delta", "delta", "push v1", "push v1", "undo", "undo",
		"create a modèle", "create a modèle", "change a modèle", "confirm", "confirm", "drop", "dry run", "set the threshold", "reset",
	}
	for range rapid.IntRange(1, 12).Draw(t, "steps") {
		action := rapid.SampledFrom(often).Draw(t, "action")
		actions[action]()
		p.compare()
	}
}

func (p *paire) read(envois []envoi, retires []string, origine domaine.Origine) *synchro.Push {
	p.Helper()
	body := bytes.NewReader(corps(envois, retires, origine != domaine.OrigineChanges))
	var push *synchro.Push
	var err error
	if origine == domaine.OrigineChanges {
		push, err = reception.ReadChanges(body, nil)
	} else {
		push, err = reception.ReadFull(body, origine == domaine.OrigineV2, nil)
	}
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { push.Close() })
	return push
}

func (p *paire) push(origine domaine.Origine) {
	envois := tirerEnvois(p.T)
	if origine == domaine.OrigineV1 {
		// A push with one invalid contract changes nothing: most have none.
		if !rare(p.T, 4, "invalid") {
			r := p.naif.resoudre(envois, nil, true, true)
			var valides []envoi
			for i := range envois {
				if !r.refuses[i] {
					valides = append(valides, envois[i])
				}
			}
			envois = valides
		}
	}
	p.send(origine, envois, nil)
}

func (p *paire) delta() {
	envois := tirerEnvois(p.T)
	added := rapid.IntRange(0, len(envois)).Draw(p.T, "added")
	for i := range envois {
		envois[i].op = "updated"
		if i < added {
			envois[i].op = "added"
		}
	}
	retires := rapid.SliceOfN(rapid.SampledFrom([]string{"K1", "K2", "K3", "K4", "K5", "K6", "K7", "R100", "nobody"}), 0, 3).Draw(p.T, "removed")
	p.send(domaine.OrigineChanges, envois, retires)
}

// send pushes to both and compares the answers.
func (p *paire) send(origine domaine.Origine, envois []envoi, retires []string) {
	options := hub.PushOptions{Origine: origine, Confirm: rare(p.T, 3, "confirmed"), Empty: rare(p.T, 2, "empty is meant")}
	p.Logf("push %s, removing %q:%s", origine, retires, decrire(envois))
	result, err := p.hub.Contrats.Push(p.Context(), p.who, p.read(envois, retires, origine), options)
	n := p.naif
	if origine != domaine.OrigineChanges && len(envois) == 0 && !options.Empty {
		p.refused(err, refus.Invalid)
		return
	}
	r := n.resoudre(envois, retires, origine != domaine.OrigineChanges, origine == domaine.OrigineV1)
	p.settle(result, err, &r, envois, origine, options.Confirm, retires)
}

// settle compares what a push, or the confirmation of one, did.
func (p *paire) settle(result *hub.PushResult, err error, r *resultat, envois []envoi, origine domaine.Origine, confirmed bool, retires []string) {
	n := p.naif
	if origine == domaine.OrigineV1 && len(r.refuses) > 0 {
		var rejected *hub.RejectedPush
		if !errors.As(err, &rejected) {
			p.Fatalf("push v1 with invalid contracts: %v", err)
		}
		p.violations(rejected.Violations, r, envois)
		lien := int64(0)
		if confirmed && n.retenu != nil && origine == domaine.OrigineConfirmation {
			lien = n.retenu.id
		}
		id := n.inscrire(origine, domaine.EtatRefusee, lien, domaine.Bilan{Total: len(n.actifs), Integres: n.integres(n.actifs), Refuses: len(r.refuses)})
		p.same("refused push", rejected.Synchronisation, id)
		return
	}
	regles := n.retient(r)
	if !confirmed && len(regles) > 0 {
		var held *hub.HeldPush
		if !errors.As(err, &held) {
			p.Fatalf("the guard let a push through that archives %d of %d: %v", len(r.archives), len(n.actifs), err)
		}
		n.relever(domaine.EtatRemplacee)
		b := n.bilan(r)
		b.Integres = n.integres(n.actifs)
		id := n.inscrire(origine, domaine.EtatRetenue, 0, b)
		n.retenu = &retenu{id: id, origine: origine, envois: envois, retires: retires}
		want := hub.HeldPush{Synchronisation: id, Actifs: len(n.actifs), Archives: len(r.archives), Seuil: n.seuil}
		var found []domaine.RegleGarde
		for _, m := range held.Motifs {
			found = append(found, m.Regle)
		}
		held.Motifs = nil
		p.same("held", *held, want)
		p.same("why", found, regles)
		return
	}
	if err != nil {
		p.Fatalf("push: %v", err)
	}
	lien := int64(0)
	if n.retenu != nil && confirmed && origine == domaine.OrigineConfirmation {
		lien = n.retenu.id
		n.relever(domaine.EtatConfirmee)
	}
	n.relever(domaine.EtatRemplacee)
	n.appliquer(r, origine, lien)
	n.voulu[n.derniere()] = len(regles) > 0
	if got := result.Synchronisation.ID; got != n.derniere() {
		p.Fatalf("synchronisation %d, want %d", got, n.derniere())
	}
	var found []passerelle.Violation
	result.Plan.EachRefused(func(_ int, violations []passerelle.Violation) bool {
		found = append(found, violations...)
		return true
	})
	if origine == domaine.OrigineChanges {
		// An index counts from 0 in each part of a delta.
		added := 0
		for i := range envois {
			if envois[i].op == "added" {
				added++
			}
		}
		found = nil
		result.Plan.EachRefused(func(i int, violations []passerelle.Violation) bool {
			for _, v := range violations {
				v.Index = i
				found = append(found, v)
			}
			return true
		})
		inconnus := slices.Sorted(slices.Values(result.Plan.Inconnus))
		p.same("unknown removed", inconnus, slices.Sorted(slices.Values(r.inconnus)))
	}
	p.violations(found, r, envois)
}

// violations checks that the right contracts were refused, and that each
// violation names a contract that contradicts the refused one.
func (p *paire) violations(found []passerelle.Violation, r *resultat, envois []envoi) {
	p.Helper()
	refused, crossed := map[int]bool{}, map[int]bool{}
	for _, v := range found {
		refused[v.Index] = true
		e := &envois[v.Index]
		if v.CodeContrat != e.CodeContrat {
			p.Fatalf("violation %+v is not of contract %q", v, e.CodeContrat)
		}
		switch v.Code {
		case passerelle.CodeRequired, passerelle.CodeType, passerelle.CodeTooLong, passerelle.CodeDateFormat, passerelle.CodeDateOrder, passerelle.CodeEmailFormat:
			if v.ConflictsWith != "" {
				p.Fatalf("%s names another contract: %+v", v.Code, v)
			}
			continue
		case passerelle.CodeDuplicateContrat:
			continue
		}
		if v.ConflictsWith == "" {
			if !incoherent(&e.Contrat) {
				p.Fatalf("violation %+v names no contract", v)
			}
			continue
		}
		crossed[v.Index] = true
		var others []passerelle.Contrat
		for i := range envois {
			if i != v.Index && envois[i].CodeContrat == v.ConflictsWith {
				others = append(others, envois[i].Contrat)
			}
		}
		if c, ok := p.before()[v.ConflictsWith]; ok {
			others = append(others, c)
		}
		if !slices.ContainsFunc(others, func(o passerelle.Contrat) bool { return contredit(&e.Contrat, &o) }) {
			p.Fatalf("contract %d does not contradict the one that %+v names", v.Index, v)
		}
	}
	p.same("refused contracts", refused, r.refuses)
	for i := range r.croises {
		if !crossed[i] {
			p.Fatalf("contract %d was refused because of another one, which no violation names: %+v", i, found)
		}
	}
}

// before returns what was active before the latest line of the journal.
func (p *paire) before() contrats {
	if len(p.naif.journal) == 0 {
		return p.naif.actifs
	}
	all := maps.Clone(p.naif.passe[int64(len(p.naif.journal))-1])
	for code, c := range p.naif.actifs {
		if _, ok := all[code]; !ok {
			all[code] = c
		}
	}
	return all
}

func (p *paire) undo() {
	n := p.naif
	id := n.derniere()
	if rare(p.T, 2, "an older one") {
		id = rapid.Int64Range(0, int64(len(n.journal))+1).Draw(p.T, "synchronisation")
	}
	preview, failed := p.hub.Contrats.PreviewUndo(p.Context(), p.who, id, hub.Page{})
	s, err := p.hub.Contrats.Undo(p.Context(), p.who, id)
	oublie := int64(0)
	for _, s := range n.journal {
		if s.Origine == domaine.OrigineRemiseAZero {
			oublie = s.ID
		}
	}
	switch {
	case id < 1 || id > int64(len(n.journal)):
		p.refused(err, refus.NotFound)
		p.refused(failed, refus.NotFound)
	case n.journal[id-1].Etat != domaine.EtatAppliquee || id <= oublie:
		p.refused(err, refus.Conflict)
		p.refused(failed, refus.Conflict)
	case err != nil || failed != nil:
		p.Fatalf("undo %d: %v, its preview: %v", id, err, failed)
	default:
		n.annuler(id)
		d, err := p.hub.Journal.Synchronisation(p.Context(), p.who.Organisme, s.ID, hub.Page{})
		if err != nil {
			p.Fatal(err)
		}
		p.same("preview of an undo", preview.Bilan, d.Bilan)
		p.same("changes of an undo", preview.Changements, d.Changements)
	}
}

func (p *paire) createModele() {
	m := tirerModele(p.T)
	preview, err := p.hub.Integration.PreviewModele(p.Context(), p.who.Organisme, m)
	if err != nil {
		p.Fatal(err)
	}
	before := p.naif.integres(p.naif.actifs)
	m, err = p.hub.Integration.CreateModele(p.Context(), p.who.Organisme, m)
	if err != nil {
		p.Fatal(err)
	}
	p.naif.modeles = append(p.naif.modeles, m)
	p.previewed(preview, before, m.ID)
}

func (p *paire) changeModele() {
	n := p.naif
	if len(n.modeles) == 0 {
		p.refused(p.hub.Integration.DeleteModele(p.Context(), p.who.Organisme, 1<<40), refus.NotFound)
		return
	}
	i := rapid.IntRange(0, len(n.modeles)-1).Draw(p.T, "modèle")
	if rare(p.T, 2, "delete") {
		if err := p.hub.Integration.DeleteModele(p.Context(), p.who.Organisme, n.modeles[i].ID); err != nil {
			p.Fatal(err)
		}
		n.modeles = slices.Delete(n.modeles, i, i+1)
		return
	}
	m := tirerModele(p.T)
	m.ID = n.modeles[i].ID
	preview, err := p.hub.Integration.PreviewModele(p.Context(), p.who.Organisme, m)
	if err != nil {
		p.Fatal(err)
	}
	before := n.integres(n.actifs)
	if err := p.hub.Integration.UpdateModele(p.Context(), p.who.Organisme, m); err != nil {
		p.Fatal(err)
	}
	n.modeles[i] = m
	p.previewed(preview, before, m.ID)
}

// previewed checks what a preview promised against what saving did.
func (p *paire) previewed(a *hub.Apercu, before int, id int64) {
	p.Helper()
	n := p.naif
	taken, ambiguous := 0, 0
	for _, c := range n.actifs {
		where := n.place(&c)
		if where.modele == id {
			taken++
		}
		if slices.Contains(where.ambigus, id) {
			ambiguous++
		}
	}
	p.same("preview", []int{a.Contrats, a.Ambigus, a.Integres, a.Integres - before - a.Nouveaux + a.Perdus},
		[]int{taken, ambiguous, n.integres(n.actifs), p.freed(a, before)})
}

// freed is how many contracts other modèles take because of the change: a
// preview counts as new only what the modèle itself takes.
func (p *paire) freed(a *hub.Apercu, before int) int {
	return p.naif.integres(p.naif.actifs) - before - a.Nouveaux + a.Perdus
}

func (p *paire) reset() {
	removed, err := p.hub.Contrats.Reset(p.Context(), p.who)
	if err != nil {
		p.Fatal(err)
	}
	p.same("removed", removed, len(p.naif.actifs))
	p.naif.oublier()
	p.sessions = map[[5]string]int64{}
}

func (p *paire) confirm() {
	n := p.naif
	if n.retenu == nil {
		_, _, err := p.hub.Contrats.Confirm(p.Context(), p.who, max(n.derniere(), 1))
		kind := refus.Conflict
		if len(n.journal) == 0 {
			kind = refus.NotFound
		}
		p.refused(err, kind)
		return
	}
	held := *n.retenu
	result, origine, err := p.hub.Contrats.Confirm(p.Context(), p.who, held.id)
	if err != nil {
		p.Fatalf("confirm %d: %v", held.id, err)
	}
	p.Cleanup(func() { result.Push.Close() })
	p.same("origin", origine, held.origine)
	r := n.resoudre(held.envois, held.retires, held.origine != domaine.OrigineChanges, held.origine == domaine.OrigineV1)
	p.settle(result, err, &r, held.envois, domaine.OrigineConfirmation, true, held.retires)
}

func (p *paire) drop() {
	n := p.naif
	if n.retenu == nil {
		p.refused(p.hub.Contrats.Drop(p.Context(), p.who, 1<<40), refus.NotFound)
		return
	}
	if err := p.hub.Contrats.Drop(p.Context(), p.who, n.retenu.id); err != nil {
		p.Fatal(err)
	}
	n.relever(domaine.EtatAbandonnee)
}

func (p *paire) setSeuil() {
	p.naif.seuil = rapid.SampledFrom([]int{30, 1, 90, 100}).Draw(p.T, "threshold")
	if _, err := p.hub.Organismes.SetReglages(p.Context(), p.who, domaine.TousDroits, []hub.ValeurReglage{{Cle: "garde.archivage", Valeur: fmt.Sprint(p.naif.seuil)}}); err != nil {
		p.Fatal(err)
	}
}

// diff is a push that records nothing.
func (p *paire) diff() {
	envois := tirerEnvois(p.T)
	r := p.naif.resoudre(envois, nil, true, true)
	err := p.hub.Contrats.Diff(p.Context(), p.who.Organisme, p.read(envois, nil, domaine.OrigineV1), false, func(d *hub.Diff) error {
		same, added, updated, removed := d.Counts()
		p.same("dry run", []int{same, added, updated, removed}, []int{r.identiques, len(r.ajoutes), len(r.modifies), len(r.archives)})
		return nil
	})
	var rejected *hub.RejectedPush
	if errors.As(err, &rejected) == (len(r.refuses) == 0) {
		p.Fatalf("dry run of a push with %d refused contracts: %v", len(r.refuses), err)
	}
}

func (p *paire) refused(err error, kind refus.Kind) {
	p.Helper()
	var refusal *hub.Refusal
	if !errors.As(err, &refusal) || refusal.Kind() != kind {
		p.Fatalf("error %v, want a refusal of kind %v", err, kind)
	}
}

func (p *paire) same(what string, got, want any) {
	p.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		p.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}
