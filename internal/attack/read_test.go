package attack_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/typeid"
)

// nodes are the names of all types with an id of their own.
func (w *world) nodes() []string {
	var names []string
	for _, possible := range w.Schema.PossibleTypes["Node"] {
		names = append(names, possible.Name)
	}
	slices.Sort(names)
	return names
}

// leaves selects every value of a type.
func (w *world) leaves(typeName string) string {
	var names []string
	for _, f := range w.Schema.Types[typeName].Fields {
		if w.Schema.Types[f.Type.Name()].IsLeafType() && len(f.Arguments) == 0 {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, " ")
}

// has reports whether an answer holds the caller's own first row.
func (w *world) has(entity string) func(endpoint.Answer, endpoint.Answer) bool {
	id := []byte(w.own.typed(entity))
	return func(own, never endpoint.Answer) bool {
		return bytes.Contains(own.Body, id) || bytes.Contains(never.Body, id)
	}
}

// answersWith reports whether the answer to the caller's own holds a text.
func answersWith(text string) func(endpoint.Answer, endpoint.Answer) bool {
	return func(own, _ endpoint.Answer) bool { return bytes.Contains(own.Body, []byte(text)) }
}

// elementOf returns the type of a connection's nodes; "" for other types.
func (w *world) elementOf(typeName string) string {
	if f := w.Schema.Types[typeName].Fields.ForName("nodes"); f != nil && strings.HasSuffix(typeName, "Connection") {
		return f.Type.Name()
	}
	return ""
}

// roots are the trials of every field of Query. A field of a form that is not
// known here is an error, so that no new one goes without trial.
func (w *world) roots(r *report) []trial {
	var list []trial
	for _, f := range w.Schema.Query.Fields {
		target, element := f.Type.Name(), w.elementOf(f.Type.Name())
		switch {
		case strings.HasPrefix(f.Name, "__"):
		case element != "":
			list = append(list, w.connection(f.Name, element))
		case f.Name == "asOf":
			list = append(list, trial{name: f.Name, alike: true, works: answersWith(`CANARY-A-`),
				document: `query($id: ID!) { it: asOf(id: $id, at: "2100-01-01T00:00:00Z") { type version since data } }`,
				vars:     func(s *studio) map[string]any { return map[string]any{"id": s.typed("Student")} }})
		case f.Name == "restorePreview":
			list = append(list, trial{name: f.Name, alike: true, works: answersWith(`"type":"Student"`),
				document: "query($id: ID!) { it: restorePreview(id: $id) { id type label conflict { code message } } }",
				vars:     func(s *studio) map[string]any { return map[string]any{"id": s.typed("Student")} }})
		case f.Name == "recycleBin":
			list = append(list, trial{name: f.Name, document: "{ recycleBin { " + w.leaves(target) + " } }", vars: nothing, same: true})
		case f.Name == "retentionPolicy":
			list = append(list, trial{name: f.Name, document: "{ retentionPolicy { kind days types own } }", vars: nothing, same: true})
		case f.Name == "retentionPreview":
			list = append(list, trial{name: f.Name, document: "{ retentionPreview(kind: CONTACT, days: 30) { " + w.leaves(target) + " } }", vars: nothing, same: true})
		case f.Name == "auditKey":
			list = append(list, trial{name: f.Name, document: "{ auditKey { id publicKey } }", vars: nothing, same: true})
		case len(f.Arguments) == 1 && f.Arguments[0].Name == "id" && target != "Node":
			list = append(list, trial{name: f.Name, alike: true, works: w.has(target),
				document: fmt.Sprintf("query($id: ID!) { it: %s(id: $id) { %s } }", f.Name, w.leaves(target)),
				vars:     func(s *studio) map[string]any { return map[string]any{"id": s.typed(target)} }})
		case f.Arguments.ForName("externalReference") != nil:
			list = append(list, trial{name: f.Name, alike: true, works: w.has(target),
				document: fmt.Sprintf("query($id: ID!) { it: %s(id: $id) { %s } }", f.Name, w.leaves(target)),
				vars:     func(s *studio) map[string]any { return map[string]any{"id": s.typed(target)} }},
				trial{name: f.Name + " by reference", alike: true, works: w.has(target),
					document: fmt.Sprintf("query($id: String!) { it: %s(externalReference: {system: \"ledger\", externalId: $id}) { %s externalReferences { id system externalId } } }", f.Name, w.leaves(target)),
					vars: func(s *studio) map[string]any {
						return map[string]any{"id": s.rows["ExternalReference/"+target]["external_id"]}
					}})
		case strings.HasSuffix(f.Name, "ByExternalReference"):
			list = append(list, trial{name: f.Name, alike: true, works: w.has(target),
				document: fmt.Sprintf("query($id: String!) { it: %s(system: \"ledger\", externalId: $id) { %s } }", f.Name, w.leaves(target)),
				vars: func(s *studio) map[string]any {
					return map[string]any{"id": s.rows["ExternalReference/"+target]["external_id"]}
				}})
		case f.Name == "node":
			list = append(list, w.byNode()...)
		case f.Name == "nodes":
			list = append(list, w.byNodes()...)
		case f.Name == "eligibility":
			list = append(list, w.eligible()...)
		case f.Name == "recordVersions":
			list = append(list, trial{name: f.Name, alike: true, works: w.has("EntityVersion"),
				document: fmt.Sprintf("query($id: ID!) { it: %s(id: $id) { %s } }", f.Name, w.leaves(target)),
				vars:     func(s *studio) map[string]any { return map[string]any{"id": s.typed("Student")} }})
		case f.Name == "versionDifferences":
			list = append(list, trial{name: f.Name, alike: true, works: answersWith(`"to":"CANARY-A-`),
				document: "query($id: ID!, $from: Int!, $to: Int!) { it: versionDifferences(id: $id, from: $from, to: $to) { field from to } }",
				vars: func(s *studio) map[string]any {
					return map[string]any{"id": s.typed("Student"), "from": s.rows["EntityVersion"]["number"], "to": s.rows["EntityVersion/next"]["number"]}
				}})
		case f.Name == "sessions":
			list = append(list, trial{name: f.Name, alike: true, works: answersWith(`"method":`),
				document: "query($id: ID!) { it: sessions(membershipId: $id) { " + w.leaves(target) + " } }",
				vars:     func(s *studio) map[string]any { return map[string]any{"id": s.typed("Membership")} }})
		case f.Name == "secondFactors":
			list = append(list, trial{name: f.Name, document: "{ secondFactors { recoveryCodesLeft factors { id kind name createdAt usedAt } } }", vars: nothing, same: true})
		case f.Name == "viewer":
			list = append(list, trial{name: f.Name, document: fmt.Sprintf("{ viewer { role scopes tenant { %s } membership { %s } } }", w.leaves("Tenant"), w.leaves("Membership")), vars: nothing, same: true})
		case f.Name == "eventTypes": // without the schemas, whose texts name scopes such as student:read, which look like an error of ent's
			list = append(list, trial{name: f.Name, document: "{ eventTypes { name description version example } }", vars: nothing, same: true})
		case f.Name == "webhookRetrySchedule":
			list = append(list, trial{name: f.Name, document: "{ webhookRetrySchedule { " + w.leaves(target) + " } }", vars: nothing, same: true})
		case f.Name == "previewWebhookPayload":
			list = append(list, w.previews()...)
		case f.Name == "unreadAnnouncements":
			list = append(list, trial{name: f.Name, document: "{ unreadAnnouncements { " + w.leaves("Announcement") + " } }", vars: nothing, same: true})
		case f.Name == "features":
			list = append(list, trial{name: f.Name, document: "{ features { " + w.leaves("Feature") + " } }", vars: nothing, same: true})
		case f.Name == "apiChangelog":
			list = append(list, trial{name: f.Name, document: "{ apiChangelog { " + w.leaves("ApiChange") + " } }", vars: nothing, same: true,
				closed: "it is in beta, and no studio is let in here"})
		case f.Name == "trustCenter":
			list = append(list, trial{name: f.Name, document: "{ trustCenter { proven unproven stated promises { id quote state reason proofs { name result } } } }", vars: nothing, same: true})
		case f.Name == "serviceMonth":
			list = append(list, trial{name: f.Name, document: "{ serviceMonth { month minutes answeredMinutes isolationChecks isolationBreaches } }", vars: nothing, same: true})
		case f.Name == "subprocessors":
			list = append(list, trial{name: f.Name, document: "{ subprocessors { name nature dataShared location contact operations { name withheld sent { path class } } } }", vars: nothing, same: true})
		case f.Name == "appConsent":
			list = append(list, trial{name: f.Name, same: true, works: answersWith(`"installed":`),
				document: "query($id: String!) { it: appConsent(input: {clientId: $id, redirectUri: \"https://app.example.com/back\", codeChallenge: \"" + strings.Repeat("c", 43) + "\"}) { appName publisher about privacyUrl installed scopes { name type writes dataClasses } } }",
				vars:     func(*studio) map[string]any { return map[string]any{"id": w.own.typed("OAuthApp")} }})
		case f.Name == "changes":
			list = append(list, trial{name: f.Name, document: "{ changes(first: 250) { cursor nodes { " + w.leaves("Change") + " } } }", vars: nothing, same: true})
		default:
			r.find("nobody attacks Query.%s", f.Name)
		}
	}
	return list
}

func nothing(*studio) map[string]any { return nil }

// previews are the trials of what a webhook would hold: each of the two ids
// alone, and a query for a record.
func (w *world) previews() []trial {
	var list []trial
	for _, input := range []func(s *studio) map[string]any{
		func(s *studio) map[string]any {
			return map[string]any{"webhookEndpointId": w.own.typed("WebhookEndpoint"), "eventId": s.typed("Event")}
		},
		func(s *studio) map[string]any {
			return map[string]any{"webhookEndpointId": s.typed("WebhookEndpoint"), "eventId": w.own.typed("Event")}
		},
		func(s *studio) map[string]any {
			return map[string]any{"query": `{ node(id: "` + s.typed("Student") + `") { id } }`, "eventId": w.own.typed("Event")}
		},
	} {
		list = append(list, trial{name: "previewWebhookPayload", alike: true, works: answersWith(`"userErrors":[]`),
			document: "query($input: PreviewWebhookPayloadInput!) { it: previewWebhookPayload(input: $input) { payload userErrors { code message field } } }",
			vars:     func(s *studio) map[string]any { return map[string]any{"input": input(s)} }})
	}
	return list
}

func (w *world) connection(field, element string) trial {
	return trial{name: field, vars: nothing, same: true, works: w.has(element),
		document: fmt.Sprintf("{ it: %s(first: 100) { totalCount nodes { %s } edges { cursor node { id } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }", field, w.leaves(element))}
}

func (w *world) byNode() []trial {
	var list []trial
	for _, name := range w.nodes() {
		list = append(list, trial{name: "node of " + name, alike: true, works: w.has(name),
			document: fmt.Sprintf("query($id: ID!) { node(id: $id) { __typename id ... on %s { %s } } }", name, w.leaves(name)),
			vars:     func(s *studio) map[string]any { return map[string]any{"id": s.typed(name)} }})
		for i, other := range w.nodes() { // the type before, in a circle
			if w.nodes()[(i+1)%len(w.nodes())] == name {
				list = append(list, trial{name: "node of " + name + " labelled " + other, alike: true, closed: "a record has one label",
					document: "query($id: ID!) { node(id: $id) { __typename id } }",
					vars: func(s *studio) map[string]any {
						return map[string]any{"id": typeid.Format(catalog.Entities[other].Prefix, s.id(name))}
					}})
			}
		}
	}
	return list
}

func (w *world) byNodes() []trial {
	var list []trial
	for _, name := range w.nodes() {
		list = append(list, trial{name: "nodes of " + name, alike: true, works: w.has(name),
			document: fmt.Sprintf("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on %s { %s } } }", name, w.leaves(name)),
			vars: func(s *studio) map[string]any {
				return map[string]any{"ids": []string{w.own.typed(name), s.typed(name), w.never.typed(name)}}
			}})
	}
	return list
}

func (w *world) eligible() []trial {
	const document = "query($student: ID!, $class: ID!) { eligibility(studentId: $student, classId: $class) { eligible reasons { code message } } }"
	vars := func(student, class *studio) map[string]any {
		return map[string]any{"student": student.typed("Student"), "class": class.typed("Class")}
	}
	return []trial{
		{name: "eligibility of a student", alike: true, document: document, vars: func(s *studio) map[string]any { return vars(s, w.own) }},
		{name: "eligibility for a class", alike: true, document: document, vars: func(s *studio) map[string]any { return vars(w.own, s) }},
	}
}

// conditions are the trials of every member of every where argument of a root
// list: fields by each operator, relations by each condition of theirs.
func (w *world) conditions(r *report) []trial {
	var list []trial
	for _, f := range w.Schema.Query.Fields {
		element := w.elementOf(f.Type.Name())
		where := f.Arguments.ForName("where")
		if element == "" || where == nil {
			continue
		}
		for _, c := range w.members(r, element, where.Type.Name(), 2) {
			list = append(list, w.filtered(f.Name, element, where.Type.Name(), c))
		}
	}
	return list
}

// condition is a where argument with a hole for a studio's value.
type condition struct {
	name  string
	value func(*studio) any
	alike bool // whether the neighbor's value and nobody's compare alike with all rows of A
	finds bool // whether A's first row is found by A's value or nobody's
}

func (w *world) filtered(field, element, input string, c condition) trial {
	one := trial{name: field + " where " + c.name, alike: c.alike,
		document: fmt.Sprintf("query($where: %s) { it: %s(first: 100, where: $where) { totalCount nodes { id } } }", input, field),
		vars:     func(s *studio) map[string]any { return map[string]any{"where": c.value(s)} }}
	if c.finds {
		one.works = w.has(element)
	}
	return one
}

// members are the conditions of a where input on an entity. Relations are
// followed to the given depth.
func (w *world) members(r *report, element, input string, depth int) []condition {
	entity := catalog.Entities[element]
	var list []condition
	for _, f := range w.Schema.Types[input].Fields {
		field, edge := entity.Field(f.Name), entity.Edge(f.Name)
		switch {
		case f.Name == "and", f.Name == "or", f.Name == "not":
		case field != nil && field.Filter:
			list = append(list, w.comparisons(f, element, field)...)
		case f.Name == "customFields" && entity.CustomFields:
			list = append(list, w.customs(element)...)
		case edge != nil && depth > 0:
			list = append(list, w.relations(r, f, edge, depth)...)
		case edge == nil:
			r.find("nobody attacks %s.%s", input, f.Name)
		}
	}
	if depth == 2 {
		for _, c := range slices.Clone(list) {
			if strings.HasSuffix(c.name, " eq") {
				list = append(list, wrapped("not ", c, func(v any) any { return map[string]any{"not": v} }))
			}
		}
	}
	return list
}

func wrapped(name string, c condition, with func(any) any) condition {
	inner := c.value
	c.name, c.value = name+c.name, func(s *studio) any { return with(inner(s)) }
	if strings.HasPrefix(name, "not") || strings.Contains(name, "none") {
		c.finds = false
	}
	return c
}

func (w *world) comparisons(f *ast.FieldDefinition, element string, field *catalog.Field) []condition {
	var list []condition
	for _, operator := range w.Schema.Types[f.Type.Name()].Fields {
		c := condition{name: f.Name + " " + operator.Name, alike: field.Kind != catalog.Enum}
		c.value = func(s *studio) any {
			value := s.value(element, field)
			switch operator.Name {
			case "in", "notIn":
				value = []any{value}
			case "isNull":
				value = false
			}
			return map[string]any{f.Name: map[string]any{operator.Name: value}}
		}
		switch operator.Name {
		case "eq", "in", "neq", "notIn", "gte", "lte", "startsWith":
			c.finds = field.Kind != catalog.Enum
		}
		list = append(list, c)
	}
	return list
}

// customs are the conditions on a studio's own fields: by each operator on a key
// that both studios have, and on keys that are one studio's alone.
func (w *world) customs(element string) []condition {
	var list []condition
	for _, operator := range w.Schema.Types["CustomFieldCondition"].Fields {
		if operator.Name == "key" {
			continue
		}
		list = append(list, condition{name: "customFields " + operator.Name, alike: true, finds: !strings.Contains("lt gt neq", operator.Name),
			value: func(s *studio) any {
				var values map[string]any
				_ = json.Unmarshal(s.rows[element]["custom_fields"].([]byte), &values)
				value := values["canary"]
				switch operator.Name {
				case "in":
					value = []any{value}
				case "isNull":
					value = false
				}
				return map[string]any{"customFields": []any{map[string]any{"key": "canary", operator.Name: value}}}
			}})
	}
	if element == "Class" { // of which the studios' first definitions are
		list = append(list, condition{name: "customFields of another key", alike: true, finds: false, value: func(s *studio) any {
			return map[string]any{"customFields": []any{map[string]any{"key": s.rows["CustomField"]["key"], "isNull": true}}}
		}})
	}
	return list
}

// value is what a column of a studio's first row holds, as GraphQL writes it.
func (s *studio) value(element string, field *catalog.Field) any {
	switch v := s.rows[element][field.Column].(type) {
	case uuid.UUID:
		return typeid.Format(catalog.Entities[field.Target].Prefix, v)
	case time.Time:
		if field.Kind == catalog.Date {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339Nano)
	default:
		return v
	}
}

func (w *world) relations(r *report, f *ast.FieldDefinition, edge *catalog.Edge, depth int) []condition {
	var list []condition
	target := edge.Target + "Where"
	for _, inner := range w.members(r, edge.Target, target, depth-1) {
		if !strings.HasSuffix(inner.name, " eq") || depth == 1 && inner.name != "id eq" {
			continue // what the operators do, the entity's own list has shown
		}
		if !edge.Many {
			list = append(list, wrapped(f.Name+" ", inner, func(v any) any { return map[string]any{f.Name: v} }))
			continue
		}
		for _, quantifier := range w.Schema.Types[f.Type.Name()].Fields {
			if depth == 1 && quantifier.Name == "none" {
				continue
			}
			list = append(list, wrapped(f.Name+" "+quantifier.Name+" ", inner, func(v any) any {
				return map[string]any{f.Name: map[string]any{quantifier.Name: v}}
			}))
		}
	}
	for i := range list {
		list[i].finds = false // A's first rows need not be related to each other
	}
	return list
}

// orders are the trials of every order term, with cursors of the neighbor's.
func (w *world) orders(r *report) []trial {
	var list []trial
	for _, f := range w.Schema.Query.Fields {
		element := w.elementOf(f.Type.Name())
		order := f.Arguments.ForName("orderBy")
		if element == "" || order == nil {
			continue
		}
		for _, term := range w.Schema.Types[element+"OrderField"].EnumValues {
			for _, direction := range []string{"ASC", "DESC"} {
				for _, side := range []string{"after", "before"} {
					list = append(list, w.ordered(r, f.Name, term.Name, direction, side))
				}
			}
		}
	}
	return list
}

func (w *world) ordered(r *report, field, term, direction, side string) trial {
	page := fmt.Sprintf("{ it: %s(first: 1, orderBy: {field: %s, direction: %s}) { pageInfo { endCursor } } }", field, term, direction)
	cursors := map[*studio]string{w.never: strings.Repeat("A", 120)}
	for _, s := range []*studio{w.own, w.neighbor} {
		answer := w.Do(s.tokens["OWNER"], page, nil)
		_, after, _ := bytes.Cut(answer.Body, []byte(`"endCursor":"`))
		cursor, _, found := bytes.Cut(after, []byte(`"`))
		if !found {
			r.find("%s by %s has no cursor: %s", field, term, answer.Body)
		}
		cursors[s] = string(cursor)
	}
	limit := map[string]string{"after": "first: 5", "before": "last: 5"}[side]
	return trial{name: fmt.Sprintf("%s by %s %s %s", field, term, direction, side), alike: true,
		document: fmt.Sprintf("query($cursor: String) { it: %s(%s, %s: $cursor, orderBy: {field: %s, direction: %s}) { totalCount nodes { id } } }", field, limit, side, term, direction),
		vars:     func(s *studio) map[string]any { return map[string]any{"cursor": cursors[s]} }}
}

// edges are the trials of the lists of a record: with conditions on the
// neighbor's rows and with the neighbor's cursors.
func (w *world) edges() []trial {
	var list []trial
	for _, name := range w.nodes() {
		for _, edge := range catalog.Entities[name].Edges {
			if !edge.Many {
				continue
			}
			root := catalog.Entities[name].Single
			list = append(list, trial{name: name + "." + edge.Name + " by id", alike: true, works: w.has(edge.Target),
				document: fmt.Sprintf("query($id: ID!, $it: ID!) { it: %s(id: $id) { id it: %s(first: 100, where: {id: {eq: $it}}) { totalCount nodes { id } } } }", root, edge.Name),
				vars: func(s *studio) map[string]any {
					return map[string]any{"id": w.own.typed(name), "it": s.typed(edge.Target)}
				}}, trial{name: name + "." + edge.Name + " of another", alike: true, works: w.has(name),
				document: fmt.Sprintf("query($id: ID!) { it: %s(id: $id) { id it: %s(first: 100) { totalCount nodes { id } } } }", root, edge.Name),
				vars:     func(s *studio) map[string]any { return map[string]any{"id": s.typed(name)} }})
		}
	}
	return list
}

// paths are the trials of every way of three edges from the studio's lists.
func (w *world) paths() []trial {
	var list []trial
	for _, f := range w.Schema.Query.Fields {
		if element := w.elementOf(f.Type.Name()); element != "" {
			for _, way := range w.ways(element, 3) {
				list = append(list, trial{name: f.Name + way.name, vars: nothing, same: true, works: w.has(element),
					document: fmt.Sprintf("{ it: %s(first: 10) { nodes { id %s } } }", f.Name, way.selection)})
			}
		}
	}
	return list
}

type way struct{ name, selection string }

// ways are the longest ways over edges from a type, at most depth of them.
func (w *world) ways(typeName string, depth int) []way {
	var list []way
	for _, edge := range catalog.Entities[typeName].Edges {
		if catalog.Entities[edge.Target].Hidden {
			continue
		}
		further := []way{{"", ""}}
		if depth > 1 {
			if inner := w.ways(edge.Target, depth-1); len(inner) > 0 {
				further = inner
			}
		}
		for _, next := range further {
			inner := "id"
			if next.name == "" {
				inner = w.leaves(edge.Target)
			}
			selection := fmt.Sprintf("%s { %s %s }", edge.Name, inner, next.selection)
			if edge.Many {
				selection = fmt.Sprintf("%s(first: 10) { nodes { %s %s } }", edge.Name, inner, next.selection)
			}
			list = append(list, way{"." + edge.Name + next.name, selection})
		}
	}
	return list
}

// counts holds every list's totalCount against the database.
func (w *world) counts(r *report, principal string) {
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		e := catalog.Entities[name]
		if e.Hidden {
			continue
		}
		text := "SELECT count(*) FROM " + e.Table + " WHERE " + e.Tenant + " = $1"
		if e.RecycleBin {
			text += " AND deleted_at IS NULL"
		}
		var n int
		if err := w.super.QueryRow(text, w.own.tenant).Scan(&n); err != nil {
			r.find("%s: %v", name, err)
		}
		answer := w.Do(w.own.tokens[principal], "{ it: "+e.Plural+" { totalCount } }", nil)
		r.requests++
		if !bytes.Contains(answer.Body, fmt.Appendf(nil, `{"it":{"totalCount":%d}}`, n)) {
			r.find("%s as %s: want totalCount %d: %s", e.Plural, principal, n, answer.Body)
		}
	}
}
