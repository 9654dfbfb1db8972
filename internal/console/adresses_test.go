package console_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// Below a path of its own the console writes each address of its templates anew: it has to see
// where one begins.
func TestNoAddressOfATemplateBeginsWithACondition(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.html")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	hidden := regexp.MustCompile(`\b(?:href|action|formaction|src|hx-get|hx-post)="\{\{-? *(?:if|with|range|template|block|else|end)\b[^"]*"`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range hidden.FindAllString(string(text), -1) {
			t.Errorf("%s: %s: put the condition around the attribute", file, found)
		}
	}
}
