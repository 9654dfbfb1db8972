package console

import (
	"os"
	"regexp"
	"testing"
)

// The page of a rule says what it is and who can mend it.
func TestEveryRuleOfContractsHasItsWordsOnThePageOfAnomalies(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../../violation.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := regexp.MustCompile(`\bCode = "([a-z-]+)"`).FindAllSubmatch(source, -1)
	if len(codes) < 20 {
		t.Fatalf("%d codes are found in violation.go", len(codes))
	}
	for _, code := range codes {
		if regle := regles[string(code[1])]; regle.titre == "" || regle.qui == "" {
			t.Errorf("%s: %q, %q", code[1], regle.titre, regle.qui)
		}
	}
	for in, out := range map[string]string{"": "", "La personne": "la personne", "Équipe": "équipe"} {
		if got := lower(in); got != out {
			t.Errorf("lower(%q) = %q, want %q", in, got, out)
		}
	}
}
