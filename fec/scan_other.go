//go:build !amd64

package fec

// scan is scanGo.
func scan(out []marks, odd []uint64, places, ends []uint32, buf []byte, from, base int, sep byte, lax uint64) (n, lines int) {
	return scanGo(out, odd, places, ends, buf, from, base, sep, lax)
}
