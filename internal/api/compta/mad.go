package compta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func (s *server) madExercices(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, "on", "format", "code", "dates", "creation")
	on := p.on()
	format := p.one("format", "json", "tra")
	options := comptable.OptionsTRA{
		CodeRang:       p.one("code", "nom", "rang") == "rang",
		ElargirAuxMois: p.one("dates", "exactes", "elargies") == "elargies",
		DateDeCloture:  p.one("creation", "debut", "cloture") == "cloture",
	}
	if err := p.err(); err != nil {
		return err
	}
	if format == "tra" {
		return s.exportTRA(w, r, on, options)
	}
	list, err := s.hub.Comptabilite.Exercices(r.Context(), acces(r), on)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, comptable.ToMAD(list))
}

// exportTRA answers with a file. What a person should know of it is in the
// header X-Passerelle-Avertissements, a JSON list in ASCII.
func (s *server) exportTRA(w http.ResponseWriter, r *web.Request, on *passerelle.Date, o comptable.OptionsTRA) error {
	societe, err := s.hub.Comptabilite.Societe(r.Context(), acces(r))
	if err != nil {
		return err
	}
	var file bytes.Buffer
	warnings, err := s.hub.Comptabilite.ExportTRA(r.Context(), acces(r), on, o, &file)
	if err != nil {
		return err
	}
	header := w.Header()
	if len(warnings) > 0 {
		text, err := json.Marshal(warningsOf(warnings))
		if err != nil {
			return err
		}
		header.Set("X-Passerelle-Avertissements", ascii(string(text)))
	}
	header.Set("Content-Type", "text/plain; charset=windows-1252")
	header.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, FileName(societe, s.hub.Now().In(hub.Paris).Format("20060102"))))
	header.Set("Content-Length", strconv.Itoa(file.Len()))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(file.Bytes()) // the client may have left
	return nil
}

// FileName returns the name of the TRA file of a société, written on a day
// (YYYYMMDD): its SIREN where that is known, else its id.
func FileName(s domaine.Societe, day string) string {
	who := "SOCIETE" + strconv.FormatInt(s.ID, 10)
	if len(s.SIRET) == 14 {
		who = s.SIRET[:9]
	}
	return who + "_EXERCICES_" + day + ".TRA"
}

// ascii escapes what is not ASCII in a JSON text.
func ascii(text string) string {
	var b bytes.Buffer
	for _, c := range text {
		if c < 0x80 {
			b.WriteRune(c)
		} else if c < 0x10000 {
			fmt.Fprintf(&b, `\u%04x`, c)
		} else {
			b.WriteByte('?') // no message holds any
		}
	}
	return b.String()
}

// importAnswer says what a TRA file brought.
type importAnswer struct {
	Crees     []string        `json:"crees"`     // ids of the exercices that were missing
	Exercices []comptable.MAD `json:"exercices"` // all of them, the most recent first
	Warnings  []warningAnswer `json:"warnings"`
}

func (s *server) importTRA(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, "format", "simulation")
	if format := p.value("format"); format == "" || p.one("format", "json", "tra") != "tra" && len(p.errs) == 0 {
		p.fail(codeParameter, "format", "Seul un fichier TRA s’importe ici : ajoutez format=tra.")
	}
	body, err := p.body(w)
	if err != nil {
		return err
	}
	c := s.newChange(r, func(res *hub.ResultatExercices) any {
		answer := importAnswer{Crees: []string{}, Exercices: comptable.ToMAD(res.Exercices), Warnings: warningsOf(res.Avertissements)}
		for _, changement := range res.Changements {
			answer.Crees = append(answer.Crees, web.ID(changement.Apres.ID))
		}
		return answer
	})
	return c.serve(w, func(d hub.DemandeExercices) (*hub.ResultatExercices, error) {
		return s.hub.Comptabilite.ImportTRA(r.Context(), d, c.through(body))
	})
}
