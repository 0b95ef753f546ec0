// Package outbox records what a transaction changed, inside that transaction:
// an event for the feed, an entry for the audit log and a version of the row.
package outbox

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/encode"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

type requestKey struct{}

// WithRequest returns a context whose records carry the id of the request.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// Request returns the id of the request of ctx; empty where there is none.
func Request(ctx context.Context) string { id, _ := ctx.Value(requestKey{}).(string); return id }

type addressKey struct{}

// WithAddress returns a context whose records carry the network address that
// the request came from.
func WithAddress(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, addressKey{}, address)
}

// Address returns the network address of ctx; empty where there is none.
func Address(ctx context.Context) string { a, _ := ctx.Value(addressKey{}).(string); return a }

// Under returns the category of what actor did and, where the operator's staff
// did it, the access under which they did.
func Under(actor, category string) (string, *uuid.UUID) {
	text, staff := strings.CutPrefix(actor, "staff:")
	if access, err := uuid.Parse(text); staff && err == nil {
		return "STAFF_ACCESS", &access
	}
	return category, nil
}

// entry is one changed row, as the statement below reads it.
type entry struct {
	ID, AuditID, VersionID uuid.UUID
	Tenant                 uuid.UUID
	Type                   string
	EntityType             string
	EntityID               uuid.UUID
	EntityVersion          int
	Changed                []string
	Actor, Request, Trace  string
	Address                string
	StaffAccess            *uuid.UUID
	Data                   []byte // JSON; nil where the row is gone
	State                  []byte // JSON; nil for entities without versions
	Category               string
	At                     time.Time
}

// append writes the entry as JSON.
func (e *entry) append(dst []byte) []byte {
	id := func(name string, id uuid.UUID) {
		dst = append(append(append(dst, name...), `:"`...), id.String()...)
		dst = append(dst, `",`...)
	}
	text := func(name, value string) {
		dst = append(append(dst, name...), ':')
		dst = append(encode.String(dst, value), ',')
	}
	raw := func(name string, json []byte) {
		if json != nil {
			dst = append(append(append(append(dst, name...), ':'), json...), ',')
		}
	}
	dst = append(dst, '{')
	id(`"id"`, e.ID)
	id(`"audit_id"`, e.AuditID)
	id(`"version_id"`, e.VersionID)
	id(`"tenant_id"`, e.Tenant)
	id(`"entity_id"`, e.EntityID)
	text(`"type"`, e.Type)
	text(`"entity_type"`, e.EntityType)
	text(`"actor"`, e.Actor)
	text(`"request_id"`, e.Request)
	text(`"address"`, e.Address)
	if e.StaffAccess != nil {
		id(`"staff_access_id"`, *e.StaffAccess)
	}
	text(`"trace_parent"`, e.Trace)
	text(`"category"`, e.Category)
	raw(`"data"`, e.Data)
	raw(`"state"`, e.State)
	raw(`"changed"`, encode.Strings(nil, e.Changed))
	text(`"at"`, e.At.Format(time.RFC3339Nano))
	dst = append(dst, `"entity_version":`...)
	return append(strconv.AppendInt(dst, int64(e.EntityVersion), 10), '}')
}

// insert writes the three records of every change in one round trip.
const insert = `WITH r AS (
	SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(id uuid, audit_id uuid, version_id uuid, tenant_id uuid, type text, entity_type text, entity_id uuid,
		entity_version int, changed jsonb, actor text, request_id text, trace_parent text, data jsonb, state jsonb, category text, address text, staff_access_id uuid, at timestamptz)
), events AS (
	INSERT INTO events (id, created_at, updated_at, tenant_id, type, entity_type, entity_id, entity_version, changed, actor, request_id, trace_parent, data, occurred_at)
	SELECT id, at, at, tenant_id, type, entity_type, entity_id, entity_version, changed, actor, request_id, trace_parent, data, at FROM r
), versions AS (
	INSERT INTO entity_versions (id, created_at, updated_at, tenant_id, entity_type, entity_id, number, data, actor, occurred_at)
	SELECT version_id, at, at, tenant_id, entity_type, entity_id, entity_version, state, actor, at FROM r WHERE state IS NOT NULL
)
INSERT INTO audit_entries (id, created_at, updated_at, tenant_id, category, action, actor, entity_type, entity_id, changed, request_id, address, staff_access_id, occurred_at)
SELECT audit_id, at, at, tenant_id, category, type, actor, entity_type, entity_id, changed, request_id, address, staff_access_id, at FROM r`

// Record gives the statement that writes the records of a transaction's
// changes; it is the store's Config.Record. Several changes of one row become
// one.
func Record(ctx context.Context, changes []rule.Change) store.Statement {
	text := []byte{'['}
	for i, e := range merge(ctx, changes) {
		if i > 0 {
			text = append(text, ',')
		}
		text = e.append(text)
	}
	return store.NewStatement(insert, string(append(text, ']')))
}

// merge keeps one entry per row: how it began, how it ended, all that changed.
func merge(ctx context.Context, changes []rule.Change) []entry {
	var entries []entry
	at := map[uuid.UUID]int{}
	for _, c := range changes {
		made := newEntry(ctx, c)
		i, again := at[made.EntityID]
		if !again {
			at[made.EntityID] = len(entries)
			entries = append(entries, made)
			continue
		}
		before := entries[i]
		made.ID, made.AuditID, made.VersionID = before.ID, before.AuditID, before.VersionID
		if len(before.Changed) == 0 {
			made.Type, made.Changed = before.Type, before.Changed // it was made here
		} else {
			made.Changed = union(before.Changed, made.Changed)
		}
		entries[i] = made
	}
	return entries
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

func newEntry(ctx context.Context, c rule.Change) entry {
	entity := catalog.Entities[c.Type]
	version, _ := c.Row.Column(rule.VersionColumn).(int)
	actor := viewer.From(ctx).Actor()
	kind, staff := Under(actor, category(ctx, c.Type))
	e := entry{
		ID: rule.NewID(), AuditID: rule.NewID(), VersionID: rule.NewID(), Tenant: tenantOf(entity, c.Row),
		Type: entity.Prefix + "." + past(entity, c), EntityType: c.Type, EntityID: c.Row.RowID(), EntityVersion: version,
		Changed: names(entity, c), Actor: actor, Request: Request(ctx), Trace: traceParent(ctx),
		Address: Address(ctx), Category: kind, StaffAccess: staff, At: rule.Now(),
	}
	if c.Action != rule.Delete || len(c.Columns) > 0 && c.Row.Column(rule.DeletedColumn) == nil {
		e.Data = encode.Record(nil, entity, c.Row, false)
	}
	if gone := c.Action == rule.Delete && len(c.Columns) == 0; entity.Versions && !gone {
		e.State = encode.Record(nil, entity, c.Row, true)
	}
	return e
}

func tenantOf(entity *catalog.Entity, row rule.Row) uuid.UUID {
	id, _ := row.Column(entity.Tenant).(uuid.UUID)
	return id
}

// past is what happened, as the last word of the event's type. A verb may have
// a word of its own for a change of status: invoice.issued, enrollment.dropped.
func past(entity *catalog.Entity, c rule.Change) string {
	switch {
	case c.Type == "Invoice" && c.Action == rule.Create:
		return "issued"
	case c.Action == rule.Create && c.Type == "Membership" && fmt.Sprint(c.Row.Column("status")) == "INVITED":
		return "invited"
	case c.Action == rule.Create && c.Type == "Membership":
		return "accepted"
	case c.Action == rule.Create && c.Type == "StaffAccess":
		return "requested"
	case c.Action == rule.Create:
		return "created"
	case c.Action == rule.Delete && c.Row.Column(rule.DeletedColumn) != nil:
		return "deleted"
	case c.Action == rule.Delete && !entity.RecycleBin:
		return "deleted"
	case c.Action == rule.Delete:
		return "restored"
	}
	if c.Type == "Membership" {
		for column, word := range memberWords {
			if slices.Contains(c.Columns, column) {
				return word
			}
		}
	}
	if slices.Contains(c.Columns, "status") {
		if word, ok := statusWords[c.Type][fmt.Sprint(c.Row.Column("status"))]; ok {
			return word
		}
	}
	return "updated"
}

// names are the GraphQL names of the written fields, without those that every
// update writes.
func names(entity *catalog.Entity, c rule.Change) []string {
	out := []string{}
	if c.Action == rule.Create {
		return out
	}
	for _, column := range c.Columns {
		field := entity.ByColumn(column)
		if field == nil || column == "updated_at" || column == rule.VersionColumn || field.Class == "secret" {
			continue
		}
		out = append(out, field.Name)
	}
	return out
}

func category(ctx context.Context, entity string) string {
	if viewer.From(ctx).IsStaff() {
		return "STAFF_ACCESS"
	}
	switch entity {
	case "StaffAccess":
		return "STAFF_ACCESS"
	case "CustomRole", "AccessReview", "AccessReviewItem", "AppInstallation",
		"Membership", "APIKey", "Integration", "WebhookEndpoint", "Tenant", "RetentionRule", "BreachNotice", "Alert", "SubprocessorObjection":
		return "SECURITY"
	default:
		return "CONTENT"
	}
}

func traceParent(ctx context.Context) string {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return ""
	}
	return fmt.Sprintf("00-%s-%s-%s", span.TraceID(), span.SpanID(), span.TraceFlags())
}
