package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// noCommand refuses a word that is no command, and says which one it may stand for.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError{fmt.Errorf("unknown command %q for %q%s", args[0], cmd.CommandPath(), didYouMean(cmd, args[0], ""))}
}

// wrongFlag says of a flag that a command does not have which one it may stand for.
func wrongFlag(cmd *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok || unknown.GetSpecifiedShortnames() != "" {
		return usageError{err}
	}
	known := &cobra.Command{} // flags as commands: they are compared alike
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden {
			known.AddCommand(&cobra.Command{Use: flag.Name, Run: func(*cobra.Command, []string) {}})
		}
	})
	return usageError{fmt.Errorf("%w%s", err, didYouMean(known, unknown.GetSpecifiedName(), "--"))}
}

// didYouMean names the commands of cmd that are written nearly as a word is, or that
// the word is another name of.
func didYouMean(cmd *cobra.Command, word, dashes string) string {
	cmd.SuggestionsMinimumDistance = 2
	if len(word) < 4 {
		cmd.SuggestionsMinimumDistance = 1 // nearly every short word is two letters away
	}
	found := cmd.SuggestionsFor(word)
	if len(found) == 0 {
		return ""
	}
	for i, name := range found {
		found[i] = dashes + name
	}
	return ": did you mean " + strings.Join(found, " or ") + "?"
}

// otherNames are the words by which people look for a command that has another name.
var otherNames = map[string][]string{
	"organisme":  {"organisation", "organization", "tenant", "cfa"},
	"partenaire": {"partner", "application"},
	"jeton":      {"token", "key"},
	"compte":     {"account", "user"},
	"personne":   {"person", "rgpd", "gdpr"},
	"societe":    {"société", "company", "society"},
	"exercice":   {"fiscal-year", "period"},
	"tarif":      {"price", "prices"},
	"exemple":    {"example", "sample", "template"},
	"serve":      {"server", "start", "run"},
	"push":       {"send", "import", "upload"},
	"list":       {"ls", "show"},
	"create":     {"add", "new"},
	"set":        {"update", "edit"},
	"delete":     {"remove", "rm"},
	"revoke":     {"delete", "remove", "rm"},
	"disable":    {"delete", "remove", "rm"},
	"erase":      {"delete", "remove", "rm"},
	"actes":      {"list", "ls"},
}

// nameOthers gives cmd and all below it the other names that they are looked for by.
func nameOthers(cmd *cobra.Command) {
	cmd.SuggestFor = otherNames[cmd.Name()]
	for _, c := range cmd.Commands() {
		nameOthers(c)
	}
}
