package hub

import (
	"fmt"

	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// ListeRefusee is a price list, or what an OPCO announces, that was refused. Nothing
// was recorded.
type ListeRefusee struct {
	Erreurs []ventilation.ErreurLigne // all of them, or the first ones
	code    refus.Code
}

// TarifsRefuses is the refusal of a price list.
func TarifsRefuses(reasons []ventilation.ErreurLigne) *ListeRefusee {
	return &ListeRefusee{reasons, refus.CodeInvalidTarifs}
}

// EcheancierRefuse is the refusal of what an OPCO announces.
func EcheancierRefuse(reasons []ventilation.ErreurLigne) *ListeRefusee {
	return &ListeRefusee{reasons, refus.CodeInvalidEcheancier}
}

// Error returns the first error with its place.
func (e *ListeRefusee) Error() string {
	first := e.Erreurs[0]
	if first.Ligne > 0 {
		return fmt.Sprintf("line %d: %s", first.Ligne, first.Message)
	}
	return first.Message
}

// Refusal says it as every refusal is said.
func (e *ListeRefusee) Refusal() *Refusal {
	return refus.New(e.code, "%s", e.Erreurs[0].Message).With(e)
}
