package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
	"github.com/passerelle-hub/passerelle/internal/conversion"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// formatOf is the format that the end of a file's name says.
func formatOf(name string) (conversion.Format, bool) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".tra":
		return conversion.TRA, true
	case ".txt":
		return conversion.FEC, true
	case ".json":
		return conversion.MAD, true
	}
	return "", false
}

func newConvert() *cobra.Command {
	var de, vers, rapport, exercice string
	var strict, force bool
	cmd := &cobra.Command{Use: "convert IN OUT", Short: "Convert accounting files: TRA, FEC (.txt) and MAD (.json) one into another",
		Long: "Converts IN (- for standard input) into OUT (- for standard output). The formats are those of the names,\n" +
			".tra, .txt (FEC) and .json (MAD), unless --de and --vers say them. What the target cannot hold is told on\n" +
			"standard error, and in --rapport FILE as JSON, with the number of lines and the first one. A source with\n" +
			"errors is refused unless --force; a loss is refused with --strict.",
		Example: "  passerelle convert 123456789FEC20251231.txt ecritures.tra\n" +
			"  passerelle convert ecritures.tra ecritures.json --strict --rapport pertes.json",
		RunE: func(cmd *cobra.Command, args []string) error {
			o := conversion.Options{Nom: args[0], Strict: strict, Force: force, Heure: time.Now().In(hub.Paris)}
			var err error
			if o.De, err = formatFlag("de", de, args[0]); err != nil {
				return cmp.Or(notAccounting(args[0]), err)
			}
			if o.Vers, err = formatFlag("vers", vers, args[1]); err != nil {
				return err
			}
			if o.De == o.Vers {
				return usageError{fmt.Errorf("both files are %s: nothing to convert", strings.ToUpper(string(o.De)))}
			}
			if exercice != "" {
				var ok bool
				if o.Exercice, ok = fec.ParsePeriode(exercice); !ok {
					return usageError{fmt.Errorf("--exercice: %q is not AAAA-MM-JJ..AAAA-MM-JJ", exercice)}
				}
			}
			return convertFile(cmd, args[0], args[1], rapport, o)
		},
	}
	cmd.Flags().StringVar(&de, "de", "", "format of IN: tra, fec or mad")
	cmd.Flags().StringVar(&vers, "vers", "", "format of OUT: tra, fec or mad")
	cmd.Flags().StringVar(&rapport, "rapport", "", "file to write what was lost into, as JSON")
	cmd.Flags().StringVar(&exercice, "exercice", "", "bounds of a FEC's exercice: AAAA-MM-JJ..AAAA-MM-JJ")
	cmd.Flags().BoolVar(&strict, "strict", false, "refuse a loss, and write nothing")
	cmd.Flags().BoolVar(&force, "force", false, "convert a file with errors as well as it can be")
	return cmd
}

func formatFlag(flag, value, name string) (conversion.Format, error) {
	if value != "" {
		f, ok := conversion.ParseFormat(value)
		if !ok {
			return "", usageError{fmt.Errorf("--%s: %q is not tra, fec or mad", flag, value)}
		}
		return f, nil
	}
	f, ok := formatOf(name)
	if !ok {
		return "", usageError{fmt.Errorf("%s: its name does not say its format (.tra, .txt, .json): add --%s", name, flag)}
	}
	return f, nil
}

// notAccounting says what a file is that is no file of accounting at all.
func notAccounting(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return nil // its name is what is wrong first
	}
	defer file.Close()
	head := make([]byte, 64<<10)
	n, _ := io.ReadFull(file, head)
	nature := compta.Recognize(head[:n])
	if _, ok := conversion.ParseFormat(nature.Kind); ok || nature.Kind == "inconnu" {
		return nil
	}
	return fmt.Errorf("%s: C’est %s. %s", name, nature.About, nature.Todo)
}

// convertFile converts one file and says what was lost. Nothing stays of a
// conversion that fails.
func convertFile(cmd *cobra.Command, in, out, rapport string, o conversion.Options) error {
	src, err := openSeekable(cmd, in)
	if err != nil {
		return err
	}
	defer src.Close()
	var r *conversion.Rapport
	if out == "-" {
		r, err = conversion.Convert(src, cmd.OutOrStdout(), o)
	} else {
		r, err = convertTo(src, out, o)
	}
	var refus *conversion.Refus
	var format *compta.FormatError
	switch {
	case errors.As(err, &refus):
		refusal := refusedConversion{Pertes: refus.Pertes, Controle: refus.Controle}
		if refus.Controle != nil {
			refusal.Pertes = []conversion.Perte{}
			for _, finding := range refus.Controle.Findings {
				fmt.Fprintln(cmd.ErrOrStderr(), finding)
			}
			err = fmt.Errorf("%s: %d errors, nothing was converted: mend them, or add --force", in, refus.Controle.Errors)
		} else {
			showLosses(cmd, refus.Pertes)
			err = fmt.Errorf("%s: something would be lost, nothing was converted (--strict)", in)
		}
		return errors.Join(err, writeRapport(rapport, refusal))
	case errors.As(err, &format):
		all := compta.Refused(format)
		return errors.Join(fmt.Errorf("%s: %w", in, err), writeRapport(rapport, refusedConversion{Pertes: []conversion.Perte{}, Controle: &all}))
	case err != nil:
		return err
	}
	for _, w := range r.Avertissements {
		fmt.Fprintln(cmd.ErrOrStderr(), w)
	}
	showLosses(cmd, r.Pertes)
	fmt.Fprintf(cmd.ErrOrStderr(), "%d lines of %d entries converted\n", r.Lignes, r.Ecritures)
	return writeRapport(rapport, r)
}

// refusedConversion is the report on a conversion that did not take place.
type refusedConversion struct {
	Pertes   []conversion.Perte `json:"pertes"`
	Controle *compta.Report     `json:"controle,omitempty"`
}

func showLosses(cmd *cobra.Command, pertes []conversion.Perte) {
	for _, p := range pertes {
		fmt.Fprintf(cmd.ErrOrStderr(), "lost: %s: %d lines, the first is %d\n", p.Ce, p.Lignes, p.Premiere)
	}
}

func writeRapport(name string, doc any) error {
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(writeJSON(file, doc), file.Close())
}

// convertTo writes a file that is not there yet, or is empty: through a temporary one
// beside it.
func convertTo(src io.ReadSeeker, out string, o conversion.Options) (*conversion.Rapport, error) {
	if info, err := os.Stat(out); err == nil && (info.Size() > 0 || info.IsDir()) {
		return nil, fmt.Errorf("%s: %w", out, os.ErrExist)
	}
	tmp, err := os.CreateTemp(filepath.Dir(out), ".passerelle-convert-*")
	if err != nil {
		return nil, err
	}
	r, err := conversion.Convert(src, tmp, o)
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), out)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(tmp.Name()))
	}
	return r, nil
}

// openSeekable opens a file, or keeps standard input in a temporary one.
func openSeekable(cmd *cobra.Command, name string) (io.ReadSeekCloser, error) {
	if name != "-" {
		return os.Open(name)
	}
	file, err := os.CreateTemp("", "passerelle-convert-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if _, err := io.Copy(file, cmd.InOrStdin()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
