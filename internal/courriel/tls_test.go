package courriel_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/courriel"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// gardee is a mailbox behind a login.
type gardee struct {
	*boite
	mu      sync.Mutex
	tls     bool     // the last login came over TLS
	essayes []string // accounts that were tried
}

func (g *gardee) NewSession(c *smtp.Conn) (smtp.Session, error) {
	return &sessionGardee{session: session{g.boite}, g: g, conn: c}, nil
}

type sessionGardee struct {
	session
	g     *gardee
	conn  *smtp.Conn
	known bool
}

func (s *sessionGardee) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *sessionGardee) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, account, password string) error {
		s.g.mu.Lock()
		defer s.g.mu.Unlock()
		_, s.g.tls = s.conn.TLSConnectionState()
		s.g.essayes = append(s.g.essayes, account)
		if account != "passerelle" || password != motDePasse {
			return errors.New("wrong account or password")
		}
		s.known = true
		return nil
	}), nil
}

func (s *sessionGardee) Mail(from string, _ *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	return nil
}

const motDePasse = "un mot de passe de serveur"

// certificat is one for 127.0.0.1, with the authority that vouches for it.
func certificat(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server.TLS.Certificates[0], roots
}

// Over TLS, with an account: a mail is taken, and the password goes nowhere else.
func TestMailsLeaveOverTLSWithAnAccount(t *testing.T) {
	t.Parallel()
	own, roots := certificat(t)
	for _, tt := range []struct {
		name     string
		mode     string // what the sender asks for
		offers   string // "starttls", "tls" or "" for a server in clear
		password string
		roots    *x509.CertPool
		want     bool // the mail is taken
		tried    bool // the server sees the account
	}{
		{"starttls", "starttls", "starttls", motDePasse, roots, true, true},
		{"tls from the first byte", "tls", "tls", motDePasse, roots, true, true},
		{"a wrong password", "starttls", "starttls", "faux", roots, false, true},
		{"a server that offers no TLS", "starttls", "", motDePasse, roots, false, false},
		{"a certificate that nobody vouches for", "starttls", "starttls", motDePasse, nil, false, false},
		{"the same from the first byte", "tls", "tls", motDePasse, nil, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			s := apitest.New(t, "sqlite")
			o := s.Production(t, "CFA Horizon")
			c, err := s.Hub.Comptes.CreateCompte(ctx, domaine.Compte{OrganismeID: o.ID, Email: "ada@cfa.example", Prenom: "Ada", Nom: "Martin", Role: domaine.RoleLecture}, "une phrase pour les tests")
			if err != nil {
				t.Fatal(err)
			}
			o.Post(t, "/api/sync/v1/contrats", apitest.Numbered(3)).Want(t, 200)
			if err := s.Hub.Comptes.SetCourrier(ctx, o.ID, c.ID, domaine.CourrielAussitot); err != nil {
				t.Fatal(err)
			}

			g := &gardee{boite: &boite{}}
			server := smtp.NewServer(g)
			server.Domain, server.ReadTimeout, server.ErrorLog = "courriel.example", 10*time.Second, quiet{}
			if tt.offers == "starttls" {
				server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
			}
			if tt.offers == "" {
				server.AllowInsecureAuth = true // it would take the password in clear
			}
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			port := listener.Addr().(*net.TCPAddr).Port
			if tt.offers == "tls" {
				listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12})
			}
			go func() { _ = server.Serve(listener) }()
			t.Cleanup(func() { _ = server.Close() })

			var logs bytes.Buffer
			sender := courriel.New(s.Hub, slog.New(slog.NewTextHandler(&logs, nil)), courriel.Options{Hote: "127.0.0.1", Port: port, De: "passerelle@cfa.example",
				TLS: tt.mode, Compte: "passerelle", MotDePasse: tt.password, Racines: tt.roots})
			if err := sender.Send(ctx); err != nil {
				t.Fatal(err)
			}
			if got := g.received(); (len(got) == 1) != tt.want {
				t.Errorf("%d mails are taken: %s", len(got), logs.String())
			}
			g.mu.Lock()
			defer g.mu.Unlock()
			if (len(g.essayes) > 0) != tt.tried || tt.tried && !g.tls {
				t.Errorf("the server saw the accounts %v, over TLS: %v", g.essayes, g.tls)
			}
			if tt.want {
				if subject, parts := read(t, g.received()[0]); !strings.Contains(subject, "à regarder") || parts["text/plain"] == "" || parts["text/html"] == "" {
					t.Errorf("the mail is %q with %d parts", subject, len(parts))
				}
			}
			a, err := s.Hub.Comptes.Courrier(ctx, o.ID, c.ID)
			if err != nil || (a.Echecs == 0) != tt.want {
				t.Errorf("%d failures are counted (%v)", a.Echecs, err)
			}
			for _, secret := range []string{motDePasse, "ada@cfa.example"} {
				if strings.Contains(logs.String(), secret) {
					t.Errorf("the log holds %q", secret)
				}
			}
		})
	}
}

// quiet is a log that says nothing.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
