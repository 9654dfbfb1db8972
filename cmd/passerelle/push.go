package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// hubFlags say which hub files go to, and how they are read.
type hubFlags struct {
	remote
	mapping, sheet            string
	partiel, delta, allSheets bool
}

func (h *hubFlags) add(cmd *cobra.Command) {
	h.remote.add(cmd, "token with the right \"contrats\"")
	cmd.Flags().StringVar(&h.mapping, "mapping", "", "mapping document (JSON) for CSV and XLSX files; proposed from the column names where there is none")
	cmd.Flags().StringVar(&h.sheet, "sheet", "", "sheet of a workbook; by default the one that was shown last, or else fits contracts best")
	cmd.Flags().BoolVar(&h.allSheets, "all-sheets", false, "read every sheet that holds a table of the same columns, one after the other")
	cmd.Flags().BoolVar(&h.partiel, "partiel", false, "leave out the contracts that are not valid (their active versions stay) and send the others")
	cmd.Flags().BoolVar(&h.delta, "delta", false, "add and correct contracts, archive nobody: the file need not hold all of them")
	cmd.MarkFlagsMutuallyExclusive("sheet", "all-sheets")
}

// open returns what the flags say.
func (h *hubFlags) open(stderr io.Writer) (*envoi, *tableur.Mapping, error) {
	api, err := h.client(stderr, "passerelle-push", client.Options{})
	if err != nil {
		return nil, nil, err
	}
	if h.allSheets {
		h.sheet = tableur.AllSheets
	}
	e := &envoi{api: api, progress: newProgress(stderr), partiel: h.partiel, delta: h.delta}
	if h.mapping == "" {
		return e, nil, nil
	}
	document, err := os.ReadFile(h.mapping)
	if err != nil {
		return nil, nil, fmt.Errorf("read the mapping: %w", err)
	}
	mapping, err := tableur.ParseMapping(document)
	if err != nil {
		return nil, nil, fmt.Errorf("%s\n%w", h.mapping, err)
	}
	return e, &mapping, nil
}

func newPush() *cobra.Command {
	p := &pushCommand{}
	cmd := &cobra.Command{Use: "push FILE", Short: "Push a JSON, CSV or XLSX file of contracts",
		Long: "Shows what the file would change, asks, and sends it as the whole set of active contracts: those that it does\n" +
			"not hold are archived. Nothing is recorded unless every contract is valid.\n\n" +
			"Where stdout is not a terminal, or with --json, it prints one JSON object and nothing else.",
		Example: "  export PASSERELLE_URL=https://hub.example PASSERELLE_TOKEN=…\n" +
			"  passerelle push contrats.xlsx --dry-run --report erreurs.xlsx\n" +
			"  passerelle push contrats.csv --mapping matrice.json --yes",
		RunE: func(cmd *cobra.Command, args []string) error { return p.run(cmd, args[0]) },
	}
	p.hub.add(cmd)
	cmd.Flags().BoolVar(&p.dryRun, "dry-run", false, "only show what would change")
	cmd.Flags().BoolVar(&p.yes, "yes", false, "send without asking")
	cmd.Flags().BoolVar(&p.json, "json", false, "print the outcome as JSON")
	cmd.Flags().StringVar(&p.saveMapping, "save-mapping", "", "write the mapping that is used to this new file")
	cmd.Flags().StringVar(&p.report, "report", "", "write the errors of a CSV or XLSX file to this new file (.csv or .xlsx): the same sheet with one more column")
	return cmd
}

type pushCommand struct {
	hub                 hubFlags
	dryRun, yes, json   bool
	saveMapping, report string
	stdout, stderr      io.Writer
}

func (p *pushCommand) run(cmd *cobra.Command, path string) error {
	p.stdout, p.stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
	p.json = p.json || !isTerminal(p.stdout)
	e, mapping, err := p.hub.open(p.stderr)
	if err != nil {
		return err
	}
	if extension := filepath.Ext(p.report); p.report != "" && extension != ".csv" && extension != ".xlsx" {
		return usageError{errors.New("--report: give the name of a .csv or .xlsx file")}
	}
	if !p.yes && !p.dryRun && !isTerminal(cmd.InOrStdin()) {
		return errors.New("stdin is not a terminal, so nobody can be asked: add --yes to send, or --dry-run to see what would change")
	}
	v, err := p.push(cmd, e, path, mapping)
	if err != nil {
		return err
	}
	if p.json {
		if err := writeJSON(p.stdout, v); err != nil {
			return err
		}
	}
	return v.failure()
}

// push takes the file as far as it goes.
func (p *pushCommand) push(cmd *cobra.Command, e *envoi, path string, mapping *tableur.Mapping) (*verdict, error) {
	f, err := openFichier(path, p.hub.sheet, mapping)
	if f != nil {
		defer f.close()
		if p.saveMapping != "" && f.table != nil {
			if err := saveMapping(p.saveMapping, f.mapping); err != nil {
				return nil, err
			}
		}
	}
	if err != nil {
		v := &verdict{File: filepath.Base(path)}
		return v, v.judge(nil, err)
	}
	p.showProposals(f)
	v, err := e.try(cmd.Context(), f)
	if err != nil {
		return nil, err
	}
	if v.Outcome == "" {
		if err := p.decide(cmd, e, f, v); err != nil {
			return nil, err
		}
	}
	showWarnings(p.stderr, f, v)
	if len(v.Errors) > 0 {
		showFautes(p.stderr, v)
		if err := p.writeReport(f, v); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// decide shows the diff and sends the file where that is wanted.
func (p *pushCommand) decide(cmd *cobra.Command, e *envoi, f *fichier, v *verdict) error {
	shown := p.stdout
	if p.json {
		shown = p.stderr // a person who is asked sees it all the same
	}
	ask := !p.yes && !p.dryRun && !v.Diff.empty()
	if !p.json || ask {
		if err := showDiff(shown, v.Diff); err != nil {
			return err
		}
	}
	switch {
	case p.dryRun:
		v.Outcome = outcomeDryRun
		return nil
	case ask && !confirmed(p.stderr, cmd.InOrStdin()):
		v.Outcome = outcomeDeclined
		return nil
	}
	if err := e.send(cmd.Context(), f, v); err != nil {
		return err
	}
	if r := v.Result; r != nil && !p.json {
		fmt.Fprintf(p.stdout, "Sent as synchronisation %s: %d added, %d updated, %d archived, %d the same. %d contracts are active, %d integrated.\n",
			r.Synchronisation, r.Added, r.Updated, r.Removed, r.Same, r.Total, r.Integres)
		if v.Refused > 0 {
			fmt.Fprintf(p.stdout, "%d contracts were left out; those that were active stay as they were.\n", v.Refused)
		}
	}
	return nil
}

// confirmed asks the person at the terminal.
func confirmed(out io.Writer, in io.Reader) bool {
	fmt.Fprint(out, "Send? (y/N) ")
	answer, _ := bufio.NewReader(in).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "o", "oui":
		return true
	}
	return false
}

// saveMapping writes a mapping to a file that is not there yet.
func saveMapping(path string, m tableur.Mapping) error {
	document, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return createFile(path, func(w io.Writer) error {
		_, err := w.Write(append(document, '\n'))
		return err
	})
}

// createFile writes a file that only its owner reads, and never overwrites one.
func createFile(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

func (p *pushCommand) writeReport(f *fichier, v *verdict) error {
	if p.report == "" || f.table == nil {
		return nil
	}
	format := tableur.CSV
	if filepath.Ext(p.report) == ".xlsx" {
		format = tableur.XLSX
	}
	return createFile(p.report, func(w io.Writer) error { return f.writeReport(w, v.Errors, format) })
}

// showProposals says where a proposed mapping takes the fields from: all of it to
// a person, elsewhere only what is doubtful.
func (p *pushCommand) showProposals(f *fichier) {
	if len(f.proposals) == 0 {
		return
	}
	all := isTerminal(p.stderr)
	table := newTable(p.stderr)
	for _, proposal := range f.proposals {
		if !all && proposal.Confidence >= 60 {
			continue
		}
		from := "-"
		if c := proposal.Column; c != nil {
			from = fmt.Sprintf("%s %q", c.Letter, c.Nom)
		}
		fmt.Fprintf(table, "  %s\t%s\t%d %%\t%s\n", proposal.Field, from, proposal.Confidence, proposal.Why)
	}
	_ = table.Flush()
	if all {
		fmt.Fprintln(p.stderr, "This mapping was proposed from the column names. Keep it with --save-mapping, give it with --mapping.")
	}
}

// showRows is how many changes or errors a person sees.
const showRows = 40

func showDiff(w io.Writer, d *diffSummary) error {
	table := newTable(w)
	for i, c := range d.Changes {
		if i == showRows {
			break
		}
		var fields []string
		for _, f := range c.Changes {
			fields = append(fields, fmt.Sprintf("%s: %s -> %s", f.Field, quoted(f.Old), quoted(f.New)))
		}
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", c.Type, c.CodeContrat, shortened(c.Apprenant, 30), strings.Join(fields, ", "))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if more := d.Added + d.Updated + d.Removed - min(len(d.Changes), showRows); more > 0 {
		fmt.Fprintf(w, "  … and %d more\n", more)
	}
	_, err := fmt.Fprintf(w, "%d added, %d updated, %d removed (archived), %d the same.\n", d.Added, d.Updated, d.Removed, d.Same)
	return err
}

func quoted(s string) string {
	if s == "" {
		return "(none)"
	}
	return "“" + shortened(s, 40) + "”"
}

// showWarnings says which sheet was read and what surprises.
func showWarnings(w io.Writer, f *fichier, v *verdict) {
	switch {
	case f.table == nil || f.table.Sheet == "":
	case len(f.table.Read) > 0:
		fmt.Fprintf(w, "Read the sheets “%s”.\n", strings.Join(f.table.Read, "”, “"))
	default:
		fmt.Fprintf(w, "Read the sheet “%s”.\n", f.table.Sheet)
	}
	if len(v.Unused) > 0 && isTerminal(w) {
		fmt.Fprintf(w, "Columns that feed nothing: %s.\n", strings.Join(v.Unused, "; "))
	}
	table := newTable(w)
	for i := range v.Warnings[:min(len(v.Warnings), showRows)] {
		f := &v.Warnings[i]
		fmt.Fprintf(table, "  avertissement\t%s\t%s\t%s\n", f.place(), f.CodeContrat, f.Message)
	}
	_ = table.Flush()
	if more := len(v.Warnings) - showRows; more > 0 {
		fmt.Fprintf(w, "  … and %d more warnings\n", more)
	}
}

func showFautes(w io.Writer, v *verdict) {
	table := newTable(w)
	for i := range v.Errors[:min(len(v.Errors), showRows)] {
		f := &v.Errors[i]
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", f.place(), f.CodeContrat, f.Code, f.Message)
	}
	_ = table.Flush()
	if more := v.ErrorsTotal - showRows; more > 0 {
		fmt.Fprintf(w, "  … and %d more\n", more)
	}
}
