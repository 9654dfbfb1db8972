package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/tableur"
)

func newExemple() *cobra.Command {
	return &cobra.Command{Use: "exemple FILE", Short: "Write a file of contracts to fill in",
		Long: "Writes FILE, a .xlsx, .csv or .json file with every column of a contract, what it means, and three invented\n" +
			"contracts: replace them by yours, or push it as it is to a sandbox. It never overwrites a file.",
		Example: "  passerelle exemple contrats.xlsx",
		RunE: func(cmd *cobra.Command, args []string) error {
			format := tableur.Format(strings.TrimPrefix(strings.ToLower(filepath.Ext(args[0])), "."))
			switch format {
			case tableur.CSV, tableur.XLSX, tableur.JSON:
			default:
				return usageError{errors.New("give the name of a .xlsx, .csv or .json file")}
			}
			if err := createFile(args[0], func(w io.Writer) error { return tableur.WriteExemple(w, format) }); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "Wrote %s. Push it with: passerelle push %s\n", args[0], args[0])
			return nil
		},
	}
}
