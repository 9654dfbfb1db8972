package rapprochement

import (
	"time"

	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
)

// Repris is a decision to take the annual amount of the OPCO for a contract, or to
// take the one before back.
type Repris struct {
	Rang    int64 // 1, 2, 3… of the organisme
	Code    string
	Montant financement.Centimes
	Retire  bool // the one before is taken back; Montant is 0
	Jeton   int64
	Par     string
	Le      time.Time
}
