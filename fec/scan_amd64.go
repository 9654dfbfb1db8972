package fec

import "golang.org/x/sys/cpu"

var (
	fast    = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT
	fastest = fast && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512VBMI2
)

// scan is scanGo, or the same with the instructions of AVX2 or AVX-512. out may not be
// empty.
func scan(out []marks, odd []uint64, places, ends []uint32, buf []byte, from, base int, sep byte, lax uint64) (n, lines int) {
	switch {
	case fastest:
		return scanWide(scanAVX512, out, odd, places, ends, buf, from, base, sep, lax)
	case fast:
		return scanWide(scanAVX2, out, odd, places, ends, buf, from, base, sep, lax)
	}
	return scanGo(out, odd, places, ends, buf, from, base, sep, lax)
}

type wide = func(out *marks, odd *uint64, places, ends *uint32, b *byte, blocks, from, base int, sep byte, lax uint64) (n, lines int)

// scanWide calls f on what it may read and write.
func scanWide(f wide, out []marks, odd []uint64, places, ends []uint32, buf []byte, from, base int, sep byte, lax uint64) (n, lines int) {
	room := (len(out)+1)*block - 1
	_, _, _, _, _ = buf[from-1], buf[from+len(out)*block-1], places[room], ends[room], odd[len(out)-1]
	return f(&out[0], &odd[0], &places[0], &ends[0], &buf[from], len(out), from, base, sep, lax)
}

//go:noescape
func scanAVX2(out *marks, odd *uint64, places, ends *uint32, b *byte, blocks, from, base int, sep byte, lax uint64) (n, lines int)

//go:noescape
func scanAVX512(out *marks, odd *uint64, places, ends *uint32, b *byte, blocks, from, base int, sep byte, lax uint64) (n, lines int)
