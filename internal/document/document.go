// Package document is the form in which a contract is stored, compared and
// sent back: one JSON object with the contract's fields in the order of
// passerelle.Champs, without those that are absent.
package document

import (
	"crypto/sha256"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle"
)

// Hash identifies the contents of a document: two contracts are equal when
// their hashes are.
type Hash [16]byte

// HashOf returns the hash of a document.
func HashOf(doc []byte) Hash {
	sum := sha256.Sum256(doc)
	return Hash(sum[:16])
}

// Append appends the document of c to dst. Values of c must be valid UTF-8.
func Append(dst []byte, c *passerelle.Contrat) ([]byte, error) {
	dst = append(dst, '{')
	var err error
	for i := range passerelle.Champs {
		champ := &passerelle.Champs[i]
		value := *champ.At(c)
		if value == "" && !champ.Required {
			continue
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, champ.Nom...)
		dst = append(dst, '"', ':')
		if dst, err = jsontext.AppendQuote(dst, value); err != nil {
			return dst, fmt.Errorf("write field %s: %w", champ.Nom, err)
		}
	}
	return append(dst, '}'), nil
}

// Parse reads a document that Append wrote.
func Parse(doc []byte) (passerelle.Contrat, error) {
	var c passerelle.Contrat
	if err := json.Unmarshal(doc, &c); err != nil {
		return c, fmt.Errorf("read a stored contract: %w", err)
	}
	return c, nil
}
