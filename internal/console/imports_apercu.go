package console

import (
	"net/http"
	"slices"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// importPage is what import.html shows.
type importPage struct {
	*hub.ImportOuvert
	Adresse string
	Etape   int // 2 the mapping, 3 the preview, 4 recorded
	Avis    string
	Version int64 // of the remembered mapping, 0 where another one is used

	Apercu     *hub.ApercuImport // nil where there is nothing to look at
	Vue        string            // "erreurs", "lignes" or "changements"
	Onglets    []onglet
	Grille     *grilleFichier // of erreurs and lignes
	Lignes     []changement   // of changements
	Pagination pagination
	Ignorees   []string // columns that feed nothing, as people see them
	binding    *tableur.Binding

	Fait *hub.Changes // what it did, once it is recorded
}

// grilleFichier is a part of a file as it is seen in a spreadsheet.
type grilleFichier struct {
	Colonnes []tableur.Column
	Rangees  []rangee
}

type rangee struct {
	Numero   int
	Cellules []cellule
	Messages []string // about the row as a whole
}

type cellule struct {
	Texte    string
	Messages []string
}

// SansOnglets is what the list of changes shows: it has the tabs of the page.
func (p *importPage) SansOnglets() any {
	return struct {
		Onglets    []onglet
		Lignes     []changement
		Pagination pagination
	}{nil, p.Lignes, p.Pagination}
}

// Change reports whether recording the import would change contracts.
func (p *importPage) Change() bool {
	return p.Apercu.Ajoutes+p.Apercu.Modifies+p.Apercu.Archives > 0
}

func (c *console) showImport(w http.ResponseWriter, r *request) error {
	return c.showApercu(w, r, "")
}

// showApercu shows an import: what it would change while it waits, what it did
// once it is recorded. avis says why it was not.
func (c *console) showApercu(w http.ResponseWriter, r *request, avis string) error {
	o, err := c.openImport(r)
	if err != nil {
		return err
	}
	defer o.Close()
	o.Delta = r.FormValue("archiver") == "non"
	p := &importPage{ImportOuvert: o, Adresse: lienImport(o.ID), Etape: 3, Avis: avis, Vue: r.URL.Query().Get("vue")}
	if o.Etat == domaine.ImportFait {
		p.Etape = 4
	}
	status := http.StatusOK
	if avis != "" {
		status = http.StatusConflict
	}
	titre := "Import de « " + o.Nom + " »"
	if o.Efface != nil {
		titre = "Import d’un fichier effacé"
	}
	if o.Waits() && len(o.Problemes) == 0 {
		if err := c.preview(r, p); err != nil {
			return err
		}
	}
	if o.Etat == domaine.ImportFait {
		if p.Fait, err = c.hub.Journal.Changes(r.Context(), r.compte.OrganismeID, o.Synchronisation, domaine.ChangedAll, hub.Page{Limit: 1}); err != nil {
			return err
		}
	}
	return c.render(w, r, status, "import", titre, p)
}

// preview works out what the import would change and the part of it that is shown.
func (c *console) preview(r *request, p *importPage) error {
	page := pageOf(r.Request)
	apercu, err := c.hub.Imports.ApercuImport(r.Context(), p.ImportOuvert, slice(page))
	if err != nil {
		return err
	}
	p.Apercu = apercu
	changes := apercu.Ajoutes + apercu.Modifies + apercu.Archives
	if !slices.Contains([]string{"erreurs", "lignes", "changements"}, p.Vue) {
		switch {
		case apercu.ErreursTotal > 0:
			p.Vue = "erreurs"
		case changes > 0:
			p.Vue = "changements"
		default:
			p.Vue = "lignes"
		}
	}
	address := *r.URL
	address.Path = p.Adresse // where a refused confirmation is shown too
	q := address.Query()
	q.Del("page")
	address.RawQuery = q.Encode()
	for _, tab := range []onglet{
		{"erreurs", "Lignes en erreur", apercu.LignesEnErreur, false},
		{"changements", "Contrats changés", changes, false},
		{"lignes", "Toutes les lignes", apercu.Lignes, false},
	} {
		tab.Actif = tab.Lien == p.Vue
		tab.Lien = with(&address, "vue", tab.Lien)
		p.Onglets = append(p.Onglets, tab)
	}
	if p.OrigineMatrice == domaine.MatriceMemoire {
		kept, err := c.hub.Imports.Matrices(r.Context(), r.compte.OrganismeID)
		if err != nil {
			return err
		}
		if len(kept) > 0 {
			p.Version = kept[0].Version
		}
	}
	used, err := p.columns()
	if err != nil {
		return err
	}
	switch p.Vue {
	case "changements":
		for _, change := range apercu.Changements {
			p.Lignes = append(p.Lignes, readChange(change))
			p.Lignes[len(p.Lignes)-1].Inconnu = change.Avant == nil
		}
		p.Pagination = paginate(r.Request, page, changes)
		return nil
	case "erreurs":
		rows := rowsOf(p.Table, apercu.Erreurs)
		p.Pagination = paginate(r.Request, page, len(rows))
		return p.readRows(func(index, row int) (bool, bool) {
			wanted := part(rows, page, perPage)
			return slices.Contains(wanted, row), len(wanted) == 0 || row >= wanted[len(wanted)-1]
		}, used, true)
	}
	p.Pagination = paginate(r.Request, page, apercu.Lignes)
	return p.readRows(func(index, row int) (bool, bool) {
		return index >= (page-1)*perPage, index >= page*perPage-1
	}, used, false)
}

// rowsOf returns the rows that have errors, in their order.
func rowsOf(t *tableur.Table, errors []tableur.CellError) (rows []int) {
	for i := range errors {
		rows = append(rows, t.RowOf(&errors[i]))
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// columns returns the columns that feed a field, in their order, the one of the
// contract's code first; Ignorees are the others.
func (p *importPage) columns() ([]tableur.Column, error) {
	binding, err := p.Matrice.Bind(p.Table.Columns)
	if err != nil {
		return nil, err
	}
	p.binding = binding
	feeds := map[int]bool{}
	for i := range passerelle.Champs {
		for _, column := range binding.Sources(passerelle.Champs[i].Nom) {
			feeds[column.Index] = true
		}
	}
	used := binding.Sources("codeContrat")
	for _, column := range p.Table.Columns {
		if feeds[column.Index] && !slices.Contains(used, column) {
			used = append(used, column)
		}
	}
	p.Ignorees = binding.Reste(p.Table.Columns, p.Exemples)
	return used, nil
}

// readRows reads the rows of the file that are wanted, with what is wrong with
// them; in a view of errors only the columns that have some, beside that of the
// code. wanted also says when no later row is.
func (p *importPage) readRows(wanted func(index, row int) (take, last bool), columns []tableur.Column, onlyWrong bool) error {
	byCell := map[string][]string{}
	for _, e := range p.Apercu.Erreurs {
		key := e.Cell
		if key == "" {
			key = p.Table.Cell(tableur.Column{}, p.Table.RowOf(&e))
		}
		if !slices.Contains(byCell[key], e.Message) {
			byCell[key] = append(byCell[key], e.Message)
		}
	}
	var taken []tableur.Row
	index := 0
	for row, err := range p.binding.Rows(p.Table) {
		if err != nil {
			return err
		}
		take, last := wanted(index, row.Number)
		if take {
			taken = append(taken, row)
		}
		if index++; last {
			break
		}
	}
	g := &grilleFichier{}
	for i, column := range columns {
		wrong := slices.ContainsFunc(taken, func(row tableur.Row) bool { return len(byCell[p.Table.Cell(column, row.Number)]) > 0 })
		if !onlyWrong || i == 0 || wrong {
			g.Colonnes = append(g.Colonnes, column)
		}
	}
	for _, row := range taken {
		line := rangee{Numero: tableur.Line(row.Number), Messages: byCell[p.Table.Cell(tableur.Column{}, row.Number)]}
		for _, column := range g.Colonnes {
			text, messages := row.Value(column).Text, byCell[p.Table.Cell(column, row.Number)]
			if !onlyWrong && len(messages) == 0 {
				text = short(text)
			}
			line.Cellules = append(line.Cellules, cellule{text, messages})
		}
		g.Rangees = append(g.Rangees, line)
	}
	p.Grille = g
	return nil
}
