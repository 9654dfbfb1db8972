package synchro

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// Contracts are stored in the order of their codes, not in that in which they came: some
// come from the file and some from memory, in turns, into one buffer.
func TestASpoolGivesBackWhatWasWrittenInAnyOrder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var s spool
	defer s.close()
	var places []span
	var written [][]byte
	for total := 0; total < memoryLimit+memoryLimit/2; {
		b := bytes.Repeat([]byte{byte(random.Uint32())}, 1_000+random.IntN(60_000))
		place, err := s.write(b)
		if err != nil {
			t.Fatal(err)
		}
		places, written, total = append(places, place), append(written, b), total+len(b)
	}
	if s.file == nil || len(s.memory) == 0 {
		t.Fatal("all of it is in one place")
	}
	var buf []byte
	for _, i := range append(random.Perm(len(places)), random.Perm(len(places))...) {
		got, err := s.read(places[i], buf)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, written[i]) {
			t.Fatalf("what was written at place %d is not read back", i)
		}
		if cap(got) > cap(buf) {
			buf = got // as callers do
		}
	}
}
