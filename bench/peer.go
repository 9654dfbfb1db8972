package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/internal/bench"
)

// pocketBase is PocketBase with a collection of contracts, written through its
// batch API and listed in its largest pages.
type pocketBase struct{ *process }

const (
	peerBatch = 1000 // requests in one call
	peerPage  = 1000 // records on one page, the most that it gives
)

// buildPocketBase builds the peer from bench/pocketbase, a module of its own, and
// returns the program with the version in it.
func (w *workshop) buildPocketBase(ctx context.Context) (program, version string, err error) {
	dir := filepath.Join(w.root, "bench", "pocketbase")
	program = filepath.Join(w.dir, "pocketbase")
	if err := w.build(ctx, dir, ".", program); err != nil {
		return "", "", err
	}
	version, err = moduleVersion(ctx, dir, "github.com/pocketbase/pocketbase")
	return program, version, err
}

// servePocketBase starts it on an empty database.
func (w *workshop) servePocketBase(ctx context.Context, program string) (*pocketBase, error) {
	dir, err := w.temp()
	if err != nil {
		return nil, err
	}
	args := []string{dir}
	for _, champ := range passerelle.Champs {
		args = append(args, champ.Nom)
	}
	p, err := launch(ctx, "/api/health", program, append(args, "serve", "--http", "ADDRESS")...)
	return &pocketBase{p}, err
}

// batches makes the calls that write contracts: all of them as they are, or
// one in a hundred with a change. A record's id is its place in the corpus.
func batches(method string, contrats []passerelle.Contrat, place func(i int) int) ([][]byte, error) {
	var calls [][]byte
	var b strings.Builder
	for i := range contrats {
		if i%peerBatch == 0 {
			b.Reset()
			b.WriteString(`{"requests":[`)
		} else {
			b.WriteByte(',')
		}
		record := map[string]string{}
		for _, champ := range passerelle.Champs {
			record[champ.Nom] = *champ.At(&contrats[i])
		}
		id := fmt.Sprintf("k%014d", place(i))
		url := "/api/collections/contrats/records"
		if method == "PATCH" {
			url += "/" + id
		} else {
			record["id"] = id
		}
		body, err := json.Marshal(record)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, `{"method":%q,"url":%q,"body":%s}`, method, url, body)
		if i%peerBatch == peerBatch-1 || i == len(contrats)-1 {
			b.WriteString(`]}`)
			calls = append(calls, []byte(b.String()))
		}
	}
	return calls, nil
}

func (p *pocketBase) send(ctx context.Context, calls [][]byte) error {
	for _, body := range calls {
		if _, err := call(ctx, http.DefaultClient, "POST", p.url+"/api/batch", "", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// list reads every record, a page after the other, and looks that they are all
// there.
func (p *pocketBase) list(ctx context.Context, c *bench.Corpus) error {
	total := int64(0)
	for page := 1; (page-1)*peerPage < len(c.Contrats); page++ {
		url := fmt.Sprintf("%s/api/collections/contrats/records?page=%d&perPage=%d&skipTotal=1&sort=codeContrat", p.url, page, peerPage)
		n, err := call(ctx, http.DefaultClient, "GET", url, "", nil, nil)
		if err != nil {
			return err
		}
		total += n
	}
	if total < int64(len(c.Body)) {
		return fmt.Errorf("PocketBase listed %d bytes, less than were written", total)
	}
	return nil
}
