package pgtest

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// PgBouncer starts a PgBouncer in front of the server of a postgres:// URL, which ends
// with the test, and returns the URL of the same database behind it. mode is its
// pool_mode; settings are written NAME=VALUE. Where it is not installed (Debian's
// package pgbouncer) the test is skipped, but fails where the variable CI is set.
func PgBouncer(t testing.TB, dsn, mode string, settings ...string) string {
	t.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program = "/usr/sbin/pgbouncer"
		if _, err := os.Stat(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("this test needs PgBouncer, and CI is set: %v", err)
			}
			t.Skipf("this test needs PgBouncer: %v", err)
		}
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("the server's URL cannot be read")
	}
	query := u.Query()
	server := "host=" + query.Get("host") + " port=5432"
	if u.Host != "" {
		server = "host=" + u.Hostname() + " port=" + u.Port()
	}
	// A path of a socket is 107 bytes long at most.
	dir, err := os.MkdirTemp("", "pgb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	text := "[databases]\n* = " + server + "\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = " + dir +
		"\nauth_type = trust\nauth_file = " + dir + "/users\npool_mode = " + mode + "\nmax_client_conn = 200\n" +
		strings.ReplaceAll(strings.Join(settings, "\n"), "=", " = ") + "\n"
	for name, content := range map[string]string{"ini": text, "users": fmt.Sprintf("%q \"\"\n", u.User.Username())} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, filepath.Join(dir, "ini"))
	var said bytes.Buffer
	cmd.Dir, cmd.Stderr = dir, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if os.Geteuid() == 0 { // it refuses root
		id, err := postgresUser()
		if err == nil {
			err = os.Chown(dir, int(id.Uid), int(id.Gid))
		}
		if err != nil {
			t.Fatal(err)
		}
		cmd.SysProcAttr.Credential = id
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start PgBouncer: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // it says how it was ended
		if t.Failed() {
			t.Logf("PgBouncer says:\n%s", said.String())
		}
	})
	query.Set("host", dir)
	query.Set("port", "6432")
	u.Host, u.RawQuery = "", query.Encode()
	for range 500 { // the socket is there a moment before it listens
		if conn, err := net.Dial("unix", filepath.Join(dir, ".s.PGSQL.6432")); err == nil {
			_ = conn.Close()
			return u.String()
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("PgBouncer does not listen")
	return ""
}
