package main

import (
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newSociete() *cobra.Command {
	return group("societe", "Manage the sociétés, which own exercices", newSocieteCreate(), newSocieteSet(), newSocieteList())
}

func newSocieteCreate() *cobra.Command {
	var location, organisme, immatriculation string
	var s domaine.Societe
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
	cmd.Flags().StringVar(&s.Reference, "reference", "", "what the software of its accountants calls it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newSocieteSet() *cobra.Command {
	var location, nom, siret, reference, immatriculation string
	cmd := &cobra.Command{
		Use:   "set ID",
		Short: "Change what a société says of itself",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			given := cmd.Flags().Changed
			var day *passerelle.Date
			if immatriculation != "" {
				d, err := parseDay("immatriculation", immatriculation)
				if err != nil {
					return err
				}
				day = &d
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				s, err := h.Comptabilite.SetSociete(cmd.Context(), id, func(s *domaine.Societe) {
					for name, to := range map[string]struct{ field, value *string }{"nom": {&s.Nom, &nom}, "siret": {&s.SIRET, &siret}, "reference": {&s.Reference, &reference}} {
						if given(name) {
							*to.field = *to.value
						}
					}
					if given("immatriculation") {
						s.Immatriculation = day
					}
				})
				if err == nil {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "société %d  %s\n", s.ID, s.Nom)
				}
				return err
			})
		},
	}
	databaseFlag(cmd, &location)
	cmd.Flags().StringVar(&nom, "nom", "", "its name")
	cmd.Flags().StringVar(&siret, "siret", "", "its SIRET, 14 digits; empty for none")
	cmd.Flags().StringVar(&reference, "reference", "", "what the software of its accountants calls it; empty for nothing")
	cmd.Flags().StringVar(&immatriculation, "immatriculation", "", "day of its registration, YYYY-MM-DD: no exercice starts before; empty for unknown")
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
				fmt.Fprintln(table, "ID\tORGANISME\tNAME\tSIRET\tREGISTERED\tREFERENCE")
				for _, s := range found {
					registered := ""
					if s.Immatriculation != nil {
						registered = s.Immatriculation.String()
					}
					fmt.Fprintf(table, "%d\t%d\t%s\t%s\t%s\t%s\n", s.ID, s.OrganismeID, s.Nom, orDash(s.SIRET), orDash(registered), orDash(s.Reference))
				}
				return table.Flush()
			})
		},
	}
	databaseFlag(cmd, &location)
	return cmd
}
