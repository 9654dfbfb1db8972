package ventilation

import (
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
)

func TestEvery29FebruaryIsCountedFromItsDayOn(t *testing.T) {
	t.Parallel()
	want := int64(0)
	for day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2500; day = day.AddDate(0, 0, 1) {
		if day.Month() == time.February && day.Day() == 29 {
			want++
		}
		if got := feb29(passerelle.DateOf(day)); got != want {
			t.Fatalf("%s: %d, want %d", day.Format(time.DateOnly), got, want)
		}
	}
}
