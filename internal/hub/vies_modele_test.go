package hub_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// The lives of contracts, held against a model that knows days one by one: written
// from design 9 alone, with lists and loops.

// paireVies is the hub and the model, which do the same things.
type paireVies struct {
	*rapid.T
	hub      *hub.Hub
	horloge  *apitest.Clock
	who      hub.Acteur
	acces    hub.Acces
	ids      []int64 // of the exercices
	naif     *viesNaives
	touchees int // contracts that ended and count, over the whole sequence
}

func TestLivesAreWhatTheModelSays(t *testing.T) {
	for _, d := range storetest.Databases {
		t.Run(d.Name, func(t *testing.T) {
			var sequences, counted atomic.Int64
			t.Run("shards", func(t *testing.T) {
				for shard := range shards[d.Name] {
					t.Run(fmt.Sprint(shard), func(t *testing.T) {
						t.Parallel()
						clock := apitest.ClockAt(time.Time{})
						h := hub.New(d.New(t), hub.Options{Now: clock.Now})
						t.Cleanup(h.Close)
						rapid.Check(t, func(t *rapid.T) {
							p := newPaireVies(t, h, clock)
							p.sequence()
							sequences.Add(1)
							counted.Add(int64(p.touchees))
						})
					})
				}
			})
			t.Logf("%d random sequences on %s, in which %d times a contract that had ended counted", sequences.Load(), d.Name, counted.Load())
			if got, want := sequences.Load(), int64(perShard*shards[d.Name]); got < want && !restricted() {
				t.Errorf("only %d sequences ran, want %d", got, want)
			}
			if sequences.Load() > 50 && counted.Load() < sequences.Load() {
				t.Errorf("hardly anything that had ended counted")
			}
		})
	}
}

func newPaireVies(t *rapid.T, h *hub.Hub, clock *apitest.Clock) *paireVies {
	clock.Set(time.Date(2026, 9, 1, 6, 0, 0, 0, hub.Paris))
	o, err := h.Organismes.CreateOrganisme(t.Context(), "Organisme", false)
	if err != nil {
		t.Fatal(err)
	}
	p := &paireVies{T: t, hub: h, horloge: clock, who: hub.Acteur{Organisme: o.ID, Nom: "Essai"}, acces: hub.AccesOperateur(strconv.FormatInt(o.SocieteID, 10)),
		naif: &viesNaives{etatVies: etatVies{map[string]passerelle.Contrat{}, map[string]*uneVie{}}, passe: map[int64]etatVies{}, modeles: map[string]int64{}}}
	p.naif.exercices = []passerelle.Periode{
		{Debut: passerelle.NewDate(2026, 7, 1), Fin: passerelle.NewDate(2026, 9, 30)}, {Debut: passerelle.NewDate(2026, 10, 1), Fin: passerelle.NewDate(2026, 12, 31)},
	}
	done, err := h.Comptabilite.CreateExercices(t.Context(), hub.DemandeExercices{Acces: p.acces}, p.naif.exercices)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range done.Exercices {
		p.ids = append(p.ids, e.ID)
	}
	return p
}

func (p *paireVies) sequence() {
	actions := map[string]func(){"push": p.push, "delta": p.delta, "undo": p.undo, "decide": p.decide, "modèle": p.modele}
	often := []string{"push", "push", "push", "delta", "delta", "undo", "decide", "decide", "decide", "modèle"}
	steps := rapid.IntRange(2, 10).Draw(p.T, "steps")
	for step := range steps {
		p.horloge.Set(p.horloge.Now().Add(time.Duration(rapid.IntRange(0, 30*24).Draw(p.T, "hours")) * time.Hour))
		action := rapid.SampledFrom(often).Draw(p.T, "action")
		actions[action]()
		p.compare(step == steps-1)
	}
}

func (p *paireVies) today() passerelle.Date { return passerelle.DateOf(p.horloge.Now().In(hub.Paris)) }

// contrat draws a contract with one of a few codes; nothing that it says
// contradicts another one.
func (p *paireVies) contrat(code string) passerelle.Contrat {
	c := apitest.Contrat(code)
	c.CodeFormation = rapid.SampledFrom([]string{"F1", "F2"}).Draw(p.T, "formation")
	c.NomFormation = "Formation " + c.CodeFormation
	c.CodeGroupe, c.NomGroupe = "G-"+c.CodeFormation, "Groupe "+c.CodeFormation
	debut := passerelle.NewDate(2026, 6, 15) + passerelle.Date(rapid.IntRange(0, 150).Draw(p.T, "start"))
	fin := debut + passerelle.Date(rapid.IntRange(0, 120).Draw(p.T, "length"))
	c.DateDebut, c.DateFin, c.DateRupture = debut.FR(), fin.FR(), ""
	switch rapid.IntRange(0, 9).Draw(p.T, "dates") {
	case 0:
		c.DateDebut = ""
	case 1:
		c.DateFin = ""
	case 2, 3:
		c.DateRupture = (debut + passerelle.Date(rapid.IntRange(0, int(fin-debut)).Draw(p.T, "rupture"))).FR()
	}
	return c
}

// envoi draws some contracts, often those that are or were there, as they were.
func (p *paireVies) envoi(most int) []passerelle.Contrat {
	var list []passerelle.Contrat
	for _, code := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"K1", "K2", "K3", "K4", "K5"}), 0, most, rapid.ID).Draw(p.T, "codes") {
		known, active := p.naif.actifs[code]
		if v := p.naif.finis[code]; v != nil {
			known, active = v.contrat, true
		}
		if active && rapid.Bool().Draw(p.T, "unchanged") {
			list = append(list, known)
		} else {
			list = append(list, p.contrat(code))
		}
	}
	return list
}

func (p *paireVies) push() {
	list := p.envoi(5)
	body, err := json.Marshal(list)
	if err != nil || len(list) == 0 {
		body = []byte("[]")
	}
	read, err := reception.ReadFull(bytes.NewReader(body), false, nil)
	if err != nil {
		p.Fatal(err)
	}
	defer read.Close()
	if _, err := p.hub.Contrats.Push(p.Context(), p.who, read, hub.PushOptions{Origine: domaine.OrigineV1, Confirm: true, Empty: true}); err != nil {
		p.Fatalf("push %s: %v", body, err)
	}
	actifs := map[string]passerelle.Contrat{}
	for _, c := range list {
		actifs[c.CodeContrat] = c
	}
	p.naif.appliquer(actifs, p.today())
}

func (p *paireVies) delta() {
	list := p.envoi(2)
	sent := map[string]bool{}
	actifs := maps.Clone(p.naif.actifs)
	for _, c := range list {
		sent[c.CodeContrat], actifs[c.CodeContrat] = true, c
	}
	removed := []string{}
	for _, code := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"K1", "K2", "K3", "K4", "K5"}), 0, 2, rapid.ID).Draw(p.T, "removed") {
		if !sent[code] {
			removed = append(removed, code)
			delete(actifs, code)
		}
	}
	body, err := json.Marshal(map[string]any{"changes": map[string]any{"updated": list, "removed": removed}})
	if err != nil {
		p.Fatal(err)
	}
	if list == nil {
		body = bytes.Replace(body, []byte(`"updated":null`), []byte(`"updated":[]`), 1)
	}
	read, err := reception.ReadChanges(bytes.NewReader(body), nil)
	if err != nil {
		p.Fatalf("%s: %v", body, err)
	}
	defer read.Close()
	if _, err := p.hub.Contrats.Push(p.Context(), p.who, read, hub.PushOptions{Origine: domaine.OrigineChanges, Confirm: true}); err != nil {
		p.Fatalf("delta %s: %v", body, err)
	}
	p.naif.appliquer(actifs, p.today())
}

func (p *paireVies) undo() {
	n := p.naif
	if n.derniere == 0 {
		return
	}
	if _, err := p.hub.Contrats.Undo(p.Context(), p.who, n.derniere); err != nil {
		p.Fatalf("undo %d: %v", n.derniere, err)
	}
	before := etatVies{map[string]passerelle.Contrat{}, map[string]*uneVie{}}
	if n.derniere > 1 {
		before = n.passe[n.derniere-1].copie()
	}
	// What was unknown before left now.
	for code, c := range n.actifs {
		_, actif := before.actifs[code]
		if _, fini := before.finis[code]; !actif && !fini {
			before.finis[code] = &uneVie{contrat: c, depart: p.today()}
		}
	}
	for code, v := range n.finis {
		_, actif := before.actifs[code]
		if _, fini := before.finis[code]; !actif && !fini {
			before.finis[code] = v
		}
	}
	n.etatVies = before
	n.inscrire()
}

func (p *paireVies) decide() {
	code := rapid.SampledFrom([]string{"K1", "K2", "K3", "K4", "K5"}).Draw(p.T, "decided")
	var quoi vie.Decision
	switch rapid.IntRange(0, 4).Draw(p.T, "decision") {
	case 0:
		quoi.Fin = vie.Terme
	case 1:
		quoi.Fin = vie.Annule
	case 2, 3:
		quoi = vie.Decision{Fin: vie.Rompu, Date: vie.Le(passerelle.NewDate(2026, 6, 15) + passerelle.Date(rapid.IntRange(0, 220).Draw(p.T, "date")))}
	}
	err := p.hub.Contrats.DecideFins(p.Context(), p.who, []hub.FinDemandee{{Code: code, Quoi: quoi}})
	v := p.naif.finis[code]
	if v == nil {
		var refusal *hub.Refusal
		if !errors.As(err, &refusal) || refusal.Kind() != refus.Conflict && refusal.Kind() != refus.NotFound {
			p.Fatalf("decide of %s, which did not end: %v", code, err)
		}
		return
	}
	debut, aDebut := jourFR(v.contrat.DateDebut)
	fin, aFin := jourFR(v.contrat.DateFin)
	wrong := quoi.Fin == vie.Terme && !aFin ||
		quoi.Fin == vie.Rompu && (aDebut && quoi.Date.Date < debut || aFin && quoi.Date.Date > fin)
	if wrong != (err != nil) {
		p.Fatalf("decide %+v of %s to %s: %v", quoi, v.contrat.DateDebut, v.contrat.DateFin, err)
	}
	if !wrong {
		v.decisions = append(v.decisions, uneDecision{p.naif.derniere, quoi})
	}
}

func (p *paireVies) modele() {
	formation := rapid.SampledFrom([]string{"F1", "F2"}).Draw(p.T, "modèle")
	if id, there := p.naif.modeles[formation]; there {
		if err := p.hub.Integration.DeleteModele(p.Context(), p.who.Organisme, id, nil); err != nil {
			p.Fatal(err)
		}
		delete(p.naif.modeles, formation)
		return
	}
	m, err := p.hub.Integration.CreateModele(p.Context(), p.who.Organisme, domaine.Modele{Nom: formation, Actif: true, Criteres: passerelle.Criteres{"codeFormation": {formation}}})
	if err != nil {
		p.Fatal(err)
	}
	p.naif.modeles[formation] = m.ID
}

// compare asks for figures in several ways and holds them against the model's.
// Between steps one of them is enough.
func (p *paireVies) compare(all bool) {
	n := p.naif
	base := hub.DemandeVentilation{Acces: p.acces, Par: []ventilation.Dimension{ventilation.ParEntreprise, ventilation.ParFormation}}
	type ask struct {
		what            string
		exercice        int // position, -1 for all
		at              int64
		integres, seuls bool
	}
	asks := []ask{{what: "now", exercice: -1}, {what: "one", exercice: rapid.IntRange(0, 1).Draw(p.T, "exercice")},
		{what: "integrated", exercice: 1, integres: true}, {what: "active alone", exercice: -1, seuls: true}}
	if n.derniere > 0 {
		asks = append(asks, ask{what: "past", exercice: rapid.IntRange(-1, 1).Draw(p.T, "past exercice"), at: rapid.Int64Range(1, n.derniere).Draw(p.T, "as of")})
	}
	if !all {
		asks = asks[rapid.IntRange(0, len(asks)-1).Draw(p.T, "asked"):][:1]
	}
	for _, a := range asks {
		d, etat := base, n.etatVies
		d.Synchronisation, d.Integres, d.SansArchives = a.at, a.integres, a.seuls
		if a.at != 0 {
			etat = n.passe[a.at]
		}
		positions := []int{0, 1}
		if a.exercice >= 0 {
			d.Exercice, positions = p.ids[a.exercice], []int{a.exercice}
		}
		v, err := p.hub.Comptabilite.Ventilation(p.Context(), d)
		if err != nil {
			p.Fatal(err)
		}
		for i, e := range positions {
			got := v.Calcul.Exercice(i)
			want := n.compter(etat, n.exercices[e], a.at, a.integres, a.seuls)
			told := compte{Contrats: got.Total.Contrats, Apprenants: got.Total.Apprenants, Jours: int(got.Total.Jours)}
			if got.FinsPresumees != nil {
				told.Presumes, told.JoursPresumes = append([]string(nil), got.FinsPresumees.Codes...), int(got.FinsPresumees.Jours)
				if alone := n.compter(etat, n.exercices[e], a.at, a.integres, true); a.what == "now" {
					p.touchees += want.Contrats - alone.Contrats
				}
			}
			if diff := cmp.Diff(want, told); diff != "" {
				p.Fatalf("%s, exercice %d (-model +hub):\n%s", a.what, e, diff)
			}
			if all := len(etat.actifs) + len(etat.finis); !a.integres && !a.seuls && got.Total.Contrats+got.SansDates.Contrats+got.HorsExercice.Contrats != all {
				p.Fatalf("%s, exercice %d: %d contracts, %d + %d + %d are somewhere", a.what, e, all, got.Total.Contrats, got.SansDates.Contrats, got.HorsExercice.Contrats)
			}
		}
	}
}
