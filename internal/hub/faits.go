package hub

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// oldFacts reads what active contracts say, each contract once.
type oldFacts struct {
	ctx       context.Context
	tx        *store.Tx
	organisme int64
	interner  *regles.Interner
	known     map[string]*regles.Faits
}

// of returns the facts of the named active contracts.
func (o *oldFacts) of(codes []string) ([]regles.Faits, error) {
	var missing []string
	for _, code := range codes {
		if o.known[code] == nil {
			missing = append(missing, code)
		}
	}
	err := o.tx.EachDocumentOf(o.ctx, o.organisme, missing, func(doc []byte) error {
		faits, err := faitsOf(o.interner, doc)
		if err != nil {
			return err
		}
		o.known[faits.CodeContrat] = &faits
		return nil
	})
	if err != nil {
		return nil, err
	}
	found := make([]regles.Faits, 0, len(codes))
	for _, code := range codes {
		if faits := o.known[code]; faits != nil {
			found = append(found, *faits)
		}
	}
	return found, nil
}

func faitsOf(interner *regles.Interner, doc []byte) (regles.Faits, error) {
	contrat, err := document.Parse(doc)
	if err != nil {
		return regles.Faits{}, err
	}
	return interner.Faits(&contrat), nil
}

// stand is what the database says the active contracts say together.
type stand struct {
	profils   []store.Profil               // all of them
	personnes map[string]store.PersonneRow // those asked for, by code
}

// standOf reads every profil, and the people with the given codes or e-mails.
func standOf(ctx context.Context, tx *store.Tx, organisme int64, codes, emails []string) (*stand, error) {
	profils, err := tx.Profils(ctx, organisme)
	if err != nil {
		return nil, err
	}
	personnes, err := tx.Personnes(ctx, organisme, codes, emails)
	return &stand{profils, personnes}, err
}

// without returns what stands without the contracts that are leaving, where people
// may share addresses in a way; entreprises are those of maîtres by their codes,
// where it matters.
func (s *stand) without(interner *regles.Interner, leaving []regles.Faits, partage domaine.EmailsPartages, entreprises map[string][]string) func() *regles.Etat {
	rows := maps.Clone(s.personnes)
	fewer := map[*regles.Profil]int{}
	for i := range leaving {
		fewer[leaving[i].Profil]++
		for _, personne := range leaving[i].Personnes {
			if row, ok := rows[personne.Code]; ok {
				row.Effectif--
				rows[personne.Code] = row
			}
		}
	}
	return func() *regles.Etat {
		etat := regles.NewEtatFor(0, partage)
		for i := range s.profils {
			profil := interner.Profil(s.profils[i].Valeurs)
			if effectif := s.profils[i].Effectif - fewer[profil]; effectif > 0 {
				etat.BaseProfil(profil, effectif)
			}
		}
		for _, row := range rows {
			if row.Effectif <= 0 {
				continue
			}
			base := regles.Personne{Role: regles.Role(row.Role), Code: row.Code, Email: row.Email, Nom: row.Nom, Prenom: row.Prenom}
			effectif := row.Effectif
			for _, base.Entreprise = range entreprises[row.Code] {
				etat.BasePersonne(interner.Personne(base), effectif)
				effectif = 0
			}
			if effectif > 0 {
				etat.BasePersonne(interner.Personne(base), effectif)
			}
		}
		return etat
	}
}

// holder is the contract that holds a value, and another one where the first may
// ask for it.
type holder struct {
	contrat, autre string
	complete       bool
}

// nameHolders completes the violations of a delta that contradict a contract
// which the delta does not hold: it finds that contract's code.
func (p *pushing) nameHolders() error {
	holders := map[string]holder{}
	asking := map[string]bool{} // a contract does not contradict itself
	p.eachOpen(func(value, code string, _ *string) { holders[value], asking[code] = holder{}, true })
	if len(holders) == 0 {
		return nil
	}
	missing := len(holders)
	leaving := map[string]bool{}
	for _, i := range p.plan.Modifies {
		leaving[p.push.Entrees[i].Code()] = true
	}
	for _, code := range p.plan.Archives {
		leaving[code] = true
	}
	// Most contracts hold none of the values: they are not taken apart further.
	owners := newOwners(holders)
	interner := regles.NewInterner()
	err := p.eachHolder(holders, leaving, func(doc []byte) error {
		if held, err := owners.in(doc); err != nil || !held {
			return err
		}
		faits, err := faitsOf(interner, doc)
		if err != nil || leaving[faits.CodeContrat] {
			return err
		}
		faits.EachValue(func(value string) {
			found, wanted := holders[value]
			if !wanted || found.complete {
				return
			}
			if found.contrat == "" {
				found.contrat = faits.CodeContrat
				found.complete = !asking[found.contrat]
			} else {
				found.autre, found.complete = faits.CodeContrat, true
			}
			if found.complete {
				missing--
			}
			holders[value] = found
		})
		if missing == 0 {
			return errAllNamed
		}
		return nil
	})
	if err != nil && !errors.Is(err, errAllNamed) {
		return err
	}
	p.eachOpen(func(value, code string, conflictsWith *string) {
		found := holders[value]
		if *conflictsWith = found.contrat; found.contrat == code && found.autre != "" {
			*conflictsWith = found.autre
		}
	})
	p.plan.DropSelfConflicts(p.push)
	return nil
}

// errAllNamed ends a reading early.
var errAllNamed = errors.New("all holders are named")

// owners finds the contracts that hold one of some values, as EachValue says them.
type owners struct {
	picker *document.Picker
	wanted []map[string]bool // by field of the picker
	emails []bool            // those that are compared in lower case
}

func newOwners(values map[string]holder) *owners {
	byField := map[string]map[string]bool{}
	want := func(field, value string) {
		if byField[field] == nil {
			byField[field] = map[string]bool{}
		}
		byField[field][value] = true
	}
	for marked := range values {
		for _, field := range regles.ValueFields(marked) {
			_, value, _ := strings.Cut(marked, ":")
			want(field, value)
		}
	}
	fields := slices.Sorted(maps.Keys(byField))
	h := &owners{picker: document.NewPicker(fields...)}
	for _, field := range fields {
		h.wanted = append(h.wanted, byField[field])
		h.emails = append(h.emails, strings.HasPrefix(field, "email"))
	}
	return h
}

// in reports whether a stored contract holds one of the values.
func (h *owners) in(doc []byte) (bool, error) {
	picked, err := h.picker.Pick(doc)
	if err != nil {
		return false, err
	}
	for i, value := range picked {
		if h.wanted[i][string(value)] || h.emails[i] && h.wanted[i][strings.ToLower(string(value))] {
			return true, nil
		}
	}
	return false, nil
}

// eachOpen passes the value, the contract and the place of the answer for each
// violation or warning that contradicts a contract which is not named yet.
func (p *pushing) eachOpen(yield func(value, code string, conflictsWith *string)) {
	byCode := map[string]*regles.Faits{}
	p.plan.EachViolation(func(i int, v *passerelle.Violation) {
		if v.ConflictsWith == regles.Unnamed {
			yield(regles.SharedValue(&p.push.Entrees[i].Faits, v), v.CodeContrat, &v.ConflictsWith)
		}
	})
	for i := range p.push.Entrees {
		if !p.push.Bad(i) { // a bad one deserves no warning, and may have another's code
			byCode[p.push.Entrees[i].Code()] = &p.push.Entrees[i].Faits
		}
	}
	for i := range p.plan.Warnings {
		w := &p.plan.Warnings[i]
		if faits := byCode[w.CodeContrat]; faits != nil && w.ConflictsWith == regles.Unnamed {
			yield(regles.SharedValue(faits, w), w.CodeContrat, &w.ConflictsWith)
		}
	}
}
