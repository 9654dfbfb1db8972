package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func newBascule() *cobra.Command {
	changes, contrats, clients, seed := 20, 200, 3, uint64(1)
	cmd := &cobra.Command{
		Use: "bascule", Short: "Kill, freeze and switch the leader of a PostgreSQL under Patroni while clients push through two hubs",
		Long: "Needs the programs of Debian's packages patroni, etcd-server, haproxy, pgbackrest and postgresql. Everything runs on ports of 127.0.0.1 in a temporary directory.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, program := range []string{"patroni", "etcd", "haproxy", "pgbackrest"} {
				if _, err := exec.LookPath(program); err != nil {
					return fmt.Errorf("%s is missing (Debian: apt-get install patroni etcd-server haproxy pgbackrest)", program)
				}
			}
			return inWorkshop(cmd.Context(), func(w *workshop) error {
				return runBascule(cmd.Context(), w, changes, contrats, clients, seed)
			})
		},
	}
	cmd.Flags().IntVar(&changes, "changes", changes, "how often the leader is disturbed")
	cmd.Flags().IntVar(&contrats, "contrats", contrats, "contracts of each push")
	cmd.Flags().IntVar(&clients, "clients", clients, "organismes that push all the time")
	cmd.Flags().Uint64Var(&seed, "seed", seed, "of the order of what happens")
	return cmd
}

// disturbance is what happens to the node that leads.
type disturbance struct {
	name string
	do   func(ctx context.Context, c *cluster, n *node) error
}

// frozen is how long a node is frozen: longer than its lock lasts.
const frozen = 35 * time.Second

var disturbances = []disturbance{
	{"switchover", func(ctx context.Context, _ *cluster, n *node) error {
		request, err := http.NewRequestWithContext(ctx, "POST", "http://127.0.0.1:"+n.Rest+"/switchover", strings.NewReader(`{"leader":"`+n.Name+`"}`))
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("a switchover is answered %d", response.StatusCode)
		}
		return nil
	}},
	{"the postmaster is killed", func(_ context.Context, _ *cluster, n *node) error {
		pid, err := n.postmaster()
		if err != nil {
			return err
		}
		return syscall.Kill(pid, syscall.SIGKILL)
	}},
	{"the node is killed", func(ctx context.Context, c *cluster, n *node) error {
		if err := n.patroni.Process.Kill(); err != nil {
			return err
		}
		<-n.patroniEnded
		if _, err := n.postmaster(); err == nil { // it may have ended with Patroni
			if err := n.signalServer(syscall.SIGKILL); err != nil {
				return err
			}
		}
		// It comes back once another one leads.
		if err := sleep(ctx, frozen); err != nil {
			return err
		}
		return c.startNode(n)
	}},
	{"the node is frozen", func(ctx context.Context, _ *cluster, n *node) error {
		if err := errors.Join(n.patroni.Process.Signal(syscall.SIGSTOP), n.signalServer(syscall.SIGSTOP)); err != nil {
			return err
		}
		slept := sleep(ctx, frozen)
		return errors.Join(n.signalServer(syscall.SIGCONT), n.patroni.Process.Signal(syscall.SIGCONT), slept)
	}},
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func runBascule(ctx context.Context, w *workshop, changes, contrats, clients int, seed uint64) (err error) {
	progress("setting up etcd, %d PostgreSQL under Patroni and HAProxy", nodes)
	c, err := startCluster(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	took, err := c.prepareBackup(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("pgBackRest: stanza, check and a full backup in %v\n", took.Round(time.Second))
	for i, read := range []string{"", c.url("replica", "passerelle")} {
		args := []string{"serve", "--addr", "ADDRESS", "--db", c.url("primary", "passerelle")}
		if read != "" {
			args = append(args, "--db-read", read)
		}
		hub, err := launchAt(ctx, "127.0.0.1:"+c.ports[fmt.Sprint("hub", i+1)], "/readyz", w.passerelle, args...)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, hub.stop()) }()
	}
	callers, err := newCallers(ctx, w, c, contrats, clients)
	if err != nil {
		return err
	}
	err = disturbAll(ctx, c, callers, changes, rand.New(rand.NewPCG(seed, 0)))
	err = errors.Join(err, verdictOf(callers))
	if err != nil {
		return err
	}
	took, err = c.prepareBackup(ctx) // a moment must lie after the end of a backup
	if err != nil {
		return err
	}
	progress("another full backup took %v", took.Round(time.Second))
	return c.restoreBetween(ctx, w, func() error {
		first := callers[0]
		if err := first.pushOnce(ctx); err != nil {
			return err
		}
		if first.acked != first.number {
			return errors.New("a push failed though nothing was disturbed")
		}
		return nil
	})
}

func newCallers(ctx context.Context, w *workshop, c *cluster, contrats, clients int) ([]*caller, error) {
	var callers []*caller
	for i := range clients {
		out, err := exec.CommandContext(ctx, w.passerelle, "organisme", "create", "--nom", fmt.Sprint("Organisme-", i), "--json", "--db", c.url("primary", "passerelle")).Output()
		if err != nil {
			return nil, fmt.Errorf("create an organisme: %w", err)
		}
		var created struct{ Token string }
		if err := json.Unmarshal(out, &created); err != nil {
			return nil, err
		}
		one, err := newCaller("http://127.0.0.1:"+c.ports["hubs"], created.Token, contrats, uint64(i))
		if err != nil {
			return nil, err
		}
		callers = append(callers, one)
	}
	return callers, nil
}

// disturbAll disturbs the leader again and again while all push, and prints what the
// clients saw of each kind.
func disturbAll(ctx context.Context, c *cluster, callers []*caller, changes int, r *rand.Rand) (err error) {
	working, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	failures := make([]error, len(callers))
	for i, one := range callers {
		all.Go(func() { failures[i] = one.work(working) })
	}
	defer func() {
		stop()
		all.Wait()
		err = errors.Join(err, errors.Join(failures...))
	}()
	var order []int
	for i := range changes {
		order = append(order, i%len(disturbances))
	}
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	seen := make([][]outage, len(disturbances))
	for turn, kind := range order {
		if err := sleep(ctx, 5*time.Second); err != nil { // of calm
			return err
		}
		n, err := c.leading(ctx)
		if err != nil {
			return err
		}
		progress("%2d of %d: %s (%s)", turn+1, changes, disturbances[kind].name, n.Name)
		began := time.Now()
		if err := disturbances[kind].do(ctx, c, n); err != nil {
			return fmt.Errorf("%s: %w", disturbances[kind].name, err)
		}
		if err := sleep(ctx, 5*time.Second); err != nil { // Patroni sees it
			return err
		}
		if err := c.complete(ctx, 3*time.Minute); err != nil {
			return err
		}
		for _, one := range callers {
			seen[kind] = append(seen[kind], one.between(began, time.Now()))
		}
	}
	for kind := range disturbances {
		printOutages(disturbances[kind].name, len(callers), seen[kind])
	}
	return nil
}

// printOutages says what the clients saw of one kind of event.
func printOutages(name string, clients int, seen []outage) {
	if len(seen) == 0 {
		return
	}
	var waited []time.Duration
	longest, statuses := time.Duration(0), map[int]int{}
	for turn := range slices.Chunk(seen, clients) { // the client that waited longest
		most := time.Duration(0)
		for _, o := range turn {
			most, longest = max(most, o.waited), max(longest, o.longest)
			for status, n := range o.statuses {
				statuses[status] += n
			}
		}
		waited = append(waited, most)
	}
	slices.Sort(waited)
	fmt.Printf("%s, %d times: pushes fail for %.1f to %.1f s (median %.1f), the longest call takes %.1f s; failed calls by status (0: the connection broke) %v\n",
		name, len(waited), waited[0].Seconds(), waited[len(waited)-1].Seconds(), waited[len(waited)/2].Seconds(), longest.Seconds(), statuses)
}

// verdictOf prints what was found, and is an error where something must not be.
func verdictOf(callers []*caller) error {
	var sum findings
	for _, one := range callers {
		f := &one.found
		sum.acknowledged, sum.looks = sum.acknowledged+f.acknowledged, sum.looks+f.looks
		sum.lost, sum.partial, sum.lied, sum.failed = sum.lost+f.lost, sum.partial+f.partial, sum.lied+f.lied, sum.failed+f.failed
		if sum.first == "" {
			sum.first = f.first
		}
	}
	fmt.Printf("%d pushes acknowledged, looked at %d times: %d lost, %d half visible, %d recorded though answered 503, %d answered 500\n",
		sum.acknowledged, sum.looks, sum.lost, sum.partial, sum.lied, sum.failed)
	if sum.lost+sum.partial+sum.lied+sum.failed > 0 {
		return errors.New("what must not be: " + sum.first)
	}
	return nil
}
