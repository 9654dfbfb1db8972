package fec

import "golang.org/x/sys/cpu"

var fast = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT

// scan is scanGo, or the same with the instructions of AVX2. out may not be empty.
func scan(out []marks, places []uint32, buf []byte, from int, sep byte) int {
	if !fast {
		return scanGo(out, places, buf, from, sep)
	}
	_, _, _ = buf[from-1], buf[from+len(out)*block-1], places[(len(out)+1)*block-1]
	return scanAVX2(&out[0], &places[0], &buf[from], len(out), from, sep)
}

//go:noescape
func scanAVX2(out *marks, places *uint32, b *byte, blocks, from int, sep byte) (n int)
