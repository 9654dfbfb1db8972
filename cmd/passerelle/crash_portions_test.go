package main

import (
	"database/sql"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// A server is killed while a push is stored in portions, when some of them are in the
// file: nobody sees them, the server that follows takes them away, and the same push
// succeeds.
func TestAServerThatIsKilledBetweenPortionsLeavesNothingOfAPush(t *testing.T) {
	t.Parallel()
	c := &crash{T: t, binary: build(t), location: storetest.At(t, filepath.Join(t.TempDir(), "crash.db"))}
	c.prepare()
	below, err := sql.Open("sqlite3", "file:"+c.location+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer below.Close()
	stored := func() (there bool) {
		if err := below.QueryRow("SELECT EXISTS (SELECT 1 FROM portion)").Scan(&there); err != nil {
			t.Fatal(err)
		}
		return there
	}
	caught := 0
	s := c.serve()
	for try := 0; try < 6 && caught == 0; try++ {
		next := 1 - c.now
		ended := make(chan error, 1)
		go func() { ended <- s.push(c.Context(), next) }()
		answered := false
		for !answered && !stored() {
			select {
			case err = <-ended:
				answered = true
			case <-time.After(time.Millisecond):
			}
		}
		if answered {
			if err != nil {
				t.Fatal(err)
			}
			c.now = next // it was too fast
			continue
		}
		s.end(syscall.SIGKILL)
		if err := <-ended; err == nil {
			c.now = next
			s = c.serve()
			continue
		}
		left := stored()
		s = c.serve()
		switch found := s.contrats(); {
		case found == c.sums[next] && !left: // the kill came after the commit
			c.now = next
			continue
		case found != c.sums[c.now] || !left:
			t.Fatalf("portions left: %v, and the contracts are those of before: %v", left, found == c.sums[c.now])
		}
		caught++
		for wait := time.Now().Add(10 * time.Second); stored(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(wait) {
				t.Fatal("the server that follows leaves the portions in the file")
			}
		}
		if err := s.push(c.Context(), next); err != nil {
			t.Fatal(err)
		}
		if s.contrats() != c.sums[next] {
			t.Fatal("the next push left something else")
		}
		c.now = next
		s.wantConsistent()
	}
	s.end(syscall.SIGTERM)
	c.checkFile()
	if caught == 0 {
		t.Error("no kill came between two portions")
	}
}
