package fec

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
	"unsafe"
)

// span is where a value stands in the line.
type span struct{ from, to uint32 }

func (s span) size() int { return int(s.to - s.from) }

// masks keep the first bytes of eight.
var masks = [9]uint64{0, 1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1, 1<<40 - 1, 1<<48 - 1, 1<<56 - 1, 1<<64 - 1}

// word returns the first eight bytes of a value, 0 past its end.
func (l *Line) word(s span) uint64 {
	return word(&l.buf[0], s.from) & masks[min(uint(s.to-s.from), 8)]
}

// word returns eight bytes of what the reader holds. Places are those that it found, so
// that they are in its buffer, which has a slack of more than eight bytes on either side.
func word(buf *byte, at uint32) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(unsafe.Pointer(buf), at))[:])
}

// same says whether a text stands at a place of what the reader holds, or of what it
// keeps of it. Most texts are of 8 to 64 bytes: they are compared by words that overlap,
// so that nothing depends on their exact length.
func same(buf *byte, from, to uint32, s string) bool {
	n := to - from
	if n != uint32(len(s)) {
		return false
	}
	if n < 8 || n > 64 {
		return string(unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(buf), from)), n)) == s
	}
	kept := unsafe.StringData(s)
	second, third, last := min(8, n-8), max(n, 16)-16, n-8
	if n <= 32 {
		return (word(buf, from)^word(kept, 0))|(word(buf, from+second)^word(kept, second))|
			(word(buf, from+third)^word(kept, third))|(word(buf, from+last)^word(kept, last)) == 0
	}
	return (word(buf, from)^word(kept, 0))|(word(buf, from+8)^word(kept, 8))|
		(word(buf, from+16)^word(kept, 16))|(word(buf, from+24)^word(kept, 24))|
		(word(buf, from+n-32)^word(kept, n-32))|(word(buf, from+n-24)^word(kept, n-24))|
		(word(buf, from+n-16)^word(kept, n-16))|(word(buf, from+last)^word(kept, last)) == 0
}

// kept returns a copy of what stands at a place, over an earlier one. Up to 64 bytes are
// copied at once, whatever they are of.
func (l *Line) kept(over []byte, from, to uint32) []byte {
	n := to - from
	if n > 64 || cap(over) < 64 {
		return append(slices.Grow(over[:0], 64), l.buf[from:to]...)
	}
	over = over[:64]
	*(*[64]byte)(over) = *(*[64]byte)(l.buf[from:])
	return over[:n]
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
	seed       = maphash.MakeSeed()
	mixer      = [2]uint64{maphash.String(seed, "a"), maphash.String(seed, "b")}
	multiplier = maphash.String(seed, "c") | 1
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
