package web

import (
	"net/http"
	"time"
)

// What is still taken of a body whose request was told to come again.
const (
	lingerBytes = 64 << 20
	lingerTime  = 10 * time.Second
)

// linger sends the answer and reads what the client still sends, throwing it away. Were the
// connection closed on it, the client would see a broken connection in the place of the
// answer that says when to come again. A stalled client is cut off by its pace.
func linger(w http.ResponseWriter, r *http.Request) {
	// Who waits to be told to go on sends nothing.
	if r.Body == nil || r.Body == http.NoBody || r.Header.Get("Expect") != "" {
		return
	}
	if http.NewResponseController(w).Flush() != nil {
		return
	}
	buf := make([]byte, 32<<10)
	until := time.Now().Add(lingerTime)
	for taken := 0; taken < lingerBytes && time.Now().Before(until); {
		n, err := r.Body.Read(buf)
		if err != nil {
			return
		}
		taken += n
	}
}
