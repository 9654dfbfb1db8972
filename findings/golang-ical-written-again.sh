#!/usr/bin/env bash
# Package: github.com/arran4/golang-ical v0.3.4 (Go proxy), the iCalendar library of Go.
# Behaviour: a valid calendar that is parsed and serialized with no change says something else.
#   A list (CATEGORIES:Cours,Groupe 1) is read as one text, and written as one category whose name has commas. A
#   parameter that stands in quotes, because its value has a comma or a colon, is written without them and with
#   backslashes, which parameters do not know (RFC 5545, 3.2): by the RFC the comma then separates two values, and the value
#   of the property begins at the colon. Exchange names zones so: TZID="(UTC+01:00) Bruxelles, Copenhague, …".
# Output seen:
#   in:  CATEGORIES:Cours,Groupe 1
#   out: CATEGORIES:Cours\,Groupe 1
#   in:  ATTENDEE;CN="Martin, Ada":mailto:ada@cfa.example
#   out: ATTENDEE;CN=Martin\, Ada:mailto:ada@cfa.example
#   in:  DTSTART;TZID="(UTC+01:00) Paris":20260901T090000
#   out: DTSTART;TZID=(UTC+01\:00) Paris:20260901T090000
# Exits non-zero if that changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
go mod init finding.example >/dev/null 2>&1
cat >main.go <<'PROGRAM'
package main

import (
	"fmt"
	"log"
	"strings"

	ics "github.com/arran4/golang-ical"
)

func main() {
	for _, line := range []string{
		"CATEGORIES:Cours,Groupe 1",
		`ATTENDEE;CN="Martin, Ada":mailto:ada@cfa.example`,
		`DTSTART;TZID="(UTC+01:00) Paris":20260901T090000`,
	} {
		text := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//finding//FR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260901T000000Z\r\n" + line + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		calendar, err := ics.ParseCalendar(strings.NewReader(text))
		if err != nil {
			log.Fatal(err)
		}
		name, _, _ := strings.Cut(strings.SplitN(line, ":", 2)[0], ";")
		for out := range strings.Lines(calendar.Serialize()) {
			if strings.HasPrefix(out, name) {
				fmt.Printf("in:  %s\nout: %s\n", line, strings.TrimSpace(out))
			}
		}
	}
}
PROGRAM
go get github.com/arran4/golang-ical@v0.3.4 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
diff seen - <<'SEEN'
in:  CATEGORIES:Cours,Groupe 1
out: CATEGORIES:Cours\,Groupe 1
in:  ATTENDEE;CN="Martin, Ada":mailto:ada@cfa.example
out: ATTENDEE;CN=Martin\, Ada:mailto:ada@cfa.example
in:  DTSTART;TZID="(UTC+01:00) Paris":20260901T090000
out: DTSTART;TZID=(UTC+01\:00) Paris:20260901T090000
SEEN
