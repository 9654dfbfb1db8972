package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newExerciceExport() *cobra.Command {
	var f exerciceFlags
	cmd := &cobra.Command{Use: "export", Short: "Write the exercices as a TRA file",
		Example: "  passerelle exercice export --societe 1 --out exercices.tra",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.code != "nom" && f.code != "rang" {
				return usageError{fmt.Errorf("--code: %q is neither nom nor rang", f.code)}
			}
			options := comptable.OptionsTRA{CodeRang: f.code == "rang", ElargirAuxMois: f.elargir, DateDeCloture: f.dateDeClot}
			var file bytes.Buffer
			err := f.use(cmd, func(h *hub.Hub, _ hub.Acteur) error {
				warnings, err := h.Comptabilite.ExportTRA(cmd.Context(), f.demande().Acces, nil, options, &file)
				for _, w := range warnings {
					fmt.Fprintln(cmd.ErrOrStderr(), "avertissement :", w.Message)
				}
				return err
			})
			if err != nil {
				return err
			}
			if f.out == "" {
				_, err = cmd.OutOrStdout().Write(file.Bytes())
				return err
			}
			return os.WriteFile(f.out, file.Bytes(), 0o600)
		},
	}
	f.database(cmd)
	cmd.Flags().StringVar(&f.out, "out", "", "file to write (default: standard output)")
	cmd.Flags().StringVar(&f.code, "code", "nom", "what CODE holds: nom (N, N+1…) or rang (001, 002…, for strict importers)")
	cmd.Flags().BoolVar(&f.elargir, "elargir", false, "write whole months where an exercice starts or ends within one")
	cmd.Flags().BoolVar(&f.dateDeClot, "date-cloture", false, "write the day of closing in DATECREATION")
	return cmd
}

func newExerciceImport() *cobra.Command {
	var f exerciceFlags
	cmd := &cobra.Command{Use: "import FILE", Short: "Create the exercices of a TRA file that are missing, all or nothing",
		Example: "  passerelle exercice import exercices.tra --societe 1 --prenom Ana --nom Roche --simulation",
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := openInput(cmd, args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			return f.use(cmd, func(h *hub.Hub, _ hub.Acteur) error {
				res, err := h.Comptabilite.ImportTRA(cmd.Context(), f.demande(), file)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%d exercices created\n", len(res.Changements))
				return f.show(cmd, res.Exercices, res.Avertissements)
			})
		},
	}
	f.change(cmd)
	f.person(cmd)
	return cmd
}

// openInput opens a file, or standard input for "-".
func openInput(cmd *cobra.Command, name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(cmd.InOrStdin()), nil
	}
	return os.Open(name)
}
