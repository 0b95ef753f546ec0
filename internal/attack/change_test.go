package attack_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/typeid"
)

// anyInt is what every input gives for a number.
const anyInt = 60

// leaf is an id in the input of a mutation.
type leaf struct {
	path   []string // "*" stands for the only element of a list
	entity string
}

func (l leaf) String() string { return strings.Join(l.path, ".") }

// change is a mutation and how its input is made.
type change struct {
	w      *world
	field  *ast.FieldDefinition
	entity string // of the record in the answer
	leaves []leaf
}

// changes are all mutations with ids in their input.
func (w *world) changes(r *report) []*change {
	var list []*change
	for _, f := range w.Schema.Mutation.Fields {
		if strings.HasPrefix(f.Name, "__") || len(f.Arguments) == 0 {
			continue
		}
		c := &change{w: w, field: f, entity: w.subject(f)}
		c.search(r, f.Arguments[0].Type.Name(), nil)
		list = append(list, c)
	}
	return list
}

// hidden are the records that a mutation is about without showing them.
var hidden = map[string]string{"revokeSession": "AuthSession", "removeSecondFactor": "SignInFactor", "unlockMember": "Membership"}

// subject is the entity of the record that a mutation answers with.
func (w *world) subject(f *ast.FieldDefinition) string {
	if entity := hidden[f.Name]; entity != "" {
		return entity
	}
	for _, member := range w.Schema.Types[f.Type.Name()].Fields {
		if catalog.Entities[member.Type.Name()] != nil {
			return member.Type.Name()
		}
	}
	return ""
}

func (c *change) search(r *report, input string, path []string) {
	for _, f := range c.w.Schema.Types[input].Fields {
		at := append(slices.Clone(path), f.Name)
		if f.Type.Elem != nil {
			at = append(at, "*")
		}
		switch inner := c.w.Schema.Types[f.Type.Name()]; {
		case inner.Kind == ast.InputObject:
			c.search(r, inner.Name, at)
		case inner.Name == "ID":
			entity := c.points(f.Name)
			if entity == "" {
				r.find("nobody attacks %s of %s", f.Name, c.field.Name)
				continue
			}
			c.leaves = append(c.leaves, leaf{at, entity})
		}
	}
}

// points returns the entity that an id in the input names.
func (c *change) points(name string) string {
	if name == "id" {
		return c.entity
	}
	if subject := catalog.Entities[c.entity]; subject != nil {
		if field := subject.Field(name); field != nil && field.Target != "" {
			return field.Target
		}
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, "s"), "Id")
	for _, e := range catalog.Entities {
		if e.Single == name {
			return e.Name
		}
	}
	return ""
}

// make writes an input in which everything is the caller's own and fits
// together.
func (c *change) make(t testing.TB) map[string]any {
	return c.object(t, c.field.Arguments[0].Type.Name())
}

func (c *change) object(t testing.TB, input string) map[string]any {
	object := map[string]any{}
	for _, f := range c.w.Schema.Types[input].Fields {
		value := c.member(t, f)
		if value == nil {
			continue
		}
		if f.Type.Elem != nil {
			value = []any{value}
		}
		object[f.Name] = value
	}
	if c.aboutSomebody() {
		object = map[string]any{"householdId": object["householdId"]}
	}
	return object
}

// aboutSomebody reports whether the input names one person, by one id of several.
func (c *change) aboutSomebody() bool {
	return c.field.Name == "requestErasure" || c.field.Name == "requestSubjectAccess"
}

// with returns a copy of an input with another id in the place of a leaf.
func (c *change) with(input map[string]any, l leaf, id string) any {
	if c.aboutSomebody() {
		return map[string]any{l.path[0]: id}
	}
	return put(input, l.path, id)
}

func (c *change) member(t testing.TB, f *ast.FieldDefinition) any {
	inner := c.w.Schema.Types[f.Type.Name()]
	switch {
	case f.Name == "oauth2":
		return nil // it excludes basic, which is there
	case inner.Kind == ast.InputObject:
		return c.object(t, inner.Name)
	case inner.Name == "ID":
		return c.id(t, f.Name, c.points(f.Name))
	case !f.Type.NonNull && f.Name != "name" && f.Name != "firstName" && f.Name != "body":
		return nil
	}
	c.w.serial++
	switch inner.Name {
	case "Int":
		return anyInt
	case "MinorUnits":
		return 100
	case "Date":
		return map[bool]string{true: "2016-05-01", false: "2035-01-01"}[f.Name == "birthDate"]
	case "EmailAddress":
		return fmt.Sprintf("attack%d@example.com", c.w.serial)
	case "URL":
		return "http://127.0.0.1:9/hook"
	case "Boolean":
		return true
	case "JSON":
		return map[string]any{}
	case "String":
		switch f.Name {
		case "secret":
			return fmt.Sprintf("attack-%d", c.w.serial)
		case "allowedNetworks":
			return "0.0.0.0/0"
		}
		return map[bool]string{true: "16:00", false: fmt.Sprintf("Attack %d", c.w.serial)}[f.Name == "startsAt"]
	}
	if inner.Name == "MembershipRole" {
		return "GUARDIAN" // who alone has a household
	}
	if inner.Kind == ast.Enum {
		return inner.EnumValues[0].Name
	}
	t.Fatalf("%s needs a %s", c.field.Name, inner.Name)
	return nil
}

// id returns an id of the caller's own that the mutation can work with.
func (c *change) id(t testing.TB, name, entity string) any {
	w, row := c.w, map[string]any(nil)
	switch {
	case entity == "", c.field.Name == "chooseBiller": // none of the caller's sends invoices
		return nil
	case name == "id" && strings.HasSuffix(c.field.Name, "Version"):
		row = w.restorable(t, w.own, entity)
	case name == "id" && entity == "Tenant":
	case strings.HasPrefix(c.field.Name, "restore"):
		row = w.spawn(t, w.own, entity, map[string]any{"deleted_at": began})
	case c.field.Name == "approveStaffAccess", c.field.Name == "refuseStaffAccess":
		row = w.spawn(t, w.own, entity, map[string]any{"status": "REQUESTED"})
	case c.field.Name == "retryDelivery":
		row = w.spawn(t, w.own, entity, map[string]any{"status": "FAILED"})
	case c.field.Name == "joinWaitlist" && entity == "Class":
		row = w.spawn(t, w.own, entity, map[string]any{"open_seats": 0})
	case c.field.Name == "refundPayment": // of what the studio took itself
		paid := w.spawn(t, w.own, "Invoice", map[string]any{"total": 100, "amount_paid": 100, "amount_refunded": 0, "status": "PAID"})
		row = w.spawn(t, w.own, entity, map[string]any{"provider": "", "provider_reference": nil, "amount": 100, "invoice_id": paid["id"]})
	case c.field.Name == "removeSecondFactor":
		row = w.spawn(t, w.own, entity, map[string]any{"user_id": w.own.owner})
	case c.field.Name == "acknowledgeBreachNotice":
		row = w.spawn(t, w.own, entity, map[string]any{"log": []byte("[]"), "acknowledged_at": nil})
	case c.field.Name == "resumeIntegration":
		row = w.spawn(t, w.own, entity, map[string]any{"status": "PAUSED"})
	case name == "id", c.field.Name == "recordPayment", slices.Contains([]string{"Student", "Tag", "Enrollment"}, entity):
		row = w.spawn(t, w.own, entity, nil)
	}
	if row == nil {
		return w.own.typed(entity)
	}
	return typeid.Format(catalog.Entities[entity].Prefix, row["id"].(uuid.UUID))
}

// restorable returns a record with an earlier version, whose number is that of
// every input.
func (w *world) restorable(t testing.TB, s *studio, entity string) map[string]any {
	if entity != "Tenant" {
		row := w.spawn(t, s, entity, nil)
		w.version(t, s, entity, row["id"].(uuid.UUID), anyInt)
		return row
	}
	if s.rows["EntityVersion/Tenant"] == nil {
		s.rows["EntityVersion/Tenant"] = w.version(t, s, entity, s.tenant, anyInt)
	}
	return s.rows[entity]
}

// put returns a copy of an input with another value at a path.
func put(input any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if path[0] == "*" {
		items := slices.Clone(input.([]any))
		items[0] = put(items[0], path[1:], value)
		return items
	}
	object := maps.Clone(input.(map[string]any))
	object[path[0]] = put(object[path[0]], path[1:], value)
	return object
}

// document answers with everything of the record that can be read.
func (c *change) document() string {
	var selection strings.Builder
	for _, f := range c.w.Schema.Types[c.field.Type.Name()].Fields {
		switch {
		case f.Name == "userErrors":
			selection.WriteString(" userErrors { code field message }")
		case catalog.Entities[f.Type.Name()] != nil:
			fmt.Fprintf(&selection, " %s { %s }", f.Name, c.w.leaves(f.Type.Name()))
		}
	}
	return fmt.Sprintf("mutation($input: %s) { it: %s(input: $input) {%s } }", c.field.Arguments[0].Type.String(), c.field.Name, selection.String())
}

// accepted reports whether a mutation was carried out.
func accepted(a endpoint.Answer) bool {
	return clean(a) && bytes.Contains(a.Body, []byte(`"userErrors":[]`))
}

// mutate plays every mutation of every principal with each id of its input
// replaced by the neighbor's, one at a time.
func (w *world) mutate(t testing.TB, r *report, as ...string) {
	if r.worked == nil {
		r.worked, r.closed = map[string]bool{}, map[string]bool{}
	}
	for _, c := range w.changes(r) {
		for _, principal := range as {
			for _, l := range c.leaves {
				w.misuse(t, r, c, l, principal)
			}
			r.trials++
			r.worked[c.field.Name] = r.worked[c.field.Name] || len(c.leaves) == 0
			if len(c.leaves) > 0 {
				input := c.make(t)
				answer := w.send(r, c, principal, input)
				if accepted(answer) {
					r.worked[c.field.Name] = true
				} else if principal == "OWNER" {
					r.find("%s as OWNER with the caller's own is refused: %.300s\n\t%s", c.field.Name, answer.Body, asJSON(input))
				}
			}
		}
	}
}

func (w *world) misuse(t testing.TB, r *report, c *change, l leaf, principal string) {
	r.trials++
	input := c.make(t)
	if w.before == nil {
		w.before = w.sums(t, w.neighbor)
	}
	ours := w.sums(t, w.own)
	hostile := w.send(r, c, principal, c.with(input, l, w.target(t, c, l)))
	if changed := differ(w.before, w.sums(t, w.neighbor)); len(changed) > 0 {
		r.find("%s as %s with the neighbor's %s changed the neighbor's %v", c.field.Name, principal, l, changed)
	}
	// That it was refused stands in the audit log; nothing else may be left of it.
	changed := slices.DeleteFunc(differ(ours, w.sums(t, w.own)), func(table string) bool {
		return table == "audit_entries" || principal == "STAFF" && table == "staff_accesses"
	})
	if len(changed) > 0 {
		r.find("%s as %s with the neighbor's %s left something in %v", c.field.Name, principal, l, changed)
	}
	if accepted(hostile) {
		r.find("%s as %s accepts the neighbor's %s: %.300s", c.field.Name, principal, l, hostile.Body)
	}
	never := w.send(r, c, principal, c.with(input, l, w.never.typed(l.entity)))
	if !alike(hostile, never) {
		r.find("%s as %s tells the neighbor's %s from nobody's:\n\t%.400s\n\t%.400s", c.field.Name, principal, l, hostile.Body, never.Body)
	}
}

// target is the neighbor's record that a mutation would work with, were it the
// caller's own.
func (w *world) target(t testing.TB, c *change, l leaf) string {
	switch {
	case strings.HasSuffix(c.field.Name, "Version") && w.versions[l.entity] != "":
		return w.versions[l.entity]
	case strings.HasPrefix(c.field.Name, "restore") && l.path[len(l.path)-1] == "id":
		if w.bins[l.entity] == "" {
			t.Fatalf("nothing of the neighbor's %s is deleted", l.entity)
		}
		return w.bins[l.entity]
	}
	return w.neighbor.typed(l.entity)
}

func (w *world) send(r *report, c *change, principal string, input any) endpoint.Answer {
	r.requests++
	answer := w.Do(w.own.tokens[principal], c.document(), map[string]any{"input": input})
	if leak := w.leaked(answer.Body); leak != "" {
		r.find("%s as %s: the answer holds %s: %.300s\n\t%s", c.field.Name, principal, leak, answer.Body, asJSON(input))
	}
	if principal == "ANONYMOUS" && code(answer) != "UNAUTHENTICATED" && c.field.Directives.ForName("forEverybody") == nil {
		r.find("%s without a credential: %.300s", c.field.Name, answer.Body)
	}
	if bytes.Contains(answer.Body, []byte(`"INTERNAL"`)) {
		r.find("%s as %s: internal error: %.300s\n\t%s", c.field.Name, principal, answer.Body, asJSON(input))
	}
	return answer
}

// bury deletes a record of each kind of the neighbor's, and keeps a version of
// another, to be restored by nobody.
func (w *world) bury(t testing.TB) {
	w.bins, w.versions = map[string]string{}, map[string]string{}
	for name, e := range catalog.Entities {
		if e.RecycleBin {
			row := w.spawn(t, w.neighbor, name, map[string]any{"deleted_at": began})
			w.bins[name] = typeid.Format(e.Prefix, row["id"].(uuid.UUID))
		}
		if e.Restorable() {
			w.versions[name] = typeid.Format(e.Prefix, w.restorable(t, w.neighbor, name)["id"].(uuid.UUID))
		}
	}
}
