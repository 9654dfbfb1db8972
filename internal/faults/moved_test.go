package faults_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

// The file of the database is taken away under a server that runs.
func TestADatabaseFileThatWasTakenAwayIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(t *testing.T, path string){
		"moved": func(t *testing.T, path string) { rename(t, path, path+".away") },
		"replaced": func(t *testing.T, path string) {
			rename(t, path, path+".away")
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"deleted": func(t *testing.T, path string) {
			if err := os.Link(path, path+".away"); err != nil { // to put it back
				t.Fatal(err)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := storetest.At(t, filepath.Join(t.TempDir(), "passerelle.db"))
			s := apitest.New(t, "sqlite", apitest.At(path), apitest.Faulty())
			o := s.Production(t, "CFA Horizon")
			o.Post(t, pushPath, body(t, contrats(10, 0))).Want(t, 200)
			take(t, path)
			o.Get(t, "/readyz").Want(t, 503)
			o.Get(t, "/vivant").Want(t, 200)
			if answer := o.Post(t, pushPath, body(t, contrats(10, 1))); answer.Status != 503 || answer.Header.Get("Retry-After") == "" {
				t.Errorf("a push is answered with %d %s", answer.Status, answer.Body)
			}
			o.Get(t, listPath).Want(t, 503)
			said := func(sentence string) {
				t.Helper()
				if n := strings.Count(s.Log.String(), sentence); n != 1 {
					t.Errorf("the log says %d times that %s, want one line for an outage", n, sentence)
				}
			}
			said(`msg="the database does not answer"`)

			rename(t, path+".away", path)
			o.Get(t, "/readyz").Want(t, 200)
			o.Post(t, pushPath, body(t, contrats(10, 1))).Want(t, 200)
			said(`msg="the database answers again"`)
		})
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
