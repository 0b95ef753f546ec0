package rule

import (
	"database/sql/driver"
	"encoding/json"
	"strings"
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/dialect/sql"
	"entgo.io/ent/schema"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"entgo.io/ent/schema/mixin"
	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/viewer"
)

// Tenant is the mixin of every entity whose rows belong to one tenant.
type Tenant struct {
	mixin.Schema
	Entity
}

// Global is the mixin of every entity that belongs to no tenant or to the
// platform alone.
type Global struct {
	mixin.Schema
	Entity
}

// Root is the mixin of the tenant's own row: its id is the tenant.
type Root struct {
	mixin.Schema
	Entity
}

// Columns that the mixins add.
const (
	TenantColumn  = "tenant_id"
	VersionColumn = "version"
	DeletedColumn = "deleted_at"
	// TogetherColumn is the record with which one was deleted and will be
	// restored; null for what was deleted by itself.
	TogetherColumn = "deleted_with"
	CustomColumn   = "custom_fields"
)

// Now is the clock of default values: UTC in microseconds, as Postgres keeps it.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// NewID returns a UUIDv7, so that ids sort by the time of creation.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func columns() []ent.Field {
	return []ent.Field{
		field.UUID("id", uuid.UUID{}).Default(NewID).Immutable(),
		field.Time("created_at").Default(Now).Immutable().Annotations(Of(Public).ByVerb()).
			Comment("When the record was made."),
		field.Time("updated_at").Default(Now).UpdateDefault(Now).Annotations(Of(Public).ByVerb()).
			Comment("When the record last changed."),
		field.Int(VersionColumn).Default(1).Annotations(Of(Public).ByVerb()).
			Comment("How often the record has changed, from 1. Give it as ifVersion to write only if nobody else has."),
	}
}

// Fields of a tenant's record.
func (t Tenant) Fields() []ent.Field {
	fields := append(columns(),
		field.UUID(TenantColumn, uuid.UUID{}).Immutable().Annotations(Of(Secret).Unseen().ByVerb()))
	if t.Features&RecycleBin != 0 {
		fields = append(fields, field.Time(DeletedColumn).Optional().Nillable().Annotations(Of(Internal).ByVerb()).
			Comment("When the record was put into the recycle bin; null while it is live."),
			field.UUID(TogetherColumn, uuid.UUID{}).Optional().Nillable().Annotations(Of(Secret).Unseen().ByVerb()))
	}
	if t.Features&CustomFields != 0 {
		fields = append(fields, field.JSON(CustomColumn, json.RawMessage{}).Default(json.RawMessage("{}")).
			Annotations(Of(Personal), entsql.DefaultExpr("'{}'")).
			Comment("Values of the studio's own fields by their keys, such as {shoeSize: 34}; Query.customFields tells which there are."))
	}
	return fields
}

// Indexes of a tenant's record: the key that foreign keys point to, which is
// also the default order of every list, and what is in the recycle bin.
func (t Tenant) Indexes() []ent.Index {
	list := []ent.Index{index.Fields(TenantColumn, "id").Unique()}
	if t.Features&RecycleBin != 0 {
		list = append(list, index.Fields(TenantColumn, DeletedColumn).Annotations(entsql.IndexWhere(DeletedColumn+" IS NOT NULL")))
	}
	return list
}

// Annotations carry the table of the entity to the generator.
func (t Tenant) Annotations() []schema.Annotation {
	t.Scope = ScopeTenant
	return []schema.Annotation{t.Entity}
}

// Interceptors narrow every query to the viewer's tenant and to live rows.
func (t Tenant) Interceptors() []ent.Interceptor {
	return []ent.Interceptor{scope(t.Entity, TenantColumn)}
}

// Hooks stamp the tenant, narrow changes to it and record them.
func (t Tenant) Hooks() []ent.Hook {
	stamped, confirmed := stamp(t.Entity, TenantColumn), confirm(t.Entity)
	return []ent.Hook{
		func(next ent.Mutator) ent.Mutator { return stamped(confirmed(next)) }, // one, as each is generated code in every entity
		record(t.Entity),
	}
}

// Policy refuses what the viewer's role may not do.
func (t Tenant) Policy() ent.Policy { return policy{t.Entity} }

// Fields of the tenant's own row.
func (Root) Fields() []ent.Field { return columns() }

// Annotations carry the table of the entity to the generator.
func (r Root) Annotations() []schema.Annotation {
	r.Scope = ScopeTenant
	return []schema.Annotation{r.Entity}
}

// Interceptors narrow every query to the viewer's own tenant.
func (r Root) Interceptors() []ent.Interceptor { return []ent.Interceptor{scope(r.Entity, "id")} }

// Hooks narrow changes to the viewer's own tenant and record them.
func (r Root) Hooks() []ent.Hook { return []ent.Hook{stamp(r.Entity, "id"), record(r.Entity)} }

// Policy refuses what the viewer's role may not do.
func (r Root) Policy() ent.Policy { return policy{r.Entity} }

// Fields of a record outside all tenants.
func (Global) Fields() []ent.Field { return columns() }

// Annotations carry the table of the entity to the generator.
func (g Global) Annotations() []schema.Annotation {
	if g.Scope == "" {
		g.Scope = ScopeGlobal
	}
	return []schema.Annotation{g.Entity}
}

// Policy refuses everybody but the platform acting across tenants.
func (g Global) Policy() ent.Policy { return platformOnly{g.Prefix} }

// whereable is every generated query and mutation.
type whereable interface{ WhereP(...func(*sql.Selector)) }

// Bound is an argument of a rule that comes from the viewer. A compiled
// statement keeps its place and takes the value of the viewer at hand.
type Bound struct {
	Slot Slot
	text string
}

// Value lets database/sql bind the argument.
func (b Bound) Value() (driver.Value, error) { return b.text, nil }

// Slot names what of the viewer a Bound is.
type Slot uint8

// The slots of a viewer.
const (
	SlotTenant Slot = iota
	SlotHousehold
	SlotMembership
	SlotStaff
	SlotLocations // an array
)

// Of returns the argument as the database takes it.
func (s Slot) Of(v *viewer.Viewer) string {
	switch s {
	case SlotHousehold:
		return v.HouseholdID.String()
	case SlotMembership:
		return v.MembershipID.String()
	case SlotStaff:
		return v.Custom.Staff.String()
	case SlotLocations:
		texts := make([]string, len(v.Custom.Locations))
		for i, id := range v.Custom.Locations {
			texts[i] = id.String()
		}
		return "{" + strings.Join(texts, ",") + "}"
	default:
		return v.TenantID.String()
	}
}

// equals narrows to rows whose column holds what the viewer's slot does.
func equals(column string, slot Slot, v *viewer.Viewer) func(*sql.Selector) {
	return func(s *sql.Selector) { s.Where(sql.EQ(s.C(column), Bound{slot, slot.Of(v)})) }
}

func isNull(column string) func(*sql.Selector) {
	return func(s *sql.Selector) { s.Where(sql.IsNull(s.C(column))) }
}
