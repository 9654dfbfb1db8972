package xlsx

import (
	"fmt"
	"math"
	"strings"

	"github.com/xuri/nfp"
)

// clock is a time of day, or a span of time, as a format shows it.
type clock struct {
	days   float64
	milli  int64 // of the whole number
	twelve bool  // with AM and PM
}

func newClock(section []nfp.Token, number float64) *clock {
	c := &clock{days: number, milli: int64(math.Round(number * 86_400_000))}
	for _, item := range section {
		if item.TType == nfp.TokenTypeDateTimes && strings.Contains(strings.ToUpper(item.TValue), "A/P") || strings.EqualFold(item.TValue, "AM/PM") {
			c.twelve = true
		}
	}
	return c
}

func (c *clock) decimals(n int) string {
	return fmt.Sprintf("%03d", c.milli%1000)[:min(n, 3)]
}

// show writes the part of a time that one token of a format stands for.
func (c *clock) show(section []nfp.Token, at int) string {
	token := section[at]
	lower := strings.ToLower(token.TValue)
	seconds := c.milli / 1000
	if token.TType == nfp.TokenTypeElapsedDateTimes {
		lower = strings.Trim(lower, "[]")
		unit := map[string]int64{"h": 3600, "m": 60, "s": 1}[lower[:1]]
		if unit == 0 {
			return ""
		}
		return fmt.Sprintf("%0*d", len(lower), seconds/unit)
	}
	switch {
	case lower == "am/pm":
		if seconds%86_400 < 43_200 {
			return "AM"
		}
		return "PM"
	case lower == "a/p":
		if seconds%86_400 < 43_200 {
			return "A"
		}
		return "P"
	case strings.HasPrefix(lower, "h"):
		hours := seconds / 3600 % 24
		if c.twelve {
			if hours %= 12; hours == 0 {
				hours = 12
			}
		}
		return fmt.Sprintf("%0*d", min(len(lower), 2), hours)
	case strings.HasPrefix(lower, "s"):
		return fmt.Sprintf("%0*d", min(len(lower), 2), seconds%60)
	case strings.HasPrefix(lower, "m") && minutes(section, at):
		return fmt.Sprintf("%0*d", min(len(lower), 2), seconds/60%60)
	case strings.HasPrefix(lower, "m"):
		_, month, _ := civil(int(math.Floor(c.days)) - 25_569)
		return fmt.Sprintf("%0*d", min(len(lower), 2), month)
	}
	return ""
}

// minutes tells the m of minutes, after hours or before seconds, from that of months.
func minutes(section []nfp.Token, at int) bool {
	near := func(step int, letter string) bool {
		for i := at + step; i >= 0 && i < len(section); i += step {
			switch section[i].TType {
			case nfp.TokenTypeDateTimes, nfp.TokenTypeElapsedDateTimes:
				return strings.HasPrefix(strings.Trim(strings.ToLower(section[i].TValue), "["), letter)
			}
		}
		return false
	}
	return near(-1, "h") || near(1, "s")
}
