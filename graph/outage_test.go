package graph_test

import (
	"cmp"
	"context"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/testkit/endpoint"
)

const (
	readTags  = `{ tags(first: 5) { totalCount } }`
	writeTags = `mutation { createTag(input: {name: "ballet"}) { tag { id } userErrors { code } } }`
)

// Where Postgres takes no writes, be it that its disk is full or that it is a
// standby, writes are told so and reads go on.
func TestWritesAreRefused(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	e := endpoint.New(t, kit.Store, endpoint.Config{})
	token := signedIn(t, kit, kit.A, membership.RoleOWNER)
	for name, c := range map[string]struct{ begin, end string }{
		"a full disk": {`CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'could not extend file'; END $$;
			CREATE TRIGGER disk_is_full BEFORE INSERT ON tags FOR EACH ROW EXECUTE FUNCTION disk_is_full()`, `DROP FUNCTION disk_is_full() CASCADE`},
		"a standby": {`CREATE FUNCTION standby() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'read_only_sql_transaction', MESSAGE = 'cannot execute INSERT'; END $$;
			CREATE TRIGGER standby BEFORE INSERT ON tags FOR EACH ROW EXECUTE FUNCTION standby()`, `DROP FUNCTION standby() CASCADE`},
	} {
		if _, err := kit.Super(t).Exec(c.begin); err != nil {
			t.Fatal(err)
		}
		if a := e.Do(token, writeTags, nil); !strings.Contains(string(a.Body), `"UNAVAILABLE"`) {
			t.Errorf("%s: a write: %d %s", name, a.Status, a.Body)
		}
		if a := e.Do(token, readTags, nil); a.Status != 200 || !strings.Contains(string(a.Body), `"totalCount":0`) {
			t.Errorf("%s: a read: %d %s", name, a.Status, a.Body)
		}
		if _, err := kit.Super(t).Exec(c.end); err != nil {
			t.Fatal(err)
		}
	}
	if a := e.Do(token, writeTags, nil); a.Status != 200 || !strings.Contains(string(a.Body), `"tag_`) {
		t.Errorf("afterwards: %d %s", a.Status, a.Body)
	}
}

// wire is a network to Postgres that can be made slow, or dead.
type wire struct {
	listener    net.Listener
	network, to string // where Postgres is

	mu   sync.Mutex
	slow time.Duration // before each piece
	open chan struct{} // closed while bytes go through
}

// between puts a wire in front of the address of a database.
func between(t *testing.T, address string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, network: "tcp", to: u.Host, open: make(chan struct{})}
	close(w.open)
	query := u.Query()
	if socket := query.Get("host"); socket != "" {
		w.network, w.to = "unix", socket+"/.s.PGSQL."+cmp.Or(query.Get("port"), u.Port(), "5432")
	}
	query.Del("host")
	query.Del("port")
	u.Host, u.RawQuery = listener.Addr().String(), query.Encode()
	go w.serve()
	t.Cleanup(func() { listener.Close() })
	return w, u.String()
}

func (w *wire) serve() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial(w.network, w.to)
		if err != nil {
			near.Close()
			continue
		}
		go w.pass(near, far)
		go w.pass(far, near)
	}
}

// pass brings what one end says to the other, piece by piece.
func (w *wire) pass(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	piece := make([]byte, 1<<10)
	for {
		n, err := from.Read(piece)
		w.mu.Lock()
		slow, open := w.slow, w.open
		w.mu.Unlock()
		<-open
		if slow > 0 {
			<-time.After(slow)
		}
		if _, failed := to.Write(piece[:n]); err != nil || failed != nil {
			return
		}
	}
}

// set makes the network slow, or dead; what it has kept goes on when it lives.
func (w *wire) set(slow time.Duration, dead bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slow = slow
	select {
	case <-w.open:
		if dead {
			w.open = make(chan struct{})
		}
	default:
		if !dead {
			close(w.open)
		}
	}
}

// Over a slow network requests are answered late, over a dead one at their
// deadline, and afterwards as ever.
func TestSlowDatabase(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	token := signedIn(t, kit, kit.A, membership.RoleOWNER)
	network, address := between(t, kit.AppURL)
	through, err := store.Open(t.Context(), store.Config{URL: address, SystemURL: kit.SystemURL, MaxConns: 2, Seal: func(store.Execer) store.Sealer { return kit.Keys }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { through.Close() })
	e := endpoint.New(t, through, endpoint.Config{})
	do := func(patience time.Duration) endpoint.Answer {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		r := httptest.NewRequestWithContext(ctx, "POST", "/graphql", strings.NewReader(`{"query":"`+readTags+`"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/graphql-response+json")
		r.Header.Set("Authorization", "Bearer "+token)
		return e.Serve(r)
	}
	well := func(what string, a endpoint.Answer) {
		t.Helper()
		if a.Status != 200 || !strings.Contains(string(a.Body), `"totalCount":0`) {
			t.Errorf("%s: %d %s", what, a.Status, a.Body)
		}
	}
	well("before", do(time.Minute))
	network.set(300*time.Millisecond, false)
	well("300 ms away", do(time.Minute))
	network.set(0, true)
	var group sync.WaitGroup
	for range 8 { // more than there are connections
		group.Go(func() {
			if a := do(time.Second); !strings.Contains(string(a.Body), `"TIMEOUT"`) && !strings.Contains(string(a.Body), `"UNAVAILABLE"`) {
				t.Errorf("on a dead network: %d %s", a.Status, a.Body)
			}
		})
	}
	group.Wait()
	network.set(0, false)
	well("afterwards", do(time.Minute))
}
