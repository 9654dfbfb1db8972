package reception

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/synchro"
)

// contratReader reads contracts one after the other.
type contratReader struct {
	recu  *synchro.Recu
	texts []byte
	spans [passerelle.NombreChamps][2]int
}

// read turns one JSON value into what the rules look at. The value is known to
// be well-formed; the result does not share its memory.
func (c *contratReader) read(raw jsontext.Value, op synchro.Op, index int, into *synchro.Recu) {
	*into = synchro.Recu{Op: op, Index: index}
	c.recu = into
	if raw.Kind() != '{' {
		c.recu.Violations = []passerelle.Violation{{Code: passerelle.CodeType,
			Message: fmt.Sprintf("Un contrat est un objet { … } ; à la position %d, trouvé : %s.", index, kindName(raw.Kind()))}}
		for i := range passerelle.Champs {
			c.recu.Refused.Add(i)
		}
		return
	}
	c.texts = c.texts[:0]
	var sent regles.Set
	next := 0 // the field that comes next where they come in the usual order
	for members := (members{raw, 1}); ; {
		name, value, more := members.next()
		if !more {
			break
		}
		i, ok := c.name(name, next)
		next = i + 1
		if ok && c.value(i, value) {
			sent.Add(i)
		}
	}
	// All texts share one string: one allocation for a contract.
	texts := string(c.texts)
	for i := range passerelle.Champs {
		if sent.Has(i) {
			*passerelle.Champs[i].At(&c.recu.Contrat) = strings.TrimSpace(texts[c.spans[i][0]:c.spans[i][1]])
		}
	}
}

// mustRead is for a value that was read as a whole before: it cannot fail.
func mustRead[T any](value T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("reception: a value that was well-formed is not: %v", err))
	}
	return value
}

// name returns the field of a quoted name, probably the one at next.
func (c *contratReader) name(quoted jsontext.Value, next int) (field int, ok bool) {
	inner := quoted[1 : len(quoted)-1]
	if next < len(passerelle.Champs) && string(inner) == passerelle.Champs[next].Nom {
		return next, true
	}
	if i, ok := passerelle.ChampIndex(inner); ok {
		return i, true
	}
	name := mustRead(jsontext.AppendUnquote(nil, quoted))
	if i, ok := passerelle.ChampIndex(name); ok {
		return i, true
	}
	c.recu.Unknown = append(c.recu.Unknown, string(name))
	return next - 1, false
}

// value keeps the text of a field and reports whether there is one.
func (c *contratReader) value(i int, value jsontext.Value) bool {
	champ := &passerelle.Champs[i]
	start := len(c.texts)
	switch kind := value.Kind(); {
	case kind == '"':
		if text := value[1 : len(value)-1]; bytes.IndexByte(text, '\\') < 0 {
			c.texts = append(c.texts, text...)
		} else {
			c.texts = mustRead(jsontext.AppendUnquote(c.texts, value))
		}
		if bytes.IndexByte(c.texts[start:], 0) >= 0 {
			c.refuse(i, champ.Libelle+" : la valeur contient le caractère nul (\\u0000), retirez-le.")
			return false
		}
	case kind == 'n':
		return false
	case kind == '0' && champ.Kind.TakesNumber():
		var ok bool
		if c.texts, ok = appendDecimal(c.texts, value); !ok {
			c.refuse(i, champ.Libelle+" : le nombre a trop de chiffres, écrivez-le sans exposant.")
			return false
		}
	case kind == '0' && champ.Kind.TakesInteger() && isInteger(value):
		c.texts = append(c.texts, value...)
	case kind == '0' && champ.Kind.TakesInteger():
		c.refuse(i, champ.Libelle+" : un code est une chaîne entre guillemets, ou un entier sans signe de 18 chiffres au plus.")
		return false
	default:
		c.refuse(i, fmt.Sprintf("%s : une chaîne entre guillemets était attendue, trouvé : %s.", champ.Libelle, kindName(kind)))
		return false
	}
	c.spans[i] = [2]int{start, len(c.texts)}
	return true
}

func (c *contratReader) refuse(i int, message string) {
	c.recu.Refused.Add(i)
	c.recu.Violations = append(c.recu.Violations, passerelle.Violation{Field: passerelle.Champs[i].Nom, Code: passerelle.CodeType, Message: message})
}
