package web

import (
	"time"

	"github.com/passerelle-hub/passerelle/internal/refus"
)

// workbooks are what may be written at a time in a process: each holds its rows several
// times over, and compresses them.
var workbooks = make(chan struct{}, 2)

// workbookPatience is how long a workbook waits for its turn.
const workbookPatience = 15 * time.Second

// Workbook calls write, which makes a workbook and answers with it, once few others do
// the same.
func Workbook(write func() error) error { return inRoom(workbooks, workbookPatience, write) }

func inRoom(room chan struct{}, patience time.Duration, write func() error) error {
	select {
	case room <- struct{}{}:
	case <-time.After(patience):
		return refus.New(refus.CodeServerBusy, "Le serveur prépare d’autres classeurs : redemandez celui-ci dans quelques instants, ou prenez le format CSV.")
	}
	defer func() { <-room }()
	return write()
}
