package fec

func init() {
	for name, f := range map[string]wide{"avx2": scanAVX2, "avx512": scanAVX512} {
		if name == "avx2" && fast || name == "avx512" && fastest {
			scans[name] = func(out []marks, odd []uint64, places, ends []uint32, buf []byte, from, base int, sep byte, lax uint64) (n, lines int) {
				return scanWide(f, out, odd, places, ends, buf, from, base, sep, lax)
			}
		}
	}
}
