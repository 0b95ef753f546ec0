package generator

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"

	"github.com/barrehq/barre/internal/catalog"
)

const (
	entPackage    = "github.com/barrehq/barre/ent"
	resolversPath = "graph/entities.resolvers.go"
	inputMap      = "map[string]interface{}"
)

// Graph runs gqlgen with the bindings that follow from the catalog, and writes
// the resolvers of every generated operation.
func Graph() error {
	cfg, err := config.LoadConfig("gqlgen.yml")
	if err != nil {
		return err
	}
	bind(cfg)
	// gqlgen keeps the resolvers of what is gone as a comment; ours are written anew.
	if err := os.Remove(resolversPath); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := api.Generate(cfg, api.AddPlugin(implementer{bodies()})); err != nil {
		return err
	}
	return mark(resolversPath)
}

// mark puts the notice at the head of a file that gqlgen wrote as if by hand.
func mark(path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head := []byte("// " + notice + "\n\n")
	if bytes.HasPrefix(source, head) {
		return nil
	}
	return os.WriteFile(path, append(head, source...), 0o644)
}

// bind ties each entity's types to ent's, and inputs to plain maps, which
// internal/operation and internal/query read by the catalog.
func bind(cfg *config.Config) {
	text := config.TypeMapEntry{Model: config.StringList{"github.com/99designs/gqlgen/graphql.String"}}
	cfg.Models["OrderDirection"], cfg.Models["BulkErrorPolicy"] = text, text
	for _, e := range visible() {
		entry := config.TypeMapEntry{
			Model:  config.StringList{entPackage + "." + e.Name},
			Fields: map[string]config.TypeMapField{"id": {FieldName: "TypeID"}},
		}
		for _, edge := range e.Edges {
			entry.Fields[edge.Name] = config.TypeMapField{Resolver: true}
		}
		if e.ExternalReferences {
			entry.Fields["externalReferences"] = config.TypeMapField{Resolver: true}
		}
		if e.CustomFields {
			entry.Fields["customFields"] = config.TypeMapField{Resolver: true}
		}
		cfg.Models[e.Name] = entry
		for _, f := range e.Fields {
			if f.Kind == catalog.Enum && !f.Hidden {
				entry.Fields[f.Name] = config.TypeMapField{FieldName: upperFirst(f.Name) + "Name"}
				cfg.Models[f.Scalar] = text
			}
		}
		cfg.Models[e.Name+"OrderField"] = text
		for _, input := range inputs(e) {
			cfg.Models[input] = config.TypeMapEntry{Model: config.StringList{inputMap}}
		}
	}
	for _, name := range []string{"IDComparison", "StringComparison", "WholeTextComparison", "IntComparison", "SequenceNumberComparison", "DateComparison", "DateTimeComparison", "CustomFieldCondition"} {
		cfg.Models[name] = config.TypeMapEntry{Model: config.StringList{inputMap}}
	}
}

// inputs names every input type that the generator wrote for e.
func inputs(e *catalog.Entity) []string {
	names := []string{e.Name + "Where", e.Name + "ListWhere", e.Name + "Order"}
	for _, op := range offered(e) {
		names = append(names, upperFirst(op.name)+"Input")
	}
	if e.Bulk() {
		names = append(names, "BulkUpsert"+upperFirst(e.Plural)+"Input", "BulkUpsert"+e.Name+"Row")
	}
	for _, f := range e.Fields {
		if f.Kind == catalog.Enum && f.Filter {
			names = append(names, f.Scalar+"Comparison")
		}
	}
	return names
}

// mutation is a generated mutation and the method that does it.
type mutation struct {
	name, method string
	is           bool
}

// offered are the generated mutations of e, but for bulkUpsert.
func offered(e *catalog.Entity) []mutation {
	all := []mutation{
		{"create" + e.Name, "Create", e.Create}, {"update" + e.Name, "Update", e.Update},
		{"restore" + e.Name + "Version", "RestoreVersion", e.Restorable()},
		{"delete" + e.Name, "Delete", e.Delete}, {"restore" + e.Name, "Restore", e.Delete && e.RecycleBin},
	}
	return slices.DeleteFunc(all, func(m mutation) bool { return !m.is })
}

// bodies holds the body of each generated resolver by "Object.field".
func bodies() map[string]string {
	out := map[string]string{
		"Query.node":  "return r.node(ctx, id)",
		"Query.nodes": "return r.nodes(ctx, ids)",
	}
	for _, e := range visible() {
		out["Query."+e.Single] = fmt.Sprintf("return as[*ent.%s](r.one(ctx, %q, id))", e.Name, e.Name)
		if e.ExternalReferences {
			out["Query."+e.Single] = fmt.Sprintf("return as[*ent.%s](r.either(ctx, %q, id, externalReference))", e.Name, e.Name)
			out[e.Name+".externalReferences"] = "return r.references(ctx, obj)"
		}
		if e.CustomFields {
			out[e.Name+".customFields"] = fmt.Sprintf("return r.customFields(ctx, %q, obj.CustomFields)", e.Name)
		}
		out["Query."+e.Plural] = connection(e.Name, "nil")
		out["Query."+e.Single+"ByExternalReference"] = fmt.Sprintf("return as[*ent.%s](r.referenced(ctx, %q, system, externalID))", e.Name, e.Name)
		for _, edge := range e.Edges {
			if edge.Many {
				out[e.Name+"."+edge.Name] = connection(edge.Target, fmt.Sprintf("&parent{obj, %q}", edge.Column))
			} else {
				out[e.Name+"."+edge.Name] = fmt.Sprintf("return as[*ent.%s](r.related(ctx, obj, %q, %q))", edge.Target, edge.Target, edge.Column)
			}
		}
		for _, op := range offered(e) {
			out["Mutation."+op.name] = fmt.Sprintf("row, errs, err := r.Operations.%s(ctx, %q, plain(input))\nreturn &model.%sPayload{%s: typed[*ent.%[2]s](row), UserErrors: userErrors(ctx, errs)}, err",
				op.method, e.Name, upperFirst(op.name), goName(e.Single))
		}
		plural := upperFirst(e.Plural)
		out["Mutation.bulkUpsert"+plural] = fmt.Sprintf("rows, errs, err := r.Operations.BulkUpsert(ctx, %q, plain(input))\nreturn &model.BulkUpsert%[2]sPayload{%[2]s: typedList[*ent.%[1]s](rows), UserErrors: rowErrors(ctx, rows, errs)}, err", e.Name, plural)
	}
	return out
}

// connection is the body of a resolver of a list.
func connection(entity, parent string) string {
	return fmt.Sprintf(`page, err := r.page(ctx, %[1]q, %[2]s, arguments{first, after, last, before, plain(where), plain(orderBy)})
if err != nil {
	return nil, err
}
return &model.%[1]sConnection{
	Edges:      edgesOf(page, func(n *ent.%[1]s, cursor string) *model.%[1]sEdge { return &model.%[1]sEdge{Node: n, Cursor: cursor} }),
	Nodes:      typedList[*ent.%[1]s](page.Rows),
	PageInfo:   page.Info,
	TotalCount: page.Total,
}, nil`, entity, parent)
}

type implementer struct{ bodies map[string]string }

// Name of the plugin.
func (implementer) Name() string { return "barre" }

// Implement returns the generated body of a resolver, or what was written by hand.
func (i implementer) Implement(written string, field *codegen.Field) string {
	if body, ok := i.bodies[field.Object.Name+"."+field.Name]; ok {
		return body
	}
	if written == "" {
		return fmt.Sprintf("panic(%q)", field.Object.Name+"."+field.Name+" has no resolver")
	}
	return written
}

func visible() []*catalog.Entity {
	var list []*catalog.Entity
	for _, e := range catalog.Entities {
		if !e.Hidden {
			list = append(list, e)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

func upperFirst(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// goName is the Go name that gqlgen gives a field.
func goName(name string) string {
	if name == "apiKey" {
		return "APIKey"
	}
	return upperFirst(name)
}
