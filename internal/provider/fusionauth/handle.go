package fusionauth

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Handle implements provider.Provider. The message says which user; how it
// stands, the API says.
func (f *FusionAuth) Handle(ctx context.Context, c provider.Connection, in provider.Inbound) ([]provider.Fact, error) {
	var changed time.Time // when the password did
	switch in.Type {
	case "user.create.complete", "user.update", "user.update.complete", "user.deactivate", "user.reactivate", "user.delete", "user.delete.complete",
		"user.email.verified", "user.email.update":
	case "user.password.update", "user.password.reset.success":
		changed = in.OccurredAt
	default:
		return nil, nil
	}
	if uuid.Validate(in.Object) != nil {
		return nil, nil
	}
	subject := provider.Subject{Ref: provider.Ref{Type: "membership"}, RemoteID: in.Object}
	var found struct {
		User user `json:"user"`
	}
	err := f.call(ctx, c, provider.Request{Method: http.MethodGet, URL: "/api/user/" + in.Object, Into: &found})
	if provider.Gone(err) {
		return []provider.Fact{provider.UserChanged{Subject: subject, At: in.OccurredAt}}, nil
	}
	if err != nil {
		return nil, err
	}
	return []provider.Fact{provider.UserChanged{
		Subject: subject, Email: found.User.Email, Verified: found.User.Verified, Active: found.User.Active, SignedOut: changed,
		At: time.UnixMilli(found.User.Updated).UTC(),
	}}, nil
}
