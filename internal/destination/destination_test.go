package destination_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/webhookendpoint"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
	"github.com/barrehq/barre/internal/webhook"
)

type bench struct {
	*testkit.Kit
	*destination.Registry
	box *sealed.Box
	// asked is what happens while a provider is asked about a credential, and what
	// it then says.
	asked func() error
}

func (b *bench) ask(context.Context, provider.Connection) error { return b.asked() }

func setUp(t *testing.T) *bench {
	t.Helper()
	box, err := sealed.Generate()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Kit: testkit.New(t), box: box, asked: func() error { return nil }}
	b.Registry = destination.New(b.Store, box, destination.Config{CheckURL: webhook.CheckURL, Connectors: map[string]destination.Connector{
		"stripe":     {Location: "US", Check: destination.StripeKey, Bills: true, Test: b.ask},
		"recurly":    {Location: "CA", Check: destination.PlainKey, Bills: true},
		"customerio": {BaseURL: "http://127.0.0.1:9", Check: destination.CustomerIOKey, Options: []string{"invitation_message"}},
	}})
	return b
}

func code(err error) fault.Code {
	if err == nil {
		return ""
	}
	return fault.CodeOf(err)
}

// roles are who may and who may not do a verb.
func roles(t *testing.T, b *bench, scope string) map[string]context.Context {
	key := func(scope string) context.Context {
		return viewer.With(t.Context(), &viewer.Viewer{TenantID: b.A.Tenant, Role: viewer.Key, Scopes: []string{scope}})
	}
	return map[string]context.Context{
		"owner": b.A.As(t.Context(), viewer.Owner), "admin": b.A.As(t.Context(), viewer.Admin), "nobody": t.Context(),
		"front desk": b.A.As(t.Context(), viewer.FrontDesk), "teacher": b.A.As(t.Context(), viewer.Teacher),
		"guardian": b.A.As(t.Context(), viewer.Guardian), "public": b.A.As(t.Context(), viewer.Public),
		"key that writes": key(scope + ":write"), "key that reads": key(scope + ":read"),
	}
}

func checkRoles(t *testing.T, got map[string]error, allowed ...string) {
	t.Helper()
	for name, err := range got {
		want := fault.Forbidden
		if name == "nobody" {
			want = fault.Unauthenticated
		}
		if slices.Contains(allowed, name) {
			want = ""
		}
		if code(err) != want {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
}

func TestCreateWebhookEndpoint(t *testing.T) {
	b := setUp(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	made, keys, err := b.CreateWebhookEndpoint(ctx, destination.Endpoint{
		URL: "https://hooks.example.com/a", Description: "books", EventTypes: []string{"tag.created", "invoice.paid", "tag.created"}})
	if err != nil {
		t.Fatal(err)
	}
	key := keys.Shared
	if !strings.HasPrefix(key.Reveal(), "whsec_") || !slices.Equal(made.EventTypes, []string{"invoice.paid", "tag.created"}) || made.Description != "books" {
		t.Errorf("made %+v", made)
	}
	if bytes.Contains(made.Secret, []byte(key.Reveal())) || bytes.Contains(made.Secret, []byte(keys.Private.Reveal())) {
		t.Error("the secret is kept in the clear")
	}
	if opened, err := destination.OpenKeys(b.box, b.A.Tenant, made.ID, made.Secret); err != nil || opened != keys {
		t.Errorf("the secret does not open: %v", err)
	}
	if _, err := destination.OpenKeys(b.box, b.B.Tenant, made.ID, made.Secret); err == nil {
		t.Error("the secret opens for the neighbor")
	}
	events := 0
	if err := b.Super(t).QueryRow(`SELECT count(*) FROM events WHERE type = 'webhookendpoint.created' AND position('whsec' in data::text) = 0`).Scan(&events); err != nil || events != 1 {
		t.Errorf("%d events, %v", events, err)
	}
	for name, c := range map[string]struct {
		url   string
		types []string
		want  fault.Code
		field string
	}{
		"private address": {"https://10.0.0.1/", nil, fault.Invalid, "url"},
		"loopback":        {"http://127.0.0.1:8080/", nil, fault.Invalid, "url"},
		"no address":      {"", nil, fault.Required, "url"},
		"unknown type":    {"https://example.com", []string{"tag.created", "tag.painted"}, fault.Invalid, "eventTypes"},
		"not recorded":    {"https://example.com", []string{"delivery.created"}, fault.Invalid, "eventTypes"},
	} {
		_, _, err := b.CreateWebhookEndpoint(ctx, destination.Endpoint{URL: c.url, EventTypes: c.types})
		if f := fault.From(err); f == nil || !f.User || f.Code != c.want || !slices.Equal(f.Field, []string{"input", c.field}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	got := map[string]error{}
	for name, ctx := range roles(t, b, "webhookendpoint") {
		_, _, got[name] = b.CreateWebhookEndpoint(ctx, destination.Endpoint{URL: "https://example.com"})
	}
	checkRoles(t, got, "owner", "admin", "key that writes")
}

func TestSendTestEvent(t *testing.T) {
	b := setUp(t)
	made, _, err := b.CreateWebhookEndpoint(b.A.As(t.Context(), viewer.Owner), destination.Endpoint{URL: "https://example.com"})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]error{}
	for name, ctx := range roles(t, b, "webhookendpoint") {
		_, got[name] = b.SendTestEvent(ctx, made.ID)
	}
	checkRoles(t, got, "owner", "admin", "key that writes")
	if _, err := b.SendTestEvent(b.B.As(t.Context(), viewer.Owner), made.ID); code(err) != fault.NotFound {
		t.Errorf("neighbor: %v", err)
	}
}

func TestConnectIntegration(t *testing.T) {
	b := setUp(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	first, err := b.ConnectIntegration(ctx, destination.Account{Provider: "stripe", Mode: integration.ModeTEST, Credential: "sk_test_one"})
	if err != nil {
		t.Fatal(err)
	}
	db := b.Super(t)
	link := func() {
		if _, err := db.Exec(`INSERT INTO provider_links (id, created_at, updated_at, tenant_id, integration_id, entity_type, entity_id, remote_id)
			VALUES (gen_random_uuid(), now(), now(), $1, $2, 'Household', $3, 'cus_1')`, b.A.Tenant, first.ID, b.A.Household); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`UPDATE integrations SET status = 'FAILED', last_error = 'refused'`); err != nil {
			t.Fatal(err)
		}
	}
	link()
	for _, c := range []struct {
		mode  integration.Mode
		key   secret.String
		links int
	}{{integration.ModeTEST, "rk_test_two", 1}, {integration.ModeLIVE, "sk_live_three", 0}} {
		again, err := b.ConnectIntegration(ctx, destination.Account{Provider: "stripe", Mode: c.mode, Credential: c.key})
		if err != nil || again.ID != first.ID || again.Status != integration.StatusACTIVE || again.LastError != "" || again.Mode != c.mode {
			t.Fatalf("%+v, %v", again, err)
		}
		if opened, _, err := destination.OpenCredential(b.box, b.A.Tenant, again.ID, again.Credential); err != nil || opened != c.key {
			t.Errorf("the credential does not open: %v", err)
		}
		links := 0
		if err := db.QueryRow(`SELECT count(*) FROM provider_links`).Scan(&links); err != nil || links != c.links {
			t.Errorf("mode %s: %d links, %v", c.mode, links, err)
		}
	}
	other, err := b.ConnectIntegration(b.B.As(t.Context(), viewer.Owner), destination.Account{Provider: "stripe", Mode: integration.ModeTEST, Credential: "sk_test_b"})
	if err != nil || other.ID == first.ID {
		t.Errorf("neighbor: %v, %v", other, err)
	}
	mail, err := b.ConnectIntegration(ctx, destination.Account{Provider: "customerio", Mode: integration.ModeTEST, Credential: "site:track"})
	if err != nil || mail.BaseURL != "http://127.0.0.1:9" {
		t.Errorf("%v, %v", mail, err)
	}
	got := map[string]error{}
	for name, ctx := range roles(t, b, "integration") {
		_, got[name] = b.ConnectIntegration(ctx, destination.Account{Provider: "stripe", Mode: integration.ModeTEST, Credential: "sk_test_role"})
	}
	checkRoles(t, got, "owner", "admin")
}

// A connection that moves to another account gets that account's secret, and
// loses the one of before where none is given.
func TestConnectIntegrationAnewWithSecret(t *testing.T) {
	b := setUp(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	for _, c := range []struct {
		mode        integration.Mode
		key, secret secret.String
	}{{integration.ModeTEST, "sk_test_a", "whsec_one"}, {integration.ModeTEST, "sk_test_a", "whsec_two"},
		{integration.ModeLIVE, "sk_live_b", "whsec_three"}, {integration.ModeTEST, "sk_test_a", ""}} {
		made, err := b.ConnectIntegration(ctx, destination.Account{Provider: "stripe", Mode: c.mode, Credential: c.key, Secret: c.secret})
		if err != nil || (made.InboundSecret != nil) != (c.secret != "") {
			t.Errorf("%s with %q: %v", c.mode, c.secret.Reveal(), err)
		}
	}
}

func TestConnectIntegrationRefuses(t *testing.T) {
	b := setUp(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	for name, c := range map[string]struct {
		provider string
		mode     integration.Mode
		key      secret.String
		field    string
	}{
		"unknown provider":      {"paycove", "TEST", "x", "provider"},
		"unknown mode":          {"stripe", "PLAY", "sk_test_x", "mode"},
		"live at a stand-in":    {"customerio", "LIVE", "site:track", "mode"},
		"nothing":               {"stripe", "TEST", "  ", "credential"},
		"too long":              {"stripe", "TEST", secret.String("sk_test_" + strings.Repeat("x", 1024)), "credential"},
		"live key for a test":   {"stripe", "TEST", "sk_live_x", "credential"},
		"test key for live":     {"stripe", "LIVE", "sk_test_x", "credential"},
		"publishable key":       {"stripe", "TEST", "pk_test_x", "credential"},
		"a header in the key":   {"stripe", "TEST", "sk_test_x\r\nX-A: b", "credential"},
		"one part of two":       {"customerio", "TEST", "site", "credential"},
		"four parts of three":   {"customerio", "TEST", "a:b:c:d", "credential"},
		"an empty part of two":  {"customerio", "TEST", "a:", "credential"},
		"a space within a part": {"customerio", "TEST", "a b:c", "credential"},
	} {
		_, err := b.ConnectIntegration(ctx, destination.Account{Provider: c.provider, Mode: c.mode, Credential: c.key})
		if f := fault.From(err); f == nil || !f.User || !slices.Equal(f.Field, []string{"input", c.field}) {
			t.Errorf("%s: %v", name, err)
		} else if text := strings.TrimSpace(c.key.Reveal()); len(text) > 5 && strings.Contains(err.Error(), text) {
			t.Errorf("%s: the error shows the credential", name)
		}
	}
}

func TestConnectIntegrationOptions(t *testing.T) {
	b := setUp(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	account := destination.Account{Provider: "customerio", Mode: integration.ModeTEST, Credential: "site:track"}
	for _, c := range []struct {
		options map[string]string
		want    map[string]string // nil where they are refused
	}{
		{map[string]string{"invitation_message": "welcome"}, map[string]string{"invitation_message": "welcome"}},
		{nil, map[string]string{"invitation_message": "welcome"}}, // left out, they stay
		{map[string]string{"app_url": "http://127.0.0.1:1"}, nil}, // where a provider is, the operator says
		{map[string]string{"invitation_message": "a\nb"}, nil},
		{map[string]string{"invitation_message": strings.Repeat("x", 501)}, nil},
		{map[string]string{}, map[string]string{}},
	} {
		account.Options = c.options
		got, err := b.ConnectIntegration(ctx, account)
		if (err == nil) != (c.want != nil) || err == nil && !maps.Equal(got.Options, c.want) {
			t.Errorf("%v: %v, %v; want %v", c.options, got, err, c.want)
		}
	}
}

// An endpoint of before there were private keys is given one when it is to sign
// with it, and keeps its secret.
func TestKeyOfBefore(t *testing.T) {
	b := setUp(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	made, keys, err := b.CreateWebhookEndpoint(ctx, destination.Endpoint{URL: "https://hooks.example.com/a"})
	if err != nil {
		t.Fatal(err)
	}
	old, err := b.box.Seal([]byte(keys.Shared.Reveal()), b.A.Tenant, "webhook_endpoints.secret:"+made.ID.String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Super(t).Exec(`UPDATE webhook_endpoints SET secret = $2 WHERE id = $1`, made.ID, old); err != nil {
		t.Fatal(err)
	}
	if set, err := b.PublicKeys(t.Context(), made.ID); err != nil || len(set) != 0 {
		t.Errorf("before: %v, %v", set, err)
	}
	for range 2 { // the second time there is one
		err = b.InTx(ctx, func(ctx context.Context) error {
			update := b.Client(ctx).WebhookEndpoint.UpdateOneID(made.ID).SetSignature(webhookendpoint.SignatureBOTH)
			if err := b.CheckUpdate(ctx, update.Mutation()); err != nil {
				return err
			}
			made, err = update.Save(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	now, err := destination.OpenKeys(b.box, b.A.Tenant, made.ID, made.Secret)
	if err != nil || now.Shared != keys.Shared || now.Public() == "" || now.Private == keys.Private {
		t.Errorf("after: %v", err)
	}
	if set, err := b.PublicKeys(t.Context(), made.ID); err != nil || len(set) != 1 {
		t.Errorf("after: %v, %v", set, err)
	}
}

// The first billing provider that is connected bills, and another only once it
// is chosen: never two.
func TestChooseBiller(t *testing.T) {
	b := setUp(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	made := map[string]uuid.UUID{}
	for _, c := range []struct {
		name string
		key  secret.String
	}{{"customerio", "site:track"}, {"stripe", "sk_test_one"}, {"recurly", "key"}, {"stripe", "sk_test_two"}} {
		connected, err := b.ConnectIntegration(ctx, destination.Account{Provider: c.name, Mode: integration.ModeTEST, Credential: c.key})
		if err != nil || connected.Bills != (c.name == "stripe") {
			t.Fatalf("%s: %+v, %v", c.name, connected, err)
		}
		made[c.name] = connected.ID
	}
	bills := func() (name string) {
		if err := b.Super(t).QueryRow(`SELECT COALESCE(string_agg(provider, ' '), '') FROM integrations WHERE bills`).Scan(&name); err != nil {
			t.Fatal(err)
		}
		return name
	}
	of := func(name string) *uuid.UUID { id := made[name]; return &id }
	nobody := uuid.New()
	for i, c := range []struct {
		id   *uuid.UUID
		code fault.Code
		want string
	}{{of("recurly"), "", "recurly"}, {of("recurly"), "", "recurly"}, {of("customerio"), fault.WrongState, "recurly"}, {&nobody, fault.NotFound, "recurly"},
		{of("stripe"), "", "stripe"}, {nil, "", ""}, {of("stripe"), "", "stripe"}} {
		chosen, err := b.ChooseBiller(ctx, c.id)
		if code(err) != c.code || bills() != c.want || err == nil && c.id != nil && (chosen == nil || !chosen.Bills) {
			t.Errorf("%d: %+v, %v; %q bills", i, chosen, err, bills())
		}
	}
	if _, err := b.ChooseBiller(b.B.As(t.Context(), viewer.Owner), of("recurly")); code(err) != fault.NotFound {
		t.Errorf("neighbor: %v", err)
	}
	if _, err := b.DisconnectIntegration(ctx, made["stripe"]); err != nil || bills() != "" {
		t.Errorf("disconnected: %v; %q bills", err, bills())
	}
	if _, err := b.ChooseBiller(ctx, of("stripe")); code(err) != fault.WrongState {
		t.Errorf("one that is not connected: %v", err)
	}
	got := map[string]error{}
	for name, ctx := range roles(t, b, "integration") {
		_, got[name] = b.ChooseBiller(ctx, nil)
	}
	checkRoles(t, got, "owner", "admin")
}

// While a provider is asked about a credential nothing is held in the database,
// and what it says of one that was changed meanwhile counts for nothing.
func TestTestIntegrationHoldsNothing(t *testing.T) {
	b := setUp(t)
	ctx := b.A.As(t.Context(), viewer.Owner)
	account := destination.Account{Provider: "stripe", Mode: integration.ModeTEST, Credential: "sk_test_old"}
	made, err := b.ConnectIntegration(ctx, account)
	if err != nil {
		t.Fatal(err)
	}
	refused := &provider.Error{Provider: "stripe", Class: provider.Auth, Status: 401}
	b.asked = func() error {
		if _, err := b.Super(t).Exec(`SELECT FROM integrations FOR UPDATE NOWAIT`); err != nil {
			t.Errorf("the row is held: %v", err)
		}
		return refused
	}
	if tested, err := b.TestIntegration(ctx, made.ID); err != nil || tested.Status != integration.StatusFAILED || tested.CheckedAt == nil {
		t.Errorf("a credential that is refused: %+v, %v", tested, err)
	}
	b.asked = func() error {
		account.Credential = "sk_test_new"
		if _, err := b.ConnectIntegration(ctx, account); err != nil {
			t.Error(err)
		}
		return refused
	}
	if tested, err := b.TestIntegration(ctx, made.ID); err != nil || tested.Status != integration.StatusACTIVE || tested.LastError != "" {
		t.Errorf("the old credential's answer counts for the new one: %+v, %v", tested, err)
	}
}

// What does not go together is refused in the provider's words, with what is
// kept taken into account; and the provider's address for messages is kept with
// the credential for as long as it is good.
func TestPartsOfAConnection(t *testing.T) {
	b := setUp(t)
	var asked provider.Connection
	registry := destination.New(b.Store, b.box, destination.Config{CheckURL: webhook.CheckURL, HooksURL: "https://api.example.com", Connectors: map[string]destination.Connector{
		"paycove": {Check: destination.PlainKey, Options: []string{"mode"}, Fits: func(c provider.Connection) string {
			if asked = c; c.Options["mode"] == "CHECKOUT" && len(c.Secrets) == 0 {
				return "Give a secret as well."
			}
			return ""
		}},
	}})
	ctx := b.A.As(t.Context(), viewer.Owner)
	account := destination.Account{Provider: "paycove", Mode: integration.ModeTEST, Credential: "one", Options: map[string]string{"mode": "CHECKOUT"}}
	_, err := registry.ConnectIntegration(ctx, account)
	if f := fault.From(err); f == nil || f.Code != fault.Invalid || f.Message != "Give a secret as well." || strings.Join(f.Field, ".") != "input.options" {
		t.Fatalf("without a secret: %v", err)
	}
	account.Secret = "mine"
	first, err := registry.ConnectIntegration(ctx, account)
	if err != nil || asked.Secrets[0] != "mine" || asked.Credential != "one" || asked.Mode != provider.Development {
		t.Fatalf("%v; asked about %+v", err, asked)
	}
	hook := func(made *destination.Connected, credential secret.String) secret.String {
		t.Helper()
		opened, hook, err := destination.OpenCredential(b.box, b.A.Tenant, made.ID, made.Credential)
		if err != nil || opened != credential {
			t.Errorf("the credential is %q, %v", opened.Reveal(), err)
		}
		return hook
	}
	if address := hook(first, "one"); address.Reveal() != first.URL || !strings.HasPrefix(first.URL, "https://api.example.com/hooks/paycove/") {
		t.Errorf("the address %q is kept as %q", first.URL, address.Reveal())
	}
	account.Credential, account.Secret, account.Options = "two", "", nil
	again, err := registry.ConnectIntegration(ctx, account)
	if err != nil || asked.Options["mode"] != "CHECKOUT" || len(asked.Secrets) != 1 || again.URL != "" || hook(again, "two").Reveal() != first.URL {
		t.Errorf("%v; asked about %+v, address %q", err, asked, again.URL)
	}
	account.Mode, account.Secret = integration.ModeLIVE, "live"
	moved, err := registry.ConnectIntegration(ctx, account)
	if err != nil || asked.Mode != provider.Live || hook(moved, "two").Reveal() != moved.URL || moved.URL == first.URL {
		t.Errorf("%v; asked about %+v", err, asked)
	}
	account.Mode, account.Secret = integration.ModeTEST, ""
	if _, err := registry.ConnectIntegration(ctx, account); code(err) != fault.Invalid {
		t.Errorf("the other mode's secret is none: %v", err)
	}
}
