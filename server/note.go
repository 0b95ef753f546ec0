package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/seed"
	"github.com/barrehq/barre/internal/typeid"
)

// demoNote is demo.json: for tools, and for the demo's next start.
type demoNote struct {
	Endpoint      string       `json:"endpoint"`
	Subscriptions string       `json:"subscriptions"`
	Playground    string       `json:"playground"`
	Metrics       string       `json:"metrics"`
	Tenants       []tenantNote `json:"tenants"`
	Webhook       webhookNote  `json:"webhook"`
	// Vendors says where each is reached, by the provider's name.
	Vendors map[string]string `json:"vendors"`
	// Hooks is where fakes send messages, and what they sign them with, by studio
	// and provider.
	Hooks map[string]webhookNote `json:"hooks,omitempty"`
}

type tenantNote struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	OwnerToken     string `json:"ownerToken"`
	SecretKey      string `json:"secretKey"`
	PublishableKey string `json:"publishableKey"`
	GuardianToken  string `json:"guardianToken"`
}

type webhookNote struct {
	URL    string `json:"url"`
	Secret string `json:"secret"`
}

// readNote reads what an earlier start left; nothing is no error.
func readNote(path string) (note demoNote, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return note, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &note)
	}
	if err != nil {
		err = fmt.Errorf("read %s: %w (make reset begins anew)", path, err)
	}
	return note, err
}

// access is what an earlier start noted of studio n.
func (n demoNote) access(studio int) seed.Access {
	if studio >= len(n.Tenants) {
		return seed.Access{}
	}
	t := n.Tenants[studio]
	a := seed.Access{
		Owner: secret.String(t.OwnerToken), Guardian: secret.String(t.GuardianToken),
		Secret: secret.String(t.SecretKey), Publishable: secret.String(t.PublishableKey),
	}
	_, a.Tenant, _ = typeid.Parse(t.ID)
	return a
}

func noteOf(s seed.Studio, a seed.Access) tenantNote {
	return tenantNote{
		ID: typeid.Format("tenant", a.Tenant), Name: s.Name, OwnerToken: a.Owner.Reveal(), SecretKey: a.Secret.Reveal(),
		PublishableKey: a.Publishable.Reveal(), GuardianToken: a.Guardian.Reveal(),
	}
}

// writeNotes writes demo.json whole or not at all, readable by its owner alone.
func (d *demo) writeNotes(context.Context) error {
	host := reachable(d.on.public.Addr())
	d.note.Endpoint, d.note.Subscriptions = "http://"+host+"/graphql", "ws://"+host+"/graphql"
	d.note.Playground, d.note.Metrics = "http://"+host+"/playground", "http://"+reachable(d.on.metrics.Addr())+"/metrics"
	d.note.Vendors = d.stands.at
	text, err := json.MarshalIndent(d.note, "", "  ")
	if err != nil {
		return err
	}
	// #nosec G301 -- Postgres, which is another user, passes through
	if err := os.MkdirAll(filepath.Dir(d.path()), 0o711); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(d.path()), "demo-*.json") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // nothing is there after the rename
	_, err = file.Write(append(text, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), d.path())
}

// reachable is an address as a client on this machine writes it.
func reachable(at net.Addr) string {
	tcp := at.(*net.TCPAddr)
	if tcp.IP.IsUnspecified() {
		return fmt.Sprintf("127.0.0.1:%d", tcp.Port)
	}
	return tcp.String()
}
