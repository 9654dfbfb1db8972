package hub

import (
	"fmt"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// constats is what is wrong with something that a person sends to be kept, field by field.
type constats []passerelle.Violation

func (c *constats) add(field string, code passerelle.Code, format string, args ...any) {
	*c = append(*c, passerelle.Violation{Field: field, Code: code, Message: fmt.Sprintf(format, args...)})
}

// nom checks the trimmed name of what is called du (« du modèle »); manque says what to do where
// there is none.
func (c *constats) nom(nom, du, manque string) {
	switch {
	case nom == "":
		c.add("nom", passerelle.CodeRequired, "Le nom %s est obligatoire%s.", du, manque)
	case len([]rune(nom)) > maxNom:
		c.add("nom", passerelle.CodeTooLong, "Le nom %s a au plus %d caractères.", du, maxNom)
	case strings.ContainsRune(nom, 0):
		c.add("nom", passerelle.CodeType, "Le nom %s contient le caractère nul, retirez-le.", du)
	}
}

// refuse is the refusal that says all of it, nil where nothing is wrong.
func (c constats) refuse(code refus.Code) error {
	if len(c) == 0 {
		return nil
	}
	return refus.New(code, "%s", c[0].Message).With([]passerelle.Violation(c))
}
