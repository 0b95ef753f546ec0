package delivery

import (
	"context"
	"encoding/binary"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// crew is the processes that make attempts on one database. Each holds a lock
// of its own for as long as it lives, by which all are counted, and has its
// part of what every destination may be asked. One that comes or goes is
// noticed within a muster.
type crew struct {
	pool *pgxpool.Pool
	last atomic.Pointer[muster]
}

// attending is the class of the locks; the backend's number makes each unique.
const attending = 0x62617203

const attend = `SELECT pg_advisory_lock($1, pg_backend_pid())`

const count = `SELECT count(*), count(*) FILTER (WHERE objid::bigint < pg_backend_pid()) FROM pg_locks
WHERE locktype = 'advisory' AND classid = $1 AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`

// muster is what one count found: how many they are, and which of them this is.
type muster struct{ size, rank int }

// run counts until ctx ends or the connection is lost.
func (c *crew) run(ctx context.Context, every time.Duration) error {
	conn, err := pgx.ConnectConfig(ctx, c.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // which gives the lock back
	if _, err := conn.Exec(ctx, attend, attending); err != nil {
		return err
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		var m muster
		if err := conn.QueryRow(ctx, count, attending).Scan(&m.size, &m.rank); err != nil {
			return err
		}
		c.last.Store(&m)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// share returns the part of a destination's bounds that is this process'. The
// parts of all add up to the whole.
func (c *crew) share(destination uuid.UUID, b bounds) bounds {
	m := c.last.Load()
	if m == nil { // before the first count
		return b
	}
	return m.share(destination, b)
}

// share spreads what cannot be divided by the destination's id.
func (m muster) share(destination uuid.UUID, b bounds) bounds {
	turn := (uint32(m.rank) + binary.BigEndian.Uint32(destination[12:])) % uint32(m.size)
	left := b.places % m.size
	b.places /= m.size
	if int(turn) < left {
		b.places++
	}
	b.rate /= float64(m.size)
	return b
}
