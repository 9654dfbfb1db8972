// Command with-postgres runs a command beside a throw-away PostgreSQL cluster
// whose URL stands in PASSERELLE_TEST_POSTGRES, with a directory that test processes
// share in PASSERELLE_TEST_SHARED, and exits with its status:
//
//	go run ./internal/pgtest/with-postgres go test ./...
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: with-postgres COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	os.Exit(run(os.Args[1], os.Args[2:]))
}

func run(name string, args []string) int {
	cluster, err := pgtest.Start(pgtest.Fast)
	if err != nil {
		fmt.Fprintln(os.Stderr, "start PostgreSQL:", err)
		return 1
	}
	shared, err := os.MkdirTemp("", "passerelle-shared-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, errors.Join(err, cluster.Close()))
		return 1
	}
	defer os.RemoveAll(shared)
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), pgtest.EnvURL+"="+cluster.URL(), pgtest.EnvShared+"="+shared)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	runErr := cmd.Run()
	if err := cluster.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		return 1
	}
	var exit *exec.ExitError
	if errors.As(runErr, &exit) {
		return max(exit.ExitCode(), 1)
	}
	if runErr != nil {
		fmt.Fprintln(os.Stderr, runErr)
		return 1
	}
	return 0
}
