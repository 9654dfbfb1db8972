package console

import (
	"net/http"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/agenda"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// suivi answers a program that follows a calendar. Whoever has its address reads it:
// so it names contracts, and no person. The log has the route alone.
func (c *console) suivi(w http.ResponseWriter, r *request) error {
	s, err := c.hub.Contrats.Suivi(r.Context(), strings.TrimSuffix(r.PathValue("cle"), ".ics"))
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", "text/calendar; charset=utf-8")
	header.Set("Content-Disposition", `inline; filename="passerelle.ics"`)
	header.Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write(ics(s, c.hub.Now(), c.address.Of(r.Request))) // the program may have left
	return nil
}

// ics writes what is followed as a calendar of whole days.
func ics(s *hub.Suivi, now time.Time, address string) []byte {
	name := "Passerelle"
	if s.Session.ID != 0 {
		name = "Passerelle, " + s.Session.NomGroupe
	}
	var jours []agenda.Jour
	day := func(le passerelle.Date, about, titre, path string) {
		jours = append(jours, agenda.Jour{Le: le, Objet: about, Titre: titre, Lien: address + path})
	}
	for _, e := range s.Contrats {
		what, kind := "Début du contrat ", "debut"
		if e.Fin {
			what, kind = "Fin du contrat ", "fin"
		}
		day(e.Le, kind+"\x00"+e.CodeContrat, what+e.CodeContrat+" ("+e.NomGroupe+", "+e.NomSite+")", lienContrat(e.CodeContrat))
	}
	for _, e := range s.Exercices {
		day(e.Periode.Fin, "exercice\x00"+e.Periode.String(), "Dernier jour de l’exercice "+e.Periode.String(), "/exercices")
	}
	for _, d := range s.Risques.ARisque {
		day(d.AuPlusTard, "solde\x00"+d.CodeContrat+d.Date.String(), "Dernier jour pour le solde du contrat "+d.CodeContrat+" : "+grouped(d.Montant.FR())+" €", lienContrat(d.CodeContrat)+"#financement")
	}
	return agenda.Ecrire(name, jours, now)
}
