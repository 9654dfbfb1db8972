package main

import (
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// checksums is what verify prints of one organisme.
type checksums struct {
	OrganismeID     string `json:"organismeId"`
	Nom             string `json:"nom"`
	Synchronisation string `json:"synchronisation"` // as of which contracts are summed
	Actifs          int    `json:"actifs"`
	Versions        int    `json:"versions"`
	Contrats        string `json:"contrats"` // checksum of every version of every contract
	Reste           string `json:"reste"`    // checksum of all else
}

func newVerify() *cobra.Command {
	var location string
	var organisme, synchronisation int64
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that nothing is damaged, and print a checksum of each organisme",
		Long: "Reads the whole database beside a running server, checks every stored contract against its hash (and every\n" +
			"page of an SQLite file), and prints for each organisme a checksum of its contracts with their history and one\n" +
			"of all else. A restored backup has the same checksums as its source at that moment, and a move from SQLite to\n" +
			"PostgreSQL keeps them. With --jusqua, contracts are summed as of a synchronisation: so a backup made\n" +
			"while pushes went on is held against the database that went on. Exit status 1 where anything is damaged.",
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !open.IsPostgres(location) {
				if _, err := os.Stat(location); err != nil {
					return fmt.Errorf("there is no database to verify: %w", err)
				}
			}
			rows := []checksums{}
			err := withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				found, err := h.Journal.Verify(cmd.Context(), organisme, synchronisation)
				for _, v := range found {
					rows = append(rows, checksums{OrganismeID: strconv.FormatInt(v.Organisme.ID, 10), Nom: v.Organisme.Nom,
						Synchronisation: strconv.FormatInt(v.Synchronisation, 10), Actifs: v.Actifs, Versions: v.Versions, Contrats: v.Contrats, Reste: v.Reste})
				}
				return err
			})
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), rows)
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
			fmt.Fprintln(table, "ORGANISME\tNAME\tAS OF\tCONTRACTS\tVERSIONS\tCHECKSUM OF CONTRACTS\tOF ALL ELSE")
			for _, row := range rows {
				fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%.32s\t%.32s\n", row.OrganismeID, row.Nom, row.Synchronisation, row.Actifs, row.Versions, row.Contrats, row.Reste)
			}
			return table.Flush()
		},
	}
	databaseFlag(cmd, &location)
	cmd.Flags().Int64Var(&organisme, "organisme", 0, "id of the organisme (default: all of them)")
	cmd.Flags().Int64Var(&synchronisation, "jusqua", 0, "synchronisation as of which contracts are summed (default: the latest)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, with whole checksums")
	return cmd
}
