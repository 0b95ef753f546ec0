package bench

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"

	"github.com/jackc/pgx/v5/pgxpool"
)

// ServeLimit answers on address as a person would write it by hand for these
// workloads alone: one statement each, JSON built by Postgres, the tenant
// believed from a header, no other rule. It is what Barre is compared with.
func ServeLimit(ctx context.Context, address, database string) error {
	conf, err := pgxpool.ParseConfig(database)
	if err != nil {
		return err
	}
	conf.MaxConns = 20
	pool, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return err
	}
	defer pool.Close()
	mux := http.NewServeMux()
	for _, h := range limits() {
		mux.HandleFunc("POST /"+h.name, h.serve(pool))
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux}
	go func() { <-ctx.Done(); server.Close() }()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// limited is one workload by hand: what it reads of the request and its statement.
type limited struct {
	name      string
	variables []string
	text      string
}

func limits() []limited {
	return []limited{
		{"Q1", []string{"id"}, limitOne},
		{"Q2", []string{"from"}, limitStudents},
		{"Q3", []string{"status", "due", "id"}, limitInvoices},
		{"Q4", []string{"from", "till"}, limitPrefix},
		{"Q5", []string{"student", "class", "request"}, limitEnroll},
		{"Q6", []string{"id", "note", "request"}, limitUpdate},
	}
}

func (l limited) serve(pool *pgxpool.Pool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var vars map[string]string
		if err := json.NewDecoder(r.Body).Decode(&vars); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		args := []any{r.Header.Get("Tenant")}
		for _, name := range l.variables {
			args = append(args, vars[name])
		}
		var answer []byte
		if err := pool.QueryRow(r.Context(), l.text, args...).Scan(&answer); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}
}
