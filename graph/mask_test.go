package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/barrehq/barre/ent/customrole"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/viewer"
)

// What a role does not see is null with an error at its place, and takes with
// it only what cannot be without it.
func TestMaskedFieldsAreNull(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	token := signedIn(t, kit, kit.A, membership.RoleADMIN)
	inside := viewer.ForTenant(t.Context(), kit.A.Tenant, "test: narrow a role")
	err := kit.InTx(inside, func(ctx context.Context) error {
		client := kit.Client(ctx)
		role := client.CustomRole.Create().SetName("Desk").SetBase(customrole.BaseADMIN).
			SetPermissions([]string{"household:read:all", "student:read:all"}).SetMasks([]string{"student.birthDate", "student.medicalNote"}).SaveX(ctx)
		return client.Membership.Query().Where(membership.Email("owner@example.com")).OnlyX(ctx).Update().SetCustomRoleID(role.ID).Exec(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, ordinary := range []bool{false, true} {
		e := endpoint.New(t, kit.Store, endpoint.Config{Ordinary: ordinary})
		for _, c := range []struct{ what, text, data, at string }{
			{"nothing masked", `{ students { nodes { level } } }`, `{"students":{"nodes":[{"level":%d}]}}`, "[]"},
			{"a field that may be null", `{ households { totalCount } students { nodes { level medicalNote } } }`,
				`{"households":{"totalCount":1},"students":{"nodes":[{"level":%d,"medicalNote":null}]}}`, "[[students nodes 0 medicalNote]]"},
			{"a field that may not", `{ students { nodes { level birthDate } } }`, `null`, "[[students nodes 0 birthDate]]"},
			{"one of a record", fmt.Sprintf(`{ student(id: %q) { birthDate } households { totalCount } }`, kit.Client(inside).Student.Query().OnlyX(inside).TypeID()),
				`{"student":null,"households":{"totalCount":1}}`, "[[student birthDate]]"},
		} {
			var got struct {
				Data   json.RawMessage
				Errors []struct {
					Path       []any
					Extensions struct{ Code string }
				}
			}
			answer := e.Do(token, c.text, nil)
			if err := json.Unmarshal(answer.Body, &got); err != nil {
				t.Fatal(err)
			}
			want, at := c.data, []any{}
			if n := kit.Client(inside).Student.Query().OnlyX(inside).Level; want != "null" && c.what != "one of a record" {
				want = fmt.Sprintf(c.data, n)
			}
			for _, err := range got.Errors {
				at = append(at, err.Path)
				if err.Extensions.Code != "FORBIDDEN" {
					t.Errorf("%s (ordinary %t): the error is %s", c.what, ordinary, err.Extensions.Code)
				}
			}
			if string(got.Data) != want || fmt.Sprint(at) != c.at {
				t.Errorf("%s (ordinary %t): %s\n\twant %s with errors at %s", c.what, ordinary, answer.Body, want, c.at)
			}
		}
	}
}
