package tableur

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle"
)

const (
	benchRows    = 100_000
	benchColumns = 32
)

func benchHeader() []string { return header()[:benchColumns] }

// benchContract makes the contract of a row, about 1 kB as in the reference
// figures.
func benchContract(i int) []string {
	record := make([]string, benchColumns)
	for j, champ := range passerelle.Champs[:benchColumns] {
		switch {
		case champ.Nom == "dateDebut":
			record[j] = "01/09/2026"
		case champ.Nom == "dateFin":
			record[j] = "31/08/2027"
		case champ.Kind == passerelle.KindEmail:
			record[j] = fmt.Sprintf("%s.%d@exemple-formation.fr", champ.Nom, i)
		case champ.Kind == passerelle.KindCode:
			record[j] = fmt.Sprintf("%s-%08d", champ.Nom[4:], i)
		default:
			record[j] = fmt.Sprintf("%s n° %d, bâtiment été", champ.Libelle, i%977)
		}
	}
	return record
}

func benchCSV(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "contrats.csv")
	f, err := os.Create(path)
	must(b, err)
	w := csv.NewWriter(bufio.NewWriterSize(f, 1<<20))
	w.Comma = ';'
	must(b, w.Write(benchHeader()))
	for i := range benchRows {
		must(b, w.Write(benchContract(i)))
	}
	w.Flush()
	must(b, w.Error(), f.Close())
	return path
}

// benchXLSX writes the texts in the sheet (as most software does) or, with
// shared, in the table of shared strings (as Excel does).
func benchXLSX(b *testing.B, shared bool) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "contrats.xlsx")
	f := excelize.NewFile()
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	must(b, err)
	row := func(i int) []any {
		var cells []any
		for j, v := range benchContract(i) {
			if passerelle.Champs[j].Kind == passerelle.KindDate {
				cells = append(cells, excelize.Cell{StyleID: day, Value: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)})
				continue
			}
			cells = append(cells, v)
		}
		return cells
	}
	top := benchHeader()
	if shared {
		must(b, f.SetSheetRow("Sheet1", "A1", &top))
		for i := range benchRows {
			for j, v := range row(i) {
				cell := fmt.Sprintf("%s%d", Letter(j), i+2)
				if dated, ok := v.(excelize.Cell); ok {
					must(b, f.SetCellValue("Sheet1", cell, dated.Value), f.SetCellStyle("Sheet1", cell, cell, day))
					continue
				}
				must(b, f.SetCellValue("Sheet1", cell, v))
			}
		}
	} else {
		w, err := f.NewStreamWriter("Sheet1")
		must(b, err)
		names := make([]any, len(top))
		for i := range top {
			names[i] = top[i]
		}
		must(b, w.SetRow("A1", names))
		for i := range benchRows {
			must(b, w.SetRow(fmt.Sprintf("A%d", i+2), row(i)))
		}
		must(b, w.Flush())
	}
	must(b, f.SaveAs(path), f.Close())
	runtime.GC()
	return path
}

// peak runs do and returns by how much the heap grew at most, in MB.
func peak(do func()) float64 {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			runtime.ReadMemStats(&now)
			most.Store(max(most.Load(), now.HeapInuse))
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	do()
	close(stop)
	<-stopped
	return (float64(most.Load()) - float64(before.HeapInuse)) / 1e6
}

// boundBench opens a file and binds the mapping to its columns.
func boundBench(b *testing.B, path string) (table *Table, binding *Binding, done func()) {
	b.Helper()
	f, err := os.Open(path)
	must(b, err)
	info, err := f.Stat()
	must(b, err)
	table, err = Open(path, f, info.Size(), Options{})
	must(b, err)
	binding, err = byName.Bind(table.Columns)
	must(b, err)
	return table, binding, func() { must(b, table.Close(), f.Close()) }
}

// readBench opens a file, applies the mapping to every row, and counts them.
func readBench(b *testing.B, path string, apply bool) int {
	b.Helper()
	table, binding, done := boundBench(b, path)
	n := 0
	for row, err := range table.Rows() {
		must(b, err)
		if apply {
			if c, faults := binding.Apply(row); len(faults) > 0 || c.CodeContrat == "" {
				b.Fatal(faults)
			}
		}
		n++
	}
	done()
	return n
}

func bare(b *testing.B, path string) {
	b.Helper()
	f, err := os.Open(path)
	must(b, err)
	r := csv.NewReader(bufio.NewReaderSize(f, 64<<10))
	r.Comma = ';'
	for {
		if _, err := r.Read(); err == io.EOF {
			break
		} else if err != nil {
			b.Fatal(err)
		}
	}
	must(b, f.Close())
}

// BenchmarkCSV reads 100,000 rows beside a bare encoding/csv read of the same
// file: the metric x-bare is the ratio, which should stay under 2.
func BenchmarkCSV(b *testing.B) {
	path := benchCSV(b)
	for _, apply := range []bool{false, true} {
		b.Run(fmt.Sprintf("apply=%v", apply), func(b *testing.B) {
			var bareTime, ours time.Duration
			for b.Loop() {
				start := time.Now()
				bare(b, path)
				bareTime += time.Since(start)
				start = time.Now()
				if n := readBench(b, path, apply); n != benchRows {
					b.Fatalf("%d rows", n)
				}
				ours += time.Since(start)
			}
			b.ReportMetric(float64(ours)/float64(bareTime), "x-bare")
			b.ReportMetric(float64(benchRows*b.N)/ours.Seconds(), "rows/s")
			b.ReportMetric(peak(func() { readBench(b, path, apply) }), "peak-MB")
		})
	}
}

// bareXLSX streams the raw values of a workbook and does nothing with them.
func bareXLSX(b *testing.B, path string) {
	b.Helper()
	f, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true, TmpDir: b.TempDir()})
	must(b, err)
	rows, err := f.Rows("Sheet1")
	must(b, err)
	for rows.Next() {
		_, err := rows.Columns()
		must(b, err)
	}
	must(b, rows.Close(), f.Close())
}

// BenchmarkXLSX reads 100,000 rows of 32 columns, beside a bare streamed read
// by excelize of the same file. times-bare says how many times faster the rows of the
// table are, times-bare-mapped with a contract made of each, times-bare-lines with the
// study that comes before (two readings): the first is to be 10 at least. The peak is
// to be 16 MB, and with shared texts 16 MB and the distinct texts.
func BenchmarkXLSX(b *testing.B) {
	for name, shared := range map[string]bool{"texts in the sheet": false, "shared texts": true} {
		b.Run(name, func(b *testing.B) {
			path := benchXLSX(b, shared)
			info, err := os.Stat(path)
			must(b, err)
			var bareTime time.Duration
			var ours [3]time.Duration
			timed := func(into *time.Duration, do func()) {
				runtime.GC()
				start := time.Now()
				do()
				*into += time.Since(start)
			}
			for b.Loop() {
				timed(&bareTime, func() { bareXLSX(b, path) })
				for i, read := range []func() int{func() int { return readBench(b, path, false) }, func() int { return readBench(b, path, true) }, func() int { return linesBench(b, path) }} {
					timed(&ours[i], func() {
						if n := read(); n != benchRows {
							b.Fatalf("%d rows", n)
						}
					})
				}
			}
			for i, metric := range []string{"times-bare", "times-bare-mapped", "times-bare-lines"} {
				b.ReportMetric(float64(bareTime)/float64(ours[i]), metric)
			}
			b.ReportMetric(float64(benchRows*b.N)/ours[0].Seconds(), "rows/s")
			b.ReportMetric(float64(info.Size())/1e6, "file-MB")
			b.ReportMetric(peak(func() { readBench(b, path, false) }), "peak-MB")
		})
	}
}

// linesBench reads the contracts of a file as a push does, and counts them.
func linesBench(b *testing.B, path string) int {
	b.Helper()
	table, binding, done := boundBench(b, path)
	n := 0
	for _, err := range binding.Lignes(table) {
		must(b, err)
		n++
	}
	done()
	return n
}

// BenchmarkReport writes the error sheet of 100,000 rows as CSV.
func BenchmarkReport(b *testing.B) {
	content, err := os.ReadFile(benchCSV(b))
	must(b, err)
	table, err := Open("contrats.csv", bytes.NewReader(content), int64(len(content)), Options{})
	must(b, err)
	for b.Loop() {
		must(b, WriteReport(io.Discard, table, map[int][]string{12: {"B12 : non"}}, CSV))
	}
	b.ReportMetric(float64(benchRows*b.N)/b.Elapsed().Seconds(), "rows/s")
}
