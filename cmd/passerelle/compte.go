package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newCompte() *cobra.Command {
	return group("compte", "Manage the personal accounts of the console", newCompteCreate(), newCompteList(), newCompteDisable(), newCompteReinitialiser())
}

func newCompteCreate() *cobra.Command {
	var on base
	var email, nom, prenom, role string
	var given passwordFlag
	cmd := &cobra.Command{Use: "create", Short: "Create an account",
		Long: "Creates an account with which a person logs in to the console of an organisme. A password is made and\n" +
			"printed, unless --password-stdin gives one (its first line).",
		Example: "  passerelle compte create --organisme 1 --email ada@cfa.example --prenom Ada --nom Martin --role administration\n" +
			"  pass show cfa/ada | passerelle compte create --organisme 1 --email ada@cfa.example --prenom Ada --nom Martin --password-stdin",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !domaine.Role(role).Valid() {
				return usageError{fmt.Errorf("--role: %q is not a role, expected one of lecture, integration, comptabilite, administration", role)}
			}
			secret, err := given.password(cmd)
			if err != nil {
				return err
			}
			return on.use(cmd, func(h *hub.Hub, who hub.Acteur) error {
				created, err := h.Comptes.CreateCompte(cmd.Context(), domaine.Compte{OrganismeID: who.Organisme, Email: email, Nom: nom, Prenom: prenom, Role: domaine.Role(role)}, secret)
				if err != nil {
					return err
				}
				return given.show(cmd, created, secret)
			})
		},
	}
	on.organismeFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&email, "email", "", "e-mail address, which the person logs in with")
	flags.StringVar(&nom, "nom", "", "last name")
	flags.StringVar(&prenom, "prenom", "", "first name")
	flags.StringVar(&role, "role", string(domaine.RoleLecture), "lecture, integration, comptabilite or administration")
	requireFlags(cmd, "email", "nom", "prenom")
	given.flag(cmd)
	jsonFlag(cmd)
	return cmd
}

// compteRow is one account as compte list --json prints it.
type compteRow struct {
	ID          string       `json:"id"`
	Organisme   string       `json:"organisme"`
	Email       string       `json:"email"`
	Nom         string       `json:"nom"`
	Prenom      string       `json:"prenom"`
	Role        domaine.Role `json:"role"`
	CreeLe      *time.Time   `json:"creeLe"`
	DesactiveLe *time.Time   `json:"desactiveLe"`
	ConnecteLe  *time.Time   `json:"connecteLe"`
}

func (c compteRow) cells() []any {
	return []any{c.ID, c.Organisme, c.Email, strings.TrimSpace(c.Prenom + " " + c.Nom), c.Role, c.CreeLe, c.DesactiveLe, c.ConnecteLe}
}

func newCompteList() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "list", Short: "List the accounts", Example: "  passerelle compte list --organisme 1"}
	on.anyOrganismeFlags(cmd, "only the accounts of one organisme")
	return newList(&on, cmd, listing[compteRow]{"ID\tORGANISME\tEMAIL\tPERSON\tROLE\tCREATED\tDISABLED\tLAST LOGIN", compteRow.cells},
		func(ctx context.Context, h *hub.Hub, organisme int64) ([]compteRow, error) {
			found, err := h.Comptes.Comptes(ctx, organisme)
			return rowsOf(found, func(c domaine.Compte) compteRow {
				return compteRow{idText(c.ID), idText(c.OrganismeID), c.Email, c.Nom, c.Prenom, c.Role, utc(&c.CreeLe), utc(c.DesactiveLe), utc(c.ConnecteLe)}
			}), err
		})
}

func newCompteDisable() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "disable ID", Short: "End an account: the person cannot log in any more", Example: "  passerelle compte disable 4"}
	on.databaseFlag(cmd)
	return on.onID(cmd, func(h *hub.Hub, _ hub.Acteur, id int64) error {
		c, err := h.Comptes.Compte(cmd.Context(), id)
		if err != nil {
			return err
		}
		if err := h.Comptes.UpdateCompte(cmd.Context(), c, false); err != nil {
			return err
		}
		fmt.Fprintln(cmd.ErrOrStderr(), "disabled account", id)
		return nil
	})
}
