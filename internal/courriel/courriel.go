// Package courriel is a way out: what a person has to look at, sent by e-mail at the
// rhythm that they chose.
package courriel

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"log/slog"
	"time"

	mail "github.com/wneessen/go-mail"

	"github.com/passerelle-hub/passerelle/internal/hub"
)

// Options say through which server mails leave.
type Options struct {
	Hote       string // host of the SMTP server
	Port       int
	Compte     string // "" where the server asks for none
	MotDePasse string
	De         string // address of the sender
	TLS        string // "starttls" (mandatory), "tls" (from the first byte) or "aucun"
	Lien       string // address of the console, for links; "" for none
	// Racines are the authorities whose certificates the server may have, nil for those of
	// the system.
	Racines *x509.CertPool
}

// Sender sends the mails that are due.
type Sender struct {
	hub     *hub.Hub
	log     *slog.Logger
	options Options
}

// New returns a Sender.
func New(h *hub.Hub, log *slog.Logger, options Options) *Sender { return &Sender{h, log, options} }

// The times of a Sender.
const (
	look     = 30 * time.Second // between two looks at what is due
	attempts = 20 * time.Second // for one mail to be taken
)

// Run sends until ctx ends; a mail under way finishes.
func (s *Sender) Run(ctx context.Context) {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		if err := s.Send(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("mails not looked at", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Send sends what is due now, one mail after the other.
func (s *Sender) Send(ctx context.Context) error {
	return s.hub.Comptes.NextEnvois(ctx, func(e *hub.Envoi) error {
		whole, cancel := context.WithTimeout(context.WithoutCancel(ctx), attempts)
		defer cancel()
		err := s.send(whole, e)
		if err != nil {
			// The answer of a server may quote the address: it is not logged.
			s.log.Warn("mail not sent, it is tried again", "organisme", e.Organisme, "compte", e.Compte, "attempt", e.Echecs+1)
		}
		return err
	})
}

func (s *Sender) send(ctx context.Context, e *hub.Envoi) error {
	client, err := mail.NewClient(s.options.Hote, s.settings()...)
	if err != nil {
		return fmt.Errorf("prepare a mail: %w", err)
	}
	message, err := s.message(e)
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		return fmt.Errorf("send a mail: %w", err)
	}
	return nil
}

func (s *Sender) settings() []mail.Option {
	settings := []mail.Option{mail.WithPort(s.options.Port), mail.WithTimeout(attempts)}
	switch s.options.TLS {
	case "aucun":
		settings = append(settings, mail.WithTLSPolicy(mail.NoTLS))
	case "tls":
		settings = append(settings, mail.WithSSL())
	default:
		settings = append(settings, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.options.Racines != nil {
		settings = append(settings, mail.WithTLSConfig(&tls.Config{ServerName: s.options.Hote, RootCAs: s.options.Racines, MinVersion: tls.VersionTLS12}))
	}
	if s.options.Compte != "" {
		settings = append(settings, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.options.Compte), mail.WithPassword(s.options.MotDePasse))
	}
	return settings
}

// message writes a mail. Its Message-ID is that of what it tells: where a process dies
// between sending and noting it, the second copy is known as one.
func (s *Sender) message(e *hub.Envoi) (*mail.Msg, error) {
	subject, text, html, err := write(e, s.options.Lien)
	if err != nil {
		return nil, err
	}
	m := mail.NewMsg()
	if err := m.FromFormat("Passerelle", s.options.De); err != nil {
		return nil, fmt.Errorf("write a mail: %w", err)
	}
	if err := m.AddToFormat(e.A.Personne(), e.A.Email); err != nil {
		return nil, fmt.Errorf("write a mail: %w", err)
	}
	m.Subject(subject)
	m.SetDate()
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%d/%s/%d", e.Organisme, e.Compte, e.Resume.Empreinte(), e.Prochain.UnixMilli()))
	m.SetMessageIDWithValue(hex.EncodeToString(sum[:12]) + "@passerelle.invalid")
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(mail.TypeTextPlain, text)
	m.AddAlternativeString(mail.TypeTextHTML, html)
	return m, nil
}
