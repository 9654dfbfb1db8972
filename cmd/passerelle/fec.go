package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
)

func newFEC() *cobra.Command { return group("fec", "Check FEC files", newFECCheck()) }

func newFECCheck() *cobra.Command {
	var exercice string
	cmd := newCheck("check FILE", "Check a FEC: line, column, field, rule and what was expected",
		"Checks a FEC (- for standard input) with every rule of the tax administration's own tool and more, and\n"+
			"prints what there is to say, a line each, errors first. Exit status 1 where the file has errors; warnings\n"+
			"alone are fine. The exercice is that of the file's name (SIRENFECAAAAMMJJ.txt) unless --exercice gives it.",
		"  passerelle fec check 123456789FEC20251231.txt\n  passerelle fec check fec.txt --exercice 2025-01-01..2025-12-31 --json",
		func(name string, src io.Reader, limit int) (any, *compta.Report, error) {
			o := fec.Options{Limit: limit}
			if name != "-" {
				o.Name = name
			}
			if exercice != "" {
				var ok bool
				if o.Exercice, ok = fec.ParsePeriode(exercice); !ok {
					return nil, nil, usageError{fmt.Errorf("--exercice: %q is not AAAA-MM-JJ..AAAA-MM-JJ", exercice)}
				}
			}
			report, err := fec.Check(src, o)
			if err != nil {
				return nil, nil, err
			}
			return report, &report.Report, nil
		})
	cmd.Flags().StringVar(&exercice, "exercice", "", "bounds of the exercice: AAAA-MM-JJ..AAAA-MM-JJ")
	return cmd
}

// newCheck is a command that checks a file of accounting. check returns the report
// as it is printed in JSON, and what all formats have of it.
func newCheck(use, short, long, example string, check func(name string, src io.Reader, limit int) (any, *compta.Report, error)) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: use, Short: short, Long: long, Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 {
				return usageError{fmt.Errorf("--limit: %d is not a number of findings", limit)}
			}
			file, err := openInput(cmd, args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			doc, report, err := check(args[0], file, limit)
			var refused *compta.FormatError
			if errors.As(err, &refused) {
				all := compta.Refused(refused)
				doc, report, err = &all, &all, nil
			}
			if err != nil {
				return err
			}
			if asJSON(cmd) {
				err = writeJSON(cmd.OutOrStdout(), doc)
			} else {
				err = showReport(cmd, report)
			}
			if err == nil && !report.OK() {
				err = fmt.Errorf("%s: %d errors, %d warnings", args[0], report.Errors, report.Warnings)
			}
			return err
		},
	}
	jsonFlag(cmd)
	cmd.Flags().IntVar(&limit, "limit", compta.DefaultLimit, "errors to list, and warnings")
	return cmd
}
