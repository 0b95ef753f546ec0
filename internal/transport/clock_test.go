package transport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/barrehq/barre/internal/transport"
)

// pipes is a network in memory, so that a test's fake clock governs it.
type pipes struct {
	dialed chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialed:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.dialed <- there:
		return here, nil
	case <-p.closed:
		return nil, errors.New("closed")
	}
}

// socketInMemory serves conf in the bubble of the test and dials it once.
func socketInMemory(t *testing.T, es *schema, conf transport.Config) (c *client, shutdown func()) {
	t.Helper()
	web, stop := inMemory(es, conf)
	conn, _, err := websocket.Dial(t.Context(), "http://memory/", &websocket.DialOptions{
		HTTPClient: web, Subprotocols: []string{"graphql-transport-ws"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &client{t, conn}, func() {
		_ = conn.CloseNow()
		stop()
	}
}

// inMemory serves conf in the bubble of the test.
func inMemory(es *schema, conf transport.Config) (web *http.Client, stop func()) {
	conf.Log = quiet()
	network := &pipes{make(chan net.Conn), make(chan struct{})}
	srv := &http.Server{Handler: transport.Handler(es, conf)}
	go func() { _ = srv.Serve(network) }()
	connections := &http.Transport{DialContext: network.dial}
	return &http.Client{Transport: connections}, func() {
		connections.CloseIdleConnections()
		_ = srv.Close()
		synctest.Wait()
	}
}

// A connection that carried a stream is as good as new: the deadline of the
// last event does not hit the next answer.
func TestStreamGivesItsConnectionBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		web, stop := inMemory(newSchema(), transport.Config{})
		defer stop()
		for _, accept := range []string{"text/event-stream", "application/json"} {
			r, _ := http.NewRequest("POST", "http://memory/", strings.NewReader(query("subscription{count}")))
			r.GetBody = nil // not to be sent again over another connection
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", accept)
			resp, err := web.Do(r)
			if err != nil {
				t.Fatalf("%s: %v", accept, err)
			}
			if _, err := io.Copy(io.Discard, resp.Body); err != nil {
				t.Fatalf("%s: %v", accept, err)
			}
			resp.Body.Close()
			time.Sleep(time.Minute) // of the fake clock
		}
	})
}

// W1: ten seconds for connection_init, whatever else is said meanwhile.
func TestSocketInitTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, shutdown := socketInMemory(t, newSchema(), transport.Config{})
		defer shutdown()
		start := time.Now()
		c.say(`{"type":"ping"}`)
		c.hear(`{"type":"pong"}`)
		c.wantClose(4408)
		if after := time.Since(start); after != 10*time.Second {
			t.Errorf("closed after %v", after)
		}
	})
}

// The time of Authenticate counts as well.
func TestSocketSlowAuthentication(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, shutdown := socketInMemory(t, newSchema(), transport.Config{Websocket: transport.Websocket{
			Authenticate: func(ctx context.Context, _ map[string]any) (context.Context, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			},
		}})
		defer shutdown()
		c.say(`{"type":"connection_init"}`)
		c.wantClose(4408)
	})
}

// Once acknowledged, a socket lasts as long as its client answers pings.
func TestSocketLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		es := newSchema()
		c, shutdown := socketInMemory(t, es, transport.Config{})
		defer shutdown()
		c.say(`{"type":"connection_init"}`)
		c.hear(`{"type":"connection_ack"}`)
		c.subscribe("1", "subscription{forever}")
		go func() {
			time.Sleep(time.Hour) // of the fake clock
			es.events <- 1
		}()
		c.hear(`{"type":"next","id":"1","payload":{"data":{"forever":1}}}`)
	})
}

// A client that is gone without a word is noticed: ping after 15 s, 10 s to answer.
func TestSocketNoticesDeadPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		es := newSchema()
		c, shutdown := socketInMemory(t, es, transport.Config{})
		defer shutdown()
		c.say(`{"type":"connection_init"}`)
		c.hear(`{"type":"connection_ack"}`)
		c.subscribe("1", "subscription{forever}")
		<-es.started
		start := time.Now()
		<-es.ended // the client does not read, so it does not pong
		if after := time.Since(start); after > 25*time.Second {
			t.Errorf("noticed after %v", after)
		}
	})
}

// W4: a client that does not read loses its socket after 10 s, and the
// subscription behind it ends.
func TestSocketSlowConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		es := newSchema()
		c, shutdown := socketInMemory(t, es, transport.Config{Websocket: transport.Websocket{PingInterval: time.Hour}})
		defer shutdown()
		c.say(`{"type":"connection_init"}`)
		c.hear(`{"type":"connection_ack"}`)
		c.subscribe("1", "subscription{forever}")
		<-es.started
		start := time.Now()
		es.events <- 1 // the pipe has no buffer: this write blocks
		<-es.ended
		if after := time.Since(start); after != 10*time.Second {
			t.Errorf("ended after %v", after)
		}
	})
}

// W5 by polling, even while the client does not read.
func TestPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		es := newSchema()
		var good atomic.Bool
		good.Store(true)
		c, shutdown := socketInMemory(t, es, transport.Config{Websocket: transport.Websocket{
			Alive: transport.Poll(3*time.Second, func(context.Context) bool { return good.Load() }),
		}})
		defer shutdown()
		c.say(`{"type":"connection_init"}`)
		c.hear(`{"type":"connection_ack"}`)
		c.subscribe("1", "subscription{forever}")
		time.Sleep(10 * time.Second) // of the fake clock: three checks
		if n := es.live.Load(); n != 1 {
			t.Fatalf("%d subscriptions live", n)
		}
		good.Store(false)
		revoked := time.Now()
		c.wantClose(4403)
		if after := time.Since(revoked); after > 5*time.Second {
			t.Errorf("closed %v after the revocation", after)
		}
	})
}
