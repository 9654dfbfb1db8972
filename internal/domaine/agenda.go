package domaine

import "time"

// NatureAbsence is what an apprentice missed.
type NatureAbsence string

// The natures of an absence, as they are on the wire.
const (
	NatureAbsente NatureAbsence = "absence"
	NatureRetard  NatureAbsence = "retard"
)

// FormeMoment is how the days and hours of absences are written, in France.
const FormeMoment = "02/01/2006-15:04"

// Absence is a time that an apprentice was not there, or came late, as the software of
// the school tells it. It is personal data: the reason may say something of health.
type Absence struct {
	Debut, Fin time.Time // in France, to the minute
	Nature     NatureAbsence
	Justifiee  bool
	Motif      string // "" for none
	RecueLe    time.Time
}

// Calendrier is the calendar of a groupe: where it is, and what was last read there.
type Calendrier struct {
	CodeGroupe string
	Adresse    string // https:, may hold a secret
	RecuLe     time.Time
	EssaiLe    *time.Time // the last attempt to read it, nil for none
	Erreur     string     // French: why that failed, "" where it did not
	LuLe       *time.Time // when Contenu was read, nil for never
	Evenements int
	Contenu    []byte // iCalendar (RFC 5545) without the people that it named
}
