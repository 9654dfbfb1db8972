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
	kept       []byte
	at         int // what is read so far
	kind       entry
	field, end int
	day        int // of a field that is a day
	from       int // where the value of one that is a text begins, which ends at at
	err        error
}

// entries goes through the values of what is kept so.
func (k *Kept) entries() cursor {
	if len(k.Valeurs) == 0 || k.Valeurs[0] != formeValeurs || k.Profil == nil {
		return cursor{err: errKept}
	}
	return cursor{kept: k.Valeurs, at: 1}
}

// value is that of a field that is a text.
func (c *cursor) value() []byte { return c.kept[c.from:c.at:c.at] }

// next goes to the fields that follow, as far as there are any and no err.
func (c *cursor) next() bool {
	if c.at < len(c.kept) && c.end < nombre {
		// Nearly all are this: a text of less than 95 bytes.
		if n := int(c.kept[c.at]) - 0x20; n >= 0 && n < 0x7f-0x20 && c.at+n < len(c.kept) {
			c.from = c.at + 1
			c.at = c.from + n
			c.kind, c.field = text, c.end
			c.end++
			return true
		}
	}
	return c.other()
}

// other is next for any entry.
func (c *cursor) other() bool {
	for c.at < len(c.kept) {
		kind, n, value, rest, err := next(c.kept[c.at:])
		if err != nil {
			c.err = err
			return false
		}
		c.kind, c.field, c.at = kind, c.end, len(c.kept)-len(rest)
		c.from = c.at - len(value)
		switch kind {
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
