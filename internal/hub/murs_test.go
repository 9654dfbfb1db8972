package hub_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const storePath = `"github.com/passerelle-hub/passerelle/internal/store"`

// TestNobodyAboveTheHubSeesTheStore reads the source: what the hub exports names no
// type of the store, but for the database that New gets, and no package above it
// imports the store, but for the two files that open that database.
func TestNobodyAboveTheHubSeesTheStore(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(os.PathSeparator)))
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		imports := false
		for _, spec := range file.Imports {
			imports = imports || spec.Path.Value == storePath
		}
		switch dir := filepath.ToSlash(filepath.Dir(rel)); {
		case dir == "internal/hub":
			exportsOf(file, "store", func(name string) { t.Errorf("%s: %s shows a type of the store to who calls the hub", rel, name) })
		case imports && !strings.HasPrefix(dir, "internal/store") && dir != "bench" && !opensDatabases[rel]:
			t.Errorf("%s imports the store: the hub has its own words", rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// opensDatabases are the files outside the hub that open a database to give it one.
var opensDatabases = map[string]bool{"cmd/passerelle/base.go": true, "cmd/passerelle/serve.go": true}

// TestThePublicPackagesPromiseNoTypeOfAnExperimentalModule reads their source.
func TestThePublicPackagesPromiseNoTypeOfAnExperimentalModule(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{".", "client", "compta", "fec", "mad", "tra"} {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				if at := strings.Trim(spec.Path.Value, `"`); strings.HasPrefix(at, "github.com/go-json-experiment/") {
					exportsOf(file, at[strings.LastIndexByte(at, '/')+1:], func(name string) { t.Errorf("%s: %s names a type of %s", path, name, at) })
				}
			}
		}
	}
}

// exportsOf calls found for each exported declaration that names a type of a package.
func exportsOf(file *ast.File, pkg string, found func(name string)) {
	named := func(node ast.Node) (yes bool) {
		ast.Inspect(node, func(n ast.Node) bool {
			if field, ok := n.(*ast.Field); ok && len(field.Names) > 0 && !field.Names[0].IsExported() {
				return isParam(node)
			}
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if id, ok := sel.X.(*ast.Ident); ok && id.Name == pkg {
					yes = true
				}
			}
			return true
		})
		return yes
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Name.IsExported() && decl.Name.Name != "New" && onExported(decl) && named(decl.Type) {
				found(decl.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if typed, ok := spec.(*ast.TypeSpec); ok && typed.Name.IsExported() && named(typed.Type) {
					found(typed.Name.Name)
				}
			}
		}
	}
}

// isParam reports whether the fields of a node are parameters, whose names do not
// matter.
func isParam(node ast.Node) bool { _, ok := node.(*ast.FuncType); return ok }

// onExported reports whether a function is no method of an unexported type.
func onExported(decl *ast.FuncDecl) bool {
	if decl.Recv == nil {
		return true
	}
	receiver := decl.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	id, ok := receiver.(*ast.Ident)
	return ok && id.IsExported()
}
