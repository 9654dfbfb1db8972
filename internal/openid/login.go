package openid

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Attempt is what a browser must keep to itself between leaving for the
// provider and coming back.
type Attempt struct {
	State, Nonce, Verifier string
}

// String writes the attempt for a cookie.
func (a Attempt) String() string { return a.State + "." + a.Nonce + "." + a.Verifier }

// ParseAttempt reads what String wrote; ok is false for anything else.
func ParseAttempt(text string) (a Attempt, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 || parts[0] == "" || parts[1] == "" || parts[2] == "" {
		return a, false
	}
	return Attempt{parts[0], parts[1], parts[2]}, true
}

// Begin returns a new attempt and the address at the provider that the browser
// goes to. The error is ErrUnreachable where the provider does not answer.
func (p *Provider) Begin(ctx context.Context) (a Attempt, address string, err error) {
	found, err := p.discoverSince(ctx, askSoon)
	if err != nil {
		return a, "", err
	}
	a = Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	return a, found.oauth.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// The ways in which a person who comes back is not identified.
var (
	ErrState      = errors.New("the answer is not to this browser's attempt")
	ErrRefused    = errors.New("the provider or the person refused")
	ErrToken      = errors.New("the provider's token is not valid")
	ErrUnverified = errors.New("the provider has not verified the e-mail address")
	ErrNoRole     = errors.New("no role is given to the person")
)

// Finish says who came back with the query of an address. Beside the errors
// above it returns ErrUnreachable.
func (p *Provider) Finish(ctx context.Context, a Attempt, query url.Values) (Identity, error) {
	if a.State == "" || subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(a.State)) != 1 {
		return Identity{}, ErrState
	}
	if code := query.Get("error"); code != "" {
		return Identity{}, fmt.Errorf("%w: %.40q", ErrRefused, code)
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := found.oauth.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(a.Verifier))
	if err != nil && !spent(err) {
		// The endpoint may be another by now; where it is not, the code was not taken.
		if again, failed := p.discoverSince(ctx, askSoon); failed == nil && again.oauth.Endpoint != found.oauth.Endpoint {
			found = again
			token, err = found.oauth.Exchange(ctx, query.Get("code"), oauth2.VerifierOption(a.Verifier))
		}
	}
	if err != nil {
		return Identity{}, exchangeError(err)
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := found.provider.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil {
		// It may sign with another algorithm, or other keys, by now.
		if again, failed := p.discoverSince(ctx, askSoon); failed == nil && again != found {
			found = again
			verified, err = found.provider.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
		}
	}
	if err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(a.Nonce)) != 1 {
		return Identity{}, fmt.Errorf("%w: another nonce", ErrToken)
	}
	claims := map[string]any{}
	if err := verified.Claims(&claims); err != nil {
		return Identity{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if p.lacks(claims) && found.provider.UserInfoEndpoint() != "" {
		if err := p.complete(ctx, found, token, verified.Subject, claims); err != nil {
			return Identity{}, err
		}
	}
	return p.identity(claims)
}

// spent reports whether the provider looked at the code, and so refused it.
func spent(err error) bool {
	var refused *oauth2.RetrieveError
	return errors.As(err, &refused) && refused.ErrorCode != ""
}

// exchangeError tells a code that the provider refuses from a provider that
// does not answer. What it answered stays out of it: it may name the person.
func exchangeError(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return fmt.Errorf("%w: the code is refused: %d %.40q", ErrToken, refused.Response.StatusCode, refused.ErrorCode)
	}
	return fmt.Errorf("%w: %w", ErrUnreachable, err)
}

// complete adds what the token leaves out and the provider tells on demand. The
// token's own claims stand.
func (p *Provider) complete(ctx context.Context, found *discovered, token *oauth2.Token, subject string, claims map[string]any) error {
	info, err := found.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		if again, failed := p.discoverSince(ctx, askSoon); failed == nil && again.provider.UserInfoEndpoint() != found.provider.UserInfoEndpoint() {
			info, err = again.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		}
	}
	if err != nil {
		// Its text may quote the answer, which names the person.
		return fmt.Errorf("%w: no answer about the person", ErrUnreachable)
	}
	if info.Subject != subject {
		return fmt.Errorf("%w: the provider tells of someone else", ErrToken)
	}
	more := map[string]json.RawMessage{}
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("%w: %w", ErrToken, err)
	}
	// An address and whether it is verified come from one place.
	if _, told := claims["email"]; told {
		delete(more, "email_verified")
	} else {
		delete(claims, "email_verified")
	}
	for name, value := range more {
		if _, told := claims[name]; told {
			continue
		}
		var decoded any
		if json.Unmarshal(value, &decoded) == nil {
			claims[name] = decoded
		}
	}
	return nil
}
