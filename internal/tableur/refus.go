package tableur

import (
	"bytes"
	"fmt"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"strings"
)

// FileCode names why a file as a whole is refused. It is stable: clients branch on it.
type FileCode = refus.Code

// The reasons to refuse a file.
var (
	FileEmpty     = refus.CodeFileEmpty
	FileTooLarge  = refus.CodeFileTooLarge
	FileKind      = refus.CodeFileKind      // a file of another kind
	FilePassword  = refus.CodeFilePassword  // an encrypted workbook
	FileCorrupt   = refus.CodeFileCorrupt   // a damaged workbook or an unclosed quote
	FileBomb      = refus.CodeFileBomb      // an archive that unpacks beyond reason
	FileNoTable   = refus.CodeFileNoTable   // nothing that looks like a header and rows
	FileOneColumn = refus.CodeFileOneColumn // no separator found
	FileSheet     = refus.CodeFileSheet     // the sheet asked for is not there
)

// FileError refuses a file. Message is a French sentence that says what the
// file is and what to do; it never quotes the file's values.
type FileError struct {
	Code    FileCode
	Name    string // the name of the file as given to Open
	Row     int    // the row where reading stopped, 0 where the file as a whole is meant
	Message string
}

// Error returns the message.
func (e *FileError) Error() string { return e.Message }

// Refusal says it as every refusal is said.
func (e *FileError) Refusal() *refus.Refusal {
	return refus.New(e.Code, "%s", e.Message).With(e)
}

func refuse(code FileCode, name, message string) *FileError {
	return &FileError{Code: code, Name: name, Message: message}
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d Ko", (n+1023)>>10)
	}
	if n < 10<<20 {
		return strings.Replace(fmt.Sprintf("%.1f Mo", float64(n)/(1<<20)), ".", ",", 1)
	}
	return fmt.Sprintf("%d Mo", n>>20)
}

const saveAsXLSX = " Enregistrez-le au format Excel (.xlsx) ou CSV et recommencez."

// others recognises, by their first bytes, the files that people drop by mistake.
var others = []struct {
	magic   string
	message string
}{
	{"%PDF", "C’est un document PDF, pas un tableau. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel."},
	{"\x1f\x8b", "C’est une archive compressée (.gz). Décompressez-la et déposez le fichier qu’elle contient."},
	{"7z\xbc\xaf", "C’est une archive compressée (.7z). Décompressez-la et déposez le fichier qu’elle contient."},
	{"Rar!", "C’est une archive compressée (.rar). Décompressez-la et déposez le fichier qu’elle contient."},
	{"\x89PNG", "C’est une image, pas un tableau. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel."},
	{"\xff\xd8\xff", "C’est une image, pas un tableau. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel."},
	{"{\\rtf", "C’est un document texte (.rtf), pas un tableau." + saveAsXLSX},
}

// markup recognises text files that are no tables by how they begin.
var markup = []struct {
	prefix  string
	message string
}{
	{"<?xml", "C’est un fichier XML, même si son nom dit autre chose. Ouvrez-le dans Excel, puis « Enregistrer sous » au format .xlsx."},
	{"<", "C’est une page HTML, même si son nom dit autre chose (certains logiciels nomment ainsi leurs exports .xls). Ouvrez-la dans Excel, puis « Enregistrer sous » au format .xlsx."},
	{"{", "C’est un fichier JSON, pas un tableau. Envoyez-le par l’API ou avec « passerelle push », ou exportez un fichier .xlsx ou CSV."},
	{"[", "C’est un fichier JSON, pas un tableau. Envoyez-le par l’API ou avec « passerelle push », ou exportez un fichier .xlsx ou CSV."},
	{"mime-version:", "C’est une page web archivée (.mht), même si son nom dit autre chose (certains logiciels nomment ainsi leurs exports .xls). Ouvrez-la dans Excel, puis « Enregistrer sous » au format .xlsx."},
	{"id;p", "C’est un tableau au format SYLK (.slk). Ouvrez-le dans Excel, puis « Enregistrer sous » au format .xlsx."},
	{"table\n0,1", "C’est un tableau au format DIF (.dif). Ouvrez-le dans Excel, puis « Enregistrer sous » au format .xlsx."},
	{"table\r\n0,1", "C’est un tableau au format DIF (.dif). Ouvrez-le dans Excel, puis « Enregistrer sous » au format .xlsx."},
	{"journalcode\t", "C’est un fichier des écritures comptables (FEC), pas un tableau de contrats. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel."},
	{"journalcode|", "C’est un fichier des écritures comptables (FEC), pas un tableau de contrats. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel."},
	{"***s", "C’est un fichier TRA de comptabilité, pas un tableau de contrats. Exportez les contrats au format Excel (.xlsx) ou CSV depuis votre logiciel."},
}

func refuseOther(name string, head []byte) *FileError {
	for _, o := range others {
		if bytes.HasPrefix(head, []byte(o.magic)) {
			return refuse(FileKind, name, o.message)
		}
	}
	text := strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")))
	for _, m := range markup {
		if strings.HasPrefix(text, m.prefix) && !(m.prefix == "[" && !strings.ContainsAny(text[:min(len(text), 200)], "{]")) {
			return refuse(FileKind, name, m.message)
		}
	}
	return nil
}
