package transport

import (
	"bytes"
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/fault"
)

// subprotocol is the only one spoken; the older graphql-ws is not.
const subprotocol = "graphql-transport-ws"

// maxID is how long the name of an operation may be, in bytes.
const maxID = 256

// closing is why a socket is closed. The codes are the protocol's, and the
// official client decides by them whether to try again.
type closing struct {
	code   websocket.StatusCode
	reason string
}

var (
	closeBadMessage  = closing{4400, "Invalid message"}
	closeNoInit      = closing{4401, "Unauthorized"}
	closeForbidden   = closing{4403, "Forbidden"}
	closeSubprotocol = closing{4406, "Subprotocol not acceptable"}
	closeInitTimeout = closing{4408, "Connection initialisation timeout"}
	closeDuplicate   = closing{4409, "Subscriber already exists"}
	closeTooManyInit = closing{4429, "Too many initialisation requests"}
	closeInternal    = closing{4500, "Internal error"}
	closeTryLater    = closing{websocket.StatusTryAgainLater, "Try again later"}
	closeGoingAway   = closing{websocket.StatusGoingAway, "Going away"}
)

// message is what a client sends.
type message struct {
	kind    string
	id      string
	payload map[string]any // nil when absent or null
}

// parseMessage reads one message; ok is false for anything that the protocol
// does not know.
func parseMessage(text []byte) (m message, ok bool) {
	object, why := parseObject(text)
	if why != accepted {
		return m, false
	}
	for key, value := range object {
		switch key {
		case "type":
			m.kind, ok = value.(string)
		case "id":
			m.id, ok = value.(string)
		case "payload":
			m.payload, ok = value.(map[string]any)
			ok = ok || value == nil
		default:
			ok = false
		}
		if !ok {
			return m, false
		}
	}
	return m, m.sound()
}

// sound reports whether m has what its kind asks for.
func (m message) sound() bool {
	switch m.kind {
	case "connection_init", "ping", "pong":
		return m.id == ""
	case "complete":
		return m.id != "" && len(m.id) <= maxID && m.payload == nil
	case "subscribe":
		return m.id != "" && len(m.id) <= maxID && m.payload != nil
	}
	return false
}

// frame renders a message to the client; payload writes JSON and may be nil.
func frame(kind, id string, payload func(w *bytes.Buffer)) *bytes.Buffer {
	b := borrow()
	b.WriteString(`{"type":"` + kind + `"`)
	if id != "" {
		text, _ := json.Marshal(id)
		b.WriteString(`,"id":`)
		b.Write(text)
	}
	if payload != nil {
		b.WriteString(`,"payload":`)
		payload(b)
	}
	b.WriteByte('}')
	return b
}

func nextFrame(id string, resp *graphql.Response) *bytes.Buffer {
	return frame("next", id, func(b *bytes.Buffer) { writeEnvelope(b, resp) })
}

func errorFrame(id string, errs gqlerror.List) *bytes.Buffer {
	if len(errs) == 0 {
		errs = gqlerror.List{public(&fault.Fault{Code: fault.Internal, Message: internalMessage})}
	}
	return frame("error", id, func(b *bytes.Buffer) { writeErrors(b, errs[:min(len(errs), maxErrors)]) })
}
