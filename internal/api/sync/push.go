package sync

import (
	"io"
	"net/http"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/synchro"
	"github.com/passerelle-hub/passerelle/internal/traces"
)

// counts are those of a push, as every answer to one has them.
type counts struct {
	Total    int `json:"total"`
	Added    int `json:"added"`
	Updated  int `json:"updated"`
	Same     int `json:"same"`
	Removed  int `json:"removed"`
	Integres int `json:"integres"`
}

func countsOf(b *domaine.Bilan) counts {
	return counts{b.Total, b.Ajoutes, b.Modifies, b.Identiques, b.Archives, b.Integres}
}

type v1Answer struct {
	Success bool `json:"success"`
	counts
	Synchronisation string          `json:"synchronisation"`
	Warnings        []web.Violation `json:"warnings"`
}

func (s *server) pushV1(w http.ResponseWriter, r *web.Request) error {
	return s.push(w, r, domaine.OrigineV1)
}

func (s *server) pushV2(w http.ResponseWriter, r *web.Request) error {
	return s.push(w, r, domaine.OrigineV2)
}

func (s *server) pushChanges(w http.ResponseWriter, r *web.Request) error {
	return s.push(w, r, domaine.OrigineChanges)
}

func (s *server) push(w http.ResponseWriter, r *web.Request, origine domaine.Origine) error {
	options := hub.PushOptions{Origine: origine}
	var err error
	if options.Empty, err = web.Flag(r, "vide", "oui"); err != nil {
		return err
	}
	if options.ConfirmArchives, options.Confirm, err = web.Confirmed(r); err != nil {
		return err
	}
	body, merged, err := bodyOf(w, r)
	if err != nil {
		return err
	}
	if origine == domaine.OrigineV1 && !merged {
		result, err := s.hub.Contrats.PushFull(r.Context(), r.Acteur(), body, options)
		if err != nil {
			return err
		}
		return writePush(w, result, origine)
	}
	read := traces.Phase(r.Context(), "push.read")
	push, err := s.readPush(r, body, origine, merged)
	if err != nil {
		read()
		return err
	}
	read(traces.Count{Name: "passerelle.contrats", N: len(push.Entrees)})
	defer push.Close()
	result, err := s.hub.Contrats.Push(r.Context(), r.Acteur(), push, options)
	if err != nil {
		return err
	}
	return writePush(w, result, origine)
}

// bodyOf returns the body of a push, and whether it archives nobody.
func bodyOf(w http.ResponseWriter, r *web.Request) (body io.Reader, merged bool, err error) {
	if body, err = web.Body(w, r); err != nil {
		return nil, false, err
	}
	merged, err = web.Flag(r, "archiver", "non")
	return body, merged, err
}

func (s *server) readPush(r *web.Request, body io.Reader, origine domaine.Origine, merged bool) (*synchro.Push, error) {
	if origine != domaine.OrigineChanges && merged {
		return reception.ReadMerged(body, origine == domaine.OrigineV2, s.hub.Room(r.Context()))
	}
	if origine == domaine.OrigineChanges {
		return reception.ReadChanges(body, s.hub.Room(r.Context()))
	}
	return reception.ReadFull(body, origine == domaine.OrigineV2, s.hub.Room(r.Context()))
}

// maxWarnings bounds the warnings of an answer.
const maxWarnings = hub.MaxViolations

func warnings(plan *synchro.Plan) []web.Violation {
	return web.Violations(plan.Warnings[:min(len(plan.Warnings), maxWarnings)])
}

// writePush answers a push in the form of the door it came through.
func writePush(w http.ResponseWriter, result *hub.PushResult, origine domaine.Origine) error {
	if origine != domaine.OrigineV1 {
		return writeV2(w, result, origine == domaine.OrigineChanges)
	}
	sync := &result.Synchronisation
	return web.WriteJSON(w, http.StatusOK, v1Answer{
		Success: true, counts: countsOf(&sync.Bilan), Synchronisation: web.ID(sync.ID), Warnings: warnings(result.Plan),
	})
}

type v2End struct {
	Synchronisation string `json:"synchronisation"`
	counts
	UnknownRemoved *[]string       `json:"unknownRemoved,omitzero"`
	DetailsTotal   int             `json:"detailsTotal"`
	Warnings       []web.Violation `json:"warnings"`
}

// writeV2 streams the contracts back, the invalid ones as they were sent.
func writeV2(w http.ResponseWriter, result *hub.PushResult, delta bool) error {
	sync := &result.Synchronisation
	end := v2End{
		Synchronisation: web.ID(sync.ID), counts: countsOf(&sync.Bilan), DetailsTotal: result.Plan.ViolationsTotal(), Warnings: warnings(result.Plan),
	}
	if delta {
		unknown := append([]string{}, result.Plan.Inconnus...)
		end.UnknownRemoved = &unknown
	}
	tail, err := json.Marshal(end, json.FormatNilSliceAsNull(false))
	if err != nil {
		return err
	}
	stream := web.NewStream(w, http.StatusOK)
	if result.Plan.Refuses() == 0 {
		stream.Raw(`{"success":true,"validContrats":`)
	} else {
		stream.Raw(`{"success":false,"validContrats":`)
	}
	if err := stream.List(func(yield func([]byte) error) error { return eachValid(result, yield) }); err != nil {
		return err
	}
	stream.Raw(`,"invalidContrats":`)
	if err := stream.List(func(yield func([]byte) error) error { return eachInvalid(result, yield) }); err != nil {
		return err
	}
	stream.Raw("," + string(tail[1:]))
	return stream.Close()
}

func eachValid(result *hub.PushResult, yield func([]byte) error) error {
	return result.Push.EachDocument(func(want func(int) bool) {
		for i := range result.Push.Entrees {
			if result.Plan.Valid(i) && !want(i) {
				return
			}
		}
	}, yield)
}

func eachInvalid(result *hub.PushResult, yield func([]byte) error) (err error) {
	listed := 0
	result.Plan.EachRefused(func(i int, violations []passerelle.Violation) bool {
		errors := make([]web.Probleme, 0, len(violations))
		for k := range violations {
			if listed < hub.MaxViolations {
				listed++
				errors = append(errors, web.ProblemeOf(&violations[k]))
			}
		}
		var sent, element []byte
		if sent, err = result.Push.Sent(i, nil); err != nil {
			return false
		}
		if element, err = withErrors(sent, errors); err != nil {
			return false
		}
		err = yield(element)
		return err == nil
	})
	return err
}

// withErrors adds the errors to a contract as it was sent. What is not an object
// is given back as {"contrat":…}.
func withErrors(sent jsontext.Value, errors []web.Probleme) ([]byte, error) {
	list, err := json.Marshal(errors)
	if err != nil {
		return nil, err
	}
	if sent.Kind() != '{' {
		return append(append(append([]byte(`{"contrat":`), sent...), `,"errors":`...), append(list, '}')...), nil
	}
	var members map[string]jsontext.Value
	if err := json.Unmarshal(sent, &members); err != nil {
		return nil, err
	}
	if _, clash := members["errors"]; !clash {
		separator := ","
		if len(members) == 0 {
			separator = ""
		}
		body := append([]byte{}, sent[:len(sent)-1]...)
		return append(append(append(body, separator+`"errors":`...), list...), '}'), nil
	}
	members["errors"] = list
	return json.Marshal(members, json.Deterministic(true))
}
