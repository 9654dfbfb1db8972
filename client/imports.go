package client

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"time"
)

// Import is a CSV or XLSX file of contracts that was dropped to be imported.
type Import struct {
	ID              string     `json:"id"`
	Nom             string     `json:"nom"` // "" once the file is erased
	Taille          int64      `json:"taille"`
	Etat            string     `json:"etat"`            // attente, retenu, importe
	Synchronisation string     `json:"synchronisation"` // "" before its confirmation
	Par             string     `json:"par"`
	DeposeLe        time.Time  `json:"deposeLe"`
	EffaceLe        *time.Time `json:"effaceLe"`

	// The rest is not in a list.
	Feuille        string            `json:"feuille"`
	Feuilles       []string          `json:"feuilles"`
	LigneTitres    int               `json:"ligneTitres"`
	Colonnes       []Colonne         `json:"colonnes"`
	Matrice        json.RawMessage   `json:"matrice"`        // the mapping document
	OrigineMatrice string            `json:"origineMatrice"` // memoire, proposition, choix
	Problemes      []MappingProblem  `json:"problemes"`      // why the mapping does not fit
	Propositions   []MappingProposal `json:"propositions"`
	Apercu         *ImportPreview    `json:"apercu"` // nil where there is nothing to confirm
}

// Colonne is one column of a file, named as Excel names it.
type Colonne struct {
	Lettre     string   `json:"lettre"`
	Nom        string   `json:"nom"`
	Occurrence int      `json:"occurrence"`
	Exemples   []string `json:"exemples"`
}

// MappingProblem is one field whose source is not in the file.
type MappingProblem struct {
	Field   string   `json:"field"`
	Missing string   `json:"missing"`
	Similar []string `json:"similar"`
	Message string   `json:"message"`
}

// MappingProposal says where a field could come from.
type MappingProposal struct {
	Field  string `json:"field"`
	Column *struct {
		Letter string `json:"letter"`
		Nom    string `json:"nom"`
	} `json:"column"` // nil where the field is made of others
	Confidence int    `json:"confidence"` // below 60, a person should look
	Why        string `json:"why"`
}

// ImportPreview is what an import would change, and what is wrong with its file.
type ImportPreview struct {
	Version        string          `json:"version"` // for ConfirmImport
	Lignes         int             `json:"lignes"`
	LignesEnErreur int             `json:"lignesEnErreur"`
	Added          int             `json:"added"`
	Updated        int             `json:"updated"`
	Same           int             `json:"same"`
	Removed        int             `json:"removed"`
	Retenu         bool            `json:"retenu"` // the guard asks for ImportOptions.Archive
	Active         int             `json:"active"`
	Seuil          int             `json:"seuil"`
	Erreurs        []CellError     `json:"erreurs"` // at most 10,000
	ErreursTotal   int             `json:"erreursTotal"`
	Avertissements []CellError     `json:"avertissements"`
	Changes        []ContratChange `json:"changes"` // the first 100
}

// CellError is what is wrong with a row, at its cell as Excel names it.
type CellError struct {
	Row     int    `json:"row"`
	Cell    string `json:"cell"` // such as B12, "" where no one cell is meant
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// ImportResult is what a confirmed import did, in contracts.
type ImportResult struct {
	PushResult
	Success bool `json:"success"` // every row was valid
	Invalid int  `json:"invalid"` // rows that were left out
}

// ImportOptions say how an import is confirmed.
type ImportOptions struct {
	Partial bool // rows in error are left out instead of refusing all
	PushOptions
}

const imports = "/api/admin/v1/imports"

// CreateImport drops a file that write writes; name is the file's, sheet that of a
// workbook or "". Nothing is recorded before ConfirmImport.
func (c *Client) CreateImport(ctx context.Context, name, sheet string, write func(io.Writer) error) (*Import, error) {
	query := url.Values{}
	if sheet != "" {
		query.Set("feuille", sheet)
	}
	header := http.Header{"Content-Type": {"application/octet-stream"},
		"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})}}
	return fetch[Import](ctx, c, call{method: "POST", path: imports, query: query, header: header, body: write, once: true})
}

// Imports yields the imports, latest first.
func (c *Client) Imports(ctx context.Context) iter.Seq2[Import, error] {
	return paged[Import](ctx, c, imports, "imports")
}

func importPath(id, rest string) string { return imports + "/" + url.PathEscape(id) + rest }

// Import returns an import with its preview.
func (c *Client) Import(ctx context.Context, id string) (*Import, error) {
	return fetch[Import](ctx, c, call{method: "GET", path: importPath(id, "")})
}

// SetImportMapping reads an import through another mapping document, and returns
// it with its preview.
func (c *Client) SetImportMapping(ctx context.Context, id string, document []byte) (*Import, error) {
	body := jsonBody(map[string]json.RawMessage{"matrice": document})
	return fetch[Import](ctx, c, call{method: "PUT", path: importPath(id, "/mapping"), body: body})
}

// ImportReport copies the sheet of an import to w, with a column that says what is
// wrong with each row; format is csv or xlsx.
func (c *Client) ImportReport(ctx context.Context, id, format string, w io.Writer) error {
	return c.copyTo(ctx, call{method: "GET", path: importPath(id, "/rapport"), query: url.Values{"format": {format}}}, w)
}

// ImportFile copies the file of an import to w as it was dropped.
func (c *Client) ImportFile(ctx context.Context, id string, w io.Writer) error {
	return c.copyTo(ctx, call{method: "GET", path: importPath(id, "/fichier")}, w)
}

func (c *Client) copyTo(ctx context.Context, call call, w io.Writer) error {
	response, err := c.do(ctx, call)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(w, response.Body)
	return err
}

// ConfirmImport records an import whose preview was looked at. Where the
// contracts changed since, the *Error has the code "preview outdated" and the
// preview to look at now.
func (c *Client) ConfirmImport(ctx context.Context, id, version string, options ImportOptions) (*ImportResult, error) {
	query := options.query()
	if options.Partial {
		query.Set("partiel", "oui")
	}
	body := jsonBody(map[string]string{"version": version})
	return fetch[ImportResult](ctx, c, call{method: "POST", path: importPath(id, "/confirmer"), query: query, body: body, once: true})
}

// DropImport forgets an import that is not recorded, with its file.
func (c *Client) DropImport(ctx context.Context, id string) error {
	return c.get(ctx, call{method: "DELETE", path: importPath(id, ""), once: true}, nil)
}
