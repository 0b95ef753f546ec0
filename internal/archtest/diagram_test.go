package archtest_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the diagram anew")

const diagramPath = "architecture.md"

// The diagram of the architecture is drawn from the table that the program is
// held to.
func TestDiagram(t *testing.T) {
	drawn := diagram()
	if *update {
		if err := os.WriteFile(diagramPath, []byte(drawn), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(diagramPath); err != nil || string(kept) != drawn {
		t.Errorf("%s is not what the table of arrows says (%v): go test ./internal/archtest -run Diagram -update", diagramPath, err)
	}
}

// diagram draws who imports whom, without what tests alone use.
func diagram() string {
	var b strings.Builder
	b.WriteString("# Architecture\n\nWhich part uses which, drawn from the table in `arrows_test.go`: `go test ./internal/archtest -run Diagram -update`.\n" +
		"Words that every part is said in are left out of the arrows.\n\n```mermaid\nflowchart LR\n")
	said := []string{"ent", "internal/viewer", "internal/fault", "internal/secret", "internal/typeid", "internal/event", "internal/catalog"}
	drawn := map[string]bool{}
	for _, row := range arrows {
		if !testOnly(row.folder) {
			drawn[row.folder] = true
			fmt.Fprintf(&b, "  %s[\"%s\"]\n", node(row.folder), row.folder)
		}
	}
	for _, row := range arrows {
		for _, to := range strings.Fields(row.may) {
			if drawn[row.folder] && drawn[to] && !slices.Contains(said, to) {
				fmt.Fprintf(&b, "  %s --> %s\n", node(row.folder), node(to))
			}
		}
	}
	b.WriteString("```\n\n| Part | What it is for |\n|---|---|\n")
	for _, row := range arrows {
		if drawn[row.folder] {
			fmt.Fprintf(&b, "| `%s` | %s |\n", row.folder, row.why)
		}
	}
	return b.String()
}

// node is the name of a part in the diagram.
func node(folder string) string { return strings.NewReplacer("/", "_").Replace(folder) }
