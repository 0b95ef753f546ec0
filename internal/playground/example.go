package playground

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Example is one operation of the library.
type Example struct {
	Slug        string // the file's name without its ending, unique in the library
	Subject     string // the heading it stands under
	Title       string
	Description string
	Identity    Kind            // who it is written for
	Query       string          // the document without its header
	Variables   json.RawMessage // an object, or nil
}

// LoadExamples reads every *.graphql file, in the order of their paths. A file
// begins with a header of comments:
//
//	# title: Enroll a student
//	# as: guardian
//	# about: Takes a seat, or a place on the waitlist.
//
// title and as are required. about may go on over further comment lines; it
// ends at the first line that is no comment. A fourth key, subject, names the
// heading; without it the file's folder does, and "General" for a file at the
// top. A file of the same name ending in .json holds the variables.
//
// The documents are parsed but not validated: the schema is not known here.
func LoadExamples(files fs.FS) ([]Example, error) {
	var examples []Example
	var all []string
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		all = append(all, name)
		if path.Ext(name) != ".graphql" {
			return nil
		}
		example, err := loadExample(files, name)
		if err != nil {
			return fmt.Errorf("example %s: %w", name, err)
		}
		examples = append(examples, example)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return examples, errors.Join(alone(all), repeated(examples))
}

func loadExample(files fs.FS, name string) (Example, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return Example{}, err
	}
	header, query := split(string(text))
	example := Example{
		Slug:    strings.TrimSuffix(path.Base(name), ".graphql"),
		Subject: subject(path.Dir(name)),
		Query:   query,
	}
	if err := example.describe(header); err != nil {
		return Example{}, err
	}
	if err := check(name, query); err != nil {
		return Example{}, err
	}
	example.Variables, err = loadVariables(files, strings.TrimSuffix(name, ".graphql")+".json")
	return example, err
}

// split parts the comment lines at the top from the document.
func split(text string) (header []string, query string) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	n := slices.IndexFunc(lines, func(line string) bool { return !strings.HasPrefix(line, "#") })
	if n < 0 {
		n = len(lines)
	}
	return lines[:n], strings.TrimSpace(strings.Join(lines[n:], "\n")) + "\n"
}

func subject(dir string) string {
	if dir == "." {
		return "General"
	}
	words := strings.ReplaceAll(path.Base(dir), "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// describe reads the header. A line without a key goes on with the one before.
func (e *Example) describe(header []string) error {
	fields := map[string]*string{"title": &e.Title, "as": (*string)(&e.Identity), "about": &e.Description, "subject": &e.Subject}
	var last *string
	for _, line := range header {
		line = strings.TrimSpace(strings.TrimPrefix(line, "#"))
		key, value, keyed := strings.Cut(line, ":")
		field := fields[key]
		switch {
		case keyed && field != nil:
			*field, last = strings.TrimSpace(value), field
		case last == &e.Description:
			*last = strings.TrimSpace(*last + " " + line)
		default:
			return fmt.Errorf("header line %q: want title, as, about or subject", line)
		}
	}
	return e.complete()
}

func (e *Example) complete() error {
	if e.Title == "" {
		return errors.New("the header has no title")
	}
	if !slices.Contains([]Kind{Owner, Guardian, Publishable, Secret}, e.Identity) {
		return fmt.Errorf("as %q: want owner, guardian, publishable or secret", e.Identity)
	}
	return nil
}

func check(name, query string) error {
	document, err := parser.ParseQuery(&ast.Source{Name: name, Input: query})
	if err != nil {
		return err
	}
	if len(document.Operations) == 0 {
		return errors.New("there is no operation in it")
	}
	return nil
}

// loadVariables answers nil where there is no such file.
func loadVariables(files fs.FS, name string) (json.RawMessage, error) {
	text, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		return nil, fmt.Errorf("variables: %w", err)
	}
	if object == nil {
		return nil, errors.New("variables: want an object")
	}
	return json.RawMessage(bytes.TrimSpace(text)), nil
}

// alone finds variables without an example: a renamed file, most likely.
func alone(names []string) error {
	for _, name := range names {
		stem, ok := strings.CutSuffix(name, ".json")
		if ok && !slices.Contains(names, stem+".graphql") {
			return fmt.Errorf("variables %s: there is no %s.graphql", name, stem)
		}
	}
	return nil
}

func repeated(examples []Example) error {
	seen := map[string]bool{}
	for _, e := range examples {
		if seen[e.Slug] {
			return fmt.Errorf("example %s: two files have this name", e.Slug)
		}
		seen[e.Slug] = true
	}
	return nil
}

type publicExample struct {
	Slug        string `json:"slug"`
	Subject     string `json:"subject"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Identity    Kind   `json:"identity"`
	Query       string `json:"query"`
	Variables   string `json:"variables"` // text for the editor, in the file's own order
}

func public(examples []Example) []publicExample {
	shown := make([]publicExample, len(examples))
	for i, e := range examples {
		shown[i] = publicExample{e.Slug, e.Subject, e.Title, e.Description, e.Identity, e.Query, string(e.Variables)}
	}
	return shown
}
