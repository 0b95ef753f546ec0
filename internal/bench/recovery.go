package bench

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// newWorker starts a worker of the product alone.
func (r *run) newWorker(ctx context.Context) (*peer, error) {
	address, err := free()
	metrics, err2 := free()
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	p := &peer{name: "worker", address: address}
	environment := append(os.Environ(), "BARRE_ENVIRONMENT=development", "BARRE_ADDRESS="+address, "BARRE_METRICS_ADDRESS="+metrics,
		"BARRE_DATA_DIR="+filepath.Join(r.Dir, "server"), "BARRE_LOG_LEVEL=warn",
		"DATABASE_URL="+r.data.url("barre_app"), "SYSTEM_DATABASE_URL="+r.data.url("barre_system"), "REDIS_URL=")
	return p, p.begin(ctx, func() error {
		answer, err := http.Get("http://" + address + "/readyz")
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			return errors.New(answer.Status)
		}
		return nil
	}, environment, r.Server, "worker")
}

// recovery kills a worker in the middle of its deliveries and times how long
// the next one needs for those that were under way.
func (s *stream) recovery(ctx context.Context) error {
	const events = 2000
	server, err := s.newBarre(ctx)
	if err != nil {
		return err
	}
	defer server.end()
	if err := s.register(server, 2, 50); err != nil {
		return err
	}
	worker, err := s.newWorker(ctx)
	if err != nil {
		return err
	}
	defer worker.end()
	s.inbox.pause = 50 * time.Millisecond // so that some are under way
	if err := s.commit(ctx, 2, events); err != nil {
		return err
	}
	if err := s.arrivals(ctx, events/4); err != nil {
		return err
	}
	_ = worker.cmd.Process.Kill()
	_ = worker.cmd.Wait()
	killed := time.Now()
	next, err := s.newWorker(ctx)
	if err != nil {
		return err
	}
	defer next.end()
	if err := s.arrivals(ctx, events); err != nil {
		return err
	}
	took := time.Since(killed)
	ids, again := s.inbox.received()
	s.verdict(took <= budgetRecovery && ids == events && again <= 50, "recovery: %d of %d deliveries came, the last %v after kill -9 (at most %v); %d twice, of at most 50 under way",
		ids, events, took.Round(time.Second), budgetRecovery, again)
	return nil
}

// replay times the deliveries of an order of 10,000.
func (s *stream) replay(ctx context.Context) error {
	const events = 10_000
	server, err := s.newBarre(ctx, "BARRE_WORKER=true")
	if err != nil {
		return err
	}
	defer server.end()
	if err := s.commit(ctx, 2, events); err != nil {
		return err
	}
	tenant := made(tenantKind, 2, 1)
	if err := s.until(ctx, events, `SELECT count(*) FROM events WHERE tenant_id = $1 AND sequence IS NOT NULL`, tenant); err != nil {
		return err
	}
	answer, err := s.ask(server, 2, registerQuery, map[string]any{"url": s.inbox.address(2), "most": 50})
	if err != nil {
		return err
	}
	var made struct {
		Data struct {
			CreateWebhookEndpoint struct{ WebhookEndpoint struct{ ID string } }
		}
	}
	if err := json.Unmarshal(answer, &made); err != nil {
		return err
	}
	began := time.Now()
	if _, err := s.ask(server, 2, `mutation($id: ID!) { replayEvents(input: {webhookEndpointId: $id, after: 0}) { count userErrors { message } } }`,
		map[string]any{"id": made.Data.CreateWebhookEndpoint.WebhookEndpoint.ID}); err != nil {
		return err
	}
	if err := s.until(ctx, events, `SELECT count(*) FROM deliveries WHERE tenant_id = $1 AND replay > 0`, tenant); err != nil {
		return err
	}
	took := time.Since(began)
	s.verdict(took <= budgetReplay, "replay: %d events queued in %v (at most %v)", events, took.Round(10*time.Millisecond), budgetReplay)
	return nil
}
