package passerelle

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Criteres are the conditions of a modèle: for a field of the contract, the
// values of which one must match.
type Criteres map[string]Critere

// Critere is one value or several, of which one must match. In JSON it is a
// string or a list of strings.
type Critere []string

// MarshalJSON writes one value as a string, several as a list.
func (c Critere) MarshalJSON() ([]byte, error) {
	if len(c) == 1 {
		return json.Marshal(c[0])
	}
	return json.Marshal([]string(c))
}

// UnmarshalJSON accepts a string or a list of strings.
func (c *Critere) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]string)(c))
	}
	var one string
	if err := json.Unmarshal(data, &one); err != nil {
		return fmt.Errorf("a criterion is a string or a list of strings")
	}
	*c = Critere{one}
	return nil
}
