package compta

import (
	"fmt"
	"net/http"

	"github.com/xuri/excelize/v2"

	"github.com/passerelle-hub/passerelle/internal/api/web"
	"github.com/passerelle-hub/passerelle/internal/comptable"
	"github.com/passerelle-hub/passerelle/internal/comptable/ventilation"
	"github.com/passerelle-hub/passerelle/internal/hub"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// writeVentilationXLSX answers with a workbook: a table for each exercice, whose
// totals are formulas, and the contracts that no table holds.
func writeVentilationXLSX(w http.ResponseWriter, v hub.Ventilation, mad []comptable.MAD, par []ventilation.Dimension) error {
	return web.Workbook(func() error { return ventilationWorkbook(w, v, mad, par) })
}

func ventilationWorkbook(w http.ResponseWriter, v hub.Ventilation, mad []comptable.MAD, par []ventilation.Dimension) error {
	book := &workbook{File: excelize.NewFile(), par: par, titles: titles(v, par)[3:]}
	defer book.Close()
	err := book.styles()
	for i := range mad {
		if err == nil {
			err = book.table(mad[i], v.Exercice(i))
		}
	}
	if err == nil {
		err = book.apart(v)
	}
	return book.send(w, "ventilation.xlsx", err)
}

// send answers with the workbook, unless making it failed.
func (b *workbook) send(w http.ResponseWriter, name string, err error) error {
	if err == nil {
		err = b.DeleteSheet("Sheet1")
	}
	if err != nil {
		return fmt.Errorf("write a workbook: %w", err)
	}
	attach(w, xlsxType, name)
	if err := b.Write(w); err != nil {
		return &web.SendError{Err: err}
	}
	return nil
}

type workbook struct {
	*excelize.File
	par                  []ventilation.Dimension
	titles               []string
	head, whole, decimal int // styles
}

func (b *workbook) styles() (err error) {
	if b.head, err = b.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF4"}}}); err != nil {
		return err
	}
	if b.whole, err = b.NewStyle(&excelize.Style{NumFmt: 3}); err != nil { // #,##0
		return err
	}
	b.decimal, err = b.NewStyle(&excelize.Style{NumFmt: 4}) // #,##0.00
	return err
}

// sheet begins a sheet with a row of titles.
func (b *workbook) sheet(name string, titles []any, widths ...float64) (*excelize.StreamWriter, error) {
	if _, err := b.NewSheet(name); err != nil {
		return nil, err
	}
	s, err := b.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, width := range widths {
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	for i, title := range titles {
		titles[i] = excelize.Cell{StyleID: b.head, Value: title}
	}
	return s, s.SetRow("A1", titles)
}

// table writes the sheet of one exercice. The share and the months of the total
// are computed from its days, as in the other forms; the number of distinct
// apprenants cannot be a sum.
func (b *workbook) table(m comptable.MAD, v ventilation.Ventilation) error {
	var head []any
	var widths []float64
	for _, title := range b.titles {
		head = append(head, title)
		widths = append(widths, 14)
	}
	for i := range b.par {
		widths[2*i+1] = 32
	}
	s, err := b.sheet(m.Name+" "+m.Period.Start, head, widths...)
	if err != nil {
		return err
	}
	for i, l := range v.Lignes {
		var row []any
		for _, cle := range l.Cles {
			row = append(row, cle.Code, cle.Nom)
		}
		row = append(row, b.integer(l.Contrats), b.integer(l.Apprenants), b.integer(int(l.Jours)), b.hundredths(int64(l.Mois)), b.hundredths(int64(l.Part)))
		if m := l.Montants; m != nil {
			row = append(row, b.hundredths(int64(m.Produit)), b.hundredths(int64(m.Avance)), b.hundredths(int64(m.ARecevoir)))
		}
		if err := s.SetRow(fmt.Sprintf("A%d", i+2), row); err != nil {
			return err
		}
	}
	last := len(v.Lignes) + 1
	column := func(i int) string {
		name, _ := excelize.ColumnNumberToName(2*len(b.par) + 1 + i) // a small number
		return name
	}
	sum := func(i, style int) excelize.Cell {
		if last == 1 {
			return excelize.Cell{StyleID: style, Value: 0}
		}
		return excelize.Cell{StyleID: style, Formula: fmt.Sprintf("SUM(%s2:%s%d)", column(i), column(i), last)}
	}
	total := make([]any, 2*len(b.par))
	total[0] = excelize.Cell{StyleID: b.head, Value: "Total"}
	total = append(total, sum(0, b.whole), b.integer(v.Total.Apprenants), sum(2, b.whole),
		excelize.Cell{StyleID: b.decimal, Formula: fmt.Sprintf("ROUND(%s%d/(365.25/12),2)", column(2), last+1)}, sum(4, b.decimal))
	if v.Total.Montants != nil {
		total = append(total, sum(5, b.decimal), sum(6, b.decimal), sum(7, b.decimal))
	}
	if err := s.SetRow(fmt.Sprintf("A%d", last+1), total); err != nil {
		return err
	}
	return s.Flush()
}

func (b *workbook) integer(n int) excelize.Cell { return excelize.Cell{StyleID: b.whole, Value: n} }

func (b *workbook) hundredths(n int64) excelize.Cell {
	return excelize.Cell{StyleID: b.decimal, Value: float64(n) / 100}
}

// apart writes the sheet of the contracts that are in no table.
func (b *workbook) apart(v hub.Ventilation) error {
	s, err := b.sheet("À part", []any{"Contrat", "Raison"}, 24, 28)
	if err != nil {
		return err
	}
	row := 2
	for _, list := range []ventilation.Apart{v.SansDates(), v.HorsTout(), v.SansTarif()} {
		for i, code := range list.Codes {
			if err := s.SetRow(fmt.Sprintf("A%d", row), []any{code, string(list.Raisons[i])}); err != nil {
				return err
			}
			row++
		}
	}
	return s.Flush()
}
