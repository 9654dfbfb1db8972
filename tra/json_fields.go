package tra

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// set writes the fields of a JSON object, which the decoder has found well formed,
// into a row.
func (d *jsonDecoder) set(row *Row, l *Layout, object json.RawMessage) error {
	rest := bytes.TrimLeft(object, jsonSpace)
	if len(rest) == 0 || rest[0] == 'n' {
		return nil
	}
	if rest[0] != '{' {
		return d.fail("champs : objet attendu")
	}
	for {
		rest = bytes.TrimLeft(rest[1:], jsonSpace) // after { or ,
		if rest[0] == '}' {
			return nil
		}
		name, after := cutString(rest)
		i, ok := l.byName[string(name)]
		if !ok {
			text, _ := unquote(name)
			return d.fail("champ inconnu dans %s : %s", l.ID, text)
		}
		f := &l.Fields[i]
		rest = bytes.TrimLeft(after, jsonSpace)
		rest = bytes.TrimLeft(rest[1:], jsonSpace) // after :
		value, after, ok := cutValue(rest, f)
		if !ok {
			return d.fail("%s.%s : texte, nombre, booléen ou null attendu", l.ID, f.Name)
		}
		if err := row.SetField(f, value); err != nil {
			var fe *FieldError
			if errors.As(err, &fe) {
				fe.Line = d.line
			}
			return err
		}
		if rest = bytes.TrimLeft(after, jsonSpace); rest[0] == '}' {
			return nil
		}
	}
}

const jsonSpace = " \t\r\n"

// cutString returns what stands between the quotes at the start of b, escapes
// included, and what follows them.
func cutString(b []byte) (inner, after []byte) {
	for i := 1; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[1:i], b[i+1:]
		}
	}
}

func unquote(inner []byte) (string, bool) {
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), true
	}
	var s string
	err := json.Unmarshal(append(append([]byte{'"'}, inner...), '"'), &s)
	return s, err == nil
}

// cutValue turns what people write in JSON into what stands in the field, and
// returns what follows it.
func cutValue(b []byte, f *Field) (value string, after []byte, ok bool) {
	switch b[0] {
	case '"':
		inner, after := cutString(b)
		value, ok = unquote(inner)
		if f.Kind == DateJour && len(value) == len("2006-01-02") && value[4] == '-' && value[7] == '-' {
			value = value[8:] + value[5:7] + value[:4]
		}
		return value, after, ok
	case 'n':
		return "", b[len("null"):], true
	case 't':
		return "X", b[len("true"):], true
	case 'f':
		return "-", b[len("false"):], true
	case '{', '[':
		return "", nil, false
	}
	end := bytes.IndexAny(b, jsonSpace+",}")
	value = string(b[:end])
	if f.Kind == Number {
		value = strings.Replace(value, ".", ",", 1)
	}
	return value, b[end:], true
}
