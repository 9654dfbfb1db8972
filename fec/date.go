package fec

import (
	"bytes"
	"time"

	"github.com/passerelle-hub/passerelle/compta"
)

// dateFault says what is wrong with the text of a date.
type dateFault uint8

const (
	dateOK     dateFault = iota
	dateForm             // neither AAAAMMJJ nor JJMMAAAA
	dateBounds           // a month over 12, a day over 31
	dateUnreal           // a day that the calendar does not have: 31 February
	dateYear             // a year outside 1900 to 2099; the date is read
)

// ParseDate reads a date as the administration's tool does: AAAAMMJJ or JJMMAAAA,
// with / - . or nothing between, and an hour that is ignored. ok is false for
// anything else and for a day that the calendar does not have. Blank gives the zero
// Date.
func ParseDate(s string) (d compta.Date, ok bool) {
	if s == "" {
		return compta.Date{}, true
	}
	d, fault := parseDate([]byte(s))
	return d, fault == dateOK || fault == dateYear
}

func parseDate(v []byte) (compta.Date, dateFault) {
	if len(v) == 8 { // most are AAAAMMJJ, of our time
		y, okY := number(v[:4])
		m, okM := number(v[4:6])
		d, okD := number(v[6:])
		if okY && okM && okD && y >= 1900 && y <= 2099 && m >= 1 && m <= 12 && d >= 1 && (d <= 28 || d <= compta.DaysIn(y, time.Month(m))) {
			return compta.Date{Year: y, Month: time.Month(m), Day: d}, dateOK
		}
	}
	return parseOddDate(v)
}

// number reads digits.
func number(v []byte) (n int, ok bool) {
	ok = true
	for _, c := range v {
		ok = ok && c-'0' <= 9
		n = n*10 + int(c-'0')
	}
	return n, ok
}

// parseOddDate reads all forms of a date.
func parseOddDate(v []byte) (compta.Date, dateFault) {
	digits, ok := dateDigits(v)
	if !ok {
		return compta.Date{}, dateForm
	}
	two := func(i int) int { return int(digits[i]-'0')*10 + int(digits[i+1]-'0') }
	var first compta.Date
	result := dateForm
	for _, form := range [...][3]int{{two(0)*100 + two(2), two(4), two(6)}, {two(4)*100 + two(6), two(2), two(0)}} {
		y, m, d := form[0], form[1], form[2]
		fault := dateOK
		switch {
		case y < 1000:
			continue
		case m < 1 || m > 12 || d < 1 || d > 31:
			fault = dateBounds
		case d > compta.DaysIn(y, time.Month(m)):
			fault = dateUnreal
		case y < 1900 || y > 2099:
			fault = dateYear
		}
		if fault == dateOK {
			return compta.Date{Year: y, Month: time.Month(m), Day: d}, dateOK
		}
		// The better of two bad readings: a year of our time tells the form.
		plausible := y >= 1900 && y <= 2099
		switch {
		case result == dateForm, plausible && fault != dateBounds, fault == dateYear && result == dateBounds:
			first, result = compta.Date{Year: y, Month: time.Month(m), Day: d}, fault
			if plausible && fault == dateUnreal {
				return compta.Date{}, dateUnreal
			}
		}
	}
	if result != dateYear {
		return compta.Date{}, result
	}
	return first, result
}

// dateDigits returns the eight digits of a date without what separates them and
// without its hour.
func dateDigits(v []byte) (out [8]byte, ok bool) {
	if len(v) == 8 {
		for _, c := range v {
			if c-'0' > 9 {
				return out, false
			}
		}
		return [8]byte(v), true
	}
	if i := bytes.IndexAny(v, " T"); i > 0 {
		if !hour(v[i+1:]) {
			return out, false
		}
		return dateDigits(v[:i])
	}
	if len(v) != 10 {
		return out, false
	}
	var at [2]int
	if v[4] == v[7] && separates(v[4]) {
		at = [2]int{4, 7}
	} else if v[2] == v[5] && separates(v[2]) {
		at = [2]int{2, 5}
	} else {
		return out, false
	}
	n := 0
	for i, c := range v {
		if i == at[0] || i == at[1] {
			continue
		}
		if c-'0' > 9 {
			return out, false
		}
		out[n] = c
		n++
	}
	return out, true
}

func separates(c byte) bool { return c == '/' || c == '-' || c == '.' }

// hour says whether a text is an hour: digits, :, h and a fraction.
func hour(v []byte) bool {
	digits := 0
	for _, c := range v {
		switch {
		case c-'0' <= 9:
			digits++
		case c == ':' || c == 'h' || c == '.' || c == 'Z' || c == '+':
		default:
			return false
		}
	}
	return digits >= 2 && digits <= 12
}
