package attack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// The known holes of the stock stack that no other package's tests close; the
// others are in README.md.

// TestWallAliasesOfOneEdge selects one edge twice under two names: neither
// selection may lose what it asked for.
func TestWallAliasesOfOneEdge(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	answer := w.Do(w.own.tokens["OWNER"], `query($id: ID!) { student(id: $id) { a: household { email } b: household { name }
		c: enrollments(first: 1) { nodes { id } } d: enrollments(first: 1) { totalCount } } }`, map[string]any{"id": w.own.typed("Student")})
	for _, want := range []string{`"a":{"email":"canary-a-`, `"b":{"name":"CANARY-A-`, `"c":{"nodes":[{"id":"enrollment_`, `"d":{"totalCount":1}`} {
		if !bytes.Contains(answer.Body, []byte(want)) {
			t.Errorf("no %s in %s", want, answer.Body)
		}
	}
}

// TestWallOfPages asks for a list without saying how long, and pages through
// rows that are all alike in what they are ordered by.
func TestWallOfPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	for range 120 {
		w.spawn(t, w.own, "Student", map[string]any{"last_name": "Smith"})
	}
	type page struct {
		Data struct {
			It struct {
				Nodes    []struct{ ID string }
				PageInfo struct {
					HasNextPage bool
					EndCursor   string
				}
			}
		}
	}
	var whole page
	if err := json.Unmarshal(w.Do(w.own.tokens["OWNER"], "{ it: students { nodes { id } pageInfo { hasNextPage } } }", nil).Body, &whole); err != nil {
		t.Fatal(err)
	}
	if n := len(whole.Data.It.Nodes); n == 0 || n > 100 || !whole.Data.It.PageInfo.HasNextPage {
		t.Errorf("a list without first has %d nodes of 121", n)
	}
	seen := map[string]bool{}
	const document = `query($after: String) { it: students(first: 7, after: $after, where: {lastName: {eq: "Smith"}}, orderBy: {field: LAST_NAME, direction: DESC}) { nodes { id } pageInfo { hasNextPage endCursor } } }`
	for after := any(nil); len(seen) < 200; {
		var at page
		if err := json.Unmarshal(w.Do(w.own.tokens["OWNER"], document, map[string]any{"after": after}).Body, &at); err != nil {
			t.Fatal(err)
		}
		for _, node := range at.Data.It.Nodes {
			if seen[node.ID] {
				t.Fatalf("%s comes twice", node.ID)
			}
			seen[node.ID] = true
		}
		if !at.Data.It.PageInfo.HasNextPage {
			break
		}
		after = at.Data.It.PageInfo.EndCursor
	}
	if len(seen) != 120 {
		t.Errorf("%d of 120 rows were seen", len(seen))
	}
}

// TestWallAroundSensitiveFields reads the contract: what is sensitive, secret
// or not shown can be neither a condition nor an order, unless it is sealed and
// compared as a whole by its digest, nothing nullable is an
// order, and no input names a tenant or chooses an id.
func TestWallAroundSensitiveFields(t *testing.T) {
	t.Parallel()
	schema := endpoint.New(t, newWorld(t, endpoint.Config{}).kit.Store, endpoint.Config{}).Schema
	checked := 0
	for _, e := range catalog.Entities {
		for _, f := range e.Fields {
			where, order := schema.Types[e.Name+"Where"], schema.Types[e.Name+"OrderField"]
			if e.Hidden || where == nil || order == nil {
				continue
			}
			checked++
			filtered, ordered := where.Fields.ForName(f.Name) != nil, order.EnumValues.ForName(strings.ToUpper(f.Column)) != nil && f.Column != "id"
			if filtered && e.Digest(&f) != nil && where.Fields.ForName(f.Name).Type.Name() == "WholeTextComparison" {
				filtered = false
			}
			if (f.Class == "sensitive" || f.Class == "secret") && (filtered || ordered) {
				t.Errorf("%s.%s is %s and can be asked for", e.Name, f.Name, f.Class)
			}
			if f.Hidden && f.Target == "" && (filtered || ordered) {
				t.Errorf("%s.%s is not shown and can be asked for", e.Name, f.Name)
			}
			if f.Nullable && ordered {
				t.Errorf("%s.%s may be null and orders a list", e.Name, f.Name)
			}
		}
	}
	for _, definition := range schema.Types {
		if definition.Kind != ast.InputObject || strings.HasSuffix(definition.Name, "Where") {
			continue
		}
		for _, f := range definition.Fields {
			if f.Name == "tenantId" || f.Name == "tenantID" || f.Name == "deletedAt" || f.Name == "id" && strings.HasPrefix(definition.Name, "Create") {
				t.Errorf("%s has %s", definition.Name, f.Name)
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d fields were looked at", checked)
	}
}

// TestNeighborUpdateOfNothing sends an update without a change.
func TestNeighborUpdateOfNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	updates := 0
	for _, e := range catalog.Entities {
		if !e.Update || e.Name == "Tenant" {
			continue
		}
		updates++
		document := fmt.Sprintf("mutation($id: ID!) { update%s(input: {id: $id}) { %s { %s } userErrors { code } } }", e.Name, e.Single, w.leaves(e.Name))
		for _, s := range []*studio{w.neighbor, w.never} {
			answer := w.Do(w.own.tokens["OWNER"], document, map[string]any{"id": s.typed(e.Name)})
			if code(answer) != "NOT_FOUND" || w.leaked(answer.Body) != "" {
				t.Errorf("update of nothing of %s's %s: %s", s.mark, e.Name, answer.Body)
			}
		}
		if answer := w.Do(w.own.tokens["OWNER"], document, map[string]any{"id": w.own.typed(e.Name)}); !accepted(answer) {
			t.Errorf("update of nothing of the caller's own %s: %s", e.Name, answer.Body)
		}
	}
	if updates == 0 {
		t.Error("there is nothing to update")
	}
}

// TestNeighborsNaturalKeys writes rows whose unique values are the neighbor's:
// they become rows of one's own, and the neighbor's stay as they are.
func TestNeighborsNaturalKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	before := w.sums(t, w.neighbor)
	answer := w.Do(w.own.tokens["OWNER"], "mutation($name: String!) { createTag(input: {name: $name}) { tag { id } userErrors { code } } }", map[string]any{"name": w.neighbor.rows["Tag"]["name"]})
	if !accepted(answer) || w.leaked(answer.Body) != "" {
		t.Errorf("a tag of the neighbor's name: %s", answer.Body)
	}
	upserts := 0
	for _, e := range catalog.Entities {
		if !e.Bulk() {
			continue
		}
		upserts++
		r := &report{}
		for _, c := range w.changes(r) {
			if c.entity != e.Name || !strings.HasPrefix(c.field.Name, "bulk") {
				continue
			}
			input := put(c.make(t), []string{"system"}, "ledger")
			input = put(input, []string{"rows", "*", "externalId"}, w.neighbor.rows["ExternalReference/"+e.Name]["external_id"])
			answer := w.Do(w.own.tokens["OWNER"], c.document(), map[string]any{"input": input})
			if !accepted(answer) || w.leaked(answer.Body) != "" {
				t.Errorf("%s with the neighbor's external id: %s", c.field.Name, answer.Body)
			}
		}
	}
	if changed := differ(before, w.sums(t, w.neighbor)); len(changed) > 0 || upserts == 0 {
		t.Errorf("%d upserts changed the neighbor's %v", upserts, changed)
	}
}

// TestWallOnOneConnection lets both studios and nobody share one connection to
// the database, with requests that break off among them: none may find the
// tenant of the one before.
func TestWallOnOneConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{}, func(c *store.Config) { c.MaxConns = 1 })
	body := []byte(asks("{ students { totalCount nodes { id } } }", ""))
	for n := range 1200 {
		s := []*studio{w.own, w.neighbor}[n%2]
		ctx, cancel := context.WithCancel(t.Context())
		if n%7 == 3 {
			time.AfterFunc(time.Duration(n%5)*200*time.Microsecond, cancel)
		}
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if n%5 != 4 {
			r.Header.Set("Authorization", "Bearer "+s.tokens["OWNER"])
		}
		answer := w.Serve(r)
		cancel()
		found := bytes.Contains(answer.Body, []byte(s.typed("Student")))
		other := map[*studio]*studio{w.own: w.neighbor, w.neighbor: w.own}[s]
		if bytes.Contains(answer.Body, []byte(other.typed("Student"))) || found && n%5 == 4 || !found && n%5 != 4 && n%7 != 3 {
			t.Fatalf("request %d of %s: %s", n, s.mark, answer.Body)
		}
	}
}
