package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/passerelle-hub/passerelle"
)

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

// required marks the flags without which a command is refused.
const required = "passerelle_required"

// requiredFlag adds a flag of text that has to be given.
func requiredFlag(cmd *cobra.Command, to *string, name, usage string) {
	cmd.Flags().StringVar(to, name, "", usage+" (required)")
	requireFlags(cmd, name)
}

// requireFlags has a command refused without flags that it has.
func requireFlags(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		cmd.Flags().Lookup(name).Annotations = map[string][]string{required: nil}
	}
}

// requiredGiven refuses a command line without a flag that has to be given, or with a
// blank one.
func requiredGiven(flags *pflag.FlagSet) error {
	var missing []error
	flags.VisitAll(func(flag *pflag.Flag) {
		if _, ok := flag.Annotations[required]; ok && strings.TrimSpace(flag.Value.String()) == "" {
			missing = append(missing, fmt.Errorf("--%s is required", flag.Name))
		}
	})
	if missing == nil {
		return nil
	}
	return usageError{errors.Join(missing...)}
}

// refuseEmpty refuses flags that were given without a value.
func refuseEmpty(cmd *cobra.Command, names ...string) error {
	for _, name := range names {
		if flag := cmd.Flags().Lookup(name); flag.Changed && strings.TrimSpace(flag.Value.String()) == "" {
			return usageError{fmt.Errorf("--%s is empty: give a value, or leave it out", name)}
		}
	}
	return nil
}

// dayFlag adds a flag that is a day, nil where it is not given or empty.
func dayFlag(cmd *cobra.Command, to **passerelle.Date, name, usage string) {
	cmd.Flags().Var(dayValue{to}, name, usage)
}

type dayValue struct{ to **passerelle.Date }

// Set reads a day, none of "".
func (v dayValue) Set(text string) error {
	*v.to = nil
	if text == "" {
		return nil
	}
	day, err := passerelle.ParseDate(text)
	if err == nil {
		*v.to = &day
	}
	return err
}

// String writes the day as it is read.
func (v dayValue) String() string {
	if v.to == nil || *v.to == nil {
		return ""
	}
	return (*v.to).String()
}

// Type is what help calls the value.
func (dayValue) Type() string { return "string" }

// dayOrZero is a day, 0 for none.
func dayOrZero(day *passerelle.Date) passerelle.Date {
	if day == nil {
		return 0
	}
	return *day
}
