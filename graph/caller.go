package graph

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/viewer"
)

type callerKey struct{}

// Caller is what the transport knows of a request beside its credential.
type Caller struct {
	Address        string // of the network peer
	IdempotencyKey string // as given in the header
}

// WithCaller returns a context that carries what the transport knows.
func WithCaller(ctx context.Context, r *http.Request, address string) context.Context {
	return context.WithValue(ctx, callerKey{}, Caller{Address: address, IdempotencyKey: strings.TrimSpace(r.Header.Get("Idempotency-Key"))})
}

func callerOf(ctx context.Context) Caller { c, _ := ctx.Value(callerKey{}).(Caller); return c }

// anonymous is the namespace of the limits of callers without a credential.
var anonymous = uuid.MustParse("5c1e3c0a-2f4b-4f5e-9a53-6d0c7a0b8f11")

// limited is whose limits count for v: the operator's staff, at no studio yet,
// have those of the credential.
func limited(v *viewer.Viewer) *viewer.Viewer {
	if v.Role != viewer.Staff {
		return v
	}
	alone := *v
	alone.TenantID = v.CredentialID
	return &alone
}

// payer is whose limits a request counts against: the viewer's or, without a
// credential, those of the address it comes from.
func payer(ctx context.Context) *viewer.Viewer {
	if v := viewer.From(ctx); v != nil {
		return limited(v)
	}
	id := uuid.NewSHA1(anonymous, []byte(callerOf(ctx).Address))
	return &viewer.Viewer{TenantID: id, CredentialID: id}
}
