package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/passerelle-hub/passerelle/internal/tableur"
)

// The folders inside the one that is watched.
const (
	workFolder    = ".passerelle" // what is being pushed; a restart goes on from there
	doneFolder    = "done"
	refusedFolder = "refused"
)

func newWatch() *cobra.Command {
	var flags hubFlags
	var interval time.Duration
	cmd := &cobra.Command{Use: "watch DIR", Short: "Push each file of contracts that lands in a folder",
		Long: "Pushes each JSON, CSV or XLSX file that lands in DIR as the whole set of active contracts, oldest first, and\n" +
			"moves it to DIR/done, or to DIR/refused where something is wrong with it, with a report beside it: the same\n" +
			"sheet with a column that says what is wrong, or a JSON file. With --partiel what is valid is sent, and the rows\n" +
			"that were refused stand in a file of their own beside the report. With --delta nobody is archived. A file is taken once its size has stayed the\n" +
			"same for two looks. When the hub cannot be reached the file waits and is tried again.",
		Example: "  PASSERELLE_TOKEN=… passerelle watch /srv/exports --url https://hub.example --delta",
		RunE: func(cmd *cobra.Command, args []string) error {
			if interval < 10*time.Millisecond {
				return usageError{errors.New("--interval: give a time such as 5s")}
			}
			e, mapping, err := flags.open(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			e.progress = &progress{}
			w := &watcher{envoi: e, dir: args[0], sheet: flags.sheet, mapping: mapping, seen: map[string]look{},
				log: newLog(cmd.ErrOrStderr())}
			return w.run(cmd.Context(), interval)
		},
	}
	flags.add(cmd)
	cmd.Flags().DurationVar(&interval, "interval", 5*time.Second, "time between two looks at the folder")
	return cmd
}

// watcher pushes the files that land in a folder. It keeps nothing in memory
// that a restart would miss.
type watcher struct {
	envoi   *envoi
	dir     string
	sheet   string
	mapping *tableur.Mapping
	seen    map[string]look // files of the last look
	log     *slog.Logger
}

// look is what a file looked like.
type look struct {
	size    int64
	changed time.Time
}

func lookOf(info fs.FileInfo) look { return look{info.Size(), info.ModTime()} }

func (w *watcher) run(ctx context.Context, interval time.Duration) error {
	for _, folder := range []string{workFolder, doneFolder, refusedFolder} {
		if err := os.Mkdir(filepath.Join(w.dir, folder), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("prepare the folder: %w", err)
		}
	}
	w.log.Info("watching", "folder", w.dir)
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := w.round(ctx); err != nil && ctx.Err() == nil {
			w.log.Error("not pushed, will be tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// round pushes what waits from earlier, then what has landed since.
func (w *watcher) round(ctx context.Context) error {
	work := filepath.Join(w.dir, workFolder)
	waiting, err := regularFiles(work)
	if err != nil {
		return err
	}
	for _, info := range waiting {
		if err := w.push(ctx, info.Name()); err != nil {
			return err
		}
	}
	landed, err := regularFiles(w.dir)
	if err != nil {
		return err
	}
	now := map[string]look{}
	defer func() { w.seen = now }()
	for _, info := range landed {
		name := info.Name()
		if unfinished(name) {
			continue
		}
		now[name] = lookOf(info)
		if w.seen[name] != now[name] {
			continue // new, or still being written
		}
		// Moved first: a file of the same name that lands meanwhile is another one.
		if err := os.Rename(filepath.Join(w.dir, name), filepath.Join(work, name)); err != nil {
			return err
		}
		delete(now, name)
		if err := w.push(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// regularFiles returns the files of a folder, oldest first.
func regularFiles(dir string) ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var found []fs.FileInfo
	for _, entry := range entries {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // it left since
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			found = append(found, info)
		}
	}
	slices.SortStableFunc(found, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	return found, nil
}

// unfinished reports whether a name is one that software gives to a file while
// it writes it, or that people do not see.
func unfinished(name string) bool {
	lower := strings.ToLower(name)
	for _, prefix := range []string{".", "~"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	for _, suffix := range []string{"~", ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".lock"} {
		if strings.HasSuffix(lower, suffix) {
			return true
		}
	}
	return false
}

// push pushes a file of the work folder and moves it on. An error leaves it
// there for the next round.
func (w *watcher) push(ctx context.Context, name string) error {
	path := filepath.Join(w.dir, workFolder, name)
	for {
		before, err := os.Stat(path)
		if err != nil {
			return err
		}
		f, v, err := w.send(ctx, path)
		if err == nil {
			var after fs.FileInfo
			if after, err = os.Stat(path); err == nil && lookOf(after) != lookOf(before) {
				// Its writer had not finished after all: what was pushed is not the file.
				if f != nil {
					err = f.close()
				}
				if err != nil {
					return err
				}
				continue
			}
		}
		if err == nil {
			err = w.file(path, f, v)
		}
		if f != nil {
			err = errors.Join(err, f.close())
		}
		return err
	}
}

func (w *watcher) send(ctx context.Context, path string) (*fichier, *verdict, error) {
	f, err := openFichier(path, w.sheet, w.mapping)
	if err != nil {
		v := &verdict{File: filepath.Base(path)}
		return f, v, v.judge(nil, err)
	}
	v, err := w.envoi.try(ctx, f)
	if err == nil && v.Outcome == "" {
		err = w.envoi.send(ctx, f, v)
	}
	return f, v, err
}

// file moves a pushed or refused file where it belongs, with its report.
func (w *watcher) file(path string, f *fichier, v *verdict) error {
	folder, level := filepath.Join(w.dir, doneFolder), slog.LevelInfo
	if v.Outcome != outcomePushed {
		folder, level = filepath.Join(w.dir, refusedFolder), slog.LevelWarn
	}
	reports := reportsOf(f, v)
	dest, err := freeName(folder, filepath.Base(path), reports)
	if err != nil {
		return err
	}
	// The report comes first: should this be cut short, the file is pushed once
	// more, which is harmless, and gets another report.
	for _, report := range reports {
		if err := createFile(dest+report.ending, report.write); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	if err := os.Rename(path, dest); err != nil {
		return err
	}
	attributes := []any{"file", v.File, "outcome", v.Outcome, "report", dest + reports[0].ending}
	if r := v.Result; r != nil {
		attributes = append(attributes, "synchronisation", r.Synchronisation, "added", r.Added, "updated", r.Updated, "archived", r.Removed, "same", r.Same)
	}
	if v.Refused > 0 {
		attributes = append(attributes, "refused", v.Refused)
	}
	if v.ErrorsTotal > 0 {
		attributes = append(attributes, "errors", v.ErrorsTotal)
	}
	w.log.Log(context.Background(), level, "file", attributes...)
	return nil
}

// report is a file that is written beside one that was pushed.
type report struct {
	ending string // of its name
	write  func(io.Writer) error
}

// reportsOf returns the reports of a file: the sheet with its errors where there are
// any at cells, else JSON; and where a part of it was sent, the rows that were not.
func reportsOf(f *fichier, v *verdict) []report {
	if f != nil && f.table != nil && len(v.Errors) > 0 {
		format := tableur.CSV
		if f.table.Sheet != "" {
			format = tableur.XLSX
		}
		list := []report{{".rapport." + string(format), func(out io.Writer) error { return f.writeReport(out, v.Errors, format) }}}
		if v.Outcome == outcomePushed {
			list = append(list, report{".refuses." + string(format), func(out io.Writer) error { return f.writeRefused(out, v.Errors, format) }})
		}
		return list
	}
	return []report{{".rapport.json", func(out io.Writer) error {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(v)
	}}}
}

// freeName returns a path in folder where neither a file nor its reports stand.
func freeName(folder, name string, reports []report) (string, error) {
	extension := filepath.Ext(name)
	for n := 1; n < 1_000_000; n++ {
		dest := filepath.Join(folder, name)
		if n > 1 {
			dest = filepath.Join(folder, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, extension), n, extension))
		}
		if free(dest) && !slices.ContainsFunc(reports, func(r report) bool { return !free(dest + r.ending) }) {
			return dest, nil
		}
	}
	return "", fmt.Errorf("%s is full of files of that name", folder)
}

func free(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}
