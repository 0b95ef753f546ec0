package main

import (
	"context"

	"github.com/barrehq/barre/internal/inbound"
	"github.com/barrehq/barre/internal/job"
)

// hooksURL is where providers reach this server: the first of its own hosts.
// In development it is the address itself; else paths alone can be told.
func (a *App) hooksURL() string {
	switch {
	case len(a.Config.Hosts) > 0:
		return "https://" + a.Config.Hosts[0]
	case a.Config.Development():
		return "http://" + a.Config.Address
	}
	return ""
}

// openHooks takes what providers send, whether a worker is here or elsewhere.
func (a *App) openHooks(ctx context.Context) error {
	pool, err := job.Open(ctx, a.Config.SystemURL.Reveal(), 4)
	if err != nil {
		return err
	}
	a.closing(func() error { pool.Close(); return nil })
	jobs, err := job.NewClient(pool, nil, job.Config{Logger: a.Log}) // it inserts alone
	if err != nil {
		return err
	}
	a.hooks = inbound.NewReceiver(pool, jobs, a.box, inbound.Config{Providers: providers(a.Config), Logger: a.Log})
	return nil
}
