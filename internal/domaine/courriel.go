package domaine

import "time"

// RythmeCourriel says how often a person is told by e-mail.
type RythmeCourriel string

// The rhythms; "" is never.
const (
	CourrielJamais   RythmeCourriel = ""
	CourrielAussitot RythmeCourriel = "aussitot" // as soon as something new has to be looked at
	CourrielJour     RythmeCourriel = "jour"     // in the morning, where there is something
	CourrielSemaine  RythmeCourriel = "semaine"  // on Monday morning, where there is something
)

// Valid reports whether r is one of the rhythms.
func (r RythmeCourriel) Valid() bool {
	return r == CourrielJamais || r == CourrielAussitot || r == CourrielJour || r == CourrielSemaine
}

// heureCourriel is when mails of a day or a week leave, in the zone that is given.
const heureCourriel = 7

// Apres returns the next moment after now at which a mail of the rhythm is due.
func (r RythmeCourriel) Apres(now time.Time, zone *time.Location) time.Time {
	if r != CourrielJour && r != CourrielSemaine {
		return now
	}
	local := now.In(zone)
	next := time.Date(local.Year(), local.Month(), local.Day(), heureCourriel, 0, 0, 0, zone)
	for !next.After(now) || r == CourrielSemaine && next.Weekday() != time.Monday {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// Courrier is what a person asked to be told of an organisme by e-mail.
type Courrier struct {
	Organisme, Compte int64
	Rythme            RythmeCourriel
	Prochain          time.Time // not before
	Dit               string    // what was last told, as a digest
	EnvoyeLe          *time.Time
	Echecs            int // since the last success
}
