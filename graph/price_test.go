package graph_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/viewer"
)

// signedIn returns the token of a session of a new member of the studio.
func signedIn(t *testing.T, kit *testkit.Kit, s testkit.Studio, role membership.Role) string {
	t.Helper()
	across := viewer.AcrossTenants(t.Context(), "test: sign in")
	inside := viewer.ForTenant(t.Context(), s.Tenant, "test: sign in")
	user := kit.Client(across).User.Create().SetEmail("owner@example.com").SetName("Olu").SaveX(across)
	token, stored := credential.New(credential.Session, credential.Test)
	if err := kit.InTx(inside, func(inside context.Context) error {
		return kit.Client(inside).Membership.Create().SetUserID(user.ID).SetEmail(user.Email).SetName(user.Name).
			SetRole(role).SetStatus(membership.StatusACTIVE).Exec(inside)
	}); err != nil {
		t.Fatal(err)
	}
	member := kit.Client(inside).Membership.Query().Where(membership.UserID(user.ID)).OnlyX(inside)
	kit.Client(across).AuthSession.Create().SetTokenHash(stored.Hash[:]).SetUserID(user.ID).SetMembershipID(member.ID).
		SetExpiresAt(time.Now().Add(time.Hour)).ExecX(across)
	return token.Reveal()
}

// An answer costs what it holds, on whichever path it was made.
func TestActualCostOfEitherPath(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	token := signedIn(t, kit, kit.A, membership.RoleOWNER)
	compiled, ordinary := endpoint.New(t, kit.Store, endpoint.Config{}), endpoint.New(t, kit.Store, endpoint.Config{Ordinary: true})
	for _, text := range []string{
		`{ students(first: 50) { nodes { id } } }`,
		`{ students(first: 50) { edges { node { id household { name } } } totalCount } }`,
		`{ households(first: 10) { nodes { id students(first: 20) { nodes { id enrollments(first: 5) { nodes { id } } } } } } }`,
		`{ a: tags(first: 100) { nodes { id } } b: classes(first: 7) { nodes { id } } }`,
	} {
		var prices [2]struct {
			Extensions struct {
				Cost struct{ RequestedQueryCost, ActualQueryCost int }
			}
		}
		for i, e := range []*endpoint.Endpoint{compiled, ordinary} {
			answer := e.Do(token, text, nil)
			if err := json.Unmarshal(answer.Body, &prices[i]); err != nil || answer.Status != 200 {
				t.Fatalf("%s: %d %s %v", text, answer.Status, answer.Body, err)
			}
		}
		first := prices[0].Extensions.Cost
		if prices[0] != prices[1] || first.ActualQueryCost >= first.RequestedQueryCost {
			t.Errorf("%s: %+v compiled, %+v by the executor", text, first, prices[1].Extensions.Cost)
		}
	}
	var feed struct {
		Extensions struct {
			Cost struct{ RequestedQueryCost, ActualQueryCost int }
		}
	}
	answer := compiled.Do(token, `{ changes(first: 100) { nodes { id sequence } } }`, nil)
	if err := json.Unmarshal(answer.Body, &feed); err != nil || feed.Extensions.Cost.ActualQueryCost >= feed.Extensions.Cost.RequestedQueryCost {
		t.Errorf("an empty feed costs as much as a full one: %s %v", answer.Body, err)
	}
}
