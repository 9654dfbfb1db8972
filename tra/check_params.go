package tra

import (
	"fmt"
	"strings"
)

// parameter applies the rules of one kind of parameter and notes what it declares.
func (c *Checker) parameter(rec *Record, l *Layout, cols []byte) {
	switch l.ID {
	case "HEADER":
		c.header(rec, cols)
	case "PS2":
		c.lengths(rec, l)
	case "PS5":
		c.euro(rec, l)
	case "EXO":
		c.exos.record(rec)
	case "MDR":
		c.rates(rec, l, cols)
	case "DEV":
		rate := l.Field("PARITEEURO")
		code := l.Field("CODE")
		m, fault := parseMontant(cols[rate.start:rate.end])
		if len(c.devises) < maxPending {
			c.devises[[3]byte(cols[code.start:code.end])] = fault == numberOK && m != 0
		}
	case "CGN":
		f := l.Field("CODE")
		nature := rec.Field("NATURE")
		collective := nature == "COC" || nature == "COD" || nature == "COF" || nature == "COS"
		c.refs.declare(keyOf(toGeneral, cols[f.start:f.end]), collective, rec, f)
	case "CAE":
		f := l.Field("CODE")
		c.refs.declare(keyOf(toAuxiliaire, cols[f.start:f.end]), false, rec, f)
	case "SAT", "NSA":
		c.section(rec, l, cols)
	case "VEN":
		c.oldAnalytic(rec)
	case "JAL":
		c.journal(rec, l, cols)
	}
}

// lengths checks PS2: accounts have 6 to 17 characters, sections 3 to 17.
func (c *Checker) lengths(rec *Record, l *Layout) {
	for i := range l.Fields {
		f := &l.Fields[i]
		if !strings.HasPrefix(f.Name, "LG") {
			continue
		}
		low := Montant(6)
		if strings.HasPrefix(f.Name, "LGSEC") {
			low = 3
		}
		v := rec.Value(f)
		if n, ok := ParseMontant(v); v != "" && ok && (n < low*Unite || n > 17*Unite) {
			c.out.Add(ruleLongueurs, at(rec, f), "« %s » : une longueur de %d à 17 est attendue.", v, int(low))
		}
	}
}

// euro checks PS5: a dossier in euro says so twice.
func (c *Checker) euro(rec *Record, l *Layout) {
	f := l.Field("TENUEEURO")
	devise, tenue := rec.Field("DEVISE"), rec.Value(f)
	if devise == "" || tenue == "" {
		return
	}
	want := "-"
	if devise == "EUR" {
		want = "X"
	}
	if tenue != want {
		c.out.Add(ruleTenueEuro, at(rec, f), "« %s » : avec la devise « %s », TENUEEURO doit valoir %s.", clean([]byte(tenue)), clean([]byte(devise)), want)
	}
}

// rates checks MDR: the rates of the instalments add up to 100.
func (c *Checker) rates(rec *Record, l *Layout, cols []byte) {
	var sum Montant
	first := l.Field("TAUX1")
	for i := 1; i <= 12; i++ {
		f := l.Field(fmt.Sprintf("TAUX%d", i))
		m, fault := parseMontant(cols[f.start:f.end])
		if fault != numberOK {
			return
		}
		sum += m
	}
	if sum != 100*Unite {
		c.out.Add(ruleTaux, at(rec, first), "Les taux TAUX1 à TAUX12 totalisent %s ; ils doivent totaliser 100.", sum)
	}
}

func (c *Checker) section(rec *Record, l *Layout, cols []byte) {
	if l.ID == "SAT" {
		c.oldAnalytic(rec)
	}
	f, axe := l.Field("CODE"), l.Field("AXE")
	k := keyOf(toSection, cols[f.start:f.end])
	if _, known := c.refs.declared[k]; !known { // on any axe, for fields that do not name one
		c.refs.declare(k, false, rec, f)
	}
	v := trim(cols[axe.start:axe.end])
	if len(v) != 2 {
		return
	}
	k.axe = [2]byte(v)
	c.refs.declare(k, false, rec, f)
}

func (c *Checker) oldAnalytic(rec *Record) {
	if c.newAnaly {
		c.out.Once(ruleAnalytique, rec.ID, atLine(rec), "L’en-tête annonce la nouvelle analytique (SO_NEWANALYTIQUE à X) : NSA, VAE et VAD remplacent %s (signalé une fois).", rec.ID)
	}
}

func (c *Checker) journal(rec *Record, l *Layout, cols []byte) {
	code := l.Field("CODE")
	c.refs.declare(keyOf(toJournal, cols[code.start:code.end]), false, rec, code)
	nature, mode := rec.Field("NATURE"), rec.Field("MODESAISIE")
	require := func(rule *Rule, name string) {
		if f := l.Field(name); rec.Value(f) == "" {
			c.out.Add(rule, at(rec, f), "Un journal de nature %s doit avoir un champ %s.", nature, name)
		}
	}
	switch nature {
	case "BQE", "CAI":
		require(ruleJalCompte, "COMPTE")
	case "ODA":
		require(ruleJalAxe, "AXE")
	case "ANO", "CLO":
		if mode != "" && mode != "-" {
			c.out.Add(ruleJalMode, at(rec, l.Field("MODESAISIE")), "« %s » : un journal de nature %s est en mode -.", clean([]byte(mode)), nature)
		}
	}
	if j := c.balance.journal([3]byte(cols[code.start:code.end])); j != nil {
		j.normalOnly = mode == "BOR" || mode == "LIB"
		j.mode = mode
	}
}
