package agenda

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/passerelle-hub/passerelle"
)

// Jour is a whole day of a calendar that the hub writes.
type Jour struct {
	Le    passerelle.Date
	Objet string // what tells the day from others of the calendar; it stays from one reading to the next
	Titre string
	Lien  string // address that says more
}

// Ecrire writes a calendar of whole days as iCalendar.
func Ecrire(nom string, jours []Jour, now time.Time) []byte {
	out := ics.NewCalendar()
	out.SetProductId("-//Passerelle//Calendrier//FR")
	out.SetXWRCalName(nom)
	for _, j := range jours {
		sum := sha256.Sum256([]byte(j.Objet))
		e := out.AddEvent(hex.EncodeToString(sum[:12]) + "@passerelle")
		e.SetDtStampTime(now)
		e.SetAllDayStartAt(j.Le.Time())
		e.SetAllDayEndAt((j.Le + 1).Time())
		e.SetSummary(j.Titre)
		e.SetURL(j.Lien)
		e.SetTimeTransparency(ics.TransparencyTransparent)
	}
	return []byte(out.Serialize(ics.WithNewLineWindows))
}
