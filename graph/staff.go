package graph

import (
	"context"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/viewer"
)

// Staff follows what the operator's staff do at a studio.
type Staff interface {
	// Used is told which root fields were asked for and how many records of
	// each type were read. An error withholds the answer.
	Used(ctx context.Context, fields []string, read map[string]int) error
}

// permitStaff refuses an operation of the operator's staff with a root field
// that is closed to them. ent's rules and the database refuse the same below;
// here it is said before anything is done.
func permitStaff(op *graphql.OperationContext, v *viewer.Viewer) error {
	if !v.IsStaff() && v.Role != viewer.Staff {
		return nil
	}
	for _, field := range rootFields(op) {
		switch {
		case strings.HasPrefix(field.Name, "__"):
		case v.Role == viewer.Staff:
			if field.Name != "requestStaffAccess" {
				return fault.New(fault.Forbidden, "Ask for access to a studio first: requestStaffAccess.")
			}
		default:
			if group, known := staffGroup(field); group != rule.StaffAllowed || !known {
				return fault.New(fault.Forbidden, "Barre's staff may not use %s, whatever access they were given.", field.Name)
			}
		}
	}
	return nil
}

// rootFields are the definitions of all root fields of an operation.
func rootFields(op *graphql.OperationContext) []*ast.FieldDefinition {
	var fields []*ast.FieldDefinition
	seen := map[string]bool{}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				fields = append(fields, s.Definition)
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				if !seen[s.Name] && s.Definition != nil {
					seen[s.Name] = true
					walk(s.Definition.SelectionSet)
				}
			}
		}
	}
	walk(op.Operation.SelectionSet)
	return fields
}

// staffGroup returns the group that a root field belongs to for the operator's
// staff, rule.StaffAllowed where they may use it. What is not known is closed
// to them, and fails a test until somebody has said here what it is.
func staffGroup(field *ast.FieldDefinition) (group rule.StaffGroup, known bool) {
	if risk := field.Directives.ForName("highRisk"); risk != nil {
		return rule.StaffGroup(risk.Arguments.ForName("kind").Value.Raw), true
	}
	if group, known := staffGroupByHand(field.Name); known {
		return group, true
	}
	for _, mark := range []string{"forEverybody", "withoutSecondFactor", "stepUp"} {
		if field.Directives.ForName(mark) != nil {
			return rule.StaffSignIn, true // steps of people who sign in, and what asks people for a proof
		}
	}
	for _, e := range catalog.Entities {
		if action, bulk, is := ofEntity(e, field.Name); is {
			row, known := rule.StaffRowOf(e.Prefix)
			switch {
			case bulk:
				return rule.StaffImport, known
			case row.May&action == action:
				return rule.StaffAllowed, known
			default:
				return row.Else, known
			}
		}
	}
	return rule.StaffAllowed, false
}

// ofEntity reports whether a root field is one that follows from an entity,
// what it does, and whether to many records at once.
func ofEntity(e *catalog.Entity, field string) (action rule.Action, bulk, is bool) {
	if e.Hidden {
		return 0, false, false
	}
	switch field {
	case e.Single, e.Plural, e.Single + "ByExternalReference":
		return rule.Read, false, true
	case "create" + e.Name:
		return rule.Create, false, true
	case "update" + e.Name:
		return rule.Update, false, true
	case "restore" + e.Name + "Version": // reads it as well
		return rule.Update | rule.Read, false, true
	case "delete" + e.Name, "restore" + e.Name:
		return rule.Delete, false, true
	case "bulkUpsert" + strings.ToUpper(e.Plural[:1]) + e.Plural[1:]:
		return rule.Create | rule.Update, true, true
	}
	return 0, false, false
}

// staffGroupByHand sorts the root fields that somebody wrote.
func staffGroupByHand(field string) (group rule.StaffGroup, known bool) {
	switch field {
	case "node", "nodes", "viewer", "trustCenter", "serviceMonth", "eventTypes", "webhookRetrySchedule", "eligibility", "subprocessors", "auditKey", "retentionPolicy",
		"unreadAnnouncements", "features", "apiChangelog",
		"createClass", "setClassCapacity", "enrollStudent", "dropEnrollment", "joinWaitlist",
		"createCustomField", "updateCustomField", "issueInvoice", "recordPayment", "refundPayment", "voidInvoice":
		return rule.StaffAllowed, true
	case "signUp", "signIn", "signOut", "acceptInvitation", "inviteMember", "revokeMembership", "restoreTenantVersion",
		"appConsent", "authorizeApp", "revokeApp", "startAccessReview", "reviewAccess", "setAccessReviewPeriod", "createCustomRole", "updateCustomRole", "deleteCustomRole", "setMemberRole",
		"requestStaffAccess", "approveStaffAccess", "refuseStaffAccess", "endStaffAccess", "setStaffAccessPolicy",
		"sessions", "changePassword", "requestEmailVerification", "revokeSession", "revokeOtherSessions", "unlockMember",
		"acknowledgeAlert", "markAnnouncementRead", "optIntoFeature", "optOutOfFeature", "chooseBiller", "objectToSubprocessor", "withdrawObjection",
		"setRetention", "closeTenant", "reopenTenant", "acknowledgeBreachNotice":
		return rule.StaffGrants, true
	case "changes", "recordVersions", "versionDifferences", "asOf", "exportAuditLog", "previewWebhookPayload", "bulkExport",
		"createWebhookEndpoint", "sendTestEvent", "rotateWebhookSecret", "authenticateWebhookEndpoint", "retryDelivery", "replayEvents",
		"connectIntegration", "setIntegrationSecret", "testIntegration", "pauseIntegration", "resumeIntegration", "disconnectIntegration":
		return rule.StaffExport, true
	case "recycleBin", "restorePreview", "retentionPreview":
		return rule.StaffDeletion, true
	case "createApiKey", "revokeApiKey":
		return rule.StaffKeys, true
	}
	return "", false
}

// reading counts the records that one request of the operator's staff reads.
type reading struct {
	mu     sync.Mutex
	counts map[string]int
}

// Read counts n records of an entity.
func (r *reading) Read(entity string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[entity] += n
}

// counted is a tally that also counts records for the staff's desk.
type counted struct {
	query.Tally
	*reading
}

// tally is told what a compiled read delivers; nil where nobody asks.
func (m *meter) tally(ctx context.Context) query.Tally {
	if m == nil || m.plan == nil {
		return nil
	}
	delivered := noted{m.plan, conductOf(ctx)}
	if m.reading != nil {
		return counted{delivered, m.reading}
	}
	return delivered
}

// count counts the records that a field of the ordinary path has led to.
func (m *meter) count(field *ast.Field, result any) {
	entity := strings.TrimSuffix(field.Definition.Type.Name(), "Connection")
	if m.reading == nil || catalog.Entities[entity] == nil {
		return
	}
	n := rowsIn(result)
	if row, one := result.(ent.Row); one && !isNil(row) {
		n = 1
	}
	m.reading.Read(entity, n)
}

// used tells the staff's desk what a request was for, once it is answered and
// before the answer is given.
func (e *Execution) used(ctx context.Context, op *graphql.OperationContext, m *meter) error {
	if m == nil || m.reading == nil {
		return nil
	}
	if e.Staff == nil {
		return fault.New(fault.Forbidden, "There is no access for staff here.")
	}
	var names []string
	for _, field := range rootFields(op) {
		names = append(names, field.Name)
	}
	m.reading.mu.Lock()
	defer m.reading.mu.Unlock()
	return e.Staff.Used(ctx, names, m.reading.counts)
}
