package npec

import (
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/passerelle-hub/passerelle"
)

// Importee is what is known of an edition that was imported.
type Importee struct {
	ID             int64
	Organisme      int64           // that it is of, 0 for every one
	Depuis         passerelle.Date // the first day of its reign
	Fichier        string
	Empreinte      [sha256.Size]byte // Edition.EmpreintePour its Organisme
	ImporteLe      time.Time
	Par            string
	Lignes         int // of the workbook
	Montants       int
	Certifications int
}

// EmpreintePour tells the edition of one organisme from the same one of another, or of
// every organisme, which is 0.
func (e *Edition) EmpreintePour(organisme int64) [sha256.Size]byte {
	empreinte := e.Empreinte()
	if organisme == 0 {
		return empreinte
	}
	return sha256.Sum256(fmt.Appendf(empreinte[:], "organisme %d", organisme))
}
