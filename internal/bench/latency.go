package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// ask sends one GraphQL request as a studio.
func (s *stream) ask(p *peer, tenant int, query string, variables map[string]any) ([]byte, error) {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return nil, err
	}
	l, err := dial(p.address)
	if err != nil {
		return nil, err
	}
	defer l.conn.Close()
	answer, err := l.do(message{"/graphql", "Authorization: Bearer " + s.data.keys[tenant], body})
	if err != nil {
		return nil, err
	}
	return bytes.Clone(answer), refused(answer)
}

const registerQuery = `mutation($url: URL!, $most: Int!) { createWebhookEndpoint(input: {url: $url, inFlight: $most, eventTypes: ["tag.created"]}) { webhookEndpoint { id } userErrors { message } } }`

// register makes an endpoint of a studio at the inbox.
func (s *stream) register(p *peer, tenant, most int) error {
	_, err := s.ask(p, tenant, registerQuery, map[string]any{"url": s.inbox.address(tenant), "most": most})
	return err
}

const tagQuery = `mutation($name: String!) { createTag(input: {name: $name}) { tag { id } userErrors { message } } }`

// tag commits one change and returns the record's id.
func (s *stream) tag(p *peer, tenant, n int) (string, error) {
	answer, err := s.ask(p, tenant, tagQuery, map[string]any{"name": fmt.Sprint("tag ", n)})
	var found struct {
		Data struct {
			CreateTag struct{ Tag struct{ ID string } }
		}
	}
	return found.Data.CreateTag.Tag.ID, errors.Join(err, json.Unmarshal(answer, &found))
}

// idle times the way of single changes, each once the one before has arrived.
func (s *stream) idle(ctx context.Context) error {
	server, err := s.newBarre(ctx, "BARRE_WORKER=true")
	if err != nil {
		return err
	}
	defer server.end()
	if err := s.register(server, 2, 10); err != nil {
		return err
	}
	var ways []time.Duration
	for n := range s.Seeks {
		began := time.Now()
		if _, err := s.tag(server, 2, n); err != nil {
			return err
		}
		if err := s.arrivals(ctx, n+1); err != nil {
			return err
		}
		ways = append(ways, time.Since(began))
	}
	slices.Sort(ways)
	p95 := ways[len(ways)*95/100]
	s.verdict(p95 <= budgetIdle, "idle: from the request to its webhook p95 %v (at most %v), p50 %v, of %d", p95.Round(time.Millisecond), budgetIdle, ways[len(ways)/2].Round(time.Millisecond), len(ways))
	return nil
}

// isolation times the way to nine endpoints while the tenth answers nothing.
func (s *stream) isolation(ctx context.Context) error {
	const endpoints, perSecond = 10, 200
	server, err := s.newBarre(ctx, "BARRE_WORKER=true")
	if err != nil {
		return err
	}
	defer server.end()
	for i := range endpoints {
		if err := s.register(server, 2+i, 10); err != nil {
			return err
		}
	}
	s.inbox.hanging = path(2)
	var (
		mu      sync.Mutex
		group   sync.WaitGroup
		began   = map[string]time.Time{}
		failure error
		ticker  = time.NewTicker(time.Second / perSecond)
	)
	defer ticker.Stop()
	for n := range int(s.Load.Seconds() * perSecond) {
		<-ticker.C
		group.Go(func() {
			at := time.Now()
			id, err := s.tag(server, 2+n%endpoints, n)
			mu.Lock()
			defer mu.Unlock()
			if failure = errors.Join(failure, err); n%endpoints != 0 {
				began[id] = at
			}
		})
	}
	group.Wait()
	if failure != nil {
		return failure
	}
	if err := s.arrivals(ctx, len(began)); err != nil {
		return err
	}
	var ways []time.Duration
	for id, at := range began {
		came, ok := s.inbox.at(id)
		if !ok {
			return fmt.Errorf("nobody was told of %s", id)
		}
		ways = append(ways, came.Sub(at))
	}
	slices.Sort(ways)
	p99 := ways[len(ways)*99/100]
	s.verdict(p99 <= budgetIsolation, "isolation: from the request to its webhook p99 %v at %d healthy endpoints while one hangs (at most %v), p50 %v, of %d at %d/s",
		p99.Round(time.Millisecond), endpoints-1, budgetIsolation, ways[len(ways)/2].Round(time.Millisecond), len(ways), perSecond)
	return nil
}
