// Package catalog describes every entity as the generator read it: its table,
// fields, edges and who may do what. It is plain data, so that code which needs
// no database need not link one.
package catalog

import (
	"slices"

	"github.com/barrehq/barre/internal/viewer"
)

// BinDays is how long what is deleted stays in the recycle bin.
const BinDays = 30

// Kind is how a value is stored and written.
type Kind uint8

// The kinds of a field.
const (
	Text Kind = iota
	ID
	Int
	Bool
	Time
	Date
	Enum
	List // of text
	JSON
	Bytes
)

// Entity is one type of record.
type Entity struct {
	Name      string // "Student"
	Single    string // "student", the root field by id and the payload's field
	Plural    string // "students", the root field of the list
	Prefix    string // of the typed id
	Table     string
	Scope     string // "tenant", "global" or "system"
	Keep      string // class of retention
	Tenant    string // column that holds the tenant; "id" for the tenant itself
	Household string // column that makes a row a household's own; may be empty
	Hidden    bool   // no GraphQL type
	About     string

	Owns []string // edges to what is deleted and restored together with it

	RecycleBin, Versions, ExternalReferences, Events, CustomFields bool
	// The generated mutations.
	Create, Update, Delete bool

	Access map[viewer.Role]Grant
	Fields []Field
	Edges  []Edge
}

// MaxReferences bounds the external references of one record.
const MaxReferences = 20

// Grant is what a role may do with an entity.
type Grant struct {
	Read, Create, Update, Delete bool
	Own                          bool // only rows of the viewer's household
}

// Field is one column.
type Field struct {
	Name     string // in GraphQL: "firstName"
	Column   string
	Kind     Kind
	Scalar   string // GraphQL type without "!": "String", "MinorUnits", "EnrollmentStatus"
	Values   []string
	Class    string
	About    string
	Nullable bool
	Default  bool // may be left out at creation
	Hidden   bool // not in the GraphQL type
	Filter   bool
	Order    bool
	Given    bool   // in the input of the generated create
	Changed  bool   // in the input of the generated update
	Target   string // of a foreign key: the entity it points to
}

// Sealed reports whether the column keeps the value encrypted.
func (f *Field) Sealed() bool { return f.Class == "sensitive" && f.Kind == Text }

// Digest is the column by which a sealed one is found; nil where it is not.
func (e *Entity) Digest(f *Field) *Field {
	if !f.Sealed() {
		return nil
	}
	return e.ByColumn(f.Column + "_index")
}

// Edge leads to another entity.
type Edge struct {
	Name     string // in GraphQL: "household", "enrollments"
	Target   string
	Many     bool
	Column   string // of the foreign key: here for one, in the target's table for many
	Nullable bool
}

// Bulk reports whether the entity has bulkUpsert.
func (e *Entity) Bulk() bool { return e.ExternalReferences && e.Create && e.Update && e.Delete }

// Restorable reports whether an earlier version of a record can be written anew.
func (e *Entity) Restorable() bool {
	return e.Versions && e.Update && slices.ContainsFunc(e.Fields, func(f Field) bool { return f.Changed })
}

// Field returns the field of the given GraphQL name, or nil.
func (e *Entity) Field(name string) *Field {
	for i := range e.Fields {
		if e.Fields[i].Name == name {
			return &e.Fields[i]
		}
	}
	return nil
}

// ByColumn returns the field of the given column, or nil.
func (e *Entity) ByColumn(column string) *Field {
	for i := range e.Fields {
		if e.Fields[i].Column == column {
			return &e.Fields[i]
		}
	}
	return nil
}

// Edge returns the edge of the given GraphQL name, or nil.
func (e *Entity) Edge(name string) *Edge {
	for i := range e.Edges {
		if e.Edges[i].Name == name {
			return &e.Edges[i]
		}
	}
	return nil
}

// Shows reports whether v may read the values of a field: by their class, by
// the masks of a custom role, and of the operator's staff nothing sensitive.
func (e *Entity) Shows(f *Field, v *viewer.Viewer) bool {
	return Shows(f.Class, v.Role) && !v.Masked(e.Prefix+"."+f.Name) && (f.Class != "sensitive" || !v.IsStaff())
}

// Shows reports whether a viewer of the given role may read values of a class.
// Only public values leave with a publishable key, and sensitive ones are for
// those who keep the studio's records.
func Shows(class string, role viewer.Role) bool {
	switch class {
	case "public":
		return true
	case "sensitive":
		return role != viewer.Public && role != viewer.Guardian
	case "secret":
		return false
	default:
		return role != viewer.Public
	}
}
