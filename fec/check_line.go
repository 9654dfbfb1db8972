package fec

import (
	"bytes"
	"math/bits"
	"strconv"

	"github.com/passerelle-hub/passerelle/compta"
)

// Line checks the next line of the file.
func (c *Checker) Line(l *Line) {
	c.lines = l.Number
	if l.high || l.control {
		c.characters(l)
	}
	if l.n != len(c.h.Names) {
		c.shape(l)
		return
	}
	c.rows++
	if c.plain && c.usual(l) {
		return
	}
	c.bad = false
	if !c.quick(l) {
		c.thorough(l)
	}
	c.entry(l)
}

// quick finds the values of a line that gives no finding by itself. It changes
// nothing that thorough would not, and leaves all other lines to it.
func (c *Checker) quick(l *Line) bool {
	c.e = nil
	if l.quoted || l.padded {
		return false
	}
	blank, ok := c.find(l)
	if !ok {
		return false
	}
	for _, id := range c.dayCols {
		s := c.span(id)
		if c.dates[id].differs(&l.buf[0], s.from, s.to) != 0 && !c.goodDay(l, id, s) {
			return false
		}
	}
	for _, id := range c.amountCols {
		s := c.span(id)
		if s.size() == 0 {
			c.amounts[id] = 0
			continue
		}
		m, ok := l.amount(s)
		if !ok {
			var fault amountFault
			if m, fault = parseAmount(l.buf[s.from:s.to]); fault != amountOK {
				return false
			}
		}
		c.amounts[id] = m
	}
	for ; blank != 0; blank &= blank - 1 {
		c.blank(l, &columns[bits.TrailingZeros32(blank)])
	}
	return true
}

// find finds the values of a line. It returns which are reported as blank, a bit for
// each; ok is false where one is missing that must be there.
func (c *Checker) find(l *Line) (blank uint32, ok bool) {
	if c.plain && !c.bySide && len(l.ends) > width {
		e := (*[width + 1]uint32)(l.ends)
		all := ^uint32(0)
		for _, id := range c.asked {
			if id < ID(width) {
				all &= e[id] + 1 - e[id+1] // negative where there is a value
			}
		}
		if int32(all) < 0 {
			c.e = e
			return 0, true
		}
	}
	var filled uint32
	for _, p := range c.places {
		from, to := l.ends[p.at]+1, l.ends[p.at+1]
		c.spans[p.bit&31] = span{from, to}
		filled |= (from - to) >> 31 << (p.bit & 31)
	}
	return c.wanted &^ filled, filled&c.filled == c.filled
}

// span says where a value of the line stands.
func (c *Checker) span(id ID) span {
	if c.e != nil && int(id) < width {
		return span{c.e[id] + 1, c.e[id+1]}
	}
	return c.spans[id&31]
}

// val returns a value of the line.
func (c *Checker) val(l *Line, id ID) []byte {
	s := c.span(id)
	return l.buf[s.from:s.to]
}

// thorough finds the values of any line, and says what is wrong with each.
func (c *Checker) thorough(l *Line) {
	for i := range c.plan {
		p := &c.plan[i]
		v := l.field(p.place)
		c.spans[p.ID] = span{}
		if len(v) > 0 {
			from := cap(l.buf) - cap(v)
			c.spans[p.ID] = span{uint32(from), uint32(from + len(v))}
		}
		if len(v) == 0 {
			c.amounts[p.ID] = 0
			if p.Blank != Free {
				c.blank(l, p.Column)
			}
			continue
		}
		switch p.Kind {
		case Day:
			if s := c.spans[p.ID]; c.dates[p.ID].differs(&l.buf[0], s.from, s.to) != 0 {
				c.day(l, p.ID, s)
			}
		case Amount:
			m, fault := parseAmount(v)
			if fault != amountOK {
				c.amount(l, p.ID, v, fault)
			}
			c.amounts[p.ID] = m
		}
	}
}

// blank notes a column that a line leaves empty.
func (c *Checker) blank(l *Line, col *Column) {
	if col.Blank == Refused {
		c.out.Add(ruleValeur, c.at(l, col.ID), "%s est vide : l’outil de l’État refuse la ligne. Remplissez-le (%s).", col.Name, col.About)
		return
	}
	b := &c.blanks[col.ID]
	if b.n++; b.n == 1 {
		b.line = l.Number
	}
}

func (c *Checker) blanksEnd() {
	for i := range c.blanks {
		b, col := c.blanks[i], &columns[i]
		switch {
		case b.n == 0:
		case col.ID == ValidDate:
			c.out.Add(ruleProvis, c.place(b.line, col.ID), "ValidDate est vide (%s) : ces écritures ne sont pas validées, le fichier est provisoire. Validez-les avant de le remettre.", lines(b.n))
		default:
			c.out.Add(ruleSansVal, c.place(b.line, col.ID), "%s est vide (%s) ; le texte demande %s.", col.Name, lines(b.n), col.About)
		}
	}
}

// day checks a date that is not the same as in the line before.
func (c *Checker) day(l *Line, id ID, s span) {
	v := l.buf[s.from:s.to]
	_, fault := parseDate(v)
	switch fault {
	case dateOK:
		c.goodDay(l, id, s)
	case dateForm:
		c.out.Add(ruleDate, c.at(l, id), "« %s » : date attendue, sous la forme AAAAMMJJ.", clean(l.text(v)))
	case dateBounds:
		c.out.Add(ruleDate, c.at(l, id), "« %s » : le mois va de 1 à 12 et le jour de 1 à 31, sous la forme AAAAMMJJ.", clean(l.text(v)))
	case dateUnreal:
		c.out.Add(ruleJour, c.at(l, id), "« %s » : ce jour n’existe pas. L’outil de l’État le laisse passer ; corrigez la date.", clean(l.text(v)))
	case dateYear:
		c.out.Add(ruleAnnee, c.at(l, id), "« %s » : l’année n’est pas entre 1900 et 2099.", clean(l.text(v)))
	}
}

func (c *Checker) amount(l *Line, id ID, v []byte, fault amountFault) {
	say := func(why string) {
		c.bad = c.bad || id != Montantdevise
		c.out.Add(ruleMontant, c.at(l, id), "« %s » : %s.", clean(l.text(v)), why)
	}
	switch fault {
	case amountSyntax:
		say("montant attendu, en chiffres avec une virgule décimale")
	case amountPoint:
		say("montant attendu avec une virgule décimale, non un point")
	case amountThousand:
		say("montant attendu sans séparateur de milliers, avec une seule virgule")
	case amountLarge:
		say("ce montant est trop grand pour être exact")
	case amountFine:
		c.out.Once(ruleFin, "", c.at(l, id), "« %s » : plus de quatre décimales ; le montant est arrondi (signalé une fois).", clean(l.text(v)))
	}
}

// shape judges a line that has not the fields of the first one.
func (c *Checker) shape(l *Line) {
	want := len(c.h.Names)
	switch {
	case l.IsBlank():
		if len(l.raw) != 1 || l.raw[0] != 0x1a {
			c.out.Once(ruleVide, "", compta.Finding{Line: l.Number}, "Ligne vide : supprimez-la (signalé une fois).")
		}
	case l.n < want:
		at := compta.Finding{Line: l.Number, Column: l.n + 1, Field: c.h.Names[l.n]}
		c.out.Add(ruleChamps, at, "%s au lieu de %d : il manque %s ou un champ avant. Un retour à la ligne dans un libellé coupe aussi une ligne en deux.", fields(l.n), want, clean(c.h.Names[l.n]))
	default:
		at := compta.Finding{Line: l.Number, Column: want + 1}
		c.out.Add(ruleChamps, at, "%s au lieu de %d : un libellé contient sans doute le séparateur, ou il en reste un en fin de ligne.", fields(l.n), want)
	}
	if l.n > want || l.n > 1 {
		c.partial = true
	}
	if !l.IsBlank() {
		c.odd++
	}
}

func fields(n int) string { return strconv.Itoa(n) + " champ" + plural(n) }

// characters looks at lines with control characters or beyond ASCII.
func (c *Checker) characters(l *Line) {
	if l.control && !l.IsBlank() {
		rank := 1
		for i, b := range l.raw {
			if b == c.h.Separator {
				rank++
			} else if b < ' ' {
				at := compta.Finding{Line: l.Number, Column: rank}
				if rank <= len(c.h.Names) {
					at.Field = c.h.Names[rank-1]
				}
				c.out.Once(ruleControle, "", at, "Caractère de contrôle (code %d, octet %d de la ligne) : supprimez-le, un champ ne contient que du texte (signalé une fois).", b, i+1)
				break
			}
		}
	}
	if l.encoding == ASCII {
		return
	}
	if l.encoding == Windows1252 && c.encoding != Windows1252 {
		c.out.Once(ruleCodage, "", compta.Finding{Line: l.Number}, "Le fichier est codé en Windows-1252 ; le texte demande ASCII, ISO 8859-15 ou UTF-8 (signalé une fois).")
	}
	switch {
	case c.encoding == ASCII, c.encoding == Latin9 && l.encoding == Windows1252:
		c.encoding = l.encoding
	case c.encoding != l.encoding:
		c.out.Once(ruleMelange, "", compta.Finding{Line: l.Number}, "Cette ligne est codée en %s, les précédentes en %s : enregistrez le fichier dans un seul codage.", l.encoding, c.encoding)
	}
}

// pipe reports the first | in a field of a file of tabs.
func (c *Checker) pipe(l *Line) {
	i := bytes.IndexByte(l.raw, '|')
	if i < 0 {
		return
	}
	c.piped = true
	at := compta.Finding{Line: l.Number, Column: bytes.Count(l.raw[:i], []byte("\t")) + 1}
	if at.Column <= len(c.h.Names) {
		at.Field = c.h.Names[at.Column-1]
	}
	c.out.Add(ruleSepare, at, "Un champ contient | : d’autres lecteurs le prennent pour un séparateur. Remplacez-le (signalé une fois).")
}
