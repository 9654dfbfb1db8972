package agenda_test

import (
	"strings"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/agenda"
)

func TestACalendarThatIsWrittenIsReadAsItWasMeant(t *testing.T) {
	t.Parallel()
	day := passerelle.NewDate(2026, 9, 1)
	const titre = "Début du contrat K;1, \\ (BTS MCO 1 G1 Marseille, Marseille Joliette, où les lignes sont pliées)"
	jours := []agenda.Jour{{Le: day, Objet: "debut\x00K1", Titre: titre, Lien: "https://cfa.example/passerelle/contrats/K1"}, {Le: day + 1, Objet: "fin\x00K1", Titre: "Fin"}}
	text := agenda.Ecrire("Passerelle, G1", jours, time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC))
	for line := range strings.SplitSeq(string(text), "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	read, err := agenda.Parse(text, time.UTC)
	if err != nil || len(read.Evenements) != 2 {
		t.Fatal(read, err)
	}
	e := read.Evenements[0]
	if e.Titre != titre || !e.Jour || !e.Debut.Equal(day.Time()) || !e.Fin.Equal((day + 1).Time()) {
		t.Errorf("%+v", e)
	}
	if again := agenda.Ecrire("Passerelle, G1", jours[:1], time.Now()); strings.Count(string(text), uid(t, again)) != 1 {
		t.Error("a day does not keep its UID, or two share one")
	}
}

func uid(t *testing.T, text []byte) string {
	t.Helper()
	_, after, _ := strings.Cut(string(text), "\r\nUID:")
	found, _, ok := strings.Cut(after, "\r\n")
	if !ok || found == "" {
		t.Fatalf("no UID: %s", text)
	}
	return found
}
