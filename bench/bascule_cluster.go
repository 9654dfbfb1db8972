package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/template"
	"time"

	_ "embed" // the settings

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

//go:embed bascule_patroni.yml.tmpl
var patroniSettings string

//go:embed bascule_haproxy.cfg.tmpl
var haproxySettings string

// nodes is how many PostgreSQL servers there are.
const nodes = 3

// node is a PostgreSQL server under Patroni.
type node struct {
	Name, Dir, Data   string
	Port, Rest        string // addresses are 127.0.0.1 and these
	Bin, Etcd, Repo   string // what its settings name
	patroni           *exec.Cmd
	patroniEnded      chan struct{}
	SocketDir, Backup string
}

// cluster is three PostgreSQL servers under Patroni with etcd, and HAProxy in front of
// them and of two hubs. Everything lives in one directory and on ports of 127.0.0.1.
type cluster struct {
	dir      string
	nodes    []*node
	leash    io.Closer
	watchdog *exec.Cmd
	ports    map[string]string // what HAProxy listens on: primary, replica, hubs, and where the hubs are
}

// sweep outlives this program by a moment: it waits for the end of its standard input,
// then ends whatever works in the directory, each by its number, and removes it.
const sweep = `trap '' INT TERM HUP; cat
ours() { [ -n "$1" ] && tr '\0' ' ' < /proc/$1/cmdline 2>/dev/null | grep -q "$2"; }
for f in "$1"/*.pid; do p=$(cat "$f"); if ours "$p" "$1"; then kill -CONT "$p"; kill -KILL "$p"; fi; done
for f in "$1"/*/data/postmaster.pid; do
	p=$(head -n 1 "$f" 2>/dev/null); ours "$p" "$1" || continue
	for c in $p $(cat /proc/$p/task/$p/children); do kill -CONT "$c"; done
	kill -QUIT "$p"
	n=0; while ours "$p" "$1" && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
done
cd / && rm -rf "$1"`

// startCluster sets it up and waits until it is complete.
func startCluster(ctx context.Context) (c *cluster, err error) {
	dir, err := os.MkdirTemp("", "bascule")
	if err != nil {
		return nil, err
	}
	c = &cluster{dir: dir, ports: map[string]string{}}
	if err := errors.Join(pgtest.Own(dir), c.watch()); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := c.set(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *cluster) watch() (err error) {
	if c.watchdog, err = pgtest.Command(c.dir, "sh", "-c", sweep, "sh", c.dir); err != nil {
		return err
	}
	if c.leash, err = c.watchdog.StdinPipe(); err != nil {
		return err
	}
	return c.watchdog.Start()
}

// Close ends everything that was started and removes the directory.
func (c *cluster) Close() error {
	return errors.Join(c.leash.Close(), c.watchdog.Wait())
}

func (c *cluster) set(ctx context.Context) error {
	free, err := freePorts(13)
	if err != nil {
		return err
	}
	bin, err := pgtest.Programs()
	if err != nil {
		return err
	}
	for i, name := range []string{"primary", "replica", "hubs", "hub1", "hub2"} {
		c.ports[name] = free[2+i]
	}
	etcd := "http://127.0.0.1:" + free[0]
	peer := "http://127.0.0.1:" + free[1]
	// The v2 interface: with the other one Patroni before 3.0.3 lets a leader that was
	// frozen take its lock back.
	if err := c.start("etcd", "etcd", "--name", "e", "--data-dir", c.dir+"/etcd", "--enable-v2", "--listen-client-urls", etcd, "--advertise-client-urls", etcd,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "e="+peer); err != nil {
		return err
	}
	for i := range nodes {
		n := &node{Name: fmt.Sprint("n", i+1), Port: free[7+2*i], Rest: free[8+2*i], Bin: bin, Etcd: "127.0.0.1:" + free[0], Repo: c.dir + "/repo"}
		n.Dir = filepath.Join(c.dir, n.Name)
		n.Data, n.SocketDir, n.Backup = n.Dir+"/data", n.Dir, n.Dir+"/pgbackrest.conf"
		if err := errors.Join(os.MkdirAll(n.Dir, 0o700), pgtest.Own(n.Dir), c.write(n.Dir+"/patroni.yml", patroniSettings, n), c.writeBackup(n)); err != nil {
			return err
		}
		c.nodes = append(c.nodes, n)
	}
	for _, n := range c.nodes {
		if err := c.startNode(n); err != nil {
			return err
		}
	}
	if err := c.write(c.dir+"/haproxy.cfg", haproxySettings, map[string]any{"Nodes": c.nodes, "Ports": c.ports}); err != nil {
		return err
	}
	if err := c.start("haproxy", "haproxy", "-db", "-f", c.dir+"/haproxy.cfg"); err != nil {
		return err
	}
	if err := c.complete(ctx, 3*time.Minute); err != nil {
		return err
	}
	return c.createDatabase(ctx)
}

// freePorts returns ports of 127.0.0.1 that nobody listens on, each once.
func freePorts(n int) (ports []string, err error) {
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		ports = append(ports, strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))
	}
	return ports, nil
}

func (c *cluster) createDatabase(ctx context.Context) (err error) {
	for range 60 {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(ctx, c.url("primary", "postgres")); err == nil {
			_, err = conn.Exec(ctx, "CREATE DATABASE passerelle")
			return errors.Join(err, conn.Close(ctx))
		}
		time.Sleep(time.Second)
	}
	return err
}

// url is that of a database behind one of HAProxy's lists.
func (c *cluster) url(list, database string) string {
	return "postgres://postgres@127.0.0.1:" + c.ports[list] + "/" + database + "?sslmode=disable"
}

func (c *cluster) write(path, text string, values any) error {
	t, err := template.New(filepath.Base(path)).Option("missingkey=error").Parse(text)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, values); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(path, out.Bytes(), 0o600), pgtest.Own(path))
}

// start starts a program in the background; what it says goes to a file.
func (c *cluster) start(name, program string, args ...string) error {
	_, _, err := c.startProcess(name, program, args...)
	return err
}

func (c *cluster) startProcess(name, program string, args ...string) (*exec.Cmd, chan struct{}, error) {
	cmd, err := pgtest.Command(c.dir, program, args...)
	if err != nil {
		return nil, nil, err
	}
	log, err := os.OpenFile(c.dir+"/"+name+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(os.Environ(), "HOME="+c.dir)
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", name, err)
	}
	pid := c.dir + "/" + name + ".pid"
	if err := errors.Join(os.WriteFile(pid, []byte(strconv.Itoa(cmd.Process.Pid)), 0o600), pgtest.Own(pid)); err != nil {
		return nil, nil, err
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }() // whoever ends it knows why
	return cmd, ended, nil
}

func (c *cluster) startNode(n *node) (err error) {
	n.patroni, n.patroniEnded, err = c.startProcess(n.Name, "patroni", n.Dir+"/patroni.yml")
	return err
}

// patroniMember is what Patroni says of a node.
type patroniMember struct{ Name, Role, State string }

// members asks the nodes, of whom one at least answers, who is what.
func (c *cluster) members(ctx context.Context) ([]patroniMember, error) {
	client := &http.Client{Timeout: 2 * time.Second}
	var failed error
	for _, n := range c.nodes {
		request, err := http.NewRequestWithContext(ctx, "GET", "http://127.0.0.1:"+n.Rest+"/cluster", nil)
		if err != nil {
			return nil, err
		}
		response, err := client.Do(request)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		var found struct{ Members []patroniMember }
		err = errors.Join(json.NewDecoder(response.Body).Decode(&found), response.Body.Close())
		if err == nil {
			return found.Members, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

// complete waits until there is a leader, a synchronous standby and every other node.
func (c *cluster) complete(ctx context.Context, patience time.Duration) error {
	var last []patroniMember
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(500 * time.Millisecond) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if last, err = c.members(ctx); err != nil {
			continue
		}
		roles, up := map[string]int{}, 0
		for _, m := range last {
			roles[m.Role]++
			if m.State == "running" || m.State == "streaming" {
				up++
			}
		}
		if roles["leader"] == 1 && roles["sync_standby"] == 1 && up == nodes {
			return nil
		}
	}
	return fmt.Errorf("the cluster is not complete after %v: %v %w", patience, last, err)
}

// leading returns the node that leads once its server runs: on a busy machine Patroni may
// be about to start it again.
func (c *cluster) leading(ctx context.Context) (n *node, err error) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); err = errors.Join(err, sleep(ctx, time.Second)) {
		if err = c.complete(ctx, 3*time.Minute); err != nil {
			return nil, err
		}
		if n, err = c.leader(ctx); err == nil {
			if _, err = n.postmaster(); err == nil {
				return n, nil
			}
		}
	}
	return nil, err
}

// leader returns the node that leads.
func (c *cluster) leader(ctx context.Context) (*node, error) {
	found, err := c.members(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range found {
		for _, n := range c.nodes {
			if m.Role == "leader" && m.Name == n.Name {
				return n, nil
			}
		}
	}
	return nil, errors.New("no node leads")
}

// postmaster returns the number of the node's server.
func (n *node) postmaster() (int, error) {
	text, err := os.ReadFile(n.Data + "/postmaster.pid")
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return 0, err
	}
	if line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err != nil || !strings.Contains(string(line), n.Data) {
		return 0, fmt.Errorf("the server of %s does not run", n.Name)
	}
	return pid, nil
}

// signalServer sends a signal to the node's server and its processes.
func (n *node) signalServer(signal syscall.Signal) error {
	pid, err := n.postmaster()
	if err != nil {
		return err
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return err
	}
	failed := syscall.Kill(pid, signal)
	for _, child := range strings.Fields(string(children)) {
		if id, err := strconv.Atoi(child); err == nil {
			_ = syscall.Kill(id, signal) // it may have ended
		}
	}
	return failed
}
