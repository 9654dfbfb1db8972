// Command passerelle is a hub between the software of French apprenticeship
// training centres. One short file holds each command; this one holds what they
// share.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit statuses (design 2).
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	// exitFigures says that figures do not come out any more as they were closed.
	exitFigures = 3
)

func main() {
	slog.SetDefault(newLog(os.Stderr))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// newLog writes what a long-running command logs.
func newLog(stderr io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(stderr, nil)) }

// usageError is a command line that does not say what to do.
type usageError struct{ error }

// statusError is an error with an exit status of its own.
type statusError struct {
	status int
	error
}

// run executes one command line and returns its exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	addOwn(root)
	command, err := root.ExecuteContextC(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "passerelle: %v\nRun '%s --help' for usage.\n", err, command.CommandPath())
		return exitUsage
	}
	fmt.Fprintf(stderr, "passerelle: %s\n", message(err))
	var own statusError
	if errors.As(err, &own) {
		return own.status
	}
	return exitFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{Use: "passerelle", Short: "A hub between the software of French apprenticeship training centres",
		Long: "Passerelle receives the apprenticeship contracts of a management software, checks them, keeps their\n" +
			"history, places each apprentice in the right session, and gives the accounting side its exercices.\n\n" +
			"Every flag has an environment variable: PASSERELLE_ and its name in capitals, such as PASSERELLE_DB.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := applyEnvironment(cmd.Flags()); err != nil {
				return err
			}
			return requiredGiven(cmd.Flags())
		},
	}
	root.SetFlagErrorFunc(wrongFlag)
	root.AddCommand(
		newServe(),
		newDemo(),
		newOrganisme(),
		newPartenaire(),
		newJeton(),
		newPersonne(),
		newCompte(),
		newSociete(),
		newExercice(),
		newTarif(),
		newNPEC(),
		newWebhook(),
		newTRA(),
		newFEC(),
		newMAD(),
		newConvert(),
		newExemple(),
		newPush(),
		newWatch(),
		newMCP(),
		newBackup(),
		newVerify(),
		newHealthcheck(),
		newMan(),
		newVersion(),
	)
	countArguments(root)
	nameOthers(root)
	nameExamples(root)
	return root
}

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Args: noCommand, RunE: func(cmd *cobra.Command, _ []string) error {
		return usageError{errors.New("a command is missing")}
	}}
	cmd.AddCommand(commands...)
	return cmd
}

// countArguments has each command below cmd refuse another number of arguments than its
// line of use names, as a usage error.
func countArguments(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		if c.Args == nil {
			named := cobra.ExactArgs(len(strings.Fields(c.Use)) - 1)
			c.Args = func(cmd *cobra.Command, args []string) error {
				if err := named(cmd, args); err != nil {
					return usageError{err}
				}
				return nil
			}
		}
		countArguments(c)
	}
}
