// Command pocketbase serves an empty PocketBase with one collection that holds
// contracts: a text field for each of their fields, the key unique, open to
// everyone, batches of up to 1,000. It is what the benchmarks hold Passerelle
// against, in a module of its own so that the product does not depend on it.
//
//	pocketbase DIRECTORY FIELD… serve --http 127.0.0.1:8090
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

func main() {
	if err := run(slices.Clone(os.Args[1:])); err != nil {
		fmt.Fprintln(os.Stderr, "pocketbase:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	serve := slices.Index(args, "serve")
	if serve < 2 {
		return errors.New("usage: pocketbase DIRECTORY FIELD… serve --http ADDRESS")
	}
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: args[0], HideStartBanner: true})
	fields := args[1:serve]
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil // nobody logs in
		if err := prepare(e.App, fields); err != nil {
			return err
		}
		return e.Next()
	})
	os.Args = append(os.Args[:1], args[serve:]...) // what PocketBase reads
	return app.Start()
}

// prepare opens the batch API and makes the collection.
func prepare(app core.App, fields []string) error {
	settings := app.Settings()
	settings.Batch = core.BatchConfig{Enabled: true, MaxRequests: 1000, Timeout: 300, MaxBodySize: 64 << 20}
	settings.Logs.MaxDays = 0 // none of it goes to its log database
	if err := app.Save(settings); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if _, err := app.FindCollectionByNameOrId("contrats"); err == nil {
		return nil
	}
	contrats := core.NewBaseCollection("contrats")
	open := types.Pointer("")
	contrats.ListRule, contrats.ViewRule, contrats.CreateRule, contrats.UpdateRule, contrats.DeleteRule = open, open, open, open, open
	for _, name := range fields {
		contrats.Fields.Add(&core.TextField{Name: name, Max: 20_000})
	}
	contrats.AddIndex("contrats_code", true, fields[0], "")
	if err := app.Save(contrats); err != nil {
		return fmt.Errorf("collection: %w", err)
	}
	return nil
}
