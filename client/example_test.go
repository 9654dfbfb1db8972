package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store/sqlite"
)

// exampleHub starts a hub with one sandbox in this process, which a program of
// yours does not do: it is given an address and a token.
func exampleHub() (url, token string, stop func()) {
	directory, err := os.MkdirTemp("", "passerelle-example-*")
	if err != nil {
		log.Fatal(err)
	}
	db, err := sqlite.Open(context.Background(), filepath.Join(directory, "hub.db"))
	if err != nil {
		log.Fatal(err)
	}
	h := hub.New(db, hub.Options{})
	organisme, err := h.Organismes.CreateOrganisme(context.Background(), "CFA des Deux Rives", true)
	if err != nil {
		log.Fatal(err)
	}
	s := httptest.NewServer(server.New(server.Options{Hub: h, Log: slog.New(slog.DiscardHandler)}))
	return s.URL, organisme.Token, func() {
		s.Close()
		h.Close()
		_ = errors.Join(db.Close(), os.RemoveAll(directory))
	}
}

// The whole set of active contracts is compared, then pushed; the same set again
// changes nothing.
func ExampleClient_Push() {
	url, token, stop := exampleHub()
	defer stop()
	ctx := context.Background()

	c, err := client.New(url, token, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	contrats := client.Contrats(generated(100)...)
	diff, err := c.Diff(ctx, contrats)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("would be added:", len(diff.Added))
	for range 2 {
		result, err := c.Push(ctx, contrats, client.PushOptions{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("added:", result.Added, "same:", result.Same)
	}
	// Output:
	// would be added: 100
	// added: 100 same: 0
	// added: 0 same: 100
}

// A refusal is an *Error that names each contract and field.
func ExampleError() {
	url, token, stop := exampleHub()
	defer stop()
	c, err := client.New(url, token, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	contrats := generated(3)
	contrats[1].EmailApprenant = "lea.martin"
	_, err = c.Push(context.Background(), client.Contrats(contrats...), client.PushOptions{})
	var refused *client.Error
	if errors.As(err, &refused) {
		for _, v := range refused.Details {
			fmt.Println(v.Index, v.Field, v.Code)
		}
	}
	// Output:
	// 1 emailApprenant email-format
}

// Contracts come back as they were sent, one by one as they arrive.
func ExampleClient_Transmis() {
	url, token, stop := exampleHub()
	defer stop()
	ctx := context.Background()
	c, err := client.New(url, token, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if _, err := c.Push(ctx, client.Contrats(generated(50)...), client.PushOptions{}); err != nil {
		log.Fatal(err)
	}
	n := 0
	for contrat, err := range c.Transmis(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if contrat.CodeContrat != "" {
			n++
		}
	}
	fmt.Println(n, "contracts")
	// Output:
	// 50 contracts
}

// A source that may fail, such as a file or a query, is sent as it is read.
func ExampleStream() {
	url, token, stop := exampleHub()
	defer stop()
	c, err := client.New(url, token, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	rows := func(yield func(passerelle.Contrat, error) bool) {
		for _, contrat := range generated(20) { // your rows
			if !yield(contrat, nil) {
				return
			}
		}
	}
	result, err := c.PushBody(context.Background(), client.Stream(rows), client.PushOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("active:", result.Total)
	// Output:
	// active: 20
}

// A file is dropped, looked at, and confirmed.
func ExampleClient_CreateImport() {
	url, token, stop := exampleHub()
	defer stop()
	ctx := context.Background()
	c, err := client.New(url, token, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	dropped, err := c.CreateImport(ctx, "export.csv", "", export(generated(10)))
	if err != nil {
		log.Fatal(err)
	}
	seen, err := c.Import(ctx, dropped.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("rows:", seen.Apercu.Lignes, "errors:", seen.Apercu.ErreursTotal, "would be added:", seen.Apercu.Added)
	result, err := c.ConfirmImport(ctx, dropped.ID, seen.Apercu.Version, client.ImportOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("added:", result.Added)
	// Output:
	// rows: 10 errors: 0 would be added: 10
	// added: 10
}

// Exercices have computed names; a change can be simulated first.
func ExampleClient_Exercices() {
	url, token, stop := exampleHub()
	defer stop()
	ctx := context.Background()
	c, err := client.New(url, token, client.Options{})
	if err != nil {
		log.Fatal(err)
	}
	year := client.ExerciceDates{Debut: passerelle.NewDate(2026, time.January, 1), Fin: passerelle.NewDate(2026, time.December, 31)}
	simulated, err := c.SimulateCreation(ctx, year)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("there would be", len(simulated.Exercices))
	if _, err := c.CreateExercices(ctx, year); err != nil {
		log.Fatal(err)
	}
	list, err := c.Exercices(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range list {
		fmt.Println(e.Name, e.Period.Start, e.Period.End, e.State)
	}
	// Output:
	// there would be 1
	// N 2026-01-01 2026-12-31 open
}
