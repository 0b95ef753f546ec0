package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/secret"
)

// connect gives studio n its vendors and, the first one, a webhook endpoint at
// the demo's receiver. The owner is the viewer of ctx.
func (d *demo) connect(ctx context.Context, app *App, n int) error {
	for _, v := range []struct {
		name     string
		own      secret.String // of whoever runs the demo
		fallback string
	}{
		{"stripe", d.conf.StripeKey, fmt.Sprintf("sk_test_demo%d", n+1)},
		{"customerio", d.conf.CustomerIOKey, fmt.Sprintf("demo-site-%d:demo-key-%d", n+1, n+1)},
	} {
		credential := secret.String(v.fallback)
		if v.own != "" {
			if n > 0 {
				continue // two studios in one real account would be mixed up
			}
			credential = v.own
		}
		mode := integration.ModeTEST
		if strings.Contains(v.own.Reveal(), "_live_") {
			mode = integration.ModeLIVE
		}
		if _, err := app.Registry.ConnectIntegration(ctx, v.name, mode, credential); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
	}
	if n > 0 {
		return nil
	}
	return d.endpoint(ctx, app)
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
