package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

// writeBackup writes what pgBackRest needs to know to work from a node.
func (c *cluster) writeBackup(n *node) error {
	return c.write(n.Backup, `[global]
repo1-path={{.Repo}}
repo1-retention-full=2
log-path={{.Dir}}
lock-path={{.Dir}}/lock
spool-path={{.Dir}}/spool
start-fast=y
[passerelle]
pg1-path={{.Data}}
pg1-port={{.Port}}
pg1-socket-path={{.SocketDir}}
pg1-user=postgres
`, n)
}

// run runs a program to its end as the servers' user.
func (c *cluster) run(ctx context.Context, program string, args ...string) error {
	cmd, err := pgtest.Command(c.dir, program, args...)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() {
		if cmd.Process != nil {
			_ = cmd.Process.Kill()
		}
	})
	defer stop()
	cmd.Env = append(os.Environ(), "HOME="+c.dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, out)
	}
	return ctx.Err()
}

// prepareBackup makes the place of backups, which servers archive to from then on, and
// takes a whole one.
func (c *cluster) prepareBackup(ctx context.Context) (time.Duration, error) {
	n, err := c.leader(ctx)
	if err != nil {
		return 0, err
	}
	started := time.Now()
	for _, args := range [][]string{{"stanza-create"}, {"check"}, {"--type=full", "backup"}} {
		if err := c.run(ctx, "pgbackrest", append([]string{"--config=" + n.Backup, "--stanza=passerelle"}, args...)...); err != nil {
			return 0, err
		}
	}
	return time.Since(started), nil
}

// restoreBetween restores a moment between two pushes to a server of its own and holds
// the checksums of `verify` against those of the source as of the first push.
func (c *cluster) restoreBetween(ctx context.Context, w *workshop, push func() error) (err error) {
	if err := push(); err != nil {
		return err
	}
	time.Sleep(20 * time.Millisecond)
	moment := time.Now().UTC()
	source, err := verified(ctx, w, c.url("primary", "passerelle"))
	if err != nil {
		return err
	}
	if err := push(); err != nil {
		return err
	}
	after, err := verified(ctx, w, c.url("primary", "passerelle"))
	if err != nil {
		return err
	}
	if after.asOf == source.asOf || after.checksum == source.checksum {
		return errors.New("the second push changed nothing")
	}
	n, err := c.leader(ctx)
	if err != nil {
		return err
	}
	if err := c.archived(ctx); err != nil {
		return err
	}
	target := c.dir + "/restored/data"
	if err := errors.Join(os.MkdirAll(target, 0o700), pgtest.Own(c.dir+"/restored"), pgtest.Own(target)); err != nil {
		return err
	}
	if err := c.run(ctx, "pgbackrest", "--config="+n.Backup, "--stanza=passerelle", "--pg1-path="+target, "--type=time",
		"--target="+moment.Format("2006-01-02 15:04:05.000000-07"), "--target-action=promote", "--archive-mode=off", "restore"); err != nil {
		return err
	}
	ports, err := freePorts(1)
	if err != nil {
		return err
	}
	// Patroni's settings are in the copy: they are not for a server that stands alone.
	options := "-p " + ports[0] + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=" + c.dir + "/restored -c synchronous_standby_names= -c archive_mode=off"
	if err := c.run(ctx, "pg_ctl", "-D", target, "-l", c.dir+"/restored/log", "-o", options, "-w", "-t", "120", "start"); err != nil {
		text, _ := os.ReadFile(c.dir + "/restored/log")
		return fmt.Errorf("%w\n%s", err, text)
	}
	defer func() { err = errors.Join(err, c.run(ctx, "pg_ctl", "-D", target, "-m", "immediate", "-w", "stop")) }()
	restored := "postgres://postgres@127.0.0.1:" + ports[0] + "/passerelle?sslmode=disable"
	if err := promoted(ctx, restored); err != nil {
		return err
	}
	copied, err := verified(ctx, w, restored)
	if err != nil {
		return err
	}
	fmt.Printf("pgBackRest, restored to 20 ms after push %s: verify says %s of push %s, the source said %s; after the next push %s\n",
		source.asOf, copied.checksum, copied.asOf, source.checksum, after.checksum)
	if copied != source {
		return errors.New("the restored copy is not what was there")
	}
	return nil
}

// archived waits until all that was written so far is in the archive.
func (c *cluster) archived(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.url("primary", "postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var file string
	if err := conn.QueryRow(ctx, "SELECT pg_walfile_name(pg_switch_wal())").Scan(&file); err != nil {
		return err
	}
	for range 120 {
		var last *string
		if err := conn.QueryRow(ctx, "SELECT last_archived_wal FROM pg_stat_archiver").Scan(&last); err != nil {
			return err
		}
		if last != nil && *last >= file {
			return nil
		}
		time.Sleep(500 * time.Millisecond)
	}
	return errors.New("the write-ahead log is not archived: " + file)
}

// promoted waits until a server has reached its moment and takes writes.
func promoted(ctx context.Context, url string) error {
	var failed error
	for range 240 {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			var recovering bool
			err = conn.QueryRow(ctx, "SELECT pg_is_in_recovery()").Scan(&recovering)
			err = errors.Join(err, conn.Close(ctx))
			if err == nil && !recovering {
				return nil
			}
		}
		failed = err
		time.Sleep(500 * time.Millisecond)
	}
	return errors.Join(errors.New("the restored server was not promoted"), failed)
}

// checksum is what `verify` says of the contracts of the first organisme.
type checksum struct{ asOf, checksum string }

func verified(ctx context.Context, w *workshop, database string) (checksum, error) {
	out, err := exec.CommandContext(ctx, w.passerelle, "verify", "--organisme", "1", "--db", database).Output()
	if err != nil {
		return checksum{}, fmt.Errorf("verify: %w", err)
	}
	for row := range strings.Lines(string(out)) {
		// ORGANISME, NAME (one word here), AS OF, CONTRACTS, VERSIONS, CHECKSUM OF CONTRACTS
		if fields := strings.Fields(row); len(fields) == 7 && fields[0] == "1" {
			return checksum{fields[2], fields[5]}, nil
		}
	}
	return checksum{}, fmt.Errorf("verify says nothing of the organisme:\n%s", out)
}
