package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newPartenaire() *cobra.Command {
	return group("partenaire", "Manage third-party applications", newPartenaireCreate(), newPartenaireList())
}

func newPartenaireCreate() *cobra.Command {
	var on base
	var nom string
	cmd := &cobra.Command{Use: "create", Short: "Create a third-party application and its secret",
		Example: "  passerelle partenaire create --nom \"Logiciel de paie\"",
		RunE: does(on.create, func(cmd *cobra.Command, _ []string, h *hub.Hub, _ hub.Acteur) error {
			p, secret, err := h.Jetons.CreatePartenaire(cmd.Context(), nom)
			if err != nil {
				return err
			}
			return showMade(cmd, struct {
				ID     string `json:"id"`
				Nom    string `json:"nom"`
				Secret string `json:"secret"`
			}{idText(p.ID), p.Nom, secret}, fmt.Sprintf("partenaire %d  %s\nsecret     %s", p.ID, p.Nom, secret), "The secret "+onceShown)
		}),
	}
	on.databaseFlag(cmd)
	requiredFlag(cmd, &nom, "nom", "name of the application")
	jsonFlag(cmd)
	return cmd
}

// partenaireRow is one application as partenaire list --json prints it.
type partenaireRow struct {
	ID     string     `json:"id"`
	Nom    string     `json:"nom"`
	CreeLe *time.Time `json:"creeLe"`
}

func newPartenaireList() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "list", Short: "List the third-party applications", Example: "  passerelle partenaire list --json"}
	on.databaseFlag(cmd)
	return newList(&on, cmd, listing[partenaireRow]{"ID\tNAME\tCREATED", func(p partenaireRow) []any { return []any{p.ID, p.Nom, p.CreeLe} }},
		func(ctx context.Context, h *hub.Hub, _ int64) ([]partenaireRow, error) {
			found, err := h.Jetons.Partenaires(ctx)
			return rowsOf(found, func(p domaine.Partenaire) partenaireRow { return partenaireRow{idText(p.ID), p.Nom, utc(&p.CreeLe)} }), err
		})
}
