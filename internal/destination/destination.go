// Package destination registers where a studio's events go: webhook endpoints
// of its own, and its accounts at providers.
package destination

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Database is what the verbs need of the store.
type Database interface {
	Client(context.Context) *ent.Client
	Run(context.Context) store.Execer
	InTx(context.Context, func(context.Context) error) error
}

// Connector is a provider that studios may connect to.
type Connector struct {
	// BaseURL is where the provider is reached; empty for its own address.
	// Only a stand-in on a loopback address has one.
	BaseURL string
	// Check refuses a credential that cannot be one of the provider's, or that
	// belongs to its other mode. It returns the form in which it is kept.
	Check func(credential secret.String, live bool) (secret.String, error)
	// Options are the names that a connection's options may have.
	Options []string
	// Fits says what of a connection does not go together, in words for the
	// studio; nil for a provider whose parts always do. A secret that is kept is
	// handed in as an empty one.
	Fits func(provider.Connection) string
	// Test asks the provider whether a connection works; nil cannot say.
	Test func(context.Context, provider.Connection) error
	// Bills says that invoices can go out through the provider; of a studio's, one
	// does.
	Bills bool
	// Location is where the provider processes data, as the register names it.
	Location string
	// Opens is when studios may first connect: the end of the time in which they
	// may object to a new sub-processor. Zero is for one that is not new.
	Opens time.Time
	// MakesSecret says that the studio chooses with what the provider signs its
	// messages; otherwise the provider shows a secret of its own.
	MakesSecret bool
}

// Queries judges and answers the queries by which webhooks are rendered, for
// the viewer of the context. What they return is a fault where the query is to
// blame.
type Queries interface {
	Check(ctx context.Context, query string) error
	Answer(ctx context.Context, query string, variables map[string]any) (data, errs json.RawMessage, err error)
}

// Config of the verbs.
type Config struct {
	Connectors map[string]Connector // by the provider's name
	// CheckURL refuses what no webhook may be sent to: that of the Sender that
	// will send, so that both agree.
	CheckURL func(string) error
	Queries  Queries // nil refuses every query
	// HooksURL is this server's address, to which providers send their messages;
	// empty gives paths alone.
	HooksURL string
	// Random is where secrets come from; nil is crypto/rand.Reader.
	Random io.Reader
	Now    func() time.Time // nil is time.Now
}

// Registry carries out the verbs.
type Registry struct {
	db  Database
	box *sealed.Box
	cfg Config
}

// New returns a registry that seals secrets with box.
func New(db Database, box *sealed.Box, c Config) *Registry {
	c.Random = cmp.Or[io.Reader](c.Random, rand.Reader)
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Registry{db: db, box: box, cfg: c}
}

// Columns of secrets. The id of the row is part of what a value is bound to.
const (
	secretColumn     = "webhook_endpoints.secret:"
	accessColumn     = "webhook_endpoints.auth_credential:"
	credentialColumn = "integrations.credential:"     // and the address for messages, a line each
	inboundColumn    = "integrations.inbound_secret:" // one a line, the newest first
)

// OpenCredential returns the credential of an integration, and the address that
// its provider was given for messages; empty for one of before addresses were
// kept.
func OpenCredential(box *sealed.Box, tenant, integration uuid.UUID, value []byte) (credential, hook secret.String, err error) {
	plain, err := box.Open(value, tenant, credentialColumn+integration.String())
	first, second, _ := strings.Cut(string(plain), "\n")
	return secret.String(first), secret.String(second), err
}

// writer returns the viewer of ctx if it may change records of the entity. A
// secret key may what ADMIN may, within its scopes.
func writer(ctx context.Context, entity string) (*viewer.Viewer, error) {
	v := viewer.From(ctx)
	if v == nil {
		return nil, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	role := v.Role
	if role == viewer.Key {
		role = viewer.Admin
	}
	e := catalog.Entities[entity]
	if v.Role != viewer.Platform && (!e.Access[role].Update || !v.Can(e.Prefix, "write")) {
		return nil, fault.New(fault.Forbidden, "%s is not allowed to change %s.", v.Role, e.Prefix)
	}
	return v, nil
}
