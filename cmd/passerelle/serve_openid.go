package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/pflag"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/openid"
)

// openidFlags are the flags of the login through an OpenID Connect provider.
type openidFlags struct {
	options   openid.Options
	organisme string
	roles     []string
}

func (f *openidFlags) add(flags *pflag.FlagSet) {
	o := &f.options
	flags.StringVar(&o.PublicURL, "public-url", "", "where browsers and programs find the hub, such as https://passerelle.cfa.example or https://cfa.example/passerelle/")
	flags.StringVar(&o.Issuer, "oidc-issuer", "", "OpenID Connect provider at which people may log in to the console; needs --public-url")
	flags.StringVar(&o.ClientID, "oidc-client-id", "", "id of the client registered there")
	flags.StringVar(&o.ClientSecret, "oidc-client-secret", "", "its secret; better in PASSERELLE_OIDC_CLIENT_SECRET")
	flags.StringSliceVar(&o.Scopes, "oidc-scopes", []string{"email", "profile"}, "scopes to ask for beside openid")
	flags.StringVar(&o.Name, "oidc-name", "", "name of the provider on the login page (default its host)")
	flags.BoolVar(&o.TrustEmail, "oidc-trust-email", false, "take addresses for verified where the provider does not say")
	flags.StringVar(&o.RoleClaim, "oidc-role-claim", "", "claim that holds the values of --oidc-roles, such as groups or realm_access.roles")
	flags.StringSliceVar(&f.roles, "oidc-roles", nil, "value=role,…: the first that the claim holds is the person's role; \"*\" is anybody")
	flags.StringVar(&f.organisme, "oidc-organisme", "", "organisme whose accounts --oidc-roles decides")
	flags.BoolVar(&o.Only, "oidc-only", false, "switch the login with a password off")
}

// address is where clients find the hub, the zero value where the flags do not say.
func (f *openidFlags) address() (web.Address, error) {
	if f.options.PublicURL == "" {
		return web.Address{}, nil
	}
	address, err := web.ParseAddress(f.options.PublicURL)
	if err != nil {
		return address, usageError{fmt.Errorf("--public-url: %w", err)}
	}
	return address, nil
}

// checkProvider says at the start how the provider is, which may be down without keeping
// the hub from serving.
func checkProvider(ctx context.Context, log *slog.Logger, provider *openid.Provider) {
	if err := provider.Check(ctx); err != nil && ctx.Err() == nil {
		log.Error("nobody can log in at the OpenID Connect provider now", "issuer", provider.Issuer, "error", err)
	} else if err == nil {
		log.Info("the OpenID Connect provider answers", "issuer", provider.Issuer)
	}
}

// provider returns the provider that the flags describe, nil for none.
func (f *openidFlags) provider() (*openid.Provider, error) {
	o := f.options
	if o.Issuer == "" {
		if o.Only || o.ClientID != "" || len(f.roles) > 0 || f.organisme != "" {
			return nil, usageError{fmt.Errorf("the --oidc-… flags need --oidc-issuer")}
		}
		return nil, nil
	}
	for _, text := range f.roles {
		role, err := openid.ParseRoleOf(text)
		if err != nil {
			return nil, usageError{fmt.Errorf("--oidc-roles: %w", err)}
		}
		o.Roles = append(o.Roles, role)
	}
	if f.organisme != "" {
		id, err := parseID(f.organisme)
		if err != nil {
			return nil, err
		}
		o.Organisme = id
	}
	provider, err := openid.New(o)
	if err != nil {
		return nil, usageError{fmt.Errorf("OpenID Connect: %w", err)}
	}
	return provider, nil
}
