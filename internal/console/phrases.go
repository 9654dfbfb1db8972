package console

import (
	"bytes"
	"regexp"
	"strconv"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// twice is how the message about a repeated contract names the first one, counted
// from 0 as the API does.
var twice = regexp.MustCompile(`^Le contrat « .* » est déjà à la position (\d+) de l’envoi : `)

// phrase says an anomaly to people, who count lines from 1.
func phrase(a *domaine.Anomalie) string {
	if a.Code != string(passerelle.CodeDuplicateContrat) || a.Index < 0 {
		return a.Message
	}
	return deuxFois(a.Message, a.Index)
}

// deuxFois names the lines of a contract that is twice in a push.
func deuxFois(message string, index int) string {
	match := twice.FindStringSubmatchIndex(message)
	if match == nil {
		return message
	}
	first, err := strconv.Atoi(message[match[2]:match[3]])
	if err != nil {
		return message
	}
	return "Le contrat est deux fois dans l’envoi, lignes " + strconv.Itoa(first+1) + " et " + strconv.Itoa(index+1) + " : " + message[match[1]:]
}

// oppose is the code of another contract that an anomaly is about, "" where there
// is none: a contract is no link to itself.
func oppose(a *domaine.Anomalie) string {
	if a.ConflictsWith == a.CodeContrat {
		return ""
	}
	return a.ConflictsWith
}

// guillemets sets no-break spaces inside « » in what a page says, also in what the
// hub says in it. What stands in tags, and in a field that is sent back, is not
// touched.
func guillemets(page *bytes.Buffer) {
	text := page.Bytes()
	if !bytes.Contains(text, []byte("« ")) && !bytes.Contains(text, []byte(" »")) {
		return
	}
	set := bytes.Buffer{}
	set.Grow(len(text) + 256)
	for len(text) > 0 {
		tag := bytes.IndexByte(text, '<')
		if tag < 0 {
			tag = len(text)
		}
		said := bytes.ReplaceAll(text[:tag], []byte("« "), []byte("«\u00a0"))
		_, _ = set.Write(bytes.ReplaceAll(said, []byte(" »"), []byte("\u00a0»")))
		text = text[tag:]
		end := bytes.IndexByte(text, '>') + 1
		if bytes.HasPrefix(text, []byte("<textarea")) {
			end = bytes.Index(text, []byte("</textarea>"))
		}
		if end <= 0 {
			end = len(text)
		}
		_, _ = set.Write(text[:end])
		text = text[end:]
	}
	*page = set
}
