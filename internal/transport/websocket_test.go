package transport_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/transport"
)

// client is one end of a socket.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

func dial(t *testing.T, url string, header http.Header, protocols ...string) (*client, *http.Response) {
	t.Helper()
	if protocols == nil {
		protocols = []string{"graphql-transport-ws"}
	}
	conn, resp, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: header})
	if err != nil {
		return nil, resp
	}
	conn.SetReadLimit(1 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{t, conn}, resp
}

// connect dials and is acknowledged.
func connect(t *testing.T, url string) *client {
	t.Helper()
	c, _ := dial(t, url, nil)
	if c == nil {
		t.Fatal("no socket")
	}
	c.say(`{"type":"connection_init"}`)
	c.hear(`{"type":"connection_ack"}`)
	return c
}

func (c *client) say(text string) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) subscribe(id, text string) {
	c.t.Helper()
	c.say(fmt.Sprintf(`{"type":"subscribe","id":%q,"payload":%s}`, id, query(text)))
}

func (c *client) read() string {
	c.t.Helper()
	_, text, err := c.conn.Read(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

func (c *client) hear(want ...string) {
	c.t.Helper()
	for _, w := range want {
		if got := c.read(); got != w {
			c.t.Fatalf("got  %s\nwant %s", got, w)
		}
	}
}

// closed reads until the socket is closed, and returns why and what came before.
func (c *client) closed() (websocket.CloseError, []string) {
	c.t.Helper()
	var before []string
	for {
		_, text, err := c.conn.Read(c.t.Context())
		if err == nil {
			before = append(before, string(text))
			continue
		}
		return websocket.CloseError{Code: websocket.CloseStatus(err), Reason: err.Error()}, before
	}
}

func (c *client) wantClose(code websocket.StatusCode) {
	c.t.Helper()
	got, before := c.closed()
	if got.Code != code {
		c.t.Errorf("closed with %d after %v, want %d", got.Code, before, code)
	}
}

func TestSocketOperations(t *testing.T) {
	c := connect(t, serve(t, newSchema(), transport.Config{}))
	c.subscribe("1", "subscription{count}")
	for i := 1; i <= 3; i++ {
		c.hear(fmt.Sprintf("{\"type\":\"next\",\"id\":\"1\",\"payload\":{\"data\":{\"count\":%d\n}}}", i))
	}
	c.hear(`{"type":"complete","id":"1"}`)
	c.subscribe("1", "{hello}") // an id is free again
	c.hear(`{"type":"next","id":"1","payload":{"data":{"hello":"hi"}}}`, `{"type":"complete","id":"1"}`)
	c.subscribe("\" <2>", "mutation{touch}")
	if got := c.read(); !json.Valid([]byte(got)) || !strings.Contains(got, `"touch"`) {
		t.Errorf("an awkward id: %s", got)
	}
	c.read()
	c.say(`{"type":"ping","payload":{"secret":1}}`)
	c.hear(`{"type":"pong"}`)
	c.say(`{"type":"ping","payload":{"a":"` + strings.Repeat("x", 63<<10) + `"}}`) // within 64 KiB
	c.hear(`{"type":"pong"}`)
	c.say(`{"type":"pong"}`)
	c.say(`{"type":"complete","id":"unknown"}`)
	c.say(`{"type":"ping"}`)
	c.hear(`{"type":"pong"}`)
}

// W1, W2 and the protocol's own words on each wrong message.
func TestSocketCloseCodes(t *testing.T) {
	const init, sub = `{"type":"connection_init"}`, `{"type":"subscribe","id":"1","payload":{"query":"subscription{forever}"}}`
	tests := []struct {
		name string
		say  []string
		code websocket.StatusCode
	}{
		{"message before init", []string{sub}, 4401},
		{"complete before init", []string{`{"type":"complete","id":"1"}`}, 4401},
		{"init twice", []string{init, init}, 4429},
		{"duplicate id", []string{init, sub, sub}, 4409},
		{"no JSON", []string{"hello"}, 4400},
		{"array", []string{"[]"}, 4400},
		{"trailing", []string{init + "x"}, 4400},
		{"duplicate key", []string{`{"type":"ping","type":"connection_init"}`}, 4400},
		{"unknown type", []string{init, `{"type":"start","id":"1"}`}, 4400},
		{"server's type", []string{init, `{"type":"next","id":"1","payload":{}}`}, 4400},
		{"no type", []string{`{}`}, 4400},
		{"unknown member", []string{`{"type":"ping","extra":1}`}, 4400},
		{"init payload text", []string{`{"type":"connection_init","payload":"x"}`}, 4400},
		{"no id", []string{init, `{"type":"subscribe","payload":{"query":"{hello}"}}`}, 4400},
		{"empty id", []string{init, `{"type":"subscribe","id":"","payload":{"query":"{hello}"}}`}, 4400},
		{"long id", []string{init, `{"type":"complete","id":"` + strings.Repeat("x", 257) + `"}`}, 4400},
		{"no payload", []string{init, `{"type":"subscribe","id":"1"}`}, 4400},
		{"no query", []string{init, `{"type":"subscribe","id":"1","payload":{}}`}, 4400},
		{"variables array", []string{init, `{"type":"subscribe","id":"1","payload":{"query":"{hello}","variables":[]}}`}, 4400},
		{"batch", []string{init, `{"type":"subscribe","id":"1","payload":[]}`}, 4400},
		{"over 64 KiB", []string{init, `{"type":"ping","payload":{"a":"` + strings.Repeat("x", 64<<10) + `"}}`}, websocket.StatusMessageTooBig},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := dial(t, serve(t, newSchema(), transport.Config{}), nil)
			for _, text := range tt.say {
				_ = c.conn.Write(t.Context(), websocket.MessageText, []byte(text))
			}
			c.wantClose(tt.code)
		})
	}
}

func TestSocketRefusesBinary(t *testing.T) {
	c, _ := dial(t, serve(t, newSchema(), transport.Config{}), nil)
	_ = c.conn.Write(t.Context(), websocket.MessageBinary, []byte(`{"type":"connection_init"}`))
	c.wantClose(4400)
}

func TestSocketSubprotocol(t *testing.T) {
	for _, protocols := range [][]string{{}, {"graphql-ws"}, {"other"}} {
		c, _ := dial(t, serve(t, newSchema(), transport.Config{}), nil, protocols...)
		c.wantClose(4406)
	}
	c, resp := dial(t, serve(t, newSchema(), transport.Config{}), nil, "graphql-ws", "graphql-transport-ws")
	if c == nil || resp.Header.Get("Sec-WebSocket-Protocol") != "graphql-transport-ws" {
		t.Error("the right subprotocol among others was not chosen")
	}
}

func TestSocketPingAndPongBeforeInit(t *testing.T) {
	c, _ := dial(t, serve(t, newSchema(), transport.Config{}), nil)
	c.say(`{"type":"pong"}`)
	c.say(`{"type":"ping"}`)
	c.hear(`{"type":"pong"}`)
	c.say(`{"type":"connection_init","payload":null}`)
	c.hear(`{"type":"connection_ack"}`)
}

type who struct{}

func TestSocketAuthenticates(t *testing.T) {
	es := newSchema()
	url := serve(t, es, transport.Config{Websocket: transport.Websocket{
		Authenticate: func(ctx context.Context, payload map[string]any) (context.Context, error) {
			switch payload["Authorization"] {
			case "Bearer good":
				return context.WithValue(ctx, who{}, "ada"), nil
			case "Bearer foreign":
				return context.WithValue(context.Background(), who{}, "bob"), nil
			case "Bearer weak":
				return nil, fault.New(fault.Forbidden, "secret")
			case "Bearer busy":
				return nil, fault.New(fault.Unavailable, "secret")
			case "Bearer bug":
				return nil, fmt.Errorf("dial tcp: secret")
			case "Bearer panic":
				panic("secret")
			}
			return nil, fault.New(fault.Unauthenticated, "secret")
		},
	}})
	for token, code := range map[string]websocket.StatusCode{
		"": 4401, "Bearer weak": 4403, "Bearer busy": 1013, "Bearer bug": 4500, "Bearer panic": 4500,
	} {
		c, _ := dial(t, url, nil)
		c.say(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":%q}}`, token))
		why, before := c.closed()
		if why.Code != code || len(before) > 0 || strings.Contains(why.Reason, "secret") {
			t.Errorf("%q: %v after %v", token, why, before)
		}
	}
	for token, name := range map[string]string{"Bearer good": "ada", "Bearer foreign": "bob"} {
		c, _ := dial(t, url, nil)
		c.say(fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":%q}}`, token))
		c.hear(`{"type":"connection_ack"}`)
		c.subscribe("1", "subscription{forever}")
		<-es.started
		if got := (*es.ctx.Load()).Value(who{}); got != name {
			t.Errorf("the operation runs as %v, want %s", got, name)
		}
		_ = c.conn.CloseNow()
		<-es.ended // the context of the hook ends with the socket
	}
}

// Nothing follows an error, nor a complete by either side.
func TestSocketNothingAfterTheEnd(t *testing.T) {
	es := newSchema()
	c := connect(t, serve(t, es, transport.Config{}))
	for id, text := range map[string]string{
		"a": "subscription{refusing}", "b": "subscription{panicking}", "c": "{nope}", "d": "{", "e": "{nothing}",
		"f": "{hello} #" + strings.Repeat("x", 16<<10), "g": "{panic}",
	} {
		c.subscribe(id, text)
		got := c.read()
		if !strings.HasPrefix(got, `{"type":"error","id":"`+id+`","payload":[{"message":`) || strings.Contains(got, "secret") {
			t.Errorf("%s: %s", id, got)
		}
		c.say(`{"type":"ping"}`)
		c.hear(`{"type":"pong"}`) // not complete
	}
	c.subscribe("1", "subscription{failing}")
	c.hear(`{"type":"next","id":"1","payload":{"data":{"failing":1}}}`,
		`{"type":"error","id":"1","payload":[{"message":"The feed is gone.","extensions":{"code":"UNAVAILABLE"}}]}`)
	c.subscribe("2", "subscription{forever}")
	<-es.started
	es.events <- 5
	c.hear(`{"type":"next","id":"2","payload":{"data":{"forever":5}}}`)
	c.say(`{"type":"complete","id":"2"}`)
	<-es.ended
	c.say(`{"type":"ping"}`)
	c.hear(`{"type":"pong"}`)
}

// W2: the 21st operation is refused on its own; completing one makes room.
func TestSocketSubscriptionCap(t *testing.T) {
	es := newSchema()
	c := connect(t, serve(t, es, transport.Config{}))
	for i := range 20 {
		c.subscribe(fmt.Sprint(i), "subscription{forever}")
		<-es.started
	}
	c.subscribe("20", "{hello}")
	if got := c.read(); !strings.HasPrefix(got, `{"type":"error","id":"20"`) || !strings.Contains(got, "CONCURRENCY_LIMITED") {
		t.Error(got)
	}
	if n := es.live.Load(); n != 20 {
		t.Errorf("%d subscriptions live", n)
	}
	_ = c.conn.CloseNow()
	for range 20 {
		<-es.ended
	}
}

// W3 and H16, before the upgrade.
func TestSocketHandshakeRefusals(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{})
	own := strings.TrimPrefix(url, "http://")
	tests := []struct {
		name, params string
		header       http.Header
		status       int
	}{
		{"no browser", "", nil, 101},
		{"own origin", "", http.Header{"Origin": {"http://" + own}}, 101},
		{"foreign origin", "", http.Header{"Origin": {"https://a.example.evil"}}, 403},
		{"null origin", "", http.Header{"Origin": {"null"}}, 403},
		{"own host as prefix", "", http.Header{"Origin": {"http://" + own + ".evil"}}, 403},
		{"cookie without origin", "", http.Header{"Cookie": {"session=1"}}, 403},
		{"two origins", "", http.Header{"Origin": {"http://" + own, "http://evil"}}, 403},
		{"token in the URL", "?access_token=x", nil, 400},
	}
	for _, tt := range tests {
		_, resp := dial(t, url+tt.params, tt.header)
		if resp == nil || resp.StatusCode != tt.status {
			t.Errorf("%s: %v", tt.name, resp)
		}
	}
	url = serve(t, newSchema(), transport.Config{Websocket: transport.Websocket{
		CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "https://app.example" },
	}})
	if c, _ := dial(t, url, http.Header{"Origin": {"https://app.example"}}); c == nil {
		t.Error("an allowed origin was refused")
	}
	if c, _ := dial(t, url, nil); c != nil {
		t.Error("the hook was not asked")
	}
}

// W5, T17: the credential dies, the socket closes at once and says why.
func TestSocketClosesWithItsCredential(t *testing.T) {
	es, dead := newSchema(), make(chan struct{})
	c := connect(t, serve(t, es, transport.Config{Websocket: transport.Websocket{
		Alive: func(context.Context) <-chan struct{} { return dead },
	}}))
	c.subscribe("1", "subscription{forever}")
	<-es.started
	close(dead)
	why, before := c.closed()
	if why.Code != 4403 || len(before) != 0 {
		t.Errorf("%v after %v", why, before)
	}
	<-es.ended
}

// The server goes: every socket is told so, and the client comes back.
func TestSocketClosesWithItsServer(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	srv := transport.Handler(newSchema(), transport.Config{Log: quiet()})
	c := connect(t, serveHandler(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		srv.ServeHTTP(w, r.WithContext(ctx))
	})))
	stop()
	c.wantClose(websocket.StatusGoingAway)
}

func TestSocketShortTimeouts(t *testing.T) {
	url := serve(t, newSchema(), transport.Config{Websocket: transport.Websocket{InitTimeout: time.Millisecond}})
	c, _ := dial(t, url, nil)
	c.wantClose(4408)
}
