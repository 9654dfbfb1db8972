package apitest_test

import (
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestAServerBehindPgBouncerTakesPushesAndCountsCalls(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"cache_describe", "describe_exec"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			dsn := pgtest.PgBouncer(t, pgtest.DSN(t), "transaction", "server_round_robin=1", "default_pool_size=6")
			s := apitest.New(t, "postgres", apitest.At(dsn+"&default_query_exec_mode="+mode), apitest.RateLimit(50))
			o := s.Production(t, "CFA Horizon")
			o.Post(t, "/api/sync/v1/contrats", apitest.Body(apitest.Demo(500)...)).Want(t, 200)
			o.Post(t, "/api/sync/v2/contrats", apitest.Body(apitest.Demo(500)...)).Want(t, 200)
			if list := apitest.Decode[struct{ Total int }](t, o.Get(t, "/api/sync/v1/contrats-get-all").Want(t, 200)); list.Total != 500 {
				t.Errorf("%d contracts, want 500", list.Total)
			}
			for range 10 {
				o.Get(t, "/api/v1/mad/exercices?version=1.0.0").Want(t, 200)
			}
			o.Get(t, "/api/v1/mad/financement?version=1.0.0&au=2026-09-01").Want(t, 200)
		})
	}
}
