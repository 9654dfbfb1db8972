package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// Fin is the end of an archived contract.
type Fin struct {
	Code    string
	Dates   vie.Dates
	Depart  passerelle.Date // the day on which it left, in Paris
	Vie     vie.Vie
	Decidee *DecisionFin  // what stands of what people decided, nil where nothing does
	Passees []DecisionFin // everything that was ever decided of this contract, oldest first
}

// DecisionFin is what a person decided of the end of a contract. Quoi is the zero
// value where they took back what was decided.
type DecisionFin struct {
	Quoi vie.Decision
	Par  string
	Le   time.Time
}

// FinDemandee is a decision to record.
type FinDemandee struct {
	Code string // of the contract
	Quoi vie.Decision
}

// Fin returns the end of an archived contract. One that is active has none: that is
// a Conflict.
func (h *Contrats) Fin(ctx context.Context, organisme int64, code string) (f *Fin, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		f, _, err = finOf(ctx, tx, organisme, code)
		return err
	})
	return f, err
}

func finOf(ctx context.Context, tx *store.Tx, organisme int64, code string) (*Fin, *store.Vie, error) {
	if !storable(code) {
		return nil, nil, refus.New(refus.CodeNotFound, "Il n’y a pas de contrat « %s ».", strings.ToValidUTF8(code, "\uFFFD"))
	}
	found, err := tx.ViesOf(ctx, organisme, []string{code})
	if err != nil {
		return nil, nil, err
	}
	if len(found) == 0 {
		active, err := tx.ActifsOf(ctx, organisme, []string{code})
		if err == nil && len(active) > 0 {
			err = refus.New(refus.CodeActiveContrat, "Le contrat « %s » est encore transmis, il n’a pas pris fin : c’est votre logiciel qui donne sa rupture (dateRupture) ou le retire de l’envoi.", code)
		} else if err == nil {
			err = refus.New(refus.CodeNotFound, "Il n’y a pas de contrat « %s ».", code)
		}
		return nil, nil, err
	}
	v := &found[0]
	f := &Fin{Code: code, Dates: v.Dates, Depart: v.Depart}
	list, err := tx.DecisionsOf(ctx, organisme, []string{code})
	for i := range list {
		d := DecisionFin{list[i].Quoi, list[i].Par, list[i].Le}
		f.Passees = append(f.Passees, d)
		if list[i].Racine == v.Racine {
			f.Decidee = &d
		}
	}
	var quoi vie.Decision
	if f.Decidee != nil && f.Decidee.Quoi.Fin == vie.Active {
		f.Decidee = nil // taken back
	}
	if f.Decidee != nil {
		quoi = f.Decidee.Quoi
	}
	f.Vie = v.Of(quoi)
	return f, v, err
}

// DecideFins records what a person decides of the ends of archived contracts: all
// of it, or nothing where one is refused. The zero decision takes back what was
// decided. A Refusal that is Invalid has the violations as its Details.
func (h *Contrats) DecideFins(ctx context.Context, who Acteur, list []FinDemandee) error {
	err := h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		latest, err := tx.LatestSynchronisation(ctx, who.Organisme)
		if err != nil {
			return err
		}
		var wrong []passerelle.Violation
		for _, d := range list {
			violation, err := h.decideFin(ctx, tx, who, d, latest)
			if err != nil {
				return err
			}
			if violation != nil {
				wrong = append(wrong, *violation)
			}
		}
		if len(wrong) > 0 {
			return refus.New(refus.CodeInvalidFin, "%s", wrong[0].Message).With(wrong)
		}
		return nil
	})
	return orNotFound(err, "Il n’y a pas d’organisme %d.", who.Organisme)
}

func (h *Contrats) decideFin(ctx context.Context, tx *store.Tx, who Acteur, d FinDemandee, latest int64) (*passerelle.Violation, error) {
	f, v, err := finOf(ctx, tx, who.Organisme, d.Code)
	if err != nil {
		return nil, err
	}
	if d.Quoi.Fin != vie.Active {
		if violation := v.Dates.Check(d.Quoi); violation != nil {
			violation.CodeContrat = d.Code
			return violation, nil
		}
		if f.Decidee != nil && f.Decidee.Quoi == d.Quoi {
			return nil, nil // it is decided so: who and when stay
		}
	} else if f.Decidee == nil {
		return nil, nil // there is nothing to take back
	}
	row := store.DecisionFin{Code: d.Code, Racine: v.Racine, Quoi: d.Quoi, Jeton: who.JetonID, Par: who.Nom, Le: h.now()}
	if err := tx.InsertDecision(ctx, who.Organisme, &row, latest); err != nil {
		return nil, err
	}
	quoi := domaine.GesteFin
	if d.Quoi.Fin == vie.Active {
		quoi = domaine.GesteFinRetiree
	}
	if err := h.noteBy(ctx, tx, who.Organisme, who, quoi, d.Code, d.Quoi.EnClair()); err != nil {
		return nil, err
	}
	return nil, tx.SetEnd(ctx, who.Organisme, v, d.Quoi)
}

// FinPresumee is a contract whose end is presumed, with what hangs on it.
type FinPresumee struct {
	Code    string
	Contrat passerelle.Contrat // its last version
	Depart  passerelle.Date
	Vie     vie.Vie
	Jours   int // days that it weighs on the exercices of the organisme's sociétés, with its presumed end
}

// FinsPresumees returns a page of the contracts whose end is presumed, and how many
// there are: those that weigh most days on exercices first.
func (h *Contrats) FinsPresumees(ctx context.Context, organisme int64, page Page) (found []FinPresumee, total int, err error) {
	err = h.db.ReadLarge(ctx, func(tx *store.Tx) error {
		vies, err := tx.ViesPresumees(ctx, organisme)
		if err != nil {
			return err
		}
		total = len(vies)
		exercices, err := exercicesOf(ctx, tx, organisme)
		if err != nil {
			return err
		}
		type enJeu struct {
			code  string
			jours int
		}
		ordered := make([]enJeu, len(vies))
		for i := range vies {
			ordered[i].code = vies[i].Code
			if vies[i].Jours {
				ordered[i].jours = joursDans(vies[i].Periode, exercices)
			}
		}
		slices.SortFunc(ordered, func(a, b enJeu) int { return cmp.Or(b.jours-a.jours, strings.Compare(a.code, b.code)) })
		from := min(page.Offset, len(ordered))
		to := len(ordered)
		if page.Limit > 0 {
			to = min(from+page.Limit, to)
		}
		shown := ordered[from:to]
		codes := make([]string, len(shown))
		for i := range shown {
			codes[i] = shown[i].code
		}
		whole, err := tx.ViesOf(ctx, organisme, codes)
		if err != nil {
			return err
		}
		by := make(map[string]*store.Vie, len(whole))
		for i := range whole {
			by[whole[i].Code] = &whole[i]
		}
		for _, e := range shown {
			v := by[e.code]
			if v == nil {
				return fmt.Errorf("the end of %q is presumed, and it is not archived", e.code)
			}
			f := FinPresumee{Code: v.Code, Depart: v.Depart, Vie: v.Of(vie.Decision{}), Jours: e.jours}
			err := tx.DocumentParti(ctx, organisme, v, func(doc []byte) (err error) {
				f.Contrat, err = document.Parse(doc)
				return err
			})
			if err != nil {
				return err
			}
			found = append(found, f)
		}
		return nil
	})
	return found, total, err
}

// CountFinsPresumees returns how many contracts have an end that is presumed.
func (h *Contrats) CountFinsPresumees(ctx context.Context, organisme int64) (int, error) {
	return read(ctx, h.db, func(tx *store.Tx) (int, error) { return tx.CountPresumees(ctx, organisme) })
}

// exercicesOf returns the periods of the exercices of all sociétés of an organisme,
// in order and apart from each other.
func exercicesOf(ctx context.Context, tx *store.Tx, organisme int64) ([]passerelle.Periode, error) {
	societes, err := tx.Societes(ctx, organisme)
	if err != nil {
		return nil, err
	}
	var all []passerelle.Periode
	for _, s := range societes {
		list, err := tx.Exercices(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("read the exercices of a société: %w", err)
		}
		for _, e := range list {
			all = append(all, e.Periode)
		}
	}
	return apart(all), nil
}

// apart returns periods as such that neither meet nor overlap, in order.
func apart(all []passerelle.Periode) []passerelle.Periode {
	slices.SortFunc(all, func(a, b passerelle.Periode) int { return cmp.Compare(a.Debut, b.Debut) })
	var merged []passerelle.Periode
	for _, p := range all {
		if n := len(merged); n > 0 && p.Debut <= merged[n-1].Fin+1 {
			merged[n-1].Fin = max(merged[n-1].Fin, p.Fin)
		} else {
			merged = append(merged, p)
		}
	}
	return merged
}

// joursDans returns how many days of p lie in periods that are apart.
func joursDans(p passerelle.Periode, periodes []passerelle.Periode) int {
	days := 0
	for _, e := range periodes {
		days += p.Commun(e).Jours()
	}
	return days
}

// storable reports whether a text can be stored, and so be looked for.
func storable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }
