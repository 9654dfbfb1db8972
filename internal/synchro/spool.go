package synchro

import (
	"fmt"
	"os"

	"github.com/passerelle-hub/passerelle/internal/hidden"
)

// memoryLimit is how much of a push is kept in memory before the rest goes to
// a file.
const memoryLimit = 4 << 20

// span is a place in a spool.
type span struct {
	offset int64
	length int32
}

// spool keeps the bytes of a push until they are stored, beyond a few megabytes
// in a temporary file without a name: it holds personal data and must not
// outlive the process.
type spool struct {
	memory []byte // what was written last, or all of it
	start  int64  // offset of memory[0]
	file   *os.File
}

// write keeps b and returns its place.
func (s *spool) write(b []byte) (span, error) {
	if len(s.memory)+len(b) > memoryLimit && len(s.memory) > 0 {
		if err := s.flush(); err != nil {
			return span{}, err
		}
	}
	place := span{s.start + int64(len(s.memory)), int32(len(b))}
	s.memory = append(s.memory, b...)
	return place, nil
}

func (s *spool) flush() error {
	if s.file == nil {
		file, err := hidden.File("a push")
		if err != nil {
			return err
		}
		s.file = file
	}
	if _, err := s.file.Write(s.memory); err != nil {
		return fmt.Errorf("keep a push in a temporary file: %w", err)
	}
	s.start += int64(len(s.memory))
	s.memory = s.memory[:0]
	return nil
}

// read returns the bytes at a place, in buf where it is large enough. They are
// valid until the next call with the same buf, and never the memory of the spool: the
// caller may give them as the next buf.
func (s *spool) read(place span, buf []byte) ([]byte, error) {
	if place.offset >= s.start {
		at := place.offset - s.start
		return append(buf[:0], s.memory[at:at+int64(place.length)]...), nil
	}
	if cap(buf) < int(place.length) {
		buf = make([]byte, place.length)
	}
	buf = buf[:place.length]
	if _, err := s.file.ReadAt(buf, place.offset); err != nil {
		return nil, fmt.Errorf("read a push back from its temporary file: %w", err)
	}
	return buf, nil
}

func (s *spool) close() error {
	s.memory = nil
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}
