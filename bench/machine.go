package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

// machine is where figures come from.
type machine struct {
	cpu, kernel, golang, postgres string
	cores                         int
}

func describeMachine(ctx context.Context, cluster *pgtest.Cluster) (m machine, err error) {
	m = machine{cpu: runtime.GOARCH, golang: strings.TrimPrefix(runtime.Version(), "go"), cores: runtime.NumCPU()}
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m, err
	}
	for row := range strings.Lines(string(info)) {
		if name, value, _ := strings.Cut(row, ":"); strings.TrimSpace(name) == "model name" {
			m.cpu = strings.TrimSpace(value)
			break
		}
	}
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return m, err
	}
	m.kernel = strings.TrimSpace(string(release))
	conn, err := pgx.Connect(ctx, cluster.URL())
	if err != nil {
		return m, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, "SELECT split_part(current_setting('server_version'), ' ', 1)").Scan(&m.postgres)
	return m, err
}

// String describes the machine in one line.
func (m machine) String() string {
	return fmt.Sprintf("%s, %d processors, Linux %s, Go %s, PostgreSQL %s (fsync on)", m.cpu, m.cores, m.kernel, m.golang, m.postgres)
}

// loadAverage returns what else the machine had to do: processes that wanted to
// run, as a mean over the last minute (0), five (1) or fifteen (2).
func loadAverage(which int) string {
	text, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 3 {
		return "not known"
	}
	return fields[which]
}

// moduleVersion returns the version of a dependency of the module at dir.
func moduleVersion(ctx context.Context, dir, module string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Version}}", module)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("version of %s: %w", module, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, dsn, statement string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, statement)
	return err
}
