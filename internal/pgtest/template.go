package pgtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// EnvShared names the variable that holds a directory in which the test processes of one run
// leave each other what all of them need and only one has to make.
const EnvShared = "PASSERELLE_TEST_SHARED"

// Once returns the contents of what is called name, which the first process of the run
// that asks makes. Without a directory that is shared, each process makes its own.
func Once(name string, make func() ([]byte, error)) ([]byte, error) {
	dir := os.Getenv(EnvShared)
	if dir == "" {
		return make()
	}
	lock, err := os.OpenFile(filepath.Join(dir, name+".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer lock.Close() // and with it the lock
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return nil, fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	path := filepath.Join(dir, name)
	content, err := os.ReadFile(path)
	if !errors.Is(err, os.ErrNotExist) {
		return content, err
	}
	if content, err = make(); err == nil {
		err = os.WriteFile(path+".new", content, 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	return content, err
}

// templates are the databases that [Copied] copies, by name.
var templates struct {
	sync.Mutex
	server string
	dsn    map[string]string
	own    []string // those that end with this process
}

// Copied returns the URL of a new database that holds what fill put into an empty
// one, which is called name. It is filled once in a run of tests, whoever asks first, and copied
// from then on: fill must always do the same. The copy is dropped when the test ends.
func Copied(t testing.TB, name string, fill func(dsn string) error) string {
	t.Helper()
	server := serverOf(t)
	dsn, err := templateOf(server, name, fill)
	if err != nil {
		t.Fatalf("fill the database that is copied: %v", err)
	}
	return newDatabase(t, server, " TEMPLATE "+nameOf(dsn))
}

func templateOf(server, name string, fill func(dsn string) error) (string, error) {
	templates.Lock()
	defer templates.Unlock()
	if dsn, ok := templates.dsn[name]; ok {
		return dsn, nil
	}
	create := func() ([]byte, error) {
		dsn, err := createDatabase(server, "")
		if err == nil {
			err = fill(dsn)
		}
		return []byte(dsn), err
	}
	var dsn []byte
	var err error
	if os.Getenv(EnvURL) == "" { // the server is this process's own
		dsn, err = create()
	} else {
		dsn, err = Once("postgres-"+name, create)
	}
	if err != nil {
		return "", err
	}
	if templates.dsn == nil {
		templates.dsn = map[string]string{}
	}
	templates.server, templates.dsn[name] = server, string(dsn)
	if os.Getenv(EnvURL) == "" || os.Getenv(EnvShared) == "" {
		templates.own = append(templates.own, string(dsn))
	}
	return string(dsn), nil
}

// dropTemplates removes what Copied copies, but for what other processes copy too.
func dropTemplates() {
	for _, dsn := range templates.own {
		if err := dropDatabase(templates.server, dsn); err != nil {
			fmt.Fprintln(os.Stderr, "drop the database that was copied:", err)
		}
	}
}
