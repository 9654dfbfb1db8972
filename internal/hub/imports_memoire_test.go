package hub_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle/internal/hub"
	"github.com/passerelle-hub/passerelle/internal/refus"
	"github.com/passerelle-hub/passerelle/internal/store/storetest"
)

func TestAWorkbookIsOpenedWithinTheMemoryForImports(t *testing.T) {
	storetest.Each(t, openWithinMemory)
}

func openWithinMemory(t *testing.T, d storetest.Database) {
	f := excelize.NewFile()
	for i := range 400 {
		for j := range 8 {
			cell, err := excelize.CoordinatesToCellName(j+1, i+2)
			if err == nil {
				err = f.SetCellStr("Sheet1", cell, fmt.Sprintf("%0500d-%d", i, j)) // a shared text each
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.SetSheetRow("Sheet1", "A1", &[]any{"N° contrat", "Site", "Formation", "Groupe"}); err != nil {
		t.Fatal(err)
	}
	var book bytes.Buffer
	if err := errors.Join(f.Write(&book), f.Close()); err != nil {
		t.Fatal(err)
	}
	for memory, fits := range map[int64]bool{2 << 20: false, 64 << 20: true} {
		h, who := hubOn(t, d.New(t), hub.Options{Memory: memory, Patience: time.Second}, true)
		kept, err := h.Imports.CreateImport(t.Context(), who, "contrats.xlsx", "", bytes.NewReader(book.Bytes()))
		var refusal *hub.Refusal
		switch {
		case fits && err != nil, !fits && (!errors.As(err, &refusal) || refusal.Code != refus.CodeBodyTooLarge):
			t.Errorf("with %d bytes: %v", memory, err)
		case fits:
			if taken, _, _ := h.Memory(); taken == 0 {
				t.Error("an open workbook takes no memory")
			}
			if err := kept.Close(); err != nil {
				t.Error(err)
			}
		}
		if taken, highest, total := h.Memory(); taken != 0 || highest > total {
			t.Errorf("%d bytes are still taken, %d were at most, of %d", taken, highest, total)
		}
		h.Close()
	}
}
