package hub_test

import (
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestAReasonDatesFromWhenItHasBeenSoWithoutABreak(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		now := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
		h, who := hubOn(t, d.New(t), hub.Options{Now: func() time.Time { return now }}, true)
		// There on the first and second day, gone on the third, back on the fourth.
		for day, n := range []int{1, 1, 0, 1, 1} {
			now = time.Date(2026, 9, 1+day, 8, 0, 0, 0, time.UTC)
			if _, err := push(t, h, who, domaine.OrigineV1, corps(renfort(n), nil, true)); err != nil {
				t.Fatal(err)
			}
			found, _, err := h.Journal.Anomalies(t.Context(), who.Organisme, hub.Page{})
			if err != nil {
				t.Fatal(err)
			}
			since := time.Date(2026, 9, []int{1, 1, 0, 4, 4}[day], 8, 0, 0, 0, time.UTC)
			for _, a := range found {
				if a.Nature == domaine.NatureNonIntegre && !a.Since.Equal(since) {
					t.Errorf("on day %d it has been so since %v, want %v", day+1, a.Since, since)
				}
			}
		}
	})
}
