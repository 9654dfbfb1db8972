package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/internal/conversion"
)

func newMAD() *cobra.Command { return group("mad", "Check MAD files", newMADCheck()) }

func newMADCheck() *cobra.Command {
	return newCheck("check FILE", "Check a MAD document: movement, field, rule and what was expected",
		"Checks the entries of a MAD document (- for standard input) and prints what there is to say, a line each,\n"+
			"errors first; a line is the rank of a movement. Exit status 1 where the document has errors.",
		"  passerelle mad check ecritures.json",
		func(_ string, src io.Reader, limit int) (any, *compta.Report, error) {
			report, err := conversion.CheckMAD(src, conversion.Options{Limite: limit})
			return report, report, err
		})
}
