package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// newMan is for those who pack Passerelle; the same version writes the same pages
// where SOURCE_DATE_EPOCH says their day.
func newMan() *cobra.Command {
	return &cobra.Command{Use: "man DIR", Short: "Write the manual pages, one a command, into a directory",
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			root := newRoot()
			root.DisableAutoGenTag = true
			root.InitDefaultCompletionCmd("man")
			for _, c := range root.Commands() {
				if memory := c.Flags().Lookup("memory"); memory != nil {
					memory.DefValue = "" // a quarter of this machine's
				}
			}
			header := &doc.GenManHeader{Section: "1", Source: "passerelle " + version(), Manual: "Passerelle"}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return fmt.Errorf("write the manual pages: %w", err)
			}
			return nil
		},
	}
}
