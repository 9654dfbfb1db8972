package bench

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
)

// The limit: what must be done to the same bytes whatever the program, by the
// same libraries, with no rules, no history and no HTTP around it.

// Row is what the bare table holds of a contract: its key, 16 bytes of hash and
// the document.
type Row struct {
	Key  string
	Hash document.Hash
	Doc  []byte
}

// Decode reads a body as a stream, element by element, into one struct.
func Decode(body []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(body))
	for d.PeekKind() != '[' {
		if _, err := d.ReadToken(); err != nil {
			return err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		var contrat passerelle.Contrat
		if err := json.UnmarshalDecode(d, &contrat); err != nil {
			return err
		}
	}
	return nil
}

// Bare is a database with the one bare table.
type Bare interface {
	Empty() error             // makes the table anew
	Insert(rows []Row) error  // all rows in one transaction
	Compare(rows []Row) error // loads all keys and hashes, hashes the rows, compares
	Read() error              // reads all documents in the order of their keys
	Close() error
}

func compareAll(known map[string]document.Hash, rows []Row) error {
	for i := range rows {
		if known[rows[i].Key] != document.HashOf(rows[i].Doc) {
			return errors.New("a row of the bare table differs")
		}
	}
	return nil
}
