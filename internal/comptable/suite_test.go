package comptable

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// societe is a société that requests change, with what it has seen.
type societe struct {
	list   []domaine.Exercice
	events []Evenement
	chain  []Maillon
	lists  [][]domaine.Exercice // at the end of each day
	nextID int64
}

var epoch = time.Date(2030, 1, 1, 8, 0, 0, 0, time.UTC)

func (s *societe) now() time.Time { return epoch.AddDate(0, 0, len(s.lists)) }

// record does what the one who keeps the exercices does with a result.
func (s *societe) record(t *rapid.T, res Resultat) {
	before := s.list
	if len(res.Erreurs) > 0 {
		if diff := cmp.Diff(Sorted(before), res.Exercices); diff != "" || len(res.Changements) > 0 {
			t.Fatalf("refused, and yet:\n%s", diff)
		}
		return
	}
	list := slices.Clone(res.Exercices)
	for i := range res.Changements {
		c := &res.Changements[i]
		if c.Genre == Creation {
			at := slices.IndexFunc(list, func(e domaine.Exercice) bool { return e.ID == 0 && e.Periode == c.Apres.Periode })
			s.nextID++
			c.Apres.ID = s.nextID
			list[at].ID = s.nextID
		}
		if c.Apres.Clos() {
			s.chain = append(s.chain, Link(s.chain, 1, c.Apres, s.now(), Empreinte{}))
		}
	}
	s.events = append(s.events, Evenements(res.Changements, s.now())...)
	s.list = list
	s.check(t, before)
}

func (s *societe) check(t *rapid.T, before []domaine.Exercice) {
	names := Names(s.list)
	oldestOpen := slices.IndexFunc(s.list, func(e domaine.Exercice) bool { return !e.Clos() })
	for i, e := range s.list {
		if e.Periode.Fin < e.Periode.Debut || tooLong(e.Periode) {
			t.Fatalf("%v", e.Periode)
		}
		if (names[i] == "N") != (i == oldestOpen) {
			t.Fatalf("%d is called %s, the oldest open one is %d", i, names[i], oldestOpen)
		}
		if i == 0 {
			continue
		}
		last := s.list[i-1]
		if e.Periode.Debut != last.Periode.Fin+1 {
			t.Fatalf("%v, then %v", last.Periode, e.Periode)
		}
		if e.Clos() && !last.Clos() {
			t.Fatalf("%v is closed, %v before it is not", e.Periode, last.Periode)
		}
		if last.Lettrage == domaine.LettrageMulti && e.Lettrage == domaine.LettrageMono {
			t.Fatalf("back to MONO at %v", e.Periode)
		}
	}
	for _, e := range before {
		i := slices.IndexFunc(s.list, func(x domaine.Exercice) bool { return x.ID == e.ID })
		if i < 0 {
			t.Fatalf("%v is gone", e.Periode)
		}
		if e.Clos() && !equal(e, s.list[i]) {
			t.Fatalf("closed, and changed:\n%s", cmp.Diff(e, s.list[i]))
		}
	}
	if r := VerifyDossier(s.list, s.chain); r != nil {
		t.Fatal(r.Message)
	}
}

// periode draws bounds that often meet what is there, and often nearly do.
func (s *societe) periode(t *rapid.T) passerelle.Periode {
	noise := rapid.SampledFrom([]passerelle.Date{0, 0, 0, 0, 1, -1, 30, -200, 400})
	length := rapid.SampledFrom([]int{12, 12, 12, 1, 6, 18, 24, 25})
	p := passerelle.Periode{Debut: passerelle.NewDate(2020, 1, 1)}
	if len(s.list) > 0 {
		p.Debut = s.list[len(s.list)-1].Periode.Fin + 1
		if rapid.Bool().Draw(t, "before") {
			fin := s.list[0].Periode.Debut - 1 + noise.Draw(t, "noise")
			return passerelle.Periode{Debut: (fin + 1).AddMonths(-length.Draw(t, "months")), Fin: fin}
		}
	}
	p.Debut += noise.Draw(t, "noise")
	p.Fin = p.Debut.AddMonths(length.Draw(t, "months")) - 1 + noise.Draw(t, "end")
	return p
}

func (s *societe) one(t *rapid.T) domaine.Exercice {
	if len(s.list) == 0 {
		return domaine.Exercice{ID: 99}
	}
	return s.list[rapid.IntRange(0, len(s.list)-1).Draw(t, "which")]
}

// moves draws new bounds for one exercice, or for two that meet.
func (s *societe) moves(t *rapid.T) []Mouvement {
	step := rapid.SampledFrom([]passerelle.Date{1, -1, 31, -31, 300, -300, 800, -800, 0})
	e := s.one(t)
	p := e.Periode
	if rapid.Bool().Draw(t, "end") {
		p.Fin += step.Draw(t, "step")
	} else {
		p.Debut += step.Draw(t, "step")
	}
	items := []Mouvement{{e.ID, p}}
	i := slices.IndexFunc(s.list, func(x domaine.Exercice) bool { return x.ID == e.ID })
	if i >= 0 && i+1 < len(s.list) && rapid.Bool().Draw(t, "both") {
		items = append(items, Mouvement{s.list[i+1].ID, passerelle.Periode{Debut: p.Fin + 1, Fin: s.list[i+1].Periode.Fin}})
	}
	return items
}

func TestAnySequenceOfRequestsKeepsTheRules(t *testing.T) {
	t.Parallel()
	lettering := rapid.SampledFrom([]*domaine.Lettrage{nil, nil, ptr(domaine.LettrageMono), ptr(domaine.LettrageMulti)})
	state := rapid.SampledFrom([]string{TRAClos, TRAClos, TRAOuvert, TRAProvisoire, TRANonOuvert})
	ano := rapid.SampledFrom([]string{TRADetaille, TRANonDetaille, ""})
	rapid.Check(t, func(t *rapid.T) {
		var s societe
		endOfDay := func() { s.lists = append(s.lists, s.list) }
		t.Repeat(map[string]func(*rapid.T){
			"create": func(t *rapid.T) {
				var items []passerelle.Periode
				for range rapid.IntRange(1, 2).Draw(t, "items") {
					items = append(items, s.periode(t))
				}
				s.record(t, Dossier{Exercices: s.list}.Create(items))
				endOfDay()
			},
			"move": func(t *rapid.T) {
				s.record(t, Dossier{Exercices: s.list}.Move(s.moves(t)))
				endOfDay()
			},
			"close": func(t *rapid.T) {
				f := DemandeCloture{ID: s.one(t).ID, Lettrage: lettering.Draw(t, "lettering"), ReportANouveau: rapid.Bool().Draw(t, "carry")}
				s.record(t, Dossier{Exercices: s.list}.Close(f, benoit, passerelle.DateOf(s.now())))
				endOfDay()
			},
			"import": func(t *rapid.T) {
				l := LigneLue{Periode: s.periode(t), EtatCpta: state.Draw(t, "state"), EtatANO: ano.Draw(t, "ano")}
				s.record(t, Dossier{Exercices: s.list}.Import([]LigneLue{l}, benoit, passerelle.DateOf(s.now())))
				endOfDay()
			},
			"": func(t *rapid.T) {},
		})
		first := passerelle.DateOf(epoch)
		for i, want := range s.lists {
			if diff := cmp.Diff(Sorted(want), AsOf(s.events, first+passerelle.Date(i), time.UTC), cmp.Comparer(equal)); diff != "" {
				t.Fatalf("as of day %d (-then +answered):\n%s", i, diff)
			}
		}
	})
}

func TestWhatTRACanSayIsReadBackTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(t, "exercices")
		closed, multi := rapid.IntRange(0, n).Draw(t, "closed"), rapid.IntRange(0, n).Draw(t, "multi")
		debut := passerelle.NewDate(2010, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), 1)
		var list []domaine.Exercice
		for i := range n {
			p := passerelle.Periode{Debut: debut, Fin: debut.AddMonths(rapid.IntRange(1, MoisMax).Draw(t, "months")) - 1}
			e := domaine.Exercice{Periode: p, Lettrage: domaine.LettrageMono}
			if i < closed {
				e.Cloture = &domaine.Cloture{Le: p.Fin + 40, Par: benoit}
			}
			if i >= multi {
				e.Lettrage = domaine.LettrageMulti
			}
			list, debut = append(list, e), p.Fin+1
		}
		lines, _, errs := ToTRA(list, OptionsTRA{DateDeCloture: true, CodeRang: rapid.Bool().Draw(t, "rank")})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		var read []LigneLue
		codes := make(map[string]bool)
		for _, l := range lines {
			read = append(read, LigneLue{Code: l.Code, Periode: passerelle.Periode{Debut: l.DateDebut, Fin: l.DateFin},
				EtatCpta: l.EtatCpta, EtatANO: l.EtatANO, DateCreation: &l.DateCreation})
			codes[l.Code] = true
		}
		if len(codes) != n {
			t.Fatalf("%d codes for %d exercices", len(codes), n)
		}
		res := Dossier{}.Import(read, benoit, 0)
		if diff := cmp.Diff(list, res.Exercices, cmp.Comparer(equal)); diff != "" {
			t.Fatalf("%v\n%s", res.Erreurs, diff)
		}
		again := Dossier{Exercices: list}.Import(read, benoit, 0)
		if len(again.Changements)+len(again.Erreurs)+len(again.Avertissements) > 0 {
			t.Fatalf("the same file again: %+v", again)
		}
	})
}

func TestTheDateThatAnErrorNamesWouldDo(t *testing.T) {
	t.Parallel()
	all := []domaine.Exercice{}
	debut := passerelle.NewDate(2020, 1, 1)
	for i := range 4 {
		p := passerelle.Periode{Debut: debut, Fin: debut.AddMonths(12) - 1}
		all = append(all, domaine.Exercice{ID: int64(i + 1), Periode: p, Lettrage: domaine.LettrageMono})
		debut = p.Fin + 1
	}
	rapid.Check(t, func(t *rapid.T) {
		s := societe{list: slices.Clone(all)}
		for i := range rapid.IntRange(0, 4).Draw(t, "closed") {
			s.list[i].Cloture = &domaine.Cloture{Le: s.list[i].Periode.Fin, Par: benoit}
		}
		p := s.periode(t)
		again := func(p passerelle.Periode) []Erreur {
			return Dossier{Exercices: s.list}.Create([]passerelle.Periode{p}).Erreurs
		}
		if rapid.Bool().Draw(t, "move") {
			item := s.moves(t)[0]
			p = item.Periode
			again = func(p passerelle.Periode) []Erreur {
				return Dossier{Exercices: s.list}.Move([]Mouvement{{item.ID, p}}).Erreurs
			}
		}
		followed := p
		for range 4 { // each round follows every date that the errors name
			errs := again(followed)
			if len(errs) == 0 {
				return
			}
			for _, e := range errs {
				switch {
				case e.Suggestion == nil:
					return
				case e.Champ == ChampDebut:
					followed.Debut = *e.Suggestion
				case e.Champ == ChampFin:
					followed.Fin = *e.Suggestion
				}
			}
			if closed := errs[0]; closed.Code == CodeClos {
				return
			}
		}
		t.Fatalf("%v leads to %v, still refused: %v", p, followed, again(followed))
	})
}
