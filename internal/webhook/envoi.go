// Package webhook delivers events to the addresses that organismes named: it
// signs them as Standard Webhooks says, sends them, and decides what an answer
// means. What is delivered, to whom and when is the hub's.
package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/sortie"
)

const (
	attemptTime = 10 * time.Second // for one attempt, from the name to the end of the answer
	answerRead  = 64 << 10         // bytes of an answer that are read, and thrown away
)

// sender makes single attempts.
type sender struct {
	client *http.Client
	http   bool // http: is allowed
	now    func() time.Time
}

func newSender(h *hub.Hub) *sender {
	policy := h.Webhooks.PolitiqueWebhooks()
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if !policy.Prive {
		dialer.Control = sortie.OnlyPublic
	}
	transport := &http.Transport{
		Proxy:                  nil, // a proxy would hide the address that is checked
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    5 * time.Second,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // nobody reads the answer
		MaxResponseHeaderBytes: 16 << 10,
		MaxIdleConns:           workers,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}
	return &sender{http: policy.HTTP, now: h.Now, client: &http.Client{
		Transport:     transport,
		Timeout:       attemptTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// sign returns the webhook-signature header: one signature for each secret.
func sign(secrets []string, id string, at time.Time, body []byte) (string, error) {
	signatures := make([]string, len(secrets))
	for i, secret := range secrets {
		w, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return "", errors.New("a stored secret of a webhook is not usable") // the library's error quotes it
		}
		if signatures[i], err = w.Sign(id, at, body); err != nil {
			return "", fmt.Errorf("sign: %w", err)
		}
	}
	return strings.Join(signatures, " "), nil
}

// send makes one attempt. Whatever goes wrong outside is in the Essai; err is this
// side's fault.
func (s *sender) send(ctx context.Context, b *domaine.Bail, l *domaine.Livraison) (hub.Essai, error) {
	address, err := url.Parse(b.URL)
	if err != nil {
		return hub.Essai{}, errors.New("the stored address of a webhook is not usable")
	}
	if address.Scheme != "https" && !s.http {
		return hub.Essai{Erreur: domaine.ErreurSchema}, nil
	}
	at := s.now()
	signature, err := sign(b.Secrets, l.Evenement, at, l.Contenu)
	if err != nil {
		return hub.Essai{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.URL, bytes.NewReader(l.Contenu))
	if err != nil {
		return hub.Essai{}, errors.New("the stored address of a webhook is not usable")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "Passerelle")
	request.Header.Set(standardwebhooks.HeaderWebhookID, l.Evenement)
	request.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	response, err := s.client.Do(request)
	if err != nil {
		return hub.Essai{Erreur: reason(err)}, nil
	}
	defer response.Body.Close()
	// Read to its end, a short answer leaves the connection for the next event.
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, answerRead))
	essai := hub.Essai{Statut: response.StatusCode}
	switch code := response.StatusCode; {
	case code >= 200 && code < 300:
	case code >= 300 && code < 400:
		essai.Erreur = domaine.ErreurRedirection
	default:
		essai.Erreur = domaine.ErreurStatut
		if code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
			essai.Attendre = retryAfter(response.Header.Get("Retry-After"), at)
		}
	}
	return essai, nil
}

// retryAfter reads the header of that name, 0 where it says nothing.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 24); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// reason tells why there was no answer. The error itself names the address, which
// may hold a secret, and is not kept.
func reason(err error) domaine.ErreurLivraison {
	var (
		timeout     interface{ Timeout() bool }
		name        *net.DNSError
		verify      *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		authority   x509.UnknownAuthorityError
		hostname    x509.HostnameError
		certificate x509.CertificateInvalidError
		alert       tls.AlertError
	)
	switch {
	case errors.Is(err, sortie.ErrInside):
		return domaine.ErreurAdresse
	case errors.As(err, &name):
		return domaine.ErreurNom
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &verify), errors.As(err, &record), errors.As(err, &authority), errors.As(err, &hostname), errors.As(err, &certificate), errors.As(err, &alert):
		return domaine.ErreurTLS
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return domaine.ErreurDelai
	}
	return domaine.ErreurConnexion
}
