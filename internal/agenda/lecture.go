package agenda

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/passerelle-hub/passerelle/internal/sortie"
)

// Politique says where calendars may be read.
type Politique struct {
	HTTP  bool // without TLS
	Prive bool // at addresses of inside networks
}

const (
	readTime     = 10 * time.Second // for the whole of it, redirects included
	maxRedirects = 3
	atOnce       = 4 // calendars that one process reads at the same time
)

// Lecteur fetches calendars.
type Lecteur struct {
	policy Politique
	client *http.Client
	places chan struct{}
}

// Raison is why a calendar was not read: a French sentence for who gave its address,
// which names neither the address, since it may hold a secret, nor what answers there.
type Raison string

func (r Raison) Error() string { return string(r) }

func raisonf(format string, args ...any) error { return Raison(fmt.Sprintf(format, args...)) }

// NewLecteur returns a Lecteur that goes where a policy lets it.
func NewLecteur(policy Politique) *Lecteur {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if !policy.Prive {
		dialer.Control = sortie.OnlyPublic
	}
	l := &Lecteur{policy: policy, places: make(chan struct{}, atOnce)}
	l.client = &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // a proxy would hide the address that is checked
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    5 * time.Second,
			MaxResponseHeaderBytes: 16 << 10,
			MaxIdleConns:           atOnce,
			IdleConnTimeout:        30 * time.Second,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		},
		Timeout: readTime,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > maxRedirects {
				return errRedirects
			}
			return l.allowed(r.URL)
		},
	}
	return l
}

// What may be wrong with an address or with what answers there.
var (
	errRedirects = errors.New("too many redirects")
	errScheme    = errors.New("not https")
	errAddress   = errors.New("no address")
)

// Adresse returns an address as it is fetched (webcal: is https:), or why it is none
// that may be, as a Raison.
func (l *Lecteur) Adresse(text string) (string, error) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "webcal://"); ok {
		text = "https://" + rest
	}
	parsed, err := url.Parse(text)
	if err == nil {
		err = l.allowed(parsed)
	}
	switch {
	case errors.Is(err, errScheme):
		return "", Raison("L’adresse du calendrier doit commencer par https:// (ou webcal://).")
	case err != nil:
		return "", Raison("L’adresse du calendrier n’en est pas une : donnez celle du fichier .ics, qui commence par https://, sans nom d’utilisateur.")
	}
	return parsed.String(), nil
}

func (l *Lecteur) allowed(u *url.URL) error {
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !l.policy.HTTP):
		return errScheme
	case u.Hostname() == "" || u.User != nil:
		return errAddress
	}
	return nil
}

// Fetch reads the calendar at an address. The error is a Raison.
func (l *Lecteur) Fetch(ctx context.Context, address string, zone *time.Location) (*Agenda, error) {
	select {
	case l.places <- struct{}{}:
		defer func() { <-l.places }()
	case <-ctx.Done():
		return nil, Raison("Le calendrier n’a pas été lu : trop de calendriers sont lus en même temps.")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, Raison("L’adresse du calendrier n’en est pas une.")
	}
	request.Header.Set("User-Agent", "Passerelle")
	request.Header.Set("Accept", "text/calendar")
	response, err := l.client.Do(request)
	if err != nil {
		return nil, Raison(reason(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, raisonf("Le serveur du calendrier a répondu %d : vérifiez l’adresse, et qu’elle s’ouvre sans mot de passe.", response.StatusCode)
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, MaxTaille+1))
	switch {
	case err != nil:
		return nil, Raison(reason(err))
	case len(text) > MaxTaille:
		return nil, raisonf("Le calendrier dépasse %d Mo.", MaxTaille>>20)
	}
	a, err := Parse(text, zone)
	if err != nil {
		return nil, raisonf("Ce qui se trouve à cette adresse n’est pas un calendrier iCalendar (.ics), ou compte plus de %d événements.", MaxEvenements)
	}
	return a, nil
}

func reason(err error) string {
	var timeout interface{ Timeout() bool }
	var name *net.DNSError
	switch {
	case errors.Is(err, sortie.ErrInside):
		return "L’adresse du calendrier mène à un réseau interne, que ce serveur n’appelle pas."
	case errors.Is(err, errRedirects), errors.Is(err, errScheme), errors.Is(err, errAddress):
		return "L’adresse du calendrier renvoie ailleurs, trop de fois ou hors de https : donnez l’adresse finale."
	case errors.As(err, &name):
		return "Le nom du serveur du calendrier est inconnu : vérifiez l’adresse."
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("Le serveur du calendrier n’a pas tout donné en %d secondes.", int(readTime.Seconds()))
	}
	return "Le serveur du calendrier ne répond pas, ou son certificat n’est pas valable."
}
