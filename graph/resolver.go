// Package graph is the GraphQL face: it reads the input, calls one verb and
// maps the answer. It decides nothing.
package graph

import (
	"github.com/barrehq/barre/internal/alert"
	"github.com/barrehq/barre/internal/announcement"
	"github.com/barrehq/barre/internal/anomaly"
	"github.com/barrehq/barre/internal/audit"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/billing"
	"github.com/barrehq/barre/internal/customfield"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/erasure"
	"github.com/barrehq/barre/internal/export"
	"github.com/barrehq/barre/internal/feature"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/key"
	"github.com/barrehq/barre/internal/oauth"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/probe"
	"github.com/barrehq/barre/internal/promise"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/register"
	"github.com/barrehq/barre/internal/retention"
	"github.com/barrehq/barre/internal/review"
	"github.com/barrehq/barre/internal/role"
	"github.com/barrehq/barre/internal/staff"
	"github.com/barrehq/barre/internal/store"
)

// Resolver is what resolvers may use.
type Resolver struct {
	Store      *store.Store
	Reader     *query.Reader
	Operations *operation.Operations
	Identity   *auth.Identity
	Desk       *enrollment.Desk
	Office     *billing.Office
	Registry   *destination.Registry
	Fields     *customfield.Registry
	Feed       *feed.Feed
	Register   []*register.Row
	Exports    *export.Desk
	Trust      *promise.Center
	Prober     *probe.Prober
	Keys       *key.Custodian
	Erasures   *erasure.Desk
	StaffDesk  *staff.Desk
	Roles      *role.Registry
	Reviews    *review.Desk
	Retention  *retention.Desk
	AuditKey   audit.PublicKey
	Alerts     *alert.Desk
	Detector   *anomaly.Detector
	Features   *feature.Registry
	News       *announcement.Desk
	Apps       *oauth.Desk
}
