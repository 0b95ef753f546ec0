// Package archtest holds the tests of form: which package may import which and
// why, what may be called in one place alone, what every file must have. It
// reads the source as text, so it needs nothing to compile.
package archtest

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const module = "github.com/barrehq/barre/"

// File is one Go file.
type File struct {
	Path      string // from the root, with slashes
	Folder    string
	Test      bool
	Generated bool
	Imports   []string  // of ours, from the root
	Syntax    *ast.File // whole where people write it, else as far as the imports
}

// Source is every file of the repository that is committed.
type Source struct {
	Fset  *token.FileSet
	Files []*File  // in Go
	Texts []string // paths of all other text
}

// Load reads the source below root.
func Load(root string) (*Source, error) {
	s := &Source{Fset: token.NewFileSet()}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir() && skipped(name):
			return filepath.SkipDir
		case entry.IsDir():
			return nil
		case strings.HasSuffix(name, ".go"):
			return s.add(path, name)
		case name == ".git": // of a second checkout, where it is a file
			return nil
		default:
			s.Texts = append(s.Texts, name)
			return nil
		}
	})
	return s, err
}

// skipped reports whether a folder holds nothing that people write.
func skipped(folder string) bool {
	base := folder[strings.LastIndex(folder, "/")+1:]
	return base == ".git" || base == "node_modules" || folder == ".barre" || folder == "bin" || folder == "internal/playground/dist"
}

func (s *Source) add(path, name string) error {
	f := &File{Path: name, Folder: name[:max(0, strings.LastIndex(name, "/"))], Test: strings.HasSuffix(name, "_test.go")}
	var err error
	if f.Generated, err = generated(path); err != nil {
		return err
	}
	mode := parser.ParseComments | parser.SkipObjectResolution
	if f.Generated {
		mode = parser.ImportsOnly
	}
	if f.Syntax, err = parser.ParseFile(s.Fset, path, nil, mode); err != nil {
		return err
	}
	for _, spec := range f.Syntax.Imports {
		if ours, ok := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module); ok {
			f.Imports = append(f.Imports, ours)
		}
	}
	s.Files = append(s.Files, f)
	return nil
}

// generated reports whether a file begins with the sentence that tools know.
func generated(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer file.Close()
	first, _ := bufio.NewReader(file).ReadString('\n')
	first = strings.TrimSpace(first)
	return strings.HasPrefix(first, "// Code generated ") && strings.HasSuffix(first, "DO NOT EDIT."), nil
}

// Written returns the Go files that people write, without tests.
func (s *Source) Written() []*File {
	return slices.DeleteFunc(slices.Clone(s.Files), func(f *File) bool { return f.Test || f.Generated || ignored(f) })
}

// ignored reports whether a file is a program of its own that no build sees.
func ignored(f *File) bool {
	for _, group := range f.Syntax.Comments {
		if group.Pos() < f.Syntax.Package && strings.HasPrefix(group.List[0].Text, "//go:build ignore") {
			return true
		}
	}
	return false
}

// At says where a node stands, as path:line.
func (s *Source) At(f *File, node ast.Node) string {
	return fmt.Sprintf("%s:%d", f.Path, s.Fset.Position(node.Pos()).Line)
}
