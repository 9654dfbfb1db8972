package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// nameExamples gives what has no example of its own one: the commands that only hold
// others show the first of each.
func nameExamples(root *cobra.Command) {
	root.Example = "  passerelle demo\n" +
		"  passerelle serve --db passerelle.db\n" +
		"  passerelle organisme create --nom \"CFA des Deux Rives\"\n" +
		"  passerelle push contrats.xlsx --url http://127.0.0.1:8080"
	for _, cmd := range root.Commands() {
		ofChildren(cmd)
	}
}

// addOwn adds the commands of cobra, with an example each. Those for completions keep where
// root writes to: that has to be set before.
func addOwn(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for line, example := range map[string]string{
		"help":                  "passerelle help organisme create",
		"completion bash":       "passerelle completion bash > /etc/bash_completion.d/passerelle",
		"completion zsh":        "passerelle completion zsh > _passerelle",
		"completion fish":       "passerelle completion fish > ~/.config/fish/completions/passerelle.fish",
		"completion powershell": "passerelle completion powershell > passerelle.ps1",
	} {
		if cmd, _, err := root.Find(strings.Fields(line)); err == nil && cmd != root {
			cmd.Example = "  " + example
		}
	}
	if cmd, _, err := root.Find([]string{"completion"}); err == nil && cmd != root {
		ofChildren(cmd)
	}
}

// ofChildren gives a command that only holds others the first example of each.
func ofChildren(cmd *cobra.Command) {
	var lines []string
	for _, child := range cmd.Commands() {
		ofChildren(child)
		if first, _, _ := strings.Cut(strings.Trim(child.Example, "\n"), "\n"); first != "" {
			lines = append(lines, first)
		}
	}
	if cmd.Example == "" {
		cmd.Example = strings.Join(lines, "\n")
	}
}
