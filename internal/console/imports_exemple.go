package console

import (
	"bytes"
	"io"
	"net/http"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// The media types of the files that go out.
const (
	csvType  = "text/csv; charset=utf-8"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// exemple gives a file to fill in.
func (c *console) exemple(format tableur.Format, kind string) func(http.ResponseWriter, *request) error {
	return func(w http.ResponseWriter, _ *request) error {
		var b bytes.Buffer
		if err := tableur.WriteExemple(&b, format); err != nil {
			return err
		}
		web.SendFile(w, kind, "exemple."+string(format), io.NewSectionReader(bytes.NewReader(b.Bytes()), 0, int64(b.Len())))
		return nil
	}
}
