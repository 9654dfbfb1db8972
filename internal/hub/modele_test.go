package hub_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
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

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", strconv.Itoa(perShard)); err != nil {
		panic(err)
	}
	pgtest.Main(m) // reads the command line, which has the last word
}

// The sequences are cut into shards, each with a database of its own, that run
// in parallel. A shard runs as many sequences as rapid makes checks.
var (
	shards   = map[string]int{"sqlite": 20, "postgres": 2}
	perShard = 100
)

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
			want := int64(perShard * shards[d.Name])
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
	return testing.Short() || checks.Value.String() != strconv.Itoa(perShard) || strings.Contains(run.Value.String(), "shards")
}

// paire is the hub and the model, which do the same things.
type paire struct {
	*rapid.T
	db      *store.DB
	hub     *hub.Hub
	who     hub.Acteur
	naif    *naif
	dernier []envoi // of the last push v1
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
		"push v1 again": p.again, "reset": p.reset, "confirm": p.confirm, "drop": p.drop, "set the threshold": p.setSeuil, "dry run": p.diff,
	}
	often := []string{
		"push v2", "push v2", "push v2", "push v2", "delta", "delta", "delta", "delta", "push v1", "push v1", "push v1 again", "push v1 again", "undo", "undo",
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

// again sends the last push v1 once more, byte for byte.
func (p *paire) again() {
	if p.dernier != nil {
		p.send(domaine.OrigineV1, p.dernier, nil)
	}
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
	var result *hub.PushResult
	var err error
	if origine == domaine.OrigineV1 {
		p.dernier = slices.Clone(envois)
		result, err = p.hub.Contrats.PushFull(p.Context(), p.who, bytes.NewReader(corps(envois, nil, true)), options)
	} else {
		result, err = p.hub.Contrats.Push(p.Context(), p.who, p.read(envois, retires, origine), options)
	}
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
