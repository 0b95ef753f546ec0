package graph_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
	"github.com/barrehq/barre/internal/typeid"
)

// TestStoppedStatement stops the statement of a read under way, as its time
// limit does: both paths say so in the same words.
func TestStoppedStatement(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	token, super := signedIn(t, kit, kit.A, membership.RoleOWNER), kit.Super(t)
	for _, ordinary := range []bool{false, true} {
		e := endpoint.New(t, kit.Store, endpoint.Config{Ordinary: ordinary})
		held, err := super.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := held.Exec(`LOCK TABLE tags IN ACCESS EXCLUSIVE MODE`); err != nil {
			t.Fatal(err)
		}
		answered := make(chan endpoint.Answer, 1)
		go func() { answered <- e.Do(token, `{ tags(first: 1) { nodes { name } } }`, nil) }()
		for stopped := false; !stopped; {
			err := super.QueryRow(`SELECT coalesce(bool_or(pg_cancel_backend(pid)), false) FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%tags%'`).Scan(&stopped)
			if err != nil {
				t.Fatal(err)
			}
		}
		got := <-answered
		if err := held.Rollback(); err != nil {
			t.Fatal(err)
		}
		if got.Status != http.StatusOK || !strings.Contains(string(got.Body), `"data":null`) || !strings.Contains(string(got.Body), `"code":"TIMEOUT"`) {
			t.Errorf("ordinary %t: %d %s", ordinary, got.Status, got.Body)
		}
	}
}

// TestLostKey reads a sealed text after the studio's key was lost.
func TestLostKey(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	token := signedIn(t, kit, kit.A, membership.RoleOWNER)
	write := endpoint.New(t, kit.Store, endpoint.Config{})
	student := typeid.Format("student", kit.A.Student)
	if body := string(write.Do(token, `mutation { updateStudent(input: {id: "`+student+`", medicalNote: "Peanuts"}) { student { id } } }`, nil).Body); !strings.Contains(body, student) {
		t.Fatal(body)
	}
	if _, err := kit.Super(t).Exec(`UPDATE data_keys SET wrapped = 'lost'`); err != nil {
		t.Fatal(err)
	}
	for _, ordinary := range []bool{false, true} {
		e := endpoint.New(t, kit.Store, endpoint.Config{Ordinary: ordinary})
		kit.Keys.Forget(kit.A.Tenant)
		if body := string(e.Do(token, `{ students(first: 1) { nodes { medicalNote } } }`, nil).Body); !strings.Contains(body, `"code":"KEY_UNAVAILABLE"`) {
			t.Errorf("ordinary %t: %s", ordinary, body)
		}
	}
}
