package tableur

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
)

var (
	rowTag = []byte("row ")
	rowRef = regexp.MustCompile(`<(?:\w+:)?row\s[^>]*?\br="(\d+)"`)
)

// scanRows looks through the XML of a sheet for its last numbered row, and
// whether it ends as it should, without parsing it.
func scanRows(r io.Reader) (last int, whole bool) {
	const overlap = 512 // longer than any row tag
	buf := make([]byte, 256<<10)
	kept := 0
	var tail []byte
	for {
		n, err := io.ReadFull(r, buf[kept:])
		chunk := buf[:kept+n]
		if i := bytes.LastIndex(chunk, rowTag); i >= 0 {
			if found := rowRef.FindAllSubmatch(chunk[max(0, i-overlap):], -1); found != nil {
				if row, err := strconv.Atoi(string(found[len(found)-1][1])); err == nil {
					last = max(last, row)
				}
			}
		}
		if err != nil {
			tail = bytes.TrimRight(chunk, " \t\r\n\x00")
			ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
			return last, ended && bytes.HasSuffix(tail, []byte("worksheet>"))
		}
		kept = copy(buf, chunk[max(0, len(chunk)-overlap):])
	}
}
