package fusionauth

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Names of the operations.
const (
	saveUser       = "user.save"
	deactivateUser = "user.deactivate"
	resetPassword  = "password.reset"
)

// account is what FusionAuth is told of a member.
type account struct {
	Member uuid.UUID
	User   uuid.UUID // its id there
	Email  string
	Name   string
	Role   string
	Unsent bool // nothing may be sent to Email
}

// Plan implements provider.Provider.
func (f *FusionAuth) Plan(c provider.Change) ([]provider.Operation, error) {
	name := saveUser
	switch c.Event.Type {
	case "membership.created", "membership.invited", "membership.accepted", "membership.updated":
	case "membership.revoked", "membership.deleted":
		name = deactivateUser
	case "membership.password_reset_requested":
		if c.ResetMailer != ID {
			return nil, nil
		}
		name = resetPassword
	default:
		return nil, nil
	}
	if c.Member == nil {
		return nil, fmt.Errorf("fusionauth: %s without a member", c.Event.Type)
	}
	payload := account{Member: c.Member.ID, User: userID(c.Event.TenantID, c.Member.ID)}
	switch name {
	case saveUser:
		payload.Unsent = c.Member.Suppressed
		payload.Email, payload.Name, payload.Role = c.Member.Email, c.Member.Name, c.Member.Role
	case resetPassword:
		payload.Unsent, payload.Email = c.Member.Suppressed, c.Member.Email
	}
	entity := provider.Ref{Type: "membership", ID: c.Member.ID}
	operation, err := provider.NewOperation(c.Event, provider.Draft{Provider: ID, Name: name, Entity: entity, Lane: entity, Payload: payload})
	if err != nil {
		return nil, err
	}
	return []provider.Operation{operation}, nil
}

// userID is the id that a member has at FusionAuth: the same whoever asks, so
// that a user is made once.
func userID(tenant, member uuid.UUID) uuid.UUID { return uuid.NewSHA1(tenant, member[:]) }
