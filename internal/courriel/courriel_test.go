package courriel_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/courriel"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// boite is a real SMTP server that keeps what it takes.
type boite struct {
	mu      sync.Mutex
	pleine  bool // it takes nothing
	lettres []string
	a       []string
}

func (b *boite) NewSession(*smtp.Conn) (smtp.Session, error) { return session{b}, nil }

type session struct{ *boite }

func (s session) Reset()                               {}
func (s session) Logout() error                        { return nil }
func (s session) Mail(string, *smtp.MailOptions) error { return nil }
func (s session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pleine {
		return errors.New("mailbox full")
	}
	s.a = append(s.a, to)
	return nil
}

func (s session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lettres = append(s.lettres, string(text))
	return err
}

func (b *boite) received() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.lettres...)
}

func (b *boite) fill(full bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pleine = full
}

func newBoite(t *testing.T) (*boite, courriel.Options) {
	t.Helper()
	b := &boite{}
	server := smtp.NewServer(b)
	server.Domain = "courriel.example"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return b, courriel.Options{Hote: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port, De: "passerelle@cfa.example", TLS: "aucun", Lien: "https://passerelle.cfa.example"}
}

// Who asked to be told at once gets one mail, as text and as HTML, of several processes
// that look at the same moment; and no second one while nothing changes.
func TestAMailTellsOnceWhatThereIsToLookAt(t *testing.T) {
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		ctx := context.Background()
		o := s.Production(t, "CFA Horizon")
		c, err := s.Hub.Comptes.CreateCompte(ctx, domaine.Compte{OrganismeID: o.ID, Email: "ada@cfa.example", Prenom: "Ada", Nom: "Martin", Role: domaine.RoleLecture}, "une phrase pour les tests")
		if err != nil {
			t.Fatal(err)
		}
		b, options := newBoite(t)
		log := slog.New(slog.DiscardHandler)
		first, second := courriel.New(s.Hub, log, options), courriel.New(s.Hub, log, options)
		both := func() {
			var senders sync.WaitGroup
			for _, sender := range []*courriel.Sender{first, second} {
				senders.Go(func() {
					if err := sender.Send(ctx); err != nil {
						t.Error(err)
					}
				})
			}
			senders.Wait()
		}
		if err := s.Hub.Comptes.SetCourrier(ctx, o.ID, c.ID, domaine.CourrielAussitot); err != nil {
			t.Fatal(err)
		}
		both()
		if n := len(b.received()); n != 0 {
			t.Fatalf("%d mails where there is nothing to look at", n)
		}
		list := apitest.Numbered(12)
		o.Post(t, "/api/sync/v1/contrats", list).Want(t, 200)
		b.fill(true)
		both()
		if a, err := s.Hub.Comptes.Courrier(ctx, o.ID, c.ID); err != nil || a.Echecs != 1 || !a.Prochain.After(s.Hub.Now()) || len(b.received()) != 0 {
			t.Fatalf("a server that takes nothing: %+v, %v", a, err)
		}
		b.fill(false)
		if err := s.Hub.Comptes.SetCourrier(ctx, o.ID, c.ID, domaine.CourrielAussitot); err != nil { // now, instead of in a minute
			t.Fatal(err)
		}
		both()
		both()
		got := b.received()
		if len(got) != 1 {
			t.Fatalf("%d mails", len(got))
		}
		subject, parts := read(t, got[0])
		if subject != "CFA Horizon : 1\u00a0point à regarder" {
			t.Errorf("subject %q", subject)
		}
		for kind, want := range map[string][]string{
			"text/plain": {"Bonjour Ada,", "12\u00a0contrats hors session.", "https://passerelle.cfa.example/modeles"},
			"text/html":  {"Bonjour Ada,", "12\u00a0contrats hors session.", `<a href="https://passerelle.cfa.example/modeles">`},
		} {
			for _, text := range want {
				if !strings.Contains(parts[kind], text) {
					t.Errorf("%s lacks %q:\n%s", kind, text, parts[kind])
				}
			}
			for _, person := range []string{list[0].NomApprenant, list[0].EmailApprenant} {
				if strings.Contains(parts[kind], person) {
					t.Errorf("%s names an apprentice", kind)
				}
			}
		}
	})
}

// read returns the subject of a mail and its parts by kind, decoded.
func read(t *testing.T, letter string) (subject string, parts map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(letter))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	_, with, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	for reader := multipart.NewReader(m.Body, with["boundary"]); ; {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return subject, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = string(text)
	}
}

// Mails of a day or a week leave in the morning of Paris, whatever the season.
func TestMailsLeaveInTheMorning(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rythme    domaine.RythmeCourriel
		now, want string
	}{
		{domaine.CourrielJour, "2026-11-28T05:59:00Z", "2026-11-28T06:00:00Z"},
		{domaine.CourrielJour, "2026-11-28T06:00:00Z", "2026-11-29T06:00:00Z"},
		{domaine.CourrielJour, "2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"}, // the night of the change
		{domaine.CourrielSemaine, "2026-11-28T06:00:00Z", "2026-11-30T06:00:00Z"},
		{domaine.CourrielSemaine, "2026-07-06T04:00:00Z", "2026-07-06T05:00:00Z"},
		{domaine.CourrielAussitot, "2026-07-06T04:00:00Z", "2026-07-06T04:00:00Z"},
	} {
		now, _ := time.Parse(time.RFC3339, c.now)
		if got := c.rythme.Apres(now, hub.Paris).UTC().Format(time.RFC3339); got != c.want {
			t.Errorf("%s after %s: %s, want %s", c.rythme, c.now, got, c.want)
		}
	}
}
