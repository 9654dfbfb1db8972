// Package open opens the database that a location names.
package open

import (
	"context"
	"errors"
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

// ErrReplicaOfSQLite says that a replica was given for a database that has none.
var ErrReplicaOfSQLite = errors.New("only a PostgreSQL database has a replica: both locations must be postgres:// URLs")

// WithReplica opens a database with the URL of a streaming replica of it, which
// long reads go to; without one where that is "".
func WithReplica(ctx context.Context, location, replica string) (*store.DB, error) {
	if replica == "" {
		return Database(ctx, location)
	}
	if !IsPostgres(location) || !IsPostgres(replica) {
		return nil, ErrReplicaOfSQLite
	}
	return postgres.OpenWithReplica(ctx, location, replica, postgres.ReplicaOptions{})
}

// IsPostgres reports whether a location is a PostgreSQL URL.
func IsPostgres(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}
