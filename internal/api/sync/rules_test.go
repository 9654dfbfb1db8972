package sync_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/apitest"
)

// TestEveryRuleIsReportedWithItsPlace pushes, in each case, a valid contract K1
// and then the ones that break one rule, through v1 and through v2.
func TestEveryRuleIsReportedWithItsPlace(t *testing.T) {
	type place struct {
		Index                                   int
		CodeContrat, Field, Code, ConflictsWith string
	}
	contrat := func(t *testing.T, code string, pairs ...any) apitest.Objet {
		return apitest.ObjetOf(t, apitest.Contrat(code)).With(pairs...)
	}
	cases := []struct {
		name string
		sent func(*testing.T) []any
		want []place
	}{
		{"a required value that is missing, null, blank or empty", func(t *testing.T) []any {
			return []any{contrat(t, "K2").Without("nomSite"), contrat(t, "K3", "nomEntreprise", nil), contrat(t, "K4", "codeAnnee", "  "), contrat(t, "K5", "emailPersonnel", "")}
		}, []place{{1, "K2", "nomSite", "required", ""}, {2, "K3", "nomEntreprise", "required", ""}, {3, "K4", "codeAnnee", "required", ""}, {4, "K5", "emailPersonnel", "required", ""}}},
		{"a marque without its name, or a name without its code", func(t *testing.T) []any {
			return []any{contrat(t, "K2", "codeMarque", "M"), contrat(t, "K3", "nomMarque", "Marque")}
		}, []place{{1, "K2", "nomMarque", "required", ""}, {2, "K3", "codeMarque", "required", ""}}},
		{"a contract without a code has no code in its violations", func(t *testing.T) []any {
			return []any{contrat(t, "K2").Without("codeContrat"), contrat(t, "K3", "codeContrat", true)}
		}, []place{{1, "", "codeContrat", "required", ""}, {2, "", "codeContrat", "type", ""}}},
		{"a value that is not a string nor a tolerated form", func(t *testing.T) []any {
			return []any{
				contrat(t, "K2", "nomSite", 12), contrat(t, "K3", "codeSite", 1.5), contrat(t, "K4", "codeSite", 1e30), contrat(t, "K5", "missionTitle", []string{"a"}),
				contrat(t, "K6", "dateDebut", map[string]any{}), contrat(t, "K7", "nomGroupe", false), contrat(t, "K8", "nomApprenant", "Du\x00pont"),
			}
		}, []place{{1, "K2", "nomSite", "type", ""}, {2, "K3", "codeSite", "type", ""}, {3, "K4", "codeSite", "type", ""}, {4, "K5", "missionTitle", "type", ""},
			{5, "K6", "dateDebut", "type", ""}, {6, "K7", "nomGroupe", "type", ""}, {7, "K8", "nomApprenant", "type", ""}}},
		{"something that is not an object", func(t *testing.T) []any {
			return []any{"K2", nil, []any{}, 3}
		}, []place{{1, "", "", "type", ""}, {2, "", "", "type", ""}, {3, "", "", "type", ""}, {4, "", "", "type", ""}}},
		{"a value over 500 characters, 20,000 for missionDetails", func(t *testing.T) []any {
			return []any{
				contrat(t, "K2", "nomEntreprise", strings.Repeat("é", 500), "missionDetails", strings.Repeat("é", 20_000)),
				contrat(t, "K3", "nomEntreprise", strings.Repeat("é", 501)), contrat(t, "K4", "missionDetails", strings.Repeat("é", 20_001)),
				contrat(t, "K5", "codeContrat", strings.Repeat("K", 501)),
			}
		}, []place{{2, "K3", "nomEntreprise", "too-long", ""}, {3, "K4", "missionDetails", "too-long", ""}, {4, "", "codeContrat", "too-long", ""}}},
		{"a date that is not a real calendar date DD/MM/YYYY", func(t *testing.T) []any {
			return []any{
				contrat(t, "K2", "dateDebut", "29/02/2027"), contrat(t, "K3", "dateFin", "2028-08-31"), contrat(t, "K4", "dateFin", "1/9/2028"),
				contrat(t, "K5", "dateDebut", "29/02/2028", "dateFin", "29/02/2028"), contrat(t, "K6", "dateDebut", "31/04/2026", "dateFin", "00/01/2020"),
			}
		}, []place{{1, "K2", "dateDebut", "date-format", ""}, {2, "K3", "dateFin", "date-format", ""}, {3, "K4", "dateFin", "date-format", ""},
			{5, "K6", "dateDebut", "date-format", ""}, {5, "K6", "dateFin", "date-format", ""}}},
		{"an end before its beginning", func(t *testing.T) []any {
			return []any{contrat(t, "K2", "dateDebut", "02/09/2026", "dateFin", "01/09/2026")}
		}, []place{{1, "K2", "dateFin", "date-order", ""}}},
		{"an address that is not plausible", func(t *testing.T) []any {
			return []any{contrat(t, "K2", "emailApprenant", "lea.martin"), contrat(t, "K3", "emailApprenant", "Léa <lea@cfa.example>"), contrat(t, "K4", "emailApprenant", "lea@cfa"), contrat(t, "K5", "emailApprenant", "a@b@c.example")}
		}, []place{{1, "K2", "emailApprenant", "email-format", ""}, {2, "K3", "emailApprenant", "email-format", ""}, {3, "K4", "emailApprenant", "email-format", ""}, {4, "K5", "emailApprenant", "email-format", ""}}},
		{"one codeContrat twice", func(t *testing.T) []any {
			return []any{contrat(t, "K2"), contrat(t, "K1"), contrat(t, "K2", "nomApprenant", "Autre")}
		}, []place{{2, "K1", "codeContrat", "duplicate-contrat", "K1"}, {3, "K2", "codeContrat", "duplicate-contrat", "K2"}}},
		{"a code with two names, or a name with two codes", func(t *testing.T) []any {
			return []any{
				contrat(t, "K2", "nomPeriode", "2027/2028"), contrat(t, "K3", "nomFormation", "BTS"), contrat(t, "K4", "nomSite", "Lyon 2"), contrat(t, "K5", "nomAnnee", "2e année"),
				contrat(t, "K6", "codePeriode", "2027"), contrat(t, "K7", "codeFormation", "GPME"), contrat(t, "K8", "codeSite", "VIE"), contrat(t, "K9", "codeAnnee", "A2"),
				contrat(t, "L1", "codeMarque", "M", "nomMarque", "Une"), contrat(t, "L2", "codeMarque", "M", "nomMarque", "Deux"), contrat(t, "L3", "codeMarque", "N", "nomMarque", "Une"),
			}
		}, []place{{1, "K2", "nomPeriode", "code-name-mismatch", "K1"}, {2, "K3", "nomFormation", "code-name-mismatch", "K1"}, {3, "K4", "nomSite", "code-name-mismatch", "K1"},
			{4, "K5", "nomAnnee", "code-name-mismatch", "K1"}, {5, "K6", "codePeriode", "code-name-mismatch", "K1"}, {6, "K7", "codeFormation", "code-name-mismatch", "K1"},
			{7, "K8", "codeSite", "code-name-mismatch", "K1"}, {8, "K9", "codeAnnee", "code-name-mismatch", "K1"},
			{10, "L2", "nomMarque", "code-name-mismatch", "L1"}, {11, "L3", "codeMarque", "code-name-mismatch", "L1"}}},
		{"a codeGroupe with two names; one name may have several codes", func(t *testing.T) []any {
			return []any{contrat(t, "K2", "codeGroupe", "G2"), contrat(t, "K3", "nomGroupe", "Autre")}
		}, []place{{2, "K3", "nomGroupe", "group-mismatch", "K1"}}},
		{"a user code in two roles, in two contracts or in one", func(t *testing.T) []any {
			return []any{
				contrat(t, "K2", "codeApprenant", "P1", "emailApprenant", "paul.durand@cfa.example"),
				contrat(t, "K3", "codePersonnel", "A-K3", "emailPersonnel", "a-k3@etu.example"),
			}
		}, []place{{1, "K2", "codePersonnel", "user-code-shared", ""}, {1, "K2", "codeApprenant", "user-code-shared", "K1"}, {2, "K3", "codePersonnel", "user-code-shared", ""}}},
		{"an e-mail of two user codes, compared without case", func(t *testing.T) []any {
			return []any{contrat(t, "K2", "emailApprenant", "A-k1@ETU.example"), contrat(t, "K3", "codePersonnel", "P2"), contrat(t, "K4", "emailMaitreApprentissage", "a-K4@etu.example", "codeMaitreApprentissage", "M4")}
		}, []place{{1, "K2", "emailApprenant", "email-shared", "K1"}, {2, "K3", "emailPersonnel", "email-shared", "K1"}, {3, "K4", "emailMaitreApprentissage", "email-shared", ""}}},
		{"a user code with two addresses", func(t *testing.T) []any {
			return []any{contrat(t, "K2", "emailPersonnel", "p.durand@cfa.example"), contrat(t, "K3", "emailMaitreApprentissage", "i.petit@boulangerie.example")}
		}, []place{{1, "K2", "emailPersonnel", "person-mismatch", "K1"}, {2, "K3", "emailMaitreApprentissage", "person-mismatch", "K1"}}},
		{"every problem of a contract at once, not only the first", func(t *testing.T) []any {
			return []any{contrat(t, "K2", "nomSite", "Vienne", "dateDebut", "hier", "emailApprenant", "x", "missionTitle", 4, "nomGroupe", "").Without("nomEntreprise")}
		}, []place{{1, "K2", "missionTitle", "type", ""}, {1, "K2", "nomGroupe", "required", ""}, {1, "K2", "emailApprenant", "email-format", ""}, {1, "K2", "nomEntreprise", "required", ""},
			{1, "K2", "dateDebut", "date-format", ""}, {1, "K2", "nomSite", "code-name-mismatch", "K1"}}},
	}
	apitest.ForEachDatabase(t, func(t *testing.T, s *apitest.Server) {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				sent := append([]any{apitest.Contrat("K1")}, tc.sent(t)...)
				o := s.Production(t, "CFA "+tc.name)
				answer := apitest.Decode[counts](t, o.Post(t, v1, apitest.Body(sent...)).Want(t, 422))
				var got []place
				for _, v := range answer.Details {
					if v.Message == "" {
						t.Errorf("%s %s has no message", v.CodeContrat, v.Code)
					}
					got = append(got, place{v.Index, v.CodeContrat, v.Field, v.Code, v.ConflictsWith})
				}
				if d := cmp.Diff(tc.want, got); d != "" {
					t.Errorf("v1 (- wanted, + got):\n%s", d)
				}
				if answer.DetailsTotal != len(tc.want) {
					t.Errorf("detailsTotal is %d, want %d", answer.DetailsTotal, len(tc.want))
				}
				wantContrats(t, o)

				invalid := map[int]bool{}
				for _, p := range tc.want {
					invalid[p.Index] = true
				}
				mixed := apitest.Decode[counts](t, o.Post(t, v2, apitest.Body(sent...), apitest.Wrong()).Want(t, 200))
				if len(mixed.InvalidContrats) != len(invalid) || mixed.Added != len(sent)-len(invalid) || mixed.DetailsTotal != len(tc.want) {
					t.Errorf("v2: %d invalid, %d added, %d errors of %d contracts, %d of which are wrong", len(mixed.InvalidContrats), mixed.Added, mixed.DetailsTotal, len(sent), len(invalid))
				}
				// What was kept is a valid whole.
				kept := apitest.Decode[struct{ Contrats []any }](t, o.Get(t, all))
				o.Post(t, v1, kept.Contrats).Want(t, 200)
			})
		}
	})
}

func TestWarningsDoNotRefuse(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, s *apitest.Server, o *apitest.Organisme) {
		k1, k2, k3 := apitest.Contrat("K1"), apitest.Contrat("K2"), apitest.Contrat("K3")
		k2.NomPersonnel = "Durand-Lopez"
		k3.CodeSite, k3.NomSite = "VIE", "Vienne"
		answer := apitest.Decode[counts](t, o.Post(t, v1, apitest.Body(k1, k2, k3)).Want(t, 200))
		want := []violation{
			{1, "K2", "nomPersonnel", "name-spelling", "Le nom de l’utilisateur « P1 » est écrit de deux façons : la dernière est retenue.", "K1"},
			{2, "K3", "codeGroupe", "group-mismatch", "Le groupe « G1 » apparaît avec plusieurs sites, formations, périodes ou années : chacun forme une session distincte.", "K1"},
		}
		if d := cmp.Diff(want, answer.Warnings); d != "" {
			t.Errorf("warnings (- wanted, + got):\n%s", d)
		}
		wantContrats(t, o, k1, k2, k3)

		// Each place of the groupe makes a session of its own.
		o.Post(t, modeles, apitest.ModeleFor("MCO", "codeFormation", "MCO")).Want(t, 201)
		found := apitest.Decode[struct {
			Total    int
			Sessions []struct{ Effectif int }
		}](t, o.Get(t, sessions).Want(t, 200))
		if found.Total != 2 || found.Sessions[0].Effectif != 2 || found.Sessions[1].Effectif != 1 {
			t.Errorf("sessions %+v", found)
		}
	})
}

func TestAtMostTenThousandViolationsAreListed(t *testing.T) {
	apitest.InProduction(t, func(t *testing.T, _ *apitest.Server, o *apitest.Organisme) {
		list := apitest.Numbered(5_100)
		for i := range list {
			list[i].NomEntreprise, list[i].NomApprenant = "", ""
		}
		answer := apitest.Decode[counts](t, o.Post(t, v1, apitest.Body(list...)).Want(t, 422))
		if len(answer.Details) != 10_000 || answer.DetailsTotal != 10_200 {
			t.Errorf("%d violations listed of %d", len(answer.Details), answer.DetailsTotal)
		}
		wantContrats(t, o)
	})
}
