package conversion

// texts makes strings of bytes, and keeps those that come again and again, so that
// they cost no memory the second time. Its own memory is bounded.
type texts struct {
	recent [slots]string
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

// again is get for a text that is often the same as the last one of its kind.
func (t *texts) again(last string, v []byte) string {
	if last == string(v) {
		return last
	}
	return t.get(v)
}

// freshly is again for texts that are rarely the same but for lines that follow each
// other.
func freshly(last string, v []byte) string {
	if last == string(v) {
		return last
	}
	return string(v)
}

const slots = 1 << 13

// slot spreads texts over places by their last eight bytes: those that differ, do so at
// their end.
func slot[T string | []byte](v T) int {
	n := len(v)
	h := uint64(n)
	if n >= 8 {
		v = v[n-8:]
		h ^= uint64(v[0]) | uint64(v[1])<<8 | uint64(v[2])<<16 | uint64(v[3])<<24 | uint64(v[4])<<32 | uint64(v[5])<<40 | uint64(v[6])<<48 | uint64(v[7])<<56
	} else {
		for i := range n {
			h = h<<8 | uint64(v[i])
		}
	}
	return int(h * 0x9e3779b97f4a7c15 >> (64 - 13))
}
