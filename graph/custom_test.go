package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	createField = `mutation($in: CreateCustomFieldInput!) { createCustomField(input: $in) {
		customField { entity key label kind options required familyAccess archived version } userErrors { code field } } }`
	updateField = `mutation($in: UpdateCustomFieldInput!) { updateCustomField(input: $in) {
		customField { label options required archived version } userErrors { code field } } }`
)

type object = map[string]any

func TestCustomFieldDefinitions(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	p := newPaths(t, kit)
	ask := func(as viewer.Role, text string, in object) string {
		data, errs := do(kit.A.As(t.Context(), as), p.compiled, text, object{"in": in})
		return fmt.Sprint(data, errs)
	}
	field := func(key string, more object) object {
		in := object{"entity": "STUDENT", "key": key, "label": "A label", "kind": "TEXT"}
		for name, value := range more {
			in[name] = value
		}
		return in
	}
	for _, c := range []struct {
		name string
		as   viewer.Role
		in   object
		want string
	}{
		{"a text", viewer.Admin, field("school", nil), "archived:false entity:STUDENT familyAccess:NONE key:school kind:TEXT label:A label options:[] required:false version:1"},
		{"a choice", viewer.Owner, field("size", object{"kind": "CHOICE", "options": []any{"S", "M"}, "required": true, "familyAccess": "WRITE"}), "familyAccess:WRITE key:size kind:CHOICE label:A label options:[S M] required:true"},
		{"a key that is taken", viewer.Owner, field("school", nil), "code:TAKEN field:[input key]"},
		{"the same key of another type", viewer.Owner, field("school", object{"entity": "DEAL"}), "entity:DEAL"},
		{"a key that is no name", viewer.Owner, field("Shoe size", nil), "code:INVALID field:[input key]"},
		{"a label of spaces", viewer.Owner, field("a", object{"label": "  "}), "code:INVALID field:[input label]"},
		{"a choice without options", viewer.Owner, field("a", object{"kind": "CHOICE"}), "code:INVALID field:[input options]"},
		{"an option twice", viewer.Owner, field("a", object{"kind": "CHOICE", "options": []any{"S", "S"}}), "code:INVALID field:[input options]"},
		{"a text with options", viewer.Owner, field("a", object{"options": []any{"S"}}), "code:INVALID field:[input options]"},
		{"a required field of enrollments", viewer.Owner, field("a", object{"entity": "ENROLLMENT", "required": true}), "code:INVALID field:[input required]"},
		{"the front desk", viewer.FrontDesk, field("a", nil), "not allowed"},
		{"a guardian", viewer.Guardian, field("a", nil), "not allowed"},
	} {
		if got := ask(c.as, createField, c.in); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
	for n := range 48 {
		ask(viewer.Owner, createField, field(fmt.Sprintf("field%d", n), nil))
	}
	if got := ask(viewer.Owner, createField, field("tooMany", nil)); !strings.Contains(got, "code:INVALID field:[input entity]") {
		t.Errorf("the 51st field: %s", got)
	}
	ctx := kit.A.As(t.Context(), viewer.Owner)
	id := typeid.Format("customfield", kit.Client(ctx).CustomField.Query().FirstIDX(ctx))
	for _, c := range []struct {
		name string
		in   object
		want string
	}{
		{"a new label", object{"id": id, "label": "School", "ifVersion": 1}, "label:School options:[] required:false version:2"},
		{"an old version", object{"id": id, "label": "Other", "ifVersion": 1}, "code:VERSION_CONFLICT"},
		{"options of a text", object{"id": id, "options": []any{"A"}}, "code:INVALID field:[input options]"},
		{"out of use", object{"id": id, "archived": true}, "archived:true label:School"},
		{"nobody's", object{"id": typeid.Format("customfield", kit.B.Student), "label": "A"}, "code:NOT_FOUND field:[input id]"},
	} {
		if got := ask(viewer.Owner, updateField, c.in); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
}

const (
	createStudent = `mutation($in: CreateStudentInput!) { createStudent(input: $in) { student { customFields } userErrors { code field } } }`
	updateStudent = `mutation($in: UpdateStudentInput!) { updateStudent(input: $in) { student { customFields household { name } } userErrors { code field } } }`
)

// TestCustomFieldValues writes and reads values on every way that there is.
func TestCustomFieldValues(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	populate(t, kit)
	p := newPaths(t, kit)
	student := typeid.Format("student", kit.A.Student)
	create := func(values any) object {
		return object{"in": object{"householdId": typeid.Format("household", kit.A.Household), "firstName": "A", "lastName": "B", "birthDate": "2016-01-01", "customFields": values}}
	}
	update := func(values any) object { return object{"in": object{"id": student, "customFields": values}} }
	for _, c := range []struct {
		name, text string
		as         viewer.Role
		vars       object
		want       string
	}{
		{"a record with values", createStudent, viewer.Owner, create(object{"school": "P.S. 1", "shoeSize": 31.5, "photos": true}), "customFields:map[photos:true school:P.S. 1 shoeSize:31.5]"},
		{"a record without", createStudent, viewer.Owner, create(nil), "customFields:map[]"},
		{"a value of another kind", createStudent, viewer.Owner, create(object{"shoeSize": "31"}), "code:INVALID field:[input customFields shoeSize]"},
		{"a value by a literal", `mutation($id: ID!) { updateStudent(input: {id: $id, customFields: {school: "P.S. 2", shoeSize: 30}}) { student { customFields } userErrors { code } } }`, viewer.Owner, object{"id": student}, "customFields:map[school:P.S. 2 shoeSize:30]"},
		{"one value more", updateStudent, viewer.Owner, update(object{"since": "2026-01-31"}), "customFields:map[school:P.S. 2 shoeSize:30 since:2026-01-31]"},
		{"one value less", updateStudent, viewer.Owner, update(object{"school": nil}), "customFields:map[shoeSize:30 since:2026-01-31]"},
		{"an unknown key", updateStudent, viewer.Owner, update(object{"other": 1}), "code:INVALID field:[input customFields other]"},
		{"no object", updateStudent, viewer.Owner, update("a"), "code:INVALID field:[input customFields]"},
		{"nothing at all", updateStudent, viewer.Owner, update(nil), "code:REQUIRED field:[input customFields]"},
		{"another studio's record", updateStudent, viewer.Owner, object{"in": object{"id": typeid.Format("student", kit.B.Student), "customFields": object{"shoeSize": 1}}}, "code:NOT_FOUND field:[input id]"},
		{"a family's own", updateStudent, viewer.Guardian, update(object{"shoeSize": 29}), "student:map[customFields:map[shoeSize:29]"},
		{"what a family may read alone", updateStudent, viewer.Guardian, update(object{"size": "M"}), "code:INVALID field:[input customFields size]"},
		{"what is not for families", updateStudent, viewer.Guardian, update(object{"since": nil}), "code:INVALID field:[input customFields since]"},
		{"all of it", `query($id: ID!) { student(id: $id) { customFields } }`, viewer.Teacher, object{"id": student}, "customFields:map[shoeSize:29 since:2026-01-31]"},
		{"what a family sees", `query($id: ID!) { student(id: $id) { customFields } }`, viewer.Guardian, object{"id": student}, "customFields:map[shoeSize:29]"},
		{"what a family may ask", `{ students(where: {customFields: [{key: "shoeSize", lt: 30}]}) { totalCount } }`, viewer.Guardian, nil, "totalCount:1"},
		{"what a family may not ask", `{ students(where: {customFields: [{key: "since", isNull: false}]}) { totalCount } }`, viewer.Guardian, nil, "There is no custom field of this key to filter by."},
		{"values of a class with a publishable key", `{ classes { nodes { id customFields } } }`, viewer.Public, nil, "not allowed"},
		{"classes by their values with a publishable key", `{ classes(where: {customFields: [{key: "a", isNull: false}]}) { nodes { id } } }`, viewer.Public, nil, "not allowed"},
		{"an unknown key to filter by", `{ students(where: {customFields: [{key: "other", eq: 1}]}) { totalCount } }`, viewer.Owner, nil, "There is no custom field of this key to filter by."},
		{"a text to compare a number with", `{ students(where: {customFields: [{key: "shoeSize", gt: "9"}]}) { totalCount } }`, viewer.Owner, nil, "The custom field shoeSize takes a number."},
		{"a wildcard", `{ students(where: {customFields: [{key: "school", contains: "100%"}]}) { totalCount } }`, viewer.Owner, nil, "totalCount:1"},
		{"an earlier version", `mutation($id: ID!) { restoreStudentVersion(input: {id: $id, number: 3}) { student { customFields } userErrors { code field } } }`, viewer.Owner, object{"id": student}, "customFields:map[school:P.S. 2 shoeSize:30 since:2026-01-31]"},
	} {
		data, errs := do(kit.A.As(t.Context(), c.as), p.compiled, c.text, c.vars)
		if got := fmt.Sprint(data, errs); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s; want %s", c.name, got, c.want)
		}
	}
}

// TestNumbersCompareAsNumbers orders 4, 30 and 33.5 as no text would.
func TestNumbersCompareAsNumbers(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	populate(t, kit)
	p := newPaths(t, kit)
	for condition, want := range map[string]int{"gt: 4": 2, "gte: 4": 3, "lt: 30": 2, "lte: 30.0": 3, "eq: 33.50": 1, "in: [4, 30.0, 5]": 2, "neq: 30": 6, "isNull: true": 3} {
		text := fmt.Sprintf(`{ students(where: {customFields: [{key: "shoeSize", %s}]}) { totalCount } }`, condition)
		data, errs := do(kit.A.As(t.Context(), viewer.Owner), p.compiled, text, nil)
		if got := fmt.Sprint(data, errs); !strings.Contains(got, fmt.Sprintf("totalCount:%d", want)) {
			t.Errorf("%s: %s; want %d", condition, got, want)
		}
	}
}
