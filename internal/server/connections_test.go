package server

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

func TestConnectionsOnWhichNothingIsAskedMakeRoomForOthers(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const most = 3
	crowd, release := newCrowd(listener, most), make(chan struct{})
	server := &http.Server{ConnState: crowd.state, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			<-release
		}
		_, _ = io.WriteString(w, "answered")
	})}
	go func() { _ = server.Serve(crowd) }()
	t.Cleanup(func() { _ = server.Close() })
	ask := func(path string) net.Conn {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			t.Error(err)
		}
		return conn
	}
	answered := func(conn net.Conn, within time.Duration) bool {
		_ = conn.SetReadDeadline(time.Now().Add(within))
		_, err := http.ReadResponse(bufio.NewReader(conn), nil)
		return err == nil
	}
	// Each of them stays open once it is answered, which is more than there may be.
	for i := range 4 * most {
		if !answered(ask("/"), 10*time.Second) {
			t.Fatalf("connection %d is not answered", i)
		}
	}
	// Where all are at work, the next one waits for one of them.
	var busy []net.Conn
	for range most {
		busy = append(busy, ask("/slow"))
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		crowd.mu.Lock()
		quiet := len(crowd.quiet)
		crowd.mu.Unlock()
		if quiet == 0 && len(crowd.room) == most {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are open, nothing is asked on %d", len(crowd.room), quiet)
		}
	}
	last := ask("/")
	if answered(last, 100*time.Millisecond) {
		t.Error("there are more connections than there may be")
	}
	close(release)
	for _, conn := range append(busy, last) {
		if !answered(conn, 10*time.Second) {
			t.Error("a connection is not answered in the end")
		}
	}
}
