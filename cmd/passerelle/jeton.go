package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newJeton() *cobra.Command {
	return group("jeton", "Manage access tokens", newJetonCreate(), newJetonList(), newJetonRevoke())
}

func newJetonCreate() *cobra.Command {
	var on base
	var partenaire, droits, prenom, nom, logiciel string
	var expire *passerelle.Date
	var cabinet bool
	cmd := &cobra.Command{Use: "create", Short: "Create a token for an organisme, or for a cabinet that reaches every société",
		Example: "  passerelle jeton create --organisme 1 --logiciel \"ERP de Lyon\" --droits contrats --expire 2027-12-31\n" +
			"  passerelle jeton create --cabinet --prenom Ada --nom Martin --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			// A variable of a script that is empty must not make a token that may do more.
			if err := refuseEmpty(cmd, "droits", "partenaire", "expire"); err != nil {
				return err
			}
			jeton, err := jetonOf(on.organisme, cabinet, partenaire, droits, expire)
			if err != nil {
				return err
			}
			jeton.Prenom, jeton.Nom, jeton.Logiciel = prenom, nom, logiciel
			open := on.use
			if cabinet {
				open = on.create // it reaches what is still to come
			}
			return open(cmd, func(h *hub.Hub, _ hub.Acteur) error {
				id, token, err := h.Jetons.CreateJeton(cmd.Context(), jeton)
				if err != nil {
					return err
				}
				if jeton.ExpireLe != nil && !jeton.ExpireLe.After(h.Now()) {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s is over: this token does not serve\n", expire)
				}
				return showMade(cmd, struct {
					ID    string `json:"id"`
					Token string `json:"token"`
				}{idText(id), token}, fmt.Sprintf("jeton  %d\ntoken  %s", id, token), "The token "+onceShown)
			})
		},
	}
	on.anyOrganismeFlags(cmd, "id of the organisme that the token belongs to")
	flags := cmd.Flags()
	flags.BoolVar(&cabinet, "cabinet", false, "a token that reaches every société of the hub")
	flags.StringVar(&partenaire, "partenaire", "", "id of the third-party application whose secret the token needs")
	flags.StringVar(&droits, "droits", "", "rights, separated by commas: contrats, integration, exercices (default: all that the token can have)")
	dayFlag(cmd, &expire, "expire", "last day on which the token serves, YYYY-MM-DD")
	flags.StringVar(&prenom, "prenom", "", "first name of the person who acts with the token")
	flags.StringVar(&nom, "nom", "", "last name of the person who acts with the token")
	flags.StringVar(&logiciel, "logiciel", "", "name of the software that uses the token, as journals name it")
	jsonFlag(cmd)
	return cmd
}

func jetonOf(organisme string, cabinet bool, partenaire, droits string, expire *passerelle.Date) (j domaine.Jeton, err error) {
	if cabinet == (organisme != "") {
		return j, usageError{errors.New("give either --organisme ID or --cabinet")}
	}
	j.Droits = domaine.TousDroits
	if cabinet {
		j.Droits = domaine.Droits{domaine.DroitExercices}
	} else if j.OrganismeID, err = parseID(organisme); err != nil {
		return j, err
	}
	if partenaire != "" {
		if j.PartenaireID, err = parseID(partenaire); err != nil {
			return j, err
		}
	}
	if droits != "" {
		var unknown string
		if j.Droits, unknown = domaine.ParseDroits(droits); j.Droits == nil {
			return j, usageError{fmt.Errorf("--droits: %q is not a right, expected some of %s", unknown, domaine.TousDroits)}
		}
	}
	if expire != nil {
		end := hub.FinDuJour(*expire)
		j.ExpireLe = &end
	}
	return j, nil
}

// jetonRow is one token as jeton list --json prints it, without the token itself.
type jetonRow struct {
	ID         string         `json:"id"`
	Organisme  *string        `json:"organisme"` // null for that of a cabinet
	Logiciel   string         `json:"logiciel"`
	Debut      string         `json:"debut"` // its first characters
	Partenaire *string        `json:"partenaire"`
	Droits     domaine.Droits `json:"droits"`
	Prenom     string         `json:"prenom"`
	Nom        string         `json:"nom"`
	CreeLe     *time.Time     `json:"creeLe"`
	ExpireLe   *time.Time     `json:"expireLe"`
	RevoqueLe  *time.Time     `json:"revoqueLe"`
	ServiLe    *time.Time     `json:"serviLe"`
}

func (j jetonRow) cells() []any {
	owner := cellText(j.Organisme)
	if j.Organisme == nil {
		owner = "cabinet"
	}
	return []any{j.ID, owner, j.Logiciel, j.Debut, j.Partenaire, j.Droits, strings.TrimSpace(j.Prenom + " " + j.Nom), j.CreeLe, j.ExpireLe, j.RevoqueLe, j.ServiLe}
}

func newJetonList() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "list", Short: "List the tokens, without the tokens themselves",
		Example: "  passerelle jeton list --organisme 1\n  passerelle jeton list --json",
	}
	on.anyOrganismeFlags(cmd, "only the tokens of one organisme")
	return newList(&on, cmd, listing[jetonRow]{"ID\tORGANISME\tSOFTWARE\tBEGINS\tPARTENAIRE\tRIGHTS\tPERSON\tCREATED\tEXPIRES\tREVOKED\tLAST USE", jetonRow.cells},
		func(ctx context.Context, h *hub.Hub, organisme int64) ([]jetonRow, error) {
			found, err := h.Jetons.Jetons(ctx, organisme)
			return rowsOf(found, func(j domaine.Jeton) jetonRow {
				return jetonRow{idText(j.ID), idOrNone(j.OrganismeID), j.Logiciel, j.Debut, idOrNone(j.PartenaireID), j.Droits, j.Prenom, j.Nom,
					utc(&j.CreeLe), utc(j.ExpireLe), utc(j.RevoqueLe), utc(j.ServiLe)}
			}), err
		})
}

func newJetonRevoke() *cobra.Command {
	var on base
	cmd := &cobra.Command{Use: "revoke ID", Short: "End the use of a token at once", Example: "  passerelle jeton revoke 3"}
	on.databaseFlag(cmd)
	return on.onID(cmd, func(h *hub.Hub, _ hub.Acteur, id int64) error { return h.Jetons.RevokeJeton(cmd.Context(), id) })
}
