package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newOrganisme() *cobra.Command {
	return group("organisme", "Manage the training organisations of the hub", newOrganismeCreate(), newOrganismeList(), newOrganismeSet())
}

// onceShown is said beside a secret.
const onceShown = "is shown this once and kept nowhere: note it now."

func newOrganismeCreate() *cobra.Command {
	var on base
	var nom string
	var sandbox bool
	cmd := &cobra.Command{Use: "create", Short: "Create an organisme, its first société and a token with every right on it",
		Example: "  passerelle organisme create --nom \"CFA des Deux Rives\"\n" +
			"  passerelle organisme create --nom \"Essais\" --sandbox --json",
		RunE: does(on.create, func(cmd *cobra.Command, _ []string, h *hub.Hub, _ hub.Acteur) error {
			o, err := h.Organismes.CreateOrganisme(cmd.Context(), nom, sandbox)
			if err != nil {
				return err
			}
			return showMade(cmd, struct {
				ID        string `json:"id"`
				Nom       string `json:"nom"`
				Sandbox   bool   `json:"sandbox"`
				SocieteID string `json:"societeId"`
				Token     string `json:"token"`
			}{idText(o.ID), o.Nom, o.Sandbox, idText(o.SocieteID), o.Token},
				fmt.Sprintf("organisme %d  %s\nsociété   %d\ntoken     %s", o.ID, o.Nom, o.SocieteID, o.Token), "The token "+onceShown)
		}),
	}
	on.databaseFlag(cmd)
	requiredFlag(cmd, &nom, "nom", "name of the organisme")
	cmd.Flags().BoolVar(&sandbox, "sandbox", false, "a bac à sable, whose contracts may be forgotten")
	jsonFlag(cmd)
	return cmd
}

// organismeRow is one organisme as organisme list --json prints it.
type organismeRow struct {
	ID       string     `json:"id"`
	Nom      string     `json:"nom"`
	Sandbox  bool       `json:"sandbox"`
	Contrats int        `json:"contrats"`
	Integres int        `json:"integres"`
	Silent   bool       `json:"silent"`
	LastPush *time.Time `json:"lastPush"`
}

func newOrganismeList() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "list", Short: "List the organismes with where they stand",
		Example: "  passerelle organisme list\n  passerelle organisme list --json | jq '.[] | select(.silent)'",
	}
	on.databaseFlag(cmd)
	return newList(&on, cmd, listing[organismeRow]{"ID\tNAME\tSANDBOX\tCONTRATS\tINTÉGRÉS\tLAST PUSH\tSILENT",
		func(o organismeRow) []any {
			return []any{o.ID, o.Nom, o.Sandbox, o.Contrats, o.Integres, o.LastPush, o.Silent}
		}},
		func(ctx context.Context, h *hub.Hub, _ int64) ([]organismeRow, error) {
			states, err := h.Journal.States(ctx)
			return rowsOf(states, func(s hub.State) organismeRow {
				return organismeRow{idText(s.Organisme), s.Nom, s.Sandbox, s.Transmis, s.Integres, s.Silence.Muet, utc(&s.Silence.Dernier)}
			}), err
		})
}
