package tableur

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain keeps the property tests short, since each writes workbooks;
// -rapid.checks on the command line asks for more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "30"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(m.Run())
}
