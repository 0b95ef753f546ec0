package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// connect gives studio n its vendors and, the first one, a webhook endpoint at
// the demo's receiver. The owner is the viewer of ctx.
func (d *demo) connect(ctx context.Context, app *App, n int) error {
	for _, v := range vendors(d.conf) {
		name, own, given := v.provider.Name(), d.conf.ownKey(v.provider.Name()), v.account(n)
		account := destination.Account{
			Provider: name, Mode: integration.ModeTEST, Credential: secret.String(given.credential), Options: given.options,
		}
		if own != "" {
			account.Credential = own
			if strings.Contains(own.Reveal(), "_live_") {
				account.Mode = integration.ModeLIVE
			}
		}
		if account.Credential == "" || own != "" && n > 0 {
			continue // two studios in one real account would be mixed up
		}
		if err := d.account(ctx, app, account); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if n > 0 {
		return nil
	}
	return d.endpoint(ctx, app)
}

// account connects the owner's studio to a vendor. One whose fake sends messages
// is told where to, and signs with a secret that the demo keeps.
func (d *demo) account(ctx context.Context, app *App, a destination.Account) error {
	tells, can := d.stands.tells[a.Provider]
	if !can {
		_, err := app.Registry.ConnectIntegration(ctx, a)
		return err
	}
	tenant := typeid.Format("tenant", viewer.From(ctx).TenantID)
	kept := d.note.Hooks[tenant+"/"+a.Provider]
	if kept.Secret == "" {
		kept.Secret = "barre:" + rand.Text() // a user and a password, where those are all there is
	}
	a.Secret = secret.String(kept.Secret)
	made, err := app.Registry.ConnectIntegration(ctx, a)
	if err != nil {
		return err
	}
	if u, err := url.Parse(made.URL); err == nil && made.URL != "" {
		kept.URL = u.Path // the port may be another one next time
	}
	if d.note.Hooks == nil {
		d.note.Hooks = map[string]webhookNote{}
	}
	d.note.Hooks[tenant+"/"+a.Provider] = kept
	tells.Listen(fake.Hook{
		Tenant: tenant, Credential: a.Credential.Reveal(), URL: "http://" + reachable(d.on.public.Addr()) + kept.URL, Secret: kept.Secret,
	})
	return nil
}

// endpoint registers the demo's receiver, once: a second start has the port
// and the secret of the first, unless something else has the port by now.
func (d *demo) endpoint(ctx context.Context, app *App) error {
	url := d.stands.receiver.url
	found, err := app.Store.Client(ctx).WebhookEndpoint.Query().Where(webhookendpoint.Description(receiverName)).Only(ctx)
	switch {
	case err == nil && found.URL == url && d.note.Webhook.Secret != "":
		d.stands.receiver.trust(secret.String(d.note.Webhook.Secret))
		return nil
	case err == nil:
		err = app.Store.InTx(ctx, func(ctx context.Context) error {
			return app.Store.Client(ctx).WebhookEndpoint.DeleteOne(found).Exec(ctx)
		})
	case ent.IsNotFound(err):
		err = nil
	}
	if err != nil {
		return fmt.Errorf("webhook endpoint: %w", err)
	}
	_, keys, err := app.Registry.CreateWebhookEndpoint(ctx, destination.Endpoint{URL: url, Description: receiverName})
	if err != nil {
		return fmt.Errorf("webhook endpoint: %w", err)
	}
	d.stands.receiver.trust(keys.Shared)
	d.note.Webhook = webhookNote{URL: url, Secret: keys.Shared.Reveal()}
	return nil
}
