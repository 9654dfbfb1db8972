package web

import (
	"net/http"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

// StreamContrats answers {"total","contrats":[…]} with a page of the active
// contracts as they are stored, which is as they were sent.
func StreamContrats(w http.ResponseWriter, r *Request, h *hub.Hub, filtre hub.Filtre, page hub.Page) error {
	var s *Stream
	defer func() {
		if s != nil {
			s.Abort() // has no effect once it is closed
		}
	}()
	separator := ""
	err := h.Contrats.AppendContrats(r.Context(), r.Jeton.OrganismeID, filtre, page, func(total int) error {
		s = NewRelayedStream(w, http.StatusOK)
		s.Raw(`{"total":` + strconv.Itoa(total) + `,"contrats":[`)
		return s.err
	}, func(appendTo func(dst []byte) ([]byte, error)) error {
		s.Raw(separator)
		separator = ","
		return s.Append(appendTo)
	})
	if err != nil {
		return err
	}
	s.Raw("]}")
	return s.Close()
}
