package compta

import (
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/fichier"
	"github.com/passerelle-hub/passerelle/internal/conversion"
	"github.com/passerelle-hub/passerelle/internal/hidden"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/tra"
)

// atOnce is how many files are checked or converted at a time; others wait, as long
// as their clients do.
const atOnce = 2

// turn waits for a place among the files that are worked on.
func (s *server) turn(r *web.Request) (release func(), err error) {
	select {
	case s.files <- struct{}{}:
		return func() { <-s.files }, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// controle checks a file of accounting; nothing is kept. A file of another kind is
// an answer, too.
func (s *server) controle(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, "format", "exercice")
	format := p.format("format")
	exercice := p.exercice()
	body, err := p.body(w)
	if err != nil {
		return err
	}
	release, err := s.turn(r)
	if err != nil {
		return err
	}
	defer release()
	var answer any
	switch format {
	case conversion.TRA:
		answer, err = tra.Check(body, tra.Options{})
	case conversion.FEC:
		answer, err = fec.Check(body, fec.Options{Exercice: exercice})
	default:
		answer, err = conversion.CheckMAD(body, conversion.Options{})
	}
	var refused *compta.FormatError
	if errors.As(err, &refused) {
		answer, err = compta.Refused(refused), nil
	}
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

// format reads the name of a format, which is required.
func (p *parameterReader) format(name string) conversion.Format {
	f, ok := conversion.ParseFormat(strings.ToLower(p.value(name)))
	if !ok {
		p.fail(codeParameter, name, "Paramètre « %s » : les valeurs possibles sont tra, fec, mad.", name)
	}
	return f
}

// exercice reads the bounds of the exercice of a FEC.
func (p *parameterReader) exercice() (e fec.Periode) {
	if v := p.value("exercice"); v != "" {
		var ok bool
		if e, ok = fec.ParsePeriode(v); !ok {
			p.fail(codeDate, "exercice", "Paramètre « exercice » : deux dates existantes de la forme AAAA-MM-JJ..AAAA-MM-JJ étaient attendues.")
		}
	}
	return e
}

// CodeFichierRefuse is the code of a file that is not converted.
const CodeFichierRefuse = "ERR-INVALID-FILE"

// conversion converts a file of accounting; nothing is kept. The answer begins when
// the whole file is converted, so that it is never cut off by an error.
func (s *server) conversion(w http.ResponseWriter, r *web.Request) error {
	p := versioned(r, "de", "vers", "exercice", "rapport", "force", "strict")
	o := conversion.Options{De: p.format("de"), Vers: p.format("vers"), Exercice: p.exercice(), Heure: s.hub.Now().In(hub.Paris),
		Force: p.one("force", "non", "oui") == "oui", Strict: p.one("strict", "non", "oui") == "oui"}
	rapport := p.one("rapport", "non", "oui") == "oui"
	if o.De == o.Vers && len(p.errs) == 0 {
		p.fail(codeParameter, "vers", "Paramètre « vers » : le fichier est déjà dans ce format, il n’y a rien à convertir.")
	}
	body, err := p.body(w)
	if err != nil {
		return err
	}
	src, _, err := hidden.Copy("a file of accounting", body, math.MaxInt64-1) // as large as bodies may be
	if err != nil {
		return err
	}
	defer src.Close()
	release, err := s.turn(r)
	if err != nil {
		return err
	}
	defer release()
	if rapport {
		done, err := conversion.Convert(src, io.Discard, o)
		if err != nil {
			return conversionRefused(err)
		}
		return web.WriteJSON(w, http.StatusOK, done)
	}
	out, err := hidden.File("a converted file")
	if err != nil {
		return err
	}
	defer out.Close()
	done, err := conversion.Convert(src, out, o)
	if err != nil {
		return conversionRefused(err)
	}
	return sendConverted(w, out, done)
}

// sendConverted answers with a converted file, and says what was lost in a header.
func sendConverted(w http.ResponseWriter, out *os.File, done *conversion.Rapport) error {
	size, err := out.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = out.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("reading a converted file: %w", err)
	}
	lost, err := json.Marshal(done.Pertes)
	if err != nil {
		return err
	}
	kind, name := "text/plain; charset=utf-8", "ecritures.txt"
	switch done.Vers {
	case conversion.TRA:
		kind, name = "text/plain; charset=windows-1252", "ecritures.TRA"
	case conversion.MAD:
		kind, name = "application/json", "ecritures.json"
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("X-Passerelle-Pertes", ascii(string(lost)))
	w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(w, out) // the client may have left
	return nil
}

// maxRefused is how many reasons an answer gives.
const maxRefused = 200

// conversionRefused turns why a file is not converted into an answer of this API.
func conversionRefused(err error) error {
	var refus *conversion.Refus
	var format *compta.FormatError
	one := func(line, column int, field, rule, message string) fichier.Erreur {
		return fichier.Erreur{Ligne: line, Colonne: column, Regle: rule, Erreur: comptable.Erreur{Code: CodeFichierRefuse, Index: -1, Champ: field, Message: message}}
	}
	switch {
	case errors.As(err, &format):
		return refused(one(format.Line, 0, "", format.Kind, format.Message))
	case errors.As(err, &refus) && refus.Controle != nil:
		var list []fichier.Erreur
		for _, f := range refus.Controle.Findings {
			if f.Severity == compta.SeverityError && len(list) < maxRefused {
				list = append(list, one(f.Line, f.Column, f.Field, f.Rule, f.String()))
			}
		}
		return refused(list...)
	case errors.As(err, &refus):
		var list []fichier.Erreur
		for _, x := range refus.Pertes {
			list = append(list, one(x.Premiere, 0, x.Ce, "perte", fmt.Sprintf("« %s » serait perdu (%d lignes, d’abord la ligne %d) : retirez strict=oui pour l’accepter.", x.Ce, x.Lignes, x.Premiere)))
		}
		return refused(list...)
	}
	return err
}
