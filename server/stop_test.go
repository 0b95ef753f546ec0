package main

import (
	"net"
	"net/http"
	"strings"
	"testing"
)

// TestGracefulStop asks the server to stop while a request waits for a lock:
// it takes no new connection, answers what it has begun, and only then ends.
func TestGracefulStop(t *testing.T) {
	r := begin(t, map[string]string{"BARRE_WORKER": "true"})
	super := r.kit.Super(t)
	hold, err := super.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Rollback()
	if _, err := hold.Exec(`LOCK TABLE tags IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	answered := make(chan answer, 1)
	go func() {
		a, err := r.try(request{token: r.note.Tenants[0].OwnerToken, query: createTag, variables: map[string]any{"name": "Just in time"}})
		if err != nil {
			a.Text = err.Error()
		}
		answered <- a
	}()
	eventually(t, "the request waits for the lock", func() bool {
		var waiting int
		err := super.QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'barre_app' AND wait_event_type = 'Lock'`).Scan(&waiting)
		return err == nil && waiting > 0
	})
	r.quit()
	eventually(t, "the server takes no new connection", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(strings.TrimSuffix(r.note.Endpoint, "/graphql"), "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	select {
	case err := <-r.done:
		r.done <- err
		t.Fatalf("it stopped with a request under way: %v", err)
	case a := <-answered:
		t.Fatalf("the request did not wait: %s", a.Text)
	default:
	}
	if err := hold.Rollback(); err != nil {
		t.Fatal(err)
	}
	if a := <-answered; a.Status != http.StatusOK || at(a.Data, "createTag.tag.id") == nil {
		t.Errorf("the request was not finished: %d %s", a.Status, a.Text)
	}
	if err := r.stopped(); err != nil {
		t.Errorf("serve: %v", err)
	}
}
