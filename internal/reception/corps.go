package reception

import (
	"bytes"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"slices"

	"github.com/passerelle-hub/passerelle/internal/hidden"
)

// A body is compared in blocks of so many bytes.
const tailleBloc = 256 << 10

// The hashes of this process, which nobody outside can know: two, of 64 bits each.
var graines = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

type bloc [len(graines)]uint64

func blocOf(b []byte) (sum bloc) {
	for i := range graines {
		sum[i] = maphash.Bytes(graines[i], b)
	}
	return sum
}

// Empreinte is what a body is known by when it is sent once more, in this process.
type Empreinte struct {
	blocs []bloc
	size  int64
}

// Size returns about how many bytes of memory it takes.
func (e *Empreinte) Size() int { return 16 * len(e.blocs) }

// Corps is a body that was compared with one that was sent before. It reads as the body
// does, from its start. Close it when it is read.
type Corps struct {
	pareil bool
	file   *os.File // what was compared but for the last block, nil for nothing
	rest   io.Reader

	own   Empreinte
	block []byte // read and not in own yet
	ended bool
}

// Compare reads a body as long as it says what one did that is known, nil for none. What
// is not JSON, too large or broken off is found when the Corps is read.
func Compare(body io.Reader, known *Empreinte) (*Corps, error) {
	c := &Corps{rest: body}
	if known == nil {
		return c, nil
	}
	block := make([]byte, tailleBloc)
	for place, size := 0, int64(0); ; place++ {
		n, err := fill(body, block)
		size += int64(n)
		last := bytes.NewReader(block[:n])
		parts := []io.Reader{last}
		switch {
		case err == io.EOF && size == known.size && (n == 0 || place < len(known.blocs) && blocOf(block[:n]) == known.blocs[place]):
			c.pareil = true
		case err == io.EOF:
		case err != nil:
			parts = append(parts, failing{err})
		case place < len(known.blocs) && blocOf(block) == known.blocs[place]:
			if err := c.keep(block); err != nil {
				return nil, errors.Join(err, c.Close())
			}
			continue
		default:
			parts = append(parts, body)
		}
		if c.file != nil {
			parts = slices.Insert(parts, 0, io.Reader(io.NewSectionReader(c.file, 0, size-int64(n))))
		}
		c.rest = io.MultiReader(parts...)
		return c, nil
	}
}

// fill reads until block is full, or to the end or an error of the source.
func fill(source io.Reader, block []byte) (n int, err error) {
	for n < len(block) && err == nil {
		var more int
		more, err = source.Read(block[n:])
		n += more
	}
	return n, err
}

// failing is a reader that has nothing but an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func (c *Corps) keep(block []byte) error {
	if c.file == nil {
		var err error
		if c.file, err = hidden.File("a body"); err != nil {
			return err
		}
	}
	if _, err := c.file.Write(block); err != nil {
		return fmt.Errorf("keep a body in a temporary file: %w", err)
	}
	return nil
}

// Pareil reports whether the whole body says, byte for byte, what was known.
func (c *Corps) Pareil() bool { return c.pareil }

// Read reads the body.
func (c *Corps) Read(p []byte) (int, error) {
	n, err := c.rest.Read(p)
	c.own.size += int64(n)
	for part := p[:n]; len(part) > 0; {
		if c.block == nil {
			c.block = make([]byte, 0, tailleBloc)
		}
		taken := min(len(part), tailleBloc-len(c.block))
		c.block, part = append(c.block, part[:taken]...), part[taken:]
		if len(c.block) == tailleBloc {
			c.own.blocs, c.block = append(c.own.blocs, blocOf(c.block)), c.block[:0]
		}
	}
	if err == io.EOF && !c.ended {
		c.ended = true
		if len(c.block) > 0 {
			c.own.blocs = append(c.own.blocs, blocOf(c.block))
		}
	}
	return n, err
}

// Empreinte returns what the body is known by, nil where it was not read to its end.
func (c *Corps) Empreinte() *Empreinte {
	if !c.ended {
		return nil
	}
	return &Empreinte{blocs: slices.Clip(c.own.blocs), size: c.own.size}
}

// Close releases the temporary file.
func (c *Corps) Close() error {
	if c.file == nil {
		return nil
	}
	return c.file.Close()
}
