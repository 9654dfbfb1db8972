package tra

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// target is what a code refers to.
type target uint8

const (
	toGeneral target = iota
	toAuxiliaire
	toSection
	toJournal
)

// refKey is a code as it stands in its columns: the code, left-aligned, and for a
// section its axe (blank: any axe).
type refKey struct {
	to   target
	axe  [2]byte
	code [17]byte
}

const (
	maxDeclared = 1 << 20 // accounts, sections and journals kept for the cross references
	maxPending  = 10_000  // codes used but not declared (yet)
)

// references knows what a file declares and what it uses.
type references struct {
	out      *findings
	declared map[refKey]bool // true: a collective account
	pending  map[refKey]*pending
	partial  bool
}

type pending struct {
	first Finding
	uses  int
}

func (r *references) init(out *findings) {
	r.out, r.declared, r.pending = out, map[refKey]bool{}, map[refKey]*pending{}
}

func keyOf(to target, v []byte) (k refKey) {
	k.to = to
	k.axe = [2]byte{' ', ' '}
	if len(v) == len(k.code) && v[0] != ' ' {
		k.code = [17]byte(v)
		return k
	}
	n := copy(k.code[:], trim(v))
	for ; n < len(k.code); n++ {
		k.code[n] = ' '
	}
	return k
}

// declare notes a code; a second declaration is a finding.
func (r *references) declare(k refKey, collective bool, rec *Record, f *Field) {
	if _, again := r.declared[k]; again {
		r.out.Add(ruleDouble, at(rec, f), "« %s » est déjà déclaré : une seule ligne %s par code.", clean(k.code[:]), rec.ID)
		return
	}
	if len(r.declared) >= maxDeclared {
		r.tooMany()
		return
	}
	r.declared[k] = collective
}

// use checks a code at its field; a code that is not declared yet is settled at the
// end of the file.
func (r *references) use(k refKey, rec *Record, f *Field) (collective, ok bool) {
	if collective, ok = r.declared[k]; ok {
		return collective, ok
	}
	if p := r.pending[k]; p != nil {
		p.uses++
	} else if len(r.pending) < maxPending {
		r.pending[k] = &pending{first: at(rec, f), uses: 1}
	} else {
		r.tooMany()
	}
	return false, false
}

func (r *references) tooMany() {
	if !r.partial {
		r.partial = true
		r.out.Add(ruleTrop, Finding{}, "Le fichier déclare ou utilise trop de codes : au-delà de %d codes déclarés et %d codes inconnus, les contrôles croisés sont partiels.", maxDeclared, maxPending)
	}
}

var targetRules = [...]struct {
	rule       *Rule
	what, with string
}{
	toGeneral:    {ruleCompte, "Le compte général", "CGN"},
	toAuxiliaire: {ruleAuxiliaire, "Le compte auxiliaire", "CAE"},
	toSection:    {ruleSection, "La section", "SAT ou NSA"},
	toJournal:    {ruleJournal, "Le journal", "JAL"},
}

// finish reports what stayed undeclared. A complete dossier declares everything, a
// file of journals at least its journals; other codes may exist in the target.
func (r *references) finish(kind string) {
	keys := slices.SortedFunc(maps.Keys(r.pending), func(a, b refKey) int {
		p, q := r.pending[a].first, r.pending[b].first
		return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
	})
	for _, k := range keys {
		p := r.pending[k]
		if _, ok := r.declared[k]; ok {
			continue
		}
		t := targetRules[k.to]
		rule, ending := t.rule, "ajoutez-le."
		if kind != "DOS" {
			rule, ending = ruleHorsFich, "ce code doit exister dans le dossier de destination."
		}
		axe := ""
		if k.axe[0] != ' ' {
			axe = " (axe " + clean(k.axe[:]) + ")"
		}
		r.out.Add(rule, p.first, "%s « %s »%s n’a pas d’enregistrement %s (%s) : %s", t.what, clean(k.code[:]), axe, t.with, times(p.uses), ending)
	}
}

func times(n int) string {
	if n == 1 {
		return "1 utilisation"
	}
	return strconv.Itoa(n) + " utilisations"
}

// parameterRefs are the fields of parameters that name an account, a section or a
// journal. Entries have theirs in entry.
var parameterRefs = map[target][]string{
	toGeneral: {
		"PS2.GENATTEND", "PS3.CPTBIL", "PS3.CPTRES", "PS3.CPTBEN", "PS3.CPTPER", "PS3.CLIDEFAUT", "PS3.FOUDEFAUT",
		"PS3.SALDEFAUT", "PS3.DEBDEFAUT", "PS3.CREDEFAUT", "PS3.DIVDEFAUT", "PS5.CPTECCD", "PS5.CPTECCC", "MDP.GENERAL",
		"DEV.CPTLETTRED", "DEV.CPTLETTREC", "DEV.CPTDEVD", "DEV.CPTDEVC", "TVA.CPTTVAACHATD", "TVA.CPTTVAVENTED",
		"TVA.CPTTVAACHATE", "TVA.CPTTVAVENTEE", "CGN.CUTOFFCOMPTE", "CAE.COLLECTIF", "JAL.COMPTE", "GED.GENERAL",
		"ECRVT.GENERAL", "EXB.GENERAL", "EXL.GENERAL", "BAP.GENERAL", "SPA.GENERALATTENTE", "MDT.GENERAL",
	},
	toAuxiliaire: {
		"PS2.CLIATTEND", "PS2.FOUATTEND", "PS2.SALATTEND", "PS2.DIVTATTEND", "CAE.PAYEUR", "JAL.CONTREPARTIEAUX",
		"RIB.AUXILIAIRE", "EXB.AUXILIAIRE", "EXL.AUXILIAIRE", "YTC.AUXILIAIRE", "SDM.AUXILIAIRE", "MDT.AUXILIAIRE",
	},
	toSection: {
		"PS2.SECT1ATTEND", "PS2.SECT2ATTEND", "PS2.SECT3ATTEND", "PS2.SECT4ATTEND", "PS2.SECT5ATTEND",
		"VEN.SECTION", "SPA.SECTIONATTENTE",
	},
	toJournal: {
		"PS3.JALOUVRE", "PS3.JALFERME", "PS3.JALBAL", "PS5.JALECC", "GED.JOURNAL", "ECRVT.JOURNAL", "BAP.JOURNAL",
	},
}

type fieldRef struct {
	field *Field
	to    target
	axe   [2]byte
}

var refsOf = map[*Layout][]fieldRef{}

func initRefs() {
	for to, names := range parameterRefs {
		for _, name := range names {
			id, field, _ := strings.Cut(name, ".")
			l := layoutOf[id]
			ref := fieldRef{l.Field(field), to, [2]byte{' ', ' '}}
			if ref.field == nil {
				panic("tra: no field " + name)
			}
			if id == "PS2" && to == toSection {
				ref.axe = [2]byte{'A', field[len("SECT")]}
			}
			refsOf[l] = append(refsOf[l], ref)
		}
	}
}

// references checks the codes that a parameter names.
func (c *Checker) references(rec *Record, l *Layout, cols []byte) {
	for _, ref := range refsOf[l] {
		v := cols[ref.field.start:ref.field.end]
		if isBlank(v) {
			continue
		}
		k := keyOf(ref.to, v)
		k.axe = ref.axe
		c.refs.use(k, rec, ref.field)
	}
}
