package tableur

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/passerelle-hub/passerelle"
)

// DefaultDates are the date formats tried where a mapping declares none. None of
// them can be mistaken for another.
var DefaultDates = []string{"JJ/MM/AAAA", "AAAA-MM-JJ", "JJ-MM-AAAA", "JJ.MM.AAAA", "J MMMM AAAA", "excel"}

// dateFormatter reads a date written in one format.
type dateFormatter func(s string) (passerelle.Date, bool)

var months = map[string]time.Month{
	"janvier": 1, "janv": 1, "jan": 1, "fevrier": 2, "fevr": 2, "fev": 2, "mars": 3, "mar": 3, "avril": 4, "avr": 4,
	"mai": 5, "juin": 6, "juillet": 7, "juil": 7, "jul": 7, "aout": 8, "septembre": 9, "sept": 9, "sep": 9,
	"octobre": 10, "oct": 10, "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}

var (
	dateTokens = regexp.MustCompile(`Y+|M+|D+|[^YMD]+`)
	timeOfDay  = regexp.MustCompile(`^[T ]+\d{1,2}[:h]\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?$`)
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
func compileDate(format string) (dateFormatter, error) {
	if strings.EqualFold(strings.TrimSpace(format), "excel") {
		return parseSerial, nil
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
			return nil, fmt.Errorf("le format de date « %s » n’est pas compris : écrivez par exemple JJ/MM/AAAA, M/J/AAAA ou AAAA-MM-JJ", format)
		}
		parts = append(parts, part)
		seen[letter]++
	}
	if seen['Y'] != 1 || seen['M'] != 1 || seen['D'] != 1 {
		return nil, fmt.Errorf("le format de date « %s » doit donner un jour, un mois et une année, par exemple JJ/MM/AAAA", format)
	}
	return func(s string) (passerelle.Date, bool) { return readDate(parts, s) }, nil
}

func readDate(parts []datePart, s string) (passerelle.Date, bool) {
	var year, month, day int
	for _, part := range parts {
		n, width := 0, 0
		switch {
		case part.anyBlank:
			if width = len(s) - len(strings.TrimLeft(s, " .-")); width == 0 {
				return 0, false
			}
		case part.letter == 0:
			if width = len(part.literal); !strings.HasPrefix(s, part.literal) {
				return 0, false
			}
		case part.least == 0:
			width = len(s) - len(strings.TrimLeftFunc(s, unicode.IsLetter))
			if n = int(months[fold(s[:width])]); n == 0 {
				return 0, false
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
				return 0, false
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
	if s != "" && !timeOfDay.MatchString(s) || year < 1 || month < 1 || month > 12 || day < 1 {
		return 0, false
	}
	// NewDate goes on to the next month where no calendar has that day.
	d := passerelle.NewDate(year, time.Month(month), day)
	return d, d.Time().Day() == day
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

func compileAll(formats ...string) []dateFormatter {
	list := make([]dateFormatter, len(formats))
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
	for _, parse := range anyDates {
		if _, ok := parse(s); ok {
			return true
		}
	}
	return false
}
