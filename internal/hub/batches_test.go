package hub

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// documentsOf returns a reading of n documents of some sizes, that fails with
// failure after the last.
func documentsOf(n, size int, failure error) (texts []string, each func(func([]byte) error) error) {
	for i := range n {
		texts = append(texts, fmt.Sprintf("%0*d", 1+(i*7919)%size, i))
	}
	return texts, func(yield func([]byte) error) error {
		reused := make([]byte, 0, size)
		for _, text := range texts {
			if err := yield(append(reused[:0], text...)); err != nil {
				return err
			}
		}
		return failure
	}
}

func TestDocumentsArriveBesideTheReadingInTheirOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts, each := documentsOf(rapid.IntRange(0, 400).Draw(t, "documents"), rapid.SampledFrom([]int{1, 2_000, 200_000}).Draw(t, "size"), nil)
		var got []string
		err := consumeBeside(each, func(doc []byte) error {
			got = append(got, string(doc))
			return nil
		})
		if err != nil || !slices.Equal(got, texts) {
			t.Fatalf("%d of %d documents, %v", len(got), len(texts), err)
		}
	})
}

func TestAFailureOnEitherSideEndsBoth(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, documents := range []int{1, 300, 5_000} {
		_, each := documentsOf(documents, 2_000, broken)
		if err := consumeBeside(each, func([]byte) error { return nil }); err != broken {
			t.Errorf("%d documents, a reading that fails: %v", documents, err)
		}
		_, each = documentsOf(documents, 2_000, nil)
		if err := consumeBeside(each, func([]byte) error { return broken }); err != broken {
			t.Errorf("%d documents, a consumer that fails: %v", documents, err)
		}
		func() {
			defer func() {
				if recover() != "bug" {
					t.Errorf("%d documents: a panic is not the caller's", documents)
				}
			}()
			_ = consumeBeside(each, func([]byte) error { panic("bug") })
		}()
	}
}
