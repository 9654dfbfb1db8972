package xlsx

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strings"
)

// Open finds the sheets of a workbook: its part by the relations of the package,
// theirs by its own, whatever they are called and wherever they lie. An archive
// without a workbook is refused with ErrNoWorkbook. ask is called before the workbook
// holds more memory, here and while it is read: its error ends the reading, and is
// returned as it is. It may be nil.
func Open(r io.ReaderAt, size int64, ask func(bytes int64) error) (*Book, error) {
	if err := CheckDirectory(r, size); err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, damage("the archive cannot be read: %v", err)
	}
	pkg := pack{parts: map[string]*zip.File{}, ask: ask}
	for _, f := range archive.File {
		name := partName(f.Name)
		if pkg.parts[name] == nil {
			pkg.parts[name] = f
		}
	}
	part, err := pkg.workbook()
	if err != nil {
		return nil, err
	}
	return pkg.open(part)
}

// pack is a package of parts: the entries of the archive by their names, in small
// letters.
type pack struct {
	parts map[string]*zip.File
	ask   func(bytes int64) error
}

// perParsed is what a byte of a part that is parsed whole takes, at most.
const perParsed = 4

// parsing asks for the memory to parse a part whole.
func (p *pack) parsing(part *zip.File) error {
	if p.ask == nil {
		return nil
	}
	return p.ask(perParsed * int64(min(part.UncompressedSize64, maxSmall)))
}

func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, "\\", "/")), "/"))
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// is reports whether a relation is of a kind; Strict workbooks name kinds otherwise.
func (r *relation) is(kind string) bool {
	return strings.HasSuffix(r.Type, "/"+kind) && !strings.EqualFold(r.Mode, "External")
}

// relations reads the relations of a part, "" for those of the package; nil where
// it has none.
func (p *pack) relations(of string) ([]relation, error) {
	dir, base := path.Split(of)
	part := p.parts[dir+"_rels/"+base+".rels"]
	if part == nil {
		return nil, nil
	}
	var doc struct {
		Relations []relation `xml:"Relationship"`
	}
	if err := p.decode(part, &doc); err != nil {
		return nil, err
	}
	return doc.Relations, nil
}

func (p *pack) decode(part *zip.File, into any) error {
	if err := p.parsing(part); err != nil {
		return err
	}
	in, err := part.Open()
	if err != nil {
		return damage("the part %s cannot be opened: %v", part.Name, err)
	}
	if err := errors.Join(decodeXML(in, into), in.Close()); err != nil {
		return damage("the part %s cannot be read: %v", part.Name, err)
	}
	return nil
}

// target resolves the target of a relation of a part.
func target(of string, r *relation) string {
	name := strings.ReplaceAll(r.Target, "\\", "/")
	if !strings.HasPrefix(name, "/") {
		dir, _ := path.Split(of)
		name = dir + name
	}
	return partName(name)
}

// workbook returns the name of the workbook part.
func (p *pack) workbook() (string, error) {
	relations, err := p.relations("")
	if err != nil {
		return "", err
	}
	for i := range relations {
		if relations[i].is("officeDocument") {
			name := target("", &relations[i])
			if p.parts[name] != nil && strings.HasSuffix(name, ".xml") && !strings.HasPrefix(name, "word/") && !strings.HasPrefix(name, "ppt/") {
				return name, nil
			}
		}
	}
	if p.parts["xl/workbook.xml"] != nil {
		return "xl/workbook.xml", nil
	}
	return "", ErrNoWorkbook
}

func (p *pack) open(name string) (*Book, error) {
	var doc struct {
		Props struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Views []struct {
			Active int `xml:"activeTab,attr"`
		} `xml:"bookViews>workbookView"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := p.decode(p.parts[name], &doc); err != nil {
		return nil, err
	}
	relations, err := p.relations(name)
	if err != nil {
		return nil, err
	}
	byID := map[string]*relation{}
	b := &Book{grow: p.ask, Active: -1, Date1904: doc.Props.Date1904 == "1" || doc.Props.Date1904 == "true"}
	for i := range relations {
		r := &relations[i]
		byID[r.ID] = r
		part := p.parts[target(name, r)]
		switch {
		case r.is("sharedStrings"):
			b.texts = part
		case r.is("styles") && part != nil:
			if b.styles, err = p.styles(part); err != nil {
				return nil, err
			}
		}
	}
	for i, listed := range doc.Sheets {
		r := byID[listed.ID]
		switch {
		case r != nil && (r.is("chartsheet") || r.is("dialogsheet") || strings.HasSuffix(r.Type, "Macrosheet") || strings.HasSuffix(r.Type, "acrosheet")):
			continue
		case r == nil || p.parts[target(name, r)] == nil:
			return nil, damage("the part of sheet %q is not there", listed.Name)
		}
		if len(doc.Views) > 0 && doc.Views[0].Active == i {
			b.Active = len(b.Sheets)
		}
		b.Sheets = append(b.Sheets, Sheet{Name: listed.Name, Visible: listed.State == "" || listed.State == "visible", part: p.parts[target(name, r)]})
	}
	return b, nil
}

func (p *pack) styles(part *zip.File) ([]style, error) {
	if err := p.parsing(part); err != nil {
		return nil, err
	}
	in, err := part.Open()
	if err != nil {
		return nil, damage("the part %s cannot be opened: %v", part.Name, err)
	}
	styles, err := readStyles(in)
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, damage("the part %s cannot be read: %v", part.Name, err)
	}
	return styles, nil
}
