package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

// listing is how rows are shown: a table for people, or with --json the rows
// themselves.
type listing[R any] struct {
	titles string        // of the columns, with tabs between them
	cells  func(R) []any // of a row, one a title
}

// print shows rows on standard output.
func (l listing[R]) print(cmd *cobra.Command, rows []R) error {
	if asJSON(cmd) {
		if rows == nil {
			rows = []R{}
		}
		return writeJSON(cmd.OutOrStdout(), rows)
	}
	table := newTable(cmd.OutOrStdout())
	fmt.Fprintln(table, l.titles)
	for _, row := range rows {
		cells := l.cells(row)
		texts := make([]string, len(cells))
		for i, cell := range cells {
			texts[i] = cellText(cell)
		}
		fmt.Fprintln(table, strings.Join(texts, "\t"))
	}
	return table.Flush()
}

// cellText writes a value of a table, "-" for one that is not there.
func cellText(value any) string {
	switch v := value.(type) {
	case *time.Time:
		if v == nil || v.IsZero() {
			return "-"
		}
		return v.Local().Format("2006-01-02 15:04")
	case *string:
		if v == nil {
			return "-"
		}
		return *v
	}
	if text := fmt.Sprint(value); text != "" {
		return text
	}
	return "-"
}

// newTable returns what aligns columns that tabs separate.
func newTable(w io.Writer) *tabwriter.Writer { return tabwriter.NewWriter(w, 0, 8, 2, ' ', 0) }

// jsonFlag adds --json.
func jsonFlag(cmd *cobra.Command) { cmd.Flags().Bool("json", false, "print JSON") }

// asJSON reports whether --json was given.
func asJSON(cmd *cobra.Command) bool {
	given, err := cmd.Flags().GetBool("json")
	return err == nil && given
}

// writeJSON prints one JSON value on a line.
func writeJSON(w io.Writer, value any) error {
	return json.NewEncoder(w).Encode(value)
}

// showMade prints what a command made: doc with --json, else text. A note says what
// to do with it.
func showMade(cmd *cobra.Command, doc any, text, note string) error {
	if asJSON(cmd) {
		return writeJSON(cmd.OutOrStdout(), doc)
	}
	_, err := fmt.Fprintln(cmd.OutOrStdout(), text)
	if note != "" {
		fmt.Fprintln(cmd.ErrOrStderr(), note)
	}
	return err
}

// newList makes cmd, whose flags say where, a command that prints rows.
func newList[R any](b *base, cmd *cobra.Command, l listing[R], rows func(ctx context.Context, h *hub.Hub, organisme int64) ([]R, error)) *cobra.Command {
	jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return b.use(cmd, func(h *hub.Hub, who hub.Acteur) error {
			found, err := rows(cmd.Context(), h, who.Organisme)
			if err != nil {
				return err
			}
			return l.print(cmd, found)
		})
	}
	return cmd
}

// rowsOf turns what the hub returned into the rows that are shown of it.
func rowsOf[A, R any](list []A, row func(A) R) []R {
	rows := make([]R, len(list))
	for i, a := range list {
		rows[i] = row(a)
	}
	return rows
}

// idText is an id as it is on the wire.
func idText(id int64) string { return fmt.Sprint(id) }

// idOrNone is an id as it is on the wire, nil for 0.
func idOrNone(id int64) *string {
	if id == 0 {
		return nil
	}
	text := idText(id)
	return &text
}

// utc is a moment as it is on the wire, nil for none.
func utc(t *time.Time) *time.Time {
	if t == nil || t.IsZero() {
		return nil
	}
	moment := t.UTC()
	return &moment
}
