package main

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// webhookFlags adds the flags that say where webhooks may lead.
func webhookFlags(cmd *cobra.Command, policy *hub.PolitiqueWebhooks) {
	cmd.Flags().BoolVar(&policy.HTTP, "webhooks-http", false, "let webhooks use http:, without TLS")
	cmd.Flags().BoolVar(&policy.Prive, "webhooks-private", false, "let webhooks lead to private, loopback and link-local addresses")
}

func newWebhook() *cobra.Command {
	return group("webhook", "Manage the addresses that are told what happens", newWebhookCreate(), newWebhookList(), newWebhookDelete())
}

func newWebhookCreate() *cobra.Command {
	var location, organisme, nom, address, evenements string
	var policy hub.PolitiqueWebhooks
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create a webhook and its secret",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, flag := range [][2]string{{"organisme", organisme}, {"nom", nom}, {"url", address}} {
				if err := requireFlag(flag[0], flag[1]); err != nil {
					return err
				}
			}
			id, err := parseID(organisme)
			if err != nil {
				return err
			}
			w := domaine.Webhook{Nom: nom, URL: address, Actif: true}
			for word := range strings.SplitSeq(evenements, ",") {
				if word = strings.TrimSpace(word); word != "" {
					w.Evenements = append(w.Evenements, domaine.TypeEvenement(word))
				}
			}
			return withHubOf(cmd.Context(), location, "", hub.Options{Webhooks: policy}, func(h *hub.Hub) error {
				created, secret, err := h.Webhooks.CreateWebhook(cmd.Context(), id, w)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), struct {
						ID     string `json:"id"`
						Secret string `json:"secret"`
					}{strconv.FormatInt(created.ID, 10), secret})
				}
				fmt.Fprintf(cmd.OutOrStdout(), "webhook  %d\nsecret   %s\n", created.ID, secret)
				fmt.Fprintln(cmd.ErrOrStderr(), "The secret is shown this once: note it now.")
				return nil
			})
		},
	}
	organismeFlags(cmd, &location, &organisme)
	flags := cmd.Flags()
	flags.StringVar(&nom, "nom", "", "name of the software that is told (required)")
	flags.StringVar(&address, "url", "", "address that is called (required)")
	flags.StringVar(&evenements, "evenements", "", "types of events, separated by commas (default: all of them)")
	flags.BoolVar(&policy.HTTP, "webhooks-http", false, "accept an address in http:, which the server must be told too")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newWebhookList() *cobra.Command {
	var location, organisme string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the webhooks of an organisme",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			who, err := requireOrganisme(organisme)
			if err != nil {
				return err
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				found, err := h.Webhooks.Webhooks(cmd.Context(), who.Organisme)
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tNAME\tON\tWAITING\tFAILED ATTEMPTS\tFAILING SINCE\tNEXT ATTEMPT\tURL")
				for _, w := range found {
					fmt.Fprintf(table, "%d\t%s\t%t\t%d\t%d\t%s\t%s\t%s\n", w.ID, w.Nom, w.Actif, w.EnAttente, w.Echecs, shortTime(w.EchecLe), shortTime(w.Prochain), w.URL)
				}
				return table.Flush()
			})
		},
	}
	organismeFlags(cmd, &location, &organisme)
	return cmd
}

func newWebhookDelete() *cobra.Command {
	var location, organisme string
	cmd := &cobra.Command{
		Use:   "delete ID",
		Short: "Delete a webhook with what was to be delivered to it",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := requireOrganisme(organisme)
			if err != nil {
				return err
			}
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error { return h.Webhooks.DeleteWebhook(cmd.Context(), who.Organisme, id) })
		},
	}
	organismeFlags(cmd, &location, &organisme)
	return cmd
}
