package hub

import (
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
)

func TestADayIsOverAtMidnightInParisInWinterAndSummer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2027-12-31": "2027-12-31T23:00:00Z", "2027-06-30": "2027-06-30T22:00:00Z",
		"2027-03-27": "2027-03-27T23:00:00Z", "2027-03-28": "2027-03-28T22:00:00Z", "2028-02-29": "2028-02-29T23:00:00Z",
	} {
		day, err := passerelle.ParseDate(text)
		if got := FinDuJour(day).Format(time.RFC3339); err != nil || got != want {
			t.Errorf("%s is over at %s (%v), want %s", text, got, err, want)
		}
	}
}
