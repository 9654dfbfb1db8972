package hub

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/document"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/recherche"
	"github.com/passerelle-hub/passerelle/internal/store"
)

// Place is a contract with where it is placed: as its last version is where it is archived.
type Place struct {
	passerelle.Contrat
	Session, Modele int64 // 0 where Motif says why
	Motif           domaine.Motif
	Ambigus         []int64         // the modèles that match equally well
	Archive         bool            // it left
	Depart          passerelle.Date // the day on which it left
}

// Vie says whether active or archived contracts are wanted.
type Vie string

// The contracts that may be wanted.
const (
	VieActifs   Vie = ""
	VieArchives Vie = "archives"
	VieTous     Vie = "tous"
)

// Recherche is what is asked of a list of contracts.
type Recherche struct {
	Texte string // every word of which a contract holds, "" for any
	Choix Choix
	Vie   Vie
	Tri   recherche.Tri
	Desc  bool
	Page  Page
}

// SearchContrats returns a page of the active contracts that a choice leaves and
// that contain every word of texte, ordered by code, and how many there are.
func (h *Contrats) SearchContrats(ctx context.Context, organisme int64, texte string, choix Choix, page Page) (found []Place, total int, err error) {
	list, err := h.Chercher(ctx, organisme, Recherche{Texte: texte, Choix: choix, Page: page})
	return list.Lignes, list.Total, err
}

// Trouves is a page of a list of contracts.
type Trouves struct {
	Lignes []Place
	Total  int
	// Ailleurs is how many contracts of the other kind the same text and choice find:
	// archived ones of a list of active ones, and the other way round. It is 0 where nothing is looked for, and
	// AilleursMax where there are as many or more: a text is looked for no further.
	Ailleurs int
}

// AilleursMax is how far contracts of the other kind are counted where a text is looked for.
const AilleursMax = 1001

// AilleursPlus reports whether there are more contracts of the other kind than were counted.
func (t Trouves) AilleursPlus() bool { return t.Ailleurs == AilleursMax }

// AilleursComptes is how many of them there are, or at least.
func (t Trouves) AilleursComptes() int {
	if t.AilleursPlus() {
		return AilleursMax - 1
	}
	return t.Ailleurs
}

// Chercher returns a page of the contracts that are asked for, and how many there are.
func (h *Contrats) Chercher(ctx context.Context, organisme int64, r Recherche) (found Trouves, err error) {
	texte := recherche.NewTexte(r.Texte)
	if texte.Vide() && r.Vie == VieActifs && r.Tri == recherche.ParCode && !r.Desc {
		return h.listed(ctx, organisme, r.Choix, r.Page)
	}
	x, err := h.bothIndexes(ctx, organisme)
	if err != nil {
		return found, err
	}
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		actifs := cote{x.actifs, tx.ProfilsOf}
		archives := cote{x.archives, tx.ProfilsArchives}
		var from, among *recherche.Index
		var dans, parmi recherche.Ensemble
		if r.Vie != VieArchives {
			from = x.actifs
			if dans, found.Total, err = actifs.holding(ctx, texte, r.Choix, organisme); err != nil {
				return err
			}
		}
		if r.Vie != VieActifs {
			among = x.archives
			more := 0
			if parmi, more, err = archives.holding(ctx, texte, r.Choix, organisme); err != nil {
				return err
			}
			found.Total += more
		}
		if r.Vie != VieTous && (!texte.Vide() || r.Choix != (Choix{})) {
			other := archives
			if r.Vie == VieArchives {
				other = actifs
			}
			if found.Ailleurs, err = other.ailleurs(ctx, texte, r.Choix, organisme); err != nil {
				return err
			}
		}
		found.Lignes, err = x.placesOf(ctx, tx, organisme, recherche.Partie(from, among, dans, parmi, r.Tri, r.Desc, r.Page.Offset, r.Page.Limit))
		return err
	})
	return found, err
}

// cote is one of the two kinds of contracts: their index, and how many of them the profils of a
// choice have.
type cote struct {
	*recherche.Index
	profilsOf func(context.Context, int64, store.Choix) (map[int64]int, error)
}

// keep returns what a choice accepts, nil for everything.
func (c cote) keep(ctx context.Context, choix Choix, organisme int64) (func(i int) bool, error) {
	if choix == (Choix{}) {
		return nil, nil
	}
	profils, err := c.profilsOf(ctx, organisme, store.Choix(choix))
	return func(i int) bool { return profils[c.Profil(i)] > 0 }, err
}

// holding returns the contracts that hold a text and that a choice leaves.
func (c cote) holding(ctx context.Context, texte recherche.Texte, choix Choix, organisme int64) (recherche.Ensemble, int, error) {
	keep, err := c.keep(ctx, choix, organisme)
	if err != nil {
		return nil, 0, err
	}
	set, total := c.Holding(texte, keep)
	return set, total, nil
}

// ailleurs counts them up to AilleursMax.
func (c cote) ailleurs(ctx context.Context, texte recherche.Texte, choix Choix, organisme int64) (int, error) {
	keep, err := c.keep(ctx, choix, organisme)
	if err != nil {
		return 0, err
	}
	return c.AuPlus(texte, keep, AilleursMax), nil
}

// placesOf reads contracts that were found, in their order. One that changed its kind
// since is left out.
func (x deuxIndex) placesOf(ctx context.Context, tx *store.Tx, organisme int64, list []recherche.Trouve) ([]Place, error) {
	byCode, err := x.read(ctx, tx, organisme, list)
	if err != nil {
		return nil, err
	}
	ordered := make([]Place, 0, len(list))
	for _, f := range list {
		if p := byCode[x.code(f)]; p != nil && p.Archive == f.Archive {
			ordered = append(ordered, *p)
		}
	}
	return ordered, nil
}

// listed is the list of active contracts by code, of which the database has an index.
func (h *Contrats) listed(ctx context.Context, organisme int64, choix Choix, page Page) (found Trouves, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		var profils map[int64]int
		if choix != (Choix{}) {
			if profils, err = tx.ProfilsOf(ctx, organisme, store.Choix(choix)); err != nil {
				return err
			}
			gone, err := tx.ProfilsArchives(ctx, organisme, store.Choix(choix))
			if err != nil {
				return err
			}
			for _, effectif := range gone {
				found.Ailleurs += effectif
			}
		}
		if profils == nil {
			found.Total, _, err = tx.Counts(ctx, organisme)
		}
		for _, effectif := range profils {
			found.Total += effectif
		}
		if err != nil || found.Total == 0 {
			return err
		}
		codes, err := tx.ActiveCodes(ctx, organisme, profils, store.Page(page))
		if err != nil {
			return err
		}
		found.Lignes, err = places(ctx, tx, organisme, codes)
		return err
	})
	return found, err
}

func placeOf(row *store.ActifPlace) (Place, error) {
	c, err := document.Parse(row.Document)
	return Place{Contrat: c, Session: row.Session, Modele: row.Modele, Motif: row.Motif, Ambigus: row.Ambigus}, err
}

func places(ctx context.Context, tx *store.Tx, organisme int64, codes []string) ([]Place, error) {
	rows, err := tx.ActifsPlaces(ctx, organisme, codes)
	found := make([]Place, len(rows))
	for i, row := range rows {
		if err != nil {
			break
		}
		found[i], err = placeOf(&row)
	}
	return found, err
}

// Places returns contracts by their codes, active or archived, with where they are or
// were placed; what is not there any more is left out.
func (h *Contrats) Places(ctx context.Context, organisme int64, codes []string) (map[string]*Place, error) {
	var found map[string]*Place
	err := h.db.Read(ctx, func(tx *store.Tx) error {
		gone, err := archivedPlaces(ctx, tx, organisme, codes)
		if err != nil {
			return err
		}
		here, err := places(ctx, tx, organisme, codes)
		found = placesByCode(gone, here)
		return err
	})
	return found, err
}

func archivedPlaces(ctx context.Context, tx *store.Tx, organisme int64, codes []string) ([]Place, error) {
	rows, err := tx.ArchivesPlaces(ctx, organisme, codes)
	found := make([]Place, len(rows))
	for i, row := range rows {
		if err != nil {
			break
		}
		found[i], err = placeOf(&row.ActifPlace)
		found[i].Archive, found[i].Depart = true, row.Depart
	}
	return found, err
}

// Nomenclature returns the sites, formations and périodes of the active
// contracts, each ordered by name.
func (h *Contrats) Nomenclature(ctx context.Context, organisme int64) (sites, formations, periodes []Valeur, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		s, f, p, err := tx.Nomenclature(ctx, organisme)
		sites, formations, periodes = said(s, valeur), said(f, valeur), said(p, valeur)
		return err
	})
	for _, list := range [][]Valeur{sites, formations, periodes} {
		slices.SortFunc(list, func(a, b Valeur) int { return cmp.Or(strings.Compare(a.Nom, b.Nom), strings.Compare(a.Code, b.Code)) })
	}
	return sites, formations, periodes, err
}
