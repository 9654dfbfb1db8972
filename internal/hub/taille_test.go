package hub_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoFileIsLongerThanFourHundredLines reads what people write: a file is one thought.
// What a program wrote says so in its first line.
func TestNoFileIsLongerThanFourHundredLines(t *testing.T) {
	t.Parallel()
	written := map[string]bool{".go": true, ".css": true, ".html": true, ".sql": true, ".s": true, ".sh": true, ".py": true, ".php": true}
	read := 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || len(entry.Name()) > 2 && strings.HasPrefix(entry.Name(), ".")):
			return filepath.SkipDir
		case !entry.Type().IsRegular() || !written[filepath.Ext(path)]:
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		read++
		first, _, _ := bytes.Cut(text, []byte("\n"))
		if lines := bytes.Count(text, []byte("\n")); lines > 400 && !bytes.Contains(first, []byte("Code generated")) {
			t.Errorf("%s has %d lines: it is more than one thought", path, lines)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 1000 {
		t.Errorf("only %d files were read", read)
	}
}

// TestEveryRoomIsInTheArchitecture reads the folders: each package below internal, or the one that it
// stands in, and each public one has its line.
func TestEveryRoomIsInTheArchitecture(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rooms []string
	for line := range strings.Lines(string(text)) {
		if cell, _, ok := strings.Cut(strings.TrimPrefix(line, "| `"), " |"); ok && strings.HasPrefix(line, "| `") {
			rooms = append(rooms, "`"+cell)
		}
	}
	named := strings.Join(rooms, "\n")
	packages, err := filepath.Glob(filepath.Join(root, "internal", "*"))
	if err != nil || len(packages) < 20 {
		t.Fatalf("%d packages, %v", len(packages), err)
	}
	for _, public := range []string{"bench", "client", "compta", "fec", "mad", "tra"} {
		packages = append(packages, filepath.Join(root, public))
	}
	for _, path := range packages {
		if room := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator))); !strings.Contains(named, "`"+room+"`") && !strings.Contains(named, "`"+room+"/`") {
			t.Errorf("%s has no line in docs/architecture.md", room)
		}
	}
}
