package main

import (
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newSociete() *cobra.Command {
	return group("societe", "Manage the sociétés, which own exercices", newSocieteCreate(), newSocieteList())
}

func newSocieteCreate() *cobra.Command {
	var location, organisme, immatriculation string
	var s passerelle.Societe
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create one more société of an organisme",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := requireFlag("nom", s.Nom); err != nil {
				return err
			}
			if s.OrganismeID, err = parseID(organisme); err != nil {
				return err
			}
			if immatriculation != "" {
				day, err := parseDay("immatriculation", immatriculation)
				if err != nil {
					return err
				}
				s.Immatriculation = &day
			}
			return withHub(cmd.Context(), location, func(h *hub.Hub) error {
				created, err := h.Comptabilite.CreateSociete(cmd.Context(), s)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), struct {
						ID string `json:"id"`
					}{strconv.FormatInt(created.ID, 10)})
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "société %d  %s\n", created.ID, created.Nom)
				return err
			})
		},
	}
	databaseFlag(cmd, &location)
	cmd.Flags().StringVar(&organisme, "organisme", "", "id of the organisme (required)")
	cmd.Flags().StringVar(&s.Nom, "nom", "", "name of the société (required)")
	cmd.Flags().StringVar(&s.SIRET, "siret", "", "its SIRET, 14 digits")
	cmd.Flags().StringVar(&immatriculation, "immatriculation", "", "day of its registration, YYYY-MM-DD: no exercice starts before")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newSocieteList() *cobra.Command {
	var location string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the sociétés of the hub",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				found, err := h.Comptabilite.Societes(cmd.Context(), hub.AccesOperateur(""))
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tORGANISME\tNAME\tSIRET\tREGISTERED")
				for _, s := range found {
					registered := ""
					if s.Immatriculation != nil {
						registered = s.Immatriculation.String()
					}
					fmt.Fprintf(table, "%d\t%d\t%s\t%s\t%s\n", s.ID, s.OrganismeID, s.Nom, orDash(s.SIRET), orDash(registered))
				}
				return table.Flush()
			})
		},
	}
	databaseFlag(cmd, &location)
	return cmd
}
