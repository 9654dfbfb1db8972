package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// writeJSON prints one JSON value on a line.
func writeJSON(w io.Writer, value any) error {
	return json.NewEncoder(w).Encode(value)
}

func newOrganisme() *cobra.Command {
	return group("organisme", "Manage the training organisations of the hub", newOrganismeCreate(), newOrganismeList(), newOrganismeSet())
}

func newOrganismeCreate() *cobra.Command {
	var location, nom string
	var sandbox, asJSON bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create an organisme, its first société and a token with every right on it",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := requireFlag("nom", nom); err != nil {
				return err
			}
			return withHub(cmd.Context(), location, func(h *hub.Hub) error {
				o, err := h.Organismes.CreateOrganisme(cmd.Context(), nom, sandbox)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), struct {
						ID        string `json:"id"`
						Nom       string `json:"nom"`
						Sandbox   bool   `json:"sandbox"`
						SocieteID string `json:"societeId"`
						Token     string `json:"token"`
					}{strconv.FormatInt(o.ID, 10), o.Nom, o.Sandbox, strconv.FormatInt(o.SocieteID, 10), o.Token})
				}
				fmt.Fprintf(cmd.OutOrStdout(), "organisme %d  %s\nsociété   %d\ntoken     %s\n", o.ID, o.Nom, o.SocieteID, o.Token)
				fmt.Fprintln(cmd.ErrOrStderr(), "The token is shown this once and kept nowhere: note it now.")
				return nil
			})
		},
	}
	databaseFlag(cmd, &location)
	cmd.Flags().StringVar(&nom, "nom", "", "name of the organisme (required)")
	cmd.Flags().BoolVar(&sandbox, "sandbox", false, "a bac à sable, whose contracts may be forgotten")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newOrganismeList() *cobra.Command {
	var location string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the organismes with where they stand",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				states, err := h.Journal.States(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), organismeRows(states))
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tNAME\tSANDBOX\tCONTRATS\tINTÉGRÉS\tLAST PUSH\tSILENT")
				for _, s := range states {
					fmt.Fprintf(table, "%d\t%s\t%t\t%d\t%d\t%s\t%t\n", s.Organisme.ID, s.Organisme.Nom, s.Organisme.Sandbox, s.Transmis, s.Integres, shortTime(&s.Silence.Dernier), s.Silence.Muet)
				}
				return table.Flush()
			})
		},
	}
	databaseFlag(cmd, &location)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

type organismeRow struct {
	ID       string `json:"id"`
	Nom      string `json:"nom"`
	Sandbox  bool   `json:"sandbox"`
	Contrats int    `json:"contrats"`
	Integres int    `json:"integres"`
	Silent   bool   `json:"silent"`
}

func organismeRows(states []hub.State) []organismeRow {
	rows := make([]organismeRow, len(states))
	for i, s := range states {
		rows[i] = organismeRow{strconv.FormatInt(s.Organisme.ID, 10), s.Organisme.Nom, s.Organisme.Sandbox, s.Transmis, s.Integres, s.Silence.Muet}
	}
	return rows
}

func newPartenaire() *cobra.Command {
	return group("partenaire", "Manage third-party applications", newPartenaireCreate(), newPartenaireList())
}

func newPartenaireCreate() *cobra.Command {
	var location, nom string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create a third-party application and its secret",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := requireFlag("nom", nom); err != nil {
				return err
			}
			return withHub(cmd.Context(), location, func(h *hub.Hub) error {
				p, secret, err := h.Jetons.CreatePartenaire(cmd.Context(), nom)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), struct {
						ID     string `json:"id"`
						Nom    string `json:"nom"`
						Secret string `json:"secret"`
					}{strconv.FormatInt(p.ID, 10), p.Nom, secret})
				}
				fmt.Fprintf(cmd.OutOrStdout(), "partenaire %d  %s\nsecret     %s\n", p.ID, p.Nom, secret)
				fmt.Fprintln(cmd.ErrOrStderr(), "The secret is shown this once and kept nowhere: note it now.")
				return nil
			})
		},
	}
	databaseFlag(cmd, &location)
	cmd.Flags().StringVar(&nom, "nom", "", "name of the application (required)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func newPartenaireList() *cobra.Command {
	var location string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the third-party applications",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				found, err := h.Jetons.Partenaires(cmd.Context())
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tNAME\tCREATED")
				for _, p := range found {
					fmt.Fprintf(table, "%d\t%s\t%s\n", p.ID, p.Nom, shortTime(&p.CreeLe))
				}
				return table.Flush()
			})
		},
	}
	databaseFlag(cmd, &location)
	return cmd
}

func newJeton() *cobra.Command {
	return group("jeton", "Manage access tokens", newJetonCreate(), newJetonList(), newJetonRevoke())
}

func newJetonCreate() *cobra.Command {
	var location, organisme, partenaire, droits, expire, prenom, nom string
	var cabinet, asJSON bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create a token for an organisme, or for a cabinet that reaches every société",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			jeton, err := jetonOf(organisme, cabinet, partenaire, droits, expire)
			if err != nil {
				return err
			}
			jeton.Prenom, jeton.Nom = prenom, nom
			return withHub(cmd.Context(), location, func(h *hub.Hub) error {
				id, token, err := h.Jetons.CreateJeton(cmd.Context(), jeton)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), struct {
						ID    string `json:"id"`
						Token string `json:"token"`
					}{strconv.FormatInt(id, 10), token})
				}
				fmt.Fprintf(cmd.OutOrStdout(), "jeton  %d\ntoken  %s\n", id, token)
				fmt.Fprintln(cmd.ErrOrStderr(), "The token is shown this once and kept nowhere: note it now.")
				return nil
			})
		},
	}
	databaseFlag(cmd, &location)
	flags := cmd.Flags()
	flags.StringVar(&organisme, "organisme", "", "id of the organisme that the token belongs to")
	flags.BoolVar(&cabinet, "cabinet", false, "a token that reaches every société of the hub")
	flags.StringVar(&partenaire, "partenaire", "", "id of the third-party application whose secret the token needs")
	flags.StringVar(&droits, "droits", "", "rights, separated by commas: contrats, integration, exercices (default: all that the token can have)")
	flags.StringVar(&expire, "expire", "", "last day on which the token serves, YYYY-MM-DD")
	flags.StringVar(&prenom, "prenom", "", "first name of the person who acts with the token")
	flags.StringVar(&nom, "nom", "", "last name of the person who acts with the token")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func jetonOf(organisme string, cabinet bool, partenaire, droits, expire string) (j domaine.Jeton, err error) {
	if cabinet == (organisme != "") {
		return j, usageError{fmt.Errorf("give either --organisme ID or --cabinet")}
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
	if expire != "" {
		day, err := passerelle.ParseDate(expire)
		if err != nil {
			return j, usageError{fmt.Errorf("--expire: %w", err)}
		}
		end := (day + 1).Time() // the whole day is included
		if !end.After(time.Now()) {
			return j, usageError{fmt.Errorf("--expire: %s is over: the token would never serve", expire)}
		}
		j.ExpireLe = &end
	}
	return j, nil
}

func newJetonList() *cobra.Command {
	titles := "ID\tORGANISME\tPARTENAIRE\tRIGHTS\tPERSON\tCREATED\tEXPIRES\tREVOKED\tLAST USE"
	return newListOf("tokens", "List the tokens, without the tokens themselves", titles, func(ctx context.Context, h *hub.Hub, organisme int64, table io.Writer) error {
		found, err := h.Jetons.Jetons(ctx, organisme)
		for _, j := range found {
			owner := strconv.FormatInt(j.OrganismeID, 10)
			if j.Cabinet() {
				owner = "cabinet"
			}
			partner := "-"
			if j.PartenaireID != 0 {
				partner = strconv.FormatInt(j.PartenaireID, 10)
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", j.ID, owner, partner, j.Droits, orDash(j.Personne()),
				shortTime(&j.CreeLe), shortTime(j.ExpireLe), shortTime(j.RevoqueLe), shortTime(j.ServiLe))
		}
		return err
	})
}

// newListOf returns a command that prints a table of what organismes have; rows
// writes those of one organisme, or of all where organisme is 0.
func newListOf(what, short, titles string, rows func(ctx context.Context, h *hub.Hub, organisme int64, table io.Writer) error) *cobra.Command {
	var location, organisme string
	cmd := &cobra.Command{
		Use:   "list",
		Short: short,
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var id int64
			if organisme != "" {
				var err error
				if id, err = parseID(organisme); err != nil {
					return err
				}
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error {
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
				fmt.Fprintln(table, titles)
				if err := rows(cmd.Context(), h, id, table); err != nil {
					return err
				}
				return table.Flush()
			})
		},
	}
	databaseFlag(cmd, &location)
	cmd.Flags().StringVar(&organisme, "organisme", "", "only the "+what+" of one organisme")
	return cmd
}

func newJetonRevoke() *cobra.Command {
	var location string
	cmd := &cobra.Command{
		Use:   "revoke ID",
		Short: "End the use of a token at once",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			return withExisting(cmd.Context(), location, func(h *hub.Hub) error { return h.Jetons.RevokeJeton(cmd.Context(), id) })
		},
	}
	databaseFlag(cmd, &location)
	return cmd
}

func parseID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, usageError{fmt.Errorf("%q is not an id", text)}
	}
	return id, nil
}

func shortTime(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
