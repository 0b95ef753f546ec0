package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"

	"github.com/barrehq/barre/internal/playground"
	"github.com/barrehq/barre/internal/seed"
)

// demo is Barre with everything around it on one machine.
type demo struct {
	conf    *Config
	given   func(name string) bool // by the environment
	out     call
	note    demoNote // what demo.json says
	stands  *standIns
	on      listeners
	app     *App
	private bool // the database is one of ours
	closers []func() error
}

// demoDefaults are what the demo assumes where the environment is silent.
func demoDefaults(env func(string) (string, bool)) func(string) (string, bool) {
	defaults := map[string]string{
		"BARRE_ENVIRONMENT": "development", "BARRE_PLAYGROUND": "true", "BARRE_INTROSPECTION": "true", "BARRE_LOG_LEVEL": "warn",
	}
	return func(name string) (string, bool) {
		if text, ok := env(name); ok && text != "" {
			return text, true
		}
		text, ok := defaults[name]
		return text, ok
	}
}

// runDemo starts everything, tells how to use it, and serves until ctx ends.
func runDemo(ctx context.Context, c call) error {
	conf, err := readConfig(demoDefaults(c.env))
	if err == nil && !conf.Development() {
		err = errors.New("BARRE_ENVIRONMENT: the demo has passwords that everybody knows; it runs in development alone")
	}
	if err != nil {
		return misuse{err}
	}
	d := &demo{conf: conf, out: c, given: func(name string) bool { text, _ := c.env(name); return text != "" }}
	if err := d.start(ctx); err != nil {
		return errors.Join(err, d.close())
	}
	if err := d.welcome(c.out); err != nil {
		return errors.Join(err, d.close())
	}
	err = serve(ctx, d.app, d.on)
	if ctx.Err() != nil {
		fmt.Fprintln(c.out, "\nStopped. The data stays in", d.conf.DataDir+"; make reset removes it.")
	}
	return errors.Join(err, d.close())
}

func (d *demo) closing(f func() error) { d.closers = append(d.closers, f) }

func (d *demo) close() error {
	var errs []error
	for i := len(d.closers) - 1; i >= 0; i-- {
		errs = append(errs, d.closers[i]())
	}
	return errors.Join(errs...)
}

// start brings up the parts in the order in which they need each other.
func (d *demo) start(ctx context.Context) (err error) {
	for _, step := range []func(context.Context) error{
		d.remember,   // what an earlier start wrote down
		d.openPorts,  // so that two demos do not share what follows
		d.database,   // everything else writes to it
		d.vendors,    // where the adapters will send to
		d.program,    // Barre itself, with the studios in it
		d.writeNotes, // for tools
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) path() string { return filepath.Join(d.conf.DataDir, "demo.json") }

func (d *demo) remember(context.Context) (err error) {
	d.note, err = readNote(d.path())
	return err
}

// portsToTry is how far above a taken port the demo looks for a free one.
const portsToTry = 20

// openPorts takes the configured addresses, or the next free ports where the
// environment does not insist.
func (d *demo) openPorts(context.Context) (err error) {
	if d.on.public, err = nextFree(d.conf.Address, !d.given("BARRE_ADDRESS")); err != nil {
		return misuse{fmt.Errorf("BARRE_ADDRESS: %w", err)}
	}
	d.closing(closed(d.on.public))
	if d.on.metrics, err = nextFree(d.conf.MetricsAddress, !d.given("BARRE_METRICS_ADDRESS")); err != nil {
		return misuse{fmt.Errorf("BARRE_METRICS_ADDRESS: %w", err)}
	}
	d.closing(closed(d.on.metrics))
	return nil
}

// closed closes a listener that a server may have closed already.
func closed(l net.Listener) func() error {
	return func() error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	}
}

func nextFree(address string, next bool) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil || !next {
		return l, err
	}
	at, resolveErr := net.ResolveTCPAddr("tcp", address)
	if resolveErr != nil {
		return nil, resolveErr
	}
	for range portsToTry {
		at.Port++
		if l, err := net.ListenTCP("tcp", at); err == nil {
			return l, nil
		}
	}
	return nil, err
}

func (d *demo) database(ctx context.Context) error {
	if d.conf.DatabaseURL != "" {
		return nil
	}
	stop, err := startPrivate(ctx, d.conf)
	if err == nil {
		d.private = true
		d.closing(stop)
	}
	return err
}

func (d *demo) vendors(context.Context) (err error) {
	d.stands, err = startStandIns(d.conf, d.note.Webhook.URL)
	if err == nil {
		d.closing(d.stands.close)
	}
	return err
}

// program builds Barre and puts the studios into it.
func (d *demo) program(ctx context.Context) (err error) {
	d.app, err = newApp(ctx, d.conf, d.studios)
	if err == nil {
		d.closing(d.app.Close)
	}
	return err
}

// studios makes the studios and what opens them, or finds them again.
func (d *demo) studios(ctx context.Context, app *App) ([]playground.Identity, error) {
	verbs := seed.Verbs{Store: app.Store, Identity: app.Identity, Door: app.door, Desk: app.desk, Office: app.office}
	var identities []playground.Identity
	var notes []tenantNote
	for n, s := range seed.Studios() {
		access, err := verbs.Studio(ctx, s, d.note.access(n))
		if err != nil {
			return nil, err
		}
		owner, err := verbs.As(ctx, access.Owner)
		if err != nil {
			return nil, err
		}
		if err := d.connect(owner, app, n); err != nil {
			return nil, fmt.Errorf("connect %s: %w", s.Name, err)
		}
		notes = append(notes, noteOf(s, access))
		identities = append(identities,
			playground.Identity{Tenant: s.Name, Name: s.Owner.Name + " (owner)", Kind: playground.Owner, Token: access.Owner},
			playground.Identity{Tenant: s.Name, Name: s.Guardian.Name + " (guardian)", Kind: playground.Guardian, Token: access.Guardian},
			playground.Identity{Tenant: s.Name, Name: "Storefront (publishable key)", Kind: playground.Publishable, Token: access.Publishable},
			playground.Identity{Tenant: s.Name, Name: "Server (secret key)", Kind: playground.Secret, Token: access.Secret})
	}
	d.note.Tenants = notes
	return identities, nil
}
