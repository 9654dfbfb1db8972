package xlsx

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// numberValue gives a number, as it stands in the sheet, the meaning of its style.
// Texts that have to be made are appended to dst.
func (b *Book) numberValue(st *style, value []byte, dst *[]byte) (kind Kind, text []byte, seconds int32) {
	if st == nil || st.kind == formatNumber {
		return decimal(value, dst)
	}
	if st.kind == formatDay {
		if day, ok := b.day(value); ok {
			start := len(*dst)
			*dst = appendDay(*dst, day.serial)
			return Day, (*dst)[start:], day.seconds
		}
		return decimal(value, dst)
	}
	number, err := strconv.ParseFloat(string(value), 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
		return decimal(value, dst)
	}
	if math.Abs(number) >= 1e15 || st.kind == formatShown && number != math.Trunc(number) && !timed(st.sections[0]) {
		return decimal(value, dst) // of an amount nothing is rounded away
	}
	if st.kind == formatPercent {
		hundred := strconv.AppendFloat(nil, number*100, 'e', 13, 64) // what a workbook keeps of it
		kind, text, _ := decimal(hundred, dst)
		if kind != Number {
			return kind, text, 0
		}
		start := len(*dst)
		*dst = append(append(*dst, text...), '%')
		return Shown, (*dst)[start:], 0
	}
	start := len(*dst)
	*dst = st.show(*dst, number, b.Date1904)
	return Shown, (*dst)[start:], 0
}

// decimal writes a number in full, with the 15 digits that workbooks keep.
func decimal(value []byte, dst *[]byte) (Kind, []byte, int32) {
	if isPlainNumber(value) {
		return Number, value, 0
	}
	number, err := strconv.ParseFloat(string(value), 64)
	if err != nil || math.IsInf(number, 0) || math.IsNaN(number) {
		return Text, value, 0 // whatever its writer meant
	}
	start := len(*dst)
	switch {
	case number == 0:
		*dst = append(*dst, '0')
	case math.Abs(number) >= 1e15:
		if allDigits(value) {
			return Long, value, 0 // as it stands: excelize and others write all of them
		}
		*dst = strconv.AppendFloat(*dst, number, 'f', -1, 64)
		return Long, (*dst)[start:], 0
	default:
		var digits [32]byte
		rounded, err := strconv.ParseFloat(string(strconv.AppendFloat(digits[:0], number, 'e', 14, 64)), 64)
		if err != nil {
			rounded = number
		}
		*dst = strconv.AppendFloat(*dst, rounded, 'f', -1, 64)
	}
	return Number, (*dst)[start:], 0
}

func allDigits(b []byte) bool {
	for i, c := range b {
		if (c < '0' || c > '9') && !(c == '-' && i == 0) {
			return false
		}
	}
	return len(b) > 0
}

// isPlainNumber reports whether a number already stands as it is to be given:
// at most 15 digits, no exponent, no superfluous zero.
func isPlainNumber(b []byte) bool {
	i := 0
	if len(b) > 0 && b[0] == '-' {
		i = 1
	}
	if len(b)-i > 16 || len(b) == i {
		return false
	}
	first, point, nonzero := i, -1, false
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c == '.' && point < 0 && i > first:
			point = i
		case c < '0' || c > '9':
			return false
		case c != '0':
			nonzero = true
		}
	}
	whole, count := len(b), len(b)-first
	if point >= 0 {
		whole = point
		count--
		if b[len(b)-1] == '0' || b[len(b)-1] == '.' {
			return false
		}
	}
	return count <= 15 && (whole-first == 1 || b[first] != '0') && (nonzero || first == 0)
}

// serial is a day and a time of day.
type serial struct {
	serial  int // days since 30 December 1899
	seconds int32
}

const lastSerial = 2_958_465 // 31 December 9999

// day reads the number by which a workbook keeps a day. Some writers lose up to a
// minute on the way from the zone of their machine: 23:59:12 is the next day.
// 23:59:59 is not, since software means the end of the day by it.
func (b *Book) day(value []byte) (serial, bool) {
	var s serial
	if whole, ok := digits(value); ok {
		s.serial = whole
	} else {
		number, err := strconv.ParseFloat(string(value), 64)
		if err != nil || !(number >= 0 && number < lastSerial+1) {
			return serial{}, false
		}
		days := math.Floor(number)
		s.serial = int(days)
		s.seconds = int32(math.Round((number - days) * 86_400))
		if s.seconds > 23*3600+59*60 && s.seconds < 86_399 {
			s.serial, s.seconds = s.serial+1, 0
		} else if s.seconds == 86_400 {
			s.seconds = 86_399
			if number-days > 1-1e-7 { // the last digit of a whole number
				s.serial, s.seconds = s.serial+1, 0
			}
		}
	}
	if b.Date1904 {
		s.serial += 1462
	} else if s.serial > 0 && s.serial < 60 {
		s.serial++ // the calendar of Excel has a 29 February 1900
	}
	if s.serial < 1 || s.serial > lastSerial {
		return serial{}, false
	}
	return s, true
}

// isoDay reads the ISO 8601 form of a day, with or without a time of day (ECMA-376,
// 18.17.4.1). An instant of another zone is none: which day it is, its reader says.
func (b *Book) isoDay(value []byte) (serial, bool) {
	text := string(value)
	var at time.Time
	var err error
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z", "2006-01-02T15:04"} {
		if at, err = time.Parse(layout, text); err == nil {
			break
		}
	}
	midnight := at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0
	if err != nil || strings.HasSuffix(text, "Z") && !midnight || at.Year() < 1900 {
		return serial{}, false
	}
	s := serial{seconds: int32(at.Hour()*3600 + at.Minute()*60 + at.Second())}
	s.serial = int((at.Unix()-int64(s.seconds))/86_400) + 25_569
	if s.seconds > 23*3600+59*60 && s.seconds < 86_399 {
		s.serial, s.seconds = s.serial+1, 0
	}
	return s, s.serial >= 1 && s.serial <= lastSerial
}

// appendDay writes a day as DD/MM/YYYY. The serial counts from 30 December 1899.
func appendDay(dst []byte, serial int) []byte {
	year, month, day := civil(serial - 25_569)
	two := func(n int) { dst = append(dst, byte('0'+n/10), byte('0'+n%10)) }
	two(day)
	dst = append(dst, '/')
	two(month)
	dst = append(dst, '/')
	two(year / 100)
	two(year % 100)
	return dst
}

// civil turns days since 1 January 1970 into a date of the Gregorian calendar
// (H. Hinnant, "chrono-compatible low-level date algorithms").
func civil(days int) (year, month, day int) {
	z := days + 719_468
	era := z / 146_097
	doe := z - era*146_097
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	if month = mp + 3; month > 12 {
		month -= 12
	}
	if year = yoe + era*400; month <= 2 {
		year++
	}
	return year, month, day
}
