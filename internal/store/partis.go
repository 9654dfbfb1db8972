package store

import (
	"context"
	"fmt"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/vie"
)

// Parti is an archived contract as its document is read.
type Parti struct {
	Code   []byte // valid during the call only
	Racine int64
	Depart passerelle.Date
	Profil int64
}

// EachDocumentParti passes, as they are kept, the archived contracts that may have
// run a day of a period, in whatever order the database finds them.
func (tx *Tx) EachDocumentParti(ctx context.Context, organisme int64, p passerelle.Periode, yield func(Parti, *document.Kept) error) error {
	return tx.partis(ctx, organisme, qVieDocuments, []any{organisme, int64(p.Debut), int64(p.Fin)}, yield)
}

// HasPartis reports whether a contract is archived.
func (tx *Tx) HasPartis(ctx context.Context, organisme int64) (has bool, err error) {
	err = tx.one(ctx, qVieAny, []any{organisme}, &has)
	return has, err
}

// EachDocumentPartiOf passes, as they are kept, the archived contracts of apprentices,
// named by their user codes, in whatever order.
func (tx *Tx) EachDocumentPartiOf(ctx context.Context, organisme int64, apprenants []string, yield func(Parti, *document.Kept) error) error {
	if len(apprenants) == 0 {
		return nil
	}
	return tx.partis(ctx, organisme, qVieDocumentsApprenants, []any{organisme, textList(apprenants)}, yield)
}

// ToutePeriode is a period that every contract touches.
var ToutePeriode = passerelle.Periode{Debut: jamais, Fin: toujours}

// JoursParti is what a ventilation needs of an archived contract, as it is decided
// now. The texts are valid during the call only.
type JoursParti struct {
	Code, Apprenant, Entreprise []byte // Entreprise where it is asked for
	Profil                      int64
	Vie                         vie.Vie // Nature is Presumee, Annule, or else Terme
}

// EachParti passes the archived contracts that may have run a day of a period, in
// whatever order, without reading their documents.
func (tx *Tx) EachParti(ctx context.Context, organisme int64, p passerelle.Periode, entreprise bool, yield func(*JoursParti) error) error {
	name := qViePeriode
	if entreprise {
		name = qViePeriodeEntreprise
	}
	return tx.jours(ctx, name, []any{organisme, int64(p.Debut), int64(p.Fin)}, yield)
}

// EachHors passes the first archived contracts, by code, that ran no day of a
// period; of those that are in a session with integres. A contract whose first day
// is not known is not among them.
func (tx *Tx) EachHors(ctx context.Context, organisme int64, p passerelle.Periode, integres bool, first int, yield func(*JoursParti) error) error {
	return tx.jours(ctx, qVieHors, []any{organisme, int64(p.Debut), int64(p.Fin), flag(integres), first}, yield)
}

func (tx *Tx) jours(ctx context.Context, q query, args []any, yield func(*JoursParti) error) error {
	return tx.eachRaw(ctx, q, args, func(columns [][]byte) error {
		j := JoursParti{Code: columns[4], Apprenant: columns[5]}
		if len(columns) > 6 {
			j.Entreprise = columns[6]
		}
		var numbers [4]int64
		for i, column := range columns[:4] {
			if len(column) == 0 {
				continue // debut may be absent
			}
			var err error
			if numbers[i], err = integer(column); err != nil {
				return fmt.Errorf("read the days of an archived contract: %w", err)
			}
		}
		j.Profil = numbers[0]
		if len(columns[1]) > 0 {
			j.Vie.Debut = vie.Le(passerelle.Date(numbers[1]))
		}
		switch {
		case numbers[2] == jamais:
			j.Vie.Nature = vie.Annule
		case numbers[3] == 1:
			j.Vie.Nature, j.Vie.Dernier = vie.Presumee, vie.Le(passerelle.Date(numbers[2]))
		default:
			j.Vie.Nature, j.Vie.Dernier = vie.Terme, vie.Le(passerelle.Date(numbers[2]))
		}
		return yield(&j)
	})
}

// EachProfilParti passes what the profils of archived contracts say that may have run
// on a day or later, and whether they are in a session, in whatever order.
func (tx *Tx) EachProfilParti(ctx context.Context, organisme int64, depuis passerelle.Date, yield func(id int64, placed bool, valeurs *regles.Profil)) error {
	return tx.eachRaw(ctx, qPartisProfilsValeurs, []any{organisme, int64(depuis)}, func(columns [][]byte) error {
		id, err := integer(columns[0])
		if err != nil {
			return fmt.Errorf("a stored profil has no usable number: %w", err)
		}
		var valeurs regles.Profil
		for i, texte := range valeurs.Each() {
			*texte = string(columns[2+i])
		}
		placed, err := integer(columns[1])
		if err != nil {
			return fmt.Errorf("a stored profil does not say whether it has a session: %w", err)
		}
		yield(id, placed == 1, &valeurs)
		return nil
	})
}

// EraseParti replaces an apprenant's code in what is kept of archived contracts.
func (tx *Tx) EraseParti(ctx context.Context, organisme int64, code, replacement string) error {
	_, err := tx.exec(ctx, qVieEfface, organisme, code, replacement)
	return err
}

// EachDocumentPartiAsOf passes, as they are kept, the contracts that were archived
// once a synchronisation had been applied, in whatever order.
func (tx *Tx) EachDocumentPartiAsOf(ctx context.Context, organisme, synchronisation int64, yield func(Parti, *document.Kept) error) error {
	return tx.partis(ctx, organisme, qVieDocumentsAsOf, []any{organisme, synchronisation}, yield)
}

func (tx *Tx) partis(ctx context.Context, organisme int64, q query, args []any, yield func(Parti, *document.Kept) error) error {
	return tx.eachKept(ctx, organisme, many, q, args, func(k *document.Kept, columns [][]byte) error {
		var depart int64
		parti := Parti{Code: k.Code}
		if err := integers(columns, &depart, &parti.Racine, &parti.Profil); err != nil {
			return fmt.Errorf("read when a contract was archived: %w", err)
		}
		parti.Depart = passerelle.Date(depart)
		return yield(parti, k)
	})
}

// DocumentParti passes the document of an archived contract.
func (tx *Tx) DocumentParti(ctx context.Context, organisme int64, v *Vie, yield func(doc []byte) error) error {
	return tx.documents(ctx, organisme, few, qVieDocumentOf, []any{organisme, v.Jusqua, textList([]string{v.Code})}, yield)
}
