package pgtest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// Durability says what a cluster does at a commit.
type Durability bool

// The two kinds of cluster.
const (
	Fast   Durability = false // nothing is synced to disk
	Synced Durability = true  // the server's own defaults
)

// Cluster is a PostgreSQL server with a data directory of its own. It listens
// on a socket in that directory and nowhere else, so that clusters never fight
// over a port and other users cannot connect.
//
// Its databases sort text by French rules, as a server set up in French does,
// so that a query that relies on byte order without saying so fails its test.
type Cluster struct {
	dir      string
	options  string
	watchdog *exec.Cmd
	leash    io.Closer
}

// Start makes a cluster in a temporary directory and starts it. As root it runs
// as the system's user "postgres", since PostgreSQL refuses root. Whatever ends
// the process, the cluster is stopped and its directory removed. Settings of
// the server are written NAME=VALUE.
func Start(durability Durability, settings ...string) (*Cluster, error) {
	c, err := newCluster()
	if err != nil {
		return nil, err
	}
	if durability == Fast {
		c.options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
	}
	for _, setting := range settings {
		c.options += " -c '" + setting + "'"
	}
	return c.created("initdb", "-D", c.data(), "-U", "postgres", "-A", "trust", "--no-sync",
		"-E", "UTF8", "--no-locale", "--locale-provider=icu", "--icu-locale=fr-FR")
}

// Replica starts a streaming replica of the cluster: a cluster of its own, to be
// closed first, whose databases have the same names and cannot be written.
func (c *Cluster) Replica() (*Cluster, error) {
	r, err := newCluster()
	if err != nil {
		return nil, err
	}
	return r.created("pg_basebackup", "-D", r.data(), "-h", c.dir, "-U", "postgres", "--checkpoint=fast", "--write-recovery-conf", "--no-sync")
}

// newCluster makes the directory of a cluster and says how it is started.
func newCluster() (*Cluster, error) {
	dir, err := os.MkdirTemp("", "pgtest")
	if err != nil {
		return nil, err
	}
	return &Cluster{dir: dir, options: "-c listen_addresses='' -c max_connections=200 -k " + dir}, nil
}

// created makes the data directory by a program of PostgreSQL and starts the
// server; nothing is left where that fails.
func (c *Cluster) created(program string, args ...string) (*Cluster, error) {
	err := c.own(c.dir)
	if err == nil {
		err = c.watch()
	}
	if err == nil {
		err = c.run(program, args...)
	}
	if err == nil {
		err = c.start()
	}
	if err != nil {
		return nil, errors.Join(err, c.Close(), os.RemoveAll(c.dir))
	}
	return c, nil
}

// own gives a directory to the user that the server runs as.
func (c *Cluster) own(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	id, err := postgresUser()
	if err != nil {
		return err
	}
	return os.Chown(dir, int(id.Uid), int(id.Gid))
}

// watch starts a process that outlives this one by a moment: it waits for the
// end of its standard input, which closes with this process however that ends,
// then stops the server and removes the directory.
func (c *Cluster) watch() error {
	ctl, err := binary("pg_ctl")
	if err != nil {
		return err
	}
	const script = `trap '' INT TERM HUP; cat
[ ! -f "$2/postmaster.pid" ] || "$1" -D "$2" -m immediate stop
cd / && rm -rf "$3"`
	c.watchdog, err = c.command("/bin/sh", "-c", script, "sh", ctl, c.data(), c.dir)
	if err != nil {
		return err
	}
	if c.leash, err = c.watchdog.StdinPipe(); err != nil {
		return err
	}
	return c.watchdog.Start()
}

// Close stops the server and removes its directory.
func (c *Cluster) Close() error {
	if c.leash == nil {
		return nil
	}
	if err := c.leash.Close(); err != nil {
		return err
	}
	return c.watchdog.Wait()
}

// URL returns the postgres:// URL of the cluster's maintenance database.
func (c *Cluster) URL() string {
	return "postgres://postgres@/postgres?host=" + c.dir + "&sslmode=disable"
}

// CreateDatabase makes an empty database and returns its URL.
func (c *Cluster) CreateDatabase() (string, error) { return createDatabase(c.URL(), "") }

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) start() error {
	log := filepath.Join(c.dir, "log")
	err := c.run("pg_ctl", "-D", c.data(), "-l", log, "-o", c.options, "-w", "start")
	if err != nil {
		text, _ := os.ReadFile(log)
		return fmt.Errorf("%w\n%s", err, text)
	}
	return nil
}

func (c *Cluster) stop(mode string) error {
	return c.run("pg_ctl", "-D", c.data(), "-m", mode, "-w", "stop")
}

func (c *Cluster) run(name string, args ...string) error {
	path, err := binary(name)
	if err != nil {
		return err
	}
	cmd, err := c.command(path, args...)
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// command returns a command that runs as a user whom PostgreSQL accepts, in a
// directory that this user may enter.
func (c *Cluster) command(path string, args ...string) (*exec.Cmd, error) {
	cmd := exec.Command(path, args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Geteuid() == 0 {
		id, err := postgresUser()
		if err != nil {
			return nil, err
		}
		cmd.SysProcAttr.Credential = id
	}
	return cmd, nil
}

func postgresUser() (*syscall.Credential, error) {
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// binary finds a program of PostgreSQL in PATH, or else where Debian keeps
// them, in the highest version.
func binary(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil || len(found) == 0 {
		return "", fmt.Errorf("%s is neither in PATH nor in /usr/lib/postgresql/*/bin (Debian: apt-get install postgresql)", name)
	}
	return found[len(found)-1], nil
}
