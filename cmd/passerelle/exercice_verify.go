package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

// verified is what exercice verify prints of one société.
type verified struct {
	SocieteID string `json:"societeId"`
	Nom       string `json:"nom"`
	Clotures  int    `json:"clotures"`
	Empreinte string `json:"empreinte"` // of the last closing, "" where there is none
	Valide    bool   `json:"valide"`
	Message   string `json:"message,omitempty"` // where the chain breaks

	Ventilations []preuve `json:"ventilations"` // recorded with the closings
}

// preuve says whether the ventilation of a closing can still be produced.
type preuve struct {
	ExerciceID      string `json:"exerciceId"`
	Synchronisation string `json:"synchronisation"` // whose contracts
	Tarifs          string `json:"tarifs"`          // price list of its amounts, "" where it has none
	Archives        bool   `json:"archives"`        // contracts that had ended count in it; false for closings of before they did
	Decisions       string `json:"decisions"`       // rang of the last decision on an end that was known, "" where there was none
	Identique       bool   `json:"identique"`
	Purge           bool   `json:"purge"` // not identical, and a recorded purge or erasure since explains it
}

func preuveOf(p hub.Preuve) preuve {
	shown := preuve{ExerciceID: idText(p.Exercice), Synchronisation: idText(p.Synchronisation), Archives: p.Fins, Identique: p.Tient, Purge: p.Purge}
	if p.Tarifs != 0 {
		shown.Tarifs = idText(p.Tarifs)
	}
	if p.Decisions != 0 {
		shown.Decisions = idText(p.Decisions)
	}
	return shown
}

func newExerciceVerify() *cobra.Command {
	var f exerciceFlags
	var noted string
	cmd := &cobra.Command{Use: "verify", Short: "Check that what was closed is unchanged",
		Long: "Checks the chain of closings of a société, or of every one: each closing carries a digest of what was closed\n" +
			"and of the closing before it. Note the digest of the last one elsewhere: it proves the whole chain.\n" +
			"Exit status 1 where a chain is broken, its end was cut off, an exercice was reopened or the recorded events tell\n" +
			"something else; 3 where the chain holds and the figures of a closing do not come out any more, and no recorded\n" +
			"purge or erasure explains it.",
		Example: "  passerelle exercice verify\n  passerelle exercice verify --societe 1 --empreinte 5f3a… --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var broken, figures []string
			found := false
			rows := []verified{}
			err := f.use(cmd, func(h *hub.Hub, _ hub.Acteur) error {
				societes, err := h.Comptabilite.Societes(cmd.Context(), hub.AccesOperateur(f.societe))
				if err != nil {
					return err
				}
				for _, s := range societes {
					v, err := h.Comptabilite.VerifyClotures(cmd.Context(), hub.AccesOperateur(idText(s.ID)))
					if err != nil {
						return err
					}
					row := verified{SocieteID: idText(s.ID), Nom: s.Nom, Clotures: v.Clotures, Valide: v.Rupture == nil, Ventilations: []preuve{}}
					for _, p := range v.Preuves {
						row.Ventilations = append(row.Ventilations, preuveOf(p))
						if !p.Tient && !p.Purge {
							figures = append(figures, fmt.Sprintf("société %s: the figures of exercice %d are not those that were closed, and no purge explains it", row.SocieteID, p.Exercice))
						}
					}
					found = found || v.Connue(noted)
					if v.Clotures > 0 {
						row.Empreinte = v.Derniere.String()
					}
					if v.Rupture != nil {
						row.Message = v.Rupture.Message
						broken = append(broken, "société "+row.SocieteID+": "+row.Message)
					}
					rows = append(rows, row)
				}
				return nil
			})
			if err != nil {
				return err
			}
			if err := verifications.print(cmd, rows); err != nil {
				return err
			}
			if noted != "" && !found {
				broken = append(broken, "no closing has the digest that was noted: the end of the chain was cut off, or it was rewritten")
			}
			if len(broken) > 0 {
				return errors.New(strings.Join(broken, "\n"))
			}
			if len(figures) > 0 {
				return statusError{exitFigures, errors.New(strings.Join(figures, "\n"))}
			}
			return nil
		},
	}
	f.databaseFlag(cmd)
	cmd.Flags().StringVar(&f.societe, "societe", "", "id of the société (default: all of them)")
	cmd.Flags().StringVar(&noted, "empreinte", "", "digest of a closing that was noted elsewhere: it must be in the chain")
	jsonFlag(cmd)
	return cmd
}

var verifications = listing[verified]{"SOCIÉTÉ\tNAME\tCLOSINGS\tCHAIN\tVENTILATIONS\tLAST DIGEST", func(row verified) []any {
	state := "holds"
	if !row.Valide {
		state = "BROKEN"
	}
	same := 0
	for _, p := range row.Ventilations {
		if p.Identique {
			same++
		}
	}
	return []any{row.SocieteID, row.Nom, row.Clotures, state, fmt.Sprintf("%d of %d as recorded", same, len(row.Ventilations)), row.Empreinte}
}}
