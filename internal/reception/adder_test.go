package reception

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// endless sends contracts without end.
type endless struct{ sent int }

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, fmt.Sprintf(`{"codeContrat":"K%d","missionDetails":"%s"},`, e.sent, strings.Repeat("x", 500)))
	e.sent++
	return n, nil
}

func TestAContractThatCannotBeKeptEndsTheReading(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	_, err := ReadFull(io.MultiReader(strings.NewReader("["), &endless{}), false, nil)
	var malformed *Malformed
	if err == nil || errors.As(err, &malformed) || !strings.Contains(err.Error(), "temporary file") {
		t.Errorf("the push ended with %v", err)
	}
}

func TestContractsKeepTheirOrderAndTheirBytes(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	var want []string
	for i := range 1_000 {
		sent := fmt.Sprintf(`{ "codeContrat" : "K%d", "rncp": %d }`, i, i)
		want = append(want, sent)
		body.WriteString(sent + ",")
	}
	push, err := ReadFull(strings.NewReader("["+strings.TrimSuffix(body.String(), ",")+"]"), true, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer push.Close()
	if len(push.Entrees) != len(want) {
		t.Fatalf("%d contracts of %d", len(push.Entrees), len(want))
	}
	for i := range want {
		sent, err := push.Sent(i, nil)
		if err != nil || string(sent) != want[i] || push.Entrees[i].Code() != fmt.Sprintf("K%d", i) || int(push.Entrees[i].Index) != i {
			t.Fatalf("contract %d is %s at %d: %s, %v", i, push.Entrees[i].Code(), push.Entrees[i].Index, sent, err)
		}
	}
}
