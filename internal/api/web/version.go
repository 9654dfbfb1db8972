package web

import (
	"net/http"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
)

// SetETag says which version of a thing an answer shows: whoever sends it back as
// If-Match changes that one, or nothing.
func SetETag(w http.ResponseWriter, version string) { w.Header().Set("ETag", `"`+version+`"`) }

// OfVersion is what changes the thing whose {id} is in the path, where one of the versions
// that the request names still stands.
func OfVersion(handle func(w http.ResponseWriter, r *Request, id int64, attendu hub.Attendu) error) Handler {
	return OfID(func(w http.ResponseWriter, r *Request, id int64) error {
		attendu, err := IfMatch(r.Request)
		if err != nil {
			return err
		}
		return handle(w, r, id, attendu)
	})
}

// IfMatch returns the versions of which one must still stand for the request to be
// carried out, nil where the request does not say (RFC 9110, 13.1.1). A version names what a
// thing says and not the bytes that said it, so it stands too as a proxy that compresses
// answers hands it on: weak (nginx, HAProxy), or with the coding behind it (Caddy, Apache).
// Held to the letter, whoever reads through such a proxy could never write.
func IfMatch(r *http.Request) (hub.Attendu, error) {
	headers := r.Header.Values("If-Match")
	if len(headers) == 0 {
		return nil, nil
	}
	attendu := hub.Attendu{}
	for tag := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		tag = strings.TrimSpace(tag)
		text := strings.TrimPrefix(tag, "W/")
		version, quoted := strings.CutPrefix(text, `"`)
		version, closed := strings.CutSuffix(version, `"`)
		switch {
		case tag == "*":
			attendu = append(attendu, "*")
		case !quoted || !closed:
			return nil, refus.New(refus.CodeInvalidParameter, "L’en-tête If-Match n’a pas la forme \"version\" : recopiez l’en-tête ETag de la lecture, guillemets compris.")
		default:
			attendu = append(attendu, withoutCoding(version))
		}
	}
	return attendu, nil
}

// withoutCoding returns a version as it was before a proxy wrote the coding of an answer behind
// it. Versions themselves are hexadecimal.
func withoutCoding(version string) string {
	plain, coding, _ := strings.Cut(version, "-")
	switch coding {
	case "gzip", "br", "zstd", "deflate":
		return plain
	}
	return version
}
