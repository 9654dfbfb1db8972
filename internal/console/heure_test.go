package console_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func TestTimesAreThoseOfParisWhateverTheZoneOfTheMachine(t *testing.T) {
	t.Setenv("TZ", "Asia/Tokyo")
	s := newSite(t, "sqlite")
	var possible []string
	for i := range 3 { // the minute may change meanwhile
		possible = append(possible, s.now.Now().Add(time.Duration(i)*time.Minute).In(hub.Paris).Format("02/01/2006 à\u00a015:04"))
	}
	s.mustPush(t, slices.Collect(demo.Generate(demo.Params{Contrats: 3, Seed: 1})))
	p := s.as(t, domaine.RoleLecture).get("/synchronisations/1")
	if !slices.ContainsFunc(possible, func(said string) bool { return strings.Contains(p.body, said) }) {
		t.Errorf("none of %q on the page of a synchronisation", possible)
	}
}
