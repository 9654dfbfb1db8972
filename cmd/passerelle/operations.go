package main

import (
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newBackup() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "backup DEST", Short: "Copy an embedded database to a new file, while the server runs",
		Long: "Copies an SQLite database to a new file as it stood at one moment, while the server runs.\n" +
			"A PostgreSQL database is backed up with PostgreSQL's own tools: pg_dump, pg_basebackup.",
		Example: "  passerelle backup \"/var/backups/passerelle-$(date +%F).db\" --db /var/lib/passerelle/passerelle.db",
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); err == nil {
				return fmt.Errorf("%s exists already: a backup never overwrites a file", args[0])
			}
			return on.use(cmd, func(h *hub.Hub, _ hub.Acteur) error {
				if err := h.Backup(cmd.Context(), args[0]); err != nil {
					return err
				}
				fmt.Fprintln(cmd.ErrOrStderr(), "backed up to", args[0])
				return nil
			})
		},
	}
	on.databaseFlag(cmd)
	return cmd
}

func newVersion() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version",
		Example: "  passerelle version",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "passerelle", version())
			return err
		},
	}
}

// release is the version of a release, which scripts/release sets.
var release string

// version is the version of the release, else the module's, or the commit that the
// binary was built from.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return "commit " + setting.Value
		}
	}
	return "development"
}
