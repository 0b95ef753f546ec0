package generator

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/viewer"
)

// catalogSource writes the catalog as Go data.
func catalogSource(entities []catalog.Entity) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\npackage catalog\n\nimport \"github.com/barrehq/barre/internal/viewer\"\n\n", notice)
	b.WriteString("// Entities holds every entity by its name.\nvar Entities = map[string]*Entity{\n")
	for _, e := range entities {
		fmt.Fprintf(&b, "%q: &%s,\n", e.Name, lowerFirst(e.Name)+"Entity")
	}
	b.WriteString("}\n\n")
	for _, e := range entities {
		writeEntity(&b, e)
	}
	return b.Bytes()
}

func writeEntity(b *bytes.Buffer, e catalog.Entity) {
	name := lowerFirst(e.Name) + "Entity"
	fields, edges, access := e.Fields, e.Edges, e.Access
	e.Fields, e.Edges, e.Access = nil, nil, nil
	literal := clean(fmt.Sprintf("%#v", e))
	fmt.Fprintf(b, "var %s = %s,\nAccess: map[viewer.Role]Grant{\n", name, strings.TrimSuffix(literal, "}"))
	roles := make([]viewer.Role, 0, len(access))
	for role := range access {
		roles = append(roles, role)
	}
	slices.Sort(roles)
	for _, role := range roles {
		fmt.Fprintf(b, "%q: %s,\n", role, strings.TrimPrefix(clean(fmt.Sprintf("%#v", access[role])), "Grant"))
	}
	b.WriteString("},\nFields: []Field{\n")
	for _, f := range fields {
		fmt.Fprintf(b, "%s,\n", strings.TrimPrefix(clean(fmt.Sprintf("%#v", f)), "Field"))
	}
	b.WriteString("},\nEdges: []Edge{\n")
	for _, edge := range edges {
		fmt.Fprintf(b, "%s,\n", strings.TrimPrefix(clean(fmt.Sprintf("%#v", edge)), "Edge"))
	}
	b.WriteString("},\n}\n\n")
}

// clean drops the package's own name and every zero value from a Go literal.
func clean(literal string) string {
	literal = strings.ReplaceAll(literal, "catalog.", "")
	for _, zero := range []string{`:""`, ":false", ":[]string(nil)", ":0x0", ":map[viewer.Role]Grant(nil)", ":[]Field(nil)", ":[]Edge(nil)"} {
		literal = dropZero(literal, zero)
	}
	return literal
}

// dropZero removes each `Name<zero>` and the comma beside it.
func dropZero(literal, zero string) string {
	for {
		at := strings.Index(literal, zero)
		if at < 0 {
			return literal
		}
		start := at
		for start > 0 && isLetter(literal[start-1]) {
			start--
		}
		end := at + len(zero)
		switch {
		case strings.HasPrefix(literal[end:], ", "):
			end += 2
		case strings.HasSuffix(literal[:start], ", "):
			start -= 2
		}
		literal = literal[:start] + literal[end:]
	}
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
