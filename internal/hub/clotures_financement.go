package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/financement"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// optionsCloture are the settings that the funding of a closing was made with, as
// they are kept.
type optionsCloture struct {
	BaseJours     string `json:"baseJours"`
	PartEmployeur bool   `json:"partEmployeur"`
}

// financementDigest puts the digest of the ventilation with the amounts of funding
// in the place of digest, where a contract speaks of its funding, and returns what it
// was made with; nil where none does.
func financementDigest(ctx context.Context, tx *store.Tx, organisme int64, p passerelle.Periode, digest *comptable.Empreinte) (*store.SourceFinancement, error) {
	funded, err := finances(ctx, tx, DemandeVies{Organisme: organisme})
	if err != nil || !funded {
		return nil, err
	}
	lecture, err := beginFinancement(ctx, tx, organisme, Passe{}, nil)
	if err != nil {
		return nil, err
	}
	options, err := json.Marshal(optionsCloture{string(lecture.options.Base), !lecture.options.SansPartEmployeur})
	if err != nil {
		return nil, err
	}
	*digest, err = lecture.digest(ctx, p)
	return &store.SourceFinancement{NPEC: lecture.npec, OPCO: lecture.opco, Options: string(options)}, err
}

// again computes the digest of a closing again. funding has no options where the
// closing holds no funding.
func again(ctx context.Context, tx *store.Tx, organisme int64, p passerelle.Periode, from store.SourceVentilation, funding store.SourceFinancement) (comptable.Empreinte, error) {
	if funding.Options != "" {
		return fundedAgain(ctx, tx, organisme, p, from, funding)
	}
	tarifs, err := tarifsOf(ctx, tx, organisme, from.Tarifs, from.Fins == store.FinsIgnorees)
	if err != nil {
		return comptable.Empreinte{}, err
	}
	return digestOf(ctx, tx, p, tarifs, sourceVies(organisme, from))
}

// fundedAgain computes the digest of a closing again, from what it was made with.
// One whose sources are gone is the zero digest, which matches none.
func fundedAgain(ctx context.Context, tx *store.Tx, organisme int64, p passerelle.Periode, from store.SourceVentilation, funding store.SourceFinancement) (comptable.Empreinte, error) {
	var kept optionsCloture
	if err := json.Unmarshal([]byte(funding.Options), &kept); err != nil {
		return comptable.Empreinte{}, fmt.Errorf("read the settings of a closing: %w", err)
	}
	passe := Passe{Synchronisation: from.Synchronisation, Tarifs: from.Tarifs, NPEC: funding.NPEC, Decisions: from.Decisions,
		cloture: &sourceCloture{funding.OPCO, financement.Options{Base: financement.Base(kept.BaseJours), SansPartEmployeur: !kept.PartEmployeur}}}
	lecture, err := beginFinancement(ctx, tx, organisme, passe, nil)
	var gone *Refusal
	if errors.As(err, &gone) && gone.Kind() == refus.NotFound {
		return comptable.Empreinte{}, nil
	}
	if err != nil {
		return comptable.Empreinte{}, err
	}
	return lecture.digest(ctx, p)
}

func (l *lectureFinancement) digest(ctx context.Context, p passerelle.Periode) (comptable.Empreinte, error) {
	exercices := []passerelle.Periode{p}
	calcul := ventilation.New(exercices, nil, ventilation.Options{Facturation: ventilation.FacturationOPCO, Partis: true})
	err := l.ventiler(ctx, calcul, exercices, false)
	return calcul.Digest(0), err
}
