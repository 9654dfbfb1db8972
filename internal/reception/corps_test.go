package reception

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

func TestABodyIsKnownAgainByEveryByte(t *testing.T) {
	t.Parallel()
	body := bytes.Repeat([]byte("0123456789abcdef"), (2*tailleBloc+5000)/16)
	with := func(at int, b byte) []byte {
		other := bytes.Clone(body)
		other[at] = b
		return other
	}
	errCut := errors.New("the line was cut")
	for name, one := range map[string]struct {
		sent   []byte
		failed error
		same   bool
	}{
		"the same body":                               {sent: body, same: true},
		"the first byte is another one":               {sent: with(0, 'x')},
		"the last byte of a block is another one":     {sent: with(tailleBloc-1, 'x')},
		"a byte of the second block is another one":   {sent: with(tailleBloc+7, 'x')},
		"the last byte is another one":                {sent: with(len(body)-1, 'x')},
		"the last byte is missing":                    {sent: body[:len(body)-1]},
		"there is one more byte":                      {sent: append(bytes.Clone(body), 'x')},
		"it ends with a block":                        {sent: body[:2*tailleBloc]},
		"there is nothing":                            {sent: nil},
		"the line is cut before the end":              {sent: body[:tailleBloc+9], failed: errCut},
		"the line is cut where the body would end":    {sent: body, failed: io.ErrUnexpectedEOF},
		"the line is cut between two blocks":          {sent: body[:tailleBloc], failed: errCut},
		"the line is cut before anything has come in": {sent: nil, failed: io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, err := Compare(iotest.HalfReader(bytes.NewReader(body)), nil)
			if err != nil {
				t.Fatal(err)
			}
			if first.Empreinte() != nil {
				t.Error("a body that was not read is known")
			}
			if _, err := io.Copy(io.Discard, first); err != nil {
				t.Fatal(err)
			}
			source := iotest.HalfReader(bytes.NewReader(one.sent))
			if one.failed != nil {
				source = io.MultiReader(source, iotest.ErrReader(one.failed))
			}
			again, err := Compare(source, first.Empreinte())
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if again.Pareil() != one.same {
				t.Errorf("the same: %v", again.Pareil())
			}
			read, err := io.ReadAll(again)
			if !errors.Is(err, one.failed) || !bytes.Equal(read, one.sent) {
				t.Errorf("%d bytes of %d are read, error %v", len(read), len(one.sent), err)
			}
			if known := again.Empreinte(); (known == nil) != (one.failed != nil) {
				t.Errorf("known by %v", known)
			}
			if one.failed != nil {
				return
			}
			third, err := Compare(bytes.NewReader(one.sent), again.Empreinte())
			if err != nil {
				t.Fatal(err)
			}
			defer third.Close()
			if !third.Pareil() {
				t.Error("what was sent after a comparison is not known again")
			}
		})
	}
}
