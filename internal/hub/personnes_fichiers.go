package hub

import (
	"context"
	"errors"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/regles"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// roleFichier is the role of a mention that is in a file alone.
const roleFichier = "fichier importé"

// mentionsInFiles returns what the files that were imported and are kept say of the
// person with a user code, through the mapping of each: a row of a file names people
// whom no contract has where it was refused, left out or never confirmed. Of a file
// that no mapping fits, it says only that one of its cells holds the code.
func (h *core) mentionsInFiles(ctx context.Context, organisme int64, code string) (mentions []MentionPersonne, err error) {
	var ids []int64
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		list, _, err := tx.Imports(ctx, organisme, 0, store.Page{})
		for i := range list {
			if list[i].Efface == nil {
				ids = append(ids, list[i].ID)
			}
		}
		return err
	})
	for _, id := range ids {
		if err != nil {
			return nil, err
		}
		var found []MentionPersonne
		found, err = h.mentionsInFile(ctx, organisme, id, code)
		mentions = append(mentions, found...)
	}
	return mentions, err
}

func (h *core) mentionsInFile(ctx context.Context, organisme, id int64, code string) (mentions []MentionPersonne, err error) {
	o, err := (&Imports{h}).Import(ctx, organisme, id)
	if refused := (*Refusal)(nil); errors.As(err, &refused) {
		return nil, nil // forgotten since
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	if o.Table == nil {
		return nil, nil // erased since
	}
	if o.binding == nil {
		return o.mentionsUnread(code)
	}
	for ligne, err := range o.binding.Lignes(o.Table) {
		if err != nil {
			return nil, err
		}
		for _, role := range regles.Roles {
			if *role.Of(&ligne.Contrat).Code == code {
				mentions = append(mentions, MentionPersonne{CodeContrat: ligne.Contrat.CodeContrat, Role: roleFichier, Champs: ownFields(&ligne.Contrat, role)})
			}
		}
	}
	return mentions, nil
}

// mentionsUnread looks for a code in a file that no mapping fits.
func (o *ImportOuvert) mentionsUnread(code string) (mentions []MentionPersonne, err error) {
	for row, err := range o.Table.Rows() {
		if err != nil {
			return nil, err
		}
		for i := range row.Values {
			if strings.TrimSpace(row.Values[i].Text) == code {
				mentions = append(mentions, MentionPersonne{Role: roleFichier, Champs: map[string]string{"code": code}})
				break
			}
		}
	}
	return mentions, nil
}

// addresses notes the addresses that mentions give.
func addresses(mentions []MentionPersonne, known *traits) {
	for _, m := range mentions {
		for name, value := range m.Champs {
			if strings.HasPrefix(name, "email") {
				known.addAddress(value)
			}
		}
	}
}
