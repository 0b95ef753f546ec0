package bench

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// writers is how many transactions are under way at once.
const writers = 16

// outbox compares transactions that change one record with the same that write
// down nothing.
func (s *stream) outbox(ctx context.Context) error {
	plain := func(context.Context, []rule.Change) store.Statement { return store.NewStatement("SELECT 1") }
	if err := s.withoutHistory(ctx); err != nil {
		return err
	}
	alone, bare, err := s.compareRecords(ctx, plain)
	if err != nil {
		return err
	}
	cost := 1 - alone.rate()/bare.rate()
	s.verdict(cost <= budgetOutbox, "outbox: the event costs %.0f%% of the plain transaction's rate (at most %.0f%%), with %d at once: %s against %s", 100*cost, 100*budgetOutbox, writers, alone, bare)
	if err := s.exec(ctx, `DROP FUNCTION bench_nothing CASCADE`); err != nil {
		return err
	}
	whole, bare, err := s.compareRecords(ctx, plain)
	if err == nil {
		fmt.Fprintf(s.Out, "             outbox: with the audit entry and the version %.0f%%: %s against %s\n", 100*(1-whole.rate()/bare.rate()), whole, bare)
	}
	return err
}

// withoutHistory lets the transaction's record write the event alone.
func (s *stream) withoutHistory(ctx context.Context) error {
	if err := s.exec(ctx, `CREATE OR REPLACE FUNCTION bench_nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`); err != nil {
		return err
	}
	for _, table := range []string{"audit_entries", "entity_versions"} {
		if err := s.exec(ctx, `CREATE OR REPLACE TRIGGER bench_nothing BEFORE INSERT ON `+table+` FOR EACH ROW EXECUTE FUNCTION bench_nothing()`); err != nil {
			return err
		}
	}
	return nil
}

// compareRecords measures transactions that write down what they changed and
// those that do not.
func (s *stream) compareRecords(ctx context.Context, plain func(context.Context, []rule.Change) store.Statement) (whole, bare *committer, err error) {
	var peers []*committer
	for _, record := range []func(context.Context, []rule.Change) store.Statement{plain, outbox.Record} {
		c, err := s.committer(ctx, record)
		if err != nil {
			return nil, nil, err
		}
		defer c.store.Close()
		peers = append(peers, c)
	}
	for round := range 10 {
		for k := range peers { // in turns, A B then B A
			if err := peers[(k+round)%2].add(ctx, s.Load/20); err != nil {
				return nil, nil, err
			}
		}
	}
	return peers[1], peers[0], nil
}

// committer makes transactions as fast as they commit.
type committer struct {
	store *store.Store
	owner context.Context
	done  int64
	took  time.Duration
	used  time.Duration // CPU time of this process and of Postgres, which it has started
}

func (s *stream) committer(ctx context.Context, record func(context.Context, []rule.Change) store.Statement) (*committer, error) {
	opened, err := store.Open(ctx, store.Config{URL: s.data.url(store.AppRole), SystemURL: s.data.url(store.SystemRole), MaxConns: writers, Record: record})
	if err != nil {
		return nil, err
	}
	owner := viewer.With(ctx, &viewer.Viewer{TenantID: made(tenantKind, 2, 1), Role: viewer.Owner, CredentialID: made(tenantKind, 2, 1), Plan: "studio"})
	c := &committer{store: opened, owner: owner}
	_, err = c.slice(ctx, time.Second/4) // warms up
	return c, err
}

// add makes transactions for a while and counts them.
func (c *committer) add(ctx context.Context, during time.Duration) error {
	before, err := usage(os.Getpid())
	if err != nil {
		return err
	}
	began := time.Now()
	n, err := c.slice(ctx, during)
	if err != nil {
		return err
	}
	c.done, c.took = c.done+n, c.took+time.Since(began)
	after, err := usage(os.Getpid())
	if err != nil {
		return err
	}
	c.used += after[0] - before[0]
	return nil
}

func (c *committer) slice(ctx context.Context, during time.Duration) (int64, error) {
	var (
		group    sync.WaitGroup
		n        atomic.Int64
		failures = make(chan error, writers)
		began    = time.Now()
	)
	for i := range writers {
		group.Go(func() {
			for at := i; time.Since(began) < during && ctx.Err() == nil; at += writers {
				if err := c.turn(at); err != nil {
					failures <- err
					return
				}
				n.Add(1)
			}
		})
	}
	group.Wait()
	select {
	case err := <-failures:
		return 0, err
	default:
		return n.Load(), ctx.Err()
	}
}

// turn changes one student; no two at once change the same.
func (c *committer) turn(n int) error {
	return c.store.InTx(c.owner, func(ctx context.Context) error {
		return c.store.Client(ctx).Student.UpdateOneID(made(studentKind, 2, 1+n%(small.Students/writers*writers))).SetFirstName(fmt.Sprint("Emma ", n)).Exec(ctx)
	})
}

// String is the rate, and the CPU time, which holds where a machine is shared.
func (c *committer) String() string {
	return fmt.Sprintf("%.0f/s of %.2f CPU-ms", c.rate(), float64(c.used.Microseconds())/1000/float64(c.done))
}

func (c *committer) rate() float64 { return float64(c.done) / c.took.Seconds() }
