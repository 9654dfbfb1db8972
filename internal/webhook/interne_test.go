package webhook

import (
	"testing"
	"time"
)

func TestRetryAfterIsRead(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 1, 8, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "": 0, "-5": 0, "bientôt": 0, "99999999999999": 0, "Tue, 01 Sep 2026 08:10:00 GMT": 10 * time.Minute, "Tue, 01 Sep 2026 07:00:00 GMT": 0,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}
