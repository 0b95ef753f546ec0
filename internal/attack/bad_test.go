package attack_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

// code is the first error's, top-level or of the payload.
func code(a endpoint.Answer) string {
	_, after, _ := bytes.Cut(a.Body, []byte(`"code":"`))
	value, _, _ := bytes.Cut(after, []byte(`"`))
	return string(value)
}

// asks is a body with a query and variables.
func asks(query string, variables string) string {
	if variables == "" {
		variables = "{}"
	}
	text, _ := json.Marshal(query)
	return fmt.Sprintf(`{"query":%s,"variables":%s}`, text, variables)
}

// TestHostileInput sends what no client should, and wants the documented code
// and no change in the database.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	before := w.sums(t, w.own)
	long, many := strings.Repeat("x", 20_000), strings.Repeat(`"student_49fdnk0mhg8hjv8v5jqbb914tb",`, 101)
	create := "mutation($input: CreateHouseholdInput!) { createHousehold(input: $input) { household { id } userErrors { code field } } }"
	for _, c := range []struct {
		name, body string
		status     int
		code       string
	}{
		{"nothing", "", 400, "BAD_REQUEST"},
		{"half an object", `{"query":"{ viewer { role } }"`, 400, "BAD_REQUEST"},
		{"a list", `[` + asks("{ viewer { role } }", "") + `]`, 400, "BAD_REQUEST"},
		{"a text", `"{ viewer { role } }"`, 400, "BAD_REQUEST"},
		{"null", `null`, 400, "BAD_REQUEST"},
		{"a number", `42`, 400, "BAD_REQUEST"},
		{"a second document", asks("{ viewer { role } }", "") + `{}`, 400, "BAD_REQUEST"},
		{"a key twice", `{"query":"{ __typename }","query":"{ viewer { role } }"}`, 400, "BAD_REQUEST"},
		{"an unknown member", `{"query":"{ __typename }","tenant":"x"}`, 400, "BAD_REQUEST"},
		{"a number as query", `{"query":1}`, 400, "BAD_REQUEST"},
		{"no query", `{}`, 400, "BAD_REQUEST"},
		{"a list of variables", asks("{ __typename }", "[]"), 400, "BAD_REQUEST"},
		{"extensions of text", `{"query":"{ __typename }","extensions":"x"}`, 400, "BAD_REQUEST"},
		{"bytes that are no UTF-8", "{\"query\":\"{ __typename } # \xff\"}", 400, "BAD_REQUEST"},
		{"overlong UTF-8", "{\"query\":\"{ __typename } # \xc0\xaf\"}", 400, "BAD_REQUEST"},
		{"a lone surrogate", asks("{ __typename }", `{"a":"\ud800"}`), 400, "BAD_REQUEST"},
		{"NUL", asks("{ __typename }", `{"a":"\u0000"}`), 400, "BAD_REQUEST"},
		{"deep JSON", asks("{ __typename }", strings.Repeat(`{"a":`, 500)+"1"+strings.Repeat("}", 500)), 400, "BAD_REQUEST"},
		{"a huge body", asks("{ __typename }", `{"a":"`+strings.Repeat("x", 3<<20)+`"}`), 413, "INPUT_TOO_LARGE"},
		{"a huge query", asks("{ __typename } #"+long, ""), 413, "QUERY_TOO_LARGE"},
		{"half a query", asks("{ viewer { role }", ""), 400, "GRAPHQL_PARSE_FAILED"},
		{"a circle of fragments", asks("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }", ""), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"an unknown field", asks("{ viewer { password } }", ""), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"an unknown argument", asks("{ students(tenantId: 1) { totalCount } }", ""), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"an unknown condition", asks(`{ students(where: {medicalNote: {eq: "x"}}) { totalCount } }`, ""), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"an unknown input field", asks(create, `{"input":{"name":"x","tenantId":"y"}}`), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"an unknown enum value", asks("{ students(orderBy: {field: MEDICAL_NOTE}) { totalCount } }", ""), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"a text as number", asks("query($n: Int) { students(first: $n) { totalCount } }", `{"n":"10"}`), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"a fraction as number", asks("query($n: Int) { students(first: $n) { totalCount } }", `{"n":1.5}`), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"a number as text", asks(create, `{"input":{"name":7}}`), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"a number as text in a list", asks("query($w: StudentWhere) { students(where: $w) { totalCount } }", `{"w":{"or":[{"lastName":{"in":[7]}}]}}`), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"a missing variable", asks("query($id: ID!) { student(id: $id) { id } }", ""), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"a number too great", asks("query($n: Int) { students(first: $n) { totalCount } }", `{"n":100000000000000000000}`), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"two operations without a name", asks("query a { __typename } query b { __typename }", ""), 400, ""},
		{"a subscription by POST", asks("subscription { changes { id } }", ""), 400, "BAD_REQUEST"},
		{"deferring", asks("{ ... @defer { viewer { role } } }", ""), 400, "GRAPHQL_VALIDATION_FAILED"},
		{"a page of none", asks("{ students(first: 0) { totalCount } }", ""), 0, "BAD_USER_INPUT"},
		{"a page of less than none", asks("{ students(first: -1) { totalCount } }", ""), 0, "BAD_USER_INPUT"},
		{"a page too long", asks("{ students(first: 251) { totalCount } }", ""), 0, "BAD_USER_INPUT"},
		{"the greatest page", asks("{ students(first: 2147483647) { totalCount } }", ""), 0, "BAD_USER_INPUT"},
		{"a page from both ends", asks("{ students(first: 1, last: 1) { totalCount } }", ""), 0, "BAD_USER_INPUT"},
		{"a cursor of nonsense", asks(`{ students(first: 1, after: "x") { totalCount } }`, ""), 0, "BAD_USER_INPUT"},
		{"a cursor too long", asks(`{ students(first: 1, after: "`+strings.Repeat("A", 9000)+`") { totalCount } }`, ""), 0, "BAD_USER_INPUT"},
		{"an id of nonsense", asks(`{ node(id: "1 OR 1=1") { id } }`, ""), 0, "BAD_USER_INPUT"},
		{"an id in capitals", asks(`{ student(id: "`+strings.ToUpper(w.own.typed("Student"))+`") { id } }`, ""), 0, "BAD_USER_INPUT"},
		{"too many ids", asks(`{ nodes(ids: [`+many+`]) { id } }`, ""), 0, "INPUT_TOO_LARGE"},
		{"too many conditions", asks(`query($w: StudentWhere) { students(where: $w) { totalCount } }`, `{"w":{"or":[`+strings.Repeat(`{"lastName":{"eq":"a"}},`, 60)+`{}]}}`), 0, "INPUT_TOO_LARGE"},
		{"conditions too deep", asks(`query($w: StudentWhere) { students(where: $w) { totalCount } }`, `{"w":`+strings.Repeat(`{"not":`, 7)+`{"lastName":{"eq":"a"}}`+strings.Repeat("}", 7)+`}`), 0, "INPUT_TOO_LARGE"},
		{"a tower of edges", asks("{ students { nodes { "+strings.Repeat("household { students { nodes { ", 9)+"id"+strings.Repeat(" } } }", 9)+" } } }", ""), 400, "QUERY_TOO_DEEP"},
		{"a crowd of aliases", asks("{ "+aliases(31)+" }", ""), 400, "QUERY_TOO_EXPENSIVE"},
		{"doubling fragments", asks(doubling(25), ""), 413, "QUERY_TOO_LARGE"},
		{"two guesses at a password", asks(`mutation { a: signIn(input: {email: "a@example.com", password: "x"}) { token } b: signIn(input: {email: "a@example.com", password: "y"}) { token } }`, ""), 400, ""},
		{"an address that is none", asks(create, `{"input":{"name":"Attack","email":"nobody"}}`), 200, "INVALID"},
		{"a name too long", asks(create, `{"input":{"name":"`+strings.Repeat("x", 5000)+`"}}`), 200, "INVALID"},
		{"no name", asks(create, `{"input":{"name":""}}`), 200, "INVALID"},
		{"an id of nonsense to change", asks(`mutation { deleteHousehold(input: {id: "x"}) { userErrors { code } } }`, ""), 200, "INVALID"},
		{"an id of another type to change", asks(`mutation { deleteHousehold(input: {id: "`+w.own.typed("Student")+`"}) { userErrors { code } } }`, ""), 200, "NOT_FOUND"},
		{"an old version", asks(`mutation { deleteHousehold(input: {id: "`+w.own.typed("Household")+`", ifVersion: 77}) { userErrors { code } } }`, ""), 200, ""},
	} {
		answer := w.Post(w.own.tokens["OWNER"], "application/json", []byte(c.body))
		if got := code(answer); c.status != 0 && answer.Status != c.status || c.code != "" && got != c.code || got == "INTERNAL" || got == "" {
			t.Errorf("%s: %d %s; want %d %s: %.200s", c.name, answer.Status, got, c.status, c.code, answer.Body)
		}
		if len(answer.Body) > 16<<10 || bytes.Contains(answer.Body, []byte("Did you mean")) || w.leaked(answer.Body) != "" {
			t.Errorf("%s says too much: %.400s", c.name, answer.Body)
		}
	}
	changed := differ(before, w.sums(t, w.own))
	changed = slices.DeleteFunc(changed, func(table string) bool { return table == "audit_entries" }) // where refusals stand
	if len(changed) > 0 {
		t.Errorf("bad input changed %v", changed)
	}
}

func aliases(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: students { totalCount } ", i)
	}
	return b.String()
}

func doubling(n int) string {
	var b strings.Builder
	b.WriteString("{ ...f0 }")
	for i := range n {
		fmt.Fprintf(&b, " fragment f%d on Query { ...f%d ...f%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment f%d on Query { viewer { role } }", n)
	return b.String()
}

// TestHostileCredentials sends credentials that must not serve.
func TestHostileCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	session := func(stands map[string]any, member map[string]any) string {
		token, stored := credential.New(credential.Session, credential.Test)
		user := w.spawn(t, w.own, "User", nil)["id"]
		of := map[string]any{"role": "OWNER", "user_id": user, "custom_role_id": nil, "location_ids": nil}
		for column, value := range member {
			of[column] = value
		}
		row := map[string]any{"token_hash": stored.Hash[:], "user_id": user, "membership_id": w.spawn(t, w.own, "Membership", of)["id"], "proven_at": time.Now()}
		for column, value := range stands {
			row[column] = value
		}
		w.spawn(t, w.own, "AuthSession", row)
		return token.Reveal()
	}
	past := time.Now().Add(-time.Minute)
	good := session(nil, nil)
	unknown, _ := credential.New(credential.Session, credential.Test)
	key, stored := credential.New(credential.SecretKey, credential.Test)
	w.spawn(t, w.own, "APIKey", map[string]any{"token_hash": stored.Hash[:], "kind": "SECRET", "scopes": []byte(`["*"]`), "expires_at": past})
	for name, token := range map[string]string{
		"expired session": session(map[string]any{"expires_at": past}, nil), "revoked session": session(map[string]any{"revoked_at": past}, nil),
		"session of a former member": session(nil, map[string]any{"status": "REVOKED"}), "session of nobody": unknown.Reveal(), "expired key": key.Reveal(),
		"broken session": good[:len(good)-2] + "00", "hash of a session": "x", "another's user": session(map[string]any{"user_id": w.neighbor.rows["User"]["id"]}, nil),
	} {
		answer := w.Do(token, "{ viewer { role } }", nil)
		if answer.Status != http.StatusUnauthorized || code(answer) != "UNAUTHENTICATED" {
			t.Errorf("%s: %d %s", name, answer.Status, answer.Body)
		}
	}
	if answer := w.Do(good, "{ viewer { role } }", nil); !clean(answer) {
		t.Errorf("a good session: %s", answer.Body)
	}
}

// TestNeighborNamedBeside names the neighbor in every place where a careless
// server would look for a tenant.
func TestNeighborNamedBeside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, endpoint.Config{})
	b := w.neighbor.tenant.String()
	plain := w.Do(w.own.tokens["OWNER"], "{ viewer { tenant { id } } }", nil)
	for _, header := range []string{"X-Tenant-Id", "X-Tenant", "Tenant", "X-Forwarded-Host", "X-Hasura-Org-Id"} {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(asks("{ viewer { tenant { id } } }", "")))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/graphql-response+json")
		r.Header.Set("Authorization", "Bearer "+w.own.tokens["OWNER"])
		r.Header.Set(header, b)
		r.AddCookie(&http.Cookie{Name: "tenant", Value: b})
		if answer := w.Serve(r); !alike(answer, plain) {
			t.Errorf("%s: %s", header, answer.Body)
		}
	}
	for _, extensions := range []string{fmt.Sprintf(`{"tenant":"%s"}`, b), fmt.Sprintf(`{"persistedQuery":null,"tenantId":"%s"}`, b)} {
		answer := w.Post(w.own.tokens["OWNER"], "application/json", []byte(`{"query":"{ viewer { tenant { id } } }","extensions":`+extensions+`}`))
		if w.leaked(answer.Body) != "" || clean(answer) && !alike(answer, plain) {
			t.Errorf("extensions %s: %s", extensions, answer.Body)
		}
	}
}
