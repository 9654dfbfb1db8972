package admin

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

const imports = "/api/admin/v1/imports"

func (s *server) imports(w http.ResponseWriter, r *web.Request) error {
	page, err := web.Page(r, importsPage)
	if err != nil {
		return err
	}
	var synchronisation int64
	if text := r.URL.Query().Get("synchronisation"); text != "" {
		if synchronisation, err = web.ParseID(text); err != nil {
			return err
		}
	}
	found, total, err := s.hub.Imports.Imports(r.Context(), r.Jeton.OrganismeID, synchronisation, page)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, importsAnswer{total, web.Each(found, importLineOf)})
}

// importsPage is the size of a page of imports.
const importsPage = 100

func (s *server) createImport(w http.ResponseWriter, r *web.Request) error {
	nom, contents, err := upload(w, r)
	if err != nil {
		return err
	}
	o, err := s.hub.Imports.CreateImport(r.Context(), r.Acteur(), nom, r.URL.Query().Get("feuille"), contents)
	if err != nil {
		return err
	}
	defer o.Close()
	w.Header().Set("Location", imports+"/"+web.ID(o.ID))
	answer, err := importOf(o, nil)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusCreated, answer)
}

// upload returns the file of a form (its first part that is a file), or the body
// as it is, whose name Content-Disposition tells.
func upload(w http.ResponseWriter, r *web.Request) (nom string, contents io.Reader, err error) {
	body, err := web.Body(w, r)
	if err != nil {
		return "", nil, err
	}
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		_, disposition, _ := mime.ParseMediaType(r.Header.Get("Content-Disposition")) // a name is not needed
		return disposition["filename"], body, nil
	}
	form := multipart.NewReader(body, parameters["boundary"])
	for {
		part, err := form.NextPart()
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return "", nil, err
		}
		if err != nil {
			return "", nil, refus.New(refus.CodeNoFile, "Le formulaire ne contient pas de fichier : joignez le fichier CSV ou XLSX dans le champ « fichier ».")
		}
		if part.FileName() != "" {
			return part.FileName(), web.FormPart(part), nil
		}
	}
}

func (s *server) importPreview(w http.ResponseWriter, r *web.Request, id int64) error {
	page, err := web.Page(r, importsPage)
	if err != nil {
		return err
	}
	o, err := s.hub.Imports.Import(r.Context(), r.Jeton.OrganismeID, id)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.Delta, err = web.Flag(r, "archiver", "non"); err != nil {
		return err
	}
	return s.writePreview(w, r, o, page)
}

// writePreview answers with an import and, while it waits and its mapping fits,
// with what it would change.
func (s *server) writePreview(w http.ResponseWriter, r *web.Request, o *hub.ImportOuvert, page hub.Page) error {
	var apercu *hub.ApercuImport
	if o.Waits() && len(o.Problemes) == 0 {
		var err error
		if apercu, err = s.hub.Imports.ApercuImport(r.Context(), o, page); err != nil {
			return err
		}
	}
	answer, err := importOf(o, apercu)
	if err != nil {
		return err
	}
	return web.WriteJSON(w, http.StatusOK, answer)
}

func (s *server) dropImport(w http.ResponseWriter, r *web.Request, id int64) error {
	if err := s.hub.Imports.DropImport(r.Context(), r.Acteur(), id); err != nil {
		return err
	}
	return web.NoContent(w)
}

type mappingBody struct {
	Matrice jsontext.Value `json:"matrice"`
	Feuille *string        `json:"feuille"`
}

func (s *server) setMapping(w http.ResponseWriter, r *web.Request, id int64) error {
	var body mappingBody
	if err := web.ReadJSON(w, r, &body); err != nil {
		return err
	}
	if len(body.Matrice) == 0 {
		return refus.New(refus.CodeInvalidMapping, "La propriété « matrice » est obligatoire.")
	}
	m, err := tableur.ParseMapping(body.Matrice)
	if err != nil {
		return refus.New(refus.CodeInvalidMapping, "%s", sentence(err.Error()))
	}
	o, err := s.hub.Imports.SetImportMatrice(r.Context(), r.Acteur(), id, m, body.Feuille)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.Delta, err = web.Flag(r, "archiver", "non"); err != nil {
		return err
	}
	return s.writePreview(w, r, o, hub.Page{Limit: importsPage})
}

// sentence writes a reason with its capital and its stop.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// files are the kinds of reports with their types.
var files = map[tableur.Format]string{
	tableur.CSV:  "text/csv; charset=utf-8",
	tableur.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

func (s *server) importReport(w http.ResponseWriter, r *web.Request, id int64) error {
	format := tableur.Format(r.URL.Query().Get("format"))
	if format == "" {
		format = tableur.XLSX
	}
	kind, ok := files[format]
	if !ok {
		return refus.New(refus.CodeInvalidParameter, "Paramètre « format » : csv ou xlsx était attendu.").With(web.Parametre{Name: "format"})
	}
	o, err := s.hub.Imports.Import(r.Context(), r.Jeton.OrganismeID, id)
	if err != nil {
		return err
	}
	defer o.Close()
	file, err := s.hub.Imports.RapportImport(r.Context(), o, format)
	if err != nil {
		return err
	}
	defer file.Close()
	web.SendFile(w, kind, "rapport."+string(format), file.SectionReader)
	return nil
}

func (s *server) importFile(w http.ResponseWriter, r *web.Request, id int64) error {
	i, file, err := s.hub.Imports.Fichier(r.Context(), r.Jeton.OrganismeID, id)
	if err != nil {
		return err
	}
	defer file.Close()
	web.SendFile(w, "application/octet-stream", i.Nom, file.SectionReader)
	return nil
}

type confirmBody struct {
	Version string `json:"version"`
}

func (s *server) confirmImport(w http.ResponseWriter, r *web.Request, id int64) error {
	var options hub.ImportOptions
	var err error
	for _, flag := range []struct {
		into        *bool
		name, value string
	}{{&options.Partiel, "partiel", "oui"}, {&options.Vide, "vide", "oui"}, {&options.Delta, "archiver", "non"}} {
		if *flag.into, err = web.Flag(r, flag.name, flag.value); err != nil {
			return err
		}
	}
	if options.Archivage, options.Confirme, err = web.Confirmed(r); err != nil {
		return err
	}
	var body confirmBody
	if err := web.ReadJSON(w, r, &body); err != nil {
		return err
	}
	options.Version = body.Version
	result, err := s.hub.Imports.ConfirmImport(r.Context(), r.Acteur(), id, options)
	if err != nil {
		return err
	}
	defer result.Push.Close()
	sync := &result.Synchronisation
	return web.WriteJSON(w, http.StatusOK, confirmAnswer{
		Success: result.Plan.Refuses() == 0, Total: sync.Total, Added: sync.Ajoutes, Updated: sync.Modifies, Same: sync.Identiques,
		Removed: sync.Archives, Invalid: sync.Refuses, Integres: sync.Integres, Synchronisation: web.ID(sync.ID),
	})
}

func date(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
