package compta

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// FormatError says why something is not a file that can be read.
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

// Nature is what a file is, by its first bytes.
type Nature struct {
	Kind  string // stable: tra, fec, mad, zip, classeur, pdf, …
	About string // French, with its article: "un document PDF"
	Todo  string // French: how to get a file of accounting from it; "" for the formats that are read
}

// The formats that are read.
var (
	TRA = Nature{"tra", "un fichier TRA (fichier de mouvements)", ""}
	FEC = Nature{"fec", "un FEC (fichier des écritures comptables)", ""}
	MAD = Nature{"mad", "un document JSON au format MAD", ""}
)

var (
	vide    = Nature{"vide", "un fichier vide", "Relancez l’export et vérifiez la taille du fichier avant l’envoi."}
	blancs  = Nature{"blancs", "un fichier qui ne contient que des espaces", "L’export a échoué : relancez-le."}
	json    = Nature{"json", "un fichier JSON", "Seul le JSON au format MAD, ou la forme JSON d’un fichier TRA, peut être converti."}
	tableau = Nature{"tableau", "un fichier à colonnes séparées (CSV)", "Choisissez l’export « TRA » ou « FEC » dans le logiciel comptable."}
	inconnu = Nature{"inconnu", "un fichier d’une sorte inconnue", "Choisissez l’export « TRA » ou « FEC » dans le logiciel comptable."}
)

const exporter = "Dans le logiciel comptable, choisissez l’export « TRA » ou « FEC » et envoyez le fichier obtenu, tel quel."

var bom = []byte("\xef\xbb\xbf")

var signatures = []struct {
	prefix string
	Nature
}{
	{"%PDF", Nature{"pdf", "un document PDF", exporter}},
	{"PK\x05\x06", Nature{"zip", "une archive ZIP vide", "Relancez l’export."}},
	{"\x1f\x8b", Nature{"gzip", "un fichier compressé (gzip)", "Décompressez-le et envoyez le fichier qu’il contient."}},
	{"7z\xbc\xaf\x27\x1c", Nature{"zip", "une archive 7z", "Ouvrez-la et envoyez seul le fichier qu’elle contient."}},
	{"Rar!", Nature{"zip", "une archive RAR", "Ouvrez-la et envoyez seul le fichier qu’elle contient."}},
	{"\xd0\xcf\x11\xe0", Nature{"excel", "un ancien classeur Excel ou document Word", exporter}},
	{"\xff\xfe", Nature{"utf-16", "un fichier codé en UTF-16", "Enregistrez-le en UTF-8, ou en Windows-1252 (« ANSI »)."}},
	{"\xfe\xff", Nature{"utf-16", "un fichier codé en UTF-16", "Enregistrez-le en UTF-8, ou en Windows-1252 (« ANSI »)."}},
	{"##", Nature{"tableur", "un fichier d’échange d’un autre logiciel", "Choisissez l’export « TRA » ou « FEC »."}},
	{"<", Nature{"xml", "un fichier XML ou une page HTML", "Si vous l’avez téléchargé, vérifiez que la session n’avait pas expiré."}},
	{"MZ", Nature{"programme", "un programme", exporter}},
	{"\x89PNG", Nature{"image", "une image", exporter}},
	{"\xff\xd8\xff", Nature{"image", "une image", exporter}},
}

// Recognize says what a file is by its first bytes; head should hold its first
// line, or some tens of kilobytes of it. The name of a file plays no part.
func Recognize(head []byte) Nature {
	text := bytes.TrimPrefix(head, bom)
	if len(text) == 0 {
		return vide
	}
	if bytes.HasPrefix(text, []byte("***")) {
		return TRA
	}
	if bytes.HasPrefix(text, []byte("PK\x03\x04")) {
		return archive(text)
	}
	for _, s := range signatures {
		if bytes.HasPrefix(text, []byte(s.prefix)) {
			return s.Nature
		}
	}
	rest := bytes.TrimLeft(text, " \t\r\n\x00")
	if len(rest) == 0 {
		return blancs
	}
	if rest[0] == '{' || rest[0] == '[' {
		return document(rest)
	}
	line := rest
	if i := bytes.IndexAny(line, "\r\n"); i >= 0 {
		line = line[:i]
	}
	if IsFECHeader(line) {
		return FEC
	}
	if bytes.Count(line, []byte("\t")) >= 3 || bytes.Count(line, []byte(";")) >= 3 || bytes.Count(line, []byte("|")) >= 3 {
		return tableau
	}
	return inconnu
}

// archive tells a workbook or a text document from another archive.
func archive(head []byte) Nature {
	switch head = head[:min(len(head), 4<<10)]; {
	case bytes.Contains(head, []byte("xl/")) || bytes.Contains(head, []byte("[Content_Types].xml")):
		return Nature{"classeur", "un classeur Excel", "Un classeur n’est ni un TRA ni un FEC, même s’il en a les colonnes. " + exporter}
	case bytes.Contains(head, []byte("opendocument")):
		return Nature{"classeur", "un classeur ou un document LibreOffice", exporter}
	}
	return Nature{"zip", "une archive ZIP (ou un classeur : Excel en est une)", "Ouvrez-la et envoyez seul le fichier qu’elle contient : .TRA, ou .txt pour un FEC."}
}

func document(head []byte) Nature {
	head = head[:min(len(head), 64<<10)]
	has := func(name string) bool { return bytes.Contains(head, []byte(`"`+name+`"`)) }
	switch {
	case has("metadata") && (has("producer") || has("data")), has("data") && has("accountingFolder"), has("movements") && has("journal"):
		return MAD
	case has("lignes") && (has("enregistrement") || has("finLigne") || has("brut")):
		return Nature{"tra-json", "la forme JSON d’un fichier TRA", "Convertissez-la en fichier TRA avec « passerelle tra write »."}
	}
	return json
}

// fecNames are names that only the first line of a FEC holds, as FoldName gives
// them; two of them make one.
var fecNames = map[string]bool{
	"journalcode": true, "journallib": true, "ecriturenum": true, "ecrituredate": true, "comptenum": true, "comptelib": true,
	"compauxnum": true, "compauxlib": true, "pieceref": true, "ecriturelib": true, "ecriturelet": true, "validdate": true,
	"montantdevise": true,
}

// IsFECHeader says whether a line holds the names of the columns of a FEC, whatever
// their case, accents, quotes and separators.
func IsFECHeader(line []byte) bool {
	n := 0
	for _, name := range bytes.FieldsFunc(line[:min(len(line), 64<<10)], func(r rune) bool {
		return r == '\t' || r == '|' || r == ';' || r == ','
	}) {
		if fecNames[FoldName(name)] {
			if n++; n == 2 {
				return true
			}
		}
	}
	return false
}

var accents = strings.NewReplacer("à", "a", "â", "a", "ä", "a", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i",
	"ô", "o", "ö", "o", "û", "u", "ü", "u", "ù", "u", "ç", "c")

// FoldName reduces the name of a column to lower-case letters and digits, without
// accents, quotes, blanks and separators, so that ÉcritureNum, "Ecriture_Num" and
// ECRITURE NUM are one. Bytes that are not UTF-8 are read as Windows-1252.
func FoldName(name []byte) string {
	name = name[:min(len(name), 200)]
	var s string
	if utf8.Valid(name) {
		s = string(name)
	} else {
		runes := make([]rune, len(name))
		for i, b := range name {
			runes[i] = rune(b) // letters of Windows-1252 with accents are those of Latin-1
		}
		s = string(runes)
	}
	s = accents.Replace(strings.ToLower(s))
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// CashBasis says whether the first line of a FEC has a column of the farm and
// liberal profits on a cash basis (DateRglt, ModeRglt, NatOp, IdClient), and how
// many columns it has.
func CashBasis(line []byte) (columns string, ok bool) {
	sep := []byte("\t")
	if bytes.Count(line, []byte("|")) > bytes.Count(line, sep) {
		sep = []byte("|")
	}
	for name := range bytes.SplitSeq(line[:min(len(line), 64<<10)], sep) {
		switch FoldName(name) {
		case "daterglt", "moderglt", "natop", "idclient":
			ok = true
		}
	}
	return strconv.Itoa(bytes.Count(line, sep) + 1), ok
}
