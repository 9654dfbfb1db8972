package pgtest

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// template is the database that [Copied] copies, of this process.
var template struct {
	sync.Once
	server, dsn string
	err         error
}

// Copied returns the URL of a new database that holds what fill put into an empty
// one. It is filled once in a process, whoever asks first, and copied from then on:
// fill must always do the same. The copy is dropped when the test ends.
func Copied(t testing.TB, fill func(dsn string) error) string {
	t.Helper()
	server := serverOf(t)
	template.Do(func() {
		template.server = server
		if template.dsn, template.err = createDatabase(server, ""); template.err == nil {
			template.err = fill(template.dsn)
		}
	})
	if template.err != nil {
		t.Fatalf("fill the database that is copied: %v", template.err)
	}
	return newDatabase(t, server, " TEMPLATE "+nameOf(template.dsn))
}

// dropTemplate removes what Copied copies.
func dropTemplate() {
	if template.dsn == "" {
		return
	}
	if err := dropDatabase(template.server, template.dsn); err != nil {
		fmt.Fprintln(os.Stderr, "drop the database that was copied:", err)
	}
}
