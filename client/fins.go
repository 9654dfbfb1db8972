package client

import (
	"context"
	"net/url"
	"time"

	"github.com/passerelle-hub/passerelle"
)

// Fin is the end of an archived contract.
type Fin struct {
	Fin  string     `json:"fin"`  // presumee, terme, rompu, annule
	Date string     `json:"date"` // last day, DD/MM/YYYY; "" for annule
	Par  string     `json:"par"`  // who decided it, "" where nobody did
	Le   *time.Time `json:"le"`
}

func finPath(code string) string { return "/api/admin/v1/contrats/" + url.PathEscape(code) + "/fin" }

// Fin returns the end of an archived contract. For one that is active the error has
// the status 409.
func (c *Client) Fin(ctx context.Context, code string) (f Fin, err error) {
	err = c.get(ctx, call{method: "GET", path: finPath(code)}, &f)
	return f, err
}

// DecideTerme records that an archived contract went to its dateFin.
func (c *Client) DecideTerme(ctx context.Context, code string) (Fin, error) {
	return c.decideFin(ctx, code, map[string]string{"fin": "terme"})
}

// DecideRupture records that an archived contract was broken off, and its last day.
func (c *Client) DecideRupture(ctx context.Context, code string, dernier passerelle.Date) (Fin, error) {
	return c.decideFin(ctx, code, map[string]string{"fin": "rompu", "date": dernier.FR()})
}

// DecideAnnulation records that an archived contract never took place.
func (c *Client) DecideAnnulation(ctx context.Context, code string) (Fin, error) {
	return c.decideFin(ctx, code, map[string]string{"fin": "annule"})
}

func (c *Client) decideFin(ctx context.Context, code string, body map[string]string) (f Fin, err error) {
	err = c.get(ctx, call{method: "PUT", path: finPath(code), body: jsonBody(body)}, &f)
	return f, err
}

// TakeBackFin takes back what was decided of the end of an archived contract.
func (c *Client) TakeBackFin(ctx context.Context, code string) (f Fin, err error) {
	err = c.get(ctx, call{method: "DELETE", path: finPath(code)}, &f)
	return f, err
}

// DecisionFin is what a person decided of the end of a contract.
type DecisionFin struct {
	Fin  string    `json:"fin"`  // terme, rompu, annule; "" took the one before back
	Date string    `json:"date"` // of rompu, DD/MM/YYYY
	Par  string    `json:"par"`
	Le   time.Time `json:"le"`
}

// DecisionsFin returns everything that was ever decided of the end of an archived
// contract, the oldest first.
func (c *Client) DecisionsFin(ctx context.Context, code string) ([]DecisionFin, error) {
	var answer struct {
		Decisions []DecisionFin `json:"decisions"`
	}
	err := c.get(ctx, call{method: "GET", path: finPath(code), query: url.Values{"historique": {"oui"}}}, &answer)
	return answer.Decisions, err
}
