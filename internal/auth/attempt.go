package auth

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/lib/pq"

	"github.com/barrehq/barre/internal/store"
)

// attempts counts failed proofs of persons in the database, for all processes
// together. An attempt counts as failed from its start, so that many at once
// are no more than many in turn.
type attempts struct {
	store *store.Store
	now   func() time.Time
}

// bound is how many failures of something are free, and how long every further
// one makes wait at most.
type bound struct {
	digest []byte
	free   int
	most   time.Duration
}

// over counts the failures of key, whose text is not kept.
func over(key string, free int, most time.Duration) bound {
	digest := sha256.Sum256([]byte(key))
	return bound{digest[:], free, most}
}

// The statements do not wait for the disk: a crash may forget the last failures.
// Rows are locked in the order of their digests, so that no two deadlock. Where
// nobody has to wait, until is long ago: the clocks of two attempts at once differ.
const (
	quick = `quick AS (SELECT set_config('synchronous_commit', 'off', true))`

	tryAttempts = `WITH ` + quick + `, asked AS (
			SELECT * FROM unnest($1::bytea[], $2::int[], $3::float8[]) AS b(digest, free, most)
		)
		INSERT INTO sign_in_attempts AS a (id, created_at, updated_at, digest, failures, last_at, until)
		SELECT gen_random_uuid(), $4, $4, digest, 1, $4, CASE WHEN free > 1 THEN 'epoch' ELSE $4::timestamptz + make_interval(secs => LEAST(most, power(2, 1 - free))) END
		FROM asked, quick
		WHERE NOT EXISTS (SELECT FROM sign_in_attempts b JOIN asked USING (digest) WHERE b.until > $4)
		ORDER BY digest
		ON CONFLICT (digest) DO UPDATE SET version = a.version + 1, updated_at = $4, last_at = $4,
			failures = CASE WHEN a.last_at < $5 THEN 1 ELSE a.failures + 1 END,
			until = (SELECT CASE WHEN a.last_at < $5 OR a.failures + 1 < free THEN 'epoch'
				ELSE $4::timestamptz + make_interval(secs => LEAST(most, power(2, LEAST(a.failures + 1 - free, 20)))) END FROM asked WHERE asked.digest = a.digest)
		WHERE a.until <= $4
		RETURNING digest`

	undoAttempts = `WITH ` + quick + `, held AS (
			SELECT digest FROM sign_in_attempts WHERE digest = ANY($1::bytea[]) ORDER BY digest FOR UPDATE
		), cleared AS (
			DELETE FROM sign_in_attempts WHERE digest = $2 AND digest IN (SELECT digest FROM held)
		)
		UPDATE sign_in_attempts a SET failures = GREATEST(0, failures - 1), until = 'epoch', updated_at = $3, version = version + 1
		FROM held, quick WHERE a.digest = held.digest AND a.digest IS DISTINCT FROM $2`
)

// try reports whether an attempt may be made under all bounds, and counts it.
// One that may not is not counted, unless another one came between.
func (a *attempts) try(ctx context.Context, bounds ...bound) (bool, error) {
	digests, free, most := make([][]byte, len(bounds)), make([]int64, len(bounds)), make([]float64, len(bounds))
	for i, b := range bounds {
		digests[i], free[i], most[i] = b.digest, int64(b.free), b.most.Seconds()
	}
	now, counted := a.clock(), 0
	err := each(ctx, a.store.Run(ctx), query{tryAttempts, []any{pq.Array(digests), pq.Array(free), pq.Array(most), now, now.Add(-forgetting)}},
		func(store.Rows) error { counted++; return nil })
	return counted == len(bounds), err
}

// undo takes back one attempt under each bound: it was no failure. All earlier
// failures under the bound clear are forgotten; it may be nil.
func (a *attempts) undo(ctx context.Context, clear []byte, bounds ...bound) error {
	digests := make([][]byte, len(bounds))
	for i, b := range bounds {
		digests[i] = b.digest
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	_, err := a.store.Run(ctx).ExecContext(ctx, undoAttempts, pq.Array(digests), clear, a.clock())
	return err
}

func (a *attempts) clock() time.Time { return a.now().UTC().Truncate(time.Microsecond) }
