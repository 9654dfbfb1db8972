package document

import (
	"testing"
	"time"
)

func TestEveryDayThatHasACharacterIsWrittenAsTheCalendarSays(t *testing.T) {
	t.Parallel()
	for jour := range dernierJour + 1 {
		want := time.Date(1990, 1, 1+jour, 0, 0, 0, 0, time.UTC).Format("02/01/2006")
		if got := string(appendJour(nil, jour)); got != want {
			t.Fatalf("day %d is written %s, want %s", jour, got, want)
		}
		if back, ok := jourOf([]byte(want)); !ok || back != jour {
			t.Fatalf("%s is day %d (%t), want %d", want, back, ok, jour)
		}
	}
}
