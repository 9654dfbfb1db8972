package vie

import (
	"fmt"

	"github.com/passerelle-hub/passerelle"
)

// Check returns what is wrong with deciding so of a contract with these dates: a
// violation with Field, Code and Message, or nil. A date lies between dateDebut and
// dateFin, as far as they are known.
func (d Dates) Check(decision Decision) *passerelle.Violation {
	wrong := func(field string, code passerelle.Code, format string, args ...any) *passerelle.Violation {
		return &passerelle.Violation{Field: field, Code: code, Message: fmt.Sprintf(format, args...)}
	}
	switch decision.Fin {
	case Annule:
		return nil
	case Terme:
		if !d.Fin.Connu {
			return wrong("fin", passerelle.CodeDateOrder, "Ce contrat n’a pas de date de fin : dites qu’il est rompu, avec son dernier jour.")
		}
		return nil
	case Rompu:
		date := decision.Date
		switch {
		case !date.Connu:
			return wrong("date", passerelle.CodeRequired, "Donnez le dernier jour du contrat rompu, de la forme JJ/MM/AAAA.")
		case d.Debut.Connu && date.Date < d.Debut.Date:
			return wrong("date", passerelle.CodeDateOrder, "Le dernier jour, le %s, est avant le début du contrat, le %s : corrigez-le, ou dites le contrat annulé.", date.FR(), d.Debut.FR())
		case d.Fin.Connu && date.Date > d.Fin.Date:
			return wrong("date", passerelle.CodeDateOrder, "Le dernier jour, le %s, est après la fin du contrat, le %s : corrigez-le, ou dites le contrat allé à son terme.", date.FR(), d.Fin.FR())
		}
		return nil
	}
	return wrong("fin", "value", "La fin « %s » n’existe pas : écrivez terme, rompu ou annule.", decision.Fin)
}
