package tableur

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Encoding names how the text of a CSV file is written.
type Encoding string

// The encodings that are recognised.
const (
	UTF8        Encoding = "utf-8"
	UTF8BOM     Encoding = "utf-8-bom"
	Windows1252 Encoding = "windows-1252"
	CP850       Encoding = "cp850"     // DOS
	Macintosh   Encoding = "macintosh" // Mac OS Roman
	UTF16LE     Encoding = "utf-16le"
	UTF16BE     Encoding = "utf-16be"
)

// Dialect is how a CSV file is written, as found by looking at it.
type Dialect struct {
	Encoding  Encoding
	Separator rune

	skip    int64 // bytes before the text: a byte order mark
	classic bool  // lines end with a lone carriage return
	sepLine bool  // the first line is "sep=;", which Excel obeys and does not show
}

// SeparatorName returns the separator as a person reads it.
func (d Dialect) SeparatorName() string {
	if d.Separator == '\t' {
		return "tabulation"
	}
	return string(d.Separator)
}

const sniffBytes = 64 << 10

// enoughAccents of valid UTF-8 at the head of a file tell its encoding; what is
// not valid further down is then damage, found as it is read.
const enoughAccents = 16

// Sniff finds the encoding and the separator of a CSV file. Where its head holds
// few accents the whole file is checked for UTF-8, since the first accent may come
// late; the separator is the one that gives the most regular rows at its head.
// Separator is 0 where none gives two columns.
func Sniff(r io.ReaderAt, size int64) (Dialect, error) {
	head := make([]byte, min(size, sniffBytes))
	if n, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return Dialect{}, fmt.Errorf("read the head of the file: %w", err)
	} else {
		head = head[:n]
	}
	d := Dialect{Encoding: UTF8}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		d.Encoding, d.skip = UTF8BOM, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		d.Encoding, d.skip = UTF16LE, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		d.Encoding, d.skip = UTF16BE, 2
	default:
		d.Encoding = bareUTF16(head)
	}
	if d.Encoding == UTF8 && !plainlyUTF8(head) {
		good, bad, err := countUTF8(io.NewSectionReader(r, 0, size))
		if err != nil {
			return d, fmt.Errorf("read the file: %w", err)
		}
		// A few stray bytes among many accents are damage, not another encoding.
		if bad > 0 && good <= 10*bad {
			d.Encoding = eightBits(head)
		}
	}
	whole := int64(len(head)) == size
	d.classic = lineEnds(d, head)
	text, err := io.ReadAll(d.decode(bytes.NewReader(head[min(int(d.skip), len(head)):])))
	if err != nil {
		return d, fmt.Errorf("decode the head of the file: %w", err)
	}
	d.Separator, d.sepLine = separator(string(text), whole)
	return d, nil
}

// plainlyUTF8 reports whether the head of a file holds accents enough to tell,
// all of them valid.
func plainlyUTF8(head []byte) bool {
	for back := 0; back < utf8.UTFMax; back++ { // the sample may cut its last character
		if cut := head[:max(0, len(head)-back)]; utf8.Valid(cut) {
			return len(cut)-utf8.RuneCount(cut) >= enoughAccents
		}
	}
	return false
}

// eightBits tells the encodings of one byte a sign apart by é and è, by far the most
// frequent letters beyond ASCII in French: where Windows-1252 has them, DOS and Mac have
// other letters, and the other way round what are quotes in Windows-1252 stands inside of words.
func eightBits(head []byte) Encoding {
	letter := func(i int) bool {
		return i >= 0 && i < len(head) && (head[i]|0x20 >= 'a' && head[i]|0x20 <= 'z' || head[i] >= 0x80)
	}
	var windows, dos, mac int
	for i, b := range head {
		if b < 0x80 || !letter(i-1) || !letter(i+1) {
			continue
		}
		switch b {
		case 0xE9, 0xE8:
			windows++
		case 0x82, 0x8A:
			dos++
		case 0x8E, 0x8F:
			mac++
		}
	}
	switch {
	case dos > windows && dos > mac:
		return CP850
	case mac > windows && mac > dos:
		return Macintosh
	}
	return Windows1252
}

func lineEnds(d Dialect, head []byte) bool {
	return bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0
}

// bareUTF16 recognises UTF-16 without a byte order mark by its zero bytes.
func bareUTF16(head []byte) Encoding {
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(head) / 2; {
	case half == 0:
	case zeros[1]*10 > half*6 && zeros[0]*10 < half:
		return UTF16LE
	case zeros[0]*10 > half*6 && zeros[1]*10 < half:
		return UTF16BE
	}
	return UTF8
}

// countUTF8 counts the characters beyond ASCII that are valid UTF-8, and the
// bytes that are not. Where all bytes are valid it does not count, and good is 0.
func countUTF8(r *io.SectionReader) (good, bad int, err error) {
	valid, err := walkUTF8(r, func(chunk []byte) bool { return utf8.Valid(chunk) })
	if valid || err != nil {
		return 0, 0, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return 0, 0, err
	}
	_, err = walkUTF8(r, func(chunk []byte) bool {
		for len(chunk) > 0 {
			switch r, width := utf8.DecodeRune(chunk); {
			case r == utf8.RuneError && width == 1:
				bad++
				chunk = chunk[1:]
			case width > 1:
				good++
				fallthrough
			default:
				chunk = chunk[width:]
			}
		}
		return true
	})
	return good, bad, err
}

// walkUTF8 gives a text to look in chunks that do not cut a character, until
// look returns false.
func walkUTF8(r io.Reader, look func(chunk []byte) bool) (bool, error) {
	buf := make([]byte, 4*sniffBytes)
	kept := 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		end := kept + n
		eof := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !eof {
			return false, err
		}
		cut := end
		for back := 1; !eof && back < utf8.UTFMax && back <= end; back++ {
			if utf8.RuneStart(buf[end-back]) {
				if !utf8.FullRune(buf[end-back : end]) {
					cut = end - back
				}
				break
			}
		}
		if !look(buf[:cut]) {
			return false, nil
		}
		if eof {
			return true, nil
		}
		kept = copy(buf, buf[cut:end])
	}
}

// decode turns the bytes of the file, without its byte order mark, into UTF-8
// with line feeds.
func (d Dialect) decode(r io.Reader) io.Reader {
	var enc encoding.Encoding
	switch d.Encoding {
	case Windows1252:
		enc = charmap.Windows1252
	case CP850:
		enc = charmap.CodePage850
	case Macintosh:
		enc = charmap.Macintosh
	case UTF16LE:
		enc = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case UTF16BE:
		enc = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	if enc != nil {
		r = enc.NewDecoder().Reader(r)
	}
	if d.classic {
		r = classicLines{r}
	}
	return r
}

// classicLines reads the lone carriage returns of old Mac files as line feeds.
type classicLines struct{ r io.Reader }

func (c classicLines) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i := range p[:n] {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// separator returns the character that splits a text into the most regular
// rows, 0 where none gives two columns.
func separator(text string, whole bool) (sep rune, sepLine bool) {
	first, _, _ := strings.Cut(text, "\n")
	if rest, ok := strings.CutPrefix(strings.ToLower(strings.TrimRight(first, "\r")), "sep="); ok && len(rest) == 1 {
		return rune(rest[0]), true
	}
	best := 0.0
	for _, candidate := range ";\t,|" {
		if score := regularity(text, candidate, whole); score > best*1.0001 {
			best, sep = score, candidate
		}
	}
	return sep, false
}

func regularity(text string, sep rune, whole bool) float64 {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = sep, true, -1, true
	counts := map[int]int{}
	rows, last := 0, 0
	for {
		record, err := r.Read()
		if err != nil {
			break
		}
		last = len(record)
		counts[last]++
		rows++
	}
	if !whole && rows > 1 { // the sample cuts its last row
		counts[last]--
		rows--
	}
	width, most := 0, 0
	for n, times := range counts {
		if n > 1 && (times > most || times == most && n > width) {
			width, most = n, times
		}
	}
	if width == 0 {
		return 0
	}
	share := float64(most) / float64(rows)
	return share * share * math.Log2(float64(width))
}
