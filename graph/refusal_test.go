package graph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/viewer"
)

// refusals are the refused entries of A's audit log, as category, action and
// whether they name the caller, in their order.
func refusals(t *testing.T, kit *testkit.Kit) (list []string) {
	t.Helper()
	rows, err := kit.Super(t).Query(`SELECT category || ' ' || action || ' ' || split_part(actor, ':', 1) FROM audit_entries
		WHERE outcome = 'REFUSED' AND tenant_id = $1 AND request_id = $2 AND address <> '' ORDER BY id`, kit.A.Tenant, endpoint.RequestID)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		list = append(list, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// Whatever is refused for want of rights or of proof is in the studio's log, on
// whichever path and whatever it was asked in, and once a minute.
func TestRefusalsAreWrittenDown(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	token := signedIn(t, kit, kit.A, membership.RoleTEACHER)
	now := time.Now()
	for _, ordinary := range []bool{false, true} {
		e := endpoint.New(t, kit.Store, endpoint.Config{Ordinary: ordinary, Now: func() time.Time { return now }})
		written := func(what, text string, want ...string) {
			t.Helper()
			before := len(refusals(t, kit))
			answer := e.Do(token, text, nil)
			if got := refusals(t, kit)[before:]; !slices.Equal(got, want) {
				t.Errorf("%s (ordinary %t): %v is written down; want %v\n%s", what, ordinary, got, want, answer.Body)
			}
		}
		stale := func(interval string) {
			if _, err := kit.Super(t).Exec(`UPDATE auth_sessions SET proven_at = now() - $1::interval`, interval); err != nil {
				t.Fatal(err)
			}
			e.Door.Forget(kit.A.Tenant)
		}
		stale("0")
		written("what is allowed", `{ students { nodes { id } } }`)
		written("a list", `{ harmless: students { nodes { id } } money: payments { nodes { id } } }`, "SECURITY payments FORBIDDEN user")
		written("the same again", `{ payments { totalCount } }`)
		written("a fragment", `{ ...f } fragment f on Query { invoices { totalCount } }`, "SECURITY invoices FORBIDDEN user")
		written("what is not there", `mutation { deleteStudent(input: {id: "student_01jd8m4w2xe5ktd7zcv4n8q3fa"}) { userErrors { code } } }`, "SECURITY deleteStudent FORBIDDEN user")
		now = now.Add(59 * time.Second)
		written("within the minute", `{ payments { totalCount } }`)
		now = now.Add(time.Second)
		written("after it", `{ payments { totalCount } }`, "SECURITY payments FORBIDDEN user")
		stale("11 minutes")
		written("an old proof", `mutation { createApiKey(input: {name: "K", kind: PUBLISHABLE}) { token } }`, "SECURITY createApiKey STEP_UP_REQUIRED user")
		if _, err := kit.Super(t).Exec(`UPDATE tenants SET requires_second_factor = true`); err != nil {
			t.Fatal(err)
		}
		e.Door.Forget(kit.A.Tenant)
		written("no second factor", `{ students { totalCount } }`, "SECURITY students SECOND_FACTOR_REQUIRED user")
		if _, err := kit.Super(t).Exec(`UPDATE tenants SET requires_second_factor = false`); err != nil {
			t.Fatal(err)
		}
		written("no document", `{ nothing }`)
		if before := len(refusals(t, kit)); !strings.Contains(string(e.Do("", `{ payments { totalCount } }`, nil).Body), "UNAUTHENTICATED") || len(refusals(t, kit)) != before {
			t.Error("what nobody asks is in somebody's log")
		}
	}
}

// What the operator's staff are refused stands with all else that they do.
func TestRefusalsOfStaffAreWrittenDown(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	across, inside := viewer.AcrossTenants(t.Context(), "test: let staff in"), viewer.ForTenant(t.Context(), kit.A.Tenant, "test: let staff in")
	token, stored := credential.New(credential.StaffAccess, "")
	account := kit.Client(across).StaffAccount.Create().SetEmail("sam@operator.example").SetName("Sam").SetTokenHash([]byte("none")).SaveX(across)
	err := kit.InTx(inside, func(inside context.Context) error {
		return kit.Client(inside).StaffAccess.Create().SetStaffAccountID(account.ID).SetStaffName("Sam").SetReason("Ticket 4711").SetMinutes(60).SetApprovalRequired(false).
			SetTokenHash(stored.Hash[:]).SetStatus("ACTIVE").SetStartsAt(time.Now()).SetEndsAt(time.Now().Add(time.Hour)).Exec(inside)
	})
	if err != nil {
		t.Fatal(err)
	}
	e := endpoint.New(t, kit.Store, endpoint.Config{})
	for _, text := range []string{`{ apiKeys { totalCount } }`, `mutation { exportAuditLog { userErrors { code } } }`} {
		if answer := e.Do(token.Reveal(), text, nil); !strings.Contains(string(answer.Body), "FORBIDDEN") {
			t.Fatalf("%s: %s", text, answer.Body)
		}
	}
	if got, want := refusals(t, kit), []string{"STAFF_ACCESS apiKeys FORBIDDEN staff", "STAFF_ACCESS exportAuditLog FORBIDDEN staff"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v is written down; want %v", got, want)
	}
}
