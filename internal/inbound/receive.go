package inbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
)

// maxBody bounds a message before anybody knows whose it is.
const maxBody = 1 << 20

// Receiver takes messages: it verifies, keeps and answers, in well under a
// second. What a message means is found out by a job, because vendors wait for
// the answer, and some of them hold everything else back meanwhile.
type Receiver struct {
	keeper
	jobs *job.Client
}

// NewReceiver returns a receiver on the pool of the system role; jobs need not
// be worked by it.
func NewReceiver(pool *pgxpool.Pool, jobs *job.Client, box *sealed.Box, c Config) *Receiver {
	return &Receiver{newKeeper(pool, box, c), jobs}
}

// ServeHTTP implements http.Handler for a path with {provider} and {token}. An
// unknown token, a provider that it does not belong to and a bad signature are
// answered alike. Whatever is authentic is answered 200, whether it says
// something to us or not: vendors send again what was refused, or give up.
func (r *Receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	status, err := r.receive(request.Context(), request.PathValue("provider"), request.PathValue("token"), request.Header, body)
	if err != nil {
		r.cfg.Logger.ErrorContext(request.Context(), "a message could not be kept", "provider", request.PathValue("provider"), "error", err)
	}
	if status != http.StatusOK {
		http.Error(w, http.StatusText(status), status)
		return
	}
	w.WriteHeader(http.StatusOK)
}

const byToken = `SELECT ` + accountColumns + ` FROM integrations i WHERE i.inbound_token = $1 AND i.provider = $2 AND i.status <> 'DISCONNECTED'`

func (r *Receiver) receive(ctx context.Context, name, token string, header http.Header, body []byte) (int, error) {
	a, err := scan(r.pool.QueryRow(ctx, byToken, destination.Digest(secret.String(token)), name))
	if errors.Is(err, pgx.ErrNoRows) {
		return http.StatusUnauthorized, nil
	}
	if err != nil {
		return http.StatusServiceUnavailable, fmt.Errorf("inbound: look the address up: %w", err)
	}
	p, known := r.providers[name]
	if !known {
		return http.StatusUnauthorized, nil
	}
	connection, err := a.Open(r.box)
	if err != nil {
		return http.StatusServiceUnavailable, fmt.Errorf("inbound: open the connection: %w", err)
	}
	in, err := p.Verify(connection, header, body, r.cfg.Now())
	switch {
	case errors.Is(err, provider.ErrUnreadable):
		r.cfg.Logger.WarnContext(ctx, "a provider sent what cannot be read", "provider", name, "integration", a.ID, "error", err)
		return http.StatusOK, nil
	case err != nil:
		r.cfg.Logger.WarnContext(ctx, "a message was not authentic", "provider", name, "integration", a.ID, "error", err)
		return http.StatusUnauthorized, nil
	}
	if err := r.keep(ctx, a, in); err != nil {
		return http.StatusServiceUnavailable, err
	}
	return http.StatusOK, nil
}

// insert keeps a message unless it was kept before.
const insert = `INSERT INTO inbound_messages (id, created_at, updated_at, tenant_id, integration_id, remote_id, type, body, status, received_at)
VALUES ($1, $7, $7, $2, $3, $4, $5, $6, 'RECEIVED', $7) ON CONFLICT (tenant_id, integration_id, remote_id) DO NOTHING`

// keep writes the message and the job that handles it, or neither.
func (r *Receiver) keep(ctx context.Context, a *Account, in provider.Inbound) error {
	id := rule.NewID()
	text, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("inbound: encode: %w", err)
	}
	body, err := r.box.Seal(text, a.Tenant, messageColumn+id.String())
	if err != nil {
		return fmt.Errorf("inbound: seal: %w", err)
	}
	return pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, insert, id, a.Tenant, a.ID, bounded(in.ID, 255), bounded(in.Type, 200), body, r.cfg.Now())
		if err != nil {
			return fmt.Errorf("inbound: keep: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return nil // a replay
		}
		if _, err := r.jobs.InsertTx(ctx, tx, job.Handle{Message: id, Tenant: a.Tenant}, nil); err != nil {
			return fmt.Errorf("inbound: insert the job: %w", err)
		}
		return nil
	})
}

// bounded keeps a vendor's text within its column; what is too long for an id
// is told apart by its digest.
func bounded(text string, size int) string {
	if len(text) <= size {
		return text
	}
	return destination.Digest(secret.String(text))
}

// open returns a message as it was verified.
func (k keeper) open(tenant, id uuid.UUID, body []byte) (in provider.Inbound, err error) {
	text, err := k.box.Open(body, tenant, messageColumn+id.String())
	if err == nil {
		err = json.Unmarshal(text, &in)
	}
	return in, err
}
