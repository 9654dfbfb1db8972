package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
)

// place is the file of a database as it was opened.
type place struct {
	path   string
	opened os.FileInfo
}

func placeOf(path string) (*place, error) {
	opened, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return &place{path, opened}, nil
}

// Present looks at whether the path still leads to the file that was opened. Where it
// was deleted, moved or replaced, what is written to the open one is lost when the
// process ends.
func (d dialect) Present() error {
	if d.place == nil {
		return nil
	}
	found, err := os.Stat(d.place.path)
	switch {
	case err != nil:
		return fmt.Errorf("the file of the database is gone: %w", err)
	case !os.SameFile(found, d.place.opened):
		return fmt.Errorf("the file of the database %s was replaced while it was in use: stop the server before you put another one in its place", d.place.path)
	}
	return nil
}

// Stale never happens to a file.
func (dialect) Stale(error) bool { return false }

// Ready asks for a page of the file.
func (dialect) Ready(ctx context.Context, db *sql.DB) error {
	var one int
	return db.QueryRowContext(ctx, "SELECT 1 FROM sqlite_schema LIMIT 1").Scan(&one)
}
