package generator

import (
	"strings"
	"testing"

	"entgo.io/ent"
	"entgo.io/ent/entc/gen"
	"entgo.io/ent/entc/load"
	"entgo.io/ent/schema/edge"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
)

// tenants is the mixin of the entities below.
func tenants(prefix string) []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{Prefix: prefix, Keep: rule.AsLongAsStudio}}}
}

type Sound struct{ ent.Schema }

func (Sound) Mixin() []ent.Mixin { return tenants("sound") }
func (Sound) Fields() []ent.Field {
	return []ent.Field{field.String("name").Annotations(rule.Of(rule.Internal).Ordered())}
}
func (Sound) Indexes() []ent.Index { return []ent.Index{index.Fields("tenant_id", "name", "id")} }

type Unscoped struct{ ent.Schema }

type Unkept struct{ ent.Schema }

func (Unkept) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{Prefix: "unkept"}}}
}

type Fatal struct{ ent.Schema }

func (Fatal) Mixin() []ent.Mixin {
	return []ent.Mixin{rule.Tenant{Entity: rule.Entity{Prefix: "fatal", Keep: rule.AsLongAsStudio, Operations: rule.Delete}}}
}

type Unclassed struct{ ent.Schema }

func (Unclassed) Mixin() []ent.Mixin  { return tenants("unclassed") }
func (Unclassed) Fields() []ent.Field { return []ent.Field{field.String("name")} }

type Joined struct{ ent.Schema }

func (Joined) Mixin() []ent.Mixin { return tenants("joined") }
func (Joined) Edges() []ent.Edge  { return []ent.Edge{edge.To("friends", Joined.Type)} }

type Revealing struct{ ent.Schema }

func (Revealing) Mixin() []ent.Mixin { return tenants("revealing") }
func (Revealing) Fields() []ent.Field {
	return []ent.Field{field.String("remark").Annotations(rule.Of(rule.Sensitive).Filtered())}
}
func (Revealing) Indexes() []ent.Index { return []ent.Index{index.Fields("tenant_id", "remark")} }

type Digested struct{ ent.Schema }

func (Digested) Mixin() []ent.Mixin { return tenants("digested") }
func (Digested) Fields() []ent.Field {
	return []ent.Field{
		field.String("remark").Annotations(rule.Of(rule.Sensitive).Filtered()),
		field.Bytes("remark_index").Optional().Annotations(rule.Of(rule.Secret).Unseen().ByVerb()),
	}
}
func (Digested) Indexes() []ent.Index { return []ent.Index{index.Fields("tenant_id", "remark_index")} }

type Slow struct{ Digested }

func (Slow) Indexes() []ent.Index { return nil }

type Telling struct{ ent.Schema }

func (Telling) Mixin() []ent.Mixin { return tenants("telling") }
func (Telling) Fields() []ent.Field {
	return []ent.Field{field.String("code").Annotations(rule.Of(rule.Internal))}
}
func (Telling) Indexes() []ent.Index { return []ent.Index{index.Fields("code").Unique()} }

type Unique struct{ ent.Schema }

func (Unique) Mixin() []ent.Mixin { return tenants("unique") }
func (Unique) Fields() []ent.Field {
	return []ent.Field{field.String("code").Unique().Annotations(rule.Of(rule.Internal))}
}

type Scanning struct{ ent.Schema }

func (Scanning) Mixin() []ent.Mixin { return tenants("scanning") }
func (Scanning) Fields() []ent.Field {
	return []ent.Field{field.String("city").Annotations(rule.Of(rule.Internal).Filtered())}
}

type Unsteady struct{ ent.Schema }

func (Unsteady) Mixin() []ent.Mixin { return tenants("unsteady") }
func (Unsteady) Fields() []ent.Field {
	return []ent.Field{field.String("rank").Optional().Nillable().Annotations(rule.Of(rule.Internal).Ordered())}
}
func (Unsteady) Indexes() []ent.Index { return []ent.Index{index.Fields("tenant_id", "rank")} }

type Loose struct{ ent.Schema }

func (Loose) Mixin() []ent.Mixin { return tenants("loose") }
func (Loose) Fields() []ent.Field {
	return []ent.Field{field.UUID("parent_id", uuid.UUID{}).Annotations(rule.Of(rule.Internal))}
}
func (Loose) Edges() []ent.Edge {
	return []ent.Edge{edge.To("children", Loose.Type).From("parent").Unique().Required().Field("parent_id")}
}

// TestRefusals finds each mistake named by entity and field.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		entity ent.Interface
		want   []string // parts of the error; none where there is none
	}{
		{Sound{}, nil},
		{Unscoped{}, []string{"Unscoped", "no scope"}},
		{Unkept{}, []string{"Unkept", "retention"}},
		{Fatal{}, []string{"Fatal", "RecycleBin"}},
		{Unclassed{}, []string{"Unclassed.name", "data class"}},
		{Joined{}, []string{"Joined.friends", "many-to-many"}},
		{Revealing{}, []string{"Revealing.remark", "sensitive", "filterable"}},
		{Digested{}, nil},
		{Slow{}, []string{"Slow.remark", "remark_index"}},
		{Telling{}, []string{"Telling", "code", "must start with tenant_id"}},
		{Unique{}, []string{"Unique.code", "all tenants"}},
		{Scanning{}, []string{"Scanning.city", "index"}},
		{Unsteady{}, []string{"Unsteady.rank", "nullable"}},
		{Loose{}, []string{"Loose.parent", "no index"}},
	} {
		err := refusal(t, c.entity)
		if c.want == nil && err != nil {
			t.Errorf("%T is refused: %v", c.entity, err)
		}
		for _, part := range c.want {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("%T: %v; want it to say %q", c.entity, err, part)
			}
		}
	}
}

// refusal is what generation says of an entity.
func refusal(t *testing.T, entity ent.Interface) error {
	t.Helper()
	text, err := load.MarshalSchema(entity)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := load.UnmarshalSchema(text)
	if err != nil {
		t.Fatal(err)
	}
	storage, err := gen.NewStorage("sql")
	if err != nil {
		t.Fatal(err)
	}
	graph, err := gen.NewGraph(&gen.Config{Package: "example.test/ent", Storage: storage}, schema)
	if err != nil {
		t.Fatal(err)
	}
	entities, err := read(graph)
	if err != nil {
		return err
	}
	return check(graph, entities)
}

// TestCustomFieldsNamed finds a type with custom fields that nobody can define.
func TestCustomFieldsNamed(t *testing.T) {
	definition := catalog.Entity{Name: "CustomField", Fields: []catalog.Field{{Name: "entity", Values: []string{"CLASS"}}}}
	for _, c := range []struct {
		entity catalog.Entity
		want   bool
	}{
		{catalog.Entity{Name: "Class", CustomFields: true}, true}, {catalog.Entity{Name: "Class"}, false},
		{catalog.Entity{Name: "Deal", CustomFields: true}, false}, {catalog.Entity{Name: "Deal"}, true},
	} {
		if err := checkCustomFields([]catalog.Entity{c.entity, definition}); (err == nil) != c.want {
			t.Errorf("%s with custom fields %t: %v", c.entity.Name, c.entity.CustomFields, err)
		}
	}
}
