package tableur

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
)

var (
	rowTags = [][]byte{[]byte("<row "), []byte(":row ")} // without and with a prefix
	rowRef  = regexp.MustCompile(`<(?:\w+:)?row\s[^>]*?\br="(\d+)"`)
)

// scanRows looks through the XML of a sheet for its last numbered row, and
// whether it ends as it should, without parsing it.
func scanRows(r io.Reader) (last int, whole bool) {
	const overlap = 512 // longer than any row tag
	buf := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		chunk := buf[:kept+n]
		if i := max(bytes.LastIndex(chunk, rowTags[0]), bytes.LastIndex(chunk, rowTags[1])); i >= 0 {
			if found := rowRef.FindAllSubmatch(chunk[max(0, i-overlap):], -1); found != nil {
				if row, err := strconv.Atoi(string(found[len(found)-1][1])); err == nil {
					last = max(last, row)
				}
			}
		}
		if err != nil {
			ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
			return last, ended && bytes.Contains(chunk, []byte("worksheet>")) && bytes.LastIndex(chunk, []byte("worksheet>")) > bytes.LastIndex(chunk, []byte("<sheetData"))
		}
		kept = copy(buf, chunk[max(0, len(chunk)-overlap):])
	}
}
