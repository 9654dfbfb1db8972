// Command openid has a person log in to a real hub at a real OpenID Connect provider, and the
// provider change between two logins. scripts/clients openid runs it:
//
//	openid -hub ./passerelle -changes keys,algorithm,endpoints PROVIDER [ARGUMENT…]
//
// The provider is a program that serves on 127.0.0.1:$PORT, knows the client passerelle with
// $CLIENT_SECRET and $REDIRECT_URI, lets ada@cfa.example in with the password motdepasse, and
// is started again with each of the changes in $CHANGES: other keys, another algorithm of its
// signatures, other endpoints. Its first line on stdout is its issuer.
package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	email    = "ada@cfa.example"
	password = "motdepasse"
)

func main() {
	hub := flag.String("hub", "./passerelle", "the hub's program")
	changes := flag.String("changes", "keys", "what the provider can change, separated by commas")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*hub, strings.Split(*changes, ","), flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "openid:", err)
		os.Exit(1)
	}
}

func run(program string, changes, command []string) error {
	dir, err := os.MkdirTemp("", "openid")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	h := &hub{program: program, database: dir + "/hub.db", address: free()}
	p := &provider{command: command, address: free(), secret: rand.Text(), redirect: "http://" + h.address + "/connexion/retour"}
	defer func() { p.stop(); h.stop() }()
	if err := h.prepare(); err != nil {
		return err
	}
	if err := p.start(""); err != nil {
		return err
	}
	if err := h.spelling(p); err != nil {
		return err
	}
	if err := h.serve(p, p.issuer, "the OpenID Connect provider answers"); err != nil {
		return err
	}
	way, err := login(h.address)
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	fmt.Println("discovery, and a login by code with PKCE:", way)
	for i, change := range changes {
		p.stop()
		// What a hub learnt a moment ago it does not doubt: see askSoon in internal/openid.
		time.Sleep(6 * time.Second)
		if err := p.start(strings.Join(changes[:i+1], ",")); err != nil {
			return err
		}
		way, err := login(h.address)
		if err != nil {
			return fmt.Errorf("login after other %s: %w\n%s", change, err, h.log.String())
		}
		fmt.Printf("a login after other %s: %s\n", change, way)
	}
	return nil
}

// free returns an address of this machine at which nobody listens.
func free() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err) // a machine without a loopback
	}
	defer listener.Close()
	return listener.Addr().String()
}

// listens waits until somebody listens at an address.
func listens(address string) error {
	for range 200 {
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			return conn.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return errors.New("nobody listens at " + address)
}

// end ends a process that was started here, and waits for it.
func end(cmd *exec.Cmd) {
	if cmd == nil || cmd.Process == nil {
		return
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	hard := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
	defer hard.Stop()
	_ = cmd.Wait() // it says how it was ended
}

// provider is the process of the provider.
type provider struct {
	command                           []string
	address, secret, redirect, issuer string
	cmd                               *exec.Cmd
}

func (p *provider) start(changes string) error {
	_, port, err := net.SplitHostPort(p.address)
	if err != nil {
		return err
	}
	p.cmd = exec.Command(p.command[0], p.command[1:]...)
	p.cmd.Env = append(os.Environ(), "PORT="+port, "CLIENT_SECRET="+p.secret, "REDIRECT_URI="+p.redirect, "CHANGES="+changes)
	p.cmd.Stderr = os.Stderr
	said, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	first, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the provider says no issuer: %w", err)
	}
	p.issuer = strings.TrimSpace(first)
	return listens(p.address)
}

func (p *provider) stop() { end(p.cmd); p.cmd = nil }
