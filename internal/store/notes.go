package store

import (
	"context"
	"errors"
	"time"
)

// NatureNote tells what is noted about a line of the journal.
type NatureNote string

// What is noted, each as JSON.
const (
	NoteGarde    NatureNote = "garde"    // why the guard held the push
	NoteConfirme NatureNote = "confirme" // why it would have, had nobody confirmed
	NoteRefus    NatureNote = "refus"    // what was wrong with a push that was refused whole; may name people
)

// InsertNote notes something about a synchronisation.
func (tx *Tx) InsertNote(ctx context.Context, organisme, synchronisation int64, nature NatureNote, contenu []byte) error {
	_, err := tx.exec(ctx, qNoteInsert, organisme, synchronisation, string(nature), contenu)
	return err
}

// Note returns what was noted about a synchronisation, nil for nothing.
func (tx *Tx) Note(ctx context.Context, organisme, synchronisation int64, nature NatureNote) (contenu []byte, err error) {
	err = tx.one(ctx, qNoteGet, []any{organisme, synchronisation, string(nature)}, &contenu)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return contenu, err
}

// DropNotes forgets every note of a nature.
func (tx *Tx) DropNotes(ctx context.Context, organisme int64, nature NatureNote) error {
	_, err := tx.exec(ctx, qNoteDelete, organisme, string(nature))
	return err
}

// MostActifs returns the most active contracts that there were since a time, or
// since a person confirmed or undid if that was later; 0 where nothing tells.
func (tx *Tx) MostActifs(ctx context.Context, organisme int64, since time.Time) (n int, err error) {
	err = tx.one(ctx, qSynchronisationMost, []any{organisme, millis(since)}, &n)
	return n, err
}
