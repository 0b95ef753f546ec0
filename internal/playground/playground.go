// Package playground serves GraphiQL with everything it needs from the binary:
// the page asks nothing of any other host. It shows what each operation costs,
// a library of examples, and who is asking.
package playground

import (
	"encoding/json"
	"net/http"

	"github.com/barrehq/barre/internal/secret"
)

// Kind says what sort of credential an identity has. An example names the kind
// that it is written for.
type Kind string

// The kinds of demo identities.
const (
	Owner       Kind = "owner"       // a studio owner's session
	Guardian    Kind = "guardian"    // a parent's session
	Publishable Kind = "publishable" // a browser's key
	Secret      Kind = "secret"      // a server's key
)

// Identity is one way into a demo tenant. Its token reaches everyone who can
// open the page.
type Identity struct {
	Tenant string // the studio's name
	Name   string // who it is, unique within the tenant
	Kind   Kind
	Token  secret.String
}

// Config says where the API is and who may be tried out. The zero value is the
// production page: it shows a token field and no examples.
type Config struct {
	Endpoint      string // "/graphql" if empty
	Subscriptions string // the endpoint of graphql-ws; Endpoint if empty
	Schema        string // where the SDL is read; "/schema.graphqls" if empty

	// Identities must be empty outside development.
	Identities []Identity
	Examples   []Example
}

// Handler serves /playground and everything below it, and answers 404 for any
// other path. It checks no credential: whoever mounts it decides who may reach
// it.
func Handler(cfg Config) http.Handler {
	cfg = cfg.withDefaults()
	mux := http.NewServeMux()
	mux.Handle("/playground", index())
	mux.Handle("/playground/{$}", http.RedirectHandler("/playground", http.StatusPermanentRedirect))
	mux.Handle("/playground/assets/{name}", assets())
	mux.Handle("/playground/licenses.txt", licenses())
	mux.Handle("/playground/config.json", document(cfg.public()))
	mux.Handle("/playground/examples.json", document(public(cfg.Examples)))
	return secured(cfg, readOnly(mux))
}

func (c Config) withDefaults() Config {
	if c.Endpoint == "" {
		c.Endpoint = "/graphql"
	}
	if c.Subscriptions == "" {
		c.Subscriptions = c.Endpoint
	}
	if c.Schema == "" {
		c.Schema = "/schema.graphqls"
	}
	return c
}

type publicConfig struct {
	Endpoint      string           `json:"endpoint"`
	Subscriptions string           `json:"subscriptions"`
	Schema        string           `json:"schema"`
	Identities    []publicIdentity `json:"identities"`
}

type publicIdentity struct {
	Tenant string `json:"tenant"`
	Name   string `json:"name"`
	Kind   Kind   `json:"kind"`
	Token  string `json:"token"`
}

// public is the one place where the demo tokens leave the server.
func (c Config) public() publicConfig {
	identities := make([]publicIdentity, len(c.Identities))
	for i, id := range c.Identities {
		identities[i] = publicIdentity{id.Tenant, id.Name, id.Kind, id.Token.Reveal()}
	}
	return publicConfig{c.Endpoint, c.Subscriptions, c.Schema, identities}
}

// document serves a value as JSON that no cache keeps: it may hold tokens.
func document(v any) http.Handler {
	body, err := json.Marshal(v)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			http.Error(w, "this document cannot be shown", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.Write(body)
	})
}
