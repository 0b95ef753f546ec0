// Package viewer says who is asking: for which tenant, in which role, through
// which door. It is the only source of the tenant of a request; no argument,
// header or body ever names one.
package viewer

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Role is what a viewer may do within one tenant.
type Role string

// The roles. A person has one through a Membership; Key and Public belong to
// API keys; Platform is Barre's own work inside one tenant.
const (
	Owner     Role = "OWNER"
	Admin     Role = "ADMIN"
	FrontDesk Role = "FRONT_DESK"
	Teacher   Role = "TEACHER"
	Guardian  Role = "GUARDIAN"
	Key       Role = "KEY"    // a secret API key, bounded by its scopes
	Public    Role = "PUBLIC" // a publishable key: only what a storefront shows
	Platform  Role = "PLATFORM"
	// Pending is a person whose session lacks the second factor that the studio
	// requires. No rule grants it anything.
	Pending Role = "PENDING"
	Staff   Role = "STAFF" // of the operator, at no studio: may ask for access to one and nothing else
)

// Viewer is the verified caller of one request. Treat it as immutable.
type Viewer struct {
	TenantID     uuid.UUID
	Role         Role
	Scopes       []string  // of an API key, sorted: "student:read", "student:write", "*"
	UserID       uuid.UUID // of a signed-in person; zero for keys
	MembershipID uuid.UUID
	HouseholdID  uuid.UUID // of a guardian; zero for everybody else
	CredentialID uuid.UUID // the session or key, for limits, audit and revocation
	Plan         string    // of the tenant; names its limits
	Reason       string    // why the platform itself acts, for the audit log

	ProvenAt       time.Time // when a signed-in person last proved who they are, as strongly as they can
	SecondFactorAt time.Time // when they did so by a second factor; zero for not in this session
	Custom         *Custom   // narrows Role; nil for everybody without a custom role
	StaffAccessID  uuid.UUID // under which the operator's staff act; zero for everybody else
	InstallationID uuid.UUID // of a third party's app; zero for everybody else

	acrossTenants bool
	actor         string // whom an elevated viewer acts for
}

// Recent is how old a proof of who somebody is may be for what needs a recent one.
const Recent = 10 * time.Minute

type contextKey struct{}

// With returns a context that carries v. Only the credential check at the
// door, the worker and tests call it.
func With(ctx context.Context, v *Viewer) context.Context {
	return context.WithValue(ctx, contextKey{}, v)
}

// From returns the viewer of ctx, or nil where nobody was verified.
func From(ctx context.Context) *Viewer {
	v, _ := ctx.Value(contextKey{}).(*Viewer)
	return v
}

// ForTenant returns a context in which the platform itself acts inside one
// tenant: every action is allowed, every wall between tenants stands.
func ForTenant(ctx context.Context, tenant uuid.UUID, reason string) context.Context {
	return With(ctx, &Viewer{TenantID: tenant, Role: Platform, Reason: reason})
}

// Elevated returns a context in which the platform does, inside the viewer's
// own tenant, what follows from an act that the viewer may do: a guardian may
// not change a class, but enrolling takes a seat of it. Records still name the
// viewer. It raises nobody where nobody was verified.
func Elevated(ctx context.Context, reason string) context.Context {
	v := From(ctx)
	if v == nil {
		return ctx
	}
	raised := *v
	raised.Role, raised.HouseholdID, raised.Reason, raised.actor = Platform, uuid.Nil, reason, v.Actor()
	return With(ctx, &raised)
}

// AcrossTenants returns a context in which the platform acts on every tenant
// at once: no tenant predicate, another database role. This is the only way
// around the walls. The reason is logged, and internal/archtest holds the
// complete list of callers.
func AcrossTenants(ctx context.Context, reason string) context.Context {
	return With(ctx, &Viewer{Role: Platform, Reason: reason, acrossTenants: true})
}

// IsAcrossTenants reports whether v was made by AcrossTenants.
func (v *Viewer) IsAcrossTenants() bool { return v != nil && v.acrossTenants }

// Actor names the viewer in audit rows and events: "user:<uuid>",
// "key:<uuid>", "app:<uuid of the installation>", "staff:<uuid of the access>",
// "system:<reason>". What Elevated raised keeps its name.
func (v *Viewer) Actor() string {
	switch {
	case v == nil:
		return "anonymous"
	case v.actor != "":
		return v.actor
	case v.Role == Platform:
		return "system:" + v.Reason
	case v.StaffAccessID != uuid.Nil:
		return "staff:" + v.StaffAccessID.String()
	case v.InstallationID != uuid.Nil:
		return "app:" + v.InstallationID.String()
	case v.UserID != uuid.Nil:
		return "user:" + v.UserID.String()
	default:
		return "key:" + v.CredentialID.String()
	}
}

// Can reports whether the scopes of an API key include subject:action, as in
// Can("student", "read"). "*" grants all; write includes read. A custom role
// can what its permissions name, within whatever scope; others than these are
// not bounded so.
func (v *Viewer) Can(subject, action string) bool {
	if v.Custom != nil {
		_, can := v.Custom.Scope(subject, action)
		return can
	}
	if v.Role != Key {
		return true
	}
	if slices.Contains(v.Scopes, "*") || slices.Contains(v.Scopes, subject+":write") {
		return true
	}
	return action == "read" && (slices.Contains(v.Scopes, "*:read") || slices.Contains(v.Scopes, subject+":read"))
}

// Shape is equal for two viewers whenever every rule treats them alike but
// for the identifiers that the rules bind, so that a compiled operation may be
// shared among them.
func (v *Viewer) Shape() string {
	if v == nil {
		return ""
	}
	if v.acrossTenants {
		return "ACROSS_TENANTS"
	}
	if v.StaffAccessID != uuid.Nil {
		return "STAFF " + string(v.Role)
	}
	if v.Custom != nil {
		return string(v.Role) + " " + strings.Join(v.Custom.Permissions, " ") + " but " + strings.Join(v.Custom.Masks, " ")
	}
	if v.Role != Key {
		return string(v.Role)
	}
	return string(v.Role) + " " + strings.Join(v.Scopes, " ")
}
