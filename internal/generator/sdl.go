package generator

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/viewer"
)

// sdl writes the GraphQL types and operations of every visible entity.
func sdl(entities []catalog.Entity) []byte {
	w := &writer{}
	w.line("# %s", notice)
	if at := slices.IndexFunc(entities, func(e catalog.Entity) bool { return e.Name == "EntityVersion" }); at >= 0 {
		w.history = entities[at].Access
	}
	for i := range entities {
		if e := &entities[i]; !e.Hidden {
			w.object(e)
			w.connection(e)
			w.where(e)
			w.order(e)
			w.queries(e)
			w.mutations(e)
		}
	}
	return w.Bytes()
}

type writer struct {
	bytes.Buffer
	history map[viewer.Role]catalog.Grant // on versions
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// about writes a description.
func (w *writer) about(indent, format string, args ...any) {
	w.line("%s\"\"\"%s\"\"\"", indent, strings.ReplaceAll(fmt.Sprintf(format, args...), `"""`, `'`))
}

func (w *writer) object(e *catalog.Entity) {
	w.line("")
	w.about("", "%s %s", e.About, readers(e))
	w.line("type %s implements Node {", e.Name)
	w.about("  ", "Typed id, such as %s_01jd8m4w2xe5ktd7zcv4n8q3fa.", e.Prefix)
	w.line("  id: ID!")
	for _, f := range e.Fields[1:] {
		if f.Hidden {
			continue
		}
		w.about("  ", "%s", f.About)
		w.line("  %s: %s%s", f.Name, f.Scalar, bang(!f.Nullable))
	}
	if e.ExternalReferences {
		w.about("  ", "The ids under which other systems know this %s, at most %d.", words(e.Single), catalog.MaxReferences)
		w.line("  externalReferences: [ExternalReference!]! @listSize(assumed: 2)")
	}
	for _, edge := range e.Edges {
		if edge.Many {
			w.about("  ", "Page of the %s of this %s.", words(edge.Name), words(e.Single))
			w.line("  %s%s: %sConnection!", edge.Name, pageArguments(edge.Target), edge.Target)
			continue
		}
		w.about("  ", "The %s this %s belongs to.", words(edge.Name), words(e.Single))
		w.line("  %s: %s%s", edge.Name, edge.Target, bang(!edge.Nullable))
	}
	w.line("}")
	for _, f := range e.Fields {
		if f.Kind == catalog.Enum && !f.Hidden {
			w.enum(e, f)
		}
	}
}

func (w *writer) enum(e *catalog.Entity, f catalog.Field) {
	w.line("")
	w.about("", "Values of %s.%s. %s", e.Name, f.Name, f.About)
	w.line("enum %s {", f.Scalar)
	for _, value := range f.Values {
		w.about("  ", "%s.", sentence(value))
		w.line("  %s", value)
	}
	w.line("}")
	if f.Filter {
		w.line("")
		w.about("", "Conditions on a %s.", f.Scalar)
		w.line("input %sComparison {\n  \"\"\"Equal to this.\"\"\"\n  eq: %[1]s\n  \"\"\"Not equal to this.\"\"\"\n  neq: %[1]s\n  \"\"\"One of these.\"\"\"\n  in: [%[1]s!]\n  \"\"\"None of these.\"\"\"\n  notIn: [%[1]s!]\n}", f.Scalar)
	}
}

func (w *writer) connection(e *catalog.Entity) {
	w.line("")
	w.about("", "A page of %s.", words(e.Plural))
	w.line("type %sConnection {", e.Name)
	w.line("  \"\"\"The page's items, each with its cursor.\"\"\"\n  edges: [%sEdge!]!", e.Name)
	w.line("  \"\"\"The page's items alone.\"\"\"\n  nodes: [%s!]!", e.Name)
	w.line("  \"\"\"Where the page stands in the list.\"\"\"\n  pageInfo: PageInfo!")
	w.line("  \"\"\"Number of items in the whole list. It is counted only when selected, and costs more.\"\"\"\n  totalCount: Int! @cost(weight: 10)")
	w.line("}\n")
	w.about("", "An item of a page of %s.", words(e.Plural))
	w.line("type %sEdge {", e.Name)
	w.line("  \"\"\"Place of the item, for after and before. It is opaque.\"\"\"\n  cursor: String!")
	w.line("  \"\"\"The item.\"\"\"\n  node: %s!\n}", e.Name)
}

func (w *writer) where(e *catalog.Entity) {
	w.line("")
	w.about("", "Conditions on a %s. All that are given must hold.", words(e.Single))
	w.line("input %sWhere {", e.Name)
	w.line("  \"\"\"All of these must hold.\"\"\"\n  and: [%sWhere!]\n  \"\"\"At least one of these must hold.\"\"\"\n  or: [%[1]sWhere!]\n  \"\"\"This must not hold.\"\"\"\n  not: %[1]sWhere", e.Name)
	for _, f := range e.Fields {
		if f.Filter {
			w.about("  ", "Condition on %s.", f.Name)
			w.line("  %s: %sComparison", f.Name, comparison(f))
		}
	}
	if e.CustomFields {
		w.about("  ", "Conditions on the studio's own fields; all must hold. No index helps to find them, so each costs more.")
		w.line("  customFields: [CustomFieldCondition!] @cost(weight: 10)")
	}
	for _, edge := range e.Edges {
		if edge.Many {
			w.about("  ", "Condition on the %s.", words(edge.Name))
			w.line("  %s: %sListWhere", edge.Name, edge.Target)
		} else {
			w.about("  ", "Condition on the %s.", words(edge.Name))
			w.line("  %s: %sWhere", edge.Name, edge.Target)
		}
	}
	w.line("}\n")
	w.about("", "Conditions on a list of %s.", words(e.Plural))
	w.line("input %sListWhere {\n  \"\"\"At least one item meets this.\"\"\"\n  some: %[1]sWhere\n  \"\"\"No item meets this.\"\"\"\n  none: %[1]sWhere\n}", e.Name)
}

func (w *writer) order(e *catalog.Entity) {
	w.line("")
	w.about("", "What a list of %s can be ordered by.", words(e.Plural))
	w.line("enum %sOrderField {", e.Name)
	w.line("  \"\"\"Time of creation.\"\"\"\n  ID")
	for _, f := range e.Fields {
		if f.Order {
			w.about("  ", "The field %s.", f.Name)
			w.line("  %s", strings.ToUpper(f.Column))
		}
	}
	w.line("}\n")
	w.about("", "Order of a list of %s.", words(e.Plural))
	w.line("input %sOrder {\n  \"\"\"What to order by.\"\"\"\n  field: %[1]sOrderField!\n  \"\"\"Which way.\"\"\"\n  direction: OrderDirection! = ASC\n}", e.Name)
}

func (w *writer) queries(e *catalog.Entity) {
	w.line("\nextend type Query {")
	w.single(e)
	w.about("  ", "Page of the studio's %s. %s", words(e.Plural), readers(e))
	w.line("  %s%s: %sConnection!", e.Plural, pageArguments(e.Name), e.Name)
	if e.ExternalReferences {
		w.about("  ", "The %s that another system knows under its own id; null where there is none.", words(e.Single))
		w.line("  %sByExternalReference(\n    \"\"\"The other system, such as quickbooks.\"\"\"\n    system: String!\n    \"\"\"Its id of the record.\"\"\"\n    externalId: String!\n  ): %s @deprecated(reason: \"Use %[1]s(externalReference:). It goes on 2027-12-01.\")", e.Single, e.Name)
	}
	w.line("}")
}

// single is the field of one record.
func (w *writer) single(e *catalog.Entity) {
	if !e.ExternalReferences {
		w.about("  ", "The %s with the given id; null where there is none. %s", words(e.Single), readers(e))
		w.line("  %s(\n    \"\"\"Its id.\"\"\"\n    id: ID!\n  ): %s", e.Single, e.Name)
		return
	}
	w.about("  ", "The %s with the given id, or with the id that another system knows it under: give one of the two. Null where there is none. %s", words(e.Single), readers(e))
	w.line("  %s(\n    \"\"\"Its id.\"\"\"\n    id: ID\n    \"\"\"Its id in another system; for those who may read external references.\"\"\"\n    externalReference: ExternalReferenceInput\n  ): %s", e.Single, e.Name)
}

func (w *writer) mutations(e *catalog.Entity) {
	if e.Create {
		w.operation(e, "create"+e.Name, "Makes a "+words(e.Single)+".", func() {
			w.fields(e, true)
			w.references(e)
		}, rolesThat(e, func(g catalog.Grant) bool { return g.Create }))
	}
	if e.Update {
		w.operation(e, "update"+e.Name, "Changes a "+words(e.Single)+". Fields that are left out stay as they are.", func() {
			w.target(e)
			w.fields(e, false)
			w.references(e)
		}, rolesThat(e, func(g catalog.Grant) bool { return g.Update }))
	}
	if e.Restorable() {
		w.restoreVersion(e)
	}
	if !e.Delete {
		return
	}
	removers := rolesThat(e, func(g catalog.Grant) bool { return g.Delete })
	if e.RecycleBin {
		w.operation(e, "delete"+e.Name, binned(e), func() { w.target(e) }, removers)
		w.operation(e, "restore"+e.Name, "Takes a "+words(e.Single)+" out of the recycle bin, with what was deleted together with it. What it belongs to must not be deleted.", func() { w.target(e) }, removers)
	} else {
		w.operation(e, "delete"+e.Name, "Removes a "+words(e.Single)+" for good.", func() { w.target(e) }, removers)
	}
	if e.Bulk() {
		w.bulk(e)
	}
}

// binned says what the deletion of an e means.
func binned(e *catalog.Entity) string {
	with := ""
	if last := len(e.Owns) - 1; last >= 0 {
		with = " with its " + strings.Join(e.Owns[:last], ", ") + " and " + e.Owns[last]
	}
	return fmt.Sprintf("Puts a %s%s into the recycle bin, from which it can be restored for %d days. Then it is removed for good.", words(e.Single), with, catalog.BinDays)
}

func (w *writer) restoreVersion(e *catalog.Entity) {
	about := "Writes the values of an earlier version of a " + words(e.Single) + " anew, as a new version and by the rules of an update. " +
		"Fields that update" + e.Name + " does not take, and fields that the version does not have, stay as they are."
	roles := *e
	roles.Access = maps.Clone(e.Access)
	maps.DeleteFunc(roles.Access, func(role viewer.Role, _ catalog.Grant) bool { return !w.history[role].Read })
	w.operation(e, "restore"+e.Name+"Version", about, func() {
		w.target(e)
		w.line("  \"\"\"Which version, as recordVersions numbers them.\"\"\"\n  number: Int!")
	}, strings.TrimSuffix(rolesThat(&roles, func(g catalog.Grant) bool { return g.Update }), "scope "+e.Prefix+".")+"scopes "+e.Prefix+" and entityversion.")
}

func (w *writer) target(e *catalog.Entity) {
	w.about("  ", "Which %s.", words(e.Single))
	w.line("  id: ID!")
	w.line("  \"\"\"Do it only if the record still has this version; otherwise answer VERSION_CONFLICT.\"\"\"\n  ifVersion: Int")
}

func (w *writer) references(e *catalog.Entity) {
	if e.ExternalReferences {
		w.about("  ", "Ids under which other systems know the %s: each system that is named gets this id, others stay. At most %d.", words(e.Single), catalog.MaxReferences)
		w.line("  externalReferences: [ExternalReferenceInput!]")
	}
}

func (w *writer) fields(e *catalog.Entity, creating bool) {
	for _, f := range e.Fields {
		if creating && !f.Given || !creating && !f.Changed {
			continue
		}
		about := f.About
		if f.Target != "" {
			about = fmt.Sprintf("Id of the %s.", words(lowerFirst(f.Target)))
		}
		if f.Column == rule.CustomColumn {
			about += " Keys that are left out stay as they are, null takes a value away."
		}
		w.about("  ", "%s", about)
		w.line("  %s: %s%s", f.Name, f.Scalar, bang(creating && !f.Nullable && !f.Default))
	}
}

func (w *writer) operation(e *catalog.Entity, name, about string, input func(), who string) {
	title := upperFirst(name)
	w.line("")
	w.about("", "Input of %s.", name)
	w.line("input %sInput {", title)
	input()
	w.line("}\n")
	w.about("", "Answer of %s.", name)
	w.line("type %sPayload {", title)
	w.about("  ", "The %s as it now stands; null where something was wrong.", words(e.Single))
	w.line("  %s: %s", e.Single, e.Name)
	w.line("  \"\"\"What was wrong with the input; empty on success.\"\"\"\n  userErrors: [UserError!]! @listSize(assumed: 1) @cost(weight: 0)\n}\n\nextend type Mutation {")
	w.about("  ", "%s %s", about, who)
	risk := ""
	if strings.HasPrefix(name, "delete") {
		risk = " @highRisk(kind: DELETION)"
	}
	w.line("  %s(\n    \"\"\"What to do.\"\"\"\n    input: %sInput!\n  ): %[2]sPayload!%s\n}", name, title, risk)
}

func (w *writer) bulk(e *catalog.Entity) {
	plural := strings.ToUpper(e.Plural[:1]) + e.Plural[1:]
	w.line("")
	w.about("", "One record of bulkUpsert%s.", plural)
	w.line("input BulkUpsert%sRow {\n  \"\"\"The other system's id of the record.\"\"\"\n  externalId: String!", e.Name)
	w.fields(e, true)
	w.line("}\n\n\"\"\"Input of bulkUpsert%s.\"\"\"\ninput BulkUpsert%[1]sInput {\n  \"\"\"The other system, such as quickbooks.\"\"\"\n  system: String!\n  \"\"\"At most 100 records.\"\"\"\n  rows: [BulkUpsert%sRow!]!\n  \"\"\"What becomes of the other rows where one is wrong.\"\"\"\n  errorPolicy: BulkErrorPolicy! = REJECT_ALL\n}\n", plural, e.Name)
	w.line("\"\"\"Answer of bulkUpsert%s.\"\"\"\ntype BulkUpsert%[1]sPayload {", plural)
	w.about("  ", "The %s in the order of the rows, without those that were wrong; empty where nothing was written.", words(e.Plural))
	w.line("  %s: [%s!]! @listSize(assumed: 100)", e.Plural, e.Name)
	w.line("  \"\"\"What was wrong with the input; empty on success.\"\"\"\n  userErrors: [UserError!]! @listSize(assumed: 1) @cost(weight: 0)\n}\n\nextend type Mutation {")
	w.about("  ", "Makes or changes %s by the ids of another system. A row that says nothing new changes nothing. Where a row is wrong, errorPolicy decides. %s", words(e.Plural), rolesThat(e, func(g catalog.Grant) bool { return g.Create && g.Update }))
	w.line("  bulkUpsert%s(\n    \"\"\"What to do.\"\"\"\n    input: BulkUpsert%[1]sInput!\n  ): BulkUpsert%[1]sPayload! @cost(weight: 100) @highRisk(kind: IMPORT)\n}", plural)
}

func pageArguments(target string) string {
	return fmt.Sprintf(`(
    """How many from the start: 1 to 250, by default 25."""
    first: Int
    """Only what follows this cursor."""
    after: String
    """How many from the end: 1 to 250."""
    last: Int
    """Only what precedes this cursor."""
    before: String
    """Only what meets these conditions."""
    where: %[1]sWhere
    """In which order; by default that of creation."""
    orderBy: %[1]sOrder
  )`, target)
}

// comparison names the input type that holds conditions on f.
func comparison(f catalog.Field) string {
	if f.Sealed() {
		return "WholeText"
	}
	if f.Scalar == "EmailAddress" || f.Scalar == "URL" || f.Scalar == "CurrencyCode" {
		return "String"
	}
	return f.Scalar
}

func bang(required bool) string {
	if required {
		return "!"
	}
	return ""
}

func readers(e *catalog.Entity) string {
	return rolesThat(e, func(g catalog.Grant) bool { return g.Read })
}

// rolesThat writes who may do something, as a sentence.
func rolesThat(e *catalog.Entity, may func(catalog.Grant) bool) string {
	var names []string
	for role, grant := range e.Access {
		if !may(grant) {
			continue
		}
		name := string(role)
		if role == viewer.Public {
			name = "publishable keys"
		}
		if grant.Own {
			name += " (own household)"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return "For the platform alone."
	}
	slices.Sort(names)
	return "For " + strings.Join(names, ", ") + " and secret keys with the scope " + e.Prefix + "."
}

// words spells a camel-case name: "waitlistEntries" → "waitlist entries".
func words(name string) string {
	var b strings.Builder
	for i, c := range name {
		if i > 0 && c >= 'A' && c <= 'Z' && (name[i-1] < 'A' || name[i-1] > 'Z') {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return strings.ToLower(b.String())
}

// sentence spells an enum value: "FRONT_DESK" → "Front desk".
func sentence(value string) string {
	text := strings.ToLower(strings.ReplaceAll(value, "_", " "))
	return strings.ToUpper(text[:1]) + text[1:]
}
