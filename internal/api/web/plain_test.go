package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// TestEveryRefusalHasAStatusAndASentenceOverHTTP walks the table of codes: one that
// is forgotten would be a 500.
func TestEveryRefusalHasAStatusAndASentenceOverHTTP(t *testing.T) {
	t.Parallel()
	for _, code := range refus.All() {
		w := httptest.NewRecorder()
		err := fmt.Errorf("wrapped: %w", refus.New(code, "Une phrase."))
		web.WritePlainError(w, httptest.NewRequest(http.MethodGet, "/api/sync/v1/contrats", nil), "req-1", err)
		var body web.PlainError
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		machine := code.Kind().Machine()
		if w.Code < 400 || (w.Code >= 500) != (machine || code.Kind() == refus.Busy) {
			t.Errorf("%s: status %d", code, w.Code)
		}
		if body.Error == "" || !strings.HasSuffix(body.Reason, ".") || machine != (body.RequestID != "") {
			t.Errorf("%s: %+v", code, body)
		}
		if body.Error != code.String() && code.Kind() != refus.Unauthenticated && code != refus.CodeNoRoute {
			t.Errorf("%s: called %q", code, body.Error)
		}
	}
}

func TestWhatNobodyForesawIsOneError500(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"an unknown error":          {errors.New("boom"), 500, "internal error"},
		"a body beyond its limit":   {&http.MaxBytesError{Limit: 5}, 413, "body too large"},
		"a body that drips":         {fmt.Errorf("read: %w", os.ErrDeadlineExceeded), 408, "body too slow"},
		"a body that broke off":     {&web.BodyError{Err: errors.New("reset")}, 400, "unreadable body"},
		"a token that nobody knows": {refus.New(refus.CodeTokenUnknown, "Ce jeton n’existe pas."), 401, "invalid token"},
	} {
		w := httptest.NewRecorder()
		web.WritePlainError(w, httptest.NewRequest(http.MethodGet, "/", nil), "req-1", tc.err)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), `"error":"`+tc.code+`"`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "boom") || strings.Contains(w.Body.String(), "reset") {
			t.Errorf("%s: the answer tells what is for the log: %s", name, w.Body)
		}
	}
}
