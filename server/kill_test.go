package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/typeid"
)

// asServer in the environment makes the test's own binary the server, so that
// it can be killed.
const asServer = "BARRE_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		err := run(context.Background(), []string{"serve"}, os.LookupEnv, os.Stdout)
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitCode(err))
	}
	os.Exit(m.Run())
}

// inbox receives webhooks and counts each id.
type inbox struct {
	mu  sync.Mutex
	ids map[string]int
	bad []string
}

func (i *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body struct{ Data struct{ ID string } }
	text, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	id := r.Header.Get("webhook-id")
	i.mu.Lock()
	defer i.mu.Unlock()
	i.ids[id]++
	if err != nil || body.Data.ID != id {
		i.bad = append(i.bad, fmt.Sprintf("%s: %v %s", id, err, text))
	}
}

func (i *inbox) has(id string) bool { i.mu.Lock(); defer i.mu.Unlock(); return i.ids[id] > 0 }

// victim is a server in a process of its own.
type victim struct {
	command *exec.Cmd
	done    chan error
}

func raise(t *testing.T, env []string, endpoint string) *victim {
	t.Helper()
	// The test's own binary, or the one that was built where BARRE_BINARY names it.
	v := &victim{command: exec.Command(cmp.Or(os.Getenv("BARRE_BINARY"), os.Args[0]), "serve"), done: make(chan error, 1)}
	v.command.Env = append(os.Environ(), env...)
	v.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := v.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { v.done <- v.command.Wait() }()
	eventually(t, "the server answers", func() bool {
		response, err := http.Get("http://" + endpoint + "/readyz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return v
}

func (v *victim) kill() { _ = v.command.Process.Kill(); <-v.done }

// acknowledged is one change that the server said was done.
type acknowledged struct {
	student string
	version int
}

// TestKilledServerLosesNothing kills server and worker without warning, twenty
// times under load: what was acknowledged is there with its event, and every
// event arrives, each under one id however often.
func TestKilledServerLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for the rescue of jobs that the killed left behind")
	}
	const kills, between = 20, 15
	r := begin(t, map[string]string{"BARRE_LIMIT_FACTOR": "1000"})
	box := &inbox{ids: map[string]int{}}
	receiver := httptest.NewServer(box)
	defer receiver.Close()
	studio := r.note.Tenants[0]
	r.ask(t, request{token: studio.OwnerToken, query: `mutation($url: URL!) { createWebhookEndpoint(input: {url: $url, eventTypes: ["student.updated"]}) { userErrors { message } } }`,
		variables: map[string]any{"url": receiver.URL}})
	found := r.ask(t, request{token: studio.OwnerToken, query: `{ students(first: 8) { nodes { id } } }`})
	r.quit() // from here on only the victim serves
	if err := r.stopped(); err != nil {
		t.Fatal(err)
	}
	address, metrics := freePort(t), freePort(t)
	env := []string{asServer + "=1", "BARRE_ENVIRONMENT=development", "BARRE_ADDRESS=" + address, "BARRE_METRICS_ADDRESS=" + metrics,
		"BARRE_DATA_DIR=" + r.conf.DataDir, "BARRE_LIMIT_FACTOR=1000", "BARRE_LOG_LEVEL=error",
		"DATABASE_URL=" + r.kit.AppURL, "SYSTEM_DATABASE_URL=" + r.kit.SystemURL,
		"BARRE_STRIPE_URL=" + r.conf.VendorURL["stripe"], "BARRE_CUSTOMERIO_URL=" + r.conf.VendorURL["customerio"]}
	load := &load{r: r, token: studio.SecretKey, endpoint: "http://" + address + "/graphql", acked: make(chan acknowledged, 1024)}
	for i := range 8 {
		load.students = append(load.students, found.text(t, fmt.Sprintf("students.nodes.%d.id", i)))
	}
	server := raise(t, env, address)
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() { load.run(ctx, worker) })
	}
	var all []acknowledged
	for range kills {
		for range between {
			all = append(all, <-load.acked)
		}
		server.kill()
		server = raise(t, env, address)
	}
	stop()
	go func() { group.Wait(); close(load.acked) }()
	for a := range load.acked {
		all = append(all, a)
	}
	defer server.kill()
	t.Logf("%d changes acknowledged around %d kills", len(all), kills)
	events := eventsOf(t, r, all)
	eventually(t, "every event arrives", func() bool {
		for _, id := range events {
			if !box.has(id) {
				return false
			}
		}
		return true
	})
	if len(box.bad) > 0 {
		t.Errorf("deliveries whose id is not their event's: %v", box.bad)
	}
}

// load changes students as fast as it is answered.
type load struct {
	r        *running
	token    string
	endpoint string
	students []string
	acked    chan acknowledged
	count    atomic.Int64
}

func (l *load) run(ctx context.Context, worker int) {
	for ctx.Err() == nil {
		n := l.count.Add(1)
		student := l.students[(int(n)+worker)%len(l.students)]
		a, err := l.r.try(request{endpoint: l.endpoint, token: l.token,
			query:     `mutation($id: ID!, $name: String!) { updateStudent(input: {id: $id, firstName: $name}) { student { version } userErrors { code } } }`,
			variables: map[string]any{"id": student, "name": fmt.Sprintf("Name %d", n)}})
		version, ok := at(a.Data, "updateStudent.student.version").(float64)
		if err != nil || !ok {
			continue // nobody said that it was done
		}
		l.acked <- acknowledged{student, int(version)}
	}
}

// eventsOf finds the event of each acknowledged change, and returns their ids.
func eventsOf(t *testing.T, r *running, all []acknowledged) []string {
	t.Helper()
	db := r.kit.Super(t)
	ids := make([]string, 0, len(all))
	for _, a := range all {
		var id string
		row := db.QueryRow(`SELECT id FROM events WHERE entity_id = $1 AND entity_version = $2`, uuidOf(t, a.student), a.version)
		if err := row.Scan(&id); err != nil {
			t.Fatalf("the event of %s version %d: %v", a.student, a.version, err)
		}
		ids = append(ids, typedEvent(t, id))
	}
	return ids
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func uuidOf(t *testing.T, id string) string {
	t.Helper()
	_, key, err := typeid.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	return key.String()
}

func typedEvent(t *testing.T, id string) string {
	t.Helper()
	key, err := uuid.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	return typeid.Format("event", key)
}
