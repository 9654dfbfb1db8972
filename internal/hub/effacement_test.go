package hub_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/reception"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// full pushes a whole set and returns what the hub says of it.
func full(t *testing.T, h *hub.Hub, who hub.Acteur, confirm bool, contrats ...passerelle.Contrat) error {
	t.Helper()
	body, err := json.Marshal(contrats)
	if err != nil {
		t.Fatal(err)
	}
	read, err := reception.ReadFull(bytes.NewReader(body), true, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	_, err = h.Contrats.Push(t.Context(), who, read, hub.PushOptions{Origine: domaine.OrigineV2, Confirm: confirm})
	return err
}

// named is a contract whose apprentice has a name that nothing else holds.
func named(code, user, nom string) passerelle.Contrat {
	c := apitest.Contrat(code)
	c.CodeApprenant, c.NomApprenant, c.PrenomApprenant, c.EmailApprenant = user, nom, "Zénobie"+nom, nom+"@apprenti.example"
	c.DateDebut, c.DateFin = "01/09/2025", "31/08/2027"
	return c
}

// holding returns the files of a directory whose bytes hold a text.
func holding(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		contents, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(bytes.ToLower(contents), []byte(text)) {
			found = append(found, filepath.Base(file))
		}
	}
	return found
}

// hubInFolder is a hub whose database is the only thing in a folder.
func hubInFolder(t *testing.T, sandbox bool) (string, *hub.Hub, hub.Acteur) {
	t.Helper()
	dir := t.TempDir()
	db, err := open.Database(t.Context(), storetest.At(t, filepath.Join(dir, "passerelle.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h, who := hubOn(t, db, hub.Options{}, sandbox)
	return dir, h, who
}

func TestNoByteOfAnErasedPersonStaysOnTheDisk(t *testing.T) {
	t.Parallel()
	dir, h, who := hubInFolder(t, false)
	others := []passerelle.Contrat{named("K1", "A1", "durand"), named("K2", "A2", "martin")}
	for turn := range 3 { // several versions, the last of which is archived
		c := named("K9", "A9", "wyzykowska")
		c.MissionTitle = string(rune('a' + turn))
		if err := full(t, h, who, true, append(others, c)...); err != nil {
			t.Fatal(err)
		}
	}
	if err := full(t, h, who, true, others...); err != nil {
		t.Fatal(err)
	}
	if found := holding(t, dir, "wyzykowska"); len(found) == 0 {
		t.Fatal("the name is in no file before it is erased")
	}
	sessions := h.Comptes.ConsoleSessions()
	if err := sessions.CommitCtx(t.Context(), "essai", []byte(hub.RechercheGardee+" wyzykowska"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	e, err := h.Personnes.ErasePersonne(t.Context(), who, "A9")
	if err != nil || e.Versions != 3 || !e.Disque {
		t.Fatalf("%+v %v", e, err)
	}
	if found := holding(t, dir, "wyzykowska"); len(found) > 0 {
		t.Errorf("the name is still in %v", found)
	}
	backup := t.TempDir()
	if err := h.Backup(t.Context(), filepath.Join(backup, "copie.db")); err != nil {
		t.Fatal(err)
	}
	if found := holding(t, backup, "wyzykowska"); len(found) > 0 {
		t.Errorf("the name is in the backup: %v", found)
	}
	if found := holding(t, backup, "durand"); len(found) == 0 {
		t.Error("the backup holds nobody")
	}
}

func TestABackupHoldsNothingThatWasDeletedBefore(t *testing.T) {
	t.Parallel()
	_, h, who := hubInFolder(t, true)
	if err := full(t, h, who, true, named("K9", "A9", "wyzykowska")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Contrats.Reset(t.Context(), who); err != nil {
		t.Fatal(err)
	}
	backup := t.TempDir()
	if err := h.Backup(t.Context(), filepath.Join(backup, "copie.db")); err != nil {
		t.Fatal(err)
	}
	if found := holding(t, backup, "wyzykowska"); len(found) > 0 {
		t.Errorf("what was forgotten is in the backup: %v", found)
	}
}

func TestAnErasureIsSeenBySearchesAtOnceAndChangesNoFigure(t *testing.T) {
	t.Parallel()
	for _, d := range storetest.Databases {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			location := d.Migrated(t)
			h := hub.New(d.Open(t, location), hub.Options{})
			defer h.Close()
			other := hub.New(d.Open(t, location), hub.Options{}) // another process
			defer other.Close()
			o, err := h.Organismes.CreateOrganisme(t.Context(), "CFA", false)
			if err != nil {
				t.Fatal(err)
			}
			who := hub.Acteur{Organisme: o.ID, Nom: "Essai"}
			acces := hub.AccesOperateur(text(o.SocieteID))
			if _, err := h.Comptabilite.CreateExercices(t.Context(), hub.DemandeExercices{Acces: acces}, []passerelle.Periode{{Debut: passerelle.NewDate(2026, 1, 1), Fin: passerelle.NewDate(2026, 12, 31)}}); err != nil {
				t.Fatal(err)
			}
			if err := full(t, h, who, true, named("K1", "A1", "durand"), named("K8", "A9", "wyzykowska"), named("K9", "A9", "wyzykowska")); err != nil {
				t.Fatal(err)
			}
			if err := full(t, h, who, true, named("K1", "A1", "durand"), named("K8", "A9", "wyzykowska")); err != nil {
				t.Fatal(err)
			}
			figures := func() ventilation.Somme {
				v, err := h.Comptabilite.Ventilation(t.Context(), hub.DemandeVentilation{Acces: acces, Par: []ventilation.Dimension{ventilation.ParSite}})
				if err != nil {
					t.Fatal(err)
				}
				return v.Calcul.Exercice(0).Total
			}
			before := figures()
			if before.Contrats != 3 || before.Apprenants != 2 {
				t.Fatalf("%+v", before)
			}
			search := func(h *hub.Hub) int {
				_, total, err := h.Contrats.SearchContrats(t.Context(), o.ID, "wyzykowska", hub.Choix{}, hub.Page{Limit: 10})
				if err != nil {
					t.Fatal(err)
				}
				return total
			}
			if search(h) != 1 || search(other) != 1 {
				t.Fatal("the name is not found before it is erased")
			}
			if _, err := h.Personnes.ErasePersonne(t.Context(), who, "A9"); err != nil {
				t.Fatal(err)
			}
			if search(h) != 0 || search(other) != 0 {
				t.Error("a search still finds the name")
			}
			if after := figures(); after != before {
				t.Errorf("the figures are %+v, they were %+v", after, before)
			}
		})
	}
}

func TestAPersonKnownOnlyFromAHeldPushIsGivenOutAndErased(t *testing.T) {
	t.Parallel()
	for _, d := range storetest.Databases {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			h, who := hubOn(t, d.New(t), hub.Options{}, false)
			var many []passerelle.Contrat
			for i := range 40 {
				many = append(many, named("K"+text(int64(i)), "A"+text(int64(i)), "personne"+text(int64(i))))
			}
			if err := full(t, h, who, true, many...); err != nil {
				t.Fatal(err)
			}
			if err := full(t, h, who, false, named("K99", "A99", "wyzykowska")); err == nil {
				t.Fatal("the push was not held")
			}
			mentions, err := h.Personnes.ExportPersonne(t.Context(), who, "A99")
			if err != nil || len(mentions) != 1 || mentions[0].Champs["nom"] != "wyzykowska" {
				t.Errorf("%+v %v", mentions, err)
			}
			e, err := h.Personnes.ErasePersonne(t.Context(), who, "A99")
			if err != nil || len(e.Abandonnees) != 1 {
				t.Errorf("%+v %v", e, err)
			}
			if _, err := h.Personnes.ErasePersonne(t.Context(), who, "A99"); err == nil {
				t.Error("a person whom nothing names any more is erased again")
			}
		})
	}
}

func text(n int64) string { return strconv.FormatInt(n, 10) }

func TestWhatPeopleTypedOfAnErasedPersonIsForgottenAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, d := range storetest.Databases {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			h, who := hubOn(t, d.New(t), hub.Options{}, false)
			compte, err := h.Comptes.CreateCompte(t.Context(), domaine.Compte{OrganismeID: who.Organisme, Email: "ada@cfa.example", Prenom: "Ada", Nom: "Roche", Role: domaine.RoleAdministration}, "une phrase assez longue")
			if err != nil {
				t.Fatal(err)
			}
			// K3 takes the address of another one, K2012 and K4 have none: they are refused.
			stolen, year, never := named("K3", "A3", "durand"), named("K2012", "A2012", "petit"), named("K4", "A4", "wyzykowska")
			stolen.EmailApprenant, year.EmailApprenant, never.EmailApprenant = "martin@apprenti.example", "", ""
			if err := full(t, h, who, true, named("K1", "12", "martin"), stolen, year, never); err != nil {
				t.Fatal(err)
			}
			for _, s := range []domaine.Suivi{
				{CodeContrat: "K3", Champ: "emailApprenant", Code: "email-shared", Note: "écrire à la famille"},
				{CodeContrat: "K4", Champ: "emailApprenant", Code: "required", Note: "appeler sa mère", DemandeA: "Wyzykowska"},
				{CodeContrat: "K2012", Champ: "emailApprenant", Code: "required", Note: "vu en 2012"},
				{CodeContrat: "K2012", Champ: "nomSite", Code: "required", Note: "pas d’avis"},
				{CodeContrat: "PARTI", Champ: "nomSite", Code: "required", Note: "plus rien n’en reste"},
			} {
				if err := h.Journal.NoterAnomalie(t.Context(), who, s); err != nil {
					t.Fatal(err)
				}
			}
			for _, nom := range []string{"Zénobiemartin MARTIN", "Site de Lyon, 2012"} {
				if err := h.Comptes.KeepFiltre(t.Context(), compte, domaine.Filtre{Nom: nom, Adresse: "/contrats?tri=fin"}); err != nil {
					t.Fatal(err)
				}
			}
			mentions, err := h.Personnes.ExportPersonne(t.Context(), who, "A4")
			if err != nil || len(mentions) != 2 || mentions[1].Champs["note"] != "appeler sa mère" || mentions[1].Champs["demandeA"] != "Wyzykowska" {
				t.Errorf("what is given out: %+v %v", mentions, err)
			}
			for _, code := range []string{"A4", "12"} {
				if _, err := h.Personnes.ErasePersonne(t.Context(), who, code); err != nil {
					t.Fatal(code, err)
				}
			}
			var left []string
			for _, regle := range []string{"email-shared", "required"} {
				kept, err := h.Journal.Suivis(t.Context(), who.Organisme, regle)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range kept {
					left = append(left, s.CodeContrat+" "+s.Note)
				}
			}
			slices.Sort(left)
			if diff := cmp.Diff([]string{"K2012 pas d’avis", "K2012 vu en 2012"}, left); diff != "" {
				t.Error(diff)
			}
			lists, err := h.Comptes.Filtres(t.Context(), compte)
			if err != nil || len(lists) != 1 || lists[0].Nom != "Site de Lyon, 2012" {
				t.Errorf("lists: %+v %v", lists, err)
			}
			board, _, err := h.Journal.Anomalies(t.Context(), who.Organisme, hub.Page{})
			if err != nil {
				t.Fatal(err)
			}
			var refused []string
			for _, a := range board {
				if a.Nature == domaine.NatureRefus {
					refused = append(refused, a.CodeContrat)
				}
			}
			if diff := cmp.Diff([]string{"K2012"}, refused); diff != "" {
				t.Error(diff)
			}
		})
	}
}
