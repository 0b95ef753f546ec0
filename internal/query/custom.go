package query

import (
	"context"
	"encoding/json"

	"entgo.io/ent/dialect/sql"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/customfield"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// promise is what a statement takes for granted of a studio's own fields: that
// there is one of the key, and that it can be compared so. A plan is shared by
// studios; each run asks the definitions of its own.
type promise struct {
	entity   string
	key      value
	operator string
	operand  value
}

// custom turns conditions on a studio's own fields into predicates. Their text
// depends on the operators and on whether a value is a text, not on the fields.
func (f filter) custom(s *sql.Selector, entity *catalog.Entity, conditions value) (*sql.Predicate, error) {
	if v := viewer.From(f.ctx); !entity.Shows(entity.ByColumn(rule.CustomColumn), v) {
		return nil, fault.New(fault.Forbidden, "%s is not allowed to read %s.customFields.", v.Role, entity.Name)
	}
	var all []*sql.Predicate
	for _, condition := range conditions.items(f.vars) {
		members := condition.members(f.vars)
		key := value{}
		for _, m := range members {
			if m.name == "key" {
				key = m.value
			}
		}
		for _, m := range members {
			if m.name == "key" || m.value.isNull() {
				continue
			}
			*f.promises = append(*f.promises, promise{entity.Name, key, m.name, m.value})
			all = append(all, compareKey(s.C(rule.CustomColumn), key, m))
		}
	}
	return join(sql.And, all), nil
}

// compareKey compares the value of one key. jsonb compares numbers as numbers;
// texts are compared in the order of code points, as columns are.
func compareKey(column string, key value, m member) *sql.Predicate {
	name := slot{key, func(v any) (any, error) { return text("key", v) }}
	plain := slot{m.value, func(v any) (any, error) { return text(m.name, v) }}
	encoded := slot{m.value, func(v any) (any, error) {
		if _, isList := v.([]any); m.name == "in" && !isList {
			v = []any{v}
		}
		data, err := json.Marshal(v)
		return string(data), err
	}}
	_, isText := m.value.now.(string)
	order := map[string]string{"lt": " < ", "lte": " <= ", "gt": " > ", "gte": " >= "}[m.name]
	return sql.P(func(b *sql.Builder) {
		held := func(operator string) *sql.Builder {
			return b.WriteByte('(').Ident(column).WriteString(operator).Arg(name).WriteString("::text)")
		}
		switch {
		case m.name == "eq":
			held(" -> ").WriteString(" = ").Arg(encoded).WriteString("::jsonb")
		case m.name == "neq":
			held(" -> ").WriteString(" IS DISTINCT FROM ").Arg(encoded).WriteString("::jsonb")
		case m.name == "in":
			b.Arg(encoded).WriteString("::jsonb @> ")
			held(" -> ")
		case order != "" && isText:
			held(" ->> ").WriteString(` COLLATE "C"` + order).Arg(plain).WriteString("::text")
		case order != "":
			held(" -> ").WriteString(order).Arg(encoded).WriteString("::jsonb")
		case m.name == "contains":
			b.WriteString("strpos(")
			held(" ->> ").WriteString(", ").Arg(plain).WriteString("::text) > 0")
		case m.name == "startsWith":
			b.WriteString("starts_with(")
			held(" ->> ").WriteString(", ").Arg(plain).WriteString("::text)")
		case m.value.now == true:
			held(" -> ").WriteString(" IS NULL")
		default:
			held(" -> ").WriteString(" IS NOT NULL")
		}
	})
}

// kept refuses a run whose promises the definitions of the viewer's studio do
// not keep.
func kept(ctx context.Context, client *ent.Client, promises []promise, vars map[string]any) error {
	definitions := map[string]customfield.Definitions{}
	for _, p := range promises {
		defined, loaded := definitions[p.entity]
		if !loaded {
			var err error
			if defined, err = customfield.Load(ctx, client, p.entity); err != nil {
				return err
			}
			definitions[p.entity] = defined
		}
		key, err := text("key", p.key.find(vars))
		if err != nil {
			return err
		}
		condition := customfield.Condition{Key: key, Operator: p.operator, Value: p.operand.find(vars)}
		if err := defined.Check(condition, viewer.From(ctx).Role); err != nil {
			return err
		}
	}
	return nil
}
