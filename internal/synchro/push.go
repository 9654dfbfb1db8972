// Package synchro says what a push changes: the contracts that arrived, held
// against those that are active, give what is added, changed, archived and
// refused. It is pure but for the temporary file that keeps a large push.
package synchro

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/regles"
)

// Op is how a contract was sent.
type Op uint8

// The ways.
const (
	Full    Op = iota // in the whole set
	Added             // in the added of a delta
	Updated           // in the updated of a delta
	Merged            // in a set that archives nobody, known or not
)

// Entree is one contract of a push.
type Entree struct {
	Faits regles.Faits
	Hash  document.Hash
	Index int32 // position in the array sent
	Op    Op
	bad   bool // broke a rule by itself
	alike bool // two of its people have one address (see Share)

	at     int64 // where it is in the spool, as a database keeps it
	length int32 // of that
	sent   int32 // length of the contract as it was sent, right behind; 0 where that says the same
}

// Code returns the contract's code, "" where it has no usable one.
func (e *Entree) Code() string { return e.Faits.CodeContrat }

// Push is what arrived: contracts in their order, with what is wrong with each
// by itself. Close it when it is stored.
type Push struct {
	Entrees  []Entree
	Removed  []string // the codes that a delta removes
	Delta    bool
	own      *refusals
	Warnings []passerelle.Violation

	keepSent bool
	partage  domaine.EmailsPartages // "" until Share
	room     Room
	unknown  map[string]bool
	byCode   map[string]int
	interner *regles.Interner
	beside   map[*regles.Profil]*document.Profil // what stands beside the contracts that have a profil
	spool    spool
	buffer   []byte
	kept     []byte
	found    []passerelle.Violation
}

// NewPush returns an empty push. keepSent keeps each contract also as it was
// sent, for answers that give invalid ones back. Without a room nothing bounds it.
func NewPush(delta, keepSent bool, room Room) *Push {
	if room == nil {
		room = unbounded{}
	}
	return &Push{
		Delta: delta, keepSent: keepSent, room: room,
		own: newRefusals(), unknown: map[string]bool{}, byCode: map[string]int{},
		interner: regles.NewInterner(), beside: map[*regles.Profil]*document.Profil{},
	}
}

// Close releases the temporary file and the memory.
func (p *Push) Close() error {
	p.room.Close()
	return p.spool.close()
}

// Recu is one contract as it arrives, before the rules have seen it.
type Recu struct {
	Contrat passerelle.Contrat
	Op      Op
	Index   int
	// Refused are the fields whose values were not taken over; Violations says
	// why.
	Refused    regles.Set
	Violations []passerelle.Violation
	Unknown    []string // properties that the contract object does not have
	Sent       []byte   // the JSON value that was sent
}

// Add checks a contract by itself and keeps it. It copies what it needs. It
// returns the error of its room where there is none for the contract.
func (p *Push) Add(r *Recu) error {
	position := len(p.Entrees)
	if err := p.room.Contrat(position + len(p.Removed)); err != nil {
		return err
	}
	before := p.interner.Size()
	refused, violations := tidy(&r.Contrat, r.Refused, append(p.found[:0], r.Violations...))
	violations = regles.AppendVerify(violations, &r.Contrat, refused)
	entree := Entree{Op: r.Op, Index: int32(r.Index), Faits: p.interner.Faits(withoutTooLong(&r.Contrat, violations))}
	code := entree.Code()
	violations = append(violations, regles.Within(&entree.Faits)...)
	if code != "" {
		if first, twice := p.byCode[code]; twice {
			violations = append(violations, passerelle.Violation{
				Field: "codeContrat", Code: passerelle.CodeDuplicateContrat, ConflictsWith: code,
				Message: fmt.Sprintf("Le contrat « %s » est déjà à la position %d de l’envoi : un contrat n’y figure qu’une fois.", code, p.Entrees[first].Index),
			})
		} else {
			p.byCode[code] = position
		}
	}
	for _, name := range r.Unknown {
		p.warnUnknown(name, code, r.Index)
	}
	p.own.next()
	entree.alike = len(regles.WithinEmails(&entree.Faits)) > 0
	if len(violations) > 0 {
		entree.bad = true
		for i := range violations {
			violations[i].Index, violations[i].CodeContrat = r.Index, code
		}
		p.own.add(position, violations...)
	} else {
		p.unlikely(&r.Contrat, code, r.Index)
	}
	p.found = violations
	beside, size, err := p.besides(entree.Faits.Profil)
	if err != nil {
		return err
	}
	if err := p.room.Grow(perBeside*size + p.cost(entree.bad, p.interner.Size()-before, int64(len(p.kept)+len(r.Sent)))); err != nil {
		return err
	}
	if p.buffer, p.kept, err = document.AppendBoth(p.buffer[:0], p.kept[:0], &r.Contrat, code, beside); err != nil {
		return err
	}
	entree.Hash = document.HashOf(p.buffer)
	kept, err := p.spool.write(p.kept)
	if err != nil {
		return err
	}
	entree.at, entree.length = kept.offset, kept.length
	if p.keepSent && string(r.Sent) != string(p.buffer) {
		sent, err := p.spool.write(r.Sent)
		if err != nil {
			return err
		}
		entree.sent = sent.length
	}
	if len(p.Entrees) == cap(p.Entrees) {
		p.Entrees = slices.Grow(p.Entrees, max(16, min(len(p.Entrees), 64<<10+len(p.Entrees)/4)))
	}
	p.Entrees = append(p.Entrees, entree)
	return nil
}

// maxUnknown bounds how many misspelt names are reported.
const maxUnknown = 100

func (p *Push) warnUnknown(name, code string, index int) {
	if p.unknown[name] || len(p.unknown) >= maxUnknown {
		return
	}
	name = strings.Clone(name)
	p.unknown[name] = true
	shown := printable(name)
	p.Warnings = append(p.Warnings, passerelle.Violation{
		Index: index, CodeContrat: code, Field: shown, Code: passerelle.CodeUnknownField,
		Message: fmt.Sprintf("La propriété « %s » n’existe pas dans un contrat, elle est ignorée : vérifiez son orthographe.", shown),
	})
}

// printable returns a name that is short and can be stored and shown: control
// characters, among them the null character, become "�".
func printable(name string) string {
	const limit = 100 // bytes
	if len(name) > limit {
		name = strings.ToValidUTF8(name[:limit], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, name)
}

// KeepsSent reports whether each contract is kept also as it was sent.
func (p *Push) KeepsSent() bool { return p.keepSent }

// Remove notes that a delta removes a contract. Its errors are those of Add.
func (p *Push) Remove(code string) error {
	if err := p.room.Contrat(len(p.Entrees) + len(p.Removed)); err != nil {
		return err
	}
	p.Removed = append(p.Removed, strings.Clone(tidyCode(code)))
	return p.room.Grow(perActif + int64(len(code)))
}

// besides returns what stands beside the contracts that have a profil, and how many bytes
// it takes where it was not seen before.
func (p *Push) besides(profil *regles.Profil) (beside *document.Profil, size int64, err error) {
	if known := p.beside[profil]; known != nil {
		return known, 0, nil
	}
	if beside, err = document.NewProfil(profil.Textes(), [16]byte{}); err != nil {
		return nil, 0, err
	}
	p.beside[profil] = beside
	return beside, beside.Size(), nil
}

// Kept returns contract i as a database keeps it, in buf where it fits; its profil has no
// key.
func (p *Push) Kept(i int, buf []byte) (document.Kept, error) {
	e := &p.Entrees[i]
	valeurs, err := p.spool.read(span{e.at, e.length}, buf)
	return document.Kept{Valeurs: valeurs, Code: []byte(e.Code()), Profil: p.beside[e.Faits.Profil]}, err
}

// Document returns the document of contract i, in buf where it fits.
func (p *Push) Document(i int, buf []byte) ([]byte, error) {
	kept, err := p.Kept(i, nil)
	if err != nil {
		return nil, err
	}
	return kept.AppendJSON(buf[:0])
}

// EachDocument passes the documents of contracts, which hold until the next one.
func (p *Push) EachDocument(positions iter.Seq[int], yield func(doc []byte) error) error {
	var buf []byte
	for i := range positions {
		doc, err := p.Document(i, buf)
		if err != nil {
			return err
		}
		if cap(doc) > cap(buf) {
			buf = doc
		}
		if err := yield(doc); err != nil {
			return err
		}
	}
	return nil
}

// Sent returns contract i as it was sent, in buf where it fits.
func (p *Push) Sent(i int, buf []byte) ([]byte, error) {
	e := &p.Entrees[i]
	if e.sent == 0 {
		return p.Document(i, buf)
	}
	return p.spool.read(span{e.at + int64(e.length), e.sent}, buf)
}

// Codes returns the codes of the contracts that the push names, those of Removed
// included, each once.
func (p *Push) Codes() []string {
	seen := make(map[string]bool, len(p.Entrees)+len(p.Removed))
	codes := make([]string, 0, len(p.Entrees)+len(p.Removed))
	add := func(code string) {
		if code != "" && !seen[code] {
			seen[code] = true
			codes = append(codes, code)
		}
	}
	for i := range p.Entrees {
		add(p.Entrees[i].Code())
	}
	for _, code := range p.Removed {
		add(code)
	}
	return codes
}

// Interner is the one that the contracts' facts come from.
func (p *Push) Interner() *regles.Interner { return p.interner }

// Bad reports whether the contract at position i broke a rule by itself.
func (p *Push) Bad(i int) bool { return p.Entrees[i].bad }

// Share says how the addresses of people may be shared, which decides what becomes
// of contracts that give one to two of their people. What is said first counts.
func (p *Push) Share(partage domaine.EmailsPartages) {
	if p.partage != "" {
		return
	}
	p.partage = partage
	for i := range p.Entrees {
		e := &p.Entrees[i]
		if !e.alike {
			continue
		}
		found := regles.WithinEmails(&e.Faits)
		for k := range found {
			found[k].Index = int(e.Index)
		}
		if partage == domaine.EmailsTous {
			p.Warnings = append(p.Warnings, found[:min(len(found), MaxViolations-len(p.Warnings))]...)
			continue
		}
		e.bad = true
		p.own.add(i, found...)
	}
}
