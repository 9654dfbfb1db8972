package hub

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// evenement is what a transaction tells the webhooks of its organisme. Data holds
// ids, counts and dates, nothing about a person: whoever wants more asks the API
// with a token.
type evenement struct {
	Type domaine.TypeEvenement
	Data any
}

// enveloppe is the body of a webhook (Standard Webhooks).
type enveloppe struct {
	Type      domaine.TypeEvenement `json:"type"`
	Timestamp string                `json:"timestamp"`
	Organisme string                `json:"organisme"`
	Data      any                   `json:"data"`
}

// tell writes events to the outbox of an organisme whose lock the transaction
// holds, so that they are in the order in which things happened. events is asked
// only where a webhook listens: one look at an index is all that the others pay.
func (h *core) tell(ctx context.Context, tx *store.Tx, organisme int64, events func() ([]evenement, error)) error {
	targets, err := tx.WebhookTargets(ctx, organisme)
	if err != nil || len(targets) == 0 {
		return err
	}
	list, err := events()
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := h.post(ctx, tx, organisme, targets, e); err != nil {
			return err
		}
	}
	return nil
}

// post writes one event for each of the webhooks that want it.
func (h *core) post(ctx context.Context, tx *store.Tx, organisme int64, targets []store.WebhookTarget, e evenement) error {
	l, err := h.livraisonOf(organisme, e)
	if err != nil {
		return err
	}
	for _, target := range targets {
		if len(target.Evenements) > 0 && !slices.Contains(target.Evenements, e.Type) {
			continue
		}
		l.WebhookID = target.ID
		if _, err := tx.InsertLivraison(ctx, organisme, &l); err != nil {
			return err
		}
		tx.OnCommit(h.wake)
	}
	return nil
}

func (h *core) livraisonOf(organisme int64, e evenement) (l domaine.Livraison, err error) {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	now := h.now().UTC()
	l = domaine.Livraison{Evenement: "msg_" + base64.RawURLEncoding.EncodeToString(id[:]), Type: e.Type, Etat: domaine.LivraisonAttente, CreeLe: now}
	l.Contenu, err = json.Marshal(enveloppe{e.Type, now.Format(time.RFC3339Nano), fmt.Sprint(organisme), e.Data})
	return l, err
}

// wake tells the worker of this process that there is something to deliver.
func (h *core) wake() {
	select {
	case h.wakes <- struct{}{}:
	default: // it knows
	}
}

// Wakes returns a channel that receives after something to deliver was committed
// by this process.
func (h *Webhooks) Wakes() <-chan struct{} { return h.wakes }

type dataSynchronisation struct {
	Synchronisation string          `json:"synchronisation"`
	Origine         domaine.Origine `json:"origine"`
	Lien            string          `json:"lien,omitempty"` // the one that it confirms or undoes
	Total           int             `json:"total"`
	Ajoutes         int             `json:"ajoutes"`
	Ranimes         int             `json:"ranimes"`
	Modifies        int             `json:"modifies"`
	Identiques      int             `json:"identiques"`
	Archives        int             `json:"archives"`
	Refuses         int             `json:"refuses"`
	Integres        int             `json:"integres"`
}

func aboutSynchronisation(t domaine.TypeEvenement, s *domaine.Synchronisation) evenement {
	d := dataSynchronisation{
		Synchronisation: fmt.Sprint(s.ID), Origine: s.Origine, Total: s.Total, Ajoutes: s.Ajoutes, Ranimes: s.Ranimes, Modifies: s.Modifies,
		Identiques: s.Identiques, Archives: s.Archives, Refuses: s.Refuses, Integres: s.Integres,
	}
	if s.Lien != 0 {
		d.Lien = fmt.Sprint(s.Lien)
	}
	return evenement{t, d}
}

type dataRetenue struct {
	Synchronisation string          `json:"synchronisation"`
	Origine         domaine.Origine `json:"origine"`
	Actifs          int             `json:"actifs"`
	Archives        int             `json:"archives"`
	Seuil           int             `json:"seuil"` // percent
}

type dataRefusee struct {
	Origine  domaine.Origine `json:"origine"`
	Contrats int             `json:"contrats"` // that were sent
	Refuses  int             `json:"refuses"`
	Erreurs  int             `json:"erreurs"`
}

type dataAbandonnee struct {
	Synchronisation string                      `json:"synchronisation"`
	Etat            domaine.EtatSynchronisation `json:"etat"`
}

type dataIntegration struct {
	Synchronisation string `json:"synchronisation,omitempty"` // what changed it: a synchronisation
	Modele          string `json:"modele,omitempty"`          // or a modèle; neither where a new version of Passerelle did
	Nouveaux        int    `json:"nouveaux"`                  // contracts that entered a session
	Perdus          int    `json:"perdus"`                    // contracts that are in none any more
	Integres        int    `json:"integres"`                  // in a session, in all
}

type dataExercice struct {
	Societe  string           `json:"societe"`
	Exercice string           `json:"exercice"`
	Debut    string           `json:"debut"` // YYYY-MM-DD
	Fin      string           `json:"fin"`
	Clos     bool             `json:"clos"`
	Lettrage domaine.Lettrage `json:"lettrage"`
}

// aboutExercices says what a request did to the exercices of a société. That an
// earlier closing changed the lettering of a later exercice is no event of its own.
func aboutExercices(s domaine.Societe, changes []comptable.Changement) (list []evenement) {
	types := map[comptable.Genre]domaine.TypeEvenement{
		comptable.Creation: domaine.ExerciceCree, comptable.Deplacement: domaine.ExerciceDeplace, comptable.Fermeture: domaine.ExerciceClos,
	}
	for _, c := range changes {
		if t, told := types[c.Genre]; told {
			e := c.Apres
			list = append(list, evenement{t, dataExercice{fmt.Sprint(s.ID), fmt.Sprint(e.ID),
				e.Periode.Debut.String(), e.Periode.Fin.String(), e.Clos(), e.Lettrage}})
		}
	}
	return list
}

type dataSilence struct {
	DernierEnvoi string `json:"dernierEnvoi"`
	Rythme       int    `json:"rythme,omitempty"` // usual time between pushes, in seconds
}

// endSilence tells that an organisme pushes again, where its silence was told.
func (h *core) endSilence(ctx context.Context, tx *store.Tx, organisme int64) ([]evenement, error) {
	told, err := tx.EndSilence(ctx, organisme)
	if err != nil || !told {
		return nil, err
	}
	return []evenement{{domaine.SilenceTermine, dataSilence{DernierEnvoi: h.now().UTC().Format(time.RFC3339)}}}, nil
}

// TellSilences tells the webhooks of every organisme that has fallen silent, once
// for each silence, and returns how many there are.
func (h *Journal) TellSilences(ctx context.Context) (n int, err error) {
	var ids []int64
	err = h.db.Read(ctx, func(tx *store.Tx) (err error) {
		ids, err = tx.OrganismesWithWebhooks(ctx)
		return err
	})
	for _, id := range ids {
		var s Silence
		if err == nil {
			s, err = h.Silence(ctx, id)
		}
		if err != nil {
			return n, err
		}
		if !s.Muet {
			continue
		}
		n++
		err = h.db.WriteOrganisme(ctx, id, func(tx *store.Tx) error { return h.tellSilence(ctx, tx, id) })
	}
	return n, err
}

// tellSilence looks again, for a push may have come, and tells.
func (h *core) tellSilence(ctx context.Context, tx *store.Tx, organisme int64) error {
	o, err := tx.Organisme(ctx, organisme)
	if err != nil {
		return err
	}
	dates, err := tx.PushDates(ctx, organisme, rhythmPushes)
	if err != nil {
		return err
	}
	s := silenceOf(o.Rythme, dates, h.now())
	if !s.Muet {
		return nil
	}
	return h.tell(ctx, tx, organisme, func() ([]evenement, error) {
		fresh, err := tx.TellSilence(ctx, organisme, s.Dernier)
		if err != nil || !fresh {
			return nil, err
		}
		return []evenement{{domaine.SilenceConstate, dataSilence{s.Dernier.UTC().Format(time.RFC3339), int(s.Rythme.Seconds())}}}, nil
	})
}
