package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

// operator is who acts from the command line, as records name them.
const operator = "ligne de commande"

// base is where a command works: a database, and an organisme of it where the command
// is about one.
type base struct {
	location  string
	organisme string
}

// databaseFlag adds --db.
func (b *base) databaseFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&b.location, "db", "passerelle.db", "database: the path of an SQLite file, or a postgres:// URL")
}

// organismeFlags adds --db and --organisme, which has to be given.
func (b *base) organismeFlags(cmd *cobra.Command) {
	b.databaseFlag(cmd)
	requiredFlag(cmd, &b.organisme, "organisme", "id of the organisme")
}

// anyOrganismeFlags adds --db and --organisme, which may be left out.
func (b *base) anyOrganismeFlags(cmd *cobra.Command, usage string) {
	b.databaseFlag(cmd)
	cmd.Flags().StringVar(&b.organisme, "organisme", "", usage)
}

// who is the operator in the organisme that was given, which is 0 for none.
func (b *base) who() (hub.Acteur, error) {
	who := hub.Acteur{Nom: operator}
	if b.organisme == "" {
		return who, nil
	}
	var err error
	who.Organisme, err = parseID(b.organisme)
	return who, err
}

// use runs a use case on a database that must be there: a command that looks, or
// changes what is there, makes none by a mistyped name.
func (b *base) use(cmd *cobra.Command, do useCase) error { return b.useWith(cmd, hub.Options{}, do) }

// useCase is what a command does with a hub.
type useCase = func(h *hub.Hub, who hub.Acteur) error

// does is the run of a command that is one use case, on a database that open opens.
func does(open func(*cobra.Command, useCase) error, do func(cmd *cobra.Command, args []string, h *hub.Hub, who hub.Acteur) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		return open(cmd, func(h *hub.Hub, who hub.Acteur) error { return do(cmd, args, h, who) })
	}
}

// useWith is use, on a hub with options.
func (b *base) useWith(cmd *cobra.Command, options hub.Options, do useCase) error {
	who, err := b.who()
	if err != nil {
		return err
	}
	if !open.IsPostgres(b.location) {
		if _, err := os.Stat(b.location); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no database at %s: check --db; serve and organisme create make one", b.location)
		} else if err != nil {
			return err
		}
	}
	return withHub(cmd.Context(), b.location, options, func(h *hub.Hub) error {
		if who.Organisme != 0 { // a mistyped id is not an empty list
			if _, err := h.Organismes.Organisme(cmd.Context(), who.Organisme); err != nil {
				return err
			}
		}
		return do(h, who)
	})
}

// create runs a use case that may be the first one: the database is made where there
// is none.
func (b *base) create(cmd *cobra.Command, do useCase) error {
	who, err := b.who()
	if err != nil {
		return err
	}
	return withHub(cmd.Context(), b.location, hub.Options{}, func(h *hub.Hub) error { return do(h, who) })
}

// withHub runs use with a hub on a database, which is made where there is none.
func withHub(ctx context.Context, location string, options hub.Options, use func(*hub.Hub) error) error {
	db, err := open.Database(ctx, location)
	if err != nil {
		return err
	}
	return onDatabase(db, options, use)
}

// onDatabase runs use with a hub on an open database, which it closes.
func onDatabase(db *store.DB, options hub.Options, use func(*hub.Hub) error) error {
	h := hub.New(db, options)
	err := use(h)
	h.Close()
	return errors.Join(err, db.Close())
}

// parseID reads the id of anything.
func parseID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, usageError{fmt.Errorf("%q is not an id", text)}
	}
	return id, nil
}

// onID is a command on the one thing whose id it is given.
func (b *base) onID(cmd *cobra.Command, do func(h *hub.Hub, who hub.Acteur, id int64) error) *cobra.Command {
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		id, err := parseID(args[0])
		if err != nil {
			return err
		}
		return b.use(cmd, func(h *hub.Hub, who hub.Acteur) error { return do(h, who, id) })
	}
	return cmd
}
