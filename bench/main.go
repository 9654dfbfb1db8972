// Command bench measures Passerelle from outside: the server as a process of
// its own, over HTTP, on both databases, beside the limit (the same bytes
// decoded and written by the same drivers) and beside PocketBase, which it builds
// from the module proxy. What it finds goes to docs/performance.md.
//
//	go run ./bench          the table, the plot and the goals
//	go run ./bench --contre REVISION   this revision beside another one, in turns
//	go run ./bench pays     a country: many organismes on one PostgreSQL
//	go run ./bench memoire  bodies made to take much memory, and many pushes at once
//	go run ./bench attente  how long a login and a small push wait for another organisme's large push
//	go run ./bench metriques  /metrics with many organismes
//	go run ./bench bascule  the leader of a PostgreSQL under Patroni killed, frozen and switched under two hubs
//	go run ./bench malveillant  a mean client beside an honest one, while the server is stopped and killed
//	go run ./bench fins     the ventilation of one exercice beside a history of contracts that ended
//	go run ./bench financement  the funding of contracts beside the ventilation of another revision, and the import of an NPEC edition
//
// It needs PostgreSQL's programs (Debian: postgresql) and Linux's /proc.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newRoot().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func newRoot() *cobra.Command {
	o := suiteOptions{traLines: 1_000_000}
	var contre string
	cmd := &cobra.Command{
		Use: "bench", Short: "Measure the hub beside its limit and beside PocketBase",
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inWorkshop(cmd.Context(), func(w *workshop) error {
				if contre != "" {
					return runContre(cmd.Context(), w, contreOptions{contre, o.sizes, o.runs})
				}
				return runSuite(cmd.Context(), w, o)
			})
		},
	}
	cmd.Flags().IntSliceVar(&o.sizes, "sizes", []int{1_000, 10_000, 100_000}, "numbers of contracts")
	cmd.Flags().IntVar(&o.runs, "runs", 5, "turns of which the median is taken")
	cmd.Flags().IntVar(&o.peerMax, "peer-max", 100_000, "most contracts for PocketBase, which takes a minute for 100,000; 0 leaves it out")
	cmd.Flags().StringVar(&contre, "contre", "", "a revision of the repository to measure beside this one, in turns, in place of the limit; its table is printed only")
	cmd.Flags().StringVar(&o.docs, "docs", "docs", "directory of performance.md and images/performance.svg; empty prints only")
	cmd.AddCommand(newPays(), newMemoire(), newMalveillant(), newAttente(), newBascule(), newMetriques(), newFins(), newFinancement())

	return cmd
}

// workshop is where the programs that are measured are built and where they
// keep their data.
type workshop struct {
	root       string // of the repository
	dir        string // temporary
	passerelle string // the program
}

// inWorkshop builds the product and runs use; all that it leaves is removed.
func inWorkshop(ctx context.Context, use func(*workshop) error) (err error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return errors.New("run this from the repository: go run ./bench")
	}
	w := &workshop{root: strings.TrimSpace(string(out))}
	if w.dir, err = os.MkdirTemp("", "passerelle-bench"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(w.dir)) }()
	w.passerelle = filepath.Join(w.dir, "passerelle")
	if err := w.build(ctx, w.root, "./cmd/passerelle", w.passerelle); err != nil {
		return err
	}
	return use(w)
}

// build builds a program of the module at dir, without cgo.
func (w *workshop) build(ctx context.Context, dir, what, program string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, what)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s in %s: %w\n%s", what, dir, err, out)
	}
	return nil
}

// temp returns a new directory of the workshop.
func (w *workshop) temp() (string, error) { return os.MkdirTemp(w.dir, "") }

// progress tells the person at the terminal what is going on.
func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
