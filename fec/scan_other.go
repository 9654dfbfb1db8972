//go:build !amd64

package fec

// scan is scanGo.
func scan(out []marks, places []uint32, buf []byte, from int, sep byte) int {
	return scanGo(out, places, buf, from, sep)
}
