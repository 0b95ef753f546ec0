package destination

import (
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
)

// Connection is what the row of an integration says of a connection.
type Connection struct {
	Tenant, ID uuid.UUID
	Provider   string
	BaseURL    string
	Live       bool
	Credential []byte // sealed
	Secrets    []byte // sealed; empty for none
	Options    map[string]string
}

// Open returns the connection as a provider takes it. In mode TEST a loopback address may be
// reached, where the stand-in of a provider is.
func (a Connection) Open(box *sealed.Box) (provider.Connection, error) {
	c := provider.Connection{BaseURL: a.BaseURL, Mode: provider.Development, Options: a.Options}
	if a.Live {
		c.Mode = provider.Live
	}
	var err error
	if c.Credential, c.Hook, err = OpenCredential(box, a.Tenant, a.ID, a.Credential); err != nil || len(a.Secrets) == 0 {
		return c, err
	}
	text, err := box.Open(a.Secrets, a.Tenant, inboundColumn+a.ID.String())
	for line := range strings.Lines(string(text)) {
		c.Secrets = append(c.Secrets, secret.String(strings.TrimSpace(line)))
	}
	return c, err
}
