package export_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/barrehq/barre/ent"
	entexport "github.com/barrehq/barre/ent/export"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/cursor"
	"github.com/barrehq/barre/internal/export"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/job/jobtest"
	"github.com/barrehq/barre/internal/relay"
	"github.com/barrehq/barre/internal/storage"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

// office is a studio with a relay, a feed and a desk for exports.
type office struct {
	*testkit.Kit
	pool  *pgxpool.Pool
	relay *relay.Relay
	feed  *feed.Feed
	desk  *export.Desk
	files *storage.Bucket
	now   atomic.Pointer[time.Time]
	owner context.Context

	refused []string // what was written down as refused
}

func open(t *testing.T) *office { t.Helper(); return openWith(t, export.Config{Page: 7}) }

func openWith(t *testing.T, c export.Config) *office {
	t.Helper()
	o := &office{Kit: testkit.New(t)}
	o.pool = jobtest.Migrate(t, o.Kit)
	codec, err := cursor.New([]byte("a key for tests, of 32 characters"))
	must(t, err)
	o.feed = feed.New(o.Store, codec, feed.Config{})
	address, err := storage.URL(t.TempDir())
	must(t, err)
	o.files, err = storage.Open(t.Context(), address, storage.Config{})
	must(t, err)
	t.Cleanup(func() { o.files.Close() })
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	o.now.Store(&start)
	c.Now = func() time.Time { return *o.now.Load() }
	c.Refused = func(ctx context.Context, what string, code fault.Code) error {
		o.refused = append(o.refused, fmt.Sprint(viewer.From(ctx).Role, " ", what, " ", code))
		return nil
	}
	o.desk = export.New(o.Store, o.files, o.feed, c)
	jobs, err := job.NewClient(o.pool, nil, job.Config{Test: true})
	must(t, err)
	o.relay = relay.New(o.pool, jobs, relay.Config{})
	o.owner = o.A.As(t.Context(), viewer.Owner)
	return o
}

// place gives every event its number.
func (o *office) place(t *testing.T) {
	t.Helper()
	for {
		n, err := o.relay.Place(t.Context())
		must(t, err)
		if n == 0 {
			return
		}
	}
}

// work carries out an export as the worker would.
func (o *office) work(t *testing.T, id uuid.UUID) *ent.Export {
	t.Helper()
	j := &river.Job[job.Export]{JobRow: &rivertype.JobRow{Attempt: 1, MaxAttempts: 5}, Args: job.Export{Export: id, Tenant: o.A.Tenant}}
	must(t, export.NewWorker(o.desk).Work(t.Context(), j))
	found, err := o.Client(o.owner).Export.Get(o.owner, id)
	must(t, err)
	return found
}

// download asks for the file of an export.
func (o *office) download(ctx context.Context, id, part string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/exports/"+id, nil)
	r.SetPathValue("id", id)
	if part != "" {
		r.Header.Set("Range", part)
	}
	w := httptest.NewRecorder()
	o.desk.Download(w, r)
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestExport(t *testing.T) {
	o := open(t)
	for i := range 20 { // more than two pages
		must(t, o.InTx(o.owner, func(ctx context.Context) error {
			return o.Client(ctx).Tag.Create().SetName(fmt.Sprintf("tag \"%d\"\n", i)).Exec(ctx)
		}))
	}
	made, err := o.desk.Order(o.owner, []string{"Tag", "Student", "Tag"}, entexport.FormatJSONL)
	must(t, err)
	o.place(t)
	var jobs int
	must(t, o.pool.QueryRow(t.Context(), `SELECT count(*) FROM river.river_job WHERE kind = 'export' AND args->>'export_id' = $1`, made.ID.String()).Scan(&jobs))
	if jobs != 1 {
		t.Fatalf("%d jobs follow from the order; want 1", jobs)
	}
	ready := o.work(t, made.ID)
	answer := o.download(o.owner, ready.TypeID(), "")
	sum := sha256.Sum256(answer.Body.Bytes())
	if ready.Status != entexport.StatusREADY || ready.Rows != 21 || ready.Size != int64(answer.Body.Len()) || ready.Sha256 != hex.EncodeToString(sum[:]) {
		t.Fatalf("export %+v of %d bytes", ready, answer.Body.Len())
	}
	kinds := map[string]int{}
	for line := range strings.Lines(answer.Body.String()) {
		var r record
		must(t, json.Unmarshal([]byte(line), &r))
		kinds[r.EntityType]++
	}
	if !reflect.DeepEqual(kinds, map[string]int{"Tag": 20, "Student": 1}) {
		t.Errorf("the file holds %v", kinds)
	}
	// A download that broke off goes on where it was.
	half := len(answer.Body.String()) / 2
	rest := o.download(o.owner, ready.TypeID(), fmt.Sprintf("bytes=%d-", half))
	if rest.Code != http.StatusPartialContent || rest.Body.String() != answer.Body.String()[half:] {
		t.Errorf("resumed with %d, %d bytes; want 206, %d", rest.Code, rest.Body.Len(), answer.Body.Len()-half)
	}
	// It is carried out once.
	if again := o.work(t, made.ID); again.Version != ready.Version {
		t.Errorf("carried out twice: version %d, then %d", ready.Version, again.Version)
	}
}

func TestCSV(t *testing.T) {
	o := open(t)
	must(t, o.InTx(o.owner, func(ctx context.Context) error {
		return o.Client(ctx).Tag.Create().SetName("a, \"b\"\nc").Exec(ctx)
	}))
	made, err := o.desk.Order(o.owner, []string{"Tag"}, entexport.FormatCSV)
	must(t, err)
	body := o.download(o.owner, o.work(t, made.ID).TypeID(), "").Body.Bytes()
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	must(t, err)
	file, err := archive.Open("Tag.csv")
	must(t, err)
	text, err := io.ReadAll(file)
	must(t, err)
	if !strings.HasPrefix(string(text), "id,") || !strings.Contains(string(text), "\"a, \"\"b\"\"\nc\"") {
		t.Errorf("Tag.csv is\n%s", text)
	}
}

// Whoever may not read an export, and whoever comes too late, finds nothing.
func TestDownloadRefused(t *testing.T) {
	o := open(t)
	made, err := o.desk.Order(o.owner, nil, entexport.FormatJSONL)
	must(t, err)
	if pending := o.download(o.owner, made.TypeID(), ""); pending.Code != http.StatusNotFound {
		t.Errorf("a pending export answers %d", pending.Code)
	}
	ready := o.work(t, made.ID)
	missing := o.download(o.owner, strings.Replace(ready.TypeID(), ready.TypeID()[len(ready.TypeID())-4:], "0000", 1), "")
	for name, ctx := range map[string]context.Context{
		"neighbor": o.B.As(t.Context(), viewer.Owner), "guardian": o.A.As(t.Context(), viewer.Guardian),
		"teacher": o.A.As(t.Context(), viewer.Teacher), "nobody": t.Context(),
	} {
		got := o.download(ctx, ready.TypeID(), "")
		if got.Code != http.StatusNotFound || got.Body.String() != missing.Body.String() {
			t.Errorf("%s: %d %q; want what a missing one answers, %d %q", name, got.Code, got.Body, missing.Code, missing.Body)
		}
	}
	if ok := o.download(o.owner, ready.TypeID(), ""); ok.Code != http.StatusOK {
		t.Fatalf("the owner is answered %d", ok.Code)
	}
	if want := []string{"GUARDIAN export.download FORBIDDEN", "TEACHER export.download FORBIDDEN"}; !slices.Equal(slices.Sorted(slices.Values(o.refused)), want) {
		t.Errorf("written down is %v; want %v", o.refused, want)
	}
	later := o.now.Load().Add(export.Kept)
	o.now.Store(&later)
	if late := o.download(o.owner, ready.TypeID(), ""); late.Code != http.StatusNotFound {
		t.Errorf("an export whose time is over answers %d", late.Code)
	}
	must(t, export.NewSweeper(o.pool, o.desk).Work(t.Context(), nil))
	over, err := o.Client(o.owner).Export.Get(o.owner, made.ID)
	must(t, err)
	if _, err := o.files.Get(t.Context(), ready.StorageKey); over.Status != entexport.StatusEXPIRED || !errors.Is(err, storage.ErrMissing) {
		t.Errorf("after its time the export is %s, its file %v", over.Status, err)
	}
}

func TestOrderRefused(t *testing.T) {
	o := open(t)
	if _, err := o.desk.Order(o.owner, []string{"Nothing"}, entexport.FormatJSONL); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("an unknown type: %v; want %s", err, fault.Invalid)
	}
	for name, ctx := range map[string]context.Context{"front desk": o.A.As(t.Context(), viewer.FrontDesk), "guardian": o.A.As(t.Context(), viewer.Guardian)} {
		if _, err := o.desk.Order(ctx, nil, entexport.FormatJSONL); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%s: %v; want %s", name, err, fault.Forbidden)
		}
	}
}

// record is a line of an export, and a change of the feed without what else
// the feed tells of it.
type record struct {
	EntityType    string          `json:"entityType"`
	EntityID      string          `json:"entityId"`
	EntityVersion int             `json:"entityVersion"`
	Data          json.RawMessage `json:"data"`
}

// mirror is a studio as a sync tool holds it.
type mirror map[string]record

func (m mirror) apply(r record) {
	key := r.EntityType + " " + r.EntityID
	if known, ok := m[key]; !ok || r.EntityVersion > known.EntityVersion {
		m[key] = r
	}
}

// live are the records that are there.
func (m mirror) live(t *testing.T) map[string]any {
	out := map[string]any{}
	for key, r := range m {
		if len(r.Data) == 0 || string(r.Data) == "null" {
			continue
		}
		var data any
		must(t, json.Unmarshal(r.Data, &data))
		out[key] = data
	}
	return out
}

func parse(t *testing.T, file io.Reader) mirror {
	m := mirror{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r record
		must(t, json.Unmarshal(lines.Bytes(), &r))
		m.apply(r)
	}
	must(t, lines.Err())
	return m
}

// changes is how many the torture makes; TORTURE_CHANGES asks for more.
func changes(t *testing.T) int64 {
	text := os.Getenv("TORTURE_CHANGES")
	if text == "" {
		return 200_000
	}
	n, err := strconv.ParseInt(text, 10, 64)
	must(t, err)
	return n
}

// TestNothingMissed has 16 writers change a studio in slow, aborted and bulk
// transactions while a tool takes a full copy and follows the feed from there.
// In the end, the copy is the studio, record for record.
func TestNothingMissed(t *testing.T) {
	o := openWith(t, export.Config{})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var relays sync.WaitGroup
	for range 2 { // two relays at once
		relays.Go(func() { o.relay.Run(ctx) })
	}
	want, made := changes(t), atomic.Int64{}
	quarter := make(chan struct{})
	reached := sync.OnceFunc(func() { close(quarter) })
	var writers sync.WaitGroup
	for i := range 16 {
		writers.Go(func() {
			defer reached()
			w := &writer{office: o, rand: rand.New(rand.NewPCG(uint64(i), 7))}
			for made.Load() < want {
				n, err := w.turn(o.owner)
				if err != nil {
					t.Error(err)
					return
				}
				if made.Add(int64(n)) >= want/4 {
					reached()
				}
			}
		})
	}
	<-quarter
	order, err := o.desk.Order(o.owner, []string{"Tag", "Household"}, entexport.FormatJSONL)
	must(t, err)
	ready := o.work(t, order.ID)
	copied := parse(t, o.download(o.owner, ready.TypeID(), "").Body)
	writers.Wait()
	follow(t, o, copied, ready.Cursor)
	stop()
	relays.Wait()

	last, err := o.desk.Order(o.owner, []string{"Tag", "Household"}, entexport.FormatJSONL)
	must(t, err)
	truth := parse(t, o.download(o.owner, o.work(t, last.ID).TypeID(), "").Body)
	got, should := copied.live(t), truth.live(t)
	missed, stale := 0, 0
	for key, data := range should {
		if have, ok := got[key]; !ok {
			missed++
		} else if !reflect.DeepEqual(have, data) {
			stale++
		}
	}
	if missed+stale > 0 || len(got) != len(should) {
		t.Errorf("of %d records %d were missed, %d are stale, and %d are held", len(should), missed, stale, len(got))
	}
	t.Logf("%d changes, %d records at the end; the export held %d", made.Load(), len(should), ready.Rows)
}

// follow applies the feed from a cursor until every event that was committed
// has its number and was seen. Each number follows the one before.
func follow(t *testing.T, o *office, m mirror, at string) {
	t.Helper()
	var previous int64
	for {
		page, err := o.feed.Page(o.owner, at, nil, feed.MaxPage)
		must(t, err)
		for _, c := range page.Nodes {
			if previous != 0 && c.Sequence != previous+1 {
				t.Fatalf("change %d follows %d", c.Sequence, previous)
			}
			previous = c.Sequence
			if c.EntityType == "Tag" || c.EntityType == "Household" {
				m.apply(record{c.EntityType, c.EntityID, c.EntityVersion, c.Data})
			}
		}
		if at = page.Cursor; page.HasMore || len(page.Nodes) > 0 {
			continue
		}
		var unplaced int
		must(t, o.pool.QueryRow(t.Context(), `SELECT count(*) FROM events, pg_sleep(0.01) WHERE sequence IS NULL AND tenant_id = $1`, o.A.Tenant).Scan(&unplaced))
		if unplaced == 0 {
			if rest, err := o.feed.Page(o.owner, at, nil, 1); err == nil && len(rest.Nodes) == 0 {
				return
			}
		}
	}
}

// writer changes a studio at random.
type writer struct {
	*office
	rand *rand.Rand
	mine []uuid.UUID // households
}

var errAborted = errors.New("aborted")

// turn makes one transaction and returns how many changes it committed.
func (w *writer) turn(ctx context.Context) (n int, err error) {
	var born []uuid.UUID
	victim := uuid.Nil
	err = w.InTx(ctx, func(ctx context.Context) error {
		if w.rand.IntN(8) == 0 {
			n, err = w.bulk(ctx)
			if err != nil {
				return err
			}
		}
		for range 1 + w.rand.IntN(12) {
			if err := w.step(ctx, &born); err != nil {
				return err
			}
			n++
		}
		if len(w.mine) > 5 && w.rand.IntN(4) == 0 {
			victim = w.mine[0]
			if err := w.Client(ctx).Household.UpdateOneID(victim).SetDeletedAt(rule.Now()).Exec(ctx); err != nil {
				return err
			}
			n++
		}
		switch w.rand.IntN(10) {
		case 0:
			return errAborted
		case 1: // holds its numberless events for a while
			var slept any
			rows, err := w.Run(ctx).QueryContext(ctx, `SELECT pg_sleep(0.01)::text`)
			if err != nil {
				return err
			}
			for rows.Next() {
				err = rows.Scan(&slept)
			}
			return errors.Join(err, rows.Close())
		}
		return nil
	})
	if errors.Is(err, errAborted) {
		return 0, nil
	}
	if err == nil {
		w.mine = append(w.mine, born...)
		if victim != uuid.Nil {
			w.mine = w.mine[1:]
		}
	}
	return n, err
}

// bulk makes many records at once and returns how many.
func (w *writer) bulk(ctx context.Context) (int, error) {
	c := w.Client(ctx)
	many := make([]*ent.TagCreate, 100+w.rand.IntN(200))
	for i := range many {
		many[i] = c.Tag.Create().SetName(uuid.NewString())
	}
	return len(many), c.Tag.CreateBulk(many...).Exec(ctx)
}

func (w *writer) step(ctx context.Context, born *[]uuid.UUID) error {
	c := w.Client(ctx)
	switch {
	case len(w.mine) > 3 && w.rand.IntN(2) == 0:
		id := w.mine[w.rand.IntN(len(w.mine))]
		update := c.Household.UpdateOneID(id).SetName(fmt.Sprintf("family %d", w.rand.Int()))
		return update.Exec(ctx)
	case w.rand.IntN(3) == 0:
		return c.Tag.Create().SetName(uuid.NewString()).Exec(ctx)
	default:
		made, err := c.Household.Create().SetName(uuid.NewString()).SetEmail("family@example.com").Save(ctx)
		if err == nil {
			*born = append(*born, made.ID)
		}
		return err
	}
}
