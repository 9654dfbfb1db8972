package document

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"unicode/utf8"
)

// errKept says that what is kept is not what Keep wrote.
var errKept = errors.New("a stored contract cannot be read")

// ErrNewer says that a contract has a field that this version does not have.
var ErrNewer = errors.New("a stored contract has a field that this version of passerelle does not know: run the newer version that wrote it")

// An entry of what is kept.
type entry uint8

const (
	absents entry = iota // n fields are absent
	beside               // n fields are said beside it
	text                 // one field, as it is written in a document
	day                  // one field, the day n
)

// next reads the entry that kept begins with, which is not empty.
func next(kept []byte) (kind entry, n int, value, rest []byte, err error) {
	switch b := kept[0]; {
	case b >= 0x80:
		r, size := utf8.DecodeRune(kept)
		if r == utf8.RuneError || r < premierRune || r > premierRune+dernierJour {
			return 0, 0, nil, nil, errKept
		}
		return day, int(r - premierRune), nil, kept[size:], nil
	case b == 0x7f:
		colon := bytes.IndexByte(kept, ':')
		if colon < 2 || colon > 10 {
			return 0, 0, nil, nil, errKept
		}
		for _, digit := range kept[1:colon] {
			if digit < '0' || digit > '9' {
				return 0, 0, nil, nil, errKept
			}
			n = 10*n + int(digit-'0')
		}
		kept = kept[colon+1:]
	case b >= 0x20:
		n, kept = int(b-0x20), kept[1:]
	case b >= 0x10:
		return beside, int(b - 0x0f), nil, kept[1:], nil
	case b >= 0x01:
		return absents, int(b), nil, kept[1:], nil
	default:
		return 0, 0, nil, nil, errKept
	}
	if n > len(kept) {
		return 0, 0, nil, nil, errKept
	}
	return text, 1, kept[:n:n], kept[n:], nil
}

// cursor goes through what is kept as values: over the fields from one number to before
// another, those that are absent passed over.
type cursor struct {
	rest       []byte
	kind       entry
	field, end int
	day        int    // of a field that is a day
	value      []byte // of one that is a text
	err        error
}

// entries goes through the values of what is kept so.
func (k *Kept) entries() cursor {
	if len(k.Valeurs) == 0 || k.Valeurs[0] != formeValeurs || k.Profil == nil {
		return cursor{err: errKept}
	}
	return cursor{rest: k.Valeurs[1:]}
}

// next goes to the fields that follow, as far as there are any and no err.
func (c *cursor) next() bool {
	for len(c.rest) > 0 {
		var n int
		if c.kind, n, c.value, c.rest, c.err = next(c.rest); c.err != nil {
			return false
		}
		c.field = c.end
		switch c.kind {
		case absents:
			c.end += n
			continue
		case beside:
			if c.end += n; c.end > nombre {
				c.err = errKept
			}
		default:
			if c.end, c.day = c.end+1, n; c.field >= nombre {
				c.err = ErrNewer
			}
		}
		return c.err == nil
	}
	return false
}

// AppendJSON appends the document.
func (k *Kept) AppendJSON(dst []byte) (_ []byte, err error) {
	if Whole(k.Valeurs) {
		return append(dst, k.Valeurs...), nil
	}
	begin := len(dst)
	at := k.entries()
	for at.next() {
		if at.kind == beside {
			if dst, err = k.appendBeside(dst, at.field, at.end); err != nil {
				return dst, err
			}
			continue
		}
		dst = append(dst, entetes[at.field]...)
		if at.kind == day {
			dst = appendJour(dst, at.day)
		} else {
			dst = append(dst, at.value...)
		}
		dst = append(dst, '"')
	}
	if at.err != nil {
		return dst, at.err
	}
	if len(dst) == begin {
		return append(dst, "{}"...), nil
	}
	dst[begin] = '{' // where the comma of the first field is
	return append(dst, '}'), nil
}

// appendBeside appends the fields from one number to before another that are said
// beside what is kept.
func (k *Kept) appendBeside(dst []byte, field, end int) ([]byte, error) {
	for field < end {
		if field == premierBloc && end >= finBloc {
			dst = append(dst, k.Profil.bloc...)
			field = finBloc
			continue
		}
		dst = append(dst, entetes[field]...)
		switch {
		case field == 0:
			dst = append(dst, k.Code...)
		case places[field] >= 0:
			dst = append(dst, k.Profil.interieurs[places[field]]...)
		default:
			return dst, errKept
		}
		dst = append(dst, '"')
		field++
	}
	return dst, nil
}

// Check is the check value of what is kept with what stands beside it, where it is kept
// as values; where it is the document it is that of the document.
func (k *Kept) Check() [4]byte {
	if Whole(k.Valeurs) || k.Profil == nil {
		return Check(k.Valeurs)
	}
	sum := crc32.Checksum(k.Valeurs, castagnoli)
	sum = crc32.Update(sum, castagnoli, k.Code)
	return [4]byte(binary.BigEndian.AppendUint32(nil, crc32.Update(sum, castagnoli, k.Profil.cle[:])))
}

// Intact reports whether what is kept is what its check value says, and is that of its
// code.
func (k *Kept) Intact(check []byte) bool {
	if Whole(k.Valeurs) {
		return Intact(k.Valeurs, check) && Of(k.Valeurs, k.Code)
	}
	return k.Profil != nil && len(check) == 4 && k.Check() == [4]byte(check)
}
