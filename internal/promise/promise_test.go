package promise_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/promise"
)

func TestAll(t *testing.T) {
	var ids []string
	for _, p := range promise.All() {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
		ids = append(ids, p.ID)
	}
	var want []string
	for n := range 44 {
		want = append(want, fmt.Sprintf("L%d", n+1))
	}
	for n := range 127 {
		want = append(want, fmt.Sprintf("N%d", n+1))
	}
	if got := strings.Join(ids, " "); got != strings.Join(want, " ") {
		t.Errorf("promises %s; want L1 to L44 and N1 to N127, each once", got)
	}
}

// The words of a promise are those of the page that makes it.
func TestQuotes(t *testing.T) {
	pages := map[string]string{}
	for _, name := range []string{"Ellii", "Enrollio"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "seeds", strings.ToLower(name)+"-security.txt"))
		if err != nil {
			t.Skip("the pages are not here:", err)
		}
		pages[name] = plain(string(text))
	}
	for _, p := range promise.All() {
		source, _, _ := strings.Cut(p.Source, ",")
		rest := pages[source]
		if rest == "" {
			t.Errorf("%s: there is no page %q", p.ID, source)
		}
		quote := p.Quote
		if name, columns, ok := strings.Cut(quote, ": "); ok && strings.HasSuffix(p.Source, "Sub-processors") {
			quote = name + " … " + columns // a row of the table
		}
		if quote == "Location: US" || strings.HasPrefix(quote, "Location") {
			quote = "Location … US"
		}
		for part := range strings.SplitSeq(strings.NewReplacer("unable to …", "…", "(private", "… (private").Replace(quote), "…") {
			_, after, found := strings.Cut(rest, plain(part))
			if !found {
				t.Errorf("%s: the page has no %q", p.ID, strings.TrimSpace(part))
				break
			}
			rest = after
		}
	}
}

var notWord = regexp.MustCompile(`[^a-z0-9.%]+`)

// plain is text without what typesetting changes.
func plain(text string) string {
	return strings.TrimSpace(notWord.ReplaceAllString(strings.ToLower(strings.NewReplacer("’", "", "'", "").Replace(text)), " "))
}

// Every function of the framework has a promise that the program keeps.
func TestFunctions(t *testing.T) {
	kept := map[promise.Function]int{}
	for _, p := range promise.All() {
		if p.Level&promise.Enforced != 0 && len(p.Proofs) > 0 {
			kept[p.Function]++
		}
	}
	for _, f := range []promise.Function{promise.Govern, promise.Identify, promise.Protect, promise.Detect, promise.Respond, promise.Recover} {
		if kept[f] == 0 {
			t.Errorf("nothing that is enforced has the function %s", f)
		}
		delete(kept, f)
	}
	if len(kept) > 0 {
		t.Errorf("these are no functions: %v", kept)
	}
}

// A register that names a test that is gone would be red for no reason.
func TestProofsExist(t *testing.T) {
	root := filepath.Join("..", "..")
	known := map[string]map[string]bool{}
	for _, p := range promise.All() {
		for _, name := range p.Proofs {
			folder, test, _ := strings.Cut(name, ".")
			if known[folder] == nil {
				known[folder] = tests(t, filepath.Join(root, folder))
			}
			if !known[folder][test] {
				t.Errorf("%s: there is no %s", p.ID, name)
			}
		}
	}
}

// tests are the names of a folder's tests.
func tests(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range tree.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}
