package agenda

import (
	"strings"
	"testing"
	"time"
)

// What is given on says what was read: the library by itself writes some of it otherwise.
func TestACalendarIsGivenOnAsItWasMeant(t *testing.T) {
	t.Parallel()
	const zone = `"(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris"`
	text := strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//FR",
		"BEGIN:VTIMEZONE", `TZID:(UTC+01:00) Bruxelles\, Copenhague\, Madrid\, Paris`, "BEGIN:STANDARD", "DTSTART:16010101T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "END:STANDARD", "END:VTIMEZONE",
		"BEGIN:VEVENT", "UID:1", "DTSTAMP:20260901T000000Z", "dtstart;tzid=" + zone + ":20260901T090000",
		`Summary;ALTREP="https://ailleurs.example/":Maths C:\\temp`, "CATEGORIES:Cours,Groupe 1", "END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // what was given on is read again, and is the same
		a, err := Parse([]byte(text), paris)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Evenements) != 1 || a.Evenements[0].Titre != `Maths C:\temp` || !a.Evenements[0].Debut.Equal(time.Date(2026, 9, 1, 7, 0, 0, 0, time.UTC)) {
			t.Errorf("the events are %+v", a.Evenements)
		}
		text = strings.ReplaceAll(string(a.Texte), "\r\n ", "") // lines that were folded
		for _, line := range []string{"TZID:(UTC+01.00) Bruxelles Copenhague Madrid Paris", "DTSTART;TZID=(UTC+01.00) Bruxelles Copenhague Madrid Paris:20260901T090000",
			`SUMMARY:Maths C:\\temp`, "CATEGORIES:Cours", "CATEGORIES:Groupe 1"} {
			if !strings.Contains(text, "\r\n"+line+"\r\n") {
				t.Errorf("%q is not in\n%s", line, text)
			}
		}
		if strings.Contains(text, "ailleurs") {
			t.Errorf("a link is given on:\n%s", text)
		}
	}
}
