package bench

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
)

// run is one measurement: the data, the two peers and what is found.
type run struct {
	Config
	data         *data
	barre, limit *peer
	postmaster   int
	asked        map[string]*atomic.Int64 // by workload: no request comes twice
}

func (r *run) start(ctx context.Context) (err error) {
	r.asked = map[string]*atomic.Int64{}
	if r.postmaster, err = r.findPostmaster(ctx); err != nil {
		return err
	}
	if r.limit, err = r.newLimit(ctx); err != nil {
		return err
	}
	r.barre, err = r.newBarre(ctx)
	return err
}

func (r *run) stop() { r.barre.end(); r.limit.end() }

// super runs one query as the superuser and scans its row.
func (r *run) super(ctx context.Context, text string, args []any, into ...any) error {
	conn, err := pgx.Connect(ctx, r.data.url(""))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return conn.QueryRow(ctx, text, args...).Scan(into...)
}

func (r *run) findPostmaster(ctx context.Context) (int, error) {
	var text string
	if err := r.super(ctx, `SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)`, nil, &text); err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
}

// chosen returns the workloads that Config names.
func (r *run) chosen(ctx context.Context) ([]workload, error) {
	pages, err := r.places(ctx)
	if err != nil {
		return nil, err
	}
	all := r.data.workloads(pages)
	if len(r.Workloads) > 0 {
		all = slices.DeleteFunc(all, func(w workload) bool { return !slices.Contains(r.Workloads, w.name) })
	}
	return all, nil
}

func names(work []workload) string {
	var list []string
	for _, w := range work {
		list = append(list, w.name)
	}
	return strings.Join(list, " ")
}

// figures are what one peer needs for one workload.
type figures struct {
	requests         int
	server, database time.Duration // CPU in all
	took             time.Duration
	waits            []time.Duration
	bytes            int64
	others           time.Duration // CPU of everything else on the machine, load included
}

func (f *figures) per(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000 / float64(max(1, f.requests))
}
func (f *figures) total() float64  { return f.per(f.server + f.database) }
func (f *figures) rate() float64   { return float64(f.requests) / f.took.Seconds() }
func (f *figures) length() float64 { return float64(f.bytes) / float64(max(1, f.requests)) }

// quantile is a wait in milliseconds; waits must be sorted.
func (f *figures) quantile(q float64) float64 {
	if len(f.waits) == 0 {
		return 0
	}
	return float64(f.waits[int(q*float64(len(f.waits)-1))].Microseconds()) / 1000
}

// slice loads one peer for a while and adds what it took.
func (r *run) slice(p *peer, w workload, connections int, f *figures) error {
	n := r.asked[w.name]
	if n == nil {
		n = &atomic.Int64{}
		n.Store(compared * comparedStep) // those were written by compare
		r.asked[w.name] = n
	}
	before, err := usage(p.cmd.Process.Pid, r.postmaster)
	if err != nil {
		return err
	}
	began := busy()
	seen := drive(p.address, connections, r.Slice, func() message { return p.message(w, w.ask(int(n.Add(1)))) })
	after, err := usage(p.cmd.Process.Pid, r.postmaster)
	if err != nil {
		return err
	}
	if seen.failure != nil {
		return fmt.Errorf("%s: %w\n%s", p.name, seen.failure, p.log)
	}
	server, database := after[0]-before[0], after[1]-before[1]
	f.requests += len(seen.waits)
	f.server, f.database, f.took = f.server+server, f.database+database, f.took+seen.took
	f.others += busy() - began - server - database
	f.bytes += seen.bytes
	f.waits = append(f.waits, seen.waits...)
	return nil
}

// rotate measures peers with one workload in turns, A B then B A, so that what
// disturbs the machine disturbs all alike. A short slice warms each up first.
func (r *run) rotate(turns []turn, connections int) ([]*figures, error) {
	found := make([]*figures, len(turns))
	for i, one := range turns {
		found[i] = &figures{}
		warm := *r
		warm.Slice = r.Slice / 4
		if err := warm.slice(one.peer, one.work, connections, &figures{}); err != nil {
			return nil, err
		}
	}
	for round := range r.Rounds {
		for k := range turns {
			i := (k + round) % len(turns)
			if err := r.slice(turns[i].peer, turns[i].work, connections, found[i]); err != nil {
				return nil, err
			}
		}
	}
	for _, f := range found {
		slices.Sort(f.waits)
	}
	return found, nil
}

// turn is a workload for a peer.
type turn struct {
	peer *peer
	work workload
}
