package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/cluster"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/typeid"
)

// asCommand in the environment makes the test's own binary that command of the
// server, so that it can be killed.
const asCommand = "BARRE_TEST_AS"

// withFiles in the environment bounds how many files that process may have open.
const withFiles = "BARRE_TEST_FILES"

func TestMain(m *testing.M) {
	if command := os.Getenv(asCommand); command != "" {
		if most, err := strconv.ParseUint(os.Getenv(withFiles), 10, 64); err == nil {
			if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
				panic(err)
			}
		}
		err := run(context.Background(), []string{command}, os.LookupEnv, os.Stdout)
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

// twice is how many ids came more than once.
func (i *inbox) twice() (n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, times := range i.ids {
		if times > 1 {
			n++
		}
	}
	return n
}

// victim is a process to kill: a command of the server and where it answers.
type victim struct {
	env     []string
	address string
	command *exec.Cmd
	done    chan error
}

// raise starts the process, again after a kill, and waits until it is ready.
func (v *victim) raise(t *testing.T) {
	t.Helper()
	v.command, v.done = exec.Command(os.Args[0]), make(chan error, 1)
	v.command.Env = append(os.Environ(), v.env...)
	v.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := v.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { v.done <- v.command.Wait() }()
	eventually(t, "the process answers", v.ready)
}

func (v *victim) ready() bool {
	response, err := http.Get("http://" + v.address + "/readyz")
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func (v *victim) kill() { _ = v.command.Process.Kill(); <-v.done }

// acknowledged is one change that the server said was done.
type acknowledged struct {
	student string
	version int
}

// kills is how often the test kills; KILLS asks for more.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("KILLS")
	if text == "" {
		return 8 // each way twice
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// places is how many requests are under way at once, to the one endpoint.
const places = 10

// TestKilledLosesNothing kills the server, the worker, the worker's relay in the
// middle of a batch and Postgres without warning, in turns and under load: what
// was acknowledged is there with its event, the feed has no gap, and every
// event arrives under one id, twice only where it was under way.
func TestKilledLosesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for the rescue of jobs that the killed left behind")
	}
	const between = 15
	field := newField(t)
	defer field.server.kill()
	defer func() { field.worker.kill() }()
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for worker := range 4 {
		group.Go(func() { field.load.run(ctx, worker) })
	}
	total := kills(t)
	for n := range total {
		for range between {
			field.load.heard = append(field.load.heard, <-field.load.acked)
		}
		field.turns()[n%4](t)
	}
	stop()
	go func() { group.Wait(); close(field.load.acked) }()
	for a := range field.load.acked {
		field.load.heard = append(field.load.heard, a)
	}
	all := field.load.heard
	events := eventsOf(t, field.db, all)
	eventually(t, "every event arrives", func() bool {
		for _, id := range events {
			if !field.inbox.has(id) {
				return false
			}
		}
		return true
	})
	var gaps int
	if err := field.db.QueryRow(`SELECT count(*) FROM (SELECT FROM events GROUP BY tenant_id HAVING max(sequence) <> count(sequence)) x`).Scan(&gaps); err != nil || gaps > 0 {
		t.Errorf("%d feeds have gaps: %v", gaps, err)
	}
	if len(field.inbox.bad) > 0 {
		t.Errorf("deliveries whose id is not their event's: %v", field.inbox.bad)
	}
	twice := field.inbox.twice()
	if twice > total*places {
		t.Errorf("%d ids came twice; at most %d were under way", twice, total*places)
	}
	t.Logf("%d changes acknowledged around %d kills; none lost, %d came twice", len(all), total, twice)
}

// field is where the killing takes place: a Postgres, a server and a worker of
// its own, each in a process of its own.
type field struct {
	*running
	dir            string // of Postgres
	db             *sql.DB
	server, worker *victim
	inbox          *inbox
	load           *load
}

func newField(t *testing.T) *field {
	t.Helper()
	f := &field{inbox: &inbox{ids: map[string]int{}}, dir: filepath.Join(t.TempDir(), "postgres")}
	f.running = beginOn(t, f.found(t), map[string]string{"BARRE_LIMIT_FACTOR": "1000"})
	receiver := httptest.NewServer(f.inbox)
	t.Cleanup(receiver.Close)
	studio := f.note.Tenants[0]
	f.ask(t, request{token: studio.OwnerToken, query: `mutation($url: URL!, $most: Int!) { createWebhookEndpoint(input: {url: $url, inFlight: $most, eventTypes: ["student.updated"]}) { userErrors { message } } }`,
		variables: map[string]any{"url": receiver.URL, "most": places}})
	f.db = f.kit.Super(t)
	found := f.ask(t, request{token: studio.OwnerToken, query: `{ students(first: 8) { nodes { id } } }`})
	f.quit() // from here on only the victims serve
	if err := f.stopped(); err != nil {
		t.Fatal(err)
	}
	f.server, f.worker = f.victim(t, "serve"), f.victim(t, "worker")
	f.load = &load{r: f.running, token: studio.SecretKey, endpoint: "http://" + f.server.address + "/graphql", acked: make(chan acknowledged, 1024)}
	for i := range 8 {
		f.load.students = append(f.load.students, found.text(t, fmt.Sprintf("students.nodes.%d.id", i)))
	}
	f.server.raise(t)
	f.worker.raise(t)
	return f
}

// found starts a Postgres that keeps what it said it keeps, with a database.
func (f *field) found(t *testing.T) *testkit.Kit {
	t.Helper()
	if err := os.Chmod(filepath.Dir(filepath.Dir(f.dir)), 0o711); err != nil { // Postgres may run under another account
		t.Fatal(err)
	}
	c := f.postgres(t)
	c.Detach() // the cleanup is the last to leave
	t.Cleanup(func() {
		if err := f.postgres(t).Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	const database, password = "barre", "for-tests-only"
	kit := &testkit.Kit{SuperURL: c.URL(database, "", "")}
	kit.OwnerURL, kit.AppURL, kit.SystemURL = c.URL(database, store.OwnerRole, password), c.URL(database, store.AppRole, password), c.URL(database, store.SystemRole, password)
	if err := store.Provision(t.Context(), c.URL("postgres", "", ""), database, password); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Migrate(t.Context(), kit.OwnerURL); err != nil {
		t.Fatal(err)
	}
	if err := job.Migrate(t.Context(), kit.OwnerURL); err != nil {
		t.Fatal(err)
	}
	return kit
}

// postgres starts the server where it is not running.
func (f *field) postgres(t *testing.T) *cluster.Cluster {
	t.Helper()
	c, err := cluster.Start(context.WithoutCancel(t.Context()), cluster.Config{Dir: f.dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (r *running) victim(t *testing.T, command string, env ...string) *victim {
	v := &victim{address: freePort(t)}
	v.env = append(env, asCommand+"="+command, "BARRE_WORKER=false", "BARRE_ENVIRONMENT=development", "BARRE_ADDRESS="+v.address, "BARRE_METRICS_ADDRESS="+freePort(t),
		"BARRE_DATA_DIR="+r.conf.DataDir, "BARRE_LIMIT_FACTOR=1000", "BARRE_LOG_LEVEL=error",
		"DATABASE_URL="+r.kit.AppURL, "SYSTEM_DATABASE_URL="+r.kit.SystemURL,
		"BARRE_STRIPE_URL="+r.conf.VendorURL["stripe"], "BARRE_CUSTOMERIO_URL="+r.conf.VendorURL["customerio"])
	return v
}

// turns are the ways to die.
func (f *field) turns() [4]func(*testing.T) {
	return [4]func(*testing.T){
		func(t *testing.T) { f.server.kill(); f.server.raise(t) },
		func(t *testing.T) { f.worker.kill(); f.worker.raise(t) },
		f.killRelay, f.killPostgres,
	}
}

// killRelay kills the worker while a batch of its relay is open: it waits for
// the counter of the studio, which the test holds.
func (f *field) killRelay(t *testing.T) {
	tx, err := f.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec(`SELECT FROM tenant_counters WHERE kind = 'EVENT' FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the relay has begun a batch", func() bool {
		f.load.drain() // it makes no further events while nobody hears of these
		var waiting bool
		err := f.db.QueryRow(`SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = 'barre_system' AND wait_event_type = 'Lock' AND query LIKE 'WITH claimed%')`).Scan(&waiting)
		return err == nil && waiting
	})
	f.worker.kill()
	f.worker.raise(t)
}

// killPostgres kills the postmaster, upon which its children end as well, and
// starts another on what is on the disk.
func (f *field) killPostgres(t *testing.T) {
	var text string
	if err := f.db.QueryRow(`SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(text)
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "Postgres has gone", func() bool { return syscall.Kill(pid, 0) != nil })
	f.postgres(t).Detach()
	eventually(t, "server and worker are ready again", func() bool { return f.db.Ping() == nil && f.server.ready() && f.worker.ready() })
}

// load changes students as fast as it is answered.
type load struct {
	r        *running
	token    string
	endpoint string
	students []string
	acked    chan acknowledged
	heard    []acknowledged // from acked; the test's alone
	count    atomic.Int64
}

// drain hears what was acknowledged until now.
func (l *load) drain() {
	for {
		select {
		case a := <-l.acked:
			l.heard = append(l.heard, a)
		default:
			return
		}
	}
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
func eventsOf(t *testing.T, db *sql.DB, all []acknowledged) []string {
	t.Helper()
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
