package recherche

import (
	"slices"
	"strings"
)

// Passages returns where in a text the words are, as offsets of bytes: in order, none
// meeting another.
func (t Texte) Passages(text string) (found [][2]int) {
	if t.Vide() || text == "" {
		return nil
	}
	var folded strings.Builder
	var at []int // of each folded byte, where its rune begins; and the end
	for i, r := range text {
		plain := Fold(string(r))
		folded.WriteString(plain)
		for range len(plain) {
			at = append(at, i)
		}
	}
	at = append(at, len(text))
	line := folded.String()
	for _, word := range t.words {
		for from := 0; ; {
			hit := strings.Index(line[from:], string(word))
			if hit < 0 {
				break
			}
			start, end := from+hit, from+hit+len(word)
			for end < len(at)-1 && at[end] == at[end-1] {
				end++ // œ is one letter
			}
			found = append(found, [2]int{at[start], at[end]})
			from += hit + len(word)
		}
	}
	slices.SortFunc(found, func(a, b [2]int) int { return a[0] - b[0] })
	merged := found[:0]
	for _, f := range found {
		if n := len(merged); n > 0 && f[0] <= merged[n-1][1] {
			merged[n-1][1] = max(merged[n-1][1], f[1])
			continue
		}
		merged = append(merged, f)
	}
	return merged
}
