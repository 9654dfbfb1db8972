package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/password"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// The lengths of a password, in characters. Long passphrases are welcome; no
// composition is imposed (NIST SP 800-63B).
const (
	MinPassword = 12
	maxPassword = 200
)

// CreateCompte creates an account with a password. ID and CreeLe of c are
// ignored. A Refusal lists what is wrong field by field: email, nom, prenom,
// role, password.
func (h *Comptes) CreateCompte(ctx context.Context, c domaine.Compte, secret string) (domaine.Compte, error) {
	c.Email = strings.ToLower(strings.TrimSpace(c.Email))
	details := append(checkEmail(c.Email), checkCompte(&c)...)
	details = append(details, checkPassword(&c, secret)...)
	if len(details) > 0 {
		return c, refus.New(refus.CodeInvalidCompte, "%s", details[0].Message).With(details)
	}
	hash, err := password.Hash(ctx, secret)
	if err != nil {
		return c, err
	}
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Organisme(ctx, c.OrganismeID); err != nil {
			return orNotFound(err, "Il n’y a pas d’organisme %d.", c.OrganismeID)
		}
		c.CreeLe = h.now()
		if c.ID, err = tx.CreateCompte(ctx, c, hash); err == nil && c.ID == 0 {
			taken := passerelle.Violation{Field: "email", Code: passerelle.CodeEmailShared, Message: "Cette adresse a déjà un compte : choisissez-en une autre, ou réactivez ce compte."}
			return refus.New(refus.CodeEmailTaken, "%s", taken.Message).With([]passerelle.Violation{taken})
		}
		if err != nil {
			return err
		}
		return h.note(ctx, tx, c.OrganismeID, domaine.GesteCompteCree, c.ID, c.Role.Libelle())
	})
	return c, err
}

func checkEmail(email string) []passerelle.Violation {
	if parsed, err := mail.ParseAddress(email); err != nil || parsed.Address != email || len(email) > 254 {
		return []passerelle.Violation{{Field: "email", Code: passerelle.CodeEmailFormat, Message: "Saisissez une adresse e-mail, par exemple prenom.nom@cfa.fr."}}
	}
	return nil
}

func checkCompte(c *domaine.Compte) (details []passerelle.Violation) {
	c.Nom, c.Prenom = strings.TrimSpace(c.Nom), strings.TrimSpace(c.Prenom)
	name := func(field, label, value string) {
		switch {
		case value == "":
			details = append(details, passerelle.Violation{Field: field, Code: passerelle.CodeRequired, Message: "Saisissez le " + label + "."})
		case len([]rune(value)) > maxNom || strings.ContainsRune(value, 0) || !utf8.ValidString(value):
			details = append(details, passerelle.Violation{Field: field, Code: passerelle.CodeTooLong, Message: "Le " + label + " est trop long ou illisible."})
		}
	}
	name("prenom", "prénom", c.Prenom)
	name("nom", "nom", c.Nom)
	if !c.Role.Valid() {
		details = append(details, passerelle.Violation{Field: "role", Code: passerelle.CodeRequired, Message: "Choisissez un rôle : lecture, integration, comptabilite ou administration."})
	}
	return details
}

func checkPassword(c *domaine.Compte, secret string) (details []passerelle.Violation) {
	refused := func(code passerelle.Code, message string) []passerelle.Violation {
		return []passerelle.Violation{{Field: "password", Code: code, Message: message}}
	}
	switch n := len([]rune(secret)); {
	case n < MinPassword:
		return refused(passerelle.CodeRequired, "Le mot de passe a au moins 12 caractères : une phrase convient bien.")
	case n > maxPassword:
		return refused(passerelle.CodeTooLong, "Le mot de passe a au plus 200 caractères.")
	case strings.EqualFold(secret, c.Email):
		return refused(passerelle.CodeEmailShared, "Le mot de passe ne peut pas être l’adresse e-mail.")
	}
	return nil
}

// Comptes returns the accounts of an organisme by name, or of the whole hub for 0.
func (h *Comptes) Comptes(ctx context.Context, organisme int64) ([]domaine.Compte, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Compte, error) { return tx.Comptes(ctx, organisme) })
}

// Compte returns one account.
func (h *Comptes) Compte(ctx context.Context, id int64) (c domaine.Compte, err error) {
	c, _, err = h.CompteOfSession(ctx, id)
	return c, err
}

// CompteOfSession returns one account with what a session must have been opened with
// to serve: it changes with the password, so that a new one ends every session.
func (h *Comptes) CompteOfSession(ctx context.Context, id int64) (c domaine.Compte, proof string, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		var hash string
		c, hash, err = tx.Compte(ctx, id)
		sum := sha256.Sum256([]byte(hash))
		proof = hex.EncodeToString(sum[:16])
		return orNotFound(err, "Il n’y a pas de compte %d.", id)
	})
	return c, proof, err
}

// UpdateCompte changes the names, the role and whether an account serves. The
// last administrator of an organisme stays one.
func (h *Comptes) UpdateCompte(ctx context.Context, c domaine.Compte, serves bool) error {
	if details := checkCompte(&c); len(details) > 0 {
		return refus.New(refus.CodeInvalidCompte, "%s", details[0].Message).With(details)
	}
	return h.db.WriteOrganisme(ctx, c.OrganismeID, func(tx *store.Tx) error {
		comptes, err := tx.Comptes(ctx, c.OrganismeID)
		if err != nil {
			return err
		}
		known, others := false, 0
		var before domaine.Compte
		for _, other := range comptes {
			switch {
			case other.ID == c.ID:
				known, before = true, other
				c.DesactiveLe = other.DesactiveLe
			case other.Role.Administre() && other.DesactiveLe == nil:
				others++
			}
		}
		if !known {
			return refus.New(refus.CodeNotFound, "Il n’y a pas de compte %d dans cet organisme.", c.ID)
		}
		if before.Role.Administre() && before.DesactiveLe == nil && (!serves || !c.Role.Administre()) && others == 0 {
			return refus.New(refus.CodeLastAdministrator, "C’est le seul compte d’administration : donnez d’abord ce rôle à quelqu’un d’autre.")
		}
		if serves {
			c.DesactiveLe = nil
		} else if c.DesactiveLe == nil {
			now := h.now()
			c.DesactiveLe = &now
		}
		if err := tx.UpdateCompte(ctx, c); err != nil {
			return err
		}
		if detail := changesOfCompte(&before, &c); detail != "" {
			return h.note(ctx, tx, c.OrganismeID, domaine.GesteCompteModifie, c.ID, detail)
		}
		return nil
	})
}

// changesOfCompte says what changed of an account, in French, without names.
func changesOfCompte(before, after *domaine.Compte) string {
	var said []string
	if before.Role != after.Role {
		said = append(said, "rôle : "+before.Role.Libelle()+" → "+after.Role.Libelle())
	}
	if before.Nom != after.Nom || before.Prenom != after.Prenom {
		said = append(said, "nom")
	}
	if (before.DesactiveLe == nil) != (after.DesactiveLe == nil) {
		said = append(said, map[bool]string{true: "désactivé", false: "réactivé"}[after.DesactiveLe != nil])
	}
	return strings.Join(said, ", ")
}

// SetPassword gives an account another password.
func (h *Comptes) SetPassword(ctx context.Context, c domaine.Compte, secret string) error {
	if details := checkPassword(&c, secret); len(details) > 0 {
		return refus.New(refus.CodeInvalidPassword, "%s", details[0].Message).With(details)
	}
	hash, err := password.Hash(ctx, secret)
	if err != nil {
		return err
	}
	return h.db.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SetPassword(ctx, c.OrganismeID, c.ID, hash); err != nil {
			return orNotFound(err, "Il n’y a pas de compte %d.", c.ID)
		}
		return h.note(ctx, tx, c.OrganismeID, domaine.GesteComptePasse, c.ID, "")
	})
}

// The throttle of logins: failures under one key within one span.
const (
	failureSpan    = 15 * time.Minute
	emailFailures  = 8   // by e-mail
	sourceFailures = 100 // by address, which a whole office may share
)

// ErrLogin says that an e-mail and a password do not open an account, without
// saying which is wrong.
var ErrLogin = errors.New("login refused")

// ErrThrottled says that too many logins have failed: even the right password
// is refused for a while.
var ErrThrottled = errors.New("too many failed logins")

func throttleKey(kind, value string) []byte {
	sum := sha256.Sum256([]byte(kind + "\x00" + value))
	return sum[:]
}

// Login returns the account that an e-mail and a password open, ErrLogin or
// ErrThrottled. source is where the request comes from.
func (h *Comptes) Login(ctx context.Context, email, secret, source string) (c domaine.Compte, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	byEmail, bySource := throttleKey("email", email), throttleKey("source", source)
	now := h.now()
	since := now.Add(-failureSpan)
	hash := password.Decoy
	known := false
	// The try is counted before the password is looked at, so that tries made
	// at the same moment do not all pass.
	err = h.db.Aside(ctx, func(tx *store.Tx) error {
		mine, err := tx.LoginFailures(ctx, byEmail, now, since)
		if err != nil {
			return err
		}
		theirs, err := tx.LoginFailures(ctx, bySource, now, since)
		if err != nil {
			return err
		}
		if mine >= emailFailures || theirs >= sourceFailures {
			return ErrThrottled
		}
		return tx.AddLoginFailure(ctx, byEmail, now, since)
	})
	if err != nil {
		return domaine.Compte{}, err
	}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, stored, err := tx.CompteByEmail(ctx, email)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil && found.DesactiveLe == nil {
			c, hash, known = found, stored, true
		}
		return err
	})
	if err != nil {
		return domaine.Compte{}, err
	}
	right := false
	if len(secret) <= 4*maxPassword {
		right, err = password.Verify(ctx, hash, secret)
	}
	if err != nil {
		return domaine.Compte{}, err
	}
	if !right || !known {
		err = h.db.Aside(ctx, func(tx *store.Tx) error { return tx.AddLoginFailure(ctx, bySource, now, since) })
		return domaine.Compte{}, errors.Join(err, ErrLogin)
	}
	if err := h.db.Aside(ctx, func(tx *store.Tx) error { return tx.ClearLoginFailures(ctx, byEmail) }); err != nil {
		return c, err
	}
	h.connected(ctx, c, now)
	return c, nil
}

// How long a login waits until it is noted as the last one of its account, which
// others may keep it from for longer, and how long the note is tried.
const (
	connectedWait  = 250 * time.Millisecond
	connectedLimit = time.Minute
)

// connected notes the login of an account, and waits for that only for a moment.
func (h *core) connected(ctx context.Context, c domaine.Compte, now time.Time) {
	noted := make(chan struct{})
	h.pending.Go(func() {
		defer close(noted)
		ctx, cancel := context.WithTimeout(h.stop, connectedLimit)
		defer cancel()
		if err := h.db.Write(ctx, func(tx *store.Tx) error { return tx.CompteConnected(ctx, c.OrganismeID, c.ID, now) }); err != nil {
			h.log.Debug("last login of an account not recorded", "compte", c.ID, "error", err)
		}
	})
	moment := time.NewTimer(connectedWait)
	defer moment.Stop()
	select {
	case <-noted:
	case <-moment.C:
	case <-ctx.Done():
	}
}

// ConsoleSessions keeps what the console remembers of each browser, beside the
// contracts or in the database, under the SHA-256 of its cookie. It is a store of
// github.com/alexedwards/scs.
type ConsoleSessions struct{ hub *core }

// ConsoleSessions returns the store of the console's sessions.
func (h *Comptes) ConsoleSessions() *ConsoleSessions { return &ConsoleSessions{h.core} }

// FindCtx returns what is remembered under a token.
func (s *ConsoleSessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.hub.db.ReadAside(ctx, func(tx *store.Tx) error {
		data, err = tx.ConsoleSession(ctx, hashSecret(token), s.hub.now())
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	return data, err == nil, err
}

// CommitCtx remembers data under a token until expiry.
func (s *ConsoleSessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.hub.db.Aside(ctx, func(tx *store.Tx) error { return tx.PutConsoleSession(ctx, hashSecret(token), data, expiry) })
}

// DeleteCtx forgets a token.
func (s *ConsoleSessions) DeleteCtx(ctx context.Context, token string) error {
	return s.hub.db.Aside(ctx, func(tx *store.Tx) error { return tx.DeleteConsoleSession(ctx, hashSecret(token)) })
}

// Find is FindCtx without a context.
func (s *ConsoleSessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s *ConsoleSessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx without a context.
func (s *ConsoleSessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// ExpireConsole forgets console sessions that have ended and failed logins that
// count no more.
func (h *Comptes) ExpireConsole(ctx context.Context) error {
	return h.db.Aside(ctx, func(tx *store.Tx) error {
		now := h.now()
		return tx.ExpireConsole(ctx, now, now.Add(-failureSpan))
	})
}
