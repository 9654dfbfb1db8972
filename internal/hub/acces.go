package hub

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// newSecret returns 256 random bits as text, and their SHA-256, which is all
// that is kept.
func newSecret(prefix string) (secret string, empreinte []byte) {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // never fails
	secret = prefix + base64.RawURLEncoding.EncodeToString(bits[:])
	return secret, hashSecret(secret)
}

// debutOf is what is kept of a token to tell it from others: 36 of its 256 bits.
func debutOf(token string) string { return token[:len("psr_")+6] }

func hashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// NewOrganisme is a created organisme with its first société and a token that
// has every right on it.
type NewOrganisme struct {
	domaine.Organisme
	SocieteID int64
	Token     string // shown once
}

// maxDenomination is how many characters the name of an organisme or a société has at most.
const maxDenomination = 200

// oneLine reports whether a text is one line of so many characters at most.
func oneLine(text string, characters int) bool {
	return utf8.RuneCountInString(text) <= characters && !strings.ContainsFunc(text, unicode.IsControl)
}

// CreateOrganisme creates a tenant, its first société and a token.
func (h *Organismes) CreateOrganisme(ctx context.Context, nom string, sandbox bool) (*NewOrganisme, error) {
	nom = strings.TrimSpace(nom)
	if nom == "" {
		return nil, refus.New(refus.CodeInvalidOrganisme, "Le nom de l’organisme est obligatoire.")
	}
	if !oneLine(nom, maxDenomination) {
		return nil, refus.New(refus.CodeInvalidOrganisme, "Le nom de l’organisme a au plus %d caractères, sur une ligne.", maxDenomination)
	}
	created := &NewOrganisme{}
	token, empreinte := newSecret("psr_")
	err := h.db.Write(ctx, func(tx *store.Tx) error {
		now := h.now()
		id, err := tx.CreateOrganisme(ctx, nom, sandbox, now)
		if err != nil {
			return err
		}
		if created.SocieteID, err = tx.CreateSociete(ctx, domaine.Societe{OrganismeID: id, Nom: nom}, now); err != nil {
			return err
		}
		jeton := domaine.Jeton{OrganismeID: id, Droits: domaine.TousDroits, CreeLe: now, Debut: debutOf(token)}
		first, err := tx.CreateJeton(ctx, jeton, empreinte)
		if err != nil {
			return err
		}
		if err := h.note(ctx, tx, id, domaine.GesteJetonCree, first, jeton.Droits.String()); err != nil {
			return err
		}
		created.Organisme, err = tx.Organisme(ctx, id)
		return err
	})
	created.Token = token
	return created, err
}

// Organismes returns every organisme of the hub.
func (h *Organismes) Organismes(ctx context.Context) ([]domaine.Organisme, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Organisme, error) { return tx.Organismes(ctx) })
}

// RythmeMost is the longest time between pushes that may be expected.
const RythmeMost = 400 * 24 * time.Hour

// SetRythme changes the time expected between pushes (0: learnt) of an organisme. The
// version that attendu names is what Organisme.Rythme writes as text.
func (h *Organismes) SetRythme(ctx context.Context, organisme int64, rythme time.Duration, attendu Attendu) error {
	if rythme < 0 {
		return refus.New(refus.CodeInvalidRhythm, "Le rythme des envois est une durée positive.")
	}
	return h.db.Write(ctx, func(tx *store.Tx) error {
		o, err := tx.Organisme(ctx, organisme)
		if err == nil {
			err = attendu.check("Le rythme des envois", o.Rythme.String())
		}
		if err == nil {
			err = tx.SetRythme(ctx, organisme, rythme)
		}
		if err == nil && o.Rythme != rythme {
			err = h.note(ctx, tx, organisme, domaine.GesteRythme, "", fmt.Sprintf("%s → %s", frenchRythme(o.Rythme), frenchRythme(rythme)))
		}
		return orNotFound(err, "Il n’y a pas d’organisme %d.", organisme)
	})
}

func frenchRythme(d time.Duration) string {
	if d == 0 {
		return "appris du journal"
	}
	if d%time.Hour == 0 {
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return d.String()
}

// CreatePartenaire creates a third-party application and returns its secret,
// which is shown once.
func (h *Jetons) CreatePartenaire(ctx context.Context, nom string) (p domaine.Partenaire, secret string, err error) {
	nom = strings.TrimSpace(nom)
	if nom == "" {
		return p, "", refus.New(refus.CodeInvalidPartenaire, "Le nom du partenaire est obligatoire.")
	}
	secret, empreinte := newSecret("pss_")
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		id, err := tx.CreatePartenaire(ctx, nom, empreinte, h.now())
		if err != nil {
			return err
		}
		p, err = tx.Partenaire(ctx, id)
		return err
	})
	return p, secret, err
}

// Partenaires returns every third-party application.
func (h *Jetons) Partenaires(ctx context.Context) ([]domaine.Partenaire, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Partenaire, error) { return tx.Partenaires(ctx) })
}

// maxLogiciel is how long the name of a software may be, in characters.
const maxLogiciel = 100

// CreateJeton creates a token and returns its id and itself, which is shown
// once. ID and CreeLe of j are ignored.
func (h *Jetons) CreateJeton(ctx context.Context, j domaine.Jeton) (id int64, token string, err error) {
	if len(j.Droits) == 0 {
		return 0, "", refus.New(refus.CodeInvalidToken, "Un jeton porte au moins un droit : %s.", domaine.TousDroits)
	}
	j.Logiciel = strings.TrimSpace(j.Logiciel)
	if !oneLine(j.Logiciel, maxLogiciel) {
		return 0, "", refus.New(refus.CodeInvalidToken, "Le nom du logiciel a au plus %d caractères, sur une ligne.", maxLogiciel)
	}
	token, empreinte := newSecret("psr_")
	err = h.db.Write(ctx, func(tx *store.Tx) error {
		if !j.Cabinet() {
			if _, err := tx.Organisme(ctx, j.OrganismeID); err != nil {
				return orNotFound(err, "Il n’y a pas d’organisme %d.", j.OrganismeID)
			}
		}
		if j.PartenaireID != 0 {
			if _, err := tx.Partenaire(ctx, j.PartenaireID); err != nil {
				return orNotFound(err, "Il n’y a pas de partenaire %d.", j.PartenaireID)
			}
		}
		j.CreeLe, j.Debut = h.now(), debutOf(token)
		if id, err = tx.CreateJeton(ctx, j, empreinte); err != nil {
			return err
		}
		return h.note(ctx, tx, j.OrganismeID, domaine.GesteJetonCree, id, strings.TrimPrefix(j.Logiciel+", "+j.Droits.String(), ", "))
	})
	return id, token, err
}

// Jetons returns the tokens of an organisme, or of the whole hub for 0.
func (h *Jetons) Jetons(ctx context.Context, organisme int64) ([]domaine.Jeton, error) {
	return read(ctx, h.db, func(tx *store.Tx) ([]domaine.Jeton, error) { return tx.Jetons(ctx, organisme) })
}

// RevokeJeton ends a token's use at once.
func (h *Jetons) RevokeJeton(ctx context.Context, id int64) error {
	return h.db.Write(ctx, func(tx *store.Tx) error {
		revoked, err := tx.RevokeJeton(ctx, id, h.now())
		if err != nil || revoked == nil {
			return orNotFound(err, "Il n’y a pas de jeton %d.", id)
		}
		return h.note(ctx, tx, revoked.OrganismeID, domaine.GesteJetonRevoque, id, revoked.Logiciel)
	})
}

// servedPrecision is how exactly a token remembers when it last served; more
// would write at every call.
const servedPrecision = time.Minute

// Authenticate returns the token, or a Refusal that says why it does not serve. secret
// is that of its partenaire, "" where none was given.
func (h *Jetons) Authenticate(ctx context.Context, token, secret string) (j domaine.Jeton, err error) {
	var expected []byte
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		j, expected, err = tx.JetonByEmpreinte(ctx, hashSecret(token))
		return err
	})
	now := h.now()
	switch {
	case errors.Is(err, store.ErrNotFound):
		return j, refus.New(refus.CodeTokenUnknown, "Ce jeton n’existe pas : vérifiez-le.")
	case err != nil:
		return j, err
	case j.RevoqueLe != nil:
		return j, refus.New(refus.CodeTokenRevoked, "Ce jeton a été révoqué le %s : demandez-en un autre.", j.RevoqueLe.In(Paris).Format("02/01/2006"))
	case j.ExpireLe != nil && !now.Before(*j.ExpireLe):
		return j, refus.New(refus.CodeTokenExpired, "Ce jeton a expiré le %s : demandez-en un autre.", j.ExpireLe.In(Paris).Format("02/01/2006"))
	case j.PartenaireID != 0 && secret == "":
		return j, refus.New(refus.CodeSecretMissing, "Ce jeton appartient à un partenaire, dont le secret est obligatoire.")
	case j.PartenaireID != 0 && subtle.ConstantTimeCompare(expected, hashSecret(secret)) != 1:
		return j, refus.New(refus.CodeSecretInvalid, "Le secret du partenaire n’est pas le bon.")
	}
	if j.ServiLe == nil || now.Sub(*j.ServiLe) >= servedPrecision {
		h.remember(j.ID, now)
	}
	return j, nil
}

// remember notes that a token served, without making its caller wait for a
// writer; a note that is lost is made again a minute later.
func (h *core) remember(jeton int64, now time.Time) {
	if last, ok := h.served.Load(jeton); ok && now.Sub(last.(time.Time)) < servedPrecision {
		return
	}
	h.served.Store(jeton, now)
	h.pending.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err := h.db.Write(ctx, func(tx *store.Tx) error { return tx.JetonServed(ctx, jeton, now) })
		if err != nil {
			h.log.Debug("last use of a token not recorded", "jeton", jeton, "error", err)
		}
	})
}
