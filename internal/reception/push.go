package reception

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// ReadFull reads a whole set of contracts, {"contrats":[…]} or a bare array.
// keepSent keeps each contract also as it was sent. The error is a Malformed
// where the body is not such a document, else the reader's own.
func ReadFull(r io.Reader, keepSent bool) (*synchro.Push, error) {
	d := newDecoder(r)
	push := synchro.NewPush(false, keepSent)
	return push, d.finish(push, func() error {
		if d.PeekKind() == '[' {
			return d.contrats(push, synchro.Full)
		}
		found := false
		err := d.object("un objet {\"contrats\":[…]} ou une liste de contrats était attendu", func(name string) error {
			if name != "contrats" {
				return d.SkipValue()
			}
			found = true
			return d.contrats(push, synchro.Full)
		})
		if err == nil && !found {
			return d.malformed(d.InputOffset(), "la propriété « contrats », une liste de contrats, était attendue.")
		}
		return err
	})
}

// ReadChanges reads a delta, {"changes":{"added":[…],"updated":[…],"removed":[…]}}.
func ReadChanges(r io.Reader) (*synchro.Push, error) {
	d := newDecoder(r)
	push := synchro.NewPush(true, true)
	return push, d.finish(push, func() error {
		found := false
		const expected = "un objet {\"changes\":{\"added\":[…],\"updated\":[…],\"removed\":[…]}} était attendu"
		err := d.object(expected, func(name string) error {
			if name != "changes" {
				return d.SkipValue()
			}
			found = true
			return d.object(expected, func(name string) error {
				switch name {
				case "added":
					return d.contrats(push, synchro.Added)
				case "updated":
					return d.contrats(push, synchro.Updated)
				case "removed":
					return d.codes(push)
				}
				return d.malformed(d.InputOffset(), fmt.Sprintf("« %s » n’est pas une partie d’un delta : added, updated ou removed était attendu.", name))
			})
		})
		if err == nil && !found {
			return d.malformed(d.InputOffset(), "la propriété « changes » était attendue.")
		}
		return err
	})
}

// finish runs read, checks that nothing follows and releases push on error.
func (d *decoder) finish(push *synchro.Push, read func() error) error {
	err := read()
	if err == nil {
		d.next()
		if _, end := d.ReadToken(); end != io.EOF {
			err = end
			if err == nil {
				err = d.malformed(d.InputOffset(), "la fin du document était attendue.")
			}
		}
	}
	if err != nil {
		_ = push.Close()
		return d.explain(err)
	}
	return nil
}

// object reads an object and calls member for each of its properties.
func (d *decoder) object(expected string, member func(name string) error) error {
	if kind := d.PeekKind(); kind != '{' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		return d.unexpected(raw, expected+".")
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		d.next()
		token, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := member(token.String()); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// array reads a list and calls element for each raw element.
func (d *decoder) array(element func(index int, raw jsontext.Value) error) error {
	if d.PeekKind() != '[' {
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		return d.unexpected(raw, "une liste [ … ] était attendue.")
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for index := 0; d.PeekKind() != ']'; index++ {
		d.next()
		raw, err := d.ReadValue()
		if err != nil {
			return err
		}
		if err := element(index, raw); err != nil {
			return err
		}
	}
	d.next()
	_, err := d.ReadToken()
	return err
}

func (d *decoder) contrats(push *synchro.Push, op synchro.Op) error {
	var reader contratReader
	return d.array(func(index int, raw jsontext.Value) error {
		return push.Add(reader.read(raw, op, index))
	})
}

func (d *decoder) codes(push *synchro.Push) error {
	return d.array(func(index int, raw jsontext.Value) error {
		code, ok := codeOf(raw)
		if !ok {
			return d.unexpected(raw, fmt.Sprintf("removed, position %d : un code de contrat (chaîne sans caractère nul) était attendu.", index))
		}
		push.Remove(code)
		return nil
	})
}

func codeOf(raw jsontext.Value) (string, bool) {
	switch raw.Kind() {
	case '"':
		text, err := jsontext.AppendUnquote(nil, raw)
		code := string(bytes.TrimSpace(text))
		return code, err == nil && code != "" && strings.IndexByte(code, 0) < 0
	case '0':
		return string(raw), isInteger(raw)
	}
	return "", false
}

// contratReader reads contracts one after the other, into the same memory.
type contratReader struct {
	recu   synchro.Recu
	input  bytes.Reader
	tokens *jsontext.Decoder
	texts  []byte
	spans  [64][2]int
}

// read turns one JSON value into what the rules look at. The value is known to
// be well-formed. The result is valid until the next call.
func (c *contratReader) read(raw jsontext.Value, op synchro.Op, index int) *synchro.Recu {
	c.recu = synchro.Recu{Op: op, Index: index, Sent: raw}
	if raw.Kind() != '{' {
		c.recu.Violations = []passerelle.Violation{{Code: passerelle.CodeType,
			Message: fmt.Sprintf("Un contrat est un objet { … } : %s trouvé à la position %d.", kindName(raw.Kind()), index)}}
		for i := range passerelle.Champs {
			c.recu.Refused.Add(i)
		}
		return &c.recu
	}
	c.input.Reset(raw)
	if c.tokens == nil {
		c.tokens = jsontext.NewDecoder(&c.input)
	}
	// Names and encoding were checked when the value was read.
	c.tokens.Reset(&c.input, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	c.texts = c.texts[:0]
	var sent uint64
	mustRead(c.tokens.ReadToken())
	for c.tokens.PeekKind() == '"' {
		i, ok := c.name(mustRead(c.tokens.ReadValue()))
		value := mustRead(c.tokens.ReadValue())
		if ok && c.value(i, value) {
			sent |= 1 << i
		}
	}
	// All texts share one string: one allocation for a contract.
	texts := string(c.texts)
	for i := range passerelle.Champs {
		if sent&(1<<i) != 0 {
			*passerelle.Champs[i].At(&c.recu.Contrat) = strings.TrimSpace(texts[c.spans[i][0]:c.spans[i][1]])
		}
	}
	return &c.recu
}

// mustRead is for a value that was read as a whole before: it cannot fail.
func mustRead[T any](value T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("reception: a value that was well-formed is not: %v", err))
	}
	return value
}

func (c *contratReader) name(quoted jsontext.Value) (field int, ok bool) {
	inner := quoted[1 : len(quoted)-1]
	if i, ok := passerelle.ChampIndex(inner); ok {
		return i, true
	}
	name := mustRead(jsontext.AppendUnquote(nil, quoted))
	if i, ok := passerelle.ChampIndex(name); ok {
		return i, true
	}
	c.recu.Unknown = append(c.recu.Unknown, string(name))
	return 0, false
}

// value keeps the text of a field and reports whether there is one.
func (c *contratReader) value(i int, value jsontext.Value) bool {
	champ := &passerelle.Champs[i]
	start := len(c.texts)
	switch kind := value.Kind(); {
	case kind == '"':
		c.texts = mustRead(jsontext.AppendUnquote(c.texts, value))
		if bytes.IndexByte(c.texts[start:], 0) >= 0 {
			c.refuse(i, champ.Libelle+" : la valeur contient le caractère nul (\\u0000), retirez-le.")
			return false
		}
	case kind == 'n':
		return false
	case kind == '0' && champ.Kind == passerelle.KindCode && isInteger(value):
		c.texts = append(c.texts, value...)
	default:
		c.refuse(i, fmt.Sprintf("%s : une chaîne entre guillemets était attendue, %s trouvé.", champ.Libelle, kindName(kind)))
		return false
	}
	c.spans[i] = [2]int{start, len(c.texts)}
	return true
}

func (c *contratReader) refuse(i int, message string) {
	c.recu.Refused.Add(i)
	c.recu.Violations = append(c.recu.Violations, passerelle.Violation{Field: passerelle.Champs[i].Nom, Code: passerelle.CodeType, Message: message})
}

// isInteger reports whether a JSON number is written as a plain integer.
func isInteger(number jsontext.Value) bool {
	return len(number) <= 40 && bytes.IndexAny(number, ".eE") < 0
}

func kindName(kind jsontext.Kind) string {
	switch kind {
	case '"':
		return "une chaîne"
	case '0':
		return "un nombre"
	case 't', 'f':
		return "un booléen"
	case 'n':
		return "null"
	case '[':
		return "une liste"
	}
	return "un objet"
}
