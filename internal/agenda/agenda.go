// Package agenda writes calendars of whole days, and reads those of groupes (iCalendar, RFC 5545) where somebody
// said that they are: within limits, from the public internet alone, and without the
// people that they name.
package agenda

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Agenda is a calendar that was read.
type Agenda struct {
	Evenements []Evenement // by their beginning
	Texte      []byte      // as iCalendar, without people, alarms and what no one reads here
}

// Evenement is one event; of a repeated one, the first time.
type Evenement struct {
	Debut, Fin time.Time // Fin is zero where the calendar does not say it
	Jour       bool      // of whole days
	Titre      string
	Lieu       string
}

const (
	// MaxTaille is how large a calendar may be, in bytes.
	MaxTaille = 2 << 20
	// MaxEvenements is how many events it may hold.
	MaxEvenements = 5000

	maxDepth = 4 // of components within each other: calendar, event, alarm
)

// ErrNoCalendar says that a text is no calendar.
var ErrNoCalendar = errors.New("this is no iCalendar")

// kept are the properties of an event that are given on. Those that name people
// (ATTENDEE, ORGANIZER, CONTACT, COMMENT) or lead elsewhere (ATTACH, URL) are not
// among them.
var kept = []string{"UID", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "CATEGORIES", "CLASS", "TRANSP",
	"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "CREATED", "LAST-MODIFIED"}

// Parse reads a calendar. zone is that of times which name none.
func Parse(text []byte, zone *time.Location) (a *Agenda, err error) {
	defer func() {
		if recover() != nil { // the library does not promise that it never panics
			a, err = nil, ErrNoCalendar
		}
	}()
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if len(text) > MaxTaille {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrNoCalendar, MaxTaille)
	}
	if err := shallow(text); err != nil {
		return nil, err
	}
	read, err := ics.ParseCalendarWithOptions(bytes.NewReader(text), ics.WithUnknownPropertyHandler(ics.AcceptUnknownPropertyHandler))
	if err != nil || read == nil || !bytes.Contains(text, []byte("BEGIN:VCALENDAR")) {
		return nil, ErrNoCalendar
	}
	out := ics.NewCalendarFor("Passerelle")
	a = &Agenda{}
	for _, component := range read.Components {
		switch c := component.(type) {
		case *ics.VTimezone:
			for i, p := range c.Properties {
				if strings.EqualFold(p.IANAToken, "TZID") {
					c.Properties[i].Value = plainZone(p.Value)
				}
			}
			out.Components = append(out.Components, c)
		case *ics.VEvent:
			if len(a.Evenements) >= MaxEvenements {
				return nil, fmt.Errorf("%w: more than %d events", ErrNoCalendar, MaxEvenements)
			}
			c.Properties = given(c.Properties)
			c.Components = nil // alarms
			event, ok := eventOf(c, zone)
			if !ok {
				continue // without a day it is shown nowhere
			}
			a.Evenements = append(a.Evenements, event)
			out.Components = append(out.Components, c)
		}
	}
	slices.SortStableFunc(a.Evenements, func(x, y Evenement) int { return x.Debut.Compare(y.Debut) })
	a.Texte = []byte(out.Serialize(ics.WithNewLineWindows))
	return a, nil
}

// shallow refuses components within components within components, which the library
// would follow however deep.
func shallow(text []byte) error {
	depth := 0
	for line := range bytes.Lines(text) {
		switch upper := bytes.ToUpper(line[:min(len(line), 6)]); {
		case bytes.HasPrefix(upper, []byte("BEGIN:")):
			if depth++; depth > maxDepth {
				return ErrNoCalendar
			}
		case bytes.HasPrefix(upper, []byte("END:")):
			depth--
		}
	}
	return nil
}

// eventOf reads what is shown of an event; ok is false where it has no day.
func eventOf(c *ics.VEvent, zone *time.Location) (e Evenement, ok bool) {
	start := c.GetProperty(ics.ComponentPropertyDtStart)
	if start == nil {
		return e, false
	}
	if e.Debut, e.Jour, ok = moment(start, zone); !ok {
		return e, false
	}
	if end := c.GetProperty(ics.ComponentPropertyDtEnd); end != nil {
		e.Fin, _, _ = moment(end, zone)
	}
	e.Titre, e.Lieu = textOf(c, ics.ComponentPropertySummary), textOf(c, ics.ComponentPropertyLocation)
	return e, true
}

func textOf(c *ics.VEvent, name ics.ComponentProperty) string {
	p := c.GetProperty(name)
	if p == nil {
		return ""
	}
	text := []rune(strings.Join(strings.Fields(p.Value), " "))
	return string(text[:min(len(text), 200)])
}

// moment reads DTSTART or DTEND: a day, or a time in UTC, in a named zone or in zone.
func moment(p *ics.IANAProperty, zone *time.Location) (at time.Time, day, ok bool) {
	if named := p.ICalParameters["TZID"]; len(named) == 1 {
		if found, err := time.LoadLocation(named[0]); err == nil && named[0] != "" && !strings.EqualFold(named[0], "local") {
			zone = found
		}
	}
	for _, form := range []struct {
		layout string
		zone   *time.Location
		day    bool
	}{{"20060102T150405Z", time.UTC, false}, {"20060102T150405", zone, false}, {"20060102T1504", zone, false}, {"20060102", zone, true}} {
		if at, err := time.ParseInLocation(form.layout, p.Value, form.zone); err == nil {
			return at, form.day, true
		}
	}
	return time.Time{}, false, false
}
