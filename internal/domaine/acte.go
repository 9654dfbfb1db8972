package domaine

import "time"

// NatureActe tells the acts on personal data apart.
type NatureActe string

// The acts.
const (
	ActeExport     NatureActe = "export"     // a person's data was given out
	ActeEffacement NatureActe = "effacement" // a person was erased
	ActePurge      NatureActe = "purge"      // contracts archived long ago were removed
)

// Acte is something that was done to personal data, without the data itself.
type Acte struct {
	Nature             NatureActe
	Par                string
	Le                 time.Time
	Contrats, Versions int // how many were concerned
}
