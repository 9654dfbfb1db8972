package reception

import (
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ReadValue reads one JSON value into dest and refuses members that dest does
// not have, unless options say otherwise. The error is a Malformed where the
// body is not such a value.
func ReadValue(r io.Reader, dest any, options ...json.Options) error {
	d := newDecoder(r, nil)
	err := json.UnmarshalDecode(d.Decoder, dest, append([]json.Options{json.RejectUnknownMembers(true)}, options...)...)
	if err == nil {
		err = d.end()
	}
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		return d.malformed(semantic.ByteOffset, explainSemantic(semantic))
	}
	if err == nil {
		return nil
	}
	return d.explain(err)
}

func explainSemantic(err *json.SemanticError) string {
	place := "la valeur"
	if err.JSONPointer != "" {
		place = "« " + strings.TrimPrefix(string(err.JSONPointer), "/") + " »"
	}
	if errors.Is(err, json.ErrUnknownName) {
		return place + " n’est pas une propriété connue ici : vérifiez son orthographe."
	}
	return place + " n’a pas le type attendu (trouvé : " + kindName(jsontext.Kind(err.JSONKind)) + ")."
}
