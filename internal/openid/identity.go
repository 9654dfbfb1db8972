package openid

import (
	"cmp"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// Identity is a person as the provider knows them.
type Identity struct {
	Email       string // verified, lower case
	Prenom, Nom string // never empty
	Role        domaine.Role
	// Organisme is where the role holds; 0 where the provider decides none.
	Organisme int64
}

// lacks reports whether claims miss something that a login needs.
func (p *Provider) lacks(claims map[string]any) bool {
	_, email := claims["email"]
	return !email || p.RoleClaim != "" && claim(claims, p.RoleClaim) == nil
}

// identity reads the claims of a verified token.
func (p *Provider) identity(claims map[string]any) (Identity, error) {
	text := func(name string) string {
		value, _ := claims[name].(string)
		return strings.TrimSpace(value)
	}
	who := Identity{Email: strings.ToLower(text("email")), Prenom: text("given_name"), Nom: text("family_name")}
	if who.Email == "" || !p.verified(claims) {
		return Identity{}, ErrUnverified
	}
	if who.Prenom == "" || who.Nom == "" {
		local, _, _ := strings.Cut(who.Email, "@")
		first, last, _ := strings.Cut(text("name"), " ")
		who.Prenom, who.Nom = cmp.Or(who.Prenom, first, local), cmp.Or(who.Nom, strings.TrimSpace(last), local)
	}
	if !p.Decides() {
		return who, nil
	}
	held := values(claim(claims, p.RoleClaim))
	for _, r := range p.Roles {
		if r.Value == "*" || slices.Contains(held, r.Value) {
			who.Role, who.Organisme = r.Role, p.Organisme
			return who, nil
		}
	}
	return who, ErrNoRole
}

// verified reads email_verified, which some providers write as text and others
// leave out.
func (p *Provider) verified(claims map[string]any) bool {
	switch value := claims["email_verified"].(type) {
	case bool:
		return value
	case string:
		return value == "true"
	case nil:
		return p.TrustEmail
	}
	return false
}

// claim finds a claim by its name, or by a path of names with dots.
func claim(claims map[string]any, path string) any {
	if value, ok := claims[path]; ok {
		return value
	}
	name, rest, ok := strings.Cut(path, ".")
	if !ok {
		return nil
	}
	inner, _ := claims[name].(map[string]any)
	return claim(inner, rest)
}

// values reads a claim that holds one text or several.
func values(claim any) (found []string) {
	switch value := claim.(type) {
	case string:
		return []string{value}
	case []any:
		for _, v := range value {
			if text, ok := v.(string); ok {
				found = append(found, text)
			}
		}
	}
	return found
}
