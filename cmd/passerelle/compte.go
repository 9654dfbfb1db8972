package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/password"
)

func newCompte() *cobra.Command {
	return group("compte", "Manage the personal accounts of the console", newCompteCreate(), newCompteList(), newCompteDisable())
}

func newCompteCreate() *cobra.Command {
	var location, organisme, email, nom, prenom, role string
	var fromStdin bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create an account",
		Long: "Creates an account with which a person logs in to the console of an organisme. A password is made and\n" +
			"printed, unless --password-stdin gives one (its first line).",
		Args: exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			id, err := parseID(organisme)
			if err != nil {
				return err
			}
			for name, value := range map[string]string{"email": email, "nom": nom, "prenom": prenom} {
				if err := requireFlag(name, value); err != nil {
					return err
				}
			}
			if !domaine.Role(role).Valid() {
				return usageError{fmt.Errorf("--role: %q is not a role, expected one of lecture, integration, comptabilite, administration", role)}
			}
			secret := password.Generate()
			if fromStdin {
				line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 4096)).ReadString('\n')
				if err != nil && err != io.EOF {
					return fmt.Errorf("read the password: %w", err)
				}
				secret = strings.TrimRight(line, "\r\n")
			}
			return withHub(cmd.Context(), location, func(h *hub.Hub) error {
				created, err := h.Comptes.CreateCompte(cmd.Context(), domaine.Compte{OrganismeID: id, Email: email, Nom: nom, Prenom: prenom, Role: domaine.Role(role)}, secret)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "compte    %d\nemail     %s\n", created.ID, created.Email)
				if !fromStdin {
					fmt.Fprintf(cmd.OutOrStdout(), "password  %s\n", secret)
					fmt.Fprintln(cmd.ErrOrStderr(), "The password is shown this once: note it now. It can be changed in the console.")
				}
				return nil
			})
		},
	}
	databaseFlag(cmd, &location)
	flags := cmd.Flags()
	flags.StringVar(&organisme, "organisme", "", "id of the organisme whose console the account opens")
	flags.StringVar(&email, "email", "", "e-mail address, which the person logs in with")
	flags.StringVar(&nom, "nom", "", "last name")
	flags.StringVar(&prenom, "prenom", "", "first name")
	flags.StringVar(&role, "role", string(domaine.RoleLecture), "lecture, integration, comptabilite or administration")
	flags.BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input")
	return cmd
}

func newCompteList() *cobra.Command {
	titles := "ID\tORGANISME\tEMAIL\tPERSON\tROLE\tCREATED\tDISABLED\tLAST LOGIN"
	return newListOf("accounts", "List the accounts", titles, func(ctx context.Context, h *hub.Hub, organisme int64, table io.Writer) error {
		found, err := h.Comptes.Comptes(ctx, organisme)
		for _, c := range found {
			fmt.Fprintf(table, "%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, c.OrganismeID, c.Email, c.Personne(), c.Role,
				shortTime(&c.CreeLe), shortTime(c.DesactiveLe), shortTime(c.ConnecteLe))
		}
		return err
	})
}

func newCompteDisable() *cobra.Command {
	var location string
	cmd := &cobra.Command{
		Use:   "disable ID",
		Short: "End an account: the person cannot log in any more",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				c, err := h.Comptes.Compte(cmd.Context(), id)
				if err != nil {
					return err
				}
				if err := h.Comptes.UpdateCompte(cmd.Context(), c, false); err != nil {
					return err
				}
				fmt.Fprintln(cmd.ErrOrStderr(), "disabled account "+strconv.FormatInt(id, 10))
				return nil
			})
		},
	}
	databaseFlag(cmd, &location)
	return cmd
}
