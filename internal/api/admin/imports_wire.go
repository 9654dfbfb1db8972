package admin

import (
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// importLine is the wire form of an import in a list.
type importLine struct {
	ID              string  `json:"id"`
	Nom             *string `json:"nom"` // null once the file is erased
	Taille          int64   `json:"taille"`
	Etat            string  `json:"etat"`
	Synchronisation *string `json:"synchronisation"`
	Par             string  `json:"par"`
	DeposeLe        string  `json:"deposeLe"`
	EffaceLe        *string `json:"effaceLe"`
}

type importsAnswer struct {
	Total   int          `json:"total"`
	Imports []importLine `json:"imports"`
}

func importLineOf(i *domaine.Import) importLine {
	line := importLine{ID: web.ID(i.ID), Nom: web.OrNull(i.Nom), Taille: i.Taille, Etat: string(i.Etat),
		Synchronisation: web.IDOrNull(i.Synchronisation), Par: i.Par, DeposeLe: date(i.Depose)}
	if i.Efface != nil {
		line.EffaceLe = web.OrNull(date(*i.Efface))
	}
	return line
}

// importAnswer is an import with what its file holds and, where it can be read as
// contracts and waits, what it would change.
type importAnswer struct {
	importLine
	Feuille        *string                  `json:"feuille"` // the sheet that is read, null for CSV
	Feuilles       []string                 `json:"feuilles"`
	LigneTitres    int                      `json:"ligneTitres"` // row of the header
	Colonnes       []colonne                `json:"colonnes"`
	Matrice        jsontext.Value           `json:"matrice"`
	OrigineMatrice string                   `json:"origineMatrice"`
	Problemes      []tableur.MappingProblem `json:"problemes"`
	Propositions   []tableur.Proposal       `json:"propositions"`
	Apercu         *apercuImport            `json:"apercu"`
}

type colonne struct {
	Lettre     string   `json:"lettre"`
	Nom        string   `json:"nom"`
	Occurrence int      `json:"occurrence"`
	Exemples   []string `json:"exemples"` // its first values, at most three
}

func importOf(o *hub.ImportOuvert, a *hub.ApercuImport) (*importAnswer, error) {
	answer := &importAnswer{importLine: importLineOf(&o.Import), OrigineMatrice: string(o.OrigineMatrice), Matrice: jsontext.Value("null"),
		Problemes: o.Problemes, Propositions: o.Propositions(), Apercu: apercuOf(a)}
	if o.Table == nil {
		return answer, nil
	}
	answer.Matrice = jsontext.Value(o.Import.Matrice)
	answer.Feuille, answer.Feuilles, answer.LigneTitres = web.OrNull(o.Table.Sheet), o.Table.Sheets, o.Table.HeaderRow
	for _, c := range o.Table.Columns {
		wire := colonne{c.Letter, c.Nom, c.Occurrence, nil}
		for _, row := range o.Exemples {
			if text := row.Value(c).Text; text != "" && len(wire.Exemples) < 3 {
				wire.Exemples = append(wire.Exemples, text)
			}
		}
		answer.Colonnes = append(answer.Colonnes, wire)
	}
	return answer, nil
}

// erreurCellule is what is wrong with a row, at its cell as Excel names it.
type erreurCellule struct {
	Row     int     `json:"row"`
	Cell    *string `json:"cell"` // null where no one cell is meant
	Field   *string `json:"field"`
	Code    string  `json:"code"`
	Message string  `json:"message"`
}

// apercuImport is what an import would change.
type apercuImport struct {
	Version        string          `json:"version"`
	Lignes         int             `json:"lignes"`
	LignesEnErreur int             `json:"lignesEnErreur"`
	Added          int             `json:"added"`
	Updated        int             `json:"updated"`
	Same           int             `json:"same"`
	Removed        int             `json:"removed"`
	Retenu         bool            `json:"retenu"` // the guard asks for confirmer=archivage
	Active         int             `json:"active"`
	Seuil          int             `json:"seuil"`
	Erreurs        []erreurCellule `json:"erreurs"`
	ErreursTotal   int             `json:"erreursTotal"`
	Avertissements []erreurCellule `json:"avertissements"`
	Changes        []web.Change    `json:"changes"` // a page
}

func apercuOf(a *hub.ApercuImport) *apercuImport {
	if a == nil {
		return nil
	}
	wire := &apercuImport{
		Version: a.Version, Lignes: a.Lignes, LignesEnErreur: a.LignesEnErreur, Added: a.Ajoutes, Updated: a.Modifies, Same: a.Identiques, Removed: a.Archives,
		Retenu: a.Retenu, Active: a.Actifs, Seuil: a.Seuil, ErreursTotal: a.ErreursTotal,
		Erreurs: cellules(a.Erreurs), Avertissements: cellules(a.Avertissements), Changes: make([]web.Change, len(a.Changements)),
	}
	for i := range a.Changements {
		wire.Changes[i] = web.ChangeOf(&a.Changements[i])
	}
	return wire
}

func cellules(list []tableur.CellError) []erreurCellule {
	wire := make([]erreurCellule, len(list))
	for i, e := range list {
		wire[i] = erreurCellule{e.Row, web.OrNull(e.Cell), web.OrNull(e.Field), string(e.Code), e.Message}
	}
	return wire
}

type confirmAnswer struct {
	Success         bool   `json:"success"` // every contract was valid
	Total           int    `json:"total"`
	Added           int    `json:"added"`
	Updated         int    `json:"updated"`
	Same            int    `json:"same"`
	Removed         int    `json:"removed"`
	Invalid         int    `json:"invalid"`
	Integres        int    `json:"integres"`
	Synchronisation string `json:"synchronisation"`
}

// importError is a refusal that shows the preview to look at now.
type importError struct {
	Error  string        `json:"error"`
	Reason string        `json:"reason"`
	Apercu *apercuImport `json:"apercu"`
}

// writeError answers with the form of the plain dialects, and beside a refused
// confirmation with the preview.
func writeError(w http.ResponseWriter, r *http.Request, requestID string, err error) {
	refusal := web.RefusalOf(err)
	var apercu *hub.ApercuImport
	switch d := refusal.Details.(type) {
	case *hub.StaleImport:
		apercu = d.Apercu
	case *hub.RefusedImport:
		apercu = d.Apercu
	default:
		web.WritePlainError(w, r, requestID, err)
		return
	}
	body := importError{Error: refusal.Code.String(), Reason: web.PlainReason(refusal, requestID), Apercu: apercuOf(apercu)}
	_ = web.WriteJSON(w, web.Status(refusal.Kind()), body) // an importError is always JSON
}
