package agenda_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/agenda"
)

const calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Ecole//FR\r\nX-WR-CALNAME:MCO 1\r\n" +
	"BEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n" +
	"BEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260901T080000Z\r\nDTSTART;TZID=Europe/Paris:20260908T090000\r\nDTEND;TZID=Europe/Paris:20260908T120000\r\nSUMMARY:Gestion\\, cours\r\nLOCATION:Salle 3\r\n" +
	"ORGANIZER;CN=Paul Durand:mailto:paul.durand@cfa.example\r\nATTENDEE:mailto:lea@etu.example\r\nURL:https://visio.example/secret\r\nX-ZOOM:secret\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260901T080000Z\r\nDTSTART;VALUE=DATE:20260907\r\nSUMMARY:Rentrée\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:3\r\nDTSTAMP:20260901T080000Z\r\nSUMMARY:Sans date\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

var paris, _ = time.LoadLocation("Europe/Paris")

func TestACalendarIsReadWithoutThePeopleThatItNames(t *testing.T) {
	t.Parallel()
	a, err := agenda.Parse([]byte("\ufeff"+calendar), paris)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Evenements) != 2 || a.Evenements[0].Titre != "Rentrée" || !a.Evenements[0].Jour || a.Evenements[1].Titre != "Gestion, cours" || a.Evenements[1].Lieu != "Salle 3" ||
		!a.Evenements[1].Debut.Equal(time.Date(2026, 9, 8, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", a.Evenements)
	}
	text := string(a.Texte)
	for _, gone := range []string{"durand", "Durand", "lea@", "secret", "VALARM", "Sans date"} {
		if strings.Contains(text, gone) {
			t.Errorf("%q is given on:\n%s", gone, text)
		}
	}
	again, err := agenda.Parse(a.Texte, paris)
	if err != nil || len(again.Evenements) != 2 || !strings.Contains(text, "BEGIN:VTIMEZONE") || !strings.Contains(text, "DTSTART;TZID=Europe/Paris:20260908T090000\r\n") {
		t.Errorf("what is given on is not read back: %v\n%s", err, text)
	}
}

func TestWhatIsNoCalendarIsRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "a page": "<!doctype html><html></html>", "a card": "BEGIN:VCARD\r\nEND:VCARD\r\n",
		"too deep":        "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\n", 100_000),
		"too many events": "BEGIN:VCALENDAR\r\n" + strings.Repeat("BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101\r\nEND:VEVENT\r\n", 5001) + "END:VCALENDAR\r\n",
		"too large":       "BEGIN:VCALENDAR\r\n" + strings.Repeat("X:"+strings.Repeat("x", 70)+"\r\n", 40_000) + "END:VCALENDAR\r\n",
	} {
		if _, err := agenda.Parse([]byte(text), paris); err == nil {
			t.Errorf("%s is taken for a calendar", name)
		}
	}
}

func TestACalendarIsFetchedWithinLimits(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/ok.ics", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(calendar)) })
	mux.HandleFunc("/moved.ics", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/ok.ics", http.StatusFound) })
	mux.HandleFunc("/loop.ics", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop.ics", http.StatusFound) })
	mux.HandleFunc("/file.ics", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("/large.ics", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(bytes.Repeat([]byte("X:1\r\n"), 1<<20)) })
	mux.HandleFunc("/page.ics", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) })
	server := httptest.NewServer(mux)
	defer server.Close()
	inside := agenda.NewLecteur(agenda.Politique{HTTP: true, Prive: true})
	for path, want := range map[string]string{
		"/ok.ics": "", "/moved.ics": "", "/loop.ics": "renvoie ailleurs", "/file.ics": "renvoie ailleurs", "/large.ics": "dépasse 2 Mo", "/page.ics": "n’est pas un calendrier", "/no.ics": "répondu 404",
	} {
		a, err := inside.Fetch(t.Context(), server.URL+path, paris)
		switch {
		case want == "" && (err != nil || len(a.Evenements) != 2):
			t.Errorf("%s: %v", path, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	guarded := agenda.NewLecteur(agenda.Politique{HTTP: true})
	if _, err := guarded.Fetch(t.Context(), server.URL+"/ok.ics", paris); err == nil || !strings.Contains(err.Error(), "réseau interne") {
		t.Errorf("an inside address is called: %v", err)
	}
}

func TestAnAddressOfACalendarIsHTTPS(t *testing.T) {
	t.Parallel()
	l := agenda.NewLecteur(agenda.Politique{})
	if got, err := l.Adresse(" webcal://ecole.example/a.ics?k=1 "); err != nil || got != "https://ecole.example/a.ics?k=1" {
		t.Errorf("%s, %v", got, err)
	}
	for _, text := range []string{"", "ecole.example/a.ics", "http://ecole.example/a.ics", "file:///etc/passwd", "ftp://ecole.example/a", "https://", "https://ada:secret@ecole.example/a.ics", "https://%zz"} {
		if got, err := l.Adresse(text); err == nil {
			t.Errorf("%q is accepted as %q", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(calendar))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\nEND:VCALENDAR"))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := agenda.Parse(text, paris)
		if err != nil {
			return
		}
		if again, err := agenda.Parse(a.Texte, paris); err != nil || len(again.Evenements) != len(a.Evenements) {
			t.Errorf("what is given on is not read back: %v\n%q", err, a.Texte)
		}
	})
}
