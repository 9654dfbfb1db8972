package compta

import (
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// change is a call that changes exercices: it may be simulated, and sent twice
// with an Idempotency-Key.
type change struct {
	s      *server
	r      *web.Request
	digest hash.Hash                        // of the request, its body as it is read
	answer func(*hub.ResultatExercices) any // the body of the answer
	given  *hub.Reponse                     // the answer as it is kept for replays
}

// newChange begins a change; body is read through it.
func (s *server) newChange(r *web.Request, answer func(*hub.ResultatExercices) any) *change {
	c := &change{s: s, r: r, digest: sha256.New(), answer: answer}
	fmt.Fprintf(c.digest, "%s %s?%s\n", r.Method, r.URL.Path, r.URL.Query().Encode())
	return c
}

// through returns a reader of body that digests what is read.
func (c *change) through(body io.Reader) io.Reader { return io.TeeReader(body, c.digest) }

// serve does the change and answers.
func (c *change) serve(w http.ResponseWriter, do func(hub.DemandeExercices) (*hub.ResultatExercices, error)) error {
	p := parameterReader{r: c.r}
	d := hub.DemandeExercices{
		Acces:      acces(c.r),
		Par:        domaine.Personne{ID: c.r.Jeton.ID, Prenom: c.r.Jeton.Prenom, Nom: c.r.Jeton.Nom},
		Simulation: p.one("simulation", "non", "oui") == "oui",
	}
	if key := c.r.Header.Get("Idempotency-Key"); key != "" {
		if len(key) > 255 || strings.Trim(key, printable) != "" {
			p.fail(codeParameter, "Idempotency-Key", "En-tête « Idempotency-Key » : au plus 255 caractères ASCII imprimables.")
		}
		d.Rejeu = &hub.Rejeu{Cle: key, Demande: func() [sha256.Size]byte { return [sha256.Size]byte(c.digest.Sum(nil)) }, Repondre: c.keep}
	}
	if err := p.err(); err != nil {
		return err
	}
	res, err := do(d)
	switch {
	case res != nil && res.Reponse != nil:
		w.Header().Set("Idempotent-Replayed", "true")
		return web.WriteRawJSON(w, res.Reponse.Statut, res.Reponse.Corps)
	case c.given != nil && (err == nil || !internal(err)):
		return web.WriteRawJSON(w, c.given.Statut, c.given.Corps)
	case err != nil:
		return err
	case d.Simulation:
		return web.WriteJSON(w, http.StatusOK, simulationAnswer{true, comptable.ToMAD(res.Exercices), warningsOf(res.Avertissements)})
	}
	return web.WriteJSON(w, http.StatusOK, c.answer(res))
}

// printable holds the characters that an Idempotency-Key is made of.
var printable = func() string {
	var b strings.Builder
	for c := byte(0x20); c < 0x7f; c++ {
		b.WriteByte(c)
	}
	return b.String()
}()

func internal(err error) bool {
	return web.Status(web.RefusalOf(err).Kind()) >= http.StatusInternalServerError
}

// keep writes the answer that replays get again.
func (c *change) keep(res *hub.ResultatExercices, refusal error) (hub.Reponse, error) {
	status, value := http.StatusOK, any(nil)
	if refusal != nil {
		status, value = c.s.describe(c.r.Request, c.r.ID, refusal)
	} else {
		value = c.answer(res)
	}
	body, err := web.MarshalJSON(value)
	if err != nil {
		return hub.Reponse{}, err
	}
	c.given = &hub.Reponse{Statut: status, Corps: body}
	return *c.given, nil
}

// simulationAnswer is what would be: the exercices as they would stand, the most
// recent first. One that does not exist yet has the producerId "0".
type simulationAnswer struct {
	Simulation bool            `json:"simulation"`
	Exercices  []comptable.MAD `json:"exercices"`
	Warnings   []warningAnswer `json:"warnings"`
}
