package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// firstSteps says what to do next to whoever starts a hub that nobody is on yet.
func firstSteps(ctx context.Context, out io.Writer, h *hub.Hub, location, url string) error {
	organismes, err := h.Organismes.Organismes(ctx)
	if err != nil || len(organismes) > 0 {
		return err
	}
	comptes, err := h.Comptes.Comptes(ctx, 0)
	if err != nil || len(comptes) > 0 {
		return err
	}
	same, note := " --db "+location, ""
	switch {
	case open.IsPostgres(location): // which may hold a password
		same, note = "", ", with the same PASSERELLE_DB"
	case location == "passerelle.db":
		same = ""
	case strings.ContainsAny(location, " '\"$"):
		same = fmt.Sprintf(" --db %q", location)
	}
	_, err = fmt.Fprintf(out, `Nothing is configured yet. What comes next, in another terminal%s:
  1. passerelle organisme create --nom "CFA des Deux Rives"%s
     makes a training centre and prints its token, once
  2. passerelle compte create --organisme 1 --email ada@cfa.example --prenom Ada --nom Martin --role administration%s
     makes an account and prints its password: log in to the console at %s
  3. passerelle exemple contrats.xlsx, then PASSERELLE_TOKEN=… passerelle push contrats.xlsx --url %s
     shows what the contracts of a file would change, asks, and sends them
`, note, same, same, url, url)
	return err
}
