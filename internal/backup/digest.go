package backup

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/internal/catalog"
)

// Digest is how many rows each studio has in each table, and a hash of them.
// Rows of no studio are under "".
type Digest map[string]map[string]Sum

// Sum is that of the rows of one studio in one table.
type Sum struct {
	Rows int64  `json:"rows"`
	Hash string `json:"hash"` // SHA-256 over the rows in the order of their ids
}

// Rows is the number of all.
func (d Digest) Rows() (n int64) {
	for _, tables := range d {
		for _, sum := range tables {
			n += sum.Rows
		}
	}
	return n
}

// Differences says where two digests differ, at most twenty places.
func (d Digest) Differences(other Digest) []string {
	var found []string
	for _, tenant := range slices.Sorted(maps.Keys(union(d, other))) {
		for _, table := range slices.Sorted(maps.Keys(union(d[tenant], other[tenant]))) {
			if a, b := d[tenant][table], other[tenant][table]; a != b && len(found) < 20 {
				found = append(found, fmt.Sprintf("%s of %q: %d rows, then %d", table, tenant, a.Rows, b.Rows))
			}
		}
	}
	return found
}

func union[V any](a, b map[string]V) map[string]V {
	both := maps.Clone(a)
	if both == nil {
		both = map[string]V{}
	}
	maps.Copy(both, b)
	return both
}

// digest reads all tables that the catalog knows, in one transaction.
func digest(ctx context.Context, tx pgx.Tx) (Digest, error) {
	// What the text of a row depends on.
	if _, err := tx.Exec(ctx, `SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1`); err != nil {
		return nil, fmt.Errorf("backup: digest: %w", err)
	}
	all := Digest{}
	for _, e := range catalog.Entities {
		tenant := "''"
		if e.Tenant != "" {
			tenant = "t." + e.Tenant + "::text"
		}
		rows, err := tx.Query(ctx, `SELECT `+tenant+`, count(*), encode(sha256(string_agg(md5(t::text), '' ORDER BY t.id)::bytea), 'hex') FROM `+e.Table+` t GROUP BY 1`)
		if err != nil {
			return nil, fmt.Errorf("backup: digest of %s: %w", e.Table, err)
		}
		var of string
		var sum Sum
		_, err = pgx.ForEachRow(rows, []any{&of, &sum.Rows, &sum.Hash}, func() error {
			if all[of] == nil {
				all[of] = map[string]Sum{}
			}
			all[of][e.Table] = sum
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("backup: digest of %s: %w", e.Table, err)
		}
	}
	return all, nil
}

// digestAt connects and reads the digest of now.
func digestAt(ctx context.Context, url string) (d Digest, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("backup: connect: %w", hidden(err))
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		d, err = digest(ctx, tx)
		return err
	})
	return d, err
}
