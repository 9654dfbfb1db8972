package hub

import (
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hidden"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/synchro"
	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// ImportFor is how long a file waits for its confirmation.
const ImportFor = 7 * 24 * time.Hour

// ImportOuvert is an import with what its file holds. The caller closes it.
type ImportOuvert struct {
	domaine.Import
	Table     *tableur.Table // nil once the file is erased
	Delta     bool           // previewed as a file that adds and corrects, and archives nobody
	Matrice   tableur.Mapping
	Problemes []tableur.MappingProblem // why the mapping does not fit the file
	Exemples  []tableur.Row            // the first rows

	binding      *tableur.Binding    // nil where the mapping does not fit
	propositions *[]tableur.Proposal // nil until somebody asks
	file         *os.File
	vu           *vu          // what the hub has for the names of the file, once it was asked
	zone         int64        // organisme
	room         synchro.Room // for what reading the file holds
}

// Close releases the temporary files.
func (o *ImportOuvert) Close() error {
	var err error
	if o.Table != nil {
		err = o.Table.Close()
	}
	if o.file != nil {
		err = errors.Join(err, o.file.Close())
	}
	if o.room != nil {
		o.room.Close()
	}
	return err
}

// MaxImports is how many imports of an organisme may wait for confirmation, each with
// its file.
const MaxImports = 50

// maxFileName bounds the name of a file, in characters.
const maxFileName = 200

// CreateImport keeps a CSV or XLSX file until it is confirmed, for ImportFor at
// most. It is read through the mapping of the organisme's last import where that
// fits, else through the one that its columns suggest. A file that is no table is
// refused with a *tableur.FileError.
func (h *Imports) CreateImport(ctx context.Context, who Acteur, nom, feuille string, contents io.Reader) (*ImportOuvert, error) {
	file, err := hidden.File("an import")
	if err != nil {
		return nil, err
	}
	o := &ImportOuvert{file: file, zone: who.Organisme, room: h.Room(ctx)}
	if err := h.createImport(ctx, who, o, nom, feuille, contents); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

func (h *core) createImport(ctx context.Context, who Acteur, o *ImportOuvert, nom, feuille string, contents io.Reader) error {
	digest := sha256.New()
	size, err := io.Copy(io.MultiWriter(o.file, digest), contents)
	if err != nil {
		return err // the client's: passed on as it is
	}
	o.Import = domaine.Import{Nom: fileName(nom), Taille: size, Empreinte: digest.Sum(nil), Feuille: feuille,
		Etat: domaine.ImportEnAttente, Par: who.Nom, Depose: h.now().Truncate(time.Millisecond)}
	if err := o.openTable(); err != nil {
		return err
	}
	packed, err := o.pack()
	if err != nil {
		return err
	}
	defer packed.Close()
	return h.db.WriteOrganisme(ctx, who.Organisme, func(tx *store.Tx) error {
		waiting, err := tx.CountWaitingImports(ctx, who.Organisme)
		if err != nil {
			return err
		}
		if waiting >= MaxImports {
			return refus.New(refus.CodeTooManyImports, "%d fichiers attendent déjà une confirmation : confirmez-les ou abandonnez ceux qui ne servent plus.", waiting)
		}
		kept, err := tx.Matrice(ctx, who.Organisme)
		if err != nil {
			return err
		}
		if err := o.chooseMatrice(kept.Document); err != nil {
			return err
		}
		if o.ID, err = tx.InsertImport(ctx, who.Organisme, &o.Import); err != nil {
			return err
		}
		parts := &partWriter{store: func(part int, contents []byte) error {
			return tx.ImportPart(ctx, who.Organisme, o.ID, part, contents)
		}}
		if _, err := io.Copy(parts, packed); err != nil {
			return fmt.Errorf("keep an import: %w", err)
		}
		return parts.flush()
	})
}

// pack compresses the file of an import, before others have to wait while it is stored.
// The caller closes what it returns, which is at its beginning.
func (o *ImportOuvert) pack() (*os.File, error) {
	packed, err := hidden.File("an import")
	if err != nil {
		return nil, err
	}
	zip := gzip.NewWriter(packed)
	_, err = io.Copy(zip, io.NewSectionReader(o.file, 0, o.Taille))
	if err = errors.Join(err, zip.Close()); err == nil {
		_, err = packed.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("compress an import: %w", err), packed.Close())
	}
	return packed, nil
}

// fileName returns the last part of a name that a browser sent, without what
// cannot be shown.
func fileName(nom string) string {
	nom = nom[strings.LastIndexAny(nom, `/\`)+1:]
	nom = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, nom)
	if runes := []rune(nom); len(runes) > maxFileName {
		nom = string(runes[len(runes)-maxFileName:])
	}
	if nom = strings.TrimSpace(nom); nom == "" {
		return "contrats"
	}
	return nom
}

// sampled is how many rows a mapping is proposed from.
const sampled = 400

// openTable finds the table of the file.
func (o *ImportOuvert) openTable() error {
	table, err := tableur.Open(o.Nom, o.file, o.Taille, tableur.Options{Sheet: o.Feuille, MaxBytes: o.Taille + 1, Ask: o.room.Grow})
	if err != nil {
		return err
	}
	o.Table = table
	if o.Exemples, err = table.Sample(sampled); err != nil {
		return err
	}
	return nil
}

// chooseMatrice takes the kept mapping where it fits, else the proposed one.
// That the kept one does not fit is no error: the problems of the proposed one
// are what a person has to solve.
func (o *ImportOuvert) chooseMatrice(kept string) error {
	if kept != "" {
		if m, err := tableur.ParseMapping([]byte(kept)); err == nil && m.Check(o.Table.Columns) == nil {
			return o.bind(m, domaine.MatriceMemoire)
		}
	}
	proposed, propositions := tableur.Propose(o.Table.Columns, o.Exemples)
	o.propositions = &propositions
	return o.bind(proposed, domaine.MatriceProposition)
}

// Propositions says where each field could come from, nothing where the file is
// erased. Most looks at an import do not ask.
func (o *ImportOuvert) Propositions() []tableur.Proposal {
	if o.Table == nil {
		return nil
	}
	if o.propositions == nil {
		_, found := tableur.Propose(o.Table.Columns, o.Exemples)
		o.propositions = &found
	}
	return *o.propositions
}

// bind reads the table through a mapping; where it does not fit, Problemes says
// why.
func (o *ImportOuvert) bind(m tableur.Mapping, origine domaine.OrigineMatrice) error {
	document, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("write a mapping: %w", err)
	}
	o.Matrice, o.Import.Matrice, o.OrigineMatrice = m, string(document), origine
	o.Problemes = nil
	o.binding, err = m.Bind(o.Table.Columns)
	var problems *tableur.MappingError
	if errors.As(err, &problems) {
		o.Problemes = problems.Problems
		return nil
	}
	return err
}

// Import opens an import. The caller closes it.
func (h *Imports) Import(ctx context.Context, organisme, id int64) (*ImportOuvert, error) {
	file, err := hidden.File("an import")
	if err != nil {
		return nil, err
	}
	o := &ImportOuvert{file: file, zone: organisme, room: h.Room(ctx)}
	if err := h.openImport(ctx, o, id); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

func (h *core) openImport(ctx context.Context, o *ImportOuvert, id int64) error {
	if err := h.loadImport(ctx, o, id); err != nil {
		return err
	}
	if o.Efface != nil {
		return nil
	}
	if err := o.openTable(); err != nil {
		return err
	}
	m, err := tableur.ParseMapping([]byte(o.Import.Matrice))
	if err != nil {
		return fmt.Errorf("read the mapping of import %d: %w", id, err)
	}
	return o.bind(m, o.OrigineMatrice)
}

// loadImport reads an import with its file.
func (h *core) loadImport(ctx context.Context, o *ImportOuvert, id int64) error {
	return h.db.Read(ctx, func(tx *store.Tx) (err error) {
		if o.Import, err = tx.Import(ctx, o.zone, id); err != nil || o.Efface != nil {
			return orNotFound(err, "Il n’y a pas d’import %d.", id)
		}
		return h.eachUnzipped(o.file, func(yield func([]byte) error) error { return tx.EachImportPart(ctx, o.zone, id, yield) })
	})
}

// eachUnzipped writes to w what compressed parts hold together, one part in
// memory at a time.
func (h *core) eachUnzipped(w io.Writer, each func(yield func([]byte) error) error) error {
	reader, writer := io.Pipe()
	unzipped := make(chan error, 1)
	go func() {
		zip, err := gzip.NewReader(reader)
		if err == nil {
			_, err = io.Copy(w, zip)
		}
		reader.CloseWithError(err)
		unzipped <- err
	}()
	err := each(func(part []byte) error {
		_, err := writer.Write(part)
		return err
	})
	writer.CloseWithError(err)
	if unzip := <-unzipped; err == nil && unzip != nil {
		err = fmt.Errorf("read the file of an import: %w", unzip)
		if broken(unzip) {
			err = h.db.Damaged(err)
		}
	}
	return err
}

// FichierOuvert is a file to read. The caller closes it.
type FichierOuvert struct {
	*io.SectionReader
	io.Closer
}

// Fichier returns the file of an import as it was dropped. The caller closes it.
func (h *Imports) Fichier(ctx context.Context, organisme, id int64) (domaine.Import, *FichierOuvert, error) {
	file, err := hidden.File("an import")
	if err != nil {
		return domaine.Import{}, nil, err
	}
	o := &ImportOuvert{file: file, zone: organisme, room: h.Room(ctx)}
	if err = h.loadImport(ctx, o, id); err == nil && o.Efface != nil {
		err = erasedFile(&o.Import)
	}
	if err != nil {
		return domaine.Import{}, nil, errors.Join(err, o.Close())
	}
	return o.Import, &FichierOuvert{io.NewSectionReader(file, 0, o.Taille), file}, nil
}

func erasedFile(i *domaine.Import) error {
	return refus.New(refus.CodeFileErased, "Le fichier de l’import %d a été effacé (données personnelles) : déposez-le à nouveau si besoin.", i.ID)
}

// Imports returns a page of the imports of an organisme, latest first, and how
// many there are; those of one synchronisation where it is not 0.
func (h *Imports) Imports(ctx context.Context, organisme, synchronisation int64, page Page) (found []domaine.Import, total int, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		found, total, err = tx.Imports(ctx, organisme, synchronisation, store.Page(page))
		return err
	})
	return found, total, err
}

// Matrices returns every mapping that an organisme imported with, the latest
// first. Those that named a person who was erased are left out.
func (h *Imports) Matrices(ctx context.Context, organisme int64) (found []Matrice, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		kept, err := tx.Matrices(ctx, organisme)
		found = said(kept, func(m store.Matrice) Matrice { return Matrice(m) })
		return err
	})
	found = slices.DeleteFunc(found, func(m Matrice) bool { return m.Document == "" })
	slices.Reverse(found)
	return found, err
}

// SetImportMatrice reads an import through another mapping, or another sheet
// where feuille is not nil. A mapping that does not fit is kept all the same: the
// Problemes of the result say why it does not. The caller closes the result.
func (h *Imports) SetImportMatrice(ctx context.Context, who Acteur, id int64, m tableur.Mapping, feuille *string) (*ImportOuvert, error) {
	o, err := h.Import(ctx, who.Organisme, id)
	if err != nil {
		return nil, err
	}
	if err := h.setMatrice(ctx, o, m, feuille); err != nil {
		return nil, errors.Join(err, o.Close())
	}
	return o, nil
}

func (h *core) setMatrice(ctx context.Context, o *ImportOuvert, m tableur.Mapping, feuille *string) error {
	if err := o.waits(); err != nil {
		return err
	}
	if feuille != nil && *feuille != o.Feuille {
		if err := o.Table.Close(); err != nil {
			return err
		}
		o.Table, o.Feuille = nil, *feuille
		if err := o.openTable(); err != nil {
			return err
		}
		o.propositions = nil // those of the other sheet
	}
	if err := o.bind(m, domaine.MatriceChoix); err != nil {
		return err
	}
	return h.db.WriteOrganisme(ctx, o.zone, func(tx *store.Tx) error {
		if err := stillWaits(ctx, tx, o.zone, o.ID); err != nil {
			return err
		}
		return tx.SetImportMatrice(ctx, o.zone, o.ID, o.Import.Matrice, o.OrigineMatrice, o.Feuille)
	})
}
