package tra

import (
	"time"

	"github.com/passerelle-hub/passerelle/compta"
)

// Date is a day of the calendar without time or zone. The zero Date says nothing:
// a blank field, or 01011900.
type Date = compta.Date

// NewDate returns a day; ok is false where the calendar has no such day or the
// year has not four digits.
func NewDate(year int, month time.Month, day int) (d Date, ok bool) {
	return compta.NewDate(year, month, day)
}

// ParseDate reads JJMMAAAA. Blank and 01011900 give the zero Date; anything that
// is not a day of the calendar gives ok false.
func ParseDate(s string) (d Date, ok bool) { return parseDate([]byte(s)) }

func parseDate(v []byte) (Date, bool) {
	if isBlank(v) {
		return Date{}, true
	}
	if len(v) != 8 {
		return Date{}, false
	}
	for _, c := range v {
		if c < '0' || c > '9' {
			return Date{}, false
		}
	}
	n := func(i int) int { return int(v[i]-'0')*10 + int(v[i+1]-'0') }
	d, ok := NewDate(n(4)*100+n(6), time.Month(n(2)), n(0))
	if d == (Date{Year: 1900, Month: 1, Day: 1}) {
		d = Date{}
	}
	return d, ok
}
