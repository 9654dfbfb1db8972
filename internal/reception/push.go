package reception

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// ReadFull reads a whole set of contracts, {"contrats":[…]} or a bare array.
// keepSent keeps each contract also as it was sent. The error is a Malformed
// where the body is not such a document, an error of the room, else the reader's own.
func ReadFull(r io.Reader, keepSent bool, room synchro.Room) (*synchro.Push, error) {
	return readSet(r, synchro.NewPush(false, keepSent, room), synchro.Full, room)
}

func readSet(r io.Reader, push *synchro.Push, op synchro.Op, room synchro.Room) (*synchro.Push, error) {
	d := newDecoder(r, room)
	return push, d.finish(push, func() error {
		if d.PeekKind() == '[' {
			return d.contrats(push, op)
		}
		found := false
		err := d.object("un objet {\"contrats\":[…]} ou une liste de contrats était attendu", func(name string, _ jsontext.Value) error {
			if name != "contrats" {
				return d.SkipValue()
			}
			found = true
			return d.contrats(push, op)
		})
		if err == nil && !found {
			return d.malformed(d.InputOffset(), "la propriété « contrats », une liste de contrats, était attendue.")
		}
		return err
	})
}

// ReadMerged reads a set of contracts, written as ReadFull reads it, that archives
// nobody: they are added, or take the place of those that are there.
func ReadMerged(r io.Reader, keepSent bool, room synchro.Room) (*synchro.Push, error) {
	return readSet(r, synchro.NewPush(true, keepSent, room), synchro.Merged, room)
}

// ReadChanges reads a delta, {"changes":{"added":[…],"updated":[…],"removed":[…]}}.
func ReadChanges(r io.Reader, room synchro.Room) (*synchro.Push, error) {
	d := newDecoder(r, room)
	push := synchro.NewPush(true, true, room)
	return push, d.finish(push, func() error {
		found := false
		const expected = "un objet {\"changes\":{\"added\":[…],\"updated\":[…],\"removed\":[…]}} était attendu"
		err := d.object(expected, func(name string, _ jsontext.Value) error {
			if name != "changes" {
				return d.SkipValue()
			}
			found = true
			return d.object(expected, func(name string, raw jsontext.Value) error {
				switch name {
				case "added":
					return d.contrats(push, synchro.Added)
				case "updated":
					return d.contrats(push, synchro.Updated)
				case "removed":
					return d.codes(push)
				}
				return d.unexpected(raw, fmt.Sprintf("« %.50s » n’est pas une partie d’un delta : added, updated ou removed était attendu.", name))
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
		err = d.end()
	}
	if err != nil {
		_ = push.Close()
		return d.explain(err)
	}
	return nil
}

// end checks that nothing follows the document.
func (d *decoder) end() error {
	d.next()
	raw, err := d.ReadValue()
	switch {
	case err == nil:
		return d.unexpected(raw, "la fin du document était attendue.")
	case err == io.EOF:
		return nil
	}
	var syntactic *jsontext.SyntacticError
	if d.lines.failed == nil && errors.As(err, &syntactic) {
		return d.malformed(syntactic.ByteOffset, "la fin du document était attendue.")
	}
	return err
}

// object reads an object and calls member for each of its properties, with the
// name and as it is written.
func (d *decoder) object(expected string, member func(name string, raw jsontext.Value) error) error {
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
		raw, err := d.ReadValue()
		if err != nil {
			return nameExpected(err)
		}
		name, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return err
		}
		if err := member(string(name), raw); err != nil {
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

// contrats reads contracts while another goroutine checks and keeps those that
// were read before.
func (d *decoder) contrats(push *synchro.Push, op synchro.Op) error {
	adder := startAdder(push)
	err := d.array(func(index int, raw jsontext.Value) error { return adder.add(raw, op, index) })
	// What is wrong with an earlier contract's storage comes first.
	if added := adder.finish(); added != nil {
		return added
	}
	return err
}

func (d *decoder) codes(push *synchro.Push) error {
	return d.array(func(index int, raw jsontext.Value) error {
		code, ok := codeOf(raw)
		if !ok {
			return d.unexpected(raw, fmt.Sprintf("removed, position %d : un code de contrat (chaîne sans caractère nul) était attendu.", index))
		}
		return push.Remove(code)
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

// isInteger reports whether a JSON number is written as a plain integer that may
// be a code: no sign, and no more digits than every software that passes it on
// keeps.
func isInteger(number jsontext.Value) bool {
	const most = 18
	return len(number) <= most && !bytes.ContainsAny(number, "-.eE")
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
