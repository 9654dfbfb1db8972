package console_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/cputime"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/recherche"
	"github.com/passerelle-hub/passerelle/internal/store/open"
)

var assetLink = regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`)

// weight is how many bytes go over the wire for one address.
func (v *visitor) weight(path string) (sent int, body []byte) {
	v.t.Helper()
	req, err := http.NewRequest(http.MethodGet, v.site.URL+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := v.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		v.t.Fatalf("%s: %s %v", path, res.Status, err)
	}
	body = raw
	if res.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			v.t.Fatal(err)
		}
		if body, err = io.ReadAll(unzipped); err != nil {
			v.t.Fatal(err)
		}
	}
	return len(raw), body
}

// limitWeight is what a first visit may weigh, everything included.
const limitWeight = 60_000

func TestAFirstVisitIsLight(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	contrats := slices.Collect(demo.Generate(demo.Params{Contrats: 600, Seed: 1}))
	s.story(t, contrats)
	v := s.as(t, domaine.RoleAdministration)
	for _, page := range looks(t, s, contrats) {
		if page.name == "introuvable" {
			continue
		}
		total, body := v.weight(page.path)
		for _, link := range assetLink.FindAllSubmatch(body, -1) {
			n, _ := v.weight(string(link[1]))
			total += n
		}
		t.Logf("%-28s %6d bytes", page.name, total)
		if total > limitWeight {
			t.Errorf("a first visit to %s weighs %d bytes", page.name, total)
		}
	}
}

// settled waits until the hub has had PostgreSQL collect its statistics, which it
// does beside everything else after a large push.
func settled(b *testing.B, location string) {
	b.Helper()
	if !open.IsPostgres(location) {
		return
	}
	conn, err := pgx.Connect(b.Context(), location)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(b.Context())
	const done = "SELECT MIN(reltuples) > 0 FROM pg_class WHERE relname IN ('contrat', 'profil', 'session', 'personne')"
	for known := false; !known; time.Sleep(50 * time.Millisecond) {
		if err := conn.QueryRow(b.Context(), done).Scan(&known); err != nil {
			b.Fatal(err)
		}
	}
}

// archived are the contracts of some years before, which left the exports: one for each active
// one, of the same people.
func archived(actifs []passerelle.Contrat, years int) []passerelle.Contrat {
	list := slices.Clone(actifs)
	for i := range list {
		c := &list[i]
		c.CodeContrat = "A" + strconv.Itoa(years) + "-" + c.CodeContrat
		c.DateDebut, c.DateFin = earlier(c.DateDebut, years), earlier(c.DateFin, years)
	}
	return list
}

func earlier(date string, years int) string {
	d, err := passerelle.ParseDateFR(date)
	if err != nil {
		return date
	}
	return d.AddMonths(-12 * years).FR()
}

// BenchmarkPages measures the time of each page at 100,000 active and 300,000 archived contracts, as a
// browser on the same machine sees it: the median is reported, of the wall and of the processor.
func BenchmarkPages(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		b.Run(database, func(b *testing.B) {
			s := newSite(b, database)
			contrats := slices.Collect(demo.Generate(demo.Params{Contrats: 100_000, Seed: 1}))
			for years := 3; years > 0; years-- {
				s.mustPush(b, archived(contrats, years), "confirmer=oui")
			}
			s.mustPush(b, contrats, "confirmer=oui")
			s.modeles(b)
			settled(b, s.location)
			for i := range 1000 {
				contrats[i*97].NomEntreprise += " SAS"
			}
			for i, mistake := range demo.Mistakes(contrats[0]) {
				contrats[i*1000+1] = mistake.Contrat
			}
			s.mustPush(b, contrats)
			s.exercices(b)
			s.tarifs(b, contrats)
			s.dropped(b, "export.csv", sheet(contrats[:1000]))
			v := s.as(b, domaine.RoleAdministration)
			sessions, err := s.hub.Integration.Sessions(context.Background(), s.organisme, false)
			if err != nil {
				b.Fatal(err)
			}
			c := contrats[50_000]
			get := func(path string) func() page { return func() page { return v.get(path) } }
			search := func(q string) func() page {
				return func() page { return v.post("/contrats", url.Values{"q": {q}}, "HX-Request", "true") }
			}
			everywhere := func(q string) func() page {
				return func() page { return v.post("/recherche", url.Values{"q": {q}}, "HX-Request", "true") }
			}
			pairs, asked := []string{"formation", "site", "annee", "periode", "rncp", "marque"}, 0
			unseen := func() page { // more of them than are kept
				asked++
				return v.get("/ventilation?exercice=3&par=" + pairs[asked%6])
			}
			for _, tt := range []struct {
				name string
				ask  func() page
			}{
				{"dashboard", get("/")},
				{"list", get("/contrats")},
				{"list, last page", get("/contrats?page=2000")},
				{"list, filtered", get("/contrats?site=" + c.CodeSite + "&formation=" + c.CodeFormation)},
				{"list, not integrated", get("/contrats?etat=non-integre")},
				{"search, one", search(c.EmailApprenant)},
				{"search, many", search("le an")},
				{"search everywhere, a person", everywhere(c.NomApprenant)},
				{"search everywhere, an address", everywhere(c.EmailApprenant)},
				{"search everywhere, three letters", everywhere("mar")},
				{"search everywhere, two letters", everywhere("ma")},
				{"search everywhere, nothing", everywhere("zzyx")},
				{"list, archived", get("/contrats?vie=archives")},
				{"list, all by end", get("/contrats?vie=tous&tri=-fin")},
				{"person", get(fmt.Sprintf("/personnes/%016x", uint64(recherche.CleOf(recherche.Apprenant, c.CodeApprenant))))},
				{"ends to be said", get("/fins")},
				{"calendar", get("/calendrier")},
				{"sessions as a list", get("/sessions?vue=liste")},
				{"financement", get("/financement")},
				{"rapprochement", get("/rapprochement")},
				{"npec", get("/npec")},
				{"journal", get("/journal")},
				{"settings", get("/reglages")},
				{"synchronisations, sorted", get("/synchronisations?tri=-archives")},
				{"contract", get("/contrats/" + c.CodeContrat)},
				{"tree", get("/sessions")},
				{"session", get("/sessions/" + strconv.FormatInt(sessions[0].ID, 10))},
				{"modèles", get("/modeles")},
				{"modèle", get("/modeles/3")},
				{"synchronisations", get("/synchronisations")},
				{"diff, 1,000 changes", get("/synchronisations/5")},
				{"diff, 100,000 added and archived", get("/synchronisations/4")},
				{"diff, last page", get("/synchronisations/1?page=2000")},
				{"anomalies", get("/anomalies")},
				{"anomalies of a rule", get("/anomalies/refus/email-shared")},
				{"ventilation", get("/ventilation?exercice=3&par=formation&par=site")},
				{"ventilation, another exercice", get("/ventilation?exercice=4&par=formation&par=site")},
				{"ventilation, all exercices", get("/ventilation?exercice=tous&par=formation&par=site")},
				{"ventilation, by company", get("/ventilation?exercice=3&par=entreprise")},
				{"ventilation, contracts", get("/ventilation/contrats?exercice=3&page=500")},
				{"ventilation, apart", get("/ventilation/contrats?exercice=1&apart=hors-exercice")},
				{"ventilation, not seen before", unseen},
				{"tarifs", get("/tarifs")},
				{"imports", get("/imports")},
				{"import, mapping", get("/imports/1/correspondance")},
				{"import, preview of 1,000 rows", get("/imports/1")},
			} {
				b.Run(tt.name, func(b *testing.B) {
					tt.ask()
					var times, costs []time.Duration
					for b.Loop() {
						started, used := time.Now(), cputime.Process()
						if p := tt.ask(); p.status != http.StatusOK {
							b.Fatalf("%s answers %d", p.path, p.status)
						}
						times, costs = append(times, time.Since(started)), append(costs, cputime.Process()-used)
					}
					slices.Sort(times)
					slices.Sort(costs)
					b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "median-ms")
					b.ReportMetric(float64(costs[len(costs)/2].Microseconds())/1000, "cpu-ms")
					b.ReportMetric(0, "ns/op")
				})
			}
		})
	}
}
