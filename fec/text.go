package fec

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// span is where a value stands in the line.
type span struct{ from, to uint32 }

func (s span) size() int { return int(s.to - s.from) }

// masks keep the first bytes of eight.
var masks = [9]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 1<<64 - 1}

// word returns the first eight bytes of a value, 0 past its end.
func (l *Line) word(s span) uint64 {
	return binary.LittleEndian.Uint64(l.buf[s.from:]) & masks[min(uint(s.to-s.from), 8)]
}

// text is a value that is kept: values of up to eight bytes, which most are, are
// compared as one number.
type text struct {
	word uint64
	b    []byte
}

func (l *Line) keep(s span) text {
	return text{l.word(s), bytes.Clone(l.buf[s.from:s.to])}
}

// is says whether the value of the line is the one kept.
func (t *text) is(l *Line, s span) bool {
	n := s.size()
	return n == len(t.b) && (n <= 8 && l.word(s) == t.word || n > 8 && bytes.Equal(t.b, l.buf[s.from:s.to]))
}

// seed, and the numbers made of it, are the process's own: nobody can write a file
// whose values all fall into one place of a table.
var (
	seed  = maphash.MakeSeed()
	mixer = [2]uint64{maphash.String(seed, "a"), maphash.String(seed, "b")}
)

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^mixer[0], b^mixer[1])
	return hi ^ lo
}

// hash returns a number for a value, the same for equal values.
func (l *Line) hash(s span) uint64 {
	n := s.size()
	if n <= 8 {
		return mix(l.word(s), uint64(n))
	}
	return maphash.Bytes(seed, l.buf[s.from:s.to])
}
