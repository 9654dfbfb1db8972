package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// importsPage is what imports.html shows.
type importsPage struct {
	Lignes     []domaine.Import
	Pagination pagination
	Erreur     string // why a file was refused
}

func (c *console) imports(w http.ResponseWriter, r *request) error {
	return c.showImports(w, r, http.StatusOK, "")
}

func (c *console) showImports(w http.ResponseWriter, r *request, status int, refused string) error {
	page := pageOf(r.Request)
	found, total, err := c.hub.Imports.Imports(r.Context(), r.compte.OrganismeID, 0, slice(page))
	if err != nil {
		return err
	}
	return c.render(w, r, status, "imports", "Import de fichiers", importsPage{found, paginate(r.Request, page, total), refused})
}

// createImport keeps a file that is dropped, and goes to the mapping where a person
// has to look at it, else to the preview.
func (c *console) createImport(w http.ResponseWriter, r *request) error {
	nom, contents, err := upload(r)
	if err != nil {
		return err
	}
	if contents == nil {
		return c.showImports(w, r, http.StatusUnprocessableEntity, "Choisissez un fichier CSV ou XLSX.")
	}
	o, err := c.hub.Imports.CreateImport(r.Context(), r.acteur(), nom, "", contents)
	var refused *tableur.FileError
	if errors.As(err, &refused) {
		return c.showImports(w, r, http.StatusUnprocessableEntity, refused.Message)
	}
	if err != nil {
		return err
	}
	defer o.Close()
	path := lienImport(o.ID)
	if o.OrigineMatrice != domaine.MatriceMemoire || len(o.Problemes) > 0 {
		path += "/correspondance"
	}
	return sent(w, r, path)
}

// upload returns the file of a form as a stream, nil where none was chosen.
func upload(r *request) (nom string, contents io.Reader, err error) { return uploadWith(r, nil) }

// uploadWith is upload of a form that has fields before its file, of at most
// maxFormText bytes each: what was written in those that fields names is put there.
func uploadWith(r *request, fields map[string]string) (nom string, contents io.Reader, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, nil // no file is in another kind of form
	}
	for {
		part, err := form.NextPart()
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			return "", nil, err
		case err != nil:
			return "", nil, nil
		case part.FileName() != "":
			return part.FileName(), web.FormPart(part), nil
		}
		if _, wanted := fields[part.FormName()]; wanted {
			text, err := io.ReadAll(io.LimitReader(web.FormPart(part), maxFormText))
			if err != nil {
				return "", nil, err
			}
			fields[part.FormName()] = strings.TrimSpace(string(text))
		}
	}
}

// sent goes to another page after a form that a script may have sent to show its
// progress.
func sent(w http.ResponseWriter, r *request, path string) error {
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Redirect", path)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r.Request, path, http.StatusSeeOther)
	return nil
}

// maxFormText is the longest text of a field beside a file that is looked at.
const maxFormText = 1 << 10

func lienImport(id int64) string { return "/imports/" + strconv.FormatInt(id, 10) }

// openImport opens the import of the address. The caller closes it.
func (c *console) openImport(r *request) (*hub.ImportOuvert, error) {
	return named(r, c.hub.Imports.Import)
}

func (c *console) dropImport(w http.ResponseWriter, r *request, id int64) error {
	if err := c.hub.Imports.DropImport(r.Context(), r.acteur(), id); err != nil {
		return err
	}
	return then(w, r, "/imports", "import-abandonne")
}

// confirmImport records an import. It goes on where the person leaves meanwhile:
// the list of imports tells what became of it.
func (c *console) confirmImport(w http.ResponseWriter, r *request, id int64) error {
	options := hub.ImportOptions{Version: r.PostFormValue("version"), Partiel: r.PostFormValue("partiel") != "",
		Confirme: r.PostFormValue("archivage") != "", Vide: r.PostFormValue("vide") != "", Delta: r.PostFormValue("archiver") == "non"}
	result, err := c.hub.Imports.ConfirmImport(context.WithoutCancel(r.Context()), r.acteur(), id, options)
	if err == nil {
		if err := result.Push.Close(); err != nil {
			c.log.Warn("temporary files of a push not removed", "request", r.id, "error", err)
		}
		return sent(w, r, lienImport(id)+"?fait=import")
	}
	refusal := web.RefusalOf(err)
	switch refusal.Code {
	case refus.CodeMassArchive, refus.CodePushHeld:
		return sent(w, r, lienImport(id))
	case refus.CodePreviewOutdated, refus.CodeInvalidContrats, refus.CodeEmptyPush:
		return c.showApercu(w, r, said(refusal))
	}
	return err
}

func (c *console) importFile(w http.ResponseWriter, r *request, id int64) error {
	i, file, err := c.hub.Imports.Fichier(r.Context(), r.compte.OrganismeID, id)
	if err != nil {
		return err
	}
	defer file.Close()
	web.SendFile(w, "application/octet-stream", i.Nom, file.SectionReader)
	return nil
}

// importReport is the file with what is wrong with each row, as a file of the same
// kind.
func (c *console) importReport(format tableur.Format, kind string) func(http.ResponseWriter, *request) error {
	return func(w http.ResponseWriter, r *request) error {
		o, err := c.openImport(r)
		if err != nil {
			return err
		}
		defer o.Close()
		file, err := c.hub.Imports.RapportImport(r.Context(), o, format)
		if err != nil {
			return err
		}
		defer file.Close()
		web.SendFile(w, kind, "rapport."+string(format), file.SectionReader)
		return nil
	}
}
