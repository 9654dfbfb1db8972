package sqlite

import (
	"net/url"
	"sync"

	"github.com/ncruces/go-sqlite3"
)

// checkpointPages is how long the write-ahead log gets before it is copied into
// the database, in pages.
const checkpointPages = 1000

// checkpointer copies the write-ahead log into the database beside the
// transactions, as SQLite itself would do within a commit: whoever waits for a
// large commit need not wait for the copy. What is committed is safe in the log
// before.
type checkpointer struct {
	path string
	due  chan struct{}
	done chan struct{}
	stop sync.Once
}

func startCheckpointer(path string) *checkpointer {
	c := &checkpointer{path: path, due: make(chan struct{}, 1), done: make(chan struct{})}
	go c.run()
	return c
}

// watch has the commits of a connection noticed.
func (c *checkpointer) watch(conn *sqlite3.Conn) {
	conn.WALHook(func(_ *sqlite3.Conn, _ string, pages int) error {
		if pages >= checkpointPages {
			select {
			case c.due <- struct{}{}:
			default: // one is due already
			}
		}
		return nil
	})
}

// close waits for the copy under way.
func (c *checkpointer) close() {
	c.stop.Do(func() { close(c.due) })
	<-c.done
}

func (c *checkpointer) run() {
	defer close(c.done)
	for range c.due {
		// What fails now, for instance because another process does the same, is
		// due again after the next commit, and at the latest when the database is
		// closed.
		_ = c.checkpoint()
	}
}

func (c *checkpointer) checkpoint() error {
	conn, err := sqlite3.Open("file:" + (&url.URL{Path: c.path}).EscapedPath() + "?mode=rw")
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Exec("PRAGMA synchronous = FULL"); err != nil {
		return err
	}
	_, _, err = conn.WALCheckpoint("main", sqlite3.CHECKPOINT_PASSIVE)
	return err
}
