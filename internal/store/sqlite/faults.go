package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// Fault reads the code of an error of SQLite.
func (dialect) Fault(err error) error {
	var code sqlite3.ExtendedErrorCode
	if !errors.As(err, &code) {
		return nil
	}
	switch code {
	case sqlite3.IOERR_WRITE, sqlite3.IOERR_SHMSIZE:
		// What the driver makes of a full disk (ENOSPC), as of version 0.37.
		return store.ErrFull
	case sqlite3.IOERR_DATA, sqlite3.IOERR_CORRUPTFS, sqlite3.IOERR_SHORT_READ:
		return store.ErrDamaged
	}
	switch sqlite3.ErrorCode(code & 0xff) {
	case sqlite3.FULL:
		return store.ErrFull
	case sqlite3.CORRUPT, sqlite3.NOTADB:
		return store.ErrDamaged
	case sqlite3.BUSY, sqlite3.IOERR, sqlite3.CANTOPEN, sqlite3.READONLY, sqlite3.PROTOCOL:
		return store.ErrUnavailable
	}
	return nil
}

// ChecksPages reports that SQLite believes what it reads, as long as it has the
// form of a page.
func (dialect) ChecksPages() bool { return false }

// Check has SQLite look at every page, index and row.
func (dialect) Check(ctx context.Context, db *sql.DB) error {
	var found string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return &store.Fault{Kind: store.ErrDamaged, Cause: fmt.Errorf("integrity check: %s", found)}
	}
	return nil
}

// TenantTables looks at the schema.
func (dialect) TenantTables() string {
	return `SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'organisme_id' WHERE m.type = 'table' ORDER BY m.name`
}
