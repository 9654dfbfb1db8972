package console

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/internal/domaine"
)

// The rights of every page and form, written out so that a change is seen.
func TestEveryRouteAsksForItsRight(t *testing.T) {
	t.Parallel()
	want := map[droit][]string{
		public: {"GET /connexion", "POST /connexion", "GET /connexion/fournisseur", "GET /connexion/retour", "POST /deconnexion", "GET /agenda/{cle}", "GET /aide", "GET /aide/{guide}", "GET /glossaire", "GET /flux/{cle}"},
		lire: {"GET /{$}", "GET /synchronisations", "GET /synchronisations/{id}", "GET /calendrier", "POST /calendrier/suivre", "POST /calendrier/{id}/retirer", "GET /recherche", "POST /recherche", "GET /personnes/{cle}", "GET /entreprises/{cle}", "POST /listes", "POST /listes/{id}/oublier", "GET /contrats", "POST /contrats", "GET /contrats.csv", "GET /contrats.xlsx", "GET /contrats/{code}", "GET /fins", "GET /modeles",
			"GET /sessions", "GET /sessions.csv", "GET /sessions/{id}", "GET /sessions/{id}/apprentis.csv", "GET /sessions/{id}/calendrier.ics", "GET /anomalies", "GET /anomalies/{nature}/{code}",
			"GET /anomalies.csv", "GET /exercices", "GET /exercices.tra", "GET /ventilation", "GET /ventilation.csv", "GET /ventilation.xlsx",
			"GET /ventilation/contrats", "GET /ventilation/contrats.csv", "GET /ventilation/contrats.xlsx", "GET /financement", "GET /financement.xlsx", "GET /financement/contrats", "GET /financement/contrats.csv", "GET /financement/ecritures.tra", "GET /rapprochement", "GET /rapprochement.xlsx", "GET /npec", "GET /tarifs", "GET /tarifs.csv", "GET /tra", "POST /tra", "GET /fichiers", "POST /fichiers", "POST /fichiers/convertir", "GET /reglages", "POST /reglages", "GET /centres", "POST /centres/{id}", "GET /mon-compte", "POST /mon-compte/courriels", "POST /mon-compte/flux", "POST /mon-compte/flux/fin", "POST /mon-compte"},
		integrer: {"GET /synchronisations/{id}/annuler", "POST /synchronisations/{id}/annuler", "GET /synchronisations/{id}/confirmer", "POST /synchronisations/{id}/confirmer",
			"POST /synchronisations/{id}/abandonner", "GET /imports", "POST /imports", "GET /imports/exemple.xlsx", "GET /imports/exemple.csv", "GET /imports/{id}", "GET /imports/{id}/correspondance",
			"POST /imports/{id}/correspondance", "POST /imports/{id}/confirmer", "POST /imports/{id}/abandonner", "GET /imports/{id}/fichier",
			"GET /imports/{id}/rapport.csv", "GET /imports/{id}/rapport.xlsx", "POST /contrats/{code}/fin", "POST /fins", "GET /modeles/nouveau", "POST /modeles/nouveau", "GET /modeles/ensemble", "POST /modeles/ensemble", "GET /modeles/{id}", "POST /modeles/{id}",
			"GET /modeles/{id}/supprimer", "POST /modeles/{id}/supprimer", "POST /anomalies/{nature}/{code}/suivi", "POST /reglages/rythme"},
		compter: {"GET /exercices/nouveau", "POST /exercices/nouveau", "GET /exercices/{id}/deplacer", "POST /exercices/{id}/deplacer",
			"GET /exercices/{id}/cloturer", "POST /exercices/{id}/cloturer", "POST /rapprochement", "POST /contrats/{code}/opco", "POST /npec", "GET /tarifs/modifier", "POST /tarifs/modifier", "POST /tarifs", "POST /tra/importer"},
		administrer: {"GET /jetons", "POST /jetons", "GET /jetons/{id}", "GET /jetons/{id}/revoquer", "POST /jetons/{id}/revoquer", "GET /journal", "GET /personnes", "POST /personnes/export", "POST /personnes/effacer", "GET /webhooks", "POST /webhooks",
			"GET /webhooks/{id}", "POST /webhooks/{id}", "POST /webhooks/{id}/etat", "POST /webhooks/{id}/essai", "POST /webhooks/{id}/secret",
			"GET /webhooks/{id}/supprimer", "POST /webhooks/{id}/supprimer", "POST /livraisons/{id}/rejouer", "GET /comptes", "POST /comptes",
			"GET /comptes/{id}", "POST /comptes/{id}", "POST /comptes/{id}/mot-de-passe", "POST /comptes/acces", "POST /comptes/{id}/acces"},
	}
	got := map[droit][]string{}
	for _, route := range (&console{}).routes() {
		got[route.droit] = append(got[route.droit], route.pattern)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRolesHaveTheirRights(t *testing.T) {
	t.Parallel()
	want := map[domaine.Role][]droit{
		domaine.RoleLecture:        {public, lire},
		domaine.RoleIntegration:    {public, lire, integrer},
		domaine.RoleComptabilite:   {public, lire, compter},
		domaine.RoleAdministration: {public, lire, integrer, compter, administrer},
	}
	for _, role := range domaine.TousRoles {
		var got []droit
		for _, d := range []droit{public, lire, integrer, compter, administrer} {
			if d.allows(role) {
				got = append(got, d)
			}
		}
		if diff := cmp.Diff(want[role], got); diff != "" {
			t.Errorf("%s: %s", role, diff)
		}
	}
}
