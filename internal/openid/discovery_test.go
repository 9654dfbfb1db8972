package openid

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/openid/openidtest"
)

func TestAProviderThatChangesIsAskedAgain(t *testing.T) {
	t.Parallel()
	idp := openidtest.Start(t, openidtest.Claims{"email": "ada@cfa.example", "email_verified": true})
	p, err := New(Options{Issuer: idp.URL, ClientID: openidtest.ClientID, ClientSecret: openidtest.ClientSecret, PublicURL: "https://p.example"})
	if err != nil {
		t.Fatal(err)
	}
	// old has what was discovered be as old as if that were some time ago.
	old := func(age time.Duration) {
		p.mu.Lock()
		defer p.mu.Unlock()
		again := *p.found
		again.asked = again.asked.Add(-age)
		p.found = &again
	}
	works := func(when string) {
		t.Helper()
		if _, err := login(t, p); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}
	works("at first")
	idp.Rotate(t)
	works("with a new key")
	old(time.Minute)
	idp.SignRSA(t)
	works("with another algorithm")
	old(time.Minute)
	idp.Move("v2")
	works("with another login page")
	idp.Person(openidtest.Claims{"email_verified": true})
	idp.Info(openidtest.Claims{"email": "ada@cfa.example", "email_verified": true})
	attempt, address, err := p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	back := authorize(t, address)
	old(askSoon)
	idp.Move("v3")
	if _, err := p.Finish(t.Context(), attempt, back); err != nil {
		t.Errorf("endpoints that change while the person is there: %v", err)
	}
	attempt, address, err = p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	back = authorize(t, address)
	old(askSoon)
	idp.MoveInfo("v4")
	if _, err := p.Finish(t.Context(), attempt, back); err != nil {
		t.Errorf("only what tells of people changes its address: %v", err)
	}
	old(2 * time.Hour)
	before := p.found
	works("the next day")
	if p.found == before {
		t.Error("it is not asked again")
	}
	old(2 * time.Hour)
	idp.Asked()
	idp.Down(true)
	for _, asks := range []bool{true, false} {
		if _, _, err := p.Begin(t.Context()); err != nil {
			t.Errorf("what was known is lost while it is down: %v", err)
		}
		if times := idp.Asked(); times > 0 != asks {
			t.Errorf("while it is down it is asked %d times in a moment", times)
		}
	}
	idp.Down(false)
	p.mu.Lock()
	p.retryAt = time.Now()
	p.mu.Unlock()
	works("when it is back")
	idp.Forge(true)
	old(time.Minute)
	if _, err := login(t, p); !errors.Is(err, ErrToken) {
		t.Errorf("a forged token after asking again: %v", err)
	}
}

func TestAnIssuerThatIsSpeltOtherwiseIsSaid(t *testing.T) {
	t.Parallel()
	idp := openidtest.Start(t, nil)
	idp.Issue("/")
	p, err := New(Options{Issuer: idp.URL, ClientID: "p", PublicURL: "https://p.example"})
	if err != nil {
		t.Fatal(err)
	}
	var wrong *IssuerError
	if err := p.Check(t.Context()); !errors.As(err, &wrong) || !errors.Is(err, ErrUnreachable) || wrong.Written != idp.URL+"/" || !strings.Contains(err.Error(), "--oidc-issuer") {
		t.Errorf("said is %v", err)
	}
}
