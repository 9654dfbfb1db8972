package demo

import (
	"strconv"
	"strings"

	passerelle "github.com/passerelle-hub/passerelle"
)

// Mistake is a contract that is wrong in one way, on purpose.
type Mistake struct {
	Contrat passerelle.Contrat
	Field   string          // the wire name of the field that is wrong
	Code    passerelle.Code // the rule that it breaks, and the only one
	Why     string          // what happened at the sender, in English
}

// Mistakes returns contracts that break one rule each when they are pushed after
// the valid contract c. Apart from what is wrong, each is a new contract of a
// new apprentice in the session of c.
func Mistakes(c passerelle.Contrat) []Mistake {
	var out []Mistake
	add := func(field string, code passerelle.Code, why string, spoil func(*passerelle.Contrat)) {
		suffix := "-X" + strconv.Itoa(len(out)+1)
		wrong := c
		wrong.CodeContrat += suffix
		wrong.CodeApprenant += suffix
		wrong.EmailApprenant = strings.ToLower("nouveau"+suffix) + wrong.EmailApprenant[strings.IndexByte(c.EmailApprenant, '@'):]
		spoil(&wrong)
		out = append(out, Mistake{Contrat: wrong, Field: field, Code: code, Why: why})
	}
	add("emailApprenant", passerelle.CodeRequired, "the apprentice's e-mail was never entered",
		func(w *passerelle.Contrat) { w.EmailApprenant = "" })
	add("emailApprenant", passerelle.CodeEmailFormat, "an address was typed with “(at)”",
		func(w *passerelle.Contrat) { w.EmailApprenant = strings.Replace(w.EmailApprenant, "@", "(at)", 1) })
	add("dateDebut", passerelle.CodeDateFormat, "the contract begins on a day that does not exist",
		func(w *passerelle.Contrat) { w.DateDebut, w.DateFin = "31/02/2026", "" })
	add("dateFin", passerelle.CodeDateOrder, "start and end were swapped",
		func(w *passerelle.Contrat) { w.DateDebut, w.DateFin = "31/08/2027", "01/09/2025" })
	add("nomSite", passerelle.CodeCodeNameMismatch, "the site was spelt by hand, and its code has another name already",
		func(w *passerelle.Contrat) { w.NomSite += " (ancien)" })
	add("emailApprenant", passerelle.CodeEmailShared, "two apprentices share one address",
		func(w *passerelle.Contrat) { w.EmailApprenant = c.EmailApprenant })
	add("codePersonnel", passerelle.CodeUserCodeShared, "an apprentice was entered as the tutor of another",
		func(w *passerelle.Contrat) {
			w.CodePersonnel, w.EmailPersonnel = c.CodeApprenant, c.EmailApprenant
			w.NomPersonnel, w.PrenomPersonnel = c.NomApprenant, c.PrenomApprenant
		})
	add("codeContrat", passerelle.CodeDuplicateContrat, "the export lists one contract twice",
		func(w *passerelle.Contrat) { *w = c })
	return out
}
