package tra

import (
	"strconv"
	"strings"
)

// Fit makes a text one that a field of max characters holds: Windows-1252, without
// control characters. What the field cannot hold is "?", what is too long is left
// out; changed says that something was.
func Fit(s string, max int) (out string, changed bool) {
	if len(s) <= max && Plain(s) {
		return s, false
	}
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == max {
			return strings.TrimRight(b.String(), " "), true
		}
		if c, ok := encode1252(r); !ok || c < ' ' || c == 0x7f {
			r, changed = '?', true
		}
		b.WriteRune(r)
		n++
	}
	return b.String(), changed
}

// Plain reports whether a text is printable ASCII, which every field holds.
func Plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Codes gives each code of another source one that a field holds, and no two that
// had to be changed the same.
type Codes struct {
	max  int
	to   map[string]string
	used map[string]bool
	last [1 << lastBits]struct{ from, to string }
}

// NewCodes returns Codes for fields of max characters.
func NewCodes(max int) *Codes {
	return &Codes{max: max, to: map[string]string{}, used: map[string]bool{}}
}

const lastBits = 12

// place spreads codes by their last eight characters, where those that differ do so.
func place(code string) uint64 {
	h := uint64(len(code))
	for _, c := range []byte(code[max(len(code)-8, 0):]) {
		h = h<<8 ^ h>>56 ^ uint64(c)
	}
	return h * 0x9e3779b97f4a7c15 >> (64 - lastBits)
}

// Short returns the code that stands for code; changed says that it is another one.
func (c *Codes) Short(code string) (short string, changed bool) {
	if code == "" {
		return "", false
	}
	last := &c.last[place(code)]
	if last.from == code {
		return last.to, last.to != code
	}
	if s, ok := c.to[code]; ok {
		last.from, last.to = code, s
		return s, s != code
	}
	s, changed := Fit(code, c.max)
	for n := 1; c.used[s] && changed; n++ {
		tail := strconv.Itoa(n)
		s = string([]rune(s)[:min(len([]rune(s)), c.max-len(tail))]) + tail
	}
	c.used[s] = true
	c.to[strings.Clone(code)] = s
	return s, s != code
}
