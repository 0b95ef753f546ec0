package archtest_test

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/barrehq/barre/internal/archtest"
)

const root = "../.."

var load = sync.OnceValues(func() (*archtest.Source, error) { return archtest.Load(root) })

func source(t *testing.T) *archtest.Source {
	t.Helper()
	s, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Files) < 200 {
		t.Fatalf("only %d Go files found below %s", len(s.Files), root)
	}
	return s
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	comments := map[string]string{}
	for _, f := range source(t).Written() {
		if below(f.Folder, "ent/migrate") {
			continue // a package of ent's, with a file of ours in it
		}
		if f.Syntax.Doc != nil {
			comments[f.Folder] += f.Syntax.Doc.Text()
		} else if _, ok := comments[f.Folder]; !ok {
			comments[f.Folder] = ""
		}
	}
	for folder, comment := range comments {
		name := folder[strings.LastIndex(folder, "/")+1:]
		if !strings.HasPrefix(comment, "Package "+name+" ") && !strings.HasPrefix(comment, "Command ") {
			t.Errorf("%s has no package comment that begins with Package %s or Command", folder, name)
		}
	}
}

// TestNothingStartsByBeingImported: order is what a constructor's caller decides.
func TestNothingStartsByBeingImported(t *testing.T) {
	s := source(t)
	for _, f := range s.Written() {
		for _, decl := range f.Syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: no init functions", s.At(f, fn))
			}
		}
	}
}

// TestResolverFiles: gqlgen removes from them whatever is no resolver.
func TestResolverFiles(t *testing.T) {
	s := source(t)
	found := 0
	for _, f := range s.Written() {
		if !strings.HasSuffix(f.Path, ".resolvers.go") {
			continue
		}
		found++
		for _, decl := range f.Syntax.Decls {
			if !resolving(decl) {
				t.Errorf("%s: a resolver file holds resolver methods and nothing else", s.At(f, decl))
			}
		}
		for _, group := range f.Syntax.Comments {
			if strings.Contains(group.Text(), "!!! WARNING !!!") {
				t.Errorf("%s: gqlgen has put code aside here", s.At(f, group))
			}
		}
	}
	if found == 0 {
		t.Error("there are no resolver files")
	}
}

func resolving(decl ast.Decl) bool {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return d.Recv != nil && strings.HasSuffix(receiver(d), "Resolver")
	case *ast.GenDecl:
		if d.Tok == token.IMPORT {
			return true
		}
		for _, spec := range d.Specs {
			named, ok := spec.(*ast.TypeSpec)
			if !ok || !strings.HasSuffix(named.Name.Name, "Resolver") {
				return false
			}
		}
	}
	return true
}

func receiver(fn *ast.FuncDecl) string {
	kind := fn.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	name, ok := kind.(*ast.Ident)
	if !ok {
		return ""
	}
	return name.Name
}

// unwanted is what no committed text may say, and why. The words are put
// together here so that this file does not say them.
var unwanted = []struct{ word, why string }{
	{"/ho" + "me/", "a path of one machine"},
	{"/ro" + "ot/", "a path of one machine"},
	{"/wo" + "rk/", "a path of one machine"},
	{"/Us" + "ers/", "a path of one machine"},
	{"TO" + "DO", "a thing left undone"},
	{"FIX" + "ME", "a thing left undone"},
}

// secure is how the packages of a lock file come, where it says so at all.
const secure = "https://"

func TestWords(t *testing.T) {
	s := source(t)
	names := append([]string{}, s.Texts...)
	for _, f := range s.Files {
		if !f.Generated {
			names = append(names, f.Path)
		}
	}
	for _, name := range names {
		if quoted(name) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, u := range unwanted {
			if at := find(text, u.word); at >= 0 {
				t.Errorf("%s:%d: %q is %s", name, 1+strings.Count(text[:at], "\n"), u.word, u.why)
			}
		}
		const resolved = `"resolved": "`
		if strings.Count(text, resolved) != strings.Count(text, resolved+secure) && strings.HasSuffix(name, "package-lock.json") {
			t.Errorf("%s: a package does not come over %s", name, secure)
		}
	}
}

// find returns where a word begins that is not the middle of another; -1 for nowhere.
func find(text, word string) int {
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return -1
		}
		at += from
		if at == 0 || !strings.ContainsAny(text[at-1:at], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.)}*-") {
			return at
		}
		from = at + 1
	}
}

// quoted reports whether a file is somebody else's text, kept as it is.
func quoted(name string) bool {
	return strings.Contains(name, "/testdata/") || strings.HasPrefix(name, "internal/credential/common") || name == "go.sum" || strings.HasPrefix(name, "ent/internal/")
}
