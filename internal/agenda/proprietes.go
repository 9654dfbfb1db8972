package agenda

import (
	"slices"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// keptParameters are those of the properties that are given on: ALTREP leads elsewhere, the
// others are for people or for one program.
var keptParameters = []string{"TZID", "VALUE", "RANGE", "LANGUAGE"}

// given returns what is given on of the properties of an event, so that the library writes it as
// it was meant: it writes a list of categories as one with commas in its name, and a parameter
// that has to be in quotes without them (findings/golang-ical-written-again.sh).
func given(properties []ics.IANAProperty) (out []ics.IANAProperty) {
	for _, p := range properties {
		p.IANAToken = strings.ToUpper(p.IANAToken) // names are so or so (RFC 5545, 2)
		if !slices.Contains(kept, p.IANAToken) {
			continue
		}
		parameters := map[string][]string{}
		for name, values := range p.ICalParameters {
			if name = strings.ToUpper(name); slices.Contains(keptParameters, name) {
				parameters[name] = slices.Clone(values)
			}
		}
		for i, zone := range parameters["TZID"] {
			parameters["TZID"][i] = plainZone(zone)
		}
		p.ICalParameters = parameters
		if p.IANAToken != "CATEGORIES" {
			out = append(out, p)
			continue
		}
		for category := range strings.SplitSeq(p.Value, ",") {
			one := p
			one.Value = strings.TrimSpace(category)
			out = append(out, one)
		}
	}
	return out
}

// plainZone is the name of a zone without what a parameter would have to quote, such as that of
// "(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris".
func plainZone(name string) string { return quotedSigns.Replace(name) }

var quotedSigns = strings.NewReplacer(":", ".", ",", "", ";", "", `"`, "", `\`, "")
