package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// raw runs fn on the connection itself, below database/sql, where a row costs
// no allocation.
func raw(ctx context.Context, conn *sql.Conn, fn func(*sqlite3.Conn) error) error {
	return store.Raw(conn, func(driverConn any) error {
		c := driverConn.(driver.Conn).Raw()
		if old := c.SetInterrupt(ctx); old != ctx {
			defer c.SetInterrupt(old)
		}
		return fn(c)
	})
}

func (dialect) InsertVersions(ctx context.Context, conn *sql.Conn, organisme, depuis int64, next func() (store.Version, bool, error)) error {
	return raw(ctx, conn, func(c *sqlite3.Conn) error {
		// To bind the bytes as a text would copy them once more.
		stmt, _, err := c.Prepare(`INSERT INTO contrat (organisme_id, code_contrat, depuis, empreinte, profil_id, document, controle) VALUES (?1, ?2, ?3, ?4, ?5, CAST(?6 AS TEXT), ?7)`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		for {
			version, ok, err := next()
			if err != nil || !ok {
				return err
			}
			check := version.Check()
			err = errors.Join(stmt.BindInt64(1, organisme), stmt.BindText(2, version.CodeContrat), stmt.BindInt64(3, depuis),
				stmt.BindBlob(4, version.Hash[:]), stmt.BindInt64(5, version.ProfilID), stmt.BindBlob(6, version.Valeurs), stmt.BindBlob(7, check[:]))
			if err != nil {
				return err
			}
			if err := stmt.Exec(); err != nil {
				return err
			}
		}
	})
}

func (dialect) InsertPersonnes(ctx context.Context, conn *sql.Conn, organisme, portion int64, rows []store.PersonneRow) error {
	return raw(ctx, conn, func(c *sqlite3.Conn) error {
		stmt, _, err := c.Prepare(`INSERT INTO personne (organisme_id, code, role, email, nom, prenom, effectif, portion) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULLIF(?8, 0))`)
		if err != nil {
			return err
		}
		defer stmt.Close()
		if err := stmt.BindInt64(8, portion); err != nil {
			return err
		}
		for i := range rows {
			row := &rows[i]
			err := errors.Join(stmt.BindInt64(1, organisme), stmt.BindText(2, row.Code), stmt.BindInt64(3, int64(row.Role)),
				stmt.BindText(4, row.Email), stmt.BindText(5, row.Nom), stmt.BindText(6, row.Prenom), stmt.BindInt64(7, int64(row.Effectif)))
			if err != nil {
				return err
			}
			if err := stmt.Exec(); err != nil {
				return err
			}
		}
		return nil
	})
}

// prepared runs do with a statement on the connection itself.
func prepared(ctx context.Context, conn *sql.Conn, query string, do func(c *sqlite3.Conn, stmt *sqlite3.Stmt) error) error {
	return raw(ctx, conn, func(c *sqlite3.Conn) error {
		stmt, _, err := c.Prepare(query)
		if err != nil {
			return err
		}
		defer stmt.Close()
		return do(c, stmt)
	})
}

func (dialect) InsertRows(ctx context.Context, conn *sql.Conn, query string, rows [][]any, returned func(id int64, key []byte)) error {
	return prepared(ctx, conn, query, func(c *sqlite3.Conn, stmt *sqlite3.Stmt) error {
		for _, row := range rows {
			if err := bind(stmt, row); err != nil {
				return err
			}
			for stmt.Step() {
				returned(stmt.ColumnInt64(0), stmt.ColumnRawBlob(1))
			}
			if err := errors.Join(stmt.Err(), stmt.Reset()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (dialect) ExecEach(ctx context.Context, conn *sql.Conn, query string, rows [][]any) (changed int64, err error) {
	err = prepared(ctx, conn, query, func(c *sqlite3.Conn, stmt *sqlite3.Stmt) error {
		for _, row := range rows {
			if err := bind(stmt, row); err != nil {
				return err
			}
			if err := stmt.Exec(); err != nil {
				return err
			}
			changed += c.Changes()
		}
		return nil
	})
	return changed, err
}

func bind(stmt *sqlite3.Stmt, args []any) (err error) {
	for i, arg := range args {
		switch value := arg.(type) {
		case int64:
			err = stmt.BindInt64(i+1, value)
		case int:
			err = stmt.BindInt64(i+1, int64(value))
		case string:
			err = stmt.BindText(i+1, value)
		case []byte:
			err = stmt.BindBlob(i+1, value)
		case nil:
			err = stmt.BindNull(i + 1)
		default:
			err = fmt.Errorf("parameter %d: type %T is not bound", i+1, arg)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (dialect) EachRaw(ctx context.Context, conn *sql.Conn, query string, args []any, yield func([][]byte) error) error {
	return prepared(ctx, conn, query, func(c *sqlite3.Conn, stmt *sqlite3.Stmt) error {
		if err := bind(stmt, args); err != nil {
			return err
		}
		columns := make([][]byte, stmt.ColumnCount())
		numbers := make([]byte, 8*len(columns))
		texts := make([]bool, len(columns)) // what was one in a row is no number in another
		for stmt.Step() {
			for i := range columns {
				if texts[i] || notNumber(stmt, i, &texts[i]) {
					// A text asked for as one is copied, to be ended by a zero.
					if columns[i] = stmt.ColumnRawBlob(i); columns[i] == nil {
						columns[i] = stmt.ColumnRawText(i) // not nil where it is empty
					}
					continue
				}
				columns[i] = numbers[8*i : 8*i+8]
				binary.BigEndian.PutUint64(columns[i], uint64(stmt.ColumnInt64(i)))
			}
			if err := yield(columns); err != nil {
				return err
			}
		}
		return stmt.Err()
	})
}

// notNumber reports whether a column of a row is no number, and text whether it is a text
// or bytes, which is so in every row then: no column of the schema holds both.
func notNumber(stmt *sqlite3.Stmt, column int, text *bool) bool {
	kind := stmt.ColumnType(column)
	*text = kind == sqlite3.TEXT || kind == sqlite3.BLOB
	return kind != sqlite3.INTEGER
}
