// Package open opens the database that a location names.
package open

import (
	"context"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/postgres"
	"github.com/passerelle-hub/passerelle/internal/store/sqlite"
)

// Database opens a postgres:// URL, or else the SQLite file at a path, and
// brings its schema up to date.
func Database(ctx context.Context, location string) (*store.DB, error) {
	if IsPostgres(location) {
		return postgres.Open(ctx, location)
	}
	return sqlite.Open(ctx, location)
}

// IsPostgres reports whether a location is a PostgreSQL URL.
func IsPostgres(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}
