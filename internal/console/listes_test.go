package console_test

import (
	"encoding/csv"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

func readCSV(t *testing.T, p page) [][]string {
	t.Helper()
	if p.status != http.StatusOK || !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%s: %d %v", p.path, p.status, p.header)
	}
	rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.body, "\ufeff")))
	rows.Comma = ';'
	records, err := rows.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

func TestSessionsAreATreeWithHeadcounts(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		s.filled(t, 200)
		v := s.as(t, domaine.RoleLecture)
		sessions, err := s.hub.Integration.Sessions(t.Context(), s.organisme, false)
		if err != nil {
			t.Fatal(err)
		}
		first := sessions[0]
		p := v.get("/sessions")
		p.has(t, http.StatusOK, first.NomSite, first.NomPeriode, first.NomGroupe, "Exporter toutes les sessions")
		path := "/sessions/" + strconv.FormatInt(first.ID, 10)
		v.get(path).has(t, http.StatusOK, strconv.Itoa(first.Effectif)+"\u00a0apprenti", first.NomFormation)
		if got := len(readCSV(t, v.get("/sessions.csv"))); got != len(sessions)+1 {
			t.Errorf("the file has %d lines for %d sessions", got, len(sessions))
		}
		apprentis := readCSV(t, v.get(path+"/apprentis.csv"))
		if len(apprentis) != first.Effectif+1 || apprentis[0][0] != "Code du contrat" {
			t.Errorf("the file has %d lines for %d apprentices", len(apprentis), first.Effectif)
		}
	})
}

func TestAnomaliesAreListedByRuleAndHandedOn(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleLecture)
		v.get("/anomalies").has(t, http.StatusOK, "Rien à corriger")
		s.filled(t, 200)
		v.get("/anomalies").has(t, http.StatusOK, "Contrats refusés", "Une adresse e-mail sert à deux personnes", "dans le logiciel de gestion",
			"Contrats hors session", `href="/contrats?etat=aucun-modele"`)
		v.get("/anomalies/refus/email-shared").has(t, http.StatusOK, "E-mail de l’apprenant", "Contrat en cause")
		first := regexp.MustCompile(`scope="row"><a href="/anomalies/refus/([a-z-]+)"`)
		for order, code := range map[string]string{"regle": "date-order", "-regle": "required", "": "code-name-mismatch"} {
			p := v.get("/anomalies?tri=" + order)
			if got := first.FindStringSubmatch(p.body); got == nil || got[1] != code || strings.Contains(p.body, "aria-sort") != (order != "") {
				t.Errorf("in the order %q the first rule is %q", order, got)
			}
		}
		v.get("/anomalies/refus/email-shared?tri=-ligne").has(t, http.StatusOK, `aria-sort="descending"`, `tri=ligne`, `tri=apprenti`)
		all, one := readCSV(t, v.get("/anomalies.csv")), readCSV(t, v.get("/anomalies.csv?nature=refus&code=email-shared"))
		if len(one) != 2 || len(all) <= 8 || one[1][1] != "Une adresse e-mail sert à deux personnes" {
			t.Errorf("%d anomalies, of one rule %v", len(all)-1, one)
		}
	})
}

var shown = regexp.MustCompile(`id="(?:jeton|secret)">([^<]+)<`)

func TestATokenIsShownOnceServesAndIsRevoked(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleAdministration)
		s.as(t, domaine.RoleIntegration).get("/jetons").has(t, http.StatusForbidden)
		v.post("/jetons", url.Values{"expire": {"2020-01-01"}, "partenaire": {"nouveau"}}).
			has(t, http.StatusUnprocessableEntity, "Cochez au moins un droit", "Choisissez une date à venir", "Saisissez le nom du nouveau partenaire")
		p := v.post("/jetons", url.Values{"droit": {"contrats", "exercices"}, "prenom": {"Lou"}, "nom": {"Ba"}, "expire": {"2099-12-31"}})
		p.has(t, http.StatusOK, "Le jeton est créé", "Lou Ba", "31/12/2099")
		s.token = shown.FindStringSubmatch(p.body)[1]
		s.mustPush(t, oneContrat)
		again := v.get("/jetons")
		again.hasNot(t, s.token)
		again.has(t, http.StatusOK, "Contrats, Exercices", "Révoquer")
		v.get("/jetons/2/revoquer").has(t, http.StatusOK, "Révoquer le jeton n° 2")
		v.post("/jetons/2/revoquer", nil).has(t, http.StatusOK, "Le jeton est révoqué")
		if res := s.push(t, "/api/sync/v2/contrats", oneContrat); res.StatusCode != http.StatusUnauthorized {
			t.Errorf("a revoked token answers %s", res.Status)
		}
		partner := v.post("/jetons", url.Values{"droit": {"integration"}, "partenaire": {"nouveau"}, "nouveau_partenaire": {"Studi"}})
		partner.has(t, http.StatusOK, "Studi", "X-Third-Party-Secret")
		if n := len(shown.FindAllString(partner.body, -1)); n != 2 {
			t.Errorf("%d secrets are shown", n)
		}
	})
}

var oneContrat = slices.Collect(demo.Generate(demo.Params{Contrats: 1, Seed: 1}))

func TestTokensAndAccountsOfOthersAreOutOfReach(t *testing.T) {
	t.Parallel()
	s := newSite(t, "sqlite")
	other, err := s.hub.Organismes.CreateOrganisme(t.Context(), "Autre", false)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := s.hub.Comptes.CreateCompte(t.Context(), domaine.Compte{OrganismeID: other.ID, Email: "x@autre.example", Prenom: "X", Nom: "Y", Role: domaine.RoleLecture}, secret)
	if err != nil {
		t.Fatal(err)
	}
	v := s.as(t, domaine.RoleAdministration)
	v.get("/jetons/2/revoquer").has(t, http.StatusNotFound)
	v.post("/jetons/2/revoquer", nil).has(t, http.StatusNotFound)
	path := "/comptes/" + strconv.FormatInt(foreign.ID, 10)
	v.get(path).has(t, http.StatusNotFound)
	v.post(path, url.Values{"prenom": {"A"}, "nom": {"B"}, "role": {"administration"}}).has(t, http.StatusNotFound)
	v.post(path+"/mot-de-passe", nil).has(t, http.StatusNotFound)
}

func TestAccountsAreMadeChangedAndEnded(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		v := s.as(t, domaine.RoleAdministration)
		v.post("/comptes", url.Values{"email": {"pas une adresse"}, "prenom": {""}, "nom": {"N"}, "role": {"lecture"}}).
			has(t, http.StatusUnprocessableEntity, "Saisissez une adresse e-mail", "Saisissez le prénom")
		v.post("/comptes", url.Values{"email": {"lecture@cfa.example"}, "prenom": {"P"}, "nom": {"N"}, "role": {"lecture"}}).
			has(t, http.StatusUnprocessableEntity, "a déjà un compte")
		p := v.post("/comptes", url.Values{"email": {"nouveau@cfa.example"}, "prenom": {"Ali"}, "nom": {"Diop"}, "role": {"lecture"}})
		p.has(t, http.StatusOK, "Le compte de Ali Diop est créé")
		made := shown.FindStringSubmatch(p.body)[1]
		him := s.visitor(t)
		him.post("/connexion", url.Values{"email": {"nouveau@cfa.example"}, "password": {made}}).has(t, http.StatusOK, "Ali Diop")
		him.post("/mon-compte", url.Values{"actuel": {"faux"}, "password": {"ma nouvelle phrase secrète"}}).has(t, http.StatusUnprocessableEntity, "pas votre mot de passe actuel")
		him.post("/mon-compte", url.Values{"actuel": {made}, "password": {"court"}}).has(t, http.StatusUnprocessableEntity, "au moins 12 caractères")
		him.post("/mon-compte", url.Values{"actuel": {made}, "password": {"ma nouvelle phrase secrète"}}).has(t, http.StatusOK, "Votre mot de passe est changé")

		comptes, err := s.hub.Comptes.Comptes(t.Context(), s.organisme)
		if err != nil {
			t.Fatal(err)
		}
		path := map[string]string{}
		for _, c := range comptes {
			path[c.Email] = "/comptes/" + strconv.FormatInt(c.ID, 10)
		}
		v.post(path["administration@cfa.example"], url.Values{"prenom": {"C"}, "nom": {"R"}, "role": {"lecture"}, "actif": {"oui"}}).
			has(t, http.StatusUnprocessableEntity, "seul compte d’administration")
		v.post(path["nouveau@cfa.example"], url.Values{"prenom": {"Ali"}, "nom": {"Diop"}, "role": {"administration"}, "actif": {"oui"}}).has(t, http.StatusOK, "Le compte est modifié")
		him.get("/comptes").has(t, http.StatusOK, "Ali Diop")
		v.post(path["nouveau@cfa.example"]+"/mot-de-passe", nil).has(t, http.StatusOK, "Le mot de passe est changé")
		v.post(path["nouveau@cfa.example"], url.Values{"prenom": {"Ali"}, "nom": {"Diop"}, "role": {"lecture"}}).has(t, http.StatusOK, "Désactivé")
		if p := him.get("/"); p.path != "/connexion" {
			t.Errorf("an ended account reaches %s", p.path)
		}
	})
}

func itoa(id int64) string { return strconv.FormatInt(id, 10) }

func TestAnomaliesNameTheApprenticeTheLineAndTheValueAndAreFollowed(t *testing.T) {
	forEachDatabase(t, func(t *testing.T, s *site) {
		contrats := s.filled(t, 60)
		wrong := slices.Clone(contrats[:57])
		wrong[11].EmailApprenant = "adresse à corriger"
		s.mustPush(t, wrong)
		k := wrong[11]
		v := s.as(t, domaine.RoleIntegration)
		v.get("/anomalies").has(t, http.StatusOK, "1 erreur à corriger, 1 contrat refusé")
		p := v.get("/anomalies/refus/email-format")
		p.has(t, http.StatusOK, k.PrenomApprenant+" "+k.NomApprenant+" ("+k.CodeApprenant+")", k.NomSite, `<td class="n">12</td>`, "<code>adresse à corriger</code>", `href="mailto:?subject=`)
		rows := readCSV(t, v.get("/anomalies.csv?nature=refus&code=email-format"))
		if got := rows[1][7:]; got[0] != k.PrenomApprenant+" "+k.NomApprenant+" ("+k.CodeApprenant+")" || got[2] != "12" || got[3] != "adresse à corriger" {
			t.Errorf("the file says %q", got)
		}
		form := url.Values{"contrat": {k.CodeContrat}, "champ": {"emailApprenant"}, "note": {"Deux homonymes"}, "demande_a": {"Nadia, secrétariat"}}
		v.post("/anomalies/refus/email-format/suivi", form).has(t, http.StatusOK, "C’est noté", "Deux homonymes", "demandé le", "à Nadia, secrétariat")
		s.as(t, domaine.RoleLecture).post("/anomalies/refus/email-format/suivi", form).has(t, http.StatusForbidden)
		form.Set("note", strings.Repeat("x", 1001))
		v.post("/anomalies/refus/email-format/suivi", form).has(t, http.StatusUnprocessableEntity)
		form.Set("note", "un code sans fin") // PostgreSQL could not put it into an index
		form.Set("contrat", digits(3000))
		v.post("/anomalies/refus/email-format/suivi", form).has(t, http.StatusUnprocessableEntity, "trop long")

		// An erasure forgets what was received of a contract, and what was written about it.
		if _, err := s.hub.Personnes.ErasePersonne(t.Context(), hub.Acteur{Organisme: s.organisme, Nom: "Ada"}, k.CodeApprenant); err != nil {
			t.Fatal(err)
		}
		kept, err := s.hub.Journal.Suivis(t.Context(), s.organisme, "email-format")
		if err != nil || len(kept) != 0 {
			t.Errorf("%d notes are left (%v)", len(kept), err)
		}
		v.get("/anomalies/refus/email-format").hasNot(t, k.NomApprenant)
	})
}

// digits are many that no compression makes few.
func digits(n int) string {
	random := rand.New(rand.NewPCG(1, 2))
	text := make([]byte, n)
	for i := range text {
		text[i] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[random.IntN(64)]
	}
	return string(text)
}
