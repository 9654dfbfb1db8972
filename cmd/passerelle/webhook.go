package main

import (
	"context"
	"fmt"
	"strings"
	"time"

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
	var on base
	var nom, address, evenements string
	var policy hub.PolitiqueWebhooks
	cmd := &cobra.Command{Use: "create", Short: "Create a webhook and its secret",
		Example: "  passerelle webhook create --organisme 1 --nom Planning --url https://planning.example/passerelle --evenements integration.changee",
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := domaine.Webhook{Nom: nom, URL: address, Actif: true}
			for word := range strings.SplitSeq(evenements, ",") {
				if word = strings.TrimSpace(word); word != "" {
					w.Evenements = append(w.Evenements, domaine.TypeEvenement(word))
				}
			}
			return on.useWith(cmd, hub.Options{Webhooks: policy}, func(h *hub.Hub, who hub.Acteur) error {
				created, secret, err := h.Webhooks.CreateWebhook(cmd.Context(), who.Organisme, w)
				if err != nil {
					return err
				}
				return showMade(cmd, struct {
					ID     string `json:"id"`
					Secret string `json:"secret"`
				}{idText(created.ID), secret}, fmt.Sprintf("webhook  %d\nsecret   %s", created.ID, secret), "The secret is shown this once: note it now.")
			})
		},
	}
	on.organismeFlags(cmd)
	flags := cmd.Flags()
	requiredFlag(cmd, &nom, "nom", "name of the software that is told")
	requiredFlag(cmd, &address, "url", "address that is called")
	flags.StringVar(&evenements, "evenements", "", "types of events, separated by commas (default: all of them)")
	flags.BoolVar(&policy.HTTP, "webhooks-http", false, "accept an address in http:, which the server must be told too")
	jsonFlag(cmd)
	return cmd
}

// webhookRow is one webhook as webhook list --json prints it: as the API does.
type webhookRow struct {
	ID            string                  `json:"id"`
	Nom           string                  `json:"nom"`
	URL           string                  `json:"url"`
	Evenements    []domaine.TypeEvenement `json:"evenements"` // all of them where there is none
	Actif         bool                    `json:"actif"`
	CreeLe        *time.Time              `json:"creeLe"`
	EnAttente     int                     `json:"enAttente"`
	Echecs        int                     `json:"echecs"`
	EchecDepuis   *time.Time              `json:"echecDepuis"`
	ProchainEssai *time.Time              `json:"prochainEssai"`
}

func (w webhookRow) cells() []any {
	return []any{w.ID, w.Nom, w.Actif, w.EnAttente, w.Echecs, w.EchecDepuis, w.ProchainEssai, w.URL}
}

func newWebhookList() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "list", Short: "List the webhooks of an organisme", Example: "  passerelle webhook list --organisme 1"}
	on.organismeFlags(cmd)
	return newList(&on, cmd, listing[webhookRow]{"ID\tNAME\tON\tWAITING\tFAILED ATTEMPTS\tFAILING SINCE\tNEXT ATTEMPT\tURL", webhookRow.cells},
		func(ctx context.Context, h *hub.Hub, organisme int64) ([]webhookRow, error) {
			found, err := h.Webhooks.Webhooks(ctx, organisme)
			return rowsOf(found, func(w domaine.Webhook) webhookRow {
				return webhookRow{idText(w.ID), w.Nom, w.URL, append([]domaine.TypeEvenement{}, w.Evenements...), w.Actif, utc(&w.CreeLe),
					w.EnAttente, w.Echecs, utc(w.EchecLe), utc(w.Prochain)}
			}), err
		})
}

func newWebhookDelete() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "delete ID", Short: "Delete a webhook with what was to be delivered to it", Example: "  passerelle webhook delete 2 --organisme 1"}
	on.organismeFlags(cmd)
	return on.onID(cmd, func(h *hub.Hub, who hub.Acteur, id int64) error {
		return h.Webhooks.DeleteWebhook(cmd.Context(), who.Organisme, id, nil)
	})
}
