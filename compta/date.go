package compta

import (
	"cmp"
	"time"
)

// Date is a day of the calendar without time or zone. The zero Date says nothing: a
// blank field, or 01011900 in a TRA file.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// NewDate returns a day; ok is false where the calendar has no such day or the
// year has not four digits.
func NewDate(year int, month time.Month, day int) (d Date, ok bool) {
	if year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1 || day > DaysIn(year, month) {
		return Date{}, false
	}
	return Date{year, month, day}, true
}

// DaysIn returns the number of days of a month.
func DaysIn(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// IsZero says whether the date says nothing.
func (d Date) IsZero() bool { return d == Date{} }

// String returns AAAA-MM-JJ, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	b := d.digits()
	return string([]byte{b[0], b[1], b[2], b[3], '-', b[4], b[5], '-', b[6], b[7]})
}

// TRA returns JJMMAAAA, or "" for the zero Date.
func (d Date) TRA() string {
	if d.IsZero() {
		return ""
	}
	b := d.digits()
	return string([]byte{b[6], b[7], b[4], b[5], b[0], b[1], b[2], b[3]})
}

// FEC returns AAAAMMJJ, or "" for the zero Date.
func (d Date) FEC() string {
	if d.IsZero() {
		return ""
	}
	b := d.digits()
	return string(b[:])
}

// FR returns JJ/MM/AAAA, or "" for the zero Date.
func (d Date) FR() string {
	if d.IsZero() {
		return ""
	}
	b := d.digits()
	return string([]byte{b[6], b[7], '/', b[4], b[5], '/', b[0], b[1], b[2], b[3]})
}

// digits returns AAAAMMJJ. Accounts have millions of days to write.
func (d Date) digits() (b [8]byte) {
	n := d.key()
	for i := len(b) - 1; i >= 0; i, n = i-1, n/10 {
		b[i] = byte('0' + n%10)
	}
	return b
}

// Compare returns -1, 0 or 1.
func (d Date) Compare(e Date) int { return cmp.Compare(d.key(), e.key()) }

// Next returns the following day.
func (d Date) Next() Date {
	t := time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, time.UTC)
	return Date{t.Year(), t.Month(), t.Day()}
}

// AddMonths returns the same day some months later, or the last one of that month
// where it has no such day.
func (d Date) AddMonths(n int) Date {
	t := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	return Date{t.Year(), t.Month(), min(d.Day, DaysIn(t.Year(), t.Month()))}
}

// IsFirstOfMonth says whether the day is a 1st.
func (d Date) IsFirstOfMonth() bool { return d.Day == 1 }

// IsLastOfMonth says whether the day is the last one of its month.
func (d Date) IsLastOfMonth() bool { return d.Day == DaysIn(d.Year, d.Month) }

func (d Date) key() int { return d.Year*10000 + int(d.Month)*100 + d.Day }
