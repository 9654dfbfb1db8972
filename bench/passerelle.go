package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"

	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/demo"
)

// hubServer is `passerelle serve` on a database, with a token of the one
// organisme in it.
type hubServer struct {
	*process
	database, token string
}

// serveHub starts the server on a database.
func (w *workshop) serveHub(ctx context.Context, database string) (*hubServer, error) {
	p, err := launch(ctx, "/readyz", w.passerelle, "serve", "--addr", "ADDRESS", "--db", database)
	if err != nil {
		return nil, err
	}
	return &hubServer{process: p, database: database}, nil
}

// freshHub serves a new database with an organisme, until it is stopped.
func (w *workshop) freshHub(ctx context.Context) (*hubServer, error) {
	dir, err := w.temp()
	if err != nil {
		return nil, err
	}
	h, err := w.serveHub(ctx, dir+"/passerelle.db")
	if err != nil {
		return nil, err
	}
	if err := h.found(ctx, w); err != nil {
		return nil, errors.Join(err, h.stop())
	}
	return h, nil
}

// found makes the organisme and the modèles of the demonstration.
func (h *hubServer) found(ctx context.Context, w *workshop) error {
	out, err := exec.CommandContext(ctx, w.passerelle, "organisme", "create", "--nom", "Horizon Formation", "--json", "--db", h.database).Output()
	if err != nil {
		return fmt.Errorf("create the organisme: %w", err)
	}
	var created struct{ Token string }
	if err := json.Unmarshal(out, &created); err != nil {
		return err
	}
	h.token = created.Token
	return postModeles(ctx, h.url, h.token)
}

func postModeles(ctx context.Context, url, token string) error {
	for _, m := range demo.Modeles() {
		body, err := json.Marshal(map[string]any{"nom": m.Nom, "actif": true, "criteres": m.Criteres})
		if err != nil {
			return err
		}
		if _, err := call(ctx, http.DefaultClient, "POST", url+"/api/admin/v1/modeles", token, body, nil); err != nil {
			return err
		}
	}
	return nil
}

// call makes one request, which must succeed, and returns the length of the
// answer. Where answer is not nil the answer is read into it.
func call(ctx context.Context, client *http.Client, method, url, token string, body []byte, answer any) (int64, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		return 0, fmt.Errorf("%s %s: %d %s", method, request.URL.Path, response.StatusCode, text)
	}
	if answer != nil {
		return 0, json.NewDecoder(response.Body).Decode(answer)
	}
	return io.Copy(io.Discard, response.Body)
}

// pushed is what a push answers.
type pushed struct{ Added, Updated, Same, Removed int }

func (h *hubServer) push(ctx context.Context, path string, body []byte, want pushed) error {
	var got pushed
	if _, err := call(ctx, http.DefaultClient, "POST", h.url+path, h.token, body, &got); err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("a push answered %+v instead of %+v", got, want)
	}
	return nil
}

func (h *hubServer) first(ctx context.Context, c *bench.Corpus) error {
	return h.push(ctx, "/api/sync/v1/contrats", c.Body, pushed{Added: len(c.Contrats)})
}

func (h *hubServer) unchanged(ctx context.Context, c *bench.Corpus) error {
	return h.push(ctx, "/api/sync/v1/contrats", c.Body, pushed{Same: len(c.Contrats)})
}

func (h *hubServer) delta(ctx context.Context, c *bench.Corpus, body []byte) error {
	return h.push(ctx, "/api/sync/v2/contrats/changes", body, pushed{Updated: len(c.Changed(0))})
}

func (h *hubServer) list(ctx context.Context, c *bench.Corpus) error {
	n, err := call(ctx, http.DefaultClient, "GET", h.url+"/api/sync/v1/contrats-get-all", h.token, nil, nil)
	if err == nil && n < int64(len(c.Body)) {
		err = fmt.Errorf("the list has %d bytes, less than the push", n)
	}
	return err
}
