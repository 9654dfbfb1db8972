package sync_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const (
	v1       = "/api/sync/v1/contrats"
	v2       = "/api/sync/v2/contrats"
	changes  = "/api/sync/v2/contrats/changes"
	diff     = "/api/sync/v1/contrats-diff"
	all      = "/api/sync/v1/contrats-get-all"
	journal  = "/api/sync/v1/synchronisations"
	anomaly  = "/api/sync/v1/anomalies"
	modeles  = "/api/admin/v1/modeles"
	sessions = "/api/admin/v1/sessions"
)

var text = apitest.Text

// state is what an organisme holds, to show that a call left it as it was.
func state(t testing.TB, o *apitest.Organisme) string {
	t.Helper()
	var s strings.Builder
	for _, path := range []string{all, v1, journal, anomaly, modeles, sessions} {
		fmt.Fprintf(&s, "%s\n", o.Get(t, path).Want(t, 200).Body)
	}
	return s.String()
}

// wantUnchanged runs do and fails where the organisme's state is another one
// afterwards.
func wantUnchanged(t testing.TB, o *apitest.Organisme, do func()) {
	t.Helper()
	before := state(t, o)
	do()
	if d := cmp.Diff(before, state(t, o)); d != "" {
		t.Fatalf("the organisme's state changed (- before, + after):\n%s", d)
	}
}

// wantContrats checks the list of transmitted contracts.
func wantContrats(t testing.TB, o *apitest.Organisme, contrats ...passerelle.Contrat) {
	t.Helper()
	if contrats == nil {
		contrats = []passerelle.Contrat{}
	}
	o.Get(t, all).WantJSON(t, 200, fmt.Sprintf(`{"total":%d,"contrats":%s}`, len(contrats), text(t, contrats)))
}

// wantCodes checks which contracts are active.
func wantCodes(t testing.TB, o *apitest.Organisme, codes ...string) {
	t.Helper()
	answer := apitest.Decode[struct {
		Contrats []struct{ CodeContrat string }
	}](t, o.Get(t, all).Want(t, 200))
	got := []string{}
	for _, c := range answer.Contrats {
		got = append(got, c.CodeContrat)
	}
	if d := cmp.Diff(append([]string{}, codes...), got); d != "" {
		t.Fatalf("active contracts (- wanted, + got):\n%s", d)
	}
}

// summary writes the answer of a v1 push without warnings.
func summary(total, added, updated, same, removed, integres, synchronisation int) string {
	return fmt.Sprintf(`{"success":true,"total":%d,"added":%d,"updated":%d,"same":%d,"removed":%d,"integres":%d,"synchronisation":"%d","warnings":[]}`,
		total, added, updated, same, removed, integres, synchronisation)
}

// counts are the numbers of any push's answer.
type counts struct {
	Success                     bool
	Total, Added, Updated, Same int
	Removed, Integres           int
	Synchronisation             string
	Warnings                    []violation
	ValidContrats               []passerelle.Contrat
	InvalidContrats             []map[string]any
	UnknownRemoved              []string
	DetailsTotal                int
	Details                     []violation
}

type violation struct {
	Index                             int
	CodeContrat, Field, Code, Message string
	ConflictsWith                     string
}
