package xlsx

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// What archive/zip reads of the directory of an archive it keeps, every entry of it:
// a small file may name millions of them. The bounds here hold far more than any
// workbook has.
const (
	maxEntries   = 20_000
	maxDirectory = 8 << 20 // bytes
)

// ErrDirectory is returned for an archive with more entries than any workbook has.
var ErrDirectory = errors.New("xlsx: the directory of the archive is too large")

// CheckDirectory walks over the directory of an archive, keeping nothing, before
// anything else does; it returns ErrDirectory where that would take much memory. What it
// does not find is left to archive/zip to refuse.
func CheckDirectory(r io.ReaderAt, size int64) error {
	const endLength = 22 // of the record that ends a directory, beside its comment
	tail := make([]byte, min(size, endLength+1<<16))
	at := size - int64(len(tail))
	if n, err := r.ReadAt(tail, at); err != nil && n < len(tail) {
		return nil
	}
	for i := len(tail) - endLength; i >= 0; i-- {
		if !bytes.HasPrefix(tail[i:], []byte("PK\x05\x06")) {
			continue
		}
		length, offset := int64(binary.LittleEndian.Uint32(tail[i+12:])), int64(binary.LittleEndian.Uint32(tail[i+16:]))
		end := at + int64(i)
		if length == 1<<32-1 || offset == 1<<32-1 { // ZIP64, which no workbook that fits needs
			return walkZIP64(r, end)
		}
		return errors.Join(walkDirectory(r, end-length, end), walkDirectory(r, offset, end))
	}
	return nil
}

// walkZIP64 finds the directory of a large archive by the record before its end.
func walkZIP64(r io.ReaderAt, end int64) error {
	locator := make([]byte, 20)
	if _, err := r.ReadAt(locator, end-20); err != nil || !bytes.HasPrefix(locator, []byte("PK\x06\x07")) {
		return nil
	}
	record := make([]byte, 56)
	at := int64(binary.LittleEndian.Uint64(locator[8:]))
	if _, err := r.ReadAt(record, at); err != nil || !bytes.HasPrefix(record, []byte("PK\x06\x06")) {
		return nil
	}
	length, offset := int64(binary.LittleEndian.Uint64(record[40:])), int64(binary.LittleEndian.Uint64(record[48:]))
	return errors.Join(walkDirectory(r, at-length, end), walkDirectory(r, offset, end))
}

// walkDirectory counts the entries of a directory that begins at a place.
func walkDirectory(r io.ReaderAt, from, end int64) error {
	header := make([]byte, 46)
	at := from
	for n := 0; at >= 0 && at < end; n++ {
		if n > maxEntries || at-from > maxDirectory {
			return ErrDirectory
		}
		if _, err := r.ReadAt(header, at); err != nil || !bytes.HasPrefix(header, []byte("PK\x01\x02")) {
			return nil
		}
		at += 46
		for _, field := range []int{28, 30, 32} { // name, extra field, comment
			at += int64(binary.LittleEndian.Uint16(header[field:]))
		}
	}
	return nil
}
