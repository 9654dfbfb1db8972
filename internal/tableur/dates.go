package tableur

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // instants are days of Paris wherever this runs
	"unicode"

	"github.com/passerelle-hub/passerelle"
)

// DefaultDates are the date formats tried where a mapping declares none. None of
// them can be mistaken for another.
var DefaultDates = []string{"JJ/MM/AAAA", "AAAA-MM-JJ", "JJ-MM-AAAA", "JJ.MM.AAAA", "J MMMM AAAA", "J MMMM AA", "excel"}

// dateFormat reads dates written in one format.
type dateFormat struct {
	name   string
	parts  []datePart
	serial bool // the serial numbers of Excel
}

var months = map[string]time.Month{
	"janvier": 1, "janv": 1, "jan": 1, "fevrier": 2, "fevr": 2, "fev": 2, "mars": 3, "mar": 3, "avril": 4, "avr": 4,
	"mai": 5, "juin": 6, "juillet": 7, "juil": 7, "jul": 7, "aout": 8, "septembre": 9, "sept": 9, "sep": 9,
	"octobre": 10, "oct": 10, "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
	"january": 1, "february": 2, "feb": 2, "march": 3, "april": 4, "apr": 4, "may": 5, "june": 6, "jun": 6, "july": 7,
	"august": 8, "aug": 8, "september": 9, "october": 10, "november": 11, "december": 12,
}

var (
	dateTokens = regexp.MustCompile(`Y+|M+|D+|[^YMD]+`)
	timeOfDay  = regexp.MustCompile(`^(?:[T ]+|,? à )(\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?(Z|[+-]\d{2}:?\d{2})?$`)
	weekday    = regexp.MustCompile(`^(?i:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|mar|mer|jeu|ven|sam|dim)\.?,? +(\d)`)
	firstDay   = regexp.MustCompile(`^1 ?(?i:er) `)
)

// datePart is one piece of a format: the year, month or day, or what separates them.
type datePart struct {
	letter   byte // 'Y', 'M', 'D', or 0 for a separator
	least    int  // digits, or 0 for the name of a month
	most     int
	literal  string
	anyBlank bool // the separator is a space: dots and dashes do too
}

// compileDate reads a format made of J or D (day), M (month; MMM or MMMM by its
// French name) and A or Y (year; two of them for 1980 to 2079), such as
// "JJ/MM/AAAA" or "M/D/YYYY", or "excel" for the serial numbers of Excel. The day
// and the month may be written with one digit, unless nothing separates them. A
// time of day after the date is left out.
func compileDate(format string) (dateFormat, error) {
	if strings.EqualFold(strings.TrimSpace(format), "excel") {
		return dateFormat{name: format, serial: true}, nil
	}
	letters := strings.NewReplacer("J", "D", "A", "Y").Replace(strings.ToUpper(strings.TrimSpace(format)))
	tokens := dateTokens.FindAllString(letters, -1)
	compact := len(tokens) == 3
	var parts []datePart
	seen := map[byte]int{}
	for _, token := range tokens {
		letter, n := token[0], len(token)
		part := datePart{letter: letter, least: 1, most: 2}
		switch {
		case strings.IndexByte("YMD", letter) < 0:
			parts = append(parts, datePart{literal: token, anyBlank: strings.TrimSpace(token) == ""})
			continue
		case letter == 'Y' && (n == 2 || n == 4), compact && n == 2:
			part.least, part.most = n, n
		case letter == 'M' && (n == 3 || n == 4):
			part.least = 0
		case letter == 'Y' || n > 2 || compact:
			return dateFormat{}, fmt.Errorf("le format de date « %s » n’est pas compris : écrivez par exemple JJ/MM/AAAA, M/J/AAAA ou AAAA-MM-JJ", format)
		}
		parts = append(parts, part)
		seen[letter]++
	}
	if seen['Y'] != 1 || seen['M'] != 1 || seen['D'] != 1 {
		return dateFormat{}, fmt.Errorf("le format de date « %s » doit donner un jour, un mois et une année, par exemple JJ/MM/AAAA", format)
	}
	return dateFormat{name: format, parts: parts}, nil
}

// parse reads a date; ok is false where the text is none of this format, or a day
// that does not exist.
func (f *dateFormat) parse(s string) (d passerelle.Date, ok bool) {
	if f.serial {
		return parseSerial(s)
	}
	year, month, day, rest, ok := f.read(s)
	if !ok {
		return 0, false
	}
	// NewDate goes on to the next month where no calendar has that day.
	d = passerelle.NewDate(year, time.Month(month), day)
	if d.Time().Day() != day {
		return 0, false
	}
	if rest == "" {
		return d, true
	}
	return atTime(d, rest)
}

// impossible reports whether a text is written in this format but names a day that
// no calendar has: "31/02/2027".
func (f *dateFormat) impossible(s string) bool {
	if f.serial {
		return false
	}
	year, month, day, rest, ok := f.read(s)
	return ok && day <= 31 && (rest == "" || timeOfDay.MatchString(rest)) &&
		passerelle.NewDate(year, time.Month(month), day).Time().Day() != day
}

// read returns the numbers of a date and what stands after them.
func (f *dateFormat) read(s string) (year, month, day int, rest string, ok bool) {
	s = plainDay(s)
	for _, part := range f.parts {
		n, width := 0, 0
		switch {
		case part.anyBlank:
			if width = len(s) - len(strings.TrimLeft(s, " .-")); width == 0 {
				return 0, 0, 0, "", false
			}
		case part.letter == 0:
			if width = len(part.literal); !strings.HasPrefix(s, part.literal) {
				return 0, 0, 0, "", false
			}
		case part.least == 0:
			width = len(s) - len(strings.TrimLeftFunc(s, unicode.IsLetter))
			if n = int(months[fold(s[:width])]); n == 0 {
				return 0, 0, 0, "", false
			}
			if width < len(s) && s[width] == '.' {
				width++
			}
		default:
			for width < len(s) && width < part.most && s[width] >= '0' && s[width] <= '9' {
				n = n*10 + int(s[width]-'0')
				width++
			}
			if width < part.least {
				return 0, 0, 0, "", false
			}
		}
		switch part.letter {
		case 'Y':
			year = n
			if part.most == 2 {
				year += 1900
				if n < 80 {
					year += 100
				}
			}
		case 'M':
			month = n
		case 'D':
			day = n
		}
		s = s[width:]
	}
	return year, month, day, s, year >= 1 && month >= 1 && month <= 12 && day >= 1
}

// plainDay takes the name of the day away and writes the first as 1: "mardi 1er
// septembre 2026" is "1 septembre 2026".
func plainDay(s string) string {
	if namesDay(s) {
		s = weekday.ReplaceAllString(s, "$1")
	}
	if strings.Contains(s, " / ") {
		s = strings.ReplaceAll(s, " / ", "/")
	}
	if strings.HasPrefix(s, "1") && len(s) > 4 && (s[1] == 'e' || s[1] == 'E' || s[1] == ' ') {
		s = firstDay.ReplaceAllString(s, "1 ")
	}
	return s
}

// namesDay reports whether a text may begin with the name of a day, as weekday has
// them: most texts of a file are no dates.
func namesDay(s string) bool {
	n := 0
	for n < len(s) && n <= len("mercredi") && (s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	if n < len("lun") || n == len(s) {
		return false
	}
	switch string([]byte{s[0] | 0x20, s[1] | 0x20, s[2] | 0x20}) {
	case "lun", "mar", "mer", "jeu", "ven", "sam", "dim":
		return true
	}
	return false
}

var paris = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		panic(err) // the zones are part of the program
	}
	return zone
}()

// atTime gives a day its time of day: an instant (with a zone) is the day that it
// is in Paris; up to a minute before midnight, which some software loses between
// zones, is the next day. 23:59 and 23:59:59 stand for the end of the day.
func atTime(d passerelle.Date, rest string) (passerelle.Date, bool) {
	m := timeOfDay.FindStringSubmatch(rest)
	if m == nil {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi(m[2])
	second, _ := strconv.Atoi(m[3])
	if hour > 24 || minute > 59 || second > 60 {
		return 0, false
	}
	if zone := m[4]; zone != "" {
		at := d.Time().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second)
		if zone != "Z" {
			east, _ := strconv.Atoi(strings.Replace(zone, ":", "", 1))
			at = at.Add(-time.Duration(east/100)*time.Hour - time.Duration(east%100)*time.Minute)
		}
		return passerelle.DateOf(at.In(paris)), true
	}
	if hour == 23 && minute == 59 && second > 0 && second < 59 {
		d++
	}
	return d, true
}

// inTheEvening returns the hour of a text that ends with a whole hour from 13:00 on,
// in no zone: midnight somewhere, where it was written in UTC. It is 0 for others.
func inTheEvening(s string) uint8 {
	at := strings.LastIndexAny(s, "T ")
	if at < 0 {
		return 0
	}
	m := timeOfDay.FindStringSubmatch(s[at:])
	if m == nil || m[2] != "00" || m[3] != "" && m[3] != "00" || m[4] != "" {
		return 0
	}
	hour, _ := strconv.Atoi(m[1])
	if hour < 13 || hour > 23 {
		return 0
	}
	return uint8(hour)
}

// parseSerial reads the number by which Excel keeps a day (45536 is 1 September
// 2024), between 1955 and 2119 so that no year or code is taken for a date.
func parseSerial(s string) (passerelle.Date, bool) {
	whole, fraction, _ := strings.Cut(strings.ReplaceAll(s, ",", "."), ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 20_000 || n >= 80_000 || strings.Trim(fraction, "0123456789") != "" {
		return 0, false
	}
	return passerelle.NewDate(1899, time.December, 30) + passerelle.Date(n), true
}

var anyDates = compileAll("J/M/AAAA", "AAAA-MM-JJ", "J-M-AAAA", "J.M.AAAA", "J MMMM AAAA", "M/J/AAAA", "J/M/AA")

func compileAll(formats ...string) []dateFormat {
	list := make([]dateFormat, len(formats))
	for i, format := range formats {
		f, err := compileDate(format)
		if err != nil {
			panic(err)
		}
		list[i] = f
	}
	return list
}

func isAnyDate(s string) bool {
	for i := range anyDates {
		if _, ok := anyDates[i].parse(s); ok {
			return true
		}
	}
	return false
}
