package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/bench"
	"github.com/passerelle-hub/passerelle/internal/comptable/npec/npectest"
	"github.com/passerelle-hub/passerelle/internal/pgtest"
)

// financementOptions say what the funding of contracts is held against.
type financementOptions struct {
	contre               string // a revision of the repository
	contrats, runs, npec int
}

// financementLimit is how much longer the funding at a date may take than the
// ventilation with amounts of the other revision. The limits of the import of an
// edition are its time and the memory of its process, in megabytes.
const (
	financementLimit = 1.5
	npecSeconds      = 15.0
	npecMemory       = 150.0
)

func newFinancement() *cobra.Command {
	var o financementOptions
	cmd := &cobra.Command{
		Use: "financement", Short: "Measure the funding of contracts beside the ventilation of another revision, and the import of an NPEC edition",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return inWorkshop(cmd.Context(), func(w *workshop) error { return runFinancement(cmd.Context(), w, o) })
		},
	}
	cmd.Flags().StringVar(&o.contre, "contre", "3f1bd9c", "revision whose ventilation it is held against")
	cmd.Flags().IntVar(&o.contrats, "contrats", 100_000, "contracts")
	cmd.Flags().IntVar(&o.runs, "runs", 7, "turns of which the median is taken")
	cmd.Flags().IntVar(&o.npec, "npec", 237_600, "rows of the edition; 0 leaves it out")
	return cmd
}

func runFinancement(ctx context.Context, w *workshop, o financementOptions) (err error) {
	before, err := w.revision(ctx, o.contre)
	if err != nil {
		return err
	}
	cluster, err := pgtest.Start(pgtest.Synced)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	corpus, err := financed(o.contrats)
	if err != nil {
		return err
	}
	var failed []error
	fmt.Printf("%d contracts\n\n| database | what | ventilation of %s | financement | ratio | of processor time |\n| --- | --- | --- | --- | --- | --- |\n", o.contrats, o.contre)
	for _, kind := range []string{onSQLite, onPostgres} {
		failed = append(failed, compareFinancement(ctx, w, before, cluster, kind, corpus, o.runs))
	}
	if o.npec > 0 {
		fmt.Printf("\n%d rows\n\n| database | import | memory |\n| --- | --- | --- |\n", o.npec)
		workbook := filepath.Join(w.dir, "npec.xlsx")
		if err := writeNPEC(workbook, o.npec); err != nil {
			return err
		}
		for _, kind := range []string{onSQLite, onPostgres} {
			failed = append(failed, w.importNPEC(ctx, cluster, kind, workbook))
		}
	}
	return errors.Join(failed...)
}

// revision builds the product as it was.
func (w *workshop) revision(ctx context.Context, revision string) (built *workshop, err error) {
	progress("building %s", revision)
	source := filepath.Join(w.dir, "revision")
	git := func(args ...string) error {
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Dir = w.root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		return nil
	}
	if err := git("worktree", "add", "--detach", "--quiet", source, revision); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, git("worktree", "remove", "--force", source)) }()
	built = &workshop{root: w.root, dir: w.dir, passerelle: filepath.Join(w.dir, "passerelle-"+revision)}
	return built, w.build(ctx, source, "./cmd/passerelle", built.passerelle)
}

// financed returns contracts that say what their funding needs.
func financed(n int) (*bench.Corpus, error) {
	c, err := bench.NewCorpus(n, 1)
	if err != nil {
		return nil, err
	}
	for i := range c.Contrats {
		k := &c.Contrats[i]
		k.NPEC, k.Niveau, k.DateConclusion = fmt.Sprint(5000+i%4000), fmt.Sprint(3+i%6), k.DateDebut
	}
	body, err := bench.AppendList([]byte(`{"contrats":`), c.Contrats)
	c.Body = append(body, '}')
	return c, err
}

// compareFinancement holds both programs against each other, in turns.
func compareFinancement(ctx context.Context, w, before *workshop, cluster *pgtest.Cluster, kind string, c *bench.Corpus, runs int) (err error) {
	var hubs [2]*hubServer
	var exercices [2]string
	for i, built := range []*workshop{before, w} {
		location, err := w.location(cluster, kind)
		if err != nil {
			return err
		}
		h, err := built.serveHub(ctx, location)
		if err != nil {
			return err
		}
		defer func() { _ = h.stop() }()
		if hubs[i] = h; h.found(ctx, built) != nil {
			return errors.New("the organisme was not made")
		}
		if err := h.first(ctx, c); err != nil {
			return err
		}
		if exercices[i], err = h.comptes(ctx, c); err != nil {
			return err
		}
	}
	year := time.Now().Year()
	var failed []error
	for _, m := range []struct{ what, before, now string }{
		{"by formation", "/api/v1/mad/ventilation?version=1.0.0&montants=oui&par=formation&exercice=" + exercices[0],
			fmt.Sprintf("/api/v1/mad/financement?version=1.0.0&par=formation&limit=1&au=%d-12-31", year)},
		{"contract by contract", "/api/v1/mad/ventilation?version=1.0.0&montants=oui&par=formation",
			fmt.Sprintf("/api/v1/mad/financement?version=1.0.0&par=formation&au=%d-12-31", year)},
	} {
		var took, used [2][]time.Duration
		for range runs + 1 {
			for i, path := range []string{m.before, m.now} {
				worked, _, err := usedBy(hubs[i].cmd.Process.Pid)
				if err != nil {
					return err
				}
				started := time.Now()
				if _, err := call(ctx, http.DefaultClient, "GET", hubs[i].url+path, hubs[i].token, nil, nil); err != nil {
					return err
				}
				took[i] = append(took[i], time.Since(started))
				after, _, err := usedBy(hubs[i].cmd.Process.Pid)
				if err != nil {
					return err
				}
				used[i] = append(used[i], after-worked)
			}
		}
		old, now := middle(took[0][1:]), middle(took[1][1:]) // the first warms up
		ratio := float64(now) / float64(old)
		fmt.Printf("| %s | %s | %d ms | %d ms | %.2f | %.2f |\n", kind, m.what, old.Milliseconds(), now.Milliseconds(), ratio, float64(middle(used[1][1:]))/float64(middle(used[0][1:])))
		if ratio > financementLimit {
			failed = append(failed, fmt.Errorf("%s, %s: financement takes %.2f times as long as the ventilation, more than %.1f", kind, m.what, ratio, financementLimit))
		}
	}
	return errors.Join(failed...)
}

// location is a new database of one kind.
func (w *workshop) location(cluster *pgtest.Cluster, kind string) (string, error) {
	if kind == onPostgres {
		return cluster.CreateDatabase()
	}
	dir, err := w.temp()
	return filepath.Join(dir, "hub.db"), err
}

// comptes gives the organisme an exercice, whose id it returns, and prices.
func (h *hubServer) comptes(ctx context.Context, c *bench.Corpus) (exercice string, err error) {
	year := time.Now().Year()
	return h.comptesOf(ctx, c, fmt.Sprintf(`{"exercice":[{"start_date":"%d-01-01","end_date":"%d-12-31"}]}`, year, year))
}

// comptesOf is comptes for the exercices of a body; it returns the id of the first.
func (h *hubServer) comptesOf(ctx context.Context, c *bench.Corpus, body string) (exercice string, err error) {
	var made []struct {
		ID json.Number `json:"exercice_id"`
	}
	if _, err := call(ctx, http.DefaultClient, "POST", h.url+"/api/v1/society/exercice", h.token, []byte(body), &made); err != nil {
		return "", err
	}
	var codes, prices []string
	for i := range c.Contrats {
		if code := c.Contrats[i].CodeFormation; !slices.Contains(codes, code) {
			codes = append(codes, code)
			prices = append(prices, fmt.Sprintf(`{"par":"formation","code":%q,"montant":"%d.00"}`, code, 6000+100*len(codes)))
		}
	}
	list := `{"entrees":[` + strings.Join(prices, ",") + `]}`
	_, err = call(ctx, http.DefaultClient, "PUT", h.url+"/api/v1/mad/tarifs?version=1.0.0", h.token, []byte(list), nil)
	return made[0].ID.String(), err
}

func writeNPEC(path string, rows int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(npectest.Grand(file, rows), file.Close())
}

// importNPEC measures the command as a process of its own.
func (w *workshop) importNPEC(ctx context.Context, cluster *pgtest.Cluster, kind, workbook string) error {
	location, err := w.location(cluster, kind)
	if err != nil {
		return err
	}
	p := &process{cmd: exec.CommandContext(ctx, w.passerelle, "npec", "import", workbook, "--db", location), errors: &tail{}, ended: make(chan error, 1)}
	p.cmd.Stderr = p.errors
	started := time.Now()
	if err := p.cmd.Start(); err != nil {
		return err
	}
	go func() { p.ended <- p.cmd.Wait() }()
	// What the kernel says of a process that ended has its parent's memory in it.
	var memory float64
	for running := true; running; {
		select {
		case err := <-p.ended:
			if err != nil {
				return fmt.Errorf("import an edition: %w\n%s", err, p.errors.text)
			}
			running = false
		case <-time.After(10 * time.Millisecond):
			if peak, err := p.memory("VmHWM"); err == nil {
				memory = max(memory, peak)
			}
		}
	}
	took := time.Since(started).Seconds()
	fmt.Printf("| %s | %.1f s | %.0f MB |\n", kind, took, memory)
	if took > npecSeconds || memory > npecMemory {
		return fmt.Errorf("%s: an edition takes %.1f s and %.0f MB, more than %.0f s or %.0f MB", kind, took, memory, npecSeconds, npecMemory)
	}
	return nil
}
