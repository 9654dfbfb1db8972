package fec

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/passerelle-hub/passerelle/compta"
)

// Header is what the first line of a file says.
type Header struct {
	Separator byte     // tab or |
	Names     []string // of all columns, as written, without blanks and quotes
	Extra     []string // the names that are none of the text's
	BOM       bool     // a byte order mark precedes it

	rank    [known]int // of each column, from 0; -1 where it is absent
	double  []int      // places of names that stand twice
	unusual []int      // places of names that are known by FoldName only
	quoted  bool
	disused bool // the columns of the text are not in its order
	cash    int  // columns of the cash basis
}

// Rank returns the rank of a column, from 1, 0 where the file does not have it.
func (h *Header) Rank(id ID) int { return h.rank[id] + 1 }

// hasSides says whether Montant and Sens stand for Debit and Credit.
func (h *Header) hasSides() bool {
	return h.rank[Montant] >= 0 && h.rank[Sens] >= 0 && (h.rank[Debit] < 0 || h.rank[Credit] < 0)
}

// hasAmounts says whether debits and credits can be known.
func (h *Header) hasAmounts() bool {
	return h.rank[Debit] >= 0 && h.rank[Credit] >= 0 || h.hasSides()
}

// asked returns the column that the file has to have: Montant in the place of Debit
// and Sens in that of Credit, where it has one of these two.
func (h *Header) asked(id ID) ID {
	if h.hasAmounts() || h.rank[Debit] >= 0 || h.rank[Credit] >= 0 || h.rank[Montant] < 0 && h.rank[Sens] < 0 {
		return id
	}
	switch id {
	case Debit:
		return Montant
	case Credit:
		return Sens
	}
	return id
}

// CashBasis says whether the file has columns of the farm and liberal profits on a
// cash basis (DateRglt, ModeRglt, NatOp, IdClient).
func (h *Header) CashBasis() bool { return h.cash > 0 }

var utf8BOM = []byte("\xef\xbb\xbf")

// open reads the header, or says what the file is instead.
func (r *Reader) open() error {
	for r.err == nil && r.end-lead < MaxLine && r.lines == 0 {
		r.fill()
	}
	if r.err != nil && r.err != io.EOF {
		return fmt.Errorf("lecture du FEC : %w", r.err)
	}
	if err := sniff(r.buf[lead:r.end]); err != nil {
		return err
	}
	h := &r.header
	if h.BOM = bytes.HasPrefix(r.buf[lead:r.end], utf8BOM); h.BOM {
		r.start += len(utf8BOM)
		r.encoding = UTF8
	}
	if err := r.next(&r.rec); err != nil {
		return err
	}
	r.line = 1
	line := r.rec.raw
	refuse := func(kind, format string, args ...any) error {
		return &compta.FormatError{Kind: kind, Line: 1, Message: fmt.Sprintf(format, args...)}
	}
	if bytes.IndexByte(line, '\r') >= 0 {
		return refuse("fin-ligne", "Les lignes se terminent par CR seul (ancien Macintosh). Enregistrez le fichier avec des fins de ligne CRLF (Windows) ou LF.")
	}
	tabs, pipes := bytes.Count(line, []byte("\t")), bytes.Count(line, []byte("|"))
	r.sep = '\t'
	if pipes > tabs {
		r.sep = '|'
	}
	if others := max(bytes.Count(line, []byte(";")), bytes.Count(line, []byte(","))); others > max(tabs, pipes) {
		return refuse("separateur", "Les noms de colonnes sont séparés par des points-virgules ou des virgules ; un FEC sépare ses champs par une tabulation ou par |. Exportez-le de nouveau avec l’un des deux.")
	}
	if n := max(tabs, pipes) + 1; n > MaxColumns {
		return refuse("colonnes", "La première ligne compte %d colonnes ; un FEC en a 18, et quelques colonnes ajoutées. Ce n’est sans doute pas un FEC : exportez-le de nouveau.", n)
	}
	h.Separator = r.sep
	if r.sep == '\t' {
		r.pipes = bytes.IndexByte(r.buf[r.start:r.end], '|') >= 0
	}
	r.names(line)
	r.rec.quoted = h.quoted
	r.compact() // and mark its separators, now that they are known
	r.mark(lead)
	return nil
}

// names finds out which column is which.
func (r *Reader) names(line []byte) {
	h := &r.header
	for i := range h.rank {
		h.rank[i] = -1
	}
	l := &Line{}
	l.raw = line
	l.high = bytes.IndexFunc(line, func(c rune) bool { return c >= 0x80 }) >= 0
	if l.high {
		r.decode(l, utf8.Valid(line))
	}
	last := -1
	for i, name := range bytes.Split(line, []byte{r.sep}) {
		name = bytes.Trim(name, " ")
		quoted := len(name) >= 2 && (name[0] == '"' || name[0] == '\'') && name[0] == name[len(name)-1]
		if quoted {
			h.quoted = h.quoted || name[0] == '"'
			name = name[1 : len(name)-1]
		}
		text := l.text(name)
		h.Names = append(h.Names, text)
		id, ok := byFolded[compta.FoldName(name)]
		if !ok {
			h.Extra = append(h.Extra, text)
			if cashColumns[compta.FoldName(name)] {
				h.cash++
			}
			continue
		}
		if h.rank[id] >= 0 {
			h.double = append(h.double, i)
			continue
		}
		h.rank[id] = i
		if quoted || !official(text, columns[id].Name) {
			h.unusual = append(h.unusual, i)
		}
		if place := orderOf(id); place < last {
			h.disused = true
		} else {
			last = place
		}
	}
}

// orderOf gives Montant and Sens the place of what they stand for.
func orderOf(id ID) int {
	switch id {
	case Montant:
		return int(Debit)
	case Sens:
		return int(Credit)
	}
	return int(id)
}

// official says whether the administration's tool takes a name for that of a
// column: it compares without case and accents.
func official(text, name string) bool {
	return strings.EqualFold(unaccented.Replace(strings.ToLower(text)), name)
}

var unaccented = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "à", "a", "ç", "c")

// sniff refuses what does not start like a FEC; head holds at least the first line,
// or MaxLine bytes of it.
func sniff(head []byte) error {
	refuse := func(kind, message string) error {
		return &compta.FormatError{Kind: kind, Line: 1, Message: message}
	}
	n := compta.Recognize(head)
	switch n.Kind {
	case compta.FEC.Kind:
		text := bytes.TrimPrefix(head, utf8BOM)
		if len(text) > 0 && strings.IndexByte("\r\n\x00", text[0]) >= 0 || leadingBlankLine(text) {
			return refuse("en-tete", "Des lignes vides précèdent les noms de colonnes. Supprimez-les : la première ligne doit les porter.")
		}
		return nil
	case compta.TRA.Kind:
		return refuse(n.Kind, "C’est un fichier TRA, pas un FEC, même s’il en porte le nom. Contrôlez-le comme TRA (« passerelle tra check ») ou convertissez-le (« passerelle convert --de tra --vers fec »).")
	case compta.MAD.Kind:
		return refuse(n.Kind, "C’est un document JSON au format MAD, pas un FEC. Convertissez-le (« passerelle convert --de mad --vers fec »).")
	case "vide":
		return refuse(n.Kind, "Le fichier est vide. Relancez l’export du FEC et vérifiez sa taille avant l’envoi.")
	case "tableau", "inconnu":
		return refuse("en-tete", "Ce n’est pas un FEC : la première ligne doit porter les noms des 18 colonnes, de JournalCode à Idevise, séparés par une tabulation ou par |. Si c’en est un, ajoutez cette ligne ; sinon, choisissez l’export « FEC » dans le logiciel comptable.")
	}
	return refuse(n.Kind, "C’est "+n.About+", pas un FEC. "+n.Todo)
}

func leadingBlankLine(text []byte) bool {
	line, _, found := bytes.Cut(text, []byte("\n"))
	return found && len(bytes.Trim(line, " \t\r")) == 0
}
