package generator

import (
	"bytes"
	"fmt"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
)

// leads writes which references lead from each entity to a location: those to
// what belongs to one, as rule says or by references of its own.
func leads(entities []catalog.Entity) []byte {
	local := map[string]*catalog.Entity{}
	for i := range entities {
		if rule.Rooted(entities[i].Prefix) {
			local[entities[i].Name] = &entities[i]
		}
	}
	for found := true; found; {
		found = false
		for i := range entities {
			e := &entities[i]
			if local[e.Name] == nil && !e.Hidden && e.Tenant != "" && len(leading(e, local)) > 0 {
				local[e.Name], found = e, true
			}
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\npackage rule\n\n", notice)
	b.WriteString("// leads are the references by which records belong to a location, by the\n// prefix of their ids.\nvar leads = map[string][]lead{\n")
	for i := range entities {
		e := &entities[i]
		if local[e.Name] == nil || rule.Rooted(e.Prefix) {
			continue
		}
		fmt.Fprintf(&b, "%q: {\n", e.Prefix)
		for _, edge := range leading(e, local) {
			target := local[edge.Target]
			fmt.Fprintf(&b, "{column: %q, table: %q, prefix: %q, nullable: %t},\n", edge.Column, target.Table, target.Prefix, edge.Nullable)
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// leading are the references of e to one of the given entities.
func leading(e *catalog.Entity, to map[string]*catalog.Entity) (edges []catalog.Edge) {
	for _, edge := range e.Edges {
		if !edge.Many && to[edge.Target] != nil {
			edges = append(edges, edge)
		}
	}
	return edges
}
