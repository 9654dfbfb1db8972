package hub

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Effacement says what the erasure of a person changed.
type Effacement struct {
	Contrats, Versions int
	Actifs             int     // contracts among them that are active: the sender will send them again
	Abandonnees        []int64 // held pushes that were dropped, since they may name the person
	Fichiers           []int64 // imports whose files were erased, since they may name the person
	Disque             bool    // the database was written anew, without what it held before; if not, that is for its operator to do
}

// RechercheGardee names, in a session of the console, what a person searched for.
const RechercheGardee = "recherches"

// scrub takes what was erased off the disk and reports whether it did. What is
// erased is erased from the database in any case.
func (h *core) scrub(ctx context.Context) bool {
	h.indexes.forget()
	err := h.db.Scrub(context.WithoutCancel(ctx))
	if err != nil {
		h.log.Warn("what was erased is not off the disk yet: run VACUUM on the database", "error", err)
	}
	return err == nil
}

const effaced = "Effacé"

// ErasePersonne removes a person from every version of every contract, from the
// list of people, from the anomalies, from held pushes and from the files that were
// imported (RGPD, article 17).
// What identifies them is replaced by a random code, so that the rules between
// contracts still hold and counts stay right. It is the one place where history is
// rewritten, and is recorded without the data. Active contracts come back with the
// next push unless their sender erases the person too.
func (h *Personnes) ErasePersonne(ctx context.Context, who Acteur, code string) (*Effacement, error) {
	var bits [8]byte
	_, _ = rand.Read(bits[:]) // never fails
	replacement := "efface-" + hex.EncodeToString(bits[:])
	e := &Effacement{}
	inFiles, err := h.mentionsInFiles(ctx, who.Organisme, code)
	if err != nil {
		return nil, err
	}
	h.envois.put(aboutOf(who.Organisme), "", nil, envoisMax) // its warnings may quote them
	err = h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		concerned := map[string]bool{}
		known := newTraits(code)
		addresses(inFiles, known)
		var rewritten []store.StoredVersion
		err := tx.EachVersion(ctx, who.Organisme, func(v store.StoredVersion) error {
			contrat, err := document.Parse(v.Document)
			if err != nil || !erase(&contrat, code, replacement, known) {
				return err
			}
			if v.Document, err = document.Append(nil, &contrat); err != nil {
				return err
			}
			rewritten = append(rewritten, v)
			concerned[v.Code] = true
			if v.Jusqua == 0 {
				e.Actifs++
			}
			return nil
		})
		if err != nil {
			return err
		}
		absences, err := tx.ForgetAbsences(ctx, who.Organisme, code)
		if err != nil {
			return err
		}
		if len(rewritten) == 0 && absences == 0 {
			named, err := refusedNames(ctx, tx, who.Organisme, code, known)
			if err != nil {
				return err
			}
			if !named && len(inFiles) == 0 {
				return refus.New(refus.CodeNotFound, "Aucun contrat ne nomme cet utilisateur.")
			}
		}
		for _, v := range rewritten {
			if err := tx.RewriteVersion(ctx, who.Organisme, v); err != nil {
				return err
			}
		}
		e.Contrats, e.Versions = len(concerned), len(rewritten)
		if err := erasePersonneRow(ctx, tx, who.Organisme, code, replacement); err != nil {
			return err
		}
		if err := tx.EraseParti(ctx, who.Organisme, code, replacement); err != nil {
			return err
		}
		if err := eraseAnomalies(ctx, tx, who.Organisme, known, concerned); err != nil {
			return err
		}
		if e.Abandonnees, err = tx.Retenues(ctx, who.Organisme); err != nil {
			return err
		}
		for _, id := range e.Abandonnees {
			if err := h.giveUpHeld(ctx, tx, who.Organisme, id, domaine.EtatAbandonnee); err != nil {
				return err
			}
		}
		if e.Fichiers, err = eraseImports(ctx, tx, who.Organisme, known, h.now()); err != nil {
			return err
		}
		return h.recordActe(ctx, tx, who, domaine.GesteEffacement, domaine.Acte{Nature: domaine.ActeEffacement, Par: who.Nom, Le: h.now(), Contrats: e.Contrats, Versions: e.Versions})
	})
	if err == nil {
		// What people searched for may be a name.
		err = h.db.Aside(ctx, func(tx *store.Tx) error { return tx.ForgetConsoleSessions(ctx, []byte(RechercheGardee)) })
		e.Disque = h.scrub(ctx)
	}
	return e, orNotFound(err, "Il n’y a pas d’organisme %d.", who.Organisme)
}

// refusedNames reports whether a person whom no contract names is named by what was
// refused or waits: anomalies, held pushes. It notes what they are known by.
func refusedNames(ctx context.Context, tx *store.Tx, organisme int64, code string, known *traits) (named bool, err error) {
	anomalies, err := tx.PushAnomalies(ctx, organisme)
	if err != nil {
		return false, err
	}
	for _, a := range anomalies {
		named = named || quotes(a.Message, code) || strings.HasSuffix(a.Apprenant, "("+code+")")
	}
	held, err := tx.Retenues(ctx, organisme)
	for _, id := range held {
		if err != nil {
			break
		}
		err = eachHeldPersonne(ctx, tx, organisme, id, func(p map[string]string, _ string) {
			if p["code"] == code {
				named = true
				known.addAddress(p["email"])
				known.addName(p["prenom"], p["nom"])
			}
		})
	}
	return named, err
}

// quotes reports whether a sentence names a code, between its signs.
func quotes(sentence, code string) bool {
	plain := strings.ReplaceAll(sentence, "\u00a0", " ")
	return strings.Contains(plain, "« "+code+" »")
}

// eachHeldPersonne passes the people of the contracts of a held push, whatever is
// wrong with them, as fields code, nom, prenom, email with the code of the contract.
func eachHeldPersonne(ctx context.Context, tx *store.Tx, organisme, id int64, yield func(personne map[string]string, contrat string)) error {
	var body bytes.Buffer
	err := tx.EachHeldPart(ctx, organisme, id, func(part []byte) error {
		body.Write(part)
		return nil
	})
	if err != nil {
		return err
	}
	unzipped, err := gzip.NewReader(&body)
	if err != nil {
		return fmt.Errorf("read a held push: %w", err)
	}
	var kept any
	if err := json.NewDecoder(unzipped).Decode(&kept); err != nil {
		return fmt.Errorf("read a held push: %w", err)
	}
	eachObject(kept, func(fields map[string]any) {
		text := func(name string) string {
			value, _ := fields[name].(string)
			return strings.TrimSpace(value)
		}
		for _, role := range []string{"Apprenant", "Personnel", "MaitreApprentissage"} {
			if text("code"+role) != "" {
				yield(map[string]string{"code": text("code" + role), "nom": text("nom" + role), "prenom": text("prenom" + role), "email": text("email" + role)}, text("codeContrat"))
			}
		}
	})
	return nil
}

// eachObject passes every JSON object within a value.
func eachObject(value any, yield func(map[string]any)) {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			eachObject(element, yield)
		}
	case map[string]any:
		yield(value)
		for _, member := range value {
			eachObject(member, yield)
		}
	}
}

// erase replaces a person in a contract, notes what they are known by and reports
// whether they were there. The table of fields says what goes with them.
func erase(c *passerelle.Contrat, code, replacement string, known *traits) bool {
	found := false
	for _, role := range regles.Roles {
		p := role.Of(c)
		if *p.Code != code {
			continue
		}
		found = true
		known.addAddress(*p.Email)
		known.addName(*p.Prenom, *p.Nom)
		for i := range passerelle.Champs {
			if champ := &passerelle.Champs[i]; champ.Usager == role.Usager() {
				eraseChamp(champ, champ.At(c), replacement)
			}
		}
	}
	return found
}

// eraseChamp leaves of a value what the table of fields says.
func eraseChamp(champ *passerelle.Champ, value *string, replacement string) {
	switch {
	case champ.Efface == passerelle.EffaceVide:
		*value = ""
	case champ.Efface != passerelle.EffaceRemplace:
	case champ.Kind == passerelle.KindCode:
		*value = replacement
	case champ.Kind == passerelle.KindEmail:
		*value = replacement + "@efface.invalid"
	default:
		*value = effaced
	}
}

func erasePersonneRow(ctx context.Context, tx *store.Tx, organisme int64, code, replacement string) error {
	rows, err := tx.Personnes(ctx, organisme, []string{code}, nil)
	if err != nil {
		return err
	}
	row, ok := rows[code]
	if !ok {
		return nil // archived contracts alone name them
	}
	row.Code, row.Nom, row.Prenom, row.Email = replacement, effaced, effaced, replacement+"@efface.invalid"
	return tx.ReplacePersonnes(ctx, organisme, []string{code}, []store.PersonneRow{row})
}

// eraseAnomalies drops what was said of the person's contracts, or names them, with
// what people wrote about it.
func eraseAnomalies(ctx context.Context, tx *store.Tx, organisme int64, known *traits, concerned map[string]bool) error {
	before, err := tx.PushAnomalies(ctx, organisme)
	if err != nil {
		return err
	}
	about := maps.Clone(concerned)
	var kept []domaine.Anomalie
	for _, a := range before {
		if concerned[a.CodeContrat] || concerned[a.ConflictsWith] || known.identified(a.Message+"\n"+a.Apprenant+"\n"+a.Valeur) {
			about[a.CodeContrat] = true
			continue
		}
		kept = append(kept, a)
	}
	if err := tx.ReplacePushAnomalies(ctx, organisme, kept); err != nil {
		return err
	}
	if err := forgetTyped(ctx, tx, organisme, known, about); err != nil {
		return err
	}
	// What was wrong with pushes that were refused whole may name the person.
	return tx.DropNotes(ctx, organisme, store.NoteRefus)
}
