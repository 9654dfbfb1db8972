package tableur

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle"
)

func TestAMappingIsChangedFieldByField(t *testing.T) {
	t.Parallel()
	table, m := gabarit(t)
	if same := m.With(nil, table.Columns); !cmp.Equal(m, same) {
		t.Error("no change is a change")
	}
	changed := m.With(map[string]Source{"dateDebut": {Colonne: "dateDebut", Occurrence: 1}, "missionTitle": {}, "nomMarque": {Constante: "Horizon"}}, table.Columns)
	if _, ok := changed.Source("missionTitle", table.Columns); ok {
		t.Error("a field keeps the source that was taken away")
	}
	if s, _ := changed.Source("nomSite", table.Columns); s.Colonne != "nomSite" {
		t.Errorf("a field that is not changed comes from %+v", s)
	}
	if _, ok := m.Source("missionTitle", table.Columns); !ok || m.Champs["dateDebut"].Occurrence != 2 {
		t.Error("the mapping that was changed is another now")
	}
	if err := changed.Check(table.Columns); err != nil {
		t.Error(err)
	}
	for field, want := range map[string]string{"dateDebut": "K", "dateFin": "AA", "codeSite": "B"} {
		s, _ := changed.Source(field, table.Columns)
		if column, ok := s.ColumnOf(table.Columns); !ok || column.Letter != want {
			t.Errorf("%s reads column %q, want %s", field, column.Letter, want)
		}
	}
	for _, column := range table.Columns {
		if again, ok := SourceOf(column, table.Columns).ColumnOf(table.Columns); !ok || again != column {
			t.Errorf("the source of column %s names %+v", column.Letter, again)
		}
	}
}

func TestTheExamplesOfAFieldDoNotNeedTheOthers(t *testing.T) {
	t.Parallel()
	table, m := gabarit(t)
	rows, err := table.Sample(10)
	must(t, err)
	m = m.With(map[string]Source{"codeContrat": {}, "nomSite": {Colonne: "nowhere"}, "dateDebut": {Colonne: "dateDebut", Occurrence: 1}}, table.Columns)
	got, err := m.Exemples(table.Columns, rows, 2, nil)
	must(t, err)
	nom, _ := m.Source("nomGroupe", table.Columns)
	groupe, _ := nom.ColumnOf(table.Columns)
	if _, ok := got["codeContrat"]; ok {
		t.Error("a field without source has examples")
	}
	if _, ok := got["nomSite"]; ok {
		t.Error("a field from a column that is not there has examples")
	}
	if diff := cmp.Diff([]string{"dibbert-group-qz3jppfyl3", "ziemann-sawayn-and-kiehn-msuhr5alfd"}, got["codeGroupe"].Valeurs); diff != "" {
		t.Error(diff)
	}
	known, err := m.Exemples(table.Columns, rows, 2, func(needs Besoins, yield func(*passerelle.Contrat)) error {
		if !needs.Noms {
			t.Error("codes are made of names, and no name is asked for")
		}
		yield(&passerelle.Contrat{CodeGroupe: "G7", NomGroupe: rows[0].Value(groupe).Text})
		return nil
	})
	must(t, err)
	if diff := cmp.Diff([]string{"G7", "ziemann-sawayn-and-kiehn-msuhr5alfd"}, known["codeGroupe"].Valeurs); diff != "" {
		t.Errorf("with a code that the hub knows: %s", diff)
	}
	if got["dateDebut"].Faute == "" || got["dateFin"].Faute != "" {
		t.Errorf("dates: %+v, %+v", got["dateDebut"], got["dateFin"])
	}
}
