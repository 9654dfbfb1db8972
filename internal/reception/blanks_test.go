package reception_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/reception"
)

// spaces is a number of blanks.
func spaces(n int64) io.Reader { return io.LimitReader(blanks{}, n) }

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestALongRunOfBlanksIsToldFromABodyThatIsTooLarge(t *testing.T) {
	t.Parallel()
	limit := errors.New("the limit of the source")
	for _, test := range []struct {
		name   string
		source io.Reader
		want   string // of a Malformed, "" for the source's own error
	}{
		{"blanks that reach the limit are too large", io.MultiReader(strings.NewReader("["), spaces(30<<20), failing{limit}), ""},
		{"blanks before anything else are too large as well", io.MultiReader(spaces(30<<20), failing{limit}), ""},
		{"blanks that end in time are named", io.MultiReader(strings.NewReader("["), spaces(5<<20), strings.NewReader("]")), "de blancs se suivent"},
		{"blanks and then nothing are a document that breaks off", io.MultiReader(strings.NewReader("["), spaces(5<<20)), "tronqué"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			push, err := reception.ReadFull(test.source, false, nil)
			if err == nil {
				_ = push.Close()
				t.Fatal("it is accepted")
			}
			var malformed *reception.Malformed
			switch errors.As(err, &malformed) {
			case true:
				if test.want == "" || !strings.Contains(malformed.Reason, test.want) {
					t.Errorf("malformed: %v", err)
				}
			case false:
				if test.want != "" || !errors.Is(err, limit) {
					t.Errorf("error %v", err)
				}
			}
		})
	}
	// Compressed, as the report of it came.
	var zip bytes.Buffer
	compress(t, &zip, io.MultiReader(strings.NewReader("["), spaces(20<<20)))
	if _, err := reception.ReadFull(reception.Gunzip(&zip, 10<<20), false, nil); !errors.Is(err, reception.ErrTooLarge) {
		t.Errorf("a small body that grows into blanks: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func compress(t *testing.T, w io.Writer, r io.Reader) {
	t.Helper()
	zip := gzip.NewWriter(w)
	if _, err := io.Copy(zip, r); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
}
