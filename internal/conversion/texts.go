package conversion

// texts makes strings of bytes, and keeps those that come again and again, so that
// they cost no memory the second time. Its own memory is bounded.
type texts struct {
	recent [256]string
	known  map[string]string
}

const maxTexts = 100_000

func (t *texts) get(v []byte) string {
	if len(v) == 0 {
		return ""
	}
	recent := &t.recent[slot(v)]
	if *recent == string(v) {
		return *recent
	}
	s, ok := t.known[string(v)]
	if !ok {
		s = string(v)
		if t.known == nil {
			t.known = map[string]string{}
		}
		if len(t.known) < maxTexts {
			t.known[s] = s
		}
	}
	*recent = s
	return s
}

// once is get for texts that are rarely the same but for lines that follow each
// other.
func (t *texts) once(v []byte) string {
	if len(v) == 0 {
		return ""
	}
	recent := &t.recent[slot(v)]
	if *recent != string(v) {
		*recent = string(v)
	}
	return *recent
}

// slot spreads texts over 256 places: those that differ, do so at their end.
func slot[T string | []byte](v T) uint8 {
	n := len(v)
	if n < 3 {
		if n == 0 {
			return 0
		}
		return v[0] ^ v[n-1]*31
	}
	return v[n-1] ^ v[n-2]*31 ^ v[n-3]*113 ^ uint8(n)*17
}
