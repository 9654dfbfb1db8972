package hub

import (
	"encoding/json"
	"strings"
)

// arrive is a contract as it was sent, whatever is wrong with it.
type arrive map[string]any

// maxRecu is how much of a value that was received is kept, in characters.
const maxRecu = 200

// came reads what was sent at a place of the push; nothing where it is no contract.
func (p *pushing) came(at int) (a arrive) {
	sent, err := p.push.Sent(at, nil)
	if err != nil || json.Unmarshal(sent, &a) != nil {
		return nil
	}
	return a
}

// text is the value of a field as people read it, "" where there is none.
func (a arrive) text(field string) string {
	value, there := a[field]
	if !there || field == "" || value == nil {
		return ""
	}
	text, ok := value.(string)
	if !ok {
		raw, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		text = string(raw)
	}
	text = strings.ReplaceAll(text, "\x00", "")
	if runes := []rune(text); len(runes) > maxRecu {
		return string(runes[:maxRecu-1]) + "…"
	}
	return text
}

// apprenant names the apprentice, with the user code by which an erasure finds them.
func (a arrive) apprenant() string {
	name := strings.TrimSpace(a.text("prenomApprenant") + " " + a.text("nomApprenant"))
	if code := a.text("codeApprenant"); code != "" {
		name = strings.TrimSpace(name + " (" + code + ")")
	}
	return name
}
