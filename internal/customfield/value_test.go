package customfield_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/barrehq/barre/ent"
	field "github.com/barrehq/barre/ent/customfield"
	"github.com/barrehq/barre/internal/customfield"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// defined is a field of each kind, and fields that are not for everybody.
func defined() customfield.Definitions {
	d := customfield.Definitions{}
	for _, f := range []*ent.CustomField{
		{Key: "text", Kind: field.KindTEXT}, {Key: "number", Kind: field.KindNUMBER}, {Key: "boolean", Kind: field.KindBOOLEAN},
		{Key: "date", Kind: field.KindDATE}, {Key: "choice", Kind: field.KindCHOICE, Options: []string{"S", "M"}},
		{Key: "old", Kind: field.KindTEXT, Archived: true},
		{Key: "open", Kind: field.KindTEXT, FamilyAccess: field.FamilyAccessREAD},
		{Key: "theirs", Kind: field.KindTEXT, FamilyAccess: field.FamilyAccessWRITE},
	} {
		if f.FamilyAccess == "" {
			f.FamilyAccess = field.FamilyAccessNONE
		}
		f.Label = strings.ToUpper(f.Key)
		d[f.Key] = f
	}
	return d
}

func TestMerge(t *testing.T) {
	type object = map[string]any
	for _, c := range []struct {
		name   string
		before string
		given  any
		role   viewer.Role
		want   string // the values, or the key and the code of the refusal
	}{
		{"nothing", ``, nil, viewer.Owner, `{}`},
		{"one of each kind", ``, object{"text": "a", "number": json.Number("1.5"), "boolean": true, "date": "2026-02-28", "choice": "M"}, viewer.Owner,
			`{"boolean":true,"choice":"M","date":"2026-02-28","number":1.5,"text":"a"}`},
		{"what is not given stays", `{"text":"a","number":12345678901234567890}`, object{"text": "b"}, viewer.Owner, `{"number":12345678901234567890,"text":"b"}`},
		{"null takes away", `{"text":"a","number":1}`, object{"text": nil}, viewer.Owner, `{"number":1}`},
		{"what is archived stays and goes", `{"old":"a"}`, object{"old": nil}, viewer.Owner, `{}`},
		{"no object", ``, []any{"a"}, viewer.Owner, ` INVALID`},
		{"an unknown key", ``, object{"other": "a"}, viewer.Owner, `other INVALID`},
		{"a text that is a number", ``, object{"text": json.Number("1")}, viewer.Owner, `text INVALID`},
		{"a number that is a text", ``, object{"number": "1"}, viewer.Owner, `number INVALID`},
		{"a number too large", ``, object{"number": json.Number("1e400")}, viewer.Owner, `number INVALID`},
		{"a boolean that is a text", ``, object{"boolean": "true"}, viewer.Owner, `boolean INVALID`},
		{"a day that is none", ``, object{"date": "2026-02-30"}, viewer.Owner, `date INVALID`},
		{"no option", ``, object{"choice": "L"}, viewer.Owner, `choice INVALID`},
		{"an option that is no text", ``, object{"choice": true}, viewer.Owner, `choice INVALID`},
		{"the longest text", ``, object{"text": strings.Repeat("é", 2000)}, viewer.Owner, `{"text":"` + strings.Repeat("é", 2000) + `"}`},
		{"a text too long", ``, object{"text": strings.Repeat("é", 2001)}, viewer.Owner, `text INVALID`},
		{"a text that Postgres cannot keep", ``, object{"text": "a\x00b"}, viewer.Owner, `text INVALID`},
		{"a list", ``, object{"text": []any{"a"}}, viewer.Owner, `text INVALID`},
		{"what is archived", ``, object{"old": "a"}, viewer.Owner, `old INVALID`},
		{"a family's own", `{"text":"a"}`, object{"theirs": "b"}, viewer.Guardian, `{"text":"a","theirs":"b"}`},
		{"what a family may only read", ``, object{"open": "b"}, viewer.Guardian, `open INVALID`},
		{"what a family does not know", ``, object{"text": "b"}, viewer.Guardian, `text INVALID`},
		{"what a family may not take away", `{"text":"a"}`, object{"text": nil}, viewer.Guardian, `text INVALID`},
	} {
		got, err := defined().Merge([]byte(c.before), c.given, c.role, false)
		if f := fault.From(err); f != nil {
			got = []byte(strings.Join(f.Field[2:], ".") + " " + string(f.Code))
		}
		if string(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, got, err, c.want)
		}
	}
}

// TestRequired asks for required values where a record is made, and where one
// is taken away; never for what is archived or not the writer's to give.
func TestRequired(t *testing.T) {
	d := defined()
	for _, key := range []string{"text", "old", "open"} {
		d[key].Required = true
	}
	for _, c := range []struct {
		name     string
		given    map[string]any
		role     viewer.Role
		creating bool
		ok       bool
	}{
		{"a new record without it", nil, viewer.Owner, true, false},
		{"a new record with half of it", map[string]any{"text": "a"}, viewer.Owner, true, false},
		{"a new record with it", map[string]any{"text": "a", "open": "b"}, viewer.Owner, true, true},
		{"a new record of a family", nil, viewer.Guardian, true, true},
		{"a change that is silent on it", map[string]any{"number": 1}, viewer.Owner, false, true},
		{"a change that takes it away", map[string]any{"text": nil}, viewer.Owner, false, false},
	} {
		_, err := d.Merge(nil, c.given, c.role, c.creating)
		if (err == nil) != c.ok || err != nil && fault.CodeOf(err) != fault.Required {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestVisible(t *testing.T) {
	all := []byte(`{"text":"a","open":"b","theirs":"c","undefined":"d"}`)
	got, err := defined().Visible(all, viewer.Guardian)
	if err != nil || string(got) != `{"open":"b","theirs":"c"}` {
		t.Errorf("a guardian sees %s, %v", got, err)
	}
}

// TestConditions compares each kind by each operator.
func TestConditions(t *testing.T) {
	values := map[string]any{"text": "a", "number": json.Number("1"), "boolean": false, "date": "2026-01-01", "choice": "gone"}
	allowed := map[string][]string{
		"text":    {"eq", "neq", "in", "lt", "lte", "gt", "gte", "contains", "startsWith", "isNull"},
		"number":  {"eq", "neq", "in", "lt", "lte", "gt", "gte", "isNull"},
		"date":    {"eq", "neq", "in", "lt", "lte", "gt", "gte", "isNull"},
		"choice":  {"eq", "neq", "in", "isNull"},
		"boolean": {"eq", "neq", "isNull"},
	}
	for key, value := range values {
		for _, operator := range allowed["text"] {
			given := value
			if operator == "in" {
				given = []any{value}
			}
			if operator == "isNull" {
				given = true
			}
			err := defined().Check(customfield.Condition{Key: key, Operator: operator, Value: given}, viewer.Owner)
			if may := slices.Contains(allowed[key], operator); (err == nil) != may || !may && fault.CodeOf(err) != fault.BadUserInput {
				t.Errorf("%s %s: %v", key, operator, err)
			}
			err = defined().Check(customfield.Condition{Key: key, Operator: operator, Value: []any{map[string]any{}}}, viewer.Owner)
			if operator != "isNull" && err == nil {
				t.Errorf("%s %s takes an object", key, operator)
			}
		}
	}
}

// TestHiddenCondition tells a guardian of a field that is not for families what
// it tells of one that is not there.
func TestHiddenCondition(t *testing.T) {
	var told []string
	for _, key := range []string{"text", "nobody"} {
		err := defined().Check(customfield.Condition{Key: key, Operator: "eq", Value: "a"}, viewer.Guardian)
		if err == nil {
			t.Fatalf("a guardian may filter by %s", key)
		}
		told = append(told, err.Error())
	}
	if told[0] != told[1] {
		t.Errorf("%s\n%s", told[0], told[1])
	}
	if err := defined().Check(customfield.Condition{Key: "open", Operator: "eq", Value: "a"}, viewer.Guardian); err != nil {
		t.Error(err)
	}
}
