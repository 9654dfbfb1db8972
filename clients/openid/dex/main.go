// Command dex is a dex server with one client and one person, as clients/openid starts it. Its
// keys are in memory: started again, it has others.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	gosundheit "github.com/AppsFlyer/go-sundheit"
	"github.com/dexidp/dex/server"
	"github.com/dexidp/dex/storage"
	"github.com/dexidp/dex/storage/memory"
	"golang.org/x/crypto/bcrypt"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "dex:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	hash, err := bcrypt.GenerateFromPassword([]byte("motdepasse"), bcrypt.DefaultCost)
	if err != nil {
		return err
	}
	kept := storage.WithStaticClients(memory.New(log), []storage.Client{{
		ID: "passerelle", Secret: os.Getenv("CLIENT_SECRET"), Name: "Passerelle", RedirectURIs: []string{os.Getenv("REDIRECT_URI")},
	}})
	kept = storage.WithStaticPasswords(kept, []storage.Password{{Email: "ada@cfa.example", Hash: hash, Username: "Ada Martin", UserID: "1"}}, log)
	kept = storage.WithStaticConnectors(kept, []storage.Connector{{ID: server.LocalConnector, Type: server.LocalConnector, Name: "Email"}})
	address := "127.0.0.1:" + os.Getenv("PORT")
	issuer := "http://" + address + "/dex"
	dex, err := server.NewServer(ctx, server.Config{Issuer: issuer, Storage: kept, Logger: log, HealthChecker: gosundheit.New()})
	if err != nil {
		return err
	}
	fmt.Println(issuer)
	return http.ListenAndServe(address, dex)
}
