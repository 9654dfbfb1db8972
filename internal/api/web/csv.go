package web

import "strings"

// CSVText returns a text that a spreadsheet shows as it is: one that it would
// take for a formula gets an apostrophe in front.
func CSVText(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '=', '+', '-', '@', '\t', '\r':
		return "'" + s
	}
	for _, wide := range [...]string{"＝", "＋", "－", "＠"} { // full-width, which some take for the same
		if strings.HasPrefix(s, wide) {
			return "'" + s
		}
	}
	return s
}
