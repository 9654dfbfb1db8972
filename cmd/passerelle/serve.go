package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/server"
	"github.com/passerelle-hub/passerelle/internal/store"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/traces"
)

// size is a number of bytes as a flag: 256MiB, 10MB, 4096.
type size int64

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}, {"", 1}}

// Set reads a size.
func (s *size) Set(text string) error {
	for _, unit := range sizeUnits {
		number, ok := strings.CutSuffix(text, unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n < 1 || n > (1<<62)/unit.bytes {
			break
		}
		*s = size(n * unit.bytes)
		return nil
	}
	return fmt.Errorf("not a size such as 256MiB: %q", text)
}

// String writes the size in the largest unit that divides it.
func (s *size) String() string {
	for _, unit := range sizeUnits {
		if unit.suffix != "" && int64(*s)%unit.bytes == 0 && *s != 0 {
			return strconv.FormatInt(int64(*s)/unit.bytes, 10) + unit.suffix
		}
	}
	return "0"
}

// Type names the flag's kind in help.
func (s *size) Type() string { return "size" }

func newServe() *cobra.Command {
	var on base
	var listenAt, replica string
	var rateLimit int
	var drain time.Duration
	var login openidFlags
	var mails smtpFlags
	var webhooks hub.PolitiqueWebhooks
	series := true
	maxBody, memory, maxContrats := size(server.DefaultMaxBody), size(hub.DefaultMemory()), hub.DefaultMaxContrats
	cmd := &cobra.Command{Use: "serve", Short: "Serve the API and its pages",
		Long: "Serves the API and the console. The database is made where there is none, and brought up to date. On SIGTERM\n" +
			"requests under way finish.",
		Example: "  passerelle serve\n" +
			"  passerelle serve --addr 127.0.0.1:9000 --db /var/lib/passerelle/passerelle.db\n" +
			"  PASSERELLE_DB=postgres://passerelle@db.example/passerelle passerelle serve --drain 5s",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if rateLimit < 0 {
				return usageError{fmt.Errorf("--rate-limit: %d is negative", rateLimit)}
			}
			if drain < 0 {
				return usageError{fmt.Errorf("--drain: %v is negative", drain)}
			}
			if maxContrats < 1 {
				return usageError{fmt.Errorf("--max-contrats: %d is not a number of contracts", maxContrats)}
			}
			log := newLog(cmd.ErrOrStderr())
			limitMemory(int64(memory))
			address, err := login.address()
			if err != nil {
				return err
			}
			provider, err := login.provider()
			if err != nil {
				return err
			}
			sender, err := mails.sender(login.options.PublicURL)
			if err != nil {
				return err
			}
			// Before the database is opened, or made: a port that is taken leaves no trace.
			listener, err := net.Listen("tcp", listenAt)
			if err != nil {
				return fmt.Errorf("listen: %w", err)
			}
			defer listener.Close()
			db, err := openPatiently(cmd.Context(), log, listener, on.location, replica)
			if errors.Is(err, open.ErrReplicaOfSQLite) {
				return usageError{fmt.Errorf("--db-read: %w", err)}
			}
			if err != nil {
				return err
			}
			return onDatabase(db, hub.Options{Log: log, Webhooks: webhooks, Memory: int64(memory), MaxContrats: maxContrats}, func(h *hub.Hub) error {
				if provider != nil && provider.Decides() {
					if _, err := h.Organismes.Organisme(cmd.Context(), provider.Organisme); err != nil {
						return fmt.Errorf("--oidc-organisme: %w", err)
					}
				}
				spans, err := traces.Start(cmd.Context(), version(), func(err error) { log.Warn("traces not exported", "error", err) })
				if err != nil {
					return err
				}
				defer func() {
					stop, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), 5*time.Second)
					defer cancel()
					_ = spans.Stop(stop) // what failed was told
				}()
				url := login.options.PublicURL
				if url == "" {
					url = "http://" + listener.Addr().String()
				}
				if err := firstSteps(cmd.Context(), cmd.ErrOrStderr(), h, on.location, url); err != nil {
					log.Warn("what is configured cannot be read", "error", err)
				}
				if provider != nil {
					go checkProvider(cmd.Context(), log, provider)
				}
				log.Info("serving", "address", "http://"+listener.Addr().String(), "database", h.Database(), "version", version())
				err = server.Serve(cmd.Context(), listener, server.Options{Hub: h, Log: log, MaxBody: int64(maxBody), RateLimit: rateLimit, OpenID: provider, Address: address, Traces: spans, Drain: drain, NoSeries: !series, Courriels: sender})
				log.Info("stopped")
				return err
			})
		},
	}
	cmd.Flags().StringVar(&listenAt, "addr", "127.0.0.1:8080", "address to listen on")
	on.databaseFlag(cmd)
	cmd.Flags().StringVar(&replica, "db-read", "", "postgres:// URL of a streaming replica of --db, which answers lists and journals")
	cmd.Flags().IntVar(&rateLimit, "rate-limit", 20, "accounting calls per 10 seconds and token, 0 for no limit")
	cmd.Flags().DurationVar(&drain, "drain", 0, "how long to go on serving at a stop while /readyz says 503, such as 5s behind a load balancer")
	webhookFlags(cmd, &webhooks)
	cmd.Flags().Var(&maxBody, "max-body", "largest request body")
	cmd.Flags().Var(&memory, "memory", "memory for all pushes and imports together, by default a quarter of the machine's; what does not fit waits, then is told to come again")
	cmd.Flags().BoolVar(&series, "metrics-organismes", true, "series of each organisme in /metrics")
	cmd.Flags().IntVar(&maxContrats, "max-contrats", maxContrats, "most contracts in one push or import")
	login.add(cmd.Flags())
	mails.add(cmd.Flags())
	return cmd
}

// openTime is how long a database that does not answer is tried at the start: as long
// as it may take to change servers.
const openTime = time.Minute

// openPatiently opens the database of a server. One that does not answer is tried
// again, while calls are told to come again.
func openPatiently(ctx context.Context, log *slog.Logger, listener net.Listener, location, replica string) (*store.DB, error) {
	db, err := open.WithReplica(ctx, location, replica)
	if err == nil || !open.IsPostgres(location) || store.FaultOf(err) != store.ErrUnavailable {
		return db, err
	}
	log.Error("the database does not answer, it is tried for a minute", "error", err)
	waiting := server.ServeStarting(listener)
	defer waiting.Stop()
	for deadline := time.Now().Add(openTime); time.Now().Before(deadline); {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
		if db, err = open.WithReplica(ctx, location, replica); err == nil || store.FaultOf(err) != store.ErrUnavailable {
			break
		}
	}
	return db, err
}

// besidePushes is the memory of a server that takes no push, with some room, in bytes.
const besidePushes = 64 << 20

// limitMemory has garbage collected early where pushes hold all they may, unless
// GOMEMLIMIT says otherwise.
func limitMemory(pushes int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(pushes + besidePushes)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(70) // a large push is spread over what others need, too
	}
}
