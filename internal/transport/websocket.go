package transport

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// Websocket speaks graphql-transport-ws. gqlgen's own transport closes with
// codes that the protocol does not know, answers after an error and counts
// nothing, so the protocol is spoken here, on the same websocket library.
type Websocket struct {
	Bounds  Bounds
	Recover graphql.RecoverFunc // answers panics; nil hides them

	// Authenticate is called once per socket with the payload of
	// connection_init, where a browser puts its Authorization, and returns the
	// context for every operation of the socket. A fault decides the close
	// code: UNAUTHENTICATED 4401, FORBIDDEN 4403, THROTTLED and UNAVAILABLE
	// 1013, all else 4500; its text is not sent. Nil keeps the context of the
	// upgrade request.
	Authenticate func(ctx context.Context, payload map[string]any) (context.Context, error)

	// Alive returns a channel that is closed when the credential of ctx stops
	// being good; the socket then closes with 4403. It is called once per
	// socket, after Authenticate, and ctx ends with the socket. Poll makes one
	// from a check. Nil means that no credential ever dies.
	Alive func(ctx context.Context) <-chan struct{}

	// CheckOrigin reports whether the page that asks may open a socket. Nil
	// allows the server's own host, and clients that are no browser: those
	// that send neither Origin nor Cookie.
	CheckOrigin func(r *http.Request) bool

	InitTimeout   time.Duration // for connection_init and its check; 10 s when zero
	PingInterval  time.Duration // between the server's pings; 15 s when zero
	Patience      time.Duration // for a client that does not read or pong; 10 s when zero
	MessageBytes  int64         // of one message; 64 KiB when zero
	Subscriptions int           // running at once on one socket; 20 when zero
	MessageRate   int           // messages read per second; 50 when zero
}

// withDefaults fills in the zero values.
func (t Websocket) withDefaults() Websocket {
	t.InitTimeout = cmp.Or(t.InitTimeout, 10*time.Second)
	t.PingInterval = cmp.Or(t.PingInterval, 15*time.Second)
	t.Patience = cmp.Or(t.Patience, 10*time.Second)
	t.MessageBytes = cmp.Or(t.MessageBytes, 64<<10)
	t.Subscriptions = cmp.Or(t.Subscriptions, 20)
	t.MessageRate = cmp.Or(t.MessageRate, 50)
	if t.CheckOrigin == nil {
		t.CheckOrigin = sameOrigin
	}
	return t
}

// Supports takes every request for an upgrade to a websocket.
func (t Websocket) Supports(r *http.Request) bool {
	for _, list := range r.Header.Values("Upgrade") {
		for token := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(token), "websocket") {
				return true
			}
		}
	}
	return false
}

// Do holds the socket until either side closes it.
func (t Websocket) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	t = t.withDefaults()
	x := begin(w, r, exec, t.Recover)
	switch {
	case carriesCredential(r.URL):
		x.refuse(refuseCredential)
		return
	case !t.CheckOrigin(r):
		x.refuse(refuseOrigin)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols:       []string{subprotocol},
		InsecureSkipVerify: true, // CheckOrigin has decided
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return // answered with its status
	}
	if conn.Subprotocol() != subprotocol {
		_ = conn.Close(closeSubprotocol.code, closeSubprotocol.reason)
		return
	}
	newSession(t, conn, exec, r).serve()
}

// sameOrigin is the default for CheckOrigin.
func sameOrigin(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return r.Header.Get("Cookie") == ""
	}
	u, err := url.Parse(origins[0])
	return err == nil && len(origins) == 1 && strings.EqualFold(u.Host, r.Host)
}

// Poll turns a check into a hook for Alive: it asks every interval, and once
// good says no, the channel closes. An interval of up to 4 s closes sockets
// within 5 s of the revocation. The check must bound its own time.
func Poll(interval time.Duration, good func(ctx context.Context) bool) func(ctx context.Context) <-chan struct{} {
	return func(ctx context.Context) <-chan struct{} {
		dead := make(chan struct{})
		go func() {
			tick := time.NewTicker(interval)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					if !good(ctx) {
						close(dead)
						return
					}
				}
			}
		}()
		return dead
	}
}
