package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/passerelle-hub/passerelle/internal/store"
)

// What goes by thousands takes the driver's own ways, below database/sql.

// raw runs fn on the connection itself, below database/sql.
func raw(conn *sql.Conn, fn func(*pgx.Conn) error) error {
	return store.Raw(conn, func(driverConn any) error {
		return fn(driverConn.(*stdlib.Conn).Conn())
	})
}

func (dialect) InsertVersions(ctx context.Context, conn *sql.Conn, organisme, depuis int64, next func() (store.Version, bool, error)) error {
	return raw(conn, func(c *pgx.Conn) error {
		columns := []string{"organisme_id", "code_contrat", "depuis", "empreinte", "profil_id", "document"}
		row := make([]any, len(columns))
		var panicked any
		_, err := c.CopyFrom(ctx, pgx.Identifier{"contrat"}, columns, pgx.CopyFromFunc(func() (_ []any, err error) {
			// This is a goroutine of the driver, where nobody can recover.
			defer func() {
				if panicked = recover(); panicked != nil {
					err = errors.New("panic")
				}
			}()
			version, ok, err := next()
			if err != nil || !ok {
				return nil, err
			}
			row[0], row[1], row[2], row[3], row[4], row[5] = organisme, version.CodeContrat, depuis, version.Hash[:], version.ProfilID, version.Valeurs
			return row, nil
		}))
		if panicked != nil {
			panic(panicked)
		}
		return err
	})
}

func (dialect) InsertPersonnes(ctx context.Context, conn *sql.Conn, organisme, portion int64, rows []store.PersonneRow) error {
	if portion != 0 {
		return errors.New("nothing is stored in portions where organismes do not wait for each other")
	}
	return raw(conn, func(c *pgx.Conn) error {
		columns := []string{"organisme_id", "code", "role", "email", "nom", "prenom", "effectif"}
		_, err := c.CopyFrom(ctx, pgx.Identifier{"personne"}, columns, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			row := &rows[i]
			return []any{organisme, row.Code, int64(row.Role), row.Email, row.Nom, row.Prenom, int64(row.Effectif)}, nil
		}))
		return err
	})
}

// InsertRows sends the rows as one array for each column.
func (dialect) InsertRows(ctx context.Context, conn *sql.Conn, query string, rows [][]any, returned func(id int64, key []byte)) error {
	columns := make([]any, len(rows[0]))
	for i := range columns {
		column := make([]any, len(rows))
		for k, row := range rows {
			column[k] = row[i]
		}
		columns[i] = column
	}
	return raw(conn, func(c *pgx.Conn) error {
		result, err := c.Query(ctx, query, columns...)
		if err != nil {
			return err
		}
		var id int64
		var key []byte
		_, err = pgx.ForEachRow(result, []any{&id, &key}, func() error {
			returned(id, key)
			return nil
		})
		return err
	})
}

// ExecEach sends the rows one behind the other, without waiting for an answer to each.
func (dialect) ExecEach(ctx context.Context, conn *sql.Conn, query string, rows [][]any) (changed int64, err error) {
	err = raw(conn, func(c *pgx.Conn) error {
		batch := &pgx.Batch{}
		for _, row := range rows {
			batch.Queue(query, row...)
		}
		results := c.SendBatch(ctx, batch)
		for range rows {
			done, err := results.Exec()
			if err != nil {
				return errors.Join(err, results.Close())
			}
			changed += done.RowsAffected()
		}
		return results.Close()
	})
	return changed, err
}

// rawFormats asks for integers of 8 bytes as these, and for the text of all others.
var rawFormats = pgx.QueryResultFormatsByOID{pgtype.Int8OID: pgx.BinaryFormatCode, pgtype.ByteaOID: pgx.BinaryFormatCode}

func (dialect) EachRaw(ctx context.Context, conn *sql.Conn, query string, args []any, yield func([][]byte) error) error {
	return raw(conn, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, query, append([]any{rawFormats}, args...)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := yield(rows.RawValues()); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}
