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
	"github.com/spf13/pflag"

	"github.com/passerelle-hub/passerelle"
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
	root := &cobra.Command{
		Use:   "passerelle",
		Short: "A hub between the software of French apprenticeship training centres",
		Long: "Passerelle receives the apprenticeship contracts of a management software, checks them, keeps their\n" +
			"history, places each apprentice in the right session, and gives the accounting side its exercices.\n\n" +
			"Every flag has an environment variable: PASSERELLE_ and its name in capitals, such as PASSERELLE_DB.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return applyEnvironment(cmd.Flags())
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

// exactArgs refuses another number of arguments, as a usage error.
func exactArgs(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := cobra.ExactArgs(n)(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

// applyEnvironment gives each flag that is not on the command line the value of
// its variable, if that is set.
func applyEnvironment(flags *pflag.FlagSet) error {
	var failed error
	flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Changed || failed != nil {
			return
		}
		name := "PASSERELLE_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok {
			return
		}
		if err := flags.Set(flag.Name, value); err != nil {
			failed = usageError{fmt.Errorf("%s: %w", name, err)}
		}
	})
	return failed
}

// requireFlag refuses a command line without a flag that has no default.
func requireFlag(name, value string) error {
	if strings.TrimSpace(value) == "" {
		return usageError{fmt.Errorf("--%s is required", name)}
	}
	return nil
}

// requireFlags refuses a command line without one of several flags, given as name and
// value.
func requireFlags(flags ...[2]string) error {
	for _, flag := range flags {
		if err := requireFlag(flag[0], flag[1]); err != nil {
			return err
		}
	}
	return nil
}

// dayFlag reads the value of a flag that is a day, nil for "".
func dayFlag(name, value string) (*passerelle.Date, error) {
	if value == "" {
		return nil, nil
	}
	day, err := passerelle.ParseDate(value)
	if err != nil {
		return nil, usageError{fmt.Errorf("--%s: %w", name, err)}
	}
	return &day, nil
}

// dayOrZero is a day, 0 for none.
func dayOrZero(day *passerelle.Date) passerelle.Date {
	if day == nil {
		return 0
	}
	return *day
}
