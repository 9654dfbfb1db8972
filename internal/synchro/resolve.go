package synchro

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// Plan is what a push changes.
type Plan struct {
	Ajoutes    []int    // positions in Push.Entrees of contracts that were not active
	Modifies   []int    // of active ones that say something else now
	Identiques int      // contracts of the push that change nothing
	Archives   []string // codes of active contracts that leave, in order
	Restent    int      // for a full push: active contracts that stay, as they are or changed
	Inconnus   []string // codes that a delta removes and that are not active

	refuses  *refusals
	kept     map[string]bool        // active contracts that keep their last valid version
	Warnings []passerelle.Violation // at most MaxViolations
	// Etat is what the contracts say together once the push is applied. For a
	// delta it knows the people and profils that the delta touches.
	Etat *regles.Etat
}

// Unchanged is the plan of a full push of so many contracts that changes nothing, with
// these warnings.
func Unchanged(contrats int, warnings []passerelle.Violation) *Plan {
	return &Plan{Identiques: contrats, Restent: contrats, refuses: newRefusals(), Warnings: slices.Clone(warnings)}
}

// Known is what the database says about the contracts before a push.
type Known struct {
	// Actif reports whether a contract is active, and its hash.
	Actif func(code string) (document.Hash, bool)
	// Codes are the codes of all active contracts; needed for a full push only. Nil
	// where nobody asks which contracts leave: Restent says how many stay.
	Codes func(yield func(string) bool)
	// Partage says who may share an address, "" for nobody. Base's state must, too.
	Partage domaine.EmailsPartages
	// Base returns what the active contracts say that the push leaves alone
	// whatever happens: nothing for a full push.
	Base func() *regles.Etat
	// Faits returns what active contracts say, for those that keep their last
	// valid version. Nil where a push with an invalid contract is refused whole.
	Faits func(codes []string) ([]regles.Faits, error)
	// Apprentis passes the contracts that are active before the push of apprentices
	// named by their user codes, each with its document, which is valid during the
	// call only. Nil where nobody looks for those that overlap.
	Apprentis func(apprenants map[string]bool, yield func(contrat, apprenant string, doc []byte) error) error
}

// Valid reports whether the contract at position i was accepted.
func (pl *Plan) Valid(i int) bool { return pl.refuses.counts[i] == 0 }

// Refuses returns how many contracts were refused.
func (pl *Plan) Refuses() int { return pl.refuses.contrats }

// ViolationsTotal returns how many violations there are.
func (pl *Plan) ViolationsTotal() int { return pl.refuses.total }

// Violations returns what is wrong with the contract at position i, nothing where
// MaxViolations come before it.
func (pl *Plan) Violations(i int) []passerelle.Violation { return pl.refuses.kept[i] }

// EachRefused calls yield for each refused contract in the order of the push, with
// its Violations.
func (pl *Plan) EachRefused(yield func(i int, violations []passerelle.Violation) bool) {
	for i, n := range pl.refuses.counts {
		if n > 0 && !yield(i, pl.refuses.kept[i]) {
			return
		}
	}
}

// warn keeps a warning, if there is room in an answer.
func (pl *Plan) warn(v passerelle.Violation) {
	if len(pl.Warnings) < MaxViolations {
		pl.Warnings = append(pl.Warnings, v)
	}
}

// Changed reports whether applying the plan changes any contract.
func (pl *Plan) Changed() bool {
	return len(pl.Ajoutes)+len(pl.Modifies)+len(pl.Archives) > 0
}

// resolver works out a Plan.
type resolver struct {
	push     *Push
	known    Known
	plan     *Plan
	kept     map[string]bool // active contracts that keep their last valid version
	keptList []regles.Faits
	changes  []bool // by position: valid by itself, and not what is active; see fair
}

// Resolve holds a push against what is known (design 4 and 9, v2). Where
// contracts are refused one by one, a contract that is refused keeps its active
// version, if it has one, and what that version says stands too (see fair).
func Resolve(p *Push, known Known) (*Plan, error) {
	r := &resolver{push: p, known: known, kept: map[string]bool{}, plan: &Plan{}}
	p.Share(cmp.Or(known.Partage, domaine.EmailsAucun))
	r.start()
	if err := r.keepOwn(); err != nil {
		return nil, err
	}
	r.plan.Etat = r.base()
	if !r.greedy() {
		r.start()
		if err := r.fair(); err != nil {
			return nil, err
		}
	}
	r.compare()
	r.archive()
	return r.plan, r.contradictions()
}

// start makes the plan what the push is by itself.
func (r *resolver) start() {
	r.plan.refuses, r.plan.Warnings = r.push.own.clone(), slices.Clone(r.push.Warnings)
}

// base returns what stands before the first contract of the push.
func (r *resolver) base() *regles.Etat {
	etat := r.known.Base()
	for i := range r.keptList {
		etat.Add(&r.keptList[i])
	}
	return etat
}

// keepOwn keeps the active versions of contracts that break a rule by
// themselves. A delta has them in its base already.
func (r *resolver) keepOwn() error {
	if r.known.Faits == nil {
		return nil
	}
	var codes []string
	for i := range r.push.Entrees {
		if r.push.Entrees[i].bad {
			codes = append(codes, r.keep(r.push.Entrees[i].Code())...)
		}
	}
	if r.push.Delta || len(codes) == 0 {
		return nil
	}
	faits, err := r.load(codes)
	r.keptList = append(r.keptList, faits...)
	return err
}

// keep marks a refused contract's active version as staying, and returns its
// code the first time.
func (r *resolver) keep(code string) []string {
	if code == "" || r.kept[code] {
		return nil
	}
	// A code sent twice: the first one stands, the second is refused.
	if first, ok := r.push.byCode[code]; ok && r.plan.Valid(first) {
		return nil
	}
	if _, active := r.known.Actif(code); !active {
		return nil
	}
	r.kept[code] = true
	return []string{code}
}

func (r *resolver) load(codes []string) ([]regles.Faits, error) {
	slices.Sort(codes)
	faits, err := r.known.Faits(codes)
	if err != nil {
		return nil, err
	}
	// One interner for all: Etat compares by pointer.
	for i := range faits {
		faits[i] = r.push.interner.Adopt(faits[i])
	}
	return faits, nil
}

// greedy lets the contracts stand one after the other. A contract that
// contradicts an earlier one is reported, where that refuses the push whole; else
// it stops and returns false.
func (r *resolver) greedy() bool {
	for i := range r.push.Entrees {
		e := &r.push.Entrees[i]
		violations, warnings := r.plan.Etat.Check(&e.Faits)
		if len(violations) > 0 && !e.bad && r.known.Faits != nil {
			return false
		}
		if e.bad || len(violations) > 0 {
			// One that is bad does not stand, but its sender should see everything at
			// once.
			r.report(i, violations)
			continue
		}
		r.stand(i, warnings)
	}
	return true
}

// stand lets a contract stand.
func (r *resolver) stand(i int, warnings []passerelle.Violation) {
	e := &r.push.Entrees[i]
	for _, w := range warnings {
		w.Index = int(e.Index)
		r.plan.warn(w)
	}
	r.plan.Etat.Add(&e.Faits)
}

func (r *resolver) report(i int, violations []passerelle.Violation) {
	for k := range violations {
		violations[k].Index = int(r.push.Entrees[i].Index)
	}
	r.plan.refuses.add(i, violations...)
}

// compare sorts the contracts that stand into new, changed and same.
func (r *resolver) compare() {
	for i := range r.push.Entrees {
		if !r.plan.Valid(i) {
			continue
		}
		e := &r.push.Entrees[i]
		hash, active := r.known.Actif(e.Code())
		switch {
		case !active:
			r.plan.Ajoutes = append(r.plan.Ajoutes, i)
		case hash != e.Hash:
			r.plan.Modifies = append(r.plan.Modifies, i)
		default:
			r.plan.Identiques++
		}
		r.warnDelta(e, active)
	}
}

func (r *resolver) warnDelta(e *Entree, active bool) {
	v := passerelle.Violation{Index: int(e.Index), CodeContrat: e.Code(), Field: "codeContrat"}
	switch {
	case e.Op == Added && active:
		v.Code, v.Message = passerelle.CodeAlreadyKnown, fmt.Sprintf("Le contrat « %s » était déjà connu : il a été mis à jour.", e.Code())
	case e.Op == Updated && !active:
		v.Code, v.Message = passerelle.CodeNotYetKnown, fmt.Sprintf("Le contrat « %s » n’était pas connu : il a été ajouté.", e.Code())
	default:
		return
	}
	r.plan.warn(v)
}

// archive finds the active contracts that leave.
func (r *resolver) archive() {
	sent := func(code string) bool { return r.plan.stands(r.push, code) || r.kept[code] }
	r.plan.kept = r.kept
	if !r.push.Delta {
		r.plan.Restent = r.plan.Identiques + len(r.plan.Modifies)
		for code := range r.kept {
			if i, again := r.push.byCode[code]; !again || !r.plan.Valid(i) {
				r.plan.Restent++
			}
		}
		if r.known.Codes == nil {
			return
		}
		for code := range r.known.Codes {
			if !sent(code) {
				r.plan.Archives = append(r.plan.Archives, code)
			}
		}
		slices.Sort(r.plan.Archives)
		return
	}
	seen := map[string]bool{}
	for _, code := range r.push.Removed {
		if seen[code] {
			continue
		}
		seen[code] = true
		_, active := r.known.Actif(code)
		_, again := r.push.byCode[code]
		switch {
		case again:
			r.plan.warn(passerelle.Violation{
				CodeContrat: code, Field: "codeContrat", Code: passerelle.CodeRemovedAndSent,
				Message: fmt.Sprintf("Le contrat « %s » est à la fois envoyé et retiré : il n’est pas retiré.", code),
			})
		case active:
			r.plan.Archives = append(r.plan.Archives, code)
		default:
			r.plan.Inconnus = append(r.plan.Inconnus, code)
		}
	}
	slices.Sort(r.plan.Archives)
}

// stands reports whether a contract of the push with this code was accepted.
func (pl *Plan) stands(p *Push, code string) bool {
	i, ok := p.byCode[code]
	return ok && pl.Valid(i)
}

// Stays reports whether an active contract is active after a full push.
func (pl *Plan) Stays(p *Push, code string) bool { return pl.stands(p, code) || pl.kept[code] }

// EachViolation passes every violation that is kept with the position of its
// contract, to be completed.
func (pl *Plan) EachViolation(yield func(i int, v *passerelle.Violation)) {
	for i, violations := range pl.refuses.kept {
		for k := range violations {
			yield(i, &violations[k])
		}
	}
}

// DropSelfConflicts removes the violations by which a contract that is refused
// for a reason of its own contradicts its own active version.
func (pl *Plan) DropSelfConflicts(p *Push) {
	for i := range pl.refuses.kept {
		if p.Entrees[i].bad {
			pl.refuses.drop(i, func(v passerelle.Violation) bool {
				return v.ConflictsWith != "" && v.ConflictsWith == p.Entrees[i].Code() && v.Code != passerelle.CodeDuplicateContrat
			})
		}
	}
}
