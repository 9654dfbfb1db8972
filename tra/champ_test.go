package tra_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/passerelle-hub/passerelle/tra"
)

// TestFilesOfTheFieldAreJudgedForWhatTheyAre checks small files with the structure of
// real ones (testdata/champ): how a file is written comes first among the warnings, and
// nothing is asked that its version does not know.
func TestFilesOfTheFieldAreJudgedForWhatTheyAre(t *testing.T) {
	t.Parallel()
	outside := []string{"enregistrement-absent@0:0"}
	for file, want := range map[string][]string{
		// Windows-1252 is expected. The header ends before two fields that version 011 asks for.
		"90-tra-utf8.tra": append([]string{"obligatoire@1:148", "obligatoire@1:149", "codage@1:0"}, append(outside,
			"hors-fichier@2:63", "hors-fichier@3:1", "hors-fichier@3:14", "hors-fichier@4:14")...),
		// Version 006 knows neither of them.
		"92-tra-version-006.tra": append([]string{"fin-ligne@1:0"}, append(outside,
			"hors-fichier@8:1", "hors-fichier@8:14", "hors-fichier@9:14", "hors-fichier@10:14", "hors-fichier@10:32")...),
		// The end mark of DOS is one finding, and no line.
		"94-tra-fin-1a.tra": append([]string{"obligatoire@1:148", "obligatoire@1:149", "fin-dos@5:0"}, append(outside,
			"hors-fichier@2:1", "hors-fichier@2:14", "hors-fichier@3:14", "hors-fichier@4:14", "hors-fichier@4:32")...),
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(filepath.Join("testdata", "champ", file))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			report, err := tra.Check(f, tra.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range report.Findings {
				got = append(got, fmt.Sprintf("%s@%d:%d", f.Rule, f.Line, f.Column))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
