package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/tra"
)

func newTRA() *cobra.Command {
	return group("tra", "Check TRA files and convert them", newTRACheck(),
		newTRAConvert("json FILE", "Convert a TRA file to JSON, without loss", "  passerelle tra json exercices.tra --out exercices.json", tra.ToJSON),
		newTRAConvert("write FILE.json", "Convert the JSON of a TRA file back", "  passerelle tra write exercices.json --out exercices.tra", tra.FromJSON))
}

func newTRACheck() *cobra.Command {
	return newCheck("check FILE", "Check a TRA file: line, column, record, field, rule and what was expected",
		"Checks a TRA file (- for standard input) and prints what there is to say, a line each, errors first.\n"+
			"Exit status 1 where the file has errors; warnings alone are fine.",
		"  passerelle tra check exercices.tra\n  passerelle tra check - --json < exercices.tra",
		func(_ string, src io.Reader, limit int) (any, *compta.Report, error) {
			report, err := tra.Check(src, tra.Options{Limit: limit})
			if err != nil {
				return nil, nil, err
			}
			return report, &report.Report, nil
		})
}

func showReport(cmd *cobra.Command, report *compta.Report) error {
	out := bufio.NewWriter(cmd.OutOrStdout())
	for _, finding := range report.Findings {
		fmt.Fprintln(out, finding)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if report.OK() {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d lines, no error, %d warnings\n", report.Lines, report.Warnings)
	}
	return nil
}

func newTRAConvert(use, short, example string, convert func(io.Reader, io.Writer) error) *cobra.Command {
	var dest string
	cmd := &cobra.Command{Use: use, Short: short,
		Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := openInput(cmd, args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			if dest == "" {
				return convert(file, cmd.OutOrStdout())
			}
			out, err := os.OpenFile(dest, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return err
			}
			if err := errors.Join(convert(file, out), out.Close()); err != nil {
				return errors.Join(err, os.Remove(dest))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dest, "out", "", "new file to write (default: standard output)")
	return cmd
}
