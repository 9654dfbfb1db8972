package console

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/passerelle-hub/passerelle/compta"
	"github.com/passerelle-hub/passerelle/fec"
	"github.com/passerelle-hub/passerelle/internal/conversion"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/tra"
)

// traPage is what tra.html shows: what a file of accounting is, what is wrong with
// it, what it would become.
type traPage struct {
	dossier
	PeutAgir bool
	Nom      string // of the file that was checked
	Sorte    string // what it is
	*compta.Report
	Devenirs []devenir
	Erreur   string // said before anything else
}

// devenir is what a file would become in another format.
type devenir struct {
	Format conversion.Format
	Nom    string // of the format
	*conversion.Rapport
	Refus string // why it cannot be converted
}

var formatNames = []struct {
	format conversion.Format
	nom    string
}{{conversion.TRA, "TRA"}, {conversion.FEC, "FEC"}, {conversion.MAD, "MAD (JSON)"}}

const fichiersTitre = "Fichiers comptables"

func (c *console) traForm(w http.ResponseWriter, r *request) error {
	d, err := c.readDossier(r)
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "tra", fichiersTitre, traPage{dossier: d, PeutAgir: r.compte.Role.Compte()})
}

// findings is how many errors and how many warnings the page lists.
const findings = 200

// formatOf says what a file is by its first bytes.
func formatOf(file multipart.File) (compta.Nature, conversion.Format, error) {
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return compta.Nature{}, "", err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return compta.Nature{}, "", err
	}
	nature := compta.Recognize(head[:n])
	format, _ := conversion.ParseFormat(nature.Kind)
	return nature, format, nil
}

// checkTRA says what a file is and what is wrong with it; nothing is recorded.
func (c *console) checkTRA(w http.ResponseWriter, r *request) error {
	d, err := c.readDossier(r)
	if err != nil {
		return err
	}
	p := traPage{dossier: d, PeutAgir: r.compte.Role.Compte()}
	file, header, err := r.FormFile("fichier")
	if err != nil {
		p.Erreur = "Choisissez un fichier TRA, FEC ou MAD."
		return c.render(w, r, http.StatusUnprocessableEntity, "tra", fichiersTitre, p)
	}
	defer file.Close()
	p.Nom = header.Filename
	nature, format, err := formatOf(file)
	if err != nil {
		return err
	}
	p.Sorte = nature.About
	if format == "" { // what its name promises says best what it lacks
		format = promised(p.Nom)
	}
	err = p.check(file, format)
	if refused, ok := errors.AsType[*compta.FormatError](err); ok {
		p.Erreur = "« " + p.Nom + " » : " + refused.Message
		return c.render(w, r, http.StatusUnprocessableEntity, "tra", fichiersTitre, p)
	}
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "tra", fichiersTitre, p)
}

// promised is the format that the name of a file promises.
func promised(name string) conversion.Format {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".txt":
		return conversion.FEC
	case ".json":
		return conversion.MAD
	}
	return conversion.TRA
}

// check fills the report, and what the file would become. The error is a
// *compta.FormatError where this is no file of the format.
func (p *traPage) check(file multipart.File, format conversion.Format) error {
	var err error
	switch format {
	case conversion.TRA:
		var report *tra.Report
		if report, err = tra.Check(file, tra.Options{Limit: findings}); err == nil {
			p.Report = &report.Report
		}
	case conversion.FEC:
		var report *fec.Report
		if report, err = fec.Check(file, fec.Options{Limit: findings, Name: p.Nom}); err == nil {
			p.Report = &report.Report
		}
	default:
		p.Report, err = conversion.CheckMAD(file, conversion.Options{Limite: findings})
	}
	if err != nil || !p.OK() {
		return err
	}
	for _, f := range formatNames {
		if f.format == format {
			continue
		}
		done, err := conversion.Convert(file, io.Discard, conversion.Options{De: format, Vers: f.format, Nom: p.Nom})
		refus, err := refusal(err)
		if err != nil {
			return err
		}
		p.Devenirs = append(p.Devenirs, devenir{f.format, f.nom, done, refus})
	}
	return nil
}

// refusal says for a person why a file is not converted; any other error is returned.
func refusal(err error) (string, error) {
	var refus *conversion.Refus
	var format *compta.FormatError
	switch {
	case errors.As(err, &format):
		return format.Message, nil
	case errors.As(err, &refus) && refus.Controle != nil && len(refus.Controle.Findings) > 0:
		return "Le fichier a des erreurs, corrigez-les d’abord. La première : " + refus.Controle.Findings[0].String(), nil
	}
	return "", err
}

// convertFichier answers with the file in another format.
func (c *console) convertFichier(w http.ResponseWriter, r *request) error {
	d, err := c.readDossier(r)
	if err != nil {
		return err
	}
	p := traPage{dossier: d, PeutAgir: r.compte.Role.Compte()}
	again := func(message string) error {
		p.Erreur = message
		return c.render(w, r, http.StatusUnprocessableEntity, "tra", fichiersTitre, p)
	}
	file, header, err := r.FormFile("fichier")
	if err != nil {
		return again("Choisissez le fichier à convertir.")
	}
	defer file.Close()
	vers, ok := conversion.ParseFormat(r.FormValue("vers"))
	if !ok {
		return again("Choisissez le format voulu : TRA, FEC ou MAD.")
	}
	nature, de, err := formatOf(file)
	if err != nil {
		return err
	}
	switch {
	case de == "":
		return again("« " + header.Filename + " » : c’est " + nature.About + ", qui ne peut pas être converti. " + nature.Todo)
	case de == vers:
		return again("« " + header.Filename + " » est déjà " + nature.About + " : il n’y a rien à convertir.")
	}
	out, err := os.CreateTemp("", "passerelle-fichier-*")
	if err != nil {
		return err
	}
	defer func() { _ = errors.Join(out.Close(), os.Remove(out.Name())) }() // it is temporary
	_, err = conversion.Convert(file, out, conversion.Options{De: de, Vers: vers, Nom: header.Filename, Heure: c.hub.Now().In(hub.Paris)})
	message, err := refusal(err)
	if err != nil {
		return err
	}
	if message != "" {
		return again(message)
	}
	size, err := out.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = out.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	ext := map[conversion.Format]string{conversion.TRA: ".TRA", conversion.FEC: ".txt", conversion.MAD: ".json"}[vers]
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "ecritures" + ext}))
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	_, _ = io.Copy(w, out) // the browser may have left
	return nil
}

// importTRA creates the exercices of a file that are missing, after a look.
func (c *console) importTRA(w http.ResponseWriter, r *request) error {
	d, err := c.readDossier(r)
	if err != nil {
		return err
	}
	file, _, err := r.FormFile("fichier")
	if err != nil {
		return c.render(w, r, http.StatusUnprocessableEntity, "tra", fichiersTitre, traPage{dossier: d, PeutAgir: true, Erreur: "Choisissez un fichier TRA."})
	}
	defer file.Close()
	p := &exercicePage{dossier: d, Titre: "Importer les exercices d’un fichier TRA",
		Intro: "Seuls les exercices qui manquent sont créés, tous ou aucun. Pour les enregistrer, revenez à la page des fichiers comptables, choisissez le même fichier et demandez l’import."}
	return c.simulate(w, r, action{p, func(d hub.DemandeExercices) (*hub.ResultatExercices, error) {
		return c.hub.Comptabilite.ImportTRA(r.Context(), d, file)
	}, "exercices-importes"})
}
