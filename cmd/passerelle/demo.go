package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle"
	"github.com/passerelle-hub/passerelle/client"
	"github.com/passerelle-hub/passerelle/internal/demo"
	"github.com/passerelle-hub/passerelle/internal/domaine"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/password"
	"github.com/passerelle-hub/passerelle/internal/server"
)

func newDemo() *cobra.Command {
	var address string
	var contrats int
	var once bool
	cmd := &cobra.Command{Use: "demo", Short: "Show the main job on a generated training organisation",
		Long: "Starts a server on a fresh temporary database, pushes the contracts of a generated training organisation\n" +
			"through the API, shows what the API answers to mistakes, places the contracts with modèles, creates exercices,\n" +
			"and keeps serving.",
		Example: "  passerelle demo\n  passerelle demo --contrats 20000 --once",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if contrats < 1 || contrats > 1_000_000 {
				return usageError{errors.New("--contrats: give a number from 1 to 1000000")}
			}
			listener, err := listenDemo(address, cmd.Flags().Changed("addr"))
			if err != nil {
				return err
			}
			directory, err := os.MkdirTemp("", "passerelle-demo-*")
			if err != nil {
				return errors.Join(err, listener.Close())
			}
			defer os.RemoveAll(directory)
			clock := &pastClock{}
			return withHub(cmd.Context(), filepath.Join(directory, "demo.db"), hub.Options{Now: clock.Now}, func(h *hub.Hub) error {
				return runDemo(cmd, h, clock, listener, contrats, once)
			})
		},
	}
	cmd.Flags().StringVar(&address, "addr", "127.0.0.1:8080", "address to listen on; a free port where the default is taken")
	cmd.Flags().IntVar(&contrats, "contrats", 2000, "number of contracts to generate")
	cmd.Flags().BoolVar(&once, "once", false, "exit after printing what happened")
	return cmd
}

// listenDemo listens at address; where that is only the default and is taken, a
// free port will do.
func listenDemo(address string, chosen bool) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil && !chosen {
		listener, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}

// runDemo serves while the demonstration goes on, and after it unless once.
func runDemo(cmd *cobra.Command, h *hub.Hub, clock *pastClock, listener net.Listener, contrats int, once bool) error {
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	quiet := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	served := make(chan error, 1)
	go func() {
		served <- server.Serve(ctx, listener, server.Options{Hub: h, Log: quiet, MaxBody: 4 << 30})
	}()
	d := &demonstration{out: cmd.OutOrStdout(), hub: h, clock: clock, url: "http://" + listener.Addr().String()}
	if err := d.show(ctx, contrats); err != nil {
		stop()
		return errors.Join(err, <-served)
	}
	if once {
		stop()
		return <-served
	}
	fmt.Fprintln(d.out, "\nServing until you press Ctrl-C. Nothing is kept afterwards.")
	return <-served
}

// demonstration tells what happens as it happens.
type demonstration struct {
	out      io.Writer
	hub      *hub.Hub
	clock    *pastClock
	url      string
	token    string
	api      *client.Client
	exercice string // the current one

	email, password string // of the console
}

func (d *demonstration) say(format string, args ...any) { fmt.Fprintf(d.out, format+"\n", args...) }

func (d *demonstration) show(ctx context.Context, n int) error {
	d.clock.ago(7 * demoWeeks)
	organisme, err := d.hub.Organismes.CreateOrganisme(ctx, "CFA des Deux Rives", true)
	if err != nil {
		return err
	}
	// What the journal names is the software, not the number of a token.
	erp := domaine.Jeton{OrganismeID: organisme.ID, Droits: domaine.TousDroits, Logiciel: "ERP du centre"}
	if _, d.token, err = d.hub.Jetons.CreateJeton(ctx, erp); err != nil {
		return err
	}
	if d.api, err = client.New(d.url, d.token, client.Options{}); err != nil {
		return err
	}
	d.say("Passerelle demo: the (generated) training centre “%s” pushes its contracts.\n", organisme.Nom)
	contrats := demo.Generate(demo.Params{Contrats: n, Seed: 1, Organisme: organisme.Nom, Financement: true})
	if err := d.push(ctx, contrats); err != nil {
		return err
	}
	if err := d.mistakes(ctx, contrats); err != nil {
		return err
	}
	if err := d.integrate(ctx); err != nil {
		return err
	}
	if err := d.history(ctx, contrats, n); err != nil {
		return err
	}
	if err := d.account(ctx, organisme.ID); err != nil {
		return err
	}
	if err := d.exercices(ctx); err != nil {
		return err
	}
	if err := d.financement(ctx); err != nil {
		return err
	}
	d.where()
	return nil
}

// account makes the login with which a visitor looks at the console.
func (d *demonstration) account(ctx context.Context, organisme int64) error {
	d.email, d.password = "demo@deux-rives.example", password.Generate()
	_, err := d.hub.Comptes.CreateCompte(ctx, domaine.Compte{
		OrganismeID: organisme, Email: d.email, Prenom: "Claude", Nom: "Démo", Role: domaine.RoleAdministration,
	}, d.password)
	return err
}

func (d *demonstration) push(ctx context.Context, contrats iter.Seq[passerelle.Contrat]) error {
	started := time.Now()
	result, err := d.api.Push(ctx, contrats, client.PushOptions{})
	if err != nil {
		return err
	}
	d.say("1. The whole set is pushed:     %d contracts added in %s, kept as synchronisation %s.", result.Added, time.Since(started).Round(time.Millisecond), result.Synchronisation)
	started = time.Now()
	if result, err = d.api.Push(ctx, contrats, client.PushOptions{}); err != nil {
		return err
	}
	d.say("   The same set once more:      %d the same, nothing written, %s.", result.Same, time.Since(started).Round(time.Millisecond))
	return nil
}

// mistakes pushes the set again with contracts that are wrong on purpose.
func (d *demonstration) mistakes(ctx context.Context, contrats iter.Seq[passerelle.Contrat]) error {
	wrong := func(yield func(passerelle.Contrat) bool) {
		var first passerelle.Contrat
		for c := range contrats {
			if first.CodeContrat == "" {
				first = c
			}
			if !yield(c) {
				return
			}
		}
		for _, mistake := range demo.Mistakes(first) {
			if !yield(mistake.Contrat) {
				return
			}
		}
	}
	_, err := d.api.Push(ctx, wrong, client.PushOptions{})
	var refused *client.Error
	if !errors.As(err, &refused) {
		return fmt.Errorf("the wrong contracts were not refused: %w", err)
	}
	d.say("\n2. The set again with %d mistakes: HTTP %d, nothing recorded, and each mistake has its place:", refused.DetailsTotal, refused.Status)
	table := newTable(d.out)
	for _, v := range refused.Details {
		fmt.Fprintf(table, "   [%d]\t%s\t%s\t%s\n", v.Index, v.Field, v.Code, shortened(v.Message, 70))
	}
	return table.Flush()
}

func shortened(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return s
}

func (d *demonstration) integrate(ctx context.Context) error {
	for _, m := range demo.Modeles() {
		criteres := passerelle.Criteres{}
		for champ, values := range m.Criteres {
			criteres[champ] = values
		}
		if _, err := d.api.CreateModele(ctx, client.Modele{Nom: m.Nom, Criteres: criteres, Actif: true}); err != nil {
			return err
		}
	}
	sessions, err := d.api.Sessions(ctx)
	if err != nil {
		return err
	}
	placed := 0
	for _, s := range sessions {
		placed += s.Effectif
	}
	d.say("\n3. %d modèles are configured:   %d contracts are placed in %d sessions.", len(demo.Modeles()), placed, len(sessions))
	if len(sessions) > 0 {
		largest := slices.MaxFunc(sessions, func(a, b client.Session) int { return a.Effectif - b.Effectif })
		d.say("   The largest one:             %s (%s, %s), %d apprentices.", largest.Groupe.Nom, largest.Site.Nom, largest.Periode.Nom, largest.Effectif)
	}
	groups, err := d.api.NonIntegres(ctx)
	if err != nil {
		return err
	}
	byMotif := map[string]int{}
	for _, g := range groups {
		byMotif[g.Motif] += g.Contrats
	}
	for _, motif := range []string{"aucun-modele", "modeles-ambigus"} {
		if byMotif[motif] > 0 {
			d.say("   %-28s %d contracts wait, with a ready modèle for each group.", motif+":", byMotif[motif])
		}
	}
	return nil
}

// exercices creates the exercices that the generated contracts fall into, and
// closes the oldest.
func (d *demonstration) exercices(ctx context.Context) error {
	var years []client.ExerciceDates
	for year := 2025; year <= 2028; year++ {
		years = append(years, client.ExerciceDates{Debut: passerelle.NewDate(year, time.January, 1), Fin: passerelle.NewDate(year, time.December, 31)})
	}
	if _, err := d.api.CreateExercices(ctx, years...); err != nil {
		return err
	}
	list, err := d.api.Exercices(ctx)
	if err != nil {
		return err
	}
	oldest, err := strconv.ParseInt(list[len(list)-1].ProducerID, 10, 64)
	if err != nil {
		return err
	}
	if err := d.api.CloseExercice(ctx, oldest, client.CloseOptions{}); err != nil {
		return err
	}
	if list, err = d.api.Exercices(ctx); err != nil {
		return err
	}
	d.say("\n4. %d exercices are created and the oldest is closed; the names follow:", len(list))
	for _, e := range slices.Backward(list) {
		d.say("   %-4s %s to %s  %s", e.Name, e.Period.Start, e.Period.End, e.State)
		if e.Name == "N" {
			d.exercice = e.ProducerID
		}
	}
	return nil
}

// financement tells what the contracts bring at the end of the current exercice.
func (d *demonstration) financement(ctx context.Context) error {
	au := passerelle.NewDate(2026, time.December, 31)
	f, err := d.api.Financement(ctx, client.FinancementOptions{Au: au})
	if err != nil {
		return err
	}
	d.say("\n5. What %d contracts bring, at %s: %s EUR in all, of which", f.Total.Contrats, f.Au, f.Total.Montant)
	d.say("   earned %s, invoiced %s; deferred income %s, income to invoice %s.", f.Total.Produit, f.Total.Facture, f.Total.PCA, f.Total.FAE)
	d.say("   %d contracts lack what the computation needs, and say what.", len(f.Incomplets))
	return nil
}

// where tells how to go on.
func (d *demonstration) where() {
	d.say("\nWhere to look")
	d.say("   console             %s", d.url)
	d.say("   log in with         %s", d.email)
	d.say("   and the password    %s", d.password)
	d.say("   API documentation   %s/docs", d.url)
	d.say("   token               %s", d.token)
	d.say("\nTo paste")
	auth := fmt.Sprintf(`-H "Authorization: Bearer %s"`, d.token)
	for _, path := range []string{
		"/api/sync/v1/test",
		"/api/sync/v1/contrats?page=1&limit=2",
		"/api/sync/v1/anomalies?format=csv",
		"/api/sync/v1/synchronisations",
		"/api/admin/v1/non-integres",
		"/api/admin/v1/sessions",
		"/api/v1/mad/exercices?version=1.0.0",
		"/api/v1/mad/exercices?version=1.0.0&format=tra",
		"/api/v1/mad/ventilation?version=1.0.0&par=formation&exercice=" + d.exercice,
		"/api/v1/mad/financement?version=1.0.0&au=2026-12-31&par=formation&limit=2",
		"/api/v1/mad/financement/ecritures?version=1.0.0&format=tra&exercice=" + d.exercice,
	} {
		d.say("   curl -s %s '%s%s'", auth, d.url, path)
	}
}
