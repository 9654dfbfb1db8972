package tableur

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

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
	timeOfDay  = `(?:(?:[T ]+)\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?`
)

// compileDate reads a format made of J or D (day), M (month; MMM or MMMM by its
// French name) and A or Y (year; two of them for 2000 to 2079), such as
// "JJ/MM/AAAA" or "M/D/YYYY", or "excel" for the serial numbers of Excel. One
// letter or two, the day and the month may be written with one digit, unless
// nothing separates them. A time of day after the date is left out.
func compileDate(format string) (dateFormatter, error) {
	if strings.EqualFold(strings.TrimSpace(format), "excel") {
		return parseSerial, nil
	}
	letters := strings.NewReplacer("J", "D", "A", "Y").Replace(strings.ToUpper(strings.TrimSpace(format)))
	tokens := dateTokens.FindAllString(letters, -1)
	compact := letters == strings.Map(keepYMD, letters)
	var pattern strings.Builder
	groups := map[byte]int{}
	for _, token := range tokens {
		if strings.IndexByte("YMD", token[0]) < 0 {
			pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(token), " ", `[\s.-]+`))
			continue
		}
		part := `(\d{1,2})`
		switch {
		case token[0] == 'Y' && len(token) == 4:
			part = `(\d{4})`
		case token[0] == 'Y' && len(token) == 2, compact && len(token) == 2:
			part = `(\d{2})`
		case token[0] == 'M' && (len(token) == 3 || len(token) == 4):
			part = `(\pL+)\.?`
		case token[0] == 'Y' || len(token) > 2 || compact:
			return nil, fmt.Errorf("le format de date « %s » n’est pas compris : écrivez par exemple JJ/MM/AAAA, M/J/AAAA ou AAAA-MM-JJ", format)
		}
		pattern.WriteString(part)
		groups[token[0]]++
	}
	if groups['Y'] != 1 || groups['M'] != 1 || groups['D'] != 1 {
		return nil, fmt.Errorf("le format de date « %s » doit donner un jour, un mois et une année, par exemple JJ/MM/AAAA", format)
	}
	re, err := regexp.Compile(`^` + pattern.String() + timeOfDay + `$`)
	if err != nil {
		return nil, fmt.Errorf("le format de date « %s » n’est pas compris", format)
	}
	var order []byte
	for _, token := range tokens {
		if strings.IndexByte("YMD", token[0]) >= 0 {
			order = append(order, token[0])
		}
	}
	return func(s string) (passerelle.Date, bool) {
		match := re.FindStringSubmatch(s)
		if match == nil {
			return 0, false
		}
		return assemble(order, match[1:])
	}, nil
}

func keepYMD(r rune) rune {
	if strings.ContainsRune("YMD", r) {
		return r
	}
	return -1
}

func assemble(order []byte, parts []string) (passerelle.Date, bool) {
	var year, month, day int
	for i, letter := range order {
		n, err := strconv.Atoi(parts[i])
		switch letter {
		case 'Y':
			year = n
			if len(parts[i]) == 2 {
				year += 1900
				if n < 80 {
					year += 100
				}
			}
		case 'M':
			month = n
			if err != nil {
				month = int(months[fold(parts[i])])
			}
		case 'D':
			day = n
		}
	}
	// ParseDate refuses what no calendar has, such as 31 February.
	d, err := passerelle.ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	return d, err == nil
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
