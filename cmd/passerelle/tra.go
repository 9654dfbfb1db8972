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
		newTRAConvert("json FILE", "Convert a TRA file to JSON, without loss", tra.ToJSON),
		newTRAConvert("write FILE.json", "Convert the JSON of a TRA file back", tra.FromJSON))
}

func newTRACheck() *cobra.Command {
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a TRA file: line, column, record, field, rule and what was expected",
		Long: "Checks a TRA file (- for standard input) and prints what there is to say, a line each.\n" +
			"Exit status 1 where the file has errors; warnings alone are fine.",
		Args: exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 {
				return usageError{fmt.Errorf("--limit: %d is not a number of findings", limit)}
			}
			file, err := openInput(cmd, args[0])
			if err != nil {
				return err
			}
			defer file.Close()
			report, err := tra.Check(file, tra.Options{Limit: limit})
			var refused *tra.FormatError
			if errors.As(err, &refused) {
				report, err = &tra.Report{Report: compta.Refused(refused)}, nil
			}
			if err != nil {
				return err
			}
			if err := showReport(cmd, &report.Report, asJSON); err != nil {
				return err
			}
			if !report.OK() {
				return fmt.Errorf("%s: %d errors, %d warnings", args[0], report.Errors, report.Warnings)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().IntVar(&limit, "limit", tra.DefaultLimit, "errors to list, and warnings")
	return cmd
}

func showReport(cmd *cobra.Command, report *compta.Report, asJSON bool) error {
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), report)
	}
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

func newTRAConvert(use, short string, convert func(io.Reader, io.Writer) error) *cobra.Command {
	var dest string
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  exactArgs(1),
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
