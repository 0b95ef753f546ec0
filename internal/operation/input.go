package operation

import (
	"context"
	"encoding/json"
	"math"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/customfield"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/viewer"
)

// filler sets the fields of mutations of one entity from inputs.
type filler struct {
	client  *ent.Client
	entity  *catalog.Entity
	defined customfield.Definitions // nil until they are needed
}

func (o *Operations) filler(ctx context.Context, name string) *filler {
	return &filler{client: o.store.Client(ctx), entity: catalog.Entities[name]}
}

// fill sets the fields of one mutation. before is the row that it changes; nil
// where that is new or not in hand.
func (f *filler) fill(ctx context.Context, m ent.Mutation, input map[string]any, before ent.Row) error {
	creating := m.Op().Is(ent.OpCreate)
	for i := range f.entity.Fields {
		field := &f.entity.Fields[i]
		given, present := input[field.Name]
		if !present || creating && !field.Given || !creating && !field.Changed || field.Column == rule.CustomColumn && given != nil {
			continue
		}
		if given == nil {
			if err := clearField(m, field, creating); err != nil {
				return err
			}
			continue
		}
		value, err := convert(f.entity, field, given)
		if err != nil {
			return err
		}
		if id, ok := value.(uuid.UUID); ok && field.Kind == catalog.ID && field.Column != f.entity.Household {
			if err := f.reach(ctx, field, id); err != nil {
				return err
			}
		}
		if err := m.SetField(field.Column, value); err != nil {
			return err
		}
	}
	if given := input["customFields"]; f.entity.CustomFields && (creating || given != nil) {
		return f.custom(ctx, m, given, before)
	}
	return nil
}

// reach refuses a reference to a record that a family does not see: the
// database's keys know the studio alone, and would tell what is there from what
// is not.
func (f *filler) reach(ctx context.Context, field *catalog.Field, id uuid.UUID) error {
	v, target := viewer.From(ctx), catalog.Entities[field.Target]
	narrowed := target.Access[v.Role].Own
	if v.Custom != nil {
		scope, _ := v.Custom.Scope(target.Prefix, rule.Read.String())
		narrowed = scope == viewer.ScopeHousehold
	}
	if !narrowed {
		return nil
	}
	rows, err := ent.Kinds[field.Target].List(ctx, f.client, func(s *sql.Selector) { s.Where(sql.EQ(s.C("id"), id)) })
	if err == nil && len(rows) == 0 {
		err = notFound(field.Name)
	}
	return err
}

// custom sets the values of the studio's own fields.
func (f *filler) custom(ctx context.Context, m ent.Mutation, given any, before ent.Row) (err error) {
	if f.defined == nil {
		if f.defined, err = customfield.Load(ctx, f.client, f.entity.Name); err != nil {
			return err
		}
	}
	var values customfield.Values
	creating := m.Op().Is(ent.OpCreate)
	if !creating {
		if before == nil {
			id, _ := m.(interface{ ID() (uuid.UUID, bool) }).ID()
			if before, err = locked(ctx, f.client, f.entity, id); err != nil {
				return err
			}
		}
		values, _ = before.Column(rule.CustomColumn).(customfield.Values)
	}
	if values, err = f.defined.Merge(values, given, viewer.From(ctx).Role, creating); err != nil {
		return err
	}
	return m.SetField(rule.CustomColumn, values)
}

// clearField takes null for what it can mean.
func clearField(m ent.Mutation, field *catalog.Field, creating bool) error {
	switch {
	case creating && (field.Nullable || field.Default):
		return nil
	case field.Nullable:
		return m.ClearField(field.Column)
	default:
		return fault.User(fault.Required, []string{"input", field.Name}, "%s must have a value.", field.Name)
	}
}

// convert turns a GraphQL value into the Go value that ent expects.
func convert(entity *catalog.Entity, field *catalog.Field, given any) (ent.Value, error) {
	switch field.Kind {
	case catalog.ID:
		return reference(field, given)
	case catalog.Int:
		return whole(field, given)
	case catalog.Enum:
		text, _ := given.(string)
		if !slices.Contains(field.Values, text) {
			return nil, invalid(field, "must be one of "+strings.Join(field.Values, ", "))
		}
		return ent.Kinds[entity.Name].Enums[field.Column](text), nil
	case catalog.Date:
		return parseTime(field, given, time.DateOnly, "a day such as 2026-11-22")
	case catalog.Time:
		return parseTime(field, given, time.RFC3339Nano, "a moment such as 2026-11-22T15:04:05Z")
	case catalog.List:
		return texts(field, given)
	case catalog.Text:
		return text(field, given)
	default:
		return given, nil
	}
}

func reference(field *catalog.Field, given any) (uuid.UUID, error) {
	id, err := query.ParseID(field.Target, given)
	if err != nil {
		return id, invalid(field, "is not a well-formed id")
	}
	if id == uuid.Nil {
		return id, notFound(field.Name)
	}
	return id, nil
}

// whole reads an integer as the Go type of its column: int64 for amounts and
// sequences, int for the rest.
func whole(field *catalog.Field, given any) (ent.Value, error) {
	var n int64
	switch v := given.(type) {
	case json.Number:
		parsed, err := v.Int64()
		if err != nil {
			return nil, invalid(field, "must be a whole number")
		}
		n = parsed
	case int64:
		n = v
	case int:
		n = int64(v)
	case float64:
		if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return nil, invalid(field, "must be a whole number")
		}
		n = int64(v)
	default:
		return nil, invalid(field, "must be a whole number")
	}
	if field.Scalar == "Int" {
		return int(n), nil
	}
	return n, nil
}

func parseTime(field *catalog.Field, given any, form, example string) (ent.Value, error) {
	s, _ := given.(string)
	if form == time.DateOnly {
		s = strings.TrimSuffix(s, "T00:00:00Z") // as gqlgen's executor hands a day on
	}
	t, err := time.Parse(form, s)
	if err != nil {
		return nil, invalid(field, "must be "+example)
	}
	return t.UTC().Truncate(time.Microsecond), nil
}

func texts(field *catalog.Field, given any) (ent.Value, error) {
	items, ok := given.([]any)
	if !ok {
		items = []any{given}
	}
	list := make([]string, len(items))
	for i, item := range items {
		s, ok := item.(string)
		if !ok {
			return nil, invalid(field, "must be a list of texts")
		}
		list[i] = s
	}
	return list, nil
}

// text checks the form that the scalar promises.
func text(field *catalog.Field, given any) (ent.Value, error) {
	s, ok := given.(string)
	if !ok {
		return nil, invalid(field, "must be a text")
	}
	switch field.Scalar {
	case "EmailAddress":
		if parsed, err := mail.ParseAddress(s); err != nil || parsed.Address != s {
			return nil, invalid(field, "must be an e-mail address such as ada@example.com")
		}
	case "URL":
		if u, err := url.Parse(s); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return nil, invalid(field, "must be an absolute http or https address")
		}
	case "CurrencyCode":
		if len(s) != 3 || strings.ToUpper(s) != s || strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) {
			return nil, invalid(field, "must be an ISO 4217 code such as USD")
		}
	}
	return s, nil
}

func ifVersion(input map[string]any) (int, bool, error) {
	given, present := input["ifVersion"]
	if !present || given == nil {
		return 0, false, nil
	}
	n, err := whole(&catalog.Field{Name: "ifVersion", Scalar: "Int"}, given)
	if err != nil {
		return 0, false, err
	}
	return n.(int), true, nil
}

func invalid(field *catalog.Field, problem string) error {
	return fault.User(fault.Invalid, []string{"input", field.Name}, "%s %s.", field.Name, problem)
}
