package hub

import (
	"strings"
	"testing"
)

// A panic in a goroutine of its own would end the process.
func TestAPanicWhilePeopleAreSortedOutIsAnErrorOfThePush(t *testing.T) {
	t.Parallel()
	c := &changes{adds: []addition{{faits: nil}}}
	sorted := c.sortPersonnes()
	if sorted.err == nil || !strings.Contains(sorted.err.Error(), "panic") || sorted.list != nil {
		t.Errorf("list %v, error %v", sorted.list, sorted.err)
	}
}
