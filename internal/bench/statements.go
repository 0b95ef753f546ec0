package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// counted is how many requests of a workload the log is read for.
const counted = 40

// statements prints what Barre asks of Postgres for each operation once every
// connection has met it, as the database's log tells, and how often it waits
// for an answer, as its own metrics tell (P6).
func (r *run) statements(ctx context.Context, work []workload) error {
	conn, err := pgx.Connect(ctx, r.data.url(""))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	fmt.Fprintf(r.Out, "\nstatements per operation, steady state\n%-4s %-10s %-10s %-13s %-10s %-10s %s\n", "", "executed", "tenant set", "begin/commit", "parsed", "credential", "round trips")
	for _, w := range work {
		seen, err := r.logged(ctx, conn, w)
		if err != nil {
			return err
		}
		per := func(n int) float64 { return float64(n) / counted }
		fmt.Fprintf(r.Out, "%-4s %-10.2f %-10.2f %-13.2f %-10.2f %-10.2f %.2f\n", w.name, per(seen.executed), per(seen.tenant), per(seen.borders), per(seen.parsed), per(seen.platform), per(seen.trips))
		most := 1.0
		if strings.HasPrefix(w.document, "mutation") {
			most = 3 // two, and the commit
		}
		verdict(r.Out, "P6", per(seen.trips) <= most && seen.parsed == 0, "%s: %.2f round trips (at most %.0f)", w.name, per(seen.trips), most)
	}
	return nil
}

// logged runs a workload while Postgres logs every statement.
func (r *run) logged(ctx context.Context, conn *pgx.Conn, w workload) (tally, error) {
	var n atomic.Int64
	n.Store(1 << 20) // rows that no slice has written
	send := func(count int) error {
		l, err := dial(r.barre.address)
		if err != nil {
			return err
		}
		defer l.conn.Close()
		for range count {
			body, err := l.do(r.barre.message(w, w.ask(int(n.Add(1)))))
			if err == nil {
				err = refused(body)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := send(counted); err != nil { // every statement prepared
		return tally{}, err
	}
	var from int64
	if err := setLogging(ctx, conn, "0"); err != nil {
		return tally{}, err
	}
	if err := conn.QueryRow(ctx, `SELECT size FROM pg_stat_file(pg_current_logfile())`).Scan(&from); err != nil {
		return tally{}, err
	}
	before, err := r.trips(ctx)
	if err != nil {
		return tally{}, err
	}
	if err := send(counted); err != nil {
		return tally{}, err
	}
	after, err := r.trips(ctx)
	if err != nil {
		return tally{}, err
	}
	if err := setLogging(ctx, conn, "-1"); err != nil {
		return tally{}, err
	}
	var text string
	err = conn.QueryRow(ctx, `SELECT pg_read_file(pg_current_logfile(), $1, 64000000)`, from).Scan(&text)
	seen := count(text)
	seen.trips = after - before
	return seen, err
}

// trips is how often Barre has waited for an answer to a request's statements.
func (r *run) trips(ctx context.Context) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.barre.metrics+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "barre_database_trips_total "); ok {
			n, err := strconv.ParseFloat(text, 64)
			return int(n), err
		}
	}
	return 0, errors.Join(lines.Err(), errors.New("bench: /metrics does not tell the round trips"))
}

// setLogging has every session log statements or none, and waits until a new
// session, which the postmaster starts, has heard of it.
func setLogging(ctx context.Context, conn *pgx.Conn, least string) error {
	for _, text := range []string{"ALTER SYSTEM SET log_line_prefix = '%u|'", "ALTER SYSTEM SET log_min_duration_statement = " + least,
		"SELECT pg_reload_conf()", "SELECT pg_sleep(0.3)"} {
		if _, err := conn.Exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// tally is what a log tells.
type tally struct{ executed, tenant, borders, parsed, platform, trips int }

func count(log string) (t tally) {
	for _, text := range strings.Split(log, "\n") {
		role, rest, ok := strings.Cut(text, "|LOG:  duration: ")
		_, what, ok2 := strings.Cut(rest, " ms  ")
		switch {
		case !ok || !ok2 || role != "barre_app" && role != "barre_system":
		case strings.HasPrefix(what, "bind"):
		case role == "barre_system":
			t.platform++
		case strings.HasPrefix(what, "parse"):
			t.parsed++
		case strings.HasSuffix(what, ": BEGIN"), strings.HasSuffix(what, ": COMMIT"):
			t.borders++
		case strings.Contains(what, "set_config('barre.tenant'"):
			t.tenant++
		default:
			t.executed++
		}
	}
	return t
}
