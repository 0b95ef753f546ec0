package transport

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"golang.org/x/time/rate"

	"github.com/barrehq/barre/internal/fault"
)

// session is one socket. One goroutine reads; operations and pings write.
type session struct {
	conf   Websocket
	conn   *websocket.Conn
	exec   graphql.GraphExecutor
	header http.Header

	base   context.Context // of the upgrade request
	ctx    context.Context // of the operations; ends with the session
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	// of the reading goroutine
	initialised, acknowledged bool
	initTimer                 *time.Timer

	mu      sync.Mutex
	active  map[string]*operation
	running int // operations whose goroutine has not ended, completed or not
}

func newSession(conf Websocket, conn *websocket.Conn, exec graphql.GraphExecutor, r *http.Request) *session {
	s := &session{conf: conf, conn: conn, exec: exec, header: r.Header, base: r.Context(), active: map[string]*operation{}}
	s.ctx, s.cancel = context.WithCancel(s.base)
	conn.SetReadLimit(conf.MessageBytes)
	return s
}

// serve reads until the socket is closed, then waits for what it started.
func (s *session) serve() {
	defer s.tasks.Wait()
	defer s.cancel()
	defer s.conn.CloseNow() //nolint:errcheck // closed already, as a rule
	defer func() {
		if p := recover(); p != nil { // a hook of ours, not a resolver
			_ = recovered(s.ctx, s.conf.Recover, p)
			s.close(closeInternal)
		}
	}()
	s.initTimer = time.AfterFunc(s.conf.InitTimeout, func() { s.close(closeInitTimeout) })
	defer s.initTimer.Stop()
	ctx := s.ctx
	s.tasks.Go(func() { s.keepAlive(ctx) })

	pace := rate.NewLimiter(rate.Limit(s.conf.MessageRate), 2*s.conf.MessageRate)
	for {
		// Not s.ctx: a read that is cancelled drops the connection before a
		// close code can be sent.
		kind, text, err := s.conn.Read(context.Background())
		if err != nil {
			return
		}
		if why := s.handle(kind, text); why != nil {
			s.close(*why)
			return
		}
		if pace.Wait(s.ctx) != nil {
			return
		}
	}
}

// close sends the close code. Operations stop first, so that nothing follows.
func (s *session) close(why closing) {
	s.cancel()
	_ = s.conn.Close(why.code, why.reason)
}

// handle acts on one message and returns why the socket must be closed, or nil.
func (s *session) handle(kind websocket.MessageType, text []byte) *closing {
	m, ok := parseMessage(text)
	if kind != websocket.MessageText || !ok {
		return &closeBadMessage
	}
	switch m.kind {
	case "ping":
		s.write(frame("pong", "", nil))
		return nil
	case "pong":
		return nil
	case "connection_init":
		return s.init(m.payload)
	}
	if !s.acknowledged {
		return &closeNoInit
	}
	if m.kind == "complete" {
		s.complete(m.id)
		return nil
	}
	return s.subscribe(m)
}

func (s *session) init(payload map[string]any) *closing {
	if s.initialised {
		return &closeTooManyInit
	}
	s.initialised = true
	if s.conf.Authenticate != nil {
		ctx, err := s.conf.Authenticate(s.ctx, payload)
		if err != nil {
			return closingFor(err)
		}
		s.adopt(ctx)
	}
	if !s.initTimer.Stop() {
		return &closeInitTimeout
	}
	s.acknowledged = true
	if s.conf.Alive != nil {
		dead := s.conf.Alive(s.ctx)
		s.tasks.Go(func() { s.watch(dead) })
	}
	s.write(frame("connection_ack", "", nil))
	return nil
}

// adopt makes ctx the context of the operations; it ends with the session,
// whatever it was derived from.
func (s *session) adopt(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	context.AfterFunc(s.ctx, cancel)
	s.ctx = ctx
}

func closingFor(err error) *closing {
	switch fault.CodeOf(err) {
	case fault.Unauthenticated:
		return &closeNoInit
	case fault.Forbidden:
		return &closeForbidden
	case fault.Throttled, fault.Busy, fault.Unavailable, fault.Timeout:
		return &closeTryLater
	}
	return &closeInternal
}

// watch closes the socket when the credential dies.
func (s *session) watch(dead <-chan struct{}) {
	select {
	case <-dead:
		s.close(closeForbidden)
	case <-s.ctx.Done():
	}
}

// keepAlive finds dead peers, and says goodbye when the server stops.
func (s *session) keepAlive(ctx context.Context) {
	tick := time.NewTicker(s.conf.PingInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if s.base.Err() != nil {
				s.close(closeGoingAway)
			}
			return
		case <-tick.C:
			wait, cancel := context.WithTimeout(ctx, s.conf.Patience)
			err := s.conn.Ping(wait)
			cancel()
			if err != nil && ctx.Err() == nil {
				_ = s.conn.CloseNow()
				return
			}
		}
	}
}

// write sends one frame and gives its buffer back. A client that does not read
// for Patience loses its socket.
func (s *session) write(b *bytes.Buffer) {
	ctx, cancel := context.WithTimeout(context.Background(), s.conf.Patience)
	defer cancel()
	_ = s.conn.Write(ctx, websocket.MessageText, b.Bytes())
	giveBack(b)
}
