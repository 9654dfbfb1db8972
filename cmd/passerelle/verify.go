package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/hub"
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

// sums shows the beginnings of checksums; in JSON they are whole.
var sums = listing[checksums]{"ORGANISME\tNAME\tAS OF\tCONTRACTS\tVERSIONS\tCHECKSUM OF CONTRACTS\tOF ALL ELSE", func(c checksums) []any {
	return []any{c.OrganismeID, c.Nom, c.Synchronisation, c.Actifs, c.Versions, fmt.Sprintf("%.32s", c.Contrats), fmt.Sprintf("%.32s", c.Reste)}
}}

func newVerify() *cobra.Command {
	var on base
	var synchronisation int64
	cmd := &cobra.Command{Use: "verify", Short: "Check that nothing is damaged, and print a checksum of each organisme",
		Long: "Reads the whole database beside a running server, checks every stored contract against its hash (and every\n" +
			"page of an SQLite file), and prints for each organisme a checksum of its contracts with their history and one\n" +
			"of all else. A restored backup has the same checksums as its source at that moment, and a move from SQLite to\n" +
			"PostgreSQL keeps them. With --jusqua, contracts are summed as of a synchronisation: so a backup made\n" +
			"while pushes went on is held against the database that went on. Exit status 1 where anything is damaged.",
		Example: "  passerelle verify\n  passerelle verify --db copy.db --json",
		RunE: does(on.use, func(cmd *cobra.Command, _ []string, h *hub.Hub, who hub.Acteur) error {
			if synchronisation < 0 {
				return usageError{fmt.Errorf("--jusqua: %d is no synchronisation", synchronisation)}
			}
			found, err := h.Journal.Verify(cmd.Context(), who.Organisme, synchronisation)
			if err != nil {
				return err
			}
			return sums.print(cmd, rowsOf(found, func(v hub.Sommes) checksums {
				return checksums{OrganismeID: idText(v.Organisme.ID), Nom: v.Organisme.Nom, Synchronisation: idText(v.Synchronisation),
					Actifs: v.Actifs, Versions: v.Versions, Contrats: v.Contrats, Reste: v.Reste}
			}))
		}),
	}
	on.anyOrganismeFlags(cmd, "id of the organisme (default: all of them)")
	cmd.Flags().Int64Var(&synchronisation, "jusqua", 0, "synchronisation as of which contracts are summed (default: the latest)")
	jsonFlag(cmd)
	return cmd
}
