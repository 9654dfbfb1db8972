package tra

import (
	"slices"
	"strings"
)

// fields checks every field of a layout that has something to check: kind, codes,
// presence. cols reaches the layout's end.
func (c *Checker) fields(rec *Record, l *Layout, cols []byte) {
	for _, f := range l.checks {
		v := cols[f.start:f.end]
		if v[0] == ' ' && isBlank(v) {
			if !f.mayBeBlank && f.since <= c.version {
				c.absent(rec, f)
			}
			continue
		}
		if f.codeKeys != nil && f.Kind != Flag {
			if !f.hasCode(v) {
				c.out.Add(ruleCode, at(rec, f), "« %s » : valeur non prévue ; attendu : %s.", clean(v), strings.Join(f.Codes, ", "))
			}
			continue
		}
		switch f.Kind {
		case DateJour:
			if key := pack(v); key != c.lastDate {
				if _, ok := parseDate(v); !ok {
					c.out.Add(ruleDate, at(rec, f), "« %s » : date du calendrier attendue, sous la forme JJMMAAAA (blanc ou 01011900 pour aucune).", clean(v))
					continue
				}
				c.lastDate = key
			}
		case Number:
			if checkNumber(v) != numberOK {
				c.out.Add(ruleNombre, at(rec, f), "« %s » : %s.", clean(v), f.kindFault(v))
			}
		case DateTime:
			if !validDateTime(v) {
				c.out.Add(ruleDate, at(rec, f), "« %s » : %s.", clean(v), f.kindFault(v))
			}
		case Flag:
			if v[0] != 'X' && v[0] != '-' {
				c.out.Add(ruleIndicateur, at(rec, f), "« %s » : X ou - attendu.", clean(v))
			}
		}
	}
}

func (c *Checker) absent(rec *Record, f *Field) {
	expected := ""
	if f.Codes != nil {
		expected = " ; attendu : " + strings.Join(f.Codes, ", ")
	}
	if f.record != rec.ID {
		c.out.Add(ruleObligBloc, at(rec, f), "%s est obligatoire dans le bloc %s%s.", f.Name, f.record, expected)
		return
	}
	c.out.Add(ruleObligatoire, at(rec, f), "%s est obligatoire dans %s%s.", f.Name, rec.ID, expected)
}

// hasCode says whether the columns are one of the field's codes, on either side.
func (f *Field) hasCode(v []byte) bool {
	key := pack(v)
	for _, k := range f.codeKeys {
		if k == key {
			return true
		}
	}
	return (v[0] == ' ' || len(v) > 8) && slices.Contains(f.Codes, string(trim(v)))
}
