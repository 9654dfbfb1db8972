package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newSociete() *cobra.Command {
	return group("societe", "Manage the sociétés, which own exercices", newSocieteCreate(), newSocieteSet(), newSocieteList())
}

func newSocieteCreate() *cobra.Command {
	var on base
	var s domaine.Societe
	cmd := &cobra.Command{Use: "create", Short: "Create one more société of an organisme",
		Example: "  passerelle societe create --organisme 1 --nom \"CFA Sud\" --siret 12345678900012",
		RunE: does(on.use, func(cmd *cobra.Command, _ []string, h *hub.Hub, who hub.Acteur) error {
			s.OrganismeID = who.Organisme
			created, err := h.Comptabilite.CreateSociete(cmd.Context(), s)
			if err != nil {
				return err
			}
			return showMade(cmd, struct {
				ID string `json:"id"`
			}{idText(created.ID)}, fmt.Sprintf("société %d  %s", created.ID, created.Nom), "")
		}),
	}
	on.organismeFlags(cmd)
	requiredFlag(cmd, &s.Nom, "nom", "name of the société")
	cmd.Flags().StringVar(&s.SIRET, "siret", "", "its SIRET, 14 digits")
	dayFlag(cmd, &s.Immatriculation, "immatriculation", "day of its registration, YYYY-MM-DD: no exercice starts before")
	cmd.Flags().StringVar(&s.Reference, "reference", "", "what the software of its accountants calls it")
	jsonFlag(cmd)
	return cmd
}

func newSocieteSet() *cobra.Command {
	var on base
	var nom, siret, reference string
	var immatriculation *passerelle.Date
	cmd := &cobra.Command{Use: "set ID", Short: "Change what a société says of itself", Example: "  passerelle societe set 2 --reference DOSS-7"}
	on.databaseFlag(cmd)
	cmd.Flags().StringVar(&nom, "nom", "", "its name")
	cmd.Flags().StringVar(&siret, "siret", "", "its SIRET, 14 digits; empty for none")
	cmd.Flags().StringVar(&reference, "reference", "", "what the software of its accountants calls it; empty for nothing")
	dayFlag(cmd, &immatriculation, "immatriculation", "day of its registration, YYYY-MM-DD: no exercice starts before; empty for unknown")
	return on.onID(cmd, func(h *hub.Hub, _ hub.Acteur, id int64) error {
		given := cmd.Flags().Changed
		s, err := h.Comptabilite.SetSociete(cmd.Context(), id, func(s *domaine.Societe) {
			for name, to := range map[string]struct{ field, value *string }{"nom": {&s.Nom, &nom}, "siret": {&s.SIRET, &siret}, "reference": {&s.Reference, &reference}} {
				if given(name) {
					*to.field = *to.value
				}
			}
			if given("immatriculation") {
				s.Immatriculation = immatriculation
			}
		})
		if err == nil {
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "société %d  %s\n", s.ID, s.Nom)
		}
		return err
	})
}

// societeRow is one société as societe list --json prints it.
type societeRow struct {
	ID              string  `json:"id"`
	Organisme       string  `json:"organisme"`
	Nom             string  `json:"nom"`
	SIRET           string  `json:"siret"`           // "" where it is not known
	Immatriculation *string `json:"immatriculation"` // YYYY-MM-DD
	Reference       string  `json:"reference"`
}

func newSocieteList() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "list", Short: "List the sociétés of the hub", Example: "  passerelle societe list --json"}
	on.databaseFlag(cmd)
	return newList(&on, cmd, listing[societeRow]{"ID\tORGANISME\tNAME\tSIRET\tREGISTERED\tREFERENCE", func(s societeRow) []any {
		return []any{s.ID, s.Organisme, s.Nom, s.SIRET, s.Immatriculation, s.Reference}
	}}, func(ctx context.Context, h *hub.Hub, _ int64) ([]societeRow, error) {
		found, err := h.Comptabilite.Societes(ctx, hub.AccesOperateur(""))
		return rowsOf(found, func(s domaine.Societe) societeRow {
			row := societeRow{idText(s.ID), idText(s.OrganismeID), s.Nom, s.SIRET, nil, s.Reference}
			if s.Immatriculation != nil {
				day := s.Immatriculation.String()
				row.Immatriculation = &day
			}
			return row
		}), err
	})
}
