package tableur

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func archive(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, content)
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

// tampered rewrites one part of a workbook.
func tampered(t testing.TB, content []byte, part string, change func([]byte) []byte) []byte {
	t.Helper()
	return parts(t, content, map[string]func(string) (string, string){part: func(text string) (string, string) { return part, string(change([]byte(text))) }})
}

func smallBook(t testing.TB) []byte {
	t.Helper()
	return workbook(t, func(f *excelize.File, sheet string) {
		must(t, f.SetSheetRow(sheet, "A1", &[]string{"Nom", "Prénom"}), f.SetSheetRow(sheet, "A2", &[]string{"Durand", "Zoé"}),
			f.SetSheetRow(sheet, "A3", &[]string{"Martin", "Anaïs"}))
	})
}

func TestFilesThatCannotBeReadAreRefusedWithWhatTheyAreAndWhatToDo(t *testing.T) {
	t.Parallel()
	const sheet1 = "xl/worksheets/sheet1.xml"
	book := smallBook(t)
	var locked bytes.Buffer
	f := excelize.NewFile()
	must(t, f.Write(&locked, excelize.Options{Password: "secret"}), f.Close())
	oldXLS := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 2000)...)
	wide := workbook(t, func(f *excelize.File, sheet string) {
		must(t, f.SetSheetRow(sheet, "A1", &[]string{"Nom", "Prénom"}), f.SetCellValue(sheet, "XFD2", "x"))
	})
	bomb := archive(t, map[string]string{"xl/workbook.xml": "<workbook/>", sheet1: strings.Repeat(" ", 64<<20)})
	quote := "Nom;Prénom;Ville;Site;Code;Classe\nA;B;C;D;E;F\nG;\"H;I;J;K;L\nM;N;O;P;Q;R\nS;T;U;V;W;X\n"

	var report strings.Builder
	for _, tc := range []struct {
		name    string
		content []byte
		opt     Options
		code    FileCode
		row     int
	}{
		{"an empty file", nil, Options{}, FileEmpty, 0},
		{"an oversized file", book, Options{MaxBytes: 1000}, FileTooLarge, 0},
		{"a password-protected workbook", locked.Bytes(), Options{}, FilePassword, 0},
		{"an old .xls", oldXLS, Options{}, FileKind, 0},
		{"a workbook cut short", book[:len(book)-200], Options{}, FileCorrupt, 0},
		{"a workbook with a flipped byte", flip(book), Options{}, FileCorrupt, 1},
		{"a workbook whose styles are no XML", tampered(t, book, "xl/styles.xml", func([]byte) []byte { return []byte("<styleSheet") }), Options{}, FileCorrupt, 0},
		{"a sheet that stops half way", tampered(t, book, sheet1, func(b []byte) []byte { return b[:bytes.Index(b, []byte(`<row r="3"`))] }), Options{}, FileCorrupt, 3},
		{"a sheet with a character that XML forbids", tampered(t, book, sheet1, func(b []byte) []byte {
			return bytes.Replace(b, []byte(`<row r="3"`), []byte("<c>\x0b</c><row r=\"3\""), 1)
		}), Options{}, FileCorrupt, 3},
		{"a zip bomb", bomb, Options{}, FileBomb, 0},
		{"a workbook without a table", workbook(t, func(f *excelize.File, sheet string) { must(t, f.SetCellValue(sheet, "A1", "Bonjour")) }), Options{}, FileNoTable, 0},
		{"a sheet that is not there", book, Options{Sheet: "Contrats"}, FileSheet, 0},
		{"a workbook wider than reason", wide, Options{}, FileTooLarge, 2},
		{"an .ods", archive(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), Options{}, FileKind, 0},
		{"an .xlsb", archive(t, map[string]string{"[Content_Types].xml": "<x/>", "xl/workbook.bin": "x"}), Options{}, FileKind, 0},
		{"a .docx", archive(t, map[string]string{"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), Options{}, FileKind, 0},
		{"a zip of something else", archive(t, map[string]string{"contrats.csv": "a;b"}), Options{}, FileKind, 0},
		{"a PDF", []byte("%PDF-1.7\n1 0 obj"), Options{}, FileKind, 0},
		{"a web page named .xls", []byte("\n<html><table><tr><td>Nom</td></tr></table></html>"), Options{}, FileKind, 0},
		{"an XML workbook of 2003", []byte(`<?xml version="1.0"?><Workbook/>`), Options{}, FileKind, 0},
		{"a JSON file", []byte(`{"contrats":[{"codeContrat":"K1"}]}`), Options{}, FileKind, 0},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00"), Options{}, FileKind, 0},
		{"bytes of no kind", []byte("abc\x00\x00\x00;\x00\x01\x02def\n\x00gh"), Options{}, FileKind, 0},
		{"a CSV of one column", []byte("Nom\nDurand\nMartin\n"), Options{}, FileOneColumn, 0},
		{"a CSV without a header", []byte("1;2;3\n4;5;6\n"), Options{}, FileNoTable, 0},
		{"a CSV whose quote is never closed", []byte(quote), Options{}, FileCorrupt, 3},
		{"a CSV whose last quote is never closed", []byte("Nom;Prénom\nA;B\nC;\"D\nE;F\n"), Options{}, FileCorrupt, 3},
		{"a CSV with a row of a megabyte", []byte("Nom;Prénom\nA;\"" + strings.Repeat("b\n", 1<<20)), Options{}, FileCorrupt, 2},
	} {
		err := readAll(tc.content, tc.opt)
		var refused *FileError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if refused.Code != tc.code || refused.Row != tc.row {
			t.Errorf("%s: code %s, row %d; want %s, %d", tc.name, refused.Code, refused.Row, tc.code, tc.row)
		}
		fmt.Fprintf(&report, "%s\n  %s: %s\n", tc.name, refused.Code, refused.Message)
	}
	golden(t, "refus.txt", []byte(report.String()))
}

func flip(content []byte) []byte {
	in, _ := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	changed := bytes.Clone(content)
	for _, f := range in.File {
		if f.Name == "xl/worksheets/sheet1.xml" {
			at, _ := f.DataOffset()
			changed[at+int64(f.CompressedSize64)/2] ^= 0xff
		}
	}
	return changed
}

func readAll(content []byte, opt Options) error {
	table, err := Open("export", bytes.NewReader(content), int64(len(content)), opt)
	if err != nil {
		return err
	}
	defer func() { _ = table.Close() }()
	for _, err := range table.Rows() {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestNoTemporaryFileStays(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	must(t, readAll(smallBook(t), Options{}))
	if err := readAll(flip(smallBook(t)), Options{}); err == nil {
		t.Error("the damaged workbook is read")
	}
	left, err := os.ReadDir(dir)
	must(t, err)
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
