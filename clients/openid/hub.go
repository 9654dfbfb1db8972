package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// hub is the process of a hub.
type hub struct {
	program, database, address string
	cmd                        *exec.Cmd
	log                        logged
}

// logged is a log that is read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// prepare makes an account for the person.
func (h *hub) prepare() error {
	for _, arguments := range [][]string{
		{"organisme", "create", "--nom", "CFA Horizon"},
		{"compte", "create", "--organisme", "1", "--email", email, "--prenom", "Ada", "--nom", "Martin", "--role", "administration"},
	} {
		if out, err := exec.Command(h.program, append(arguments, "--db", h.database)...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(arguments, " "), err, out)
		}
	}
	return nil
}

// serve starts the hub with an issuer, and waits for what its log then says.
func (h *hub) serve(p *provider, issuer, says string) error {
	h.cmd = exec.Command(h.program, "serve", "--db", h.database, "--addr", h.address, "--public-url", "http://"+h.address,
		"--oidc-issuer", issuer, "--oidc-client-id", "passerelle", "--oidc-only", "--oidc-name", "Connexion du CFA")
	h.cmd.Env = append(os.Environ(), "PASSERELLE_OIDC_CLIENT_SECRET="+p.secret)
	h.log = logged{}
	h.cmd.Stderr = &h.log
	if err := h.cmd.Start(); err != nil {
		return err
	}
	for range 100 {
		if strings.Contains(h.log.String(), says) {
			return listens(h.address)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the hub does not say %q:\n%s", says, h.log.String())
}

// spelling starts the hub with an issuer that the provider spells otherwise.
func (h *hub) spelling(p *provider) error {
	other := p.issuer + "/"
	if err := h.serve(p, other, "set --oidc-issuer to exactly that"); err != nil {
		return err
	}
	for line := range strings.Lines(h.log.String()) {
		if strings.Contains(line, "exactly that") && !strings.Contains(line, p.issuer+`\"`) {
			return fmt.Errorf("%q is not how the provider writes %s", line, p.issuer)
		}
	}
	h.stop()
	fmt.Printf("started with %s, the hub says that it is written %s\n", other, p.issuer)
	return nil
}

func (h *hub) stop() { end(h.cmd); h.cmd = nil }
