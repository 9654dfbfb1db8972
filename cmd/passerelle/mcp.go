package main

import (
	"errors"
	"io"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/assistant"
)

// assistantTries is how often an assistant's call is tried: somebody waits for it.
const assistantTries = 3

func newMCP() *cobra.Command {
	var hub remote
	var societe string
	var personnes bool
	cmd := &cobra.Command{Use: "mcp", Short: "Let an assistant read a hub (Model Context Protocol)",
		Long: "Speaks the Model Context Protocol on standard input and output, for an assistant that starts it. Its tools read\n" +
			"anomalies, groups that are not integrated, exercices, ventilation, financement and contracts, with the rights of\n" +
			"the token, and change nothing. What they answer is bounded, and names no person unless --personnes.",
		Example: "  PASSERELLE_TOKEN=… passerelle mcp --url https://hub.example\n" +
			"  PASSERELLE_TOKEN=… passerelle mcp --url https://hub.example --societe 3 --personnes",
		RunE: func(cmd *cobra.Command, _ []string) error {
			of := func(societe string) (*client.Client, error) {
				return hub.client(cmd.ErrOrStderr(), "passerelle-mcp", client.Options{Societe: societe, Attempts: assistantTries})
			}
			if _, err := of(societe); err != nil {
				return err
			}
			server := assistant.New(assistant.Options{Version: version(), Personnes: personnes, API: func(asked string) (*client.Client, error) {
				if asked == "" {
					asked = societe
				}
				return of(asked)
			}})
			err := server.Run(cmd.Context(), &mcp.IOTransport{Reader: io.NopCloser(cmd.InOrStdin()), Writer: unclosed{cmd.OutOrStdout()}})
			if errors.Is(err, cmd.Context().Err()) {
				return nil // it was told to end
			}
			return err
		},
	}
	hub.add(cmd, "token whose rights the assistant gets")
	cmd.Flags().StringVar(&societe, "societe", "", "id of the société, for the token of a cabinet")
	cmd.Flags().BoolVar(&personnes, "personnes", false, "name people: apprentices, tutors, who closed an exercice")
	return cmd
}

// unclosed is a stream that outlives what writes to it.
type unclosed struct{ io.Writer }

// Close leaves the stream open.
func (unclosed) Close() error { return nil }
