package web

import (
	"errors"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/refus"
)

func TestAWorkbookWaitsForItsTurnAndIsToldToComeAgain(t *testing.T) {
	t.Parallel()
	room := make(chan struct{}, 1)
	nothing := func() error { return nil }
	err := inRoom(room, time.Minute, func() error {
		var refusal *refus.Refusal
		if err := inRoom(room, time.Millisecond, nothing); !errors.As(err, &refusal) || refusal.Code != refus.CodeServerBusy {
			t.Errorf("beside another one: %v", err)
		}
		return nil
	})
	if err := errors.Join(err, inRoom(room, time.Millisecond, nothing)); err != nil {
		t.Error(err)
	}
}
