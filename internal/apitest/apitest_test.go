package apitest_test

import (
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestTheDocumentIsValidOpenAPI31(t *testing.T) {
	t.Parallel()
	apitest.Document(t).Valid(t)
}

func TestAServerIsReachedAndChecked(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		o.Get(t, "/api/sync/v1/test").WantJSON(t, 200, `{"value":"token valid","name":"CFA Horizon"}`)
		o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Demo(200)...)).Want(t, 200)
		list := apitest.Decode[struct{ Total int }](t, o.Get(t, "/api/sync/v1/contrats-get-all").Want(t, 200))
		if list.Total != 200 {
			t.Errorf("%d contracts, want 200", list.Total)
		}
		if strings.Contains(s.Log.String(), "@") {
			t.Error("an address is in the log")
		}
	})
}
