package tableur

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
)

// Codes that a mapping makes of names give way to those that the hub has for the
// same names: a file without codes does not rename what software pushed before.

// Besoins says of which names a mapping makes codes.
type Besoins struct {
	Noms   bool     // of sites, formations, groups …
	Emails []string // of the people whose codes are made, in lower case, each once
	Octets int64    // about how much memory the names take
}

// Rien reports whether the mapping makes no code.
func (b Besoins) Rien() bool { return !b.Noms && len(b.Emails) == 0 }

// connus are the codes that a hub has for the values that one code is made of, as far
// as the file names these.
type connus struct {
	noms map[string]*connu // by what the code is made of
	keys map[string]string // of people: what each code was made of, severally for several
	made map[string]string // keys by the value that they are made of
	all  bool              // names that the file does not have are wanted, too
}

// connu is what one name is known by: all its codes, and those of each context.
type connu struct {
	codes map[string]bool
	here  map[string]map[string]bool
}

const severally = "\x00"

// fait is what the study saw of one code that is made of other fields.
type fait struct {
	f     *bound
	needs []*bound       // what is read for it
	noms  map[string]int // rows by key
}

// key is what is compared of the fields that a code is made of, as Slug compares
// them; "" where nothing tells.
func (f *bound) key(c *passerelle.Contrat) string {
	if f.champ.Usager != passerelle.UsagerAucun && !slices.ContainsFunc(f.from, func(from passerelle.Champ) bool { return from.Kind == passerelle.KindEmail }) {
		return "" // a name alone may be that of two people
	}
	var key strings.Builder
	blank := true
	for i := range f.from {
		v := slugged(&f.from[i], *f.from[i].At(c))
		blank = blank && v == ""
		key.WriteString(v)
		key.WriteByte(0)
	}
	if blank {
		return ""
	}
	return key.String()
}

// contexte tells groups of one name apart: where and when they are.
func contexte(field string, c *passerelle.Contrat) string {
	if field != "codeGroupe" {
		return ""
	}
	return strings.Join([]string{c.NomSite, c.NomFormation, c.NomPeriode, c.NomAnnee}, "\x00")
}

// faits begins the study of the codes that are made.
func (b *Binding) faits() []fait {
	var list []fait
	for i := range b.fields {
		f := &b.fields[i]
		if len(f.from) == 0 {
			continue
		}
		m := fait{f: f, noms: map[string]int{}}
		for k := range b.fields {
			one := &b.fields[k].champ
			place := f.champ.Nom == "codeGroupe" && one.Profil && strings.HasPrefix(one.Nom, "nom")
			if place || slices.ContainsFunc(f.from, func(from passerelle.Champ) bool { return from.Nom == one.Nom }) {
				m.needs = append(m.needs, &b.fields[k])
			}
		}
		list = append(list, m)
	}
	return list
}

func (m *fait) see(b *Binding, row Row) {
	var c passerelle.Contrat
	for _, f := range m.needs {
		*f.champ.At(&c), _, _ = f.read(b, row, &c)
	}
	if key := m.f.key(&c); key != "" {
		m.noms[key+contexte(m.f.champ.Nom, &c)]++
	}
}

// parts takes a key of noms apart: the values, and where the group is.
func (m *fait) parts(key string) (values []string, context string) {
	all := strings.SplitN(key, "\x00", len(m.f.from)+1)
	return all[:len(m.f.from)], all[len(m.f.from)]
}

// Besoins reads the table once and says of which names codes are made.
func (b *Binding) Besoins(t *Table) (Besoins, error) {
	if err := b.Etudier(t); err != nil {
		return Besoins{}, err
	}
	return b.besoins(), nil
}

// besoins says of which names codes are made, after a study.
func (b *Binding) besoins() (needs Besoins) {
	mails := map[string]bool{}
	for i := range b.study.faits {
		m := &b.study.faits[i]
		if m.f.champ.Usager == passerelle.UsagerAucun {
			needs.Noms = needs.Noms || len(m.noms) > 0
		}
		for key := range m.noms {
			needs.Octets += int64(len(key)) + 64
			values, _ := m.parts(key)
			for k, champ := range m.f.from {
				if champ.Kind == passerelle.KindEmail && values[k] != "" {
					mails[values[k]] = true
				}
			}
		}
	}
	needs.Emails = slices.Sorted(maps.Keys(mails))
	return needs
}

// Connaitre takes the codes of active contracts of the hub, or of parts of them, for
// the names that they stand beside. each calls its argument with them.
func (b *Binding) Connaitre(each func(yield func(*passerelle.Contrat)) error) error {
	for i := range b.fields {
		if f := &b.fields[i]; len(f.from) > 0 {
			f.known = &connus{noms: map[string]*connu{}, keys: map[string]string{}, made: map[string]string{}}
		}
	}
	for i := range b.study.faits {
		m := &b.study.faits[i]
		// The study saw codes with the .0 that is taken from them since.
		m.f.known.all = slices.ContainsFunc(m.needs, func(f *bound) bool { return f.zeros })
		for name := range m.noms {
			_, context := m.parts(name)
			m.f.known.name(strings.TrimSuffix(name, context))
		}
	}
	if err := each(b.connait); err != nil {
		return err
	}
	b.study.remarks = slices.DeleteFunc(b.study.remarks, func(e CellError) bool { return e.Code == CodeKnown })
	b.study.remarks = append(b.study.remarks, b.known()...)
	return nil
}

func (b *Binding) connait(c *passerelle.Contrat) {
	for i := range b.fields {
		f := &b.fields[i]
		code := ""
		if f.known != nil {
			code = *f.champ.At(c)
		}
		if code == "" {
			continue
		}
		key := f.knownKey(c)
		if key == "" {
			continue
		}
		if f.champ.Usager != passerelle.UsagerAucun {
			if before, ok := f.known.keys[code]; ok && before != key {
				f.known.keys[code] = severally // two people of one code stay no example
			} else {
				f.known.keys[code] = key
			}
		}
		k := f.known.noms[key]
		if k == nil && f.known.all {
			k = f.known.name(key)
		}
		if k != nil {
			k.codes[code] = true
			context := contexte(f.champ.Nom, c)
			if k.here[context] == nil {
				k.here[context] = map[string]bool{}
			}
			k.here[context][code] = true
		}
	}
}

// name has what is known of a name remembered.
func (k *connus) name(key string) *connu {
	if k.noms[key] == nil {
		k.noms[key] = &connu{codes: map[string]bool{}, here: map[string]map[string]bool{}}
	}
	return k.noms[key]
}

// knownKey is key for contracts of the hub, many of which are of one site or formation.
func (f *bound) knownKey(c *passerelle.Contrat) string {
	if f.champ.Usager != passerelle.UsagerAucun || len(f.from) != 1 {
		return f.key(c)
	}
	value := *f.from[0].At(c)
	key, ok := f.known.made[value]
	if !ok {
		key = f.key(c)
		f.known.made[value] = key
	}
	return key
}

// alone returns the one code of a set that is no more than one person's.
func (k *connus) alone(codes map[string]bool) (one string, several bool) {
	for code := range codes {
		if k.keys[code] == severally {
			continue
		}
		if one != "" {
			return "", true
		}
		one = code
	}
	return one, false
}

// knownCode returns the code that the hub has for a key, "" for none; several where
// it has more than one.
func (f *bound) knownCode(key, here string) (code string, several []string) {
	if f.known == nil || f.known.noms[key] == nil {
		return "", nil
	}
	k := f.known.noms[key]
	one, more := f.known.alone(k.codes)
	if !more {
		return one, nil
	}
	if one, _ = f.known.alone(k.here[here]); one != "" {
		return one, nil
	}
	for code := range k.codes {
		if f.known.keys[code] != severally {
			several = append(several, code)
		}
	}
	slices.Sort(several)
	return "", several
}

// make returns the code that is made of other fields: that of the translations, else
// the one that the hub has for them, else a new one.
func (f *bound) make(b *Binding, row Row, c *passerelle.Contrat) (code string, found *CellError) {
	values := make([]string, len(f.from))
	for i, champ := range f.from {
		values[i] = *champ.At(c)
	}
	known, several := f.knownCode(f.key(c), contexte(f.champ.Nom, c))
	made := ""
	if known == "" || f.translations != nil { // it is what translations speak of
		made = Slug(f.champ.Nom, f.from, values)
	}
	if f.translations != nil {
		if to, ok := f.translations[translationKey(made)]; ok && to != "" {
			return to, nil
		}
	}
	switch {
	case known != "":
		return known, nil
	case len(several) > 0:
		var at Column
		if columns := b.Sources(f.champ.Nom); len(columns) > 0 {
			at = columns[0]
		}
		return made, fault(f.champ, at, row, strings.Join(values, " "), passerelle.CodeValue, fmt.Sprintf(
			"a %d codes dans le hub (%s) : ajoutez au fichier la colonne du code, ou dites dans la matrice lequel est le bon, par une traduction de « %s » dans le champ %s",
			len(several), strings.Join(several[:min(len(several), 5)], ", "), made, f.champ.Nom))
	}
	if made == "" {
		return f.source.Defaut, nil
	}
	return made, nil
}

// known says which codes are those of the hub.
func (b *Binding) known() []CellError {
	var list []CellError
	for i := range b.study.faits {
		m := &b.study.faits[i]
		codes := map[string]bool{}
		rows := 0
		for key, count := range m.noms {
			values, context := m.parts(key)
			code, _ := m.f.knownCode(strings.TrimSuffix(key, context), context)
			if code == "" {
				continue
			}
			if m.f.translations != nil || looksMade(code) { // else nothing made is like it
				made := Slug(m.f.champ.Nom, m.f.from, values)
				if _, translated := m.f.translations[translationKey(made)]; code == made || translated {
					continue
				}
			}
			codes[code] = true
			rows += count
		}
		if rows == 0 {
			continue
		}
		names := slices.Sorted(maps.Keys(codes))
		if len(names) > 6 {
			names = append(names[:6], "…")
		}
		list = append(list, CellError{Field: m.f.champ.Nom, Code: CodeKnown, Message: fmt.Sprintf("%s : %s d’après le nom, parce que le hub connaît ce nom sous ce code (%s).",
			m.f.champ.Libelle, plural(rows, "ligne reçoit son code", "lignes reçoivent leur code"), strings.Join(names, ", "))})
	}
	return list
}
