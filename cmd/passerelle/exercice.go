package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func newExercice() *cobra.Command {
	return group("exercice", "Manage the exercices of a société", newExerciceList(), newExerciceCreate(), newExerciceClose(),
		newExerciceExport(), newExerciceImport(), newExerciceVerify())
}

// exerciceFlags are what most of these commands share.
type exerciceFlags struct {
	location, societe   string
	asJSON, simulation  bool
	prenom, nom, on     string
	out, code           string
	elargir, dateDeClot bool
}

func (f *exerciceFlags) database(cmd *cobra.Command) {
	databaseFlag(cmd, &f.location)
	cmd.Flags().StringVar(&f.societe, "societe", "", "id of the société (required)")
}

func (f *exerciceFlags) change(cmd *cobra.Command) {
	f.database(cmd)
	cmd.Flags().BoolVar(&f.simulation, "simulation", false, "show what would be, record nothing")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
}

func (f *exerciceFlags) person(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.prenom, "prenom", "", "first name of the person who is recorded as closing (required)")
	cmd.Flags().StringVar(&f.nom, "nom", "", "last name of the person who is recorded as closing (required)")
}

// demande checks the flags and says what they ask for. Who acts on the command
// line has no token: the id of the person is 0.
func (f *exerciceFlags) demande(closes bool) (hub.DemandeExercices, error) {
	err := requireFlag("societe", f.societe)
	if err == nil && closes {
		err = errors.Join(requireFlag("prenom", f.prenom), requireFlag("nom", f.nom))
		if err != nil {
			err = usageError{err}
		}
	}
	return hub.DemandeExercices{Acces: hub.AccesOperateur(f.societe), Simulation: f.simulation,
		Par: domaine.Personne{Prenom: strings.TrimSpace(f.prenom), Nom: strings.TrimSpace(f.nom)}}, err
}

// parseDay reads a flag that is a day.
func parseDay(name, text string) (passerelle.Date, error) {
	day, err := passerelle.ParseDate(text)
	if err != nil {
		return 0, usageError{fmt.Errorf("--%s: %w", name, err)}
	}
	return day, nil
}

// show prints exercices, the most recent first, and warnings beside them.
func (f *exerciceFlags) show(cmd *cobra.Command, list []domaine.Exercice, warnings []comptable.Avertissement) error {
	for _, w := range warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w.Message)
	}
	mad := comptable.ToMAD(list)
	if f.asJSON {
		return writeJSON(cmd.OutOrStdout(), mad)
	}
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tNAME\tSTART\tEND\tMONTHS\tSTATE\tLETTERING\tCLOSED")
	for _, e := range mad {
		months, closed := "-", "-"
		if e.Period.Duration != nil {
			months = strconv.Itoa(*e.Period.Duration)
		}
		if c := e.Period.Closed; c != nil {
			closed = strings.TrimSpace(c.At + " " + c.By.FirstName + " " + c.By.LastName)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", e.ProducerID, e.Name, e.Period.Start, e.Period.End, months, e.State, e.AdditionalProducerProperties.Lettering, closed)
	}
	return table.Flush()
}

func newExerciceList() *cobra.Command {
	var f exerciceFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the exercices of a société, the most recent first",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := f.demande(false)
			if err != nil {
				return err
			}
			var on *passerelle.Date
			if f.on != "" {
				day, err := parseDay("on", f.on)
				if err != nil {
					return err
				}
				on = &day
			}
			return withExisting(cmd.Context(), f.location, func(h *hub.Hub) error {
				list, err := h.Comptabilite.Exercices(cmd.Context(), d.Acces, on)
				if err != nil {
					return err
				}
				return f.show(cmd, list, nil)
			})
		},
	}
	f.database(cmd)
	cmd.Flags().StringVar(&f.on, "on", "", "as they stood at the end of a day, YYYY-MM-DD")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON, as the API does")
	return cmd
}

func newExerciceCreate() *cobra.Command {
	var f exerciceFlags
	var debut, fin string
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create an exercice, after the newest or before the oldest",
		Args:  exactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := f.demande(false)
			if err != nil {
				return err
			}
			var p passerelle.Periode
			if p.Debut, err = parseDay("debut", debut); err != nil {
				return err
			}
			if p.Fin, err = parseDay("fin", fin); err != nil {
				return err
			}
			return withHub(cmd.Context(), f.location, func(h *hub.Hub) error {
				res, err := h.Comptabilite.CreateExercices(cmd.Context(), d, []passerelle.Periode{p})
				if err != nil {
					return err
				}
				return f.show(cmd, res.Exercices, res.Avertissements)
			})
		},
	}
	f.change(cmd)
	cmd.Flags().StringVar(&debut, "debut", "", "first day, YYYY-MM-DD (required)")
	cmd.Flags().StringVar(&fin, "fin", "", "last day, included, YYYY-MM-DD (required)")
	return cmd
}

func newExerciceClose() *cobra.Command {
	var f exerciceFlags
	var lettrage string
	var carryForward bool
	cmd := &cobra.Command{
		Use:   "close ID",
		Short: "Close the oldest open exercice, for good",
		Args:  exactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := f.demande(true)
			if err != nil {
				return err
			}
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			demande := comptable.DemandeCloture{ID: id, ReportANouveau: carryForward}
			switch chosen := domaine.Lettrage(strings.ToUpper(lettrage)); chosen {
			case "":
			case domaine.LettrageMono, domaine.LettrageMulti:
				demande.Lettrage = &chosen
			default:
				return usageError{fmt.Errorf("--lettrage: %q is neither mono nor multi", lettrage)}
			}
			return withHub(cmd.Context(), f.location, func(h *hub.Hub) error {
				res, err := h.Comptabilite.CloseExercice(cmd.Context(), d, demande)
				if err != nil {
					return err
				}
				return f.show(cmd, res.Exercices, res.Avertissements)
			})
		},
	}
	f.change(cmd)
	f.person(cmd)
	cmd.Flags().StringVar(&lettrage, "lettrage", "", "mono or multi (default: as it is); from mono to multi there is no way back")
	cmd.Flags().BoolVar(&carryForward, "carry-forward", false, "the à-nouveaux are generated automatically")
	return cmd
}
