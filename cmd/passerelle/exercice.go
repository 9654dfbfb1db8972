package main

import (
	"fmt"
	"strconv"
	"strings"

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
	base
	societe, prenom, nom string
	simulation           bool
	on                   *passerelle.Date
	out, code            string
	elargir, dateDeClot  bool
}

func (f *exerciceFlags) database(cmd *cobra.Command) {
	f.databaseFlag(cmd)
	requiredFlag(cmd, &f.societe, "societe", "id of the société")
}

func (f *exerciceFlags) change(cmd *cobra.Command) {
	f.database(cmd)
	cmd.Flags().BoolVar(&f.simulation, "simulation", false, "show what would be, record nothing")
	jsonFlag(cmd)
}

func (f *exerciceFlags) person(cmd *cobra.Command) {
	requiredFlag(cmd, &f.prenom, "prenom", "first name of the person who is recorded as closing")
	requiredFlag(cmd, &f.nom, "nom", "last name of the person who is recorded as closing")
}

// demande says what the flags ask for. Who acts on the command line has no token: the
// id of the person is 0.
func (f *exerciceFlags) demande() hub.DemandeExercices {
	return hub.DemandeExercices{Acces: hub.AccesOperateur(f.societe), Simulation: f.simulation,
		Par: domaine.Personne{Prenom: strings.TrimSpace(f.prenom), Nom: strings.TrimSpace(f.nom)}}
}

// show prints exercices, the most recent first, and warnings beside them.
func (f *exerciceFlags) show(cmd *cobra.Command, list []domaine.Exercice, warnings []comptable.Avertissement) error {
	for _, w := range warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "avertissement :", w.Message)
	}
	return exercices.print(cmd, comptable.ToMAD(list))
}

// exercices is how exercices are shown; in JSON they are what the API answers.
var exercices = listing[comptable.MAD]{"ID\tNAME\tSTART\tEND\tMONTHS\tSTATE\tLETTERING\tCLOSED", func(e comptable.MAD) []any {
	var months, closed string
	if e.Period.Duration != nil {
		months = strconv.Itoa(*e.Period.Duration)
	}
	if c := e.Period.Closed; c != nil {
		closed = strings.TrimSpace(c.At + " " + c.By.FirstName + " " + c.By.LastName)
	}
	return []any{e.ProducerID, e.Name, e.Period.Start, e.Period.End, months, e.State, e.AdditionalProducerProperties.Lettering, closed}
}}

func newExerciceList() *cobra.Command {
	var f exerciceFlags
	cmd := &cobra.Command{Use: "list", Short: "List the exercices of a société, the most recent first",
		Example: "  passerelle exercice list --societe 1\n  passerelle exercice list --societe 1 --on 2026-12-31 --json",
		RunE: does(f.use, func(cmd *cobra.Command, _ []string, h *hub.Hub, _ hub.Acteur) error {
			list, err := h.Comptabilite.Exercices(cmd.Context(), f.demande().Acces, f.on)
			if err != nil {
				return err
			}
			return f.show(cmd, list, nil)
		}),
	}
	f.database(cmd)
	dayFlag(cmd, &f.on, "on", "as they stood at the end of a day, YYYY-MM-DD")
	jsonFlag(cmd)
	return cmd
}

func newExerciceCreate() *cobra.Command {
	var f exerciceFlags
	var debut, fin *passerelle.Date
	cmd := &cobra.Command{Use: "create", Short: "Create an exercice, after the newest or before the oldest",
		Example: "  passerelle exercice create --societe 1 --debut 2026-09-01 --fin 2027-08-31 --simulation",
		RunE: does(f.use, func(cmd *cobra.Command, _ []string, h *hub.Hub, _ hub.Acteur) error {
			res, err := h.Comptabilite.CreateExercices(cmd.Context(), f.demande(), []passerelle.Periode{{Debut: *debut, Fin: *fin}})
			if err != nil {
				return err
			}
			return f.show(cmd, res.Exercices, res.Avertissements)
		}),
	}
	f.change(cmd)
	dayFlag(cmd, &debut, "debut", "first day, YYYY-MM-DD (required)")
	dayFlag(cmd, &fin, "fin", "last day, included, YYYY-MM-DD (required)")
	requireFlags(cmd, "debut", "fin")
	return cmd
}

func newExerciceClose() *cobra.Command {
	var f exerciceFlags
	var lettrage string
	var carryForward bool
	cmd := &cobra.Command{Use: "close ID", Short: "Close the oldest open exercice, for good",
		Example: "  passerelle exercice close 3 --societe 1 --prenom Ana --nom Roche",
		RunE: func(cmd *cobra.Command, args []string) error {
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
			return f.use(cmd, func(h *hub.Hub, _ hub.Acteur) error {
				res, err := h.Comptabilite.CloseExercice(cmd.Context(), f.demande(), demande)
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
