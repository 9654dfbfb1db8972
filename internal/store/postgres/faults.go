package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// readOnly is the SQLSTATE of what a standby answers to a change.
const readOnly = "25006"

// Fault reads the SQLSTATE of an error of PostgreSQL, or that of the connection.
func (d dialect) Fault(err error) error {
	if errors.Is(err, store.ErrReadOnly) {
		return store.ErrUnavailable
	}
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		if failed.Code == readOnly && d.pool != nil {
			d.pool.Reset() // it was the primary when they were opened
		}
		switch {
		case failed.Code == lockNotAvailable:
			return store.ErrBusy
		case failed.Code == "53100": // disk_full
			return store.ErrFull
		case failed.Code == "XX001", failed.Code == "XX002": // data_corrupted, index_corrupted
			return store.ErrDamaged
		case failed.Code == "57014": // query_canceled: whoever asked has left
			return nil
		case strings.HasPrefix(failed.Code, "08"), // connection exception
			strings.HasPrefix(failed.Code, "53"),  // insufficient resources
			strings.HasPrefix(failed.Code, "57P"), // the server stops or starts
			strings.HasPrefix(failed.Code, "58"),  // system error
			failed.Code == "25P03",                // idle in a transaction for too long: this process was stopped in it
			failed.Code == readOnly:               // a standby was asked
			return store.ErrUnavailable
		}
		return nil
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.EOF) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err) {
		return store.ErrUnavailable
	}
	return nil
}

// ChecksPages reports that what is read from the disk is PostgreSQL's business:
// it has checksums of its own (initdb --data-checksums).
func (dialect) ChecksPages() bool { return true }

// Check leaves PostgreSQL's files to its own tools: pg_amcheck, pg_checksums.
func (dialect) Check(context.Context, *sql.DB) error { return nil }

// TenantTables looks at the schema in which the migrations made the tables.
func (dialect) TenantTables() string {
	return `SELECT table_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'organisme_id' ORDER BY 1`
}

// Stale looks at whether the server had ended the session.
func (dialect) Stale(err error) bool {
	var failed *pgconn.PgError
	if errors.As(err, &failed) {
		return failed.Code == "57P01" || failed.Code == "25P03" // admin_shutdown, idle_in_transaction_session_timeout
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, syscall.ECONNRESET) ||
		errors.Is(err, syscall.EPIPE) || pgconn.SafeToRetry(err)
}

// Present leaves that to the connection.
func (dialect) Present() error { return nil }
