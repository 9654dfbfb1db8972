package compta_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

// BenchmarkListExercices measures GET /api/v1/mad/exercices for a société with
// three exercices, from the request to the answer, with the rate of the token
// counted as in production.
func BenchmarkListExercices(b *testing.B) {
	for name, location := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(b.TempDir(), "bench.db") },
		"postgres": func() string { return pgtest.DSN(b) },
	} {
		b.Run(name, func(b *testing.B) {
			e := newEnv(b, location(), 1<<30)
			e.insert(seedExercices()...)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r := httptest.NewRequest("GET", mad, nil)
					r.Header.Set("Authorization", "Bearer "+e.token)
					w := httptest.NewRecorder()
					e.handler.ServeHTTP(w, r)
					if w.Code != http.StatusOK && w.Code != http.StatusTooManyRequests {
						b.Errorf("%d %s", w.Code, w.Body)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
