package server

import (
	"net"
	"net/http"
	gosync "sync"
)

// maxConnections is how many connections a process keeps open, each of which takes some
// memory even where nothing is asked on it.
const maxConnections = 4096

// crowd is a listener that keeps only so many connections open. Where there are more,
// one on which nothing is asked makes room; where something is asked on all of them, the
// next one waits.
type crowd struct {
	net.Listener
	room chan struct{}

	mu    gosync.Mutex
	quiet map[net.Conn]struct{} // nothing is asked on them
	full  bool                  // the next one waits: the first on which nothing is asked any more goes
}

func newCrowd(listener net.Listener, most int) *crowd {
	return &crowd{Listener: listener, room: make(chan struct{}, most), quiet: map[net.Conn]struct{}{}}
}

// Accept waits for the next connection.
func (c *crowd) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	select {
	case c.room <- struct{}{}:
	default:
		c.sendAway()
		c.room <- struct{}{}
		c.mu.Lock()
		c.full = false // somebody may have left by himself
		c.mu.Unlock()
	}
	return &counted{Conn: conn, leave: gosync.OnceFunc(func() { <-c.room })}, nil
}

// sendAway closes a connection on which nothing is asked, now or as soon as there is one.
func (c *crowd) sendAway() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.quiet {
		delete(c.quiet, conn)
		_ = conn.Close()
		return
	}
	c.full = true
}

// state is the server's ConnState.
func (c *crowd) state(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case state == http.StateIdle && c.full: // it was answered
		c.full = false
		_ = conn.Close()
	case state == http.StateNew || state == http.StateIdle:
		c.quiet[conn] = struct{}{}
	default:
		delete(c.quiet, conn)
	}
}

// counted is a connection that makes room when it is closed.
type counted struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
