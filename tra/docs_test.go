package tra_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/tra"
)

func TestTheGeneratedDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := tra.WriteLayoutsMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "../docs/tra-layouts.md", b.Bytes())
}

// What docs/tra.md says of rules, records and fields exists.
func TestTheGuideNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/tra.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]bool{}
	for _, r := range tra.Rules() {
		rules[r.Code] = true
	}
	for _, m := range regexp.MustCompile("rule `([a-z0-9-]+)`").FindAllSubmatch(guide, -1) {
		if !rules[string(m[1])] {
			t.Errorf("docs/tra.md: no rule %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`([A-Z0-9]+)\\.([A-Z0-9_]+)`").FindAllSubmatch(guide, -1) {
		l := tra.LayoutOf(string(m[1]))
		if l == nil || l.Field(string(m[2])) == nil {
			t.Errorf("docs/tra.md: no field %s.%s", m[1], m[2])
		}
	}
	// The JSON example is accepted as it stands.
	text := string(guide)
	start := strings.Index(text, "```json\n") + len("```json\n")
	doc := text[start : start+strings.Index(text[start:], "```")]
	var out bytes.Buffer
	if err := tra.FromJSON(strings.NewReader(doc), &out); err != nil {
		t.Error(err)
	}
	report, err := tra.Check(&out, tra.Options{})
	if err != nil || !report.OK() {
		t.Errorf("%v %+v", err, report)
	}
}
