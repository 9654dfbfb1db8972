package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strconv"

	"github.com/passerelle-hub/passerelle/internal/document"
)

// Sum is a checksum of rows: the sum of their SHA-256, so that their order does
// not matter. It is the same on SQLite and on PostgreSQL.
type Sum [sha256.Size]byte

func (s *Sum) add(row [sha256.Size]byte) {
	carry := 0
	for i := len(s) - 1; i >= 0; i-- {
		n := int(s[i]) + int(row[i]) + carry
		s[i], carry = byte(n), n>>8
	}
}

// rowHash writes values that cannot be taken for others: a letter for the kind and
// the length before each.
type rowHash struct{ hash.Hash }

func (h rowHash) value(kind byte, text []byte) {
	var head [9]byte
	head[0] = kind
	binary.BigEndian.PutUint64(head[1:], uint64(len(text)))
	_, _ = h.Write(head[:])
	_, _ = h.Write(text)
}

func (h rowHash) sum() (sum [sha256.Size]byte) {
	h.Sum(sum[:0])
	h.Reset()
	return sum
}

// VersionsSum returns the checksum of what is kept of the contracts of an organisme
// as of a synchronisation, every version with its document, with how many contracts
// were active then and how many versions there are. It reads every document and
// returns ErrDamaged where one is not what its hash says.
func (tx *Tx) VersionsSum(ctx context.Context, organisme, synchronisation int64) (sum Sum, actifs, versions int, err error) {
	row := rowHash{sha256.New()}
	if err := tx.freshProfils(ctx, organisme); err != nil {
		return sum, 0, 0, err
	}
	var doc []byte
	err = tx.eachRaw(ctx, qVerificationContrats, []any{organisme, synchronisation}, func(columns [][]byte) error {
		code, depuis, jusqua, empreinte := columns[0], columns[1], columns[2], columns[3]
		kept, err := tx.kept(columns[4], code, columns[5])
		if err != nil {
			return err
		}
		if doc, err = tx.documentOf(&kept, doc[:0]); err != nil {
			return err
		}
		if len(empreinte) != len(document.Hash{}) || document.HashOf(doc) != document.Hash(empreinte) {
			return tx.db.Damaged(fmt.Errorf("organisme %d: a contract stored by synchronisation %s is not what its hash says", organisme, depuis))
		}
		versions++
		if string(jusqua) == "0" {
			actifs++
		}
		row.value('s', code)
		row.value('i', depuis)
		row.value('i', jusqua)
		row.value('s', doc)
		sum.add(row.sum())
		return nil
	})
	return sum, actifs, versions, err
}

// volatile columns change when something is only looked at, or are the database's
// own business.
var volatile = []string{"servi_le", "connecte_le", "controle", "portion"}

// unsummed tables are summed by themselves (contrat), worked out from the others (vie), say
// what was looked at and told (appel, courriel), how far the database has come with its
// own business (reecriture), or what is not there yet (portion).
var unsummed = []string{"contrat", "vie", "appel", "courriel", "reecriture", "portion"}

// RestSum returns the checksum of everything else that is kept of an organisme: its
// settings, journal, modèles, exercices, accounts and so on.
func (tx *Tx) RestSum(ctx context.Context, organisme int64) (sum Sum, err error) {
	var tables []string
	rows, err := tx.tx.QueryContext(ctx, tx.db.dialect.TenantTables())
	if err != nil {
		return sum, fmt.Errorf("list the tables: %w", tx.db.explain(err))
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return sum, fmt.Errorf("list the tables: %w", tx.db.explain(err))
		}
		tables = append(tables, table)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return sum, fmt.Errorf("list the tables: %w", tx.db.explain(err))
	}
	for _, table := range tables {
		if slices.Contains(unsummed, table) {
			continue
		}
		if err := tx.sumTable(ctx, &sum, table, "organisme_id", organisme); err != nil {
			return sum, err
		}
	}
	return sum, tx.sumTable(ctx, &sum, "organisme", "id", organisme)
}

func (tx *Tx) sumTable(ctx context.Context, sum *Sum, table, key string, organisme int64) error {
	// The names come from the schema.
	query := fmt.Sprintf(`SELECT * FROM "%s" WHERE %s = $1`, table, key)
	if table == "personne" {
		query += " AND HERE(portion)"
	}
	rows, err := tx.tx.QueryContext(ctx, tx.db.dialect.Rewrite(query), organisme)
	if err != nil {
		return fmt.Errorf("read %s: %w", table, tx.db.explain(err))
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return fmt.Errorf("read %s: %w", table, tx.db.explain(err))
	}
	// The two databases need not have the columns in one order.
	order := make([]int, 0, len(columns))
	for i, column := range columns {
		if !slices.Contains(volatile, column) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if columns[a] < columns[b] {
			return -1
		}
		return 1
	})
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	row := rowHash{sha256.New()}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("read %s: %w", table, tx.db.explain(err))
		}
		row.value('t', []byte(table))
		for _, i := range order {
			if err := row.any(values[i]); err != nil {
				return fmt.Errorf("read %s.%s: %w", table, columns[i], err)
			}
		}
		sum.add(row.sum())
	}
	return tx.db.explain(errors.Join(rows.Err(), rows.Close()))
}

func (h rowHash) any(value any) error {
	switch value := value.(type) {
	case nil:
		h.value('n', nil)
	case int64:
		h.value('i', strconv.AppendInt(nil, value, 10))
	case int32:
		h.value('i', strconv.AppendInt(nil, int64(value), 10))
	case bool:
		n := []byte("0")
		if value {
			n[0] = '1'
		}
		h.value('i', n)
	case string:
		h.value('s', []byte(value))
	case []byte:
		h.value('s', value)
	case sql.RawBytes:
		h.value('s', value)
	default:
		return fmt.Errorf("a value of type %T cannot be summed", value)
	}
	return nil
}
