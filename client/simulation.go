package client

import (
	"context"
	"net/url"
)

// Simulation is what a change of exercices would leave.
type Simulation struct {
	Exercices []Exercice // as they would stand, the most recent first; a new one has the ProducerID "0"
	Warnings  []string   // French
}

func (c *Client) simulate(ctx context.Context, request call) (*Simulation, error) {
	if request.query == nil {
		request.query = url.Values{}
	}
	request.query.Set("simulation", "oui")
	request.once = false
	var answer struct {
		Exercices []Exercice `json:"exercices"`
		Warnings  []struct {
			Message string `json:"message"`
		} `json:"warnings"`
	}
	if err := c.get(ctx, request, &answer); err != nil {
		return nil, err
	}
	s := &Simulation{Exercices: answer.Exercices}
	for _, w := range answer.Warnings {
		s.Warnings = append(s.Warnings, w.Message)
	}
	return s, nil
}

// SimulateCreation works out what CreateExercices would leave, and records nothing.
func (c *Client) SimulateCreation(ctx context.Context, dates ...ExerciceDates) (*Simulation, error) {
	return c.simulate(ctx, c.changeCall("POST", dates))
}

// SimulateMove works out what MoveExercices would leave, and records nothing.
func (c *Client) SimulateMove(ctx context.Context, dates ...ExerciceDates) (*Simulation, error) {
	return c.simulate(ctx, c.changeCall("PUT", dates))
}

// SimulateClosing works out what CloseExercice would leave, and records nothing.
func (c *Client) SimulateClosing(ctx context.Context, id int64, options CloseOptions) (*Simulation, error) {
	request, err := c.closeCall(id, options)
	if err != nil {
		return nil, err
	}
	return c.simulate(ctx, request)
}

// SimulateTRA works out what ImportTRA would leave, and records nothing.
func (c *Client) SimulateTRA(ctx context.Context, file []byte) (*Simulation, error) {
	return c.simulate(ctx, c.traCall(file))
}
