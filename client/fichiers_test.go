package client_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/fec/fectest"
)

func TestFilesOfAccountingAreCheckedAndConverted(t *testing.T) {
	t.Parallel()
	c := newTestHub(t, nil).client(t, client.Options{})
	good := func(w io.Writer) error { return fectest.Write(w, 20) }
	report, err := c.Controle(t.Context(), "fec", good)
	if err != nil || report.Errors != 0 || report.Lines != 21 {
		t.Fatalf("%+v %v", report, err)
	}
	var out bytes.Buffer
	pertes, err := c.Convert(t.Context(), "fec", "tra", good, &out)
	if err != nil || len(pertes) != 1 || pertes[0].Ce != "date-lettrage" || !strings.HasPrefix(out.String(), "***S5") {
		t.Fatalf("%+v %v", pertes, err)
	}
	rapport, err := c.ConvertReport(t.Context(), "fec", "mad", good)
	if err != nil || rapport.Lignes != 20 || rapport.Ecritures != 8 {
		t.Fatalf("%+v %v", rapport, err)
	}
	var refused *client.Error
	if _, err := c.Convert(t.Context(), "tra", "fec", good, &out); !errors.As(err, &refused) || refused.Code != "ERR-INVALID-FILE" {
		t.Errorf("a file of another kind: %v", err)
	}
}
