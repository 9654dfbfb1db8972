package main

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

// reglageFlag returns the flag of a setting: garde-archivage-minimum for
// garde.archivageMinimum.
func reglageFlag(cle string) string {
	var b strings.Builder
	for _, r := range cle {
		switch {
		case r == '.':
			b.WriteByte('-')
		case unicode.IsUpper(r):
			b.WriteByte('-')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func newOrganismeSet() *cobra.Command {
	var on base
	var rythme time.Duration
	cmd := &cobra.Command{Use: "set ID", Short: "Change settings of an organisme; without a flag, show them",
		Example: "  passerelle organisme set 1\n  passerelle organisme set 1 --emails-partages maitres --rythme 24h",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseID(args[0])
			if err != nil {
				return err
			}
			values, err := reglageValues(cmd)
			if err != nil {
				return err
			}
			if rythme < 0 {
				return usageError{errors.New("--rythme: a time below zero")}
			}
			return on.use(cmd, func(h *hub.Hub, who hub.Acteur) error {
				if len(values) == 0 && !cmd.Flags().Changed("rythme") {
					o, err := h.Organismes.Organisme(cmd.Context(), id)
					if err != nil {
						return err
					}
					return showReglages(cmd, &o)
				}
				_, err := h.Organismes.SetReglages(cmd.Context(), hub.Acteur{Organisme: id, Nom: who.Nom}, domaine.TousDroits, values, nil)
				var refused *hub.ReglagesRefuses
				if errors.As(err, &refused) {
					var lines []string
					for _, e := range refused.Erreurs {
						lines = append(lines, "--"+reglageFlag(e.Cle)+": "+e.Message)
					}
					return usageError{errors.New(strings.Join(lines, "\n"))}
				}
				if err == nil && cmd.Flags().Changed("rythme") {
					err = h.Organismes.SetRythme(cmd.Context(), id, rythme, nil)
				}
				return err
			})
		},
	}
	on.databaseFlag(cmd)
	jsonFlag(cmd)
	usual := domaine.ReglagesDefaut()
	for i := range domaine.TousReglages {
		s := &domaine.TousReglages[i]
		usage := reglageUsage[s.Cle]
		if s.Choix != nil {
			usage += ": " + strings.Join(s.Choix, ", ")
		}
		cmd.Flags().String(reglageFlag(s.Cle), s.Of(&usual), usage)
	}
	cmd.Flags().String("seuil", "30", "another name of --garde-archivage")
	cmd.Flags().DurationVar(&rythme, "rythme", 0, "time expected between two pushes, such as 24h; 0 learns it from the journal")
	return cmd
}

// showReglages prints settings as the flags that make them, or with --json by the keys
// that the API has for them.
func showReglages(cmd *cobra.Command, o *domaine.Organisme) error {
	if asJSON(cmd) {
		values := map[string]string{}
		for i := range domaine.TousReglages {
			s := &domaine.TousReglages[i]
			values[s.Cle] = s.Of(&o.Reglages)
		}
		return writeJSON(cmd.OutOrStdout(), values)
	}
	for i := range domaine.TousReglages {
		s := &domaine.TousReglages[i]
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "--%s %s\n", reglageFlag(s.Cle), s.Of(&o.Reglages)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "--rythme %s\n", o.Rythme)
	return err
}

// reglageUsage says in English what each setting is.
var reglageUsage = map[string]string{
	"emailsPartages":         "who may share an e-mail address",
	"garde.archivage":        "percentage of active contracts beyond which a push that archives is held; 100 turns the guard of archivings off",
	"garde.archivageMinimum": "number of contracts that it must archive more than, too",
	"garde.moitie":           "the percentage for small organismes, where it is higher than --garde-archivage",
	"garde.moitieMinimum":    "number of contracts that it must archive at least",
	"garde.codes":            "percentage of archived contracts that come back with a code rewritten from which a push is held; 101 turns this off",
	"garde.codesMinimum":     "number of codes that must be rewritten at least",
	"garde.valeurs":          "percentage of active contracts that lose a value, or all get one, from which a push is held; 101 turns this off",
	"garde.valeursMinimum":   "number of contracts that it must concern at least",
	"baseJours":              "days of a year of a contract",
	"comptes.produits":       "account of income, for closing entries",
	"comptes.pca":            "account of income received in advance",
	"comptes.fae":            "account of income still due",
	"comptes.journal":        "journal of the closing entries",
	"partEmployeur":          "whether the employer owes a share from level 6 on",
}

// reglageValues returns the settings that the command line gives.
func reglageValues(cmd *cobra.Command) ([]hub.ValeurReglage, error) {
	var values []hub.ValeurReglage
	add := func(flag, cle string) error {
		if !cmd.Flags().Changed(flag) {
			return nil
		}
		value, err := cmd.Flags().GetString(flag)
		values = append(values, hub.ValeurReglage{Cle: cle, Valeur: value})
		return err
	}
	err := add("seuil", "garde.archivage")
	for i := range domaine.TousReglages {
		cle := domaine.TousReglages[i].Cle
		err = errors.Join(err, add(reglageFlag(cle), cle))
	}
	return values, err
}
