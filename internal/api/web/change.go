package web

import (
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// FieldChange is the wire form of one field that changes, null where it has no value.
type FieldChange struct {
	Field string  `json:"field"`
	Old   *string `json:"old"`
	New   *string `json:"new"`
}

// Change is what happened to one contract. Type is added, revived,
// updated or removed.
type Change struct {
	CodeContrat string        `json:"codeContrat"`
	Type        string        `json:"type"`
	Changes     []FieldChange `json:"changes"`
}

// ChangeOf returns the wire form of what happens to a contract.
func ChangeOf(c *domaine.Changement) Change {
	wire := Change{CodeContrat: c.CodeContrat, Type: "updated", Changes: []FieldChange{}}
	switch {
	case c.Ranime:
		wire.Type = "revived"
	case c.Avant == nil:
		wire.Type = "added"
	case c.Apres == nil:
		wire.Type = "removed"
	}
	for _, f := range hub.Fields(c) {
		wire.Changes = append(wire.Changes, FieldChange{f.Field, OrNull(f.Old), OrNull(f.New)})
	}
	return wire
}
