package web

import (
	"io"
	"mime"
	"net/http"
	"strconv"
)

// SendFile answers with a file to save, of a media type and under a name.
func SendFile(w http.ResponseWriter, kind, name string, file *io.SectionReader) {
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	header.Set("Content-Length", strconv.FormatInt(file.Size(), 10))
	w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(w, file) // the client may have left
}
