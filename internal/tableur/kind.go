package tableur

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"github.com/passerelle-hub/passerelle/internal/tableur/xlsx"
)

type format uint8

const (
	formatCSV format = iota
	formatXLSX
)

// The limits of what a workbook may unpack to. Excel's own files seldom shrink
// more than thirty times; a sheet of repeated rows may reach a hundred.
const (
	maxUnzipped   = 1 << 30  // all parts
	maxPart       = 64 << 20 // a part that is held in memory (styles, images, …)
	maxParts      = 10_000
	bombRatio     = 200
	bombThreshold = 32 << 20
)

// detect tells a workbook from text by its content, and refuses what is neither.
func detect(name string, r io.ReaderAt, size int64) (format, error) {
	head := make([]byte, min(size, 4096))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("read the head of the file: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return formatXLSX, inspectZip(name, r, size)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return 0, refuseOLE(name, r, size)
	}
	if err := refuseOther(name, head); err != nil {
		return 0, err
	}
	return formatCSV, nil
}

// refuseOLE tells an encrypted .xlsx from an old .xls or .doc: both are OLE
// compound files, whose stream names are written in UTF-16.
func refuseOLE(name string, r io.ReaderAt, size int64) error {
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()
	encrypted, _ := utf16.Bytes([]byte("EncryptedPackage"))
	word, _ := utf16.Bytes([]byte("WordDocument"))
	found := scan(r, size, encrypted, word)
	switch {
	case found[0]:
		return refuse(FilePassword, name, "Le classeur est protégé par un mot de passe. Ouvrez-le dans Excel, retirez le mot de passe (Fichier > Informations > Protéger le classeur), enregistrez et recommencez.")
	case found[1]:
		return refuse(FileKind, name, "C’est un document Word, pas un tableau. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel.")
	}
	return refuse(FileKind, name, "C’est un classeur à l’ancien format Excel (.xls). Ouvrez-le dans Excel, puis « Enregistrer sous » au format .xlsx.")
}

// scan reports which of the needles occur in a file.
func scan(r io.ReaderAt, size int64, needles ...[]byte) []bool {
	found := make([]bool, len(needles))
	const overlap = 64
	buf := make([]byte, 64<<10)
	for off := int64(0); off < size; off += int64(len(buf) - overlap) {
		n, err := r.ReadAt(buf, off)
		for i, needle := range needles {
			found[i] = found[i] || bytes.Contains(buf[:n], needle)
		}
		if err != nil {
			break
		}
	}
	return found
}

// inspectZip makes sure, before anything is unpacked, that an archive is of
// reasonable size. The sizes that it declares bind: archive/zip
// gives out no more than them.
func inspectZip(name string, r io.ReaderAt, size int64) error {
	if xlsx.CheckDirectory(r, size) != nil {
		return bomb(name, "Le classeur contient bien trop de parties.")
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return corrupt(name)
	}
	var total uint64
	for _, f := range archive.File {
		part := strings.ToLower(strings.ReplaceAll(f.Name, "\\", "/"))
		total += f.UncompressedSize64
		streamed := strings.HasSuffix(part, ".xml") && (strings.Contains(part, "sheet") || strings.HasSuffix(part, "sharedstrings.xml"))
		if f.Flags&1 != 0 {
			return refuse(FilePassword, name, "Le fichier est protégé par un mot de passe. Retirez-le et recommencez.")
		}
		if total > maxUnzipped || len(archive.File) > maxParts || !streamed && f.UncompressedSize64 > maxPart ||
			f.UncompressedSize64 > bombThreshold && f.UncompressedSize64/bombRatio > f.CompressedSize64 {
			return bomb(name, fmt.Sprintf("Le classeur, une fois décompressé, dépasse ce qui est raisonnable (%s pour %s).", megabytes(int64(min(total, 1<<50))), megabytes(size)))
		}
	}
	return nil
}

func bomb(name, why string) *FileError {
	return refuse(FileBomb, name, why+" Copiez le tableau seul, sans mise en forme, dans un nouveau classeur et recommencez.")
}

func corrupt(name string) *FileError {
	return refuse(FileCorrupt, name, "Le classeur est abîmé ou incomplet et ne peut pas être lu. Ouvrez-le dans Excel, acceptez la réparation, enregistrez-le sous un autre nom, ou refaites l’export.")
}
