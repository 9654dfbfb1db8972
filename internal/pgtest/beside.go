package pgtest

import (
	"os/exec"
	"path/filepath"
)

// Command returns a command that runs in dir as the user whom PostgreSQL accepts, as
// the servers of this package do. A program of PostgreSQL is found where Debian keeps
// it. It is for clusters that other programs look after.
func Command(dir, name string, args ...string) (*exec.Cmd, error) {
	path, err := binary(name)
	if err != nil {
		return nil, err
	}
	return (&Cluster{dir: dir}).command(path, args...)
}

// Own gives a file or directory to that user.
func Own(path string) error { return (&Cluster{}).own(path) }

// Programs returns the directory of PostgreSQL's programs.
func Programs() (string, error) {
	path, err := binary("initdb")
	if err != nil {
		return "", err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil { // the others need not be in PATH
		return "", err
	}
	return filepath.Dir(path), nil
}
