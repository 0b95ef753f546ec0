package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/graph/generated"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/customfield"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// operations is how many random operations must give equal data on the
// compiled and on the ordinary path.
func operations(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("ORACLE_OPERATIONS"))
	if err != nil {
		n = 10_000
	}
	if testing.Short() {
		n = 300
	}
	t.Logf("%d operations", n)
	return n
}

// paths answers an operation on either path.
type paths struct {
	compiled, ordinary *executor.Executor
	reader             *query.Reader
	schema             *ast.Schema
}

func newPaths(t *testing.T, kit *testkit.Kit) *paths {
	codec, err := cursor.New([]byte("a key for tests, of 32 characters"))
	if err != nil {
		t.Fatal(err)
	}
	reader := query.New(kit.Store, codec)
	es := generated.NewExecutableSchema(generated.Config{Resolvers: &graph.Resolver{
		Store: kit.Store, Reader: reader, Operations: operation.New(kit.Store, nil), Fields: customfield.NewRegistry(kit.Store), Desk: enrollment.New(kit.Store, time.Now),
	}})
	p := &paths{compiled: executor.New(es), ordinary: executor.New(es), reader: reader, schema: es.Schema()}
	for run, ordinary := range map[*executor.Executor]bool{p.compiled: false, p.ordinary: true} {
		execution := graph.NewExecution(nil, reader, graph.NewLedger(kit.Store, nil))
		execution.Ordinary = ordinary
		run.Use(execution)
	}
	return p
}

func do(ctx context.Context, run *executor.Executor, text string, vars map[string]any) (any, string) {
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := run.CreateOperationContext(ctx, &graphql.RawParams{Query: text, Variables: vars})
	if errs != nil {
		return nil, errs.Error()
	}
	handle, ctx := run.DispatchOperation(ctx, op)
	response := handle(ctx)
	var data any
	if err := json.Unmarshal(response.Data, &data); err != nil {
		return nil, fmt.Sprintf("not JSON: %v: %s", err, response.Data)
	}
	if len(response.Errors) > 0 {
		return data, kinds(response.Errors)
	}
	return data, ""
}

// kinds are the messages of errors without their places: which of a list's
// items fails first differs from run to run.
func kinds(errs gqlerror.List) string {
	set := map[string]bool{}
	for _, err := range errs {
		set[err.Message] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), "; ")
}

// narrowed stands for a custom role, as viewer.Staff does for the operator's
// staff at the studio.
const narrowed viewer.Role = "CUSTOM"

// as returns a context in which somebody of the studio acts, or of the staff.
func as(ctx context.Context, s testkit.Studio, role viewer.Role) context.Context {
	if role != narrowed && role != viewer.Staff {
		return s.As(ctx, role)
	}
	v := *viewer.From(s.As(ctx, viewer.Admin))
	if role == viewer.Staff {
		v.StaffAccessID = v.CredentialID
		return viewer.With(ctx, &v)
	}
	v.Custom = &viewer.Custom{
		Permissions: []string{"class:read:location", "enrollment:read:own", "guardian:read:location", "household:read:location", "invoice:read:all",
			"location:read:all", "note:read:all", "program:read:all", "season:read:all", "staff:read:own", "student:read:location", "tag:read:all"},
		Masks: []string{"class.name", "household.email", "student.birthDate", "student.level"},
		Staff: s.Teacher, Locations: []uuid.UUID{s.Location},
	}
	return viewer.With(ctx, &v)
}

// TestCompiledReadsEqualOrdinaryReads holds the compiled path to its oracle.
func TestCompiledReadsEqualOrdinaryReads(t *testing.T) {
	kit := testkit.New(t)
	populate(t, kit)
	p := newPaths(t, kit)
	random := rand.New(rand.NewPCG(1, 2))
	roles := []viewer.Role{viewer.Owner, viewer.FrontDesk, viewer.Teacher, viewer.Guardian, viewer.Public, viewer.Key, narrowed, viewer.Staff}
	ids, compiled := idsOf(t, kit), 0
	for i := range operations(t) {
		g := &generator{rand: random, ids: ids}
		text, vars := g.operation()
		ctx := as(t.Context(), kit.A, roles[i%len(roles)])
		got, gotErr := do(ctx, p.compiled, text, vars)
		want, wantErr := do(ctx, p.ordinary, text, vars)
		if strings.Contains(gotErr+wantErr, "GRAPHQL") || strings.Contains(gotErr, "not JSON") {
			t.Fatalf("operation %d: %s %s\n%s", i, gotErr, wantErr, text)
		}
		if !reflect.DeepEqual(blind(got), blind(want)) || gotErr != wantErr {
			t.Fatalf("operation %d as %s differs\n%s\n%v\ncompiled %s %s\nordinary %s %s", i, roles[i%len(roles)], text, vars, pretty(got), gotErr, pretty(want), wantErr)
		}
		if gotErr == "" {
			compiled++
		}
	}
	if least := operations(t) / 4; compiled < least {
		t.Fatalf("only %d operations had data; want at least %d", compiled, least)
	}
}

// blind hides what differs from run to run: cursors are encrypted anew.
func blind(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if strings.Contains(strings.ToLower(name), "cursor") && inner != nil {
				v[name] = "cursor"
				continue
			}
			v[name] = blind(inner)
		}
	case []any:
		for i := range v {
			v[i] = blind(v[i])
		}
	}
	return v
}

func pretty(v any) string { text, _ := json.MarshalIndent(v, "", " "); return string(text) }

// generator writes random reads.
type generator struct {
	rand *rand.Rand
	ids  map[string][]string
	vars map[string]any
	defs []string
}

func (g *generator) operation() (string, map[string]any) {
	g.vars = map[string]any{}
	var roots []string
	for i := range 1 + g.rand.IntN(2) {
		e := g.entity()
		switch n := g.rand.IntN(9); {
		case n == 0 && e.ExternalReferences:
			roots = append(roots, fmt.Sprintf("r%d: %s(externalReference: %s) %s", i, e.Single, g.reference(), g.object(e, 3)))
		case n < 3:
			roots = append(roots, fmt.Sprintf("r%d: %s(id: %s) %s", i, e.Single, g.id(e.Name), g.object(e, 3)))
		default:
			roots = append(roots, fmt.Sprintf("r%d: %s%s %s", i, e.Plural, g.page(e), g.connection(e, 3)))
		}
	}
	head := "query"
	if len(g.defs) > 0 {
		head += "(" + strings.Join(g.defs, ", ") + ")"
	}
	return head + " { " + strings.Join(roots, " ") + " }", g.vars
}

func (g *generator) entity() *catalog.Entity {
	names := []string{"Student", "Household", "Guardian", "Class", "Enrollment", "Program", "Season", "Location", "Staff", "Tag", "Note", "Invoice", "TuitionPlan", "Deal", "Ticket"}
	return catalog.Entities[names[g.rand.IntN(len(names))]]
}

// variable passes a value by a variable half of the time.
func (g *generator) variable(typ string, value any, literal string) string {
	if g.rand.IntN(2) == 0 {
		return literal
	}
	name := fmt.Sprintf("v%d", len(g.defs))
	g.defs = append(g.defs, "$"+name+": "+typ)
	g.vars[name] = value
	return "$" + name
}

func (g *generator) id(entity string) string {
	ids := g.ids[entity]
	id := ids[g.rand.IntN(len(ids))]
	return g.variable("ID!", id, strconv.Quote(id))
}

func (g *generator) reference() string {
	external := pick(g, "0", "1", "2", "never")
	if g.rand.IntN(2) == 0 {
		return g.variable("ExternalReferenceInput", map[string]any{"system": "ledger", "externalId": external}, fmt.Sprintf(`{system: "ledger", externalId: %q}`, external))
	}
	return fmt.Sprintf("{system: %s, externalId: %s}", g.variable("String!", "ledger", `"ledger"`), g.variable("String!", external, strconv.Quote(external)))
}

// custom is a condition on a field of the studio's own: now and then on one that
// is not there, or with a value of another kind.
func (g *generator) custom() string {
	key := pick(g, "school", "shoeSize", "photos", "since", "size")
	operator, value := pick(g, "eq", "neq", "lt", "lte", "gt", "gte"), any(pick(g, "A", "Ö", "S", "M", "2024-02-01"))
	switch {
	case key == "shoeSize":
		value = []any{30, 33.5, -1}[g.rand.IntN(3)]
	case key == "photos":
		operator, value = pick(g, "eq", "neq"), g.rand.IntN(2) == 0
	case key == "size":
		operator = pick(g, "eq", "neq", "in")
	case key == "school":
		operator = pick(g, "eq", "gt", "contains", "startsWith")
	case key == "since":
		value = pick(g, "2024-02-01", "2024-02-02", "2030-01-01")
	}
	scalar := "JSON"
	switch {
	case g.rand.IntN(8) == 0:
		operator, value, scalar = "isNull", g.rand.IntN(2) == 0, "Boolean"
	case g.rand.IntN(20) == 0:
		key = "nobody's"
	case operator == "in":
		value, scalar = []any{value, "L"}, "[JSON!]"
	case operator == "contains" || operator == "startsWith":
		scalar = "String"
	}
	text, _ := json.Marshal(value)
	switch g.rand.IntN(3) {
	case 0:
		return g.variable("[CustomFieldCondition!]", []any{map[string]any{"key": key, operator: value}}, fmt.Sprintf("[{key: %q, %s: %s}]", key, operator, text))
	case 1:
		return fmt.Sprintf("{key: %s, %s: %s}", g.variable("String!", key, strconv.Quote(key)), operator, g.variable(scalar, value, string(text)))
	default:
		return fmt.Sprintf("[{key: %q, %s: %s}, {key: %[1]q, isNull: false}]", key, operator, text)
	}
}

func (g *generator) page(e *catalog.Entity) string {
	var args []string
	if g.rand.IntN(2) == 0 {
		n := 1 + g.rand.IntN(4)
		name := []string{"first", "last"}[g.rand.IntN(2)]
		args = append(args, name+": "+g.variable("Int", n, strconv.Itoa(n)))
	}
	if g.rand.IntN(2) == 0 {
		args = append(args, "orderBy: "+g.order(e))
	}
	if g.rand.IntN(2) == 0 {
		args = append(args, "where: "+g.where(e, 2))
	}
	if len(args) == 0 {
		return ""
	}
	return "(" + strings.Join(args, ", ") + ")"
}

func (g *generator) order(e *catalog.Entity) string {
	names := []string{"ID"}
	for _, f := range e.Fields {
		if f.Order {
			names = append(names, strings.ToUpper(f.Column))
		}
	}
	field, direction := names[g.rand.IntN(len(names))], []string{"ASC", "DESC"}[g.rand.IntN(2)]
	return g.variable(e.Name+"Order", map[string]any{"field": field, "direction": direction}, fmt.Sprintf("{field: %s, direction: %s}", field, direction))
}

func (g *generator) where(e *catalog.Entity, depth int) string {
	var parts []string
	for _, f := range e.Fields {
		if f.Filter && g.rand.IntN(3) == 0 {
			parts = append(parts, f.Name+": "+g.comparison(f))
		}
	}
	if e.Name == "Student" && g.rand.IntN(3) == 0 {
		parts = append(parts, "customFields: "+g.custom())
	}
	if depth > 0 && g.rand.IntN(3) == 0 {
		parts = append(parts, []string{"and: [", "or: ["}[g.rand.IntN(2)]+g.where(e, depth-1)+", "+g.where(e, 0)+"]")
	}
	if depth > 0 && g.rand.IntN(4) == 0 {
		parts = append(parts, "not: "+g.where(e, depth-1))
	}
	if depth > 0 && len(e.Edges) > 0 && g.rand.IntN(3) == 0 {
		edge := e.Edges[g.rand.IntN(len(e.Edges))]
		inner := g.where(catalog.Entities[edge.Target], depth-1)
		if edge.Many {
			inner = "{" + []string{"some", "none"}[g.rand.IntN(2)] + ": " + inner + "}"
		}
		parts = append(parts, edge.Name+": "+inner)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (g *generator) comparison(f catalog.Field) string {
	scalar := f.Scalar
	if f.Sealed() {
		word := pick(g, "rivera@example.com", "NOBODY@example.com ", "")
		return pick(g, "{isNull: true}", fmt.Sprintf("{eq: %s}", g.variable("String", word, strconv.Quote(word))), fmt.Sprintf("{in: [%s]}", strconv.Quote(word)))
	}
	switch f.Kind {
	case catalog.ID:
		return "{eq: " + g.id(f.Target) + "}"
	case catalog.Int:
		n := g.rand.IntN(12)
		return fmt.Sprintf("{%s: %s}", pick(g, "gt", "lte", "eq"), g.variable(scalar, n, strconv.Itoa(n)))
	case catalog.Enum:
		value := f.Values[g.rand.IntN(len(f.Values))]
		return fmt.Sprintf("{%s: %s}", pick(g, "eq", "neq"), g.variable(scalar, value, value))
	case catalog.Date:
		day := fmt.Sprintf("20%02d-0%d-01", 10+g.rand.IntN(20), 1+g.rand.IntN(9))
		return fmt.Sprintf("{%s: %s}", pick(g, "gte", "lt"), g.variable("Date", day, strconv.Quote(day)))
	case catalog.Time:
		return `{gt: "2020-01-01T00:00:00Z"}`
	default:
		word := pick(g, "A", "B", "O", "The", "Ballet", "é", "")
		operator := pick(g, "startsWith", "contains", "gt", "eq", "lte")
		return fmt.Sprintf("{%s: %s}", operator, g.variable("String", word, strconv.Quote(word)))
	}
}

func pick(g *generator, words ...string) string { return words[g.rand.IntN(len(words))] }

func (g *generator) connection(e *catalog.Entity, depth int) string {
	var parts []string
	if g.rand.IntN(2) == 0 {
		parts = append(parts, "nodes "+g.object(e, depth-1))
	} else {
		parts = append(parts, "edges { cursor node "+g.object(e, depth-1)+" }")
	}
	if g.rand.IntN(2) == 0 {
		parts = append(parts, "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }")
	}
	if g.rand.IntN(3) == 0 {
		parts = append(parts, "totalCount")
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

func (g *generator) object(e *catalog.Entity, depth int) string {
	parts := []string{"id"}
	if g.rand.IntN(5) == 0 {
		parts = append(parts, "kind: __typename")
	}
	if e.ExternalReferences && g.rand.IntN(5) == 0 {
		parts = append(parts, "externalReferences { system id externalId }")
	}
	for _, f := range e.Fields {
		if !f.Hidden && g.rand.IntN(3) == 0 {
			parts = append(parts, f.Name)
		}
	}
	if depth > 0 {
		for _, edge := range e.Edges {
			if g.rand.IntN(4) != 0 {
				continue
			}
			target := catalog.Entities[edge.Target]
			if edge.Many {
				parts = append(parts, edge.Name+g.page(target)+" "+g.connection(target, depth-1))
				continue
			}
			parts = append(parts, edge.Name+" "+g.object(target, depth-1))
			if g.rand.IntN(3) == 0 { // the same edge under another name, with another selection
				parts = append(parts, "again: "+edge.Name+" "+g.object(target, 0))
				depth = 0
			}
		}
	}
	if g.rand.IntN(6) == 0 {
		parts = append(parts, fmt.Sprintf("... on %s @include(if: %s) { createdAt }", e.Name, g.variable("Boolean!", true, "false")))
	}
	return "{ " + strings.Join(parts, " ") + " }"
}
