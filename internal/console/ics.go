package console

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// suivi answers a program that follows a calendar. Whoever has its address reads it:
// so it names contracts, and no person. The log has the route alone.
func (c *console) suivi(w http.ResponseWriter, r *request) error {
	s, err := c.hub.Contrats.Suivi(r.Context(), strings.TrimSuffix(r.PathValue("cle"), ".ics"))
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/calendar; charset=utf-8")
	header.Set("Content-Disposition", `inline; filename="passerelle.ics"`)
	header.Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write(ics(s, c.hub.Now(), c.address.Of(r.Request))) // the program may have left
	return nil
}

// ics writes a calendar (RFC 5545) of whole days.
func ics(s *hub.Suivi, now time.Time, origin string) []byte {
	var b bytes.Buffer
	line := func(name, value string) { foldLine(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Passerelle//Calendrier//FR")
	name := "Passerelle"
	if s.Session.ID != 0 {
		name = "Passerelle, " + s.Session.NomGroupe
	}
	line("X-WR-CALNAME", icsText(name))
	event := func(day passerelle.Date, about, summary, path string) {
		sum := sha256.Sum256([]byte(about))
		line("BEGIN", "VEVENT")
		line("UID", hex.EncodeToString(sum[:12])+"@passerelle")
		line("DTSTAMP", now.UTC().Format("20060102T150405Z"))
		line("DTSTART;VALUE=DATE", day.Time().Format("20060102"))
		line("DTEND;VALUE=DATE", (day + 1).Time().Format("20060102"))
		line("SUMMARY", icsText(summary))
		line("URL", origin+path)
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	for _, e := range s.Contrats {
		what, kind := "Début du contrat ", "debut"
		if e.Fin {
			what, kind = "Fin du contrat ", "fin"
		}
		event(e.Le, kind+"\x00"+e.CodeContrat, what+e.CodeContrat+" ("+e.NomGroupe+", "+e.NomSite+")", lienContrat(e.CodeContrat))
	}
	for _, e := range s.Exercices {
		event(e.Periode.Fin, "exercice\x00"+e.Periode.String(), "Dernier jour de l’exercice "+e.Periode.String(), "/exercices")
	}
	for _, d := range s.Risques.ARisque {
		event(d.AuPlusTard, "solde\x00"+d.CodeContrat+d.Date.String(), "Dernier jour pour le solde du contrat "+d.CodeContrat+" : "+grouped(d.Montant.FR())+" €", lienContrat(d.CodeContrat)+"#financement")
	}
	line("END", "VCALENDAR")
	return b.Bytes()
}

var icsEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", "")

func icsText(s string) string { return icsEscapes.Replace(s) }

// foldLine writes a line in parts of at most 75 bytes, without cutting a character.
func foldLine(b *bytes.Buffer, line string) {
	const most = 75
	for room := most; len(line) > room; room = most - 1 {
		cut := room
		for cut > 0 && !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	b.WriteString(line + "\r\n")
}
