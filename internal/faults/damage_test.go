package faults_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/passerelle-hub/passerelle/internal/apitest"
	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store/open"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

const pageSize = 8192

// With go test ./internal/faults -run DamagedPage -v -args -flips 40 the search is longer.
var flips = flag.Int("flips", 1, "bits to flip in each page, beside the other harms")

// harms are what disks, controllers and copies do to a page.
var harms = []struct {
	name string
	do   func(file []byte, page int, chance *rand.Rand)
}{
	{"a bit flips", func(file []byte, page int, chance *rand.Rand) {
		file[page*pageSize+chance.IntN(pageSize)] ^= 1 << chance.IntN(8)
	}},
	{"a page is zeros", func(file []byte, page int, _ *rand.Rand) { clear(file[page*pageSize : (page+1)*pageSize]) }},
	{"a page holds what belongs to another", func(file []byte, page int, chance *rand.Rand) {
		other := chance.IntN(len(file) / pageSize)
		copy(file[page*pageSize:(page+1)*pageSize], bytes.Clone(file[other*pageSize:(other+1)*pageSize]))
	}},
	{"half a page is written", func(file []byte, page int, chance *rand.Rand) {
		for i := page*pageSize + pageSize/2; i < (page+1)*pageSize; i++ {
			file[i] = byte(chance.Uint32())
		}
	}},
}

// contents is what is read of a database in an organisme's name.
func contents(ctx context.Context, location string, organisme int64) (sum [sha256.Size]byte, err error) {
	db, err := open.Database(ctx, location)
	if err != nil {
		return sum, err
	}
	defer db.Close()
	h := hub.New(db, hub.Options{})
	hash := sha256.New()
	err = h.Contrats.EachContrat(ctx, organisme, hub.Filtre{}, hub.Page{}, func(n int) error {
		fmt.Fprintln(hash, n)
		return nil
	}, func(doc []byte) error {
		fmt.Fprintf(hash, "%s\n", doc)
		return nil
	})
	return [sha256.Size]byte(hash.Sum(nil)), err
}

// Every page of a file is damaged in every way: what is read of the contracts is
// then what it was, or an error, and never something else.
func TestADamagedPageIsNeverServedAsContracts(t *testing.T) {
	t.Parallel()
	location := storetest.At(t, filepath.Join(t.TempDir(), "hub.db"))
	s := apitest.New(t, "sqlite", apitest.At(location))
	o := s.Production(t, "CFA Horizon")
	o.Post(t, pushPath, body(t, contrats(60, 0))).Want(t, 200)
	o.Post(t, pushPath, body(t, contrats(55, 1))).Want(t, 200)
	whole := filepath.Join(t.TempDir(), "whole.db")
	if err := s.Hub.Backup(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	want, err := contents(t.Context(), whole, o.ID)
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(1, 2))
	dir := t.TempDir()
	started := time.Now()
	tried, same, refused := 0, 0, 0
	for page := range len(file) / pageSize {
		for i := range len(harms) + *flips {
			harm := harms[max(0, i-*flips)] // the first one more often
			damaged := bytes.Clone(file)
			harm.do(damaged, page, chance)
			if bytes.Equal(damaged, file) {
				continue
			}
			path := filepath.Join(dir, "damaged.db")
			for _, rest := range []string{"", "-wal", "-shm"} {
				_ = os.Remove(path + rest)
			}
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			tried++
			got, err := contents(t.Context(), path, o.ID)
			switch {
			case err != nil:
				refused++
			case got == want:
				same++
			default:
				t.Errorf("page %d, %s: something else is read", page+1, harm.name)
			}
		}
	}
	t.Logf("%d pages, %d kinds of damage, %d files in %v: %d refused with an error, %d read as they were written, 0 read as something else",
		len(file)/pageSize, len(harms), tried, time.Since(started).Round(time.Millisecond), refused, same)
}

// A contract whose text has changed on the disk, in a page that SQLite finds nothing
// wrong with.
func TestDamageIsSaidToTheClientAndToTheOperator(t *testing.T) {
	t.Parallel()
	location := filepath.Join(t.TempDir(), "hub.db")
	first := apitest.New(t, "sqlite")
	o := first.Production(t, "CFA Horizon")
	o.Post(t, pushPath, body(t, contrats(50, 0))).Want(t, 200)
	if err := first.Hub.Backup(t.Context(), location); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(location)
	if err != nil {
		t.Fatal(err)
	}
	// As it is kept: a name, the length of the first name, which comes next. Pages also
	// hold what they held before: it is found everywhere.
	one := contrats(50, 0)[2]
	name := []byte(one.NomApprenant + string(rune(0x20+len(one.PrenomApprenant))) + one.PrenomApprenant)
	changed := 0
	for at := 0; ; at++ {
		next := bytes.Index(file[at:], name)
		if next < 0 {
			break
		}
		at += next
		file[at] ^= 2
		changed++
	}
	if changed == 0 {
		t.Fatalf("%q is not in the file", name)
	}
	if err := os.WriteFile(location, file, 0o600); err != nil {
		t.Fatal(err)
	}

	s := apitest.New(t, "sqlite", apitest.At(location), apitest.Faulty())
	client := s.Client(o.Token)
	client.Get(t, "/readyz").Want(t, 200) // nobody has read it yet
	if list, err := contents(t.Context(), location, o.ID); !refus.Is(hub.RefusalOf(err), refus.CodeDamagedData) {
		t.Errorf("%x, %v", list, err)
	}
	client.Post(t, "/api/sync/v1/contrats-diff?detail=champs", body(t, contrats(50, 1))).WantRefusal(t, 500, "damaged data", "abîmées", "prévenez l’exploitant")
	wantLogged(t, s, "the database is damaged: stop the server and restore a backup")
	if answer := client.Get(t, "/readyz").Want(t, 503); !bytes.Contains(answer.Body, []byte("damaged")) {
		t.Errorf("readyz says %s", answer.Body)
	}
	if _, err := s.Hub.Journal.Verify(t.Context(), 0, 0); !refus.Is(hub.RefusalOf(err), refus.CodeDamagedData) {
		t.Errorf("verify: %v", err)
	}
	t.Log("one bit of one name: 500 \"damaged data\" to the client, a sentence in the log, /readyz 503 from then on, verify fails")
}
