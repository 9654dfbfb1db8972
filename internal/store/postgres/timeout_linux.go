package postgres

import (
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT (Linux, tcp(7)), which package syscall does not
// name.
const tcpUserTimeout = 18

// unanswered is how long what was sent may stay without an acknowledgement of the
// other machine.
const unanswered = 30 * time.Second

// userTimeout sets it: keepalive does not look at a connection on which something is
// under way.
func userTimeout(network, _ string, c syscall.RawConn) error {
	if network == "unix" {
		return nil
	}
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(unanswered.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failed
}
