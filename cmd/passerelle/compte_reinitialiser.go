package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/password"
)

func newCompteReinitialiser() *cobra.Command {
	var on base
	var given passwordFlag
	cmd := &cobra.Command{Use: "reinitialiser EMAIL|ID", Short: "Give an account a new password, and end its sessions",
		Long: "Gives an account a new password, which is made and printed unless --password-stdin gives one (its first\n" +
			"line). Every session of the account ends at once.",
		Example: "  passerelle compte reinitialiser ada@cfa.example\n" +
			"  pass show cfa/ada | passerelle compte reinitialiser 4 --password-stdin",
		RunE: func(cmd *cobra.Command, args []string) error {
			secret, err := given.password(cmd)
			if err != nil {
				return err
			}
			return on.use(cmd, func(h *hub.Hub, _ hub.Acteur) error {
				c, err := compteNamed(cmd.Context(), h, args[0])
				if err != nil {
					return err
				}
				if err := h.Comptes.SetPassword(cmd.Context(), c, secret); err != nil {
					return err
				}
				if c.DesactiveLe != nil {
					fmt.Fprintln(cmd.ErrOrStderr(), "The account is disabled: an administrator has to enable it before anybody can log in.")
				}
				return given.show(cmd, c, secret)
			})
		},
	}
	on.databaseFlag(cmd)
	jsonFlag(cmd)
	given.flag(cmd)
	return cmd
}

// passwordFlag says where the password of an account comes from.
type passwordFlag struct{ fromStdin bool }

// flag adds --password-stdin.
func (p *passwordFlag) flag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.fromStdin, "password-stdin", false, "read the password from standard input")
}

// password returns the one that is piped in, or else makes one.
func (p *passwordFlag) password(cmd *cobra.Command) (string, error) {
	if p.fromStdin {
		return firstLine(cmd.InOrStdin())
	}
	return password.Generate(), nil
}

// show prints an account, with its password where it was made here.
func (p *passwordFlag) show(cmd *cobra.Command, c domaine.Compte, secret string) error {
	made := struct {
		ID       string `json:"id"`
		Email    string `json:"email"`
		Password string `json:"password,omitempty"`
	}{ID: idText(c.ID), Email: c.Email}
	text, note := fmt.Sprintf("compte    %d\nemail     %s", c.ID, c.Email), ""
	if !p.fromStdin {
		made.Password = secret
		text, note = text+"\npassword  "+secret, "The password "+onceShown+" It can be changed in the console."
	}
	return showMade(cmd, made, text, note)
}

// firstLine reads a secret that is piped in.
func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// compteNamed returns the account with an e-mail or an id.
func compteNamed(ctx context.Context, h *hub.Hub, name string) (domaine.Compte, error) {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		return h.Comptes.Compte(ctx, id)
	}
	all, err := h.Comptes.Comptes(ctx, 0)
	for _, c := range all {
		if strings.EqualFold(c.Email, strings.TrimSpace(name)) {
			return c, nil
		}
	}
	return domaine.Compte{}, errors.Join(err, fmt.Errorf("no account has the e-mail %q", name))
}
