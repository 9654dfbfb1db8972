package bench

import (
	"fmt"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/document"
)

// Corpus is a set of contracts in the forms that are sent.
type Corpus struct {
	Contrats []passerelle.Contrat
	Body     []byte // the whole set, {"contrats":[…]}
}

// NewCorpus returns n contracts of the demonstration, the same ones every time
// for one seed.
func NewCorpus(n int, seed uint64) (*Corpus, error) {
	contrats := slices.Collect(demo.Generate(demo.Params{Contrats: n, Seed: seed}))
	body, err := AppendList([]byte(`{"contrats":`), contrats)
	if err != nil {
		return nil, err
	}
	return &Corpus{contrats, slices.Clip(append(body, '}'))}, nil
}

// AppendList appends contracts as a JSON array.
func AppendList(dst []byte, contrats []passerelle.Contrat) ([]byte, error) {
	dst = append(dst, '[')
	for i := range contrats {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = document.Append(dst, &contrats[i]); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// Changed returns one contract in a hundred, at least one, saying something
// else each turn.
func (c *Corpus) Changed(turn int) []passerelle.Contrat {
	var changed []passerelle.Contrat
	for i := min(50, len(c.Contrats)-1); i < len(c.Contrats); i += 100 {
		contrat := c.Contrats[i]
		contrat.MissionTitle = fmt.Sprintf("%.400s (%d)", contrat.MissionTitle, turn)
		changed = append(changed, contrat)
	}
	return changed
}

// Delta returns the body of a delta that changes one contract in a hundred.
func (c *Corpus) Delta(turn int) ([]byte, error) {
	body, err := AppendList([]byte(`{"changes":{"updated":`), c.Changed(turn))
	return append(body, "}}"...), err
}

// Rows returns what the bare table holds of the contracts.
func (c *Corpus) Rows() ([]Row, error) {
	rows := make([]Row, len(c.Contrats))
	for i := range c.Contrats {
		doc, err := document.Append(nil, &c.Contrats[i])
		if err != nil {
			return nil, err
		}
		rows[i] = Row{c.Contrats[i].CodeContrat, document.HashOf(doc), doc}
	}
	return rows, nil
}
