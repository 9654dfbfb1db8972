package passerelle

import (
	"fmt"
	"time"
)

// Date is a calendar day without time or zone, counted in days since
// 1970-01-01 so that dates compare and subtract as numbers. The zero Date is
// 1970-01-01; where a date may be absent, a pointer or a flag says so.
type Date int32

// NewDate returns the day of a year (1 to 9999), month and day. It normalises
// as time.Date does; use ParseDate to refuse what is not a real date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DateOf returns the day of t, read in t's own location.
func DateOf(t time.Time) Date {
	return NewDate(t.Year(), t.Month(), t.Day())
}

// ParseDate reads YYYY-MM-DD and refuses anything that is not a real date.
func ParseDate(s string) (Date, error) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		if d, ok := parseParts(s[0:4], s[5:7], s[8:10]); ok {
			return d, nil
		}
	}
	return 0, fmt.Errorf("not a date of the form YYYY-MM-DD")
}

// ParseDateFR reads DD/MM/YYYY, the form of a contract's dates, and
// refuses anything that is not a real date.
func ParseDateFR(s string) (Date, error) {
	if len(s) == 10 && s[2] == '/' && s[5] == '/' {
		if d, ok := parseParts(s[6:10], s[3:5], s[0:2]); ok {
			return d, nil
		}
	}
	return 0, fmt.Errorf("not a date of the form DD/MM/YYYY")
}

// ParseDateCompact reads YYYYMMDD, the form of the flat accounting dialect.
func ParseDateCompact(s string) (Date, error) {
	if len(s) == 8 {
		if d, ok := parseParts(s[0:4], s[4:6], s[6:8]); ok {
			return d, nil
		}
	}
	return 0, fmt.Errorf("not a date of the form YYYYMMDD")
}

func parseParts(year, month, day string) (Date, bool) {
	y, ok1 := digits(year)
	m, ok2 := digits(month)
	d, ok3 := digits(day)
	if !ok1 || !ok2 || !ok3 || y < 1 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	return NewDate(y, time.Month(m), d), true
}

func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// Time returns midnight UTC of d.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String returns d as YYYY-MM-DD.
func (d Date) String() string { return d.Time().Format("2006-01-02") }

// FR returns d as DD/MM/YYYY.
func (d Date) FR() string { return d.Time().Format("02/01/2006") }

// Compact returns d as YYYYMMDD.
func (d Date) Compact() string { return d.Time().Format("20060102") }

// TRA returns d as DDMMYYYY, the form of the TRA file (JJMMAAAA).
func (d Date) TRA() string { return d.Time().Format("02012006") }

// AddMonths returns the same day n months later, or that month's last day
// where it is shorter.
func (d Date) AddMonths(n int) Date {
	year, month, day := d.Time().Date()
	total := 12*year + int(month) - 1 + n // months since the year 0
	year, n = total/12, total%12
	if n < 0 {
		year, n = year-1, n+12
	}
	return NewDate(year, time.Month(n+1), min(day, daysIn(year, n+1)))
}

// IsFirstOfMonth reports whether d is the first day of its month.
func (d Date) IsFirstOfMonth() bool { return d.Time().Day() == 1 }

// FirstOfMonth returns the first day of d's month.
func (d Date) FirstOfMonth() Date { return d - Date(d.Time().Day()) + 1 }

// LastOfMonth returns the last day of d's month.
func (d Date) LastOfMonth() Date { return d.FirstOfMonth().AddMonths(1) - 1 }

// IsLastOfMonth reports whether d is the last day of its month.
func (d Date) IsLastOfMonth() bool { return (d + 1).IsFirstOfMonth() }

// Periode is a span of whole days, both bounds included. It is empty where Fin
// comes before Debut.
type Periode struct{ Debut, Fin Date }

// Jours returns the number of days of p, 0 where it is empty.
func (p Periode) Jours() int { return max(0, int(p.Fin-p.Debut)+1) }

// Commun returns the part that p and q share; it is empty where they do not
// meet.
func (p Periode) Commun(q Periode) Periode {
	return Periode{Debut: max(p.Debut, q.Debut), Fin: min(p.Fin, q.Fin)}
}

// Contient reports whether d lies within p.
func (p Periode) Contient(d Date) bool { return p.Debut <= d && d <= p.Fin }

// Chevauche reports whether p and q have a day in common.
func (p Periode) Chevauche(q Periode) bool { return p.Commun(q).Jours() > 0 }

// Mois returns the length of p in whole months: the day after its end has the
// day number of its start, as in 01/01 to 31/12 or 15/03 to 14/03 (12 each). ok
// is false where p is not made of whole months.
func (p Periode) Mois() (n int, ok bool) {
	from, to := p.Debut.Time(), (p.Fin + 1).Time()
	n = (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if n < 1 || from.Day() != to.Day() {
		return 0, false
	}
	return n, true
}

// MoisEntames returns the length of p in months, a started month counting whole;
// it equals Mois where p is made of whole months, and is 0 where p is empty. It
// is the duration of an exercice in the flat form of the accounting API.
func (p Periode) MoisEntames() int {
	if p.Fin < p.Debut {
		return 0
	}
	from, to := p.Debut.Time(), p.Fin.Time()
	n := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if p.Debut.AddMonths(n) <= p.Fin {
		n++
	}
	return n
}

// String returns p as a person reads it, "du 01/01/2024 au 31/12/2024".
func (p Periode) String() string { return "du " + p.Debut.FR() + " au " + p.Fin.FR() }

// MoisJusqua returns how many months after that of d the month of a day is; below 0
// where it is before.
func (d Date) MoisJusqua(jour Date) int {
	from, to := d.Time(), jour.Time()
	return (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
}
