package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/enrollment"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/oauth"
	"github.com/barrehq/barre/internal/query"
	"github.com/barrehq/barre/internal/role"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
)

// reference reads an id in the input of a verb. An id of another type is one
// that no record has.
func reference(entity, field, text string) (uuid.UUID, error) {
	id, err := query.ParseID(entity, text)
	if err != nil {
		return id, fault.User(fault.Invalid, []string{"input", field}, "The id is not well formed. Ids look like student_01jd8m4w2xe5ktd7zcv4n8q3fa.")
	}
	if id == uuid.Nil {
		return id, fault.User(fault.NotFound, []string{"input", field}, "There is no such record.")
	}
	return id, nil
}

// seat reads the two ids that a seat is asked with.
func seat(studentID, classID string) (student, class uuid.UUID, err error) {
	if student, err = reference("Student", "studentId", studentID); err != nil {
		return student, class, err
	}
	class, err = reference("Class", "classId", classID)
	return student, class, err
}

// debt reads the ids that an invoice is asked with.
func debt(householdID string, enrollmentIDs []string) (household uuid.UUID, enrollments []uuid.UUID, err error) {
	if household, err = reference("Household", "householdId", householdID); err != nil {
		return household, nil, err
	}
	for _, text := range enrollmentIDs {
		id, err := reference("Enrollment", "enrollmentIds", text)
		if err != nil {
			return household, nil, err
		}
		enrollments = append(enrollments, id)
	}
	return household, enrollments, nil
}

func newClass(in model.CreateClassInput) (out enrollment.NewClass, err error) {
	out = enrollment.NewClass{
		Name: in.Name, Weekday: class.Weekday(in.Weekday), StartsAt: in.StartsAt, DurationMinutes: in.DurationMinutes, Capacity: in.Capacity,
	}
	if in.CustomFields != nil {
		out.CustomFields = parsed(in.CustomFields)
	}
	for _, r := range []struct {
		entity, field, text string
		into                *uuid.UUID
	}{
		{"Program", "programId", in.ProgramID, &out.ProgramID}, {"Season", "seasonId", in.SeasonID, &out.SeasonID},
		{"Location", "locationId", in.LocationID, &out.LocationID}, {"TuitionPlan", "tuitionPlanId", in.TuitionPlanID, &out.TuitionPlanID},
	} {
		if *r.into, err = reference(r.entity, r.field, r.text); err != nil {
			return out, err
		}
	}
	if in.TeacherID != nil {
		teacher, err := reference("Staff", "teacherId", *in.TeacherID)
		out.TeacherID = &teacher
		return out, err
	}
	return out, nil
}

// absent turns "there is none" into null.
func absent(err error) error {
	if f := fault.From(err); f != nil && f.User && (f.Code == fault.NotFound || f.Code == fault.Invalid) {
		return nil
	}
	return err
}

func eligibility(reasons []enrollment.Reason) *model.Eligibility {
	out := &model.Eligibility{Eligible: len(reasons) == 0, Reasons: []*model.EligibilityReason{}}
	for _, r := range reasons {
		out.Reasons = append(out.Reasons, &model.EligibilityReason{Code: model.EligibilityCode(r.Code), Message: r.Message})
	}
	return out
}

func change(c feed.Change) *model.Change {
	return &model.Change{
		ID: c.ID, Sequence: c.Sequence, Epoch: c.Epoch, Cursor: c.Cursor, Type: c.Type, EntityType: c.EntityType, EntityID: c.EntityID, EntityVersion: c.EntityVersion,
		Changed: c.Changed, Actor: c.Actor, OccurredAt: c.OccurredAt.Time, Data: c.Data, Tombstone: c.Tombstone,
	}
}

func changePage(page feed.Page) *model.ChangePage {
	out := &model.ChangePage{Nodes: []*model.Change{}, Cursor: page.Cursor, HasMore: page.HasMore, Epoch: page.Epoch}
	for _, c := range page.Nodes {
		out.Nodes = append(out.Nodes, change(c))
	}
	return out
}

// changeStream maps changes as they come, until ctx or their source ends.
func changeStream(ctx context.Context, changes <-chan feed.Change) <-chan *model.Change {
	out := make(chan *model.Change)
	go func() {
		defer close(out)
		for c := range changes {
			select {
			case out <- change(c):
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// once shows a secret to the one who has just made it; null where there is none.
func once(s secret.String) *string {
	if s == "" {
		return nil
	}
	text := s.Reveal()
	return &text
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// optional reads an id that may be left out.
func optional(entity, field string, text *string) (*uuid.UUID, error) {
	if text == nil {
		return nil, nil
	}
	id, err := reference(entity, field, *text)
	return &id, err
}

// sessionPayload maps a sign-in.
func sessionPayload(ctx context.Context, session auth.Session, err error) (*model.SessionPayload, error) {
	errs, err := verdictOf(ctx, err)
	out := &model.SessionPayload{Token: once(session.Token), SecondFactor: challengeOf(session.Next), UserErrors: errs}
	if session.Token != "" {
		out.ExpiresAt = &session.ExpiresAt
	}
	return out, err
}

// assignment reads the input of setMemberRole.
func assignment(in model.SetMemberRoleInput) (a role.Assignment, err error) {
	if a.Member, err = reference("Membership", "id", in.ID); err != nil {
		return a, err
	}
	if in.Role != nil {
		a.Role = viewer.Role(*in.Role)
	}
	for _, given := range []struct {
		entity, field string
		text          *string
		into          **uuid.UUID
	}{
		{"CustomRole", "customRoleId", in.CustomRoleID, &a.Custom},
		{"Household", "householdId", in.HouseholdID, &a.Household},
		{"Staff", "staffId", in.StaffID, &a.Staff},
	} {
		if *given.into, err = optional(given.entity, given.field, given.text); err != nil {
			return a, err
		}
	}
	for _, text := range in.LocationIds {
		id, err := reference("Location", "locationIds", text)
		if err != nil {
			return a, err
		}
		a.Locations = append(a.Locations, id)
	}
	return a, nil
}

// appRequest reads what an app asks for.
func appRequest(in model.AppRequestInput) oauth.Request {
	return oauth.Request{Client: in.ClientID, Redirect: in.RedirectURI, Scope: deref(in.Scope), State: deref(in.State), Challenge: in.CodeChallenge}
}

// whoAsks tells the caller who it is.
func (r *Resolver) whoAsks(ctx context.Context) (*model.Viewer, error) {
	v := viewer.From(ctx)
	if v == nil {
		return nil, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	}
	of := ctx
	if v.Role == viewer.Pending {
		of = viewer.Elevated(ctx, "name the own studio") // no rule grants it anything
	}
	tenant, err := as[*ent.Tenant](r.byKey(of, "Tenant", v.TenantID))
	if err != nil {
		return nil, err
	}
	out := &model.Viewer{Role: model.ViewerRole(v.Role), Tenant: tenant, Scopes: append([]string{}, v.Scopes...)}
	if !v.ProvenAt.IsZero() {
		until := v.ProvenAt.Add(viewer.Recent)
		out.ProvenUntil = &until
	}
	if v.MembershipID != uuid.Nil {
		// Everybody may read the own membership, whatever the role may read.
		out.Membership, err = as[*ent.Membership](r.byKey(viewer.Elevated(ctx, "read the own membership"), "Membership", v.MembershipID))
	}
	return out, err
}

// options reads the options of a connection; of two of a name the last counts.
func options(given []*model.IntegrationOptionInput) map[string]string {
	if given == nil {
		return nil
	}
	list := map[string]string{}
	for _, option := range given {
		list[option.Name] = option.Value
	}
	return list
}

// account reads the input of connectIntegration.
func account(in model.ConnectIntegrationInput) destination.Account {
	return destination.Account{
		Provider: in.Provider, Mode: integration.Mode(in.Mode), Credential: secret.String(in.Credential),
		Secret: secret.String(deref(in.Secret)), Options: options(in.Options),
	}
}

// connected is the answer to it; made is nil where there are errors.
func connected(made *destination.Connected, errs []*model.UserError) *model.ConnectIntegrationPayload {
	if made == nil {
		return &model.ConnectIntegrationPayload{UserErrors: errs}
	}
	answer := &model.ConnectIntegrationPayload{Integration: made.Integration, InboundSecret: once(made.Secret), UserErrors: errs}
	if made.URL != "" {
		answer.InboundURL = &made.URL
	}
	return answer
}
