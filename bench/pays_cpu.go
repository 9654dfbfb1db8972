package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// processorTime returns what the processes of the hub and those of PostgreSQL
// have used so far.
func (p *pays) processorTime(ctx context.Context) (hub, database time.Duration, err error) {
	for _, server := range p.servers {
		used, _, err := usedBy(server.cmd.Process.Pid)
		if err != nil {
			return 0, 0, err
		}
		hub += used
	}
	postmaster, err := postmasterOf(ctx, p.dsn)
	if err != nil {
		return 0, 0, err
	}
	database, err = usedByFamily(postmaster)
	return hub, database, err
}

// usedByFamily returns the processor time of a process with its children. Those that
// ended are in the time of their parent.
func usedByFamily(father int) (time.Duration, error) {
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	total, _, err := usedBy(father)
	if err != nil {
		return 0, err
	}
	for _, dir := range all {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		// A process that has ended since is no error.
		if used, parent, err := usedBy(pid); err == nil && parent == father {
			total += used
		}
	}
	return total, nil
}

// usedBy returns the processor time of a process with its ended children, and its
// parent.
func usedBy(pid int) (used time.Duration, parent int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	// The name, in parentheses, may hold anything. After it: state, parent, …
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 15 {
		return 0, 0, fmt.Errorf("/proc/%d/stat cannot be read", pid)
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on every Linux that Go runs on
	for _, field := range fields[11:15] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, 0, err
		}
		used += time.Duration(n) * tick
	}
	parent, err = strconv.Atoi(fields[1])
	return used, parent, err
}

// postmasterOf returns the process of the server of a database.
func postmasterOf(ctx context.Context, dsn string) (int, error) {
	dir, err := askOf(ctx, dsn, "SELECT current_setting('data_directory')")
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}

// ask returns the one value of a query as text.
func (p *pays) ask(ctx context.Context, query string) (value string, err error) {
	return askOf(ctx, p.dsn, query)
}

// askOf is ask for a database.
func askOf(ctx context.Context, dsn, query string) (value string, err error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx, query).Scan(&value)
	return value, err
}
