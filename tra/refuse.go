package tra

import (
	"bytes"
	"fmt"
)

var utf8BOM = []byte("\xef\xbb\xbf")

// FormatError says why something is not a TRA file that can be read.
type FormatError struct {
	Kind    string // what it seems to be: pdf, fec, vide, blancs, ligne-longue …
	Line    int    // from 1, where reading stopped
	Message string // French: what it is and what to do
}

// Error returns the message with its line.
func (e *FormatError) Error() string {
	if e.Line > 1 {
		return fmt.Sprintf("ligne %d : %s", e.Line, e.Message)
	}
	return e.Message
}

// signatures of what people send instead of a TRA file.
var signatures = []struct{ prefix, kind, message string }{
	{"%PDF", "pdf", "C’est un document PDF, pas un fichier TRA. Dans le logiciel comptable, choisissez l’export « TRA » (fichier de mouvements) et envoyez le fichier .TRA obtenu."},
	{"PK\x03\x04", "zip", "C’est une archive ZIP ou un classeur Excel, pas un fichier TRA. Si elle contient un fichier .TRA, extrayez-le et envoyez-le seul."},
	{"\x1f\x8b", "gzip", "C’est un fichier compressé (gzip), pas un fichier TRA. Décompressez-le et envoyez le fichier .TRA."},
	{"\xd0\xcf\x11\xe0", "excel", "C’est un ancien classeur Excel ou document Word, pas un fichier TRA. Exportez les données au format TRA depuis le logiciel comptable."},
	{"\xff\xfe", "utf-16", "Le fichier est codé en UTF-16. Enregistrez-le en Windows-1252 (« ANSI ») ou en UTF-8."},
	{"\xfe\xff", "utf-16", "Le fichier est codé en UTF-16. Enregistrez-le en Windows-1252 (« ANSI ») ou en UTF-8."},
	{"JournalCode", "fec", "C’est un FEC (fichier des écritures comptables), pas un fichier TRA. Choisissez l’export « TRA », ou importez ce fichier par la fonction FEC."},
	{"##", "tableur", "C’est un fichier d’échange d’un autre logiciel, pas un fichier TRA. Choisissez l’export « TRA »."},
	{"<", "xml", "C’est un fichier XML ou une page HTML, pas un fichier TRA. Si vous l’avez téléchargé, vérifiez que la session n’avait pas expiré."},
	{"{", "json", "C’est un fichier JSON, pas un fichier TRA. Pour écrire un fichier TRA à partir de sa forme JSON, utilisez la conversion JSON vers TRA."},
	{"[", "json", "C’est un fichier JSON, pas un fichier TRA. Pour écrire un fichier TRA à partir de sa forme JSON, utilisez la conversion JSON vers TRA."},
	{"MZ", "programme", "C’est un programme, pas un fichier TRA."},
	{"\x89PNG", "image", "C’est une image, pas un fichier TRA."},
	{"\xff\xd8\xff", "image", "C’est une image, pas un fichier TRA."},
}

// sniff refuses what does not start like a TRA file; head holds at least the first
// line, or MaxLine bytes of it.
func sniff(head []byte) error {
	refuse := func(kind, message string) error { return &FormatError{Kind: kind, Line: 1, Message: message} }
	text := bytes.TrimPrefix(head, utf8BOM)
	if bytes.HasPrefix(text, []byte("***")) {
		return nil
	}
	if len(text) == 0 {
		return refuse("vide", "Le fichier est vide. Relancez l’export TRA et vérifiez sa taille avant l’envoi.")
	}
	for _, s := range signatures {
		if bytes.HasPrefix(text, []byte(s.prefix)) {
			return refuse(s.kind, s.message)
		}
	}
	rest := bytes.TrimLeft(text, " \t\r\n\x00")
	switch {
	case len(rest) == 0:
		return refuse("blancs", "Le fichier ne contient que des espaces. L’export a échoué : relancez-le.")
	case len(rest) < len(text) && bytes.HasPrefix(rest, []byte("***")):
		return refuse("en-tete", "Des espaces ou des lignes vides précèdent l’en-tête. Supprimez-les : la première ligne doit commencer par *** en colonne 1.")
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Count(first, []byte("\t")) >= 3 || bytes.Count(first, []byte(";")) >= 3 || bytes.Count(first, []byte("|")) >= 3 {
		return refuse("tableau", "C’est un fichier à colonnes séparées (CSV, FEC), pas un fichier TRA. Choisissez l’export « TRA » dans le logiciel comptable.")
	}
	return refuse("inconnu", "Ce n’est pas un fichier TRA : la première ligne doit commencer par *** suivi du code produit, par exemple ***S5CLIDOSSTD. Choisissez l’export « TRA » dans le logiciel comptable.")
}
