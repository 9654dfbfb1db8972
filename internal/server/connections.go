package server

import (
	"net"
	"net/http"
	gosync "sync"
	"time"
)

// maxConnections is how many connections a process keeps open, each of which takes some
// memory even where nothing is asked on it.
const maxConnections = 4096

// patience is how long a connection may have asked nothing yet before it makes room: what
// somebody has just opened he is about to use.
const patience = time.Second

// crowd is a listener that keeps only so many connections open. Where there are more,
// the one on which nothing has been asked for the longest time makes room; where something is
// asked on all of them, the next one waits.
type crowd struct {
	net.Listener
	room chan struct{}

	mu    gosync.Mutex
	quiet map[net.Conn]silence // nothing is asked on them
	full  bool                 // the next one waits: the first on which nothing is asked any more goes
}

// silence is since when nothing is asked on a connection, and whether something ever was.
type silence struct {
	since time.Time
	asked bool
}

func newCrowd(listener net.Listener, most int) *crowd {
	return &crowd{Listener: listener, room: make(chan struct{}, most), quiet: map[net.Conn]silence{}}
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
		c.wait()
	}
	return &counted{Conn: conn, leave: gosync.OnceFunc(func() { <-c.room })}, nil
}

// wait returns once there is room.
func (c *crowd) wait() {
	again := time.NewTicker(patience / 4)
	defer again.Stop()
	for {
		c.sendAway()
		select {
		case c.room <- struct{}{}:
			c.mu.Lock()
			c.full = false // somebody may have left by himself
			c.mu.Unlock()
			return
		case <-again.C:
		}
	}
}

// sendAway closes the connection on which nothing has been asked for the longest time, now or
// as soon as there is one.
func (c *crowd) sendAway() {
	c.mu.Lock()
	defer c.mu.Unlock()
	var oldest net.Conn
	for conn, of := range c.quiet {
		if (of.asked || time.Since(of.since) > patience) && (oldest == nil || of.since.Before(c.quiet[oldest].since)) {
			oldest = conn
		}
	}
	if oldest == nil {
		c.full = true
		return
	}
	delete(c.quiet, oldest)
	_ = oldest.Close()
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
		c.quiet[conn] = silence{time.Now(), state == http.StateIdle}
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
