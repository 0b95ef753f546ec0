// Package rule holds what an entity's one file can say of it (its scope, who
// may do what, the class of each field) and enforces it on every query and
// mutation that goes through ent.
package rule

import (
	"github.com/barrehq/barre/internal/viewer"
)

// Scope says whose rows a table holds.
type Scope string

const (
	// ScopeTenant rows belong to one tenant; all four walls stand around them.
	ScopeTenant Scope = "tenant"
	// ScopeGlobal rows belong to no tenant (a person may be a member of
	// several studios). They are reached only across tenants.
	ScopeGlobal Scope = "global"
	// ScopeSystem rows are the platform's own records and have no place in
	// the API.
	ScopeSystem Scope = "system"
)

// Action is one thing that can be done to an entity.
type Action uint8

// The actions that an Access table grants. Restore goes with Delete.
const (
	Read Action = 1 << iota
	Create
	Update
	Delete
)

// Write is every action that changes something.
const Write = Create | Update | Delete

// Grant is what one role may do.
type Grant struct {
	Actions Action
	Own     bool // only rows of the viewer's own household
	// Within narrows further, by the viewer's custom role; empty for all rows.
	// No entity's table says it.
	Within viewer.Scope
}

// All grants every action on every row.
var All = Grant{Actions: Read | Write}

// ReadOnly grants reading every row.
var ReadOnly = Grant{Actions: Read}

// Keep grants everything but deletion.
var Keep = Grant{Actions: Read | Create | Update}

// Own narrows actions to the rows of the viewer's own household.
func Own(actions Action) Grant { return Grant{Actions: actions, Own: true} }

// Access says what each role may do. A role that is missing may do nothing.
// Secret API keys may do what Admin may, within their scopes; the platform
// itself may do everything.
type Access map[viewer.Role]Grant

// Feature is a capability that the generator adds to an entity.
type Feature uint8

const (
	// RecycleBin keeps deleted rows for 30 days and offers restore.
	RecycleBin Feature = 1 << iota
	// Versions keeps every state of a row.
	Versions
	// ExternalReferences lets sync tools find and upsert rows by their own ids.
	ExternalReferences
	// Events records each change in the feed.
	Events
	// CustomFields lets a studio give the entity fields of its own.
	CustomFields
)

// Entity is the table of one entity: everything about it that is not a field,
// an edge or an index.
type Entity struct {
	Scope      Scope
	Prefix     string  // of the typed id, as in student_01jd…
	Plural     string  // GraphQL name of the list; by default the plural of the name
	Hidden     bool    // no GraphQL type at all
	Keep       Keeping // how long its rows are kept
	Features   Feature
	Operations Action // generated mutations: Create, Update, Delete
	Access     Access
	Owns       []string // edges to records that are deleted and restored together with theirs
	Household  string   // column that makes a row a household's Own
	About      string   // description in the GraphQL schema; complete sentences
}

// Name is how ent stores the annotation.
func (Entity) Name() string { return "Barre" }

// Class is how carefully a value must be kept.
type Class string

const (
	// Public values may be shown on a storefront.
	Public Class = "public"
	// Internal values are for everybody who works with or at the studio.
	Internal Class = "internal"
	// Personal values tell who somebody is or how to reach them.
	Personal Class = "personal"
	// Sensitive values could harm somebody: medical notes, staff remarks.
	// They are never sortable, and filterable as a whole alone, by a digest.
	Sensitive Class = "sensitive"
	// Secret values never leave the server.
	Secret Class = "secret"
)

// Field is the annotation of one field.
type Field struct {
	Class   Class
	Filter  bool // offered in where; needs an index that starts with the tenant
	Order   bool // offered in orderBy; needs the same, and must not be nullable
	Fixed   bool // set by verbs alone: in no generated input
	Initial bool // may be given at creation only
	Hidden  bool // not in the GraphQL type
	Format  Format
}

// Format names the GraphQL scalar of a field where its Go type does not.
type Format string

// The formats beyond those that follow from the Go type.
const (
	Date       Format = "Date"
	MinorUnits Format = "MinorUnits"
	Count      Format = "Count"
	Currency   Format = "CurrencyCode"
	Email      Format = "EmailAddress"
	URL        Format = "URL"
)

// Name is how ent stores the annotation.
func (Field) Name() string { return "BarreField" }

// Of returns the annotation of a field of the given class.
func Of(class Class) Field { return Field{Class: class} }

// Filtered offers the field in where.
func (f Field) Filtered() Field { f.Filter = true; return f }

// Ordered offers the field in where and orderBy.
func (f Field) Ordered() Field { f.Filter, f.Order = true, true; return f }

// ByVerb keeps the field out of generated inputs.
func (f Field) ByVerb() Field { f.Fixed = true; return f }

// Once lets the field be given at creation only.
func (f Field) Once() Field { f.Initial = true; return f }

// Unseen keeps the field out of the GraphQL type.
func (f Field) Unseen() Field { f.Hidden = true; return f }

// As names the GraphQL scalar.
func (f Field) As(format Format) Field { f.Format = format; return f }
