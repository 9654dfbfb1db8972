package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/client"
)

// remote is a hub that a command calls over HTTP, with the rights of a token.
type remote struct{ url, token, secret string }

// add adds the flags; usage says which token is meant.
func (r *remote) add(cmd *cobra.Command, usage string) {
	cmd.Flags().StringVar(&r.url, "url", "", "address of the hub, such as https://hub.example")
	cmd.Flags().StringVar(&r.token, "token", "", usage+"; better in PASSERELLE_TOKEN than on the command line")
	cmd.Flags().StringVar(&r.secret, "secret", "", "secret of the partenaire, where the token belongs to one")
	requireFlags(cmd, "url", "token")
}

// client returns a client of the hub that says on stderr when it tries again.
func (r *remote) client(stderr io.Writer, agent string, options client.Options) (*client.Client, error) {
	options.Secret, options.UserAgent = r.secret, agent
	options.Retried = func(err error, wait time.Duration) {
		fmt.Fprintf(stderr, "passerelle: trying again in %s: %s\n", wait.Round(100*time.Millisecond), message(err))
	}
	api, err := client.New(r.url, r.token, options)
	if err != nil {
		return nil, usageError{err}
	}
	return api, nil
}
