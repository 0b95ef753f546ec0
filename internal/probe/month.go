package probe

import (
	"context"
	"time"
)

// Month is how a calendar month in UTC went.
type Month struct {
	// Minutes are those of the month in which the server should have answered:
	// from the first that was asked until now.
	Minutes int
	// Answered are those in which it did.
	Answered int
	// Checks are how often two studios tried to reach each other, and Breaches
	// how often that or the check of the walls failed.
	Checks, Breaches int
	// CheckedAt is when studios last tried; zero for never.
	CheckedAt time.Time
}

// Month returns how a month went.
func (p *Prober) Month(ctx context.Context, year int, month time.Month) (m Month, err error) {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	next := first.AddDate(0, 1, 0)
	across := p.across(ctx)
	rows, err := p.store.Run(across).QueryContext(across, `SELECT kind, sum(passed)::bigint, sum(failed)::bigint, min(created_at), max(last_at)
		FROM probes WHERE day >= $1 AND day < $2 GROUP BY kind`, first.Format(time.DateOnly), next.Format(time.DateOnly))
	if err != nil {
		return m, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind string
		var passed, failed int
		var began, last time.Time
		if err := rows.Scan(&kind, &passed, &failed, &began, &last); err != nil {
			return m, err
		}
		switch kind {
		case availability:
			until := p.cfg.Now().UTC()
			if until.After(next) {
				until = next
			}
			m.Minutes = max(passed, int(until.Sub(began)/AvailabilityEvery)+1)
			m.Answered = passed
		case isolation:
			m.Checks, m.Breaches, m.CheckedAt = passed+failed, failed, last.UTC()
		}
	}
	return m, rows.Err()
}
