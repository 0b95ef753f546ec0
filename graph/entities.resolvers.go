package graph

import (
	"context"
	"encoding/json"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/generated"
	"github.com/barrehq/barre/graph/model"
)

// ReviewItems is the resolver for the reviewItems field.
func (r *aPIKeyResolver) ReviewItems(ctx context.Context, obj *ent.APIKey, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AccessReviewItemConnection, error) {
	page, err := r.page(ctx, "AccessReviewItem", &parent{obj, "api_key_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AccessReviewItemConnection{
		Edges: edgesOf(page, func(n *ent.AccessReviewItem, cursor string) *model.AccessReviewItemEdge {
			return &model.AccessReviewItemEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.AccessReviewItem](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Alerts is the resolver for the alerts field.
func (r *aPIKeyResolver) Alerts(ctx context.Context, obj *ent.APIKey, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AlertConnection, error) {
	page, err := r.page(ctx, "Alert", &parent{obj, "api_key_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AlertConnection{
		Edges:      edgesOf(page, func(n *ent.Alert, cursor string) *model.AlertEdge { return &model.AlertEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Alert](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Items is the resolver for the items field.
func (r *accessReviewResolver) Items(ctx context.Context, obj *ent.AccessReview, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AccessReviewItemConnection, error) {
	page, err := r.page(ctx, "AccessReviewItem", &parent{obj, "access_review_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AccessReviewItemConnection{
		Edges: edgesOf(page, func(n *ent.AccessReviewItem, cursor string) *model.AccessReviewItemEdge {
			return &model.AccessReviewItemEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.AccessReviewItem](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// AccessReview is the resolver for the accessReview field.
func (r *accessReviewItemResolver) AccessReview(ctx context.Context, obj *ent.AccessReviewItem) (*ent.AccessReview, error) {
	return as[*ent.AccessReview](r.related(ctx, obj, "AccessReview", "access_review_id"))
}

// Membership is the resolver for the membership field.
func (r *accessReviewItemResolver) Membership(ctx context.Context, obj *ent.AccessReviewItem) (*ent.Membership, error) {
	return as[*ent.Membership](r.related(ctx, obj, "Membership", "membership_id"))
}

// APIKey is the resolver for the apiKey field.
func (r *accessReviewItemResolver) APIKey(ctx context.Context, obj *ent.AccessReviewItem) (*ent.APIKey, error) {
	return as[*ent.APIKey](r.related(ctx, obj, "APIKey", "api_key_id"))
}

// APIKey is the resolver for the apiKey field.
func (r *alertResolver) APIKey(ctx context.Context, obj *ent.Alert) (*ent.APIKey, error) {
	return as[*ent.APIKey](r.related(ctx, obj, "APIKey", "api_key_id"))
}

// CustomFields is the resolver for the customFields field.
func (r *classResolver) CustomFields(ctx context.Context, obj *ent.Class) (json.RawMessage, error) {
	return r.customFields(ctx, "Class", obj.CustomFields)
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *classResolver) ExternalReferences(ctx context.Context, obj *ent.Class) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Program is the resolver for the program field.
func (r *classResolver) Program(ctx context.Context, obj *ent.Class) (*ent.Program, error) {
	return as[*ent.Program](r.related(ctx, obj, "Program", "program_id"))
}

// Season is the resolver for the season field.
func (r *classResolver) Season(ctx context.Context, obj *ent.Class) (*ent.Season, error) {
	return as[*ent.Season](r.related(ctx, obj, "Season", "season_id"))
}

// Location is the resolver for the location field.
func (r *classResolver) Location(ctx context.Context, obj *ent.Class) (*ent.Location, error) {
	return as[*ent.Location](r.related(ctx, obj, "Location", "location_id"))
}

// Teacher is the resolver for the teacher field.
func (r *classResolver) Teacher(ctx context.Context, obj *ent.Class) (*ent.Staff, error) {
	return as[*ent.Staff](r.related(ctx, obj, "Staff", "teacher_id"))
}

// TuitionPlan is the resolver for the tuitionPlan field.
func (r *classResolver) TuitionPlan(ctx context.Context, obj *ent.Class) (*ent.TuitionPlan, error) {
	return as[*ent.TuitionPlan](r.related(ctx, obj, "TuitionPlan", "tuition_plan_id"))
}

// Enrollments is the resolver for the enrollments field.
func (r *classResolver) Enrollments(ctx context.Context, obj *ent.Class, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.EnrollmentConnection, error) {
	page, err := r.page(ctx, "Enrollment", &parent{obj, "class_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.EnrollmentConnection{
		Edges: edgesOf(page, func(n *ent.Enrollment, cursor string) *model.EnrollmentEdge {
			return &model.EnrollmentEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Enrollment](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// WaitlistEntries is the resolver for the waitlistEntries field.
func (r *classResolver) WaitlistEntries(ctx context.Context, obj *ent.Class, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.WaitlistEntryConnection, error) {
	page, err := r.page(ctx, "WaitlistEntry", &parent{obj, "class_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.WaitlistEntryConnection{
		Edges: edgesOf(page, func(n *ent.WaitlistEntry, cursor string) *model.WaitlistEntryEdge {
			return &model.WaitlistEntryEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.WaitlistEntry](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Memberships is the resolver for the memberships field.
func (r *customRoleResolver) Memberships(ctx context.Context, obj *ent.CustomRole, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.MembershipConnection, error) {
	page, err := r.page(ctx, "Membership", &parent{obj, "custom_role_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.MembershipConnection{
		Edges: edgesOf(page, func(n *ent.Membership, cursor string) *model.MembershipEdge {
			return &model.MembershipEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Membership](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// CustomFields is the resolver for the customFields field.
func (r *dealResolver) CustomFields(ctx context.Context, obj *ent.Deal) (json.RawMessage, error) {
	return r.customFields(ctx, "Deal", obj.CustomFields)
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *dealResolver) ExternalReferences(ctx context.Context, obj *ent.Deal) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Household is the resolver for the household field.
func (r *dealResolver) Household(ctx context.Context, obj *ent.Deal) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// Event is the resolver for the event field.
func (r *deliveryResolver) Event(ctx context.Context, obj *ent.Delivery) (*ent.Event, error) {
	return as[*ent.Event](r.related(ctx, obj, "Event", "event_id"))
}

// WebhookEndpoint is the resolver for the webhookEndpoint field.
func (r *deliveryResolver) WebhookEndpoint(ctx context.Context, obj *ent.Delivery) (*ent.WebhookEndpoint, error) {
	return as[*ent.WebhookEndpoint](r.related(ctx, obj, "WebhookEndpoint", "webhook_endpoint_id"))
}

// Integration is the resolver for the integration field.
func (r *deliveryResolver) Integration(ctx context.Context, obj *ent.Delivery) (*ent.Integration, error) {
	return as[*ent.Integration](r.related(ctx, obj, "Integration", "integration_id"))
}

// Log is the resolver for the log field.
func (r *deliveryResolver) Log(ctx context.Context, obj *ent.Delivery, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DeliveryAttemptConnection, error) {
	page, err := r.page(ctx, "DeliveryAttempt", &parent{obj, "delivery_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DeliveryAttemptConnection{
		Edges: edgesOf(page, func(n *ent.DeliveryAttempt, cursor string) *model.DeliveryAttemptEdge {
			return &model.DeliveryAttemptEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.DeliveryAttempt](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Delivery is the resolver for the delivery field.
func (r *deliveryAttemptResolver) Delivery(ctx context.Context, obj *ent.DeliveryAttempt) (*ent.Delivery, error) {
	return as[*ent.Delivery](r.related(ctx, obj, "Delivery", "delivery_id"))
}

// Payment is the resolver for the payment field.
func (r *disputeResolver) Payment(ctx context.Context, obj *ent.Dispute) (*ent.Payment, error) {
	return as[*ent.Payment](r.related(ctx, obj, "Payment", "payment_id"))
}

// CustomFields is the resolver for the customFields field.
func (r *enrollmentResolver) CustomFields(ctx context.Context, obj *ent.Enrollment) (json.RawMessage, error) {
	return r.customFields(ctx, "Enrollment", obj.CustomFields)
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *enrollmentResolver) ExternalReferences(ctx context.Context, obj *ent.Enrollment) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Class is the resolver for the class field.
func (r *enrollmentResolver) Class(ctx context.Context, obj *ent.Enrollment) (*ent.Class, error) {
	return as[*ent.Class](r.related(ctx, obj, "Class", "class_id"))
}

// Student is the resolver for the student field.
func (r *enrollmentResolver) Student(ctx context.Context, obj *ent.Enrollment) (*ent.Student, error) {
	return as[*ent.Student](r.related(ctx, obj, "Student", "student_id"))
}

// Household is the resolver for the household field.
func (r *enrollmentResolver) Household(ctx context.Context, obj *ent.Enrollment) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// InvoiceLines is the resolver for the invoiceLines field.
func (r *enrollmentResolver) InvoiceLines(ctx context.Context, obj *ent.Enrollment, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.InvoiceLineConnection, error) {
	page, err := r.page(ctx, "InvoiceLine", &parent{obj, "enrollment_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.InvoiceLineConnection{
		Edges: edgesOf(page, func(n *ent.InvoiceLine, cursor string) *model.InvoiceLineEdge {
			return &model.InvoiceLineEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.InvoiceLine](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Lines is the resolver for the lines field.
func (r *erasureResolver) Lines(ctx context.Context, obj *ent.Erasure, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ErasureLineConnection, error) {
	page, err := r.page(ctx, "ErasureLine", &parent{obj, "erasure_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ErasureLineConnection{
		Edges: edgesOf(page, func(n *ent.ErasureLine, cursor string) *model.ErasureLineEdge {
			return &model.ErasureLineEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.ErasureLine](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Erasure is the resolver for the erasure field.
func (r *erasureLineResolver) Erasure(ctx context.Context, obj *ent.ErasureLine) (*ent.Erasure, error) {
	return as[*ent.Erasure](r.related(ctx, obj, "Erasure", "erasure_id"))
}

// Deliveries is the resolver for the deliveries field.
func (r *eventResolver) Deliveries(ctx context.Context, obj *ent.Event, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DeliveryConnection, error) {
	page, err := r.page(ctx, "Delivery", &parent{obj, "event_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DeliveryConnection{
		Edges: edgesOf(page, func(n *ent.Delivery, cursor string) *model.DeliveryEdge {
			return &model.DeliveryEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Delivery](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// CustomFields is the resolver for the customFields field.
func (r *guardianResolver) CustomFields(ctx context.Context, obj *ent.Guardian) (json.RawMessage, error) {
	return r.customFields(ctx, "Guardian", obj.CustomFields)
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *guardianResolver) ExternalReferences(ctx context.Context, obj *ent.Guardian) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Household is the resolver for the household field.
func (r *guardianResolver) Household(ctx context.Context, obj *ent.Guardian) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// Tickets is the resolver for the tickets field.
func (r *guardianResolver) Tickets(ctx context.Context, obj *ent.Guardian, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TicketConnection, error) {
	page, err := r.page(ctx, "Ticket", &parent{obj, "guardian_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TicketConnection{
		Edges: edgesOf(page, func(n *ent.Ticket, cursor string) *model.TicketEdge {
			return &model.TicketEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Ticket](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// CustomFields is the resolver for the customFields field.
func (r *householdResolver) CustomFields(ctx context.Context, obj *ent.Household) (json.RawMessage, error) {
	return r.customFields(ctx, "Household", obj.CustomFields)
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *householdResolver) ExternalReferences(ctx context.Context, obj *ent.Household) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Guardians is the resolver for the guardians field.
func (r *householdResolver) Guardians(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.GuardianConnection, error) {
	page, err := r.page(ctx, "Guardian", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.GuardianConnection{
		Edges: edgesOf(page, func(n *ent.Guardian, cursor string) *model.GuardianEdge {
			return &model.GuardianEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Guardian](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Students is the resolver for the students field.
func (r *householdResolver) Students(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.StudentConnection, error) {
	page, err := r.page(ctx, "Student", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.StudentConnection{
		Edges: edgesOf(page, func(n *ent.Student, cursor string) *model.StudentEdge {
			return &model.StudentEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Student](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Enrollments is the resolver for the enrollments field.
func (r *householdResolver) Enrollments(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.EnrollmentConnection, error) {
	page, err := r.page(ctx, "Enrollment", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.EnrollmentConnection{
		Edges: edgesOf(page, func(n *ent.Enrollment, cursor string) *model.EnrollmentEdge {
			return &model.EnrollmentEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Enrollment](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// WaitlistEntries is the resolver for the waitlistEntries field.
func (r *householdResolver) WaitlistEntries(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.WaitlistEntryConnection, error) {
	page, err := r.page(ctx, "WaitlistEntry", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.WaitlistEntryConnection{
		Edges: edgesOf(page, func(n *ent.WaitlistEntry, cursor string) *model.WaitlistEntryEdge {
			return &model.WaitlistEntryEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.WaitlistEntry](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Invoices is the resolver for the invoices field.
func (r *householdResolver) Invoices(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.InvoiceConnection, error) {
	page, err := r.page(ctx, "Invoice", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.InvoiceConnection{
		Edges: edgesOf(page, func(n *ent.Invoice, cursor string) *model.InvoiceEdge {
			return &model.InvoiceEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Invoice](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// InvoiceLines is the resolver for the invoiceLines field.
func (r *householdResolver) InvoiceLines(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.InvoiceLineConnection, error) {
	page, err := r.page(ctx, "InvoiceLine", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.InvoiceLineConnection{
		Edges: edgesOf(page, func(n *ent.InvoiceLine, cursor string) *model.InvoiceLineEdge {
			return &model.InvoiceLineEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.InvoiceLine](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Payments is the resolver for the payments field.
func (r *householdResolver) Payments(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.PaymentConnection, error) {
	page, err := r.page(ctx, "Payment", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.PaymentConnection{
		Edges: edgesOf(page, func(n *ent.Payment, cursor string) *model.PaymentEdge {
			return &model.PaymentEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Payment](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Memberships is the resolver for the memberships field.
func (r *householdResolver) Memberships(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.MembershipConnection, error) {
	page, err := r.page(ctx, "Membership", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.MembershipConnection{
		Edges: edgesOf(page, func(n *ent.Membership, cursor string) *model.MembershipEdge {
			return &model.MembershipEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Membership](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Notes is the resolver for the notes field.
func (r *householdResolver) Notes(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.NoteConnection, error) {
	page, err := r.page(ctx, "Note", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.NoteConnection{
		Edges:      edgesOf(page, func(n *ent.Note, cursor string) *model.NoteEdge { return &model.NoteEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Note](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Refunds is the resolver for the refunds field.
func (r *householdResolver) Refunds(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.RefundConnection, error) {
	page, err := r.page(ctx, "Refund", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.RefundConnection{
		Edges: edgesOf(page, func(n *ent.Refund, cursor string) *model.RefundEdge {
			return &model.RefundEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Refund](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// TuitionSubscriptions is the resolver for the tuitionSubscriptions field.
func (r *householdResolver) TuitionSubscriptions(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TuitionSubscriptionConnection, error) {
	page, err := r.page(ctx, "TuitionSubscription", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TuitionSubscriptionConnection{
		Edges: edgesOf(page, func(n *ent.TuitionSubscription, cursor string) *model.TuitionSubscriptionEdge {
			return &model.TuitionSubscriptionEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.TuitionSubscription](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Deals is the resolver for the deals field.
func (r *householdResolver) Deals(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DealConnection, error) {
	page, err := r.page(ctx, "Deal", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DealConnection{
		Edges:      edgesOf(page, func(n *ent.Deal, cursor string) *model.DealEdge { return &model.DealEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Deal](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Tickets is the resolver for the tickets field.
func (r *householdResolver) Tickets(ctx context.Context, obj *ent.Household, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TicketConnection, error) {
	page, err := r.page(ctx, "Ticket", &parent{obj, "household_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TicketConnection{
		Edges: edgesOf(page, func(n *ent.Ticket, cursor string) *model.TicketEdge {
			return &model.TicketEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Ticket](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Integration is the resolver for the integration field.
func (r *inboundMessageResolver) Integration(ctx context.Context, obj *ent.InboundMessage) (*ent.Integration, error) {
	return as[*ent.Integration](r.related(ctx, obj, "Integration", "integration_id"))
}

// Deliveries is the resolver for the deliveries field.
func (r *integrationResolver) Deliveries(ctx context.Context, obj *ent.Integration, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DeliveryConnection, error) {
	page, err := r.page(ctx, "Delivery", &parent{obj, "integration_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DeliveryConnection{
		Edges: edgesOf(page, func(n *ent.Delivery, cursor string) *model.DeliveryEdge {
			return &model.DeliveryEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Delivery](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Links is the resolver for the links field.
func (r *integrationResolver) Links(ctx context.Context, obj *ent.Integration, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ProviderLinkConnection, error) {
	page, err := r.page(ctx, "ProviderLink", &parent{obj, "integration_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ProviderLinkConnection{
		Edges: edgesOf(page, func(n *ent.ProviderLink, cursor string) *model.ProviderLinkEdge {
			return &model.ProviderLinkEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.ProviderLink](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// InboundMessages is the resolver for the inboundMessages field.
func (r *integrationResolver) InboundMessages(ctx context.Context, obj *ent.Integration, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.InboundMessageConnection, error) {
	page, err := r.page(ctx, "InboundMessage", &parent{obj, "integration_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.InboundMessageConnection{
		Edges: edgesOf(page, func(n *ent.InboundMessage, cursor string) *model.InboundMessageEdge {
			return &model.InboundMessageEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.InboundMessage](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *invoiceResolver) ExternalReferences(ctx context.Context, obj *ent.Invoice) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Household is the resolver for the household field.
func (r *invoiceResolver) Household(ctx context.Context, obj *ent.Invoice) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// Student is the resolver for the student field.
func (r *invoiceResolver) Student(ctx context.Context, obj *ent.Invoice) (*ent.Student, error) {
	return as[*ent.Student](r.related(ctx, obj, "Student", "student_id"))
}

// Lines is the resolver for the lines field.
func (r *invoiceResolver) Lines(ctx context.Context, obj *ent.Invoice, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.InvoiceLineConnection, error) {
	page, err := r.page(ctx, "InvoiceLine", &parent{obj, "invoice_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.InvoiceLineConnection{
		Edges: edgesOf(page, func(n *ent.InvoiceLine, cursor string) *model.InvoiceLineEdge {
			return &model.InvoiceLineEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.InvoiceLine](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Payments is the resolver for the payments field.
func (r *invoiceResolver) Payments(ctx context.Context, obj *ent.Invoice, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.PaymentConnection, error) {
	page, err := r.page(ctx, "Payment", &parent{obj, "invoice_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.PaymentConnection{
		Edges: edgesOf(page, func(n *ent.Payment, cursor string) *model.PaymentEdge {
			return &model.PaymentEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Payment](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Refunds is the resolver for the refunds field.
func (r *invoiceResolver) Refunds(ctx context.Context, obj *ent.Invoice, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.RefundConnection, error) {
	page, err := r.page(ctx, "Refund", &parent{obj, "invoice_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.RefundConnection{
		Edges: edgesOf(page, func(n *ent.Refund, cursor string) *model.RefundEdge {
			return &model.RefundEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Refund](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Invoice is the resolver for the invoice field.
func (r *invoiceLineResolver) Invoice(ctx context.Context, obj *ent.InvoiceLine) (*ent.Invoice, error) {
	return as[*ent.Invoice](r.related(ctx, obj, "Invoice", "invoice_id"))
}

// Household is the resolver for the household field.
func (r *invoiceLineResolver) Household(ctx context.Context, obj *ent.InvoiceLine) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// Enrollment is the resolver for the enrollment field.
func (r *invoiceLineResolver) Enrollment(ctx context.Context, obj *ent.InvoiceLine) (*ent.Enrollment, error) {
	return as[*ent.Enrollment](r.related(ctx, obj, "Enrollment", "enrollment_id"))
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *locationResolver) ExternalReferences(ctx context.Context, obj *ent.Location) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Classes is the resolver for the classes field.
func (r *locationResolver) Classes(ctx context.Context, obj *ent.Location, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ClassConnection, error) {
	page, err := r.page(ctx, "Class", &parent{obj, "location_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ClassConnection{
		Edges:      edgesOf(page, func(n *ent.Class, cursor string) *model.ClassEdge { return &model.ClassEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Class](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Household is the resolver for the household field.
func (r *membershipResolver) Household(ctx context.Context, obj *ent.Membership) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// CustomRole is the resolver for the customRole field.
func (r *membershipResolver) CustomRole(ctx context.Context, obj *ent.Membership) (*ent.CustomRole, error) {
	return as[*ent.CustomRole](r.related(ctx, obj, "CustomRole", "custom_role_id"))
}

// Staff is the resolver for the staff field.
func (r *membershipResolver) Staff(ctx context.Context, obj *ent.Membership) (*ent.Staff, error) {
	return as[*ent.Staff](r.related(ctx, obj, "Staff", "staff_id"))
}

// ReviewItems is the resolver for the reviewItems field.
func (r *membershipResolver) ReviewItems(ctx context.Context, obj *ent.Membership, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AccessReviewItemConnection, error) {
	page, err := r.page(ctx, "AccessReviewItem", &parent{obj, "membership_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AccessReviewItemConnection{
		Edges: edgesOf(page, func(n *ent.AccessReviewItem, cursor string) *model.AccessReviewItemEdge {
			return &model.AccessReviewItemEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.AccessReviewItem](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// UpdateClass is the resolver for the updateClass field.
func (r *mutationResolver) UpdateClass(ctx context.Context, input map[string]any) (*model.UpdateClassPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Class", plain(input))
	return &model.UpdateClassPayload{Class: typed[*ent.Class](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreClassVersion is the resolver for the restoreClassVersion field.
func (r *mutationResolver) RestoreClassVersion(ctx context.Context, input map[string]any) (*model.RestoreClassVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Class", plain(input))
	return &model.RestoreClassVersionPayload{Class: typed[*ent.Class](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteClass is the resolver for the deleteClass field.
func (r *mutationResolver) DeleteClass(ctx context.Context, input map[string]any) (*model.DeleteClassPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Class", plain(input))
	return &model.DeleteClassPayload{Class: typed[*ent.Class](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreClass is the resolver for the restoreClass field.
func (r *mutationResolver) RestoreClass(ctx context.Context, input map[string]any) (*model.RestoreClassPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Class", plain(input))
	return &model.RestoreClassPayload{Class: typed[*ent.Class](row), UserErrors: userErrors(ctx, errs)}, err
}

// CreateDeal is the resolver for the createDeal field.
func (r *mutationResolver) CreateDeal(ctx context.Context, input map[string]any) (*model.CreateDealPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Deal", plain(input))
	return &model.CreateDealPayload{Deal: typed[*ent.Deal](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateDeal is the resolver for the updateDeal field.
func (r *mutationResolver) UpdateDeal(ctx context.Context, input map[string]any) (*model.UpdateDealPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Deal", plain(input))
	return &model.UpdateDealPayload{Deal: typed[*ent.Deal](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreDealVersion is the resolver for the restoreDealVersion field.
func (r *mutationResolver) RestoreDealVersion(ctx context.Context, input map[string]any) (*model.RestoreDealVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Deal", plain(input))
	return &model.RestoreDealVersionPayload{Deal: typed[*ent.Deal](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteDeal is the resolver for the deleteDeal field.
func (r *mutationResolver) DeleteDeal(ctx context.Context, input map[string]any) (*model.DeleteDealPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Deal", plain(input))
	return &model.DeleteDealPayload{Deal: typed[*ent.Deal](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreDeal is the resolver for the restoreDeal field.
func (r *mutationResolver) RestoreDeal(ctx context.Context, input map[string]any) (*model.RestoreDealPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Deal", plain(input))
	return &model.RestoreDealPayload{Deal: typed[*ent.Deal](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertDeals is the resolver for the bulkUpsertDeals field.
func (r *mutationResolver) BulkUpsertDeals(ctx context.Context, input map[string]any) (*model.BulkUpsertDealsPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "Deal", plain(input))
	return &model.BulkUpsertDealsPayload{Deals: typedList[*ent.Deal](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// UpdateEnrollment is the resolver for the updateEnrollment field.
func (r *mutationResolver) UpdateEnrollment(ctx context.Context, input map[string]any) (*model.UpdateEnrollmentPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Enrollment", plain(input))
	return &model.UpdateEnrollmentPayload{Enrollment: typed[*ent.Enrollment](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreEnrollmentVersion is the resolver for the restoreEnrollmentVersion field.
func (r *mutationResolver) RestoreEnrollmentVersion(ctx context.Context, input map[string]any) (*model.RestoreEnrollmentVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Enrollment", plain(input))
	return &model.RestoreEnrollmentVersionPayload{Enrollment: typed[*ent.Enrollment](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteExternalReference is the resolver for the deleteExternalReference field.
func (r *mutationResolver) DeleteExternalReference(ctx context.Context, input map[string]any) (*model.DeleteExternalReferencePayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "ExternalReference", plain(input))
	return &model.DeleteExternalReferencePayload{ExternalReference: typed[*ent.ExternalReference](row), UserErrors: userErrors(ctx, errs)}, err
}

// CreateGuardian is the resolver for the createGuardian field.
func (r *mutationResolver) CreateGuardian(ctx context.Context, input map[string]any) (*model.CreateGuardianPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Guardian", plain(input))
	return &model.CreateGuardianPayload{Guardian: typed[*ent.Guardian](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateGuardian is the resolver for the updateGuardian field.
func (r *mutationResolver) UpdateGuardian(ctx context.Context, input map[string]any) (*model.UpdateGuardianPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Guardian", plain(input))
	return &model.UpdateGuardianPayload{Guardian: typed[*ent.Guardian](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreGuardianVersion is the resolver for the restoreGuardianVersion field.
func (r *mutationResolver) RestoreGuardianVersion(ctx context.Context, input map[string]any) (*model.RestoreGuardianVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Guardian", plain(input))
	return &model.RestoreGuardianVersionPayload{Guardian: typed[*ent.Guardian](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteGuardian is the resolver for the deleteGuardian field.
func (r *mutationResolver) DeleteGuardian(ctx context.Context, input map[string]any) (*model.DeleteGuardianPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Guardian", plain(input))
	return &model.DeleteGuardianPayload{Guardian: typed[*ent.Guardian](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreGuardian is the resolver for the restoreGuardian field.
func (r *mutationResolver) RestoreGuardian(ctx context.Context, input map[string]any) (*model.RestoreGuardianPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Guardian", plain(input))
	return &model.RestoreGuardianPayload{Guardian: typed[*ent.Guardian](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertGuardians is the resolver for the bulkUpsertGuardians field.
func (r *mutationResolver) BulkUpsertGuardians(ctx context.Context, input map[string]any) (*model.BulkUpsertGuardiansPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "Guardian", plain(input))
	return &model.BulkUpsertGuardiansPayload{Guardians: typedList[*ent.Guardian](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// CreateHousehold is the resolver for the createHousehold field.
func (r *mutationResolver) CreateHousehold(ctx context.Context, input map[string]any) (*model.CreateHouseholdPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Household", plain(input))
	return &model.CreateHouseholdPayload{Household: typed[*ent.Household](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateHousehold is the resolver for the updateHousehold field.
func (r *mutationResolver) UpdateHousehold(ctx context.Context, input map[string]any) (*model.UpdateHouseholdPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Household", plain(input))
	return &model.UpdateHouseholdPayload{Household: typed[*ent.Household](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreHouseholdVersion is the resolver for the restoreHouseholdVersion field.
func (r *mutationResolver) RestoreHouseholdVersion(ctx context.Context, input map[string]any) (*model.RestoreHouseholdVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Household", plain(input))
	return &model.RestoreHouseholdVersionPayload{Household: typed[*ent.Household](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteHousehold is the resolver for the deleteHousehold field.
func (r *mutationResolver) DeleteHousehold(ctx context.Context, input map[string]any) (*model.DeleteHouseholdPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Household", plain(input))
	return &model.DeleteHouseholdPayload{Household: typed[*ent.Household](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreHousehold is the resolver for the restoreHousehold field.
func (r *mutationResolver) RestoreHousehold(ctx context.Context, input map[string]any) (*model.RestoreHouseholdPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Household", plain(input))
	return &model.RestoreHouseholdPayload{Household: typed[*ent.Household](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertHouseholds is the resolver for the bulkUpsertHouseholds field.
func (r *mutationResolver) BulkUpsertHouseholds(ctx context.Context, input map[string]any) (*model.BulkUpsertHouseholdsPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "Household", plain(input))
	return &model.BulkUpsertHouseholdsPayload{Households: typedList[*ent.Household](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// UpdateInvoice is the resolver for the updateInvoice field.
func (r *mutationResolver) UpdateInvoice(ctx context.Context, input map[string]any) (*model.UpdateInvoicePayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Invoice", plain(input))
	return &model.UpdateInvoicePayload{Invoice: typed[*ent.Invoice](row), UserErrors: userErrors(ctx, errs)}, err
}

// CreateLocation is the resolver for the createLocation field.
func (r *mutationResolver) CreateLocation(ctx context.Context, input map[string]any) (*model.CreateLocationPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Location", plain(input))
	return &model.CreateLocationPayload{Location: typed[*ent.Location](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateLocation is the resolver for the updateLocation field.
func (r *mutationResolver) UpdateLocation(ctx context.Context, input map[string]any) (*model.UpdateLocationPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Location", plain(input))
	return &model.UpdateLocationPayload{Location: typed[*ent.Location](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreLocationVersion is the resolver for the restoreLocationVersion field.
func (r *mutationResolver) RestoreLocationVersion(ctx context.Context, input map[string]any) (*model.RestoreLocationVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Location", plain(input))
	return &model.RestoreLocationVersionPayload{Location: typed[*ent.Location](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteLocation is the resolver for the deleteLocation field.
func (r *mutationResolver) DeleteLocation(ctx context.Context, input map[string]any) (*model.DeleteLocationPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Location", plain(input))
	return &model.DeleteLocationPayload{Location: typed[*ent.Location](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreLocation is the resolver for the restoreLocation field.
func (r *mutationResolver) RestoreLocation(ctx context.Context, input map[string]any) (*model.RestoreLocationPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Location", plain(input))
	return &model.RestoreLocationPayload{Location: typed[*ent.Location](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertLocations is the resolver for the bulkUpsertLocations field.
func (r *mutationResolver) BulkUpsertLocations(ctx context.Context, input map[string]any) (*model.BulkUpsertLocationsPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "Location", plain(input))
	return &model.BulkUpsertLocationsPayload{Locations: typedList[*ent.Location](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// CreateNote is the resolver for the createNote field.
func (r *mutationResolver) CreateNote(ctx context.Context, input map[string]any) (*model.CreateNotePayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Note", plain(input))
	return &model.CreateNotePayload{Note: typed[*ent.Note](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateNote is the resolver for the updateNote field.
func (r *mutationResolver) UpdateNote(ctx context.Context, input map[string]any) (*model.UpdateNotePayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Note", plain(input))
	return &model.UpdateNotePayload{Note: typed[*ent.Note](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreNoteVersion is the resolver for the restoreNoteVersion field.
func (r *mutationResolver) RestoreNoteVersion(ctx context.Context, input map[string]any) (*model.RestoreNoteVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Note", plain(input))
	return &model.RestoreNoteVersionPayload{Note: typed[*ent.Note](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteNote is the resolver for the deleteNote field.
func (r *mutationResolver) DeleteNote(ctx context.Context, input map[string]any) (*model.DeleteNotePayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Note", plain(input))
	return &model.DeleteNotePayload{Note: typed[*ent.Note](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreNote is the resolver for the restoreNote field.
func (r *mutationResolver) RestoreNote(ctx context.Context, input map[string]any) (*model.RestoreNotePayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Note", plain(input))
	return &model.RestoreNotePayload{Note: typed[*ent.Note](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdatePayment is the resolver for the updatePayment field.
func (r *mutationResolver) UpdatePayment(ctx context.Context, input map[string]any) (*model.UpdatePaymentPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Payment", plain(input))
	return &model.UpdatePaymentPayload{Payment: typed[*ent.Payment](row), UserErrors: userErrors(ctx, errs)}, err
}

// CreateProgram is the resolver for the createProgram field.
func (r *mutationResolver) CreateProgram(ctx context.Context, input map[string]any) (*model.CreateProgramPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Program", plain(input))
	return &model.CreateProgramPayload{Program: typed[*ent.Program](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateProgram is the resolver for the updateProgram field.
func (r *mutationResolver) UpdateProgram(ctx context.Context, input map[string]any) (*model.UpdateProgramPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Program", plain(input))
	return &model.UpdateProgramPayload{Program: typed[*ent.Program](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreProgramVersion is the resolver for the restoreProgramVersion field.
func (r *mutationResolver) RestoreProgramVersion(ctx context.Context, input map[string]any) (*model.RestoreProgramVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Program", plain(input))
	return &model.RestoreProgramVersionPayload{Program: typed[*ent.Program](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteProgram is the resolver for the deleteProgram field.
func (r *mutationResolver) DeleteProgram(ctx context.Context, input map[string]any) (*model.DeleteProgramPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Program", plain(input))
	return &model.DeleteProgramPayload{Program: typed[*ent.Program](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreProgram is the resolver for the restoreProgram field.
func (r *mutationResolver) RestoreProgram(ctx context.Context, input map[string]any) (*model.RestoreProgramPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Program", plain(input))
	return &model.RestoreProgramPayload{Program: typed[*ent.Program](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertPrograms is the resolver for the bulkUpsertPrograms field.
func (r *mutationResolver) BulkUpsertPrograms(ctx context.Context, input map[string]any) (*model.BulkUpsertProgramsPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "Program", plain(input))
	return &model.BulkUpsertProgramsPayload{Programs: typedList[*ent.Program](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// CreateSeason is the resolver for the createSeason field.
func (r *mutationResolver) CreateSeason(ctx context.Context, input map[string]any) (*model.CreateSeasonPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Season", plain(input))
	return &model.CreateSeasonPayload{Season: typed[*ent.Season](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateSeason is the resolver for the updateSeason field.
func (r *mutationResolver) UpdateSeason(ctx context.Context, input map[string]any) (*model.UpdateSeasonPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Season", plain(input))
	return &model.UpdateSeasonPayload{Season: typed[*ent.Season](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreSeasonVersion is the resolver for the restoreSeasonVersion field.
func (r *mutationResolver) RestoreSeasonVersion(ctx context.Context, input map[string]any) (*model.RestoreSeasonVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Season", plain(input))
	return &model.RestoreSeasonVersionPayload{Season: typed[*ent.Season](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteSeason is the resolver for the deleteSeason field.
func (r *mutationResolver) DeleteSeason(ctx context.Context, input map[string]any) (*model.DeleteSeasonPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Season", plain(input))
	return &model.DeleteSeasonPayload{Season: typed[*ent.Season](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreSeason is the resolver for the restoreSeason field.
func (r *mutationResolver) RestoreSeason(ctx context.Context, input map[string]any) (*model.RestoreSeasonPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Season", plain(input))
	return &model.RestoreSeasonPayload{Season: typed[*ent.Season](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertSeasons is the resolver for the bulkUpsertSeasons field.
func (r *mutationResolver) BulkUpsertSeasons(ctx context.Context, input map[string]any) (*model.BulkUpsertSeasonsPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "Season", plain(input))
	return &model.BulkUpsertSeasonsPayload{Seasons: typedList[*ent.Season](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// CreateStaff is the resolver for the createStaff field.
func (r *mutationResolver) CreateStaff(ctx context.Context, input map[string]any) (*model.CreateStaffPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Staff", plain(input))
	return &model.CreateStaffPayload{Staff: typed[*ent.Staff](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateStaff is the resolver for the updateStaff field.
func (r *mutationResolver) UpdateStaff(ctx context.Context, input map[string]any) (*model.UpdateStaffPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Staff", plain(input))
	return &model.UpdateStaffPayload{Staff: typed[*ent.Staff](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreStaffVersion is the resolver for the restoreStaffVersion field.
func (r *mutationResolver) RestoreStaffVersion(ctx context.Context, input map[string]any) (*model.RestoreStaffVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Staff", plain(input))
	return &model.RestoreStaffVersionPayload{Staff: typed[*ent.Staff](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteStaff is the resolver for the deleteStaff field.
func (r *mutationResolver) DeleteStaff(ctx context.Context, input map[string]any) (*model.DeleteStaffPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Staff", plain(input))
	return &model.DeleteStaffPayload{Staff: typed[*ent.Staff](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreStaff is the resolver for the restoreStaff field.
func (r *mutationResolver) RestoreStaff(ctx context.Context, input map[string]any) (*model.RestoreStaffPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Staff", plain(input))
	return &model.RestoreStaffPayload{Staff: typed[*ent.Staff](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertStaffMembers is the resolver for the bulkUpsertStaffMembers field.
func (r *mutationResolver) BulkUpsertStaffMembers(ctx context.Context, input map[string]any) (*model.BulkUpsertStaffMembersPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "Staff", plain(input))
	return &model.BulkUpsertStaffMembersPayload{StaffMembers: typedList[*ent.Staff](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// CreateStudent is the resolver for the createStudent field.
func (r *mutationResolver) CreateStudent(ctx context.Context, input map[string]any) (*model.CreateStudentPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Student", plain(input))
	return &model.CreateStudentPayload{Student: typed[*ent.Student](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateStudent is the resolver for the updateStudent field.
func (r *mutationResolver) UpdateStudent(ctx context.Context, input map[string]any) (*model.UpdateStudentPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Student", plain(input))
	return &model.UpdateStudentPayload{Student: typed[*ent.Student](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreStudentVersion is the resolver for the restoreStudentVersion field.
func (r *mutationResolver) RestoreStudentVersion(ctx context.Context, input map[string]any) (*model.RestoreStudentVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Student", plain(input))
	return &model.RestoreStudentVersionPayload{Student: typed[*ent.Student](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteStudent is the resolver for the deleteStudent field.
func (r *mutationResolver) DeleteStudent(ctx context.Context, input map[string]any) (*model.DeleteStudentPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Student", plain(input))
	return &model.DeleteStudentPayload{Student: typed[*ent.Student](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreStudent is the resolver for the restoreStudent field.
func (r *mutationResolver) RestoreStudent(ctx context.Context, input map[string]any) (*model.RestoreStudentPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Student", plain(input))
	return &model.RestoreStudentPayload{Student: typed[*ent.Student](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertStudents is the resolver for the bulkUpsertStudents field.
func (r *mutationResolver) BulkUpsertStudents(ctx context.Context, input map[string]any) (*model.BulkUpsertStudentsPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "Student", plain(input))
	return &model.BulkUpsertStudentsPayload{Students: typedList[*ent.Student](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// CreateStudentTag is the resolver for the createStudentTag field.
func (r *mutationResolver) CreateStudentTag(ctx context.Context, input map[string]any) (*model.CreateStudentTagPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "StudentTag", plain(input))
	return &model.CreateStudentTagPayload{StudentTag: typed[*ent.StudentTag](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteStudentTag is the resolver for the deleteStudentTag field.
func (r *mutationResolver) DeleteStudentTag(ctx context.Context, input map[string]any) (*model.DeleteStudentTagPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "StudentTag", plain(input))
	return &model.DeleteStudentTagPayload{StudentTag: typed[*ent.StudentTag](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreStudentTag is the resolver for the restoreStudentTag field.
func (r *mutationResolver) RestoreStudentTag(ctx context.Context, input map[string]any) (*model.RestoreStudentTagPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "StudentTag", plain(input))
	return &model.RestoreStudentTagPayload{StudentTag: typed[*ent.StudentTag](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteSuppression is the resolver for the deleteSuppression field.
func (r *mutationResolver) DeleteSuppression(ctx context.Context, input map[string]any) (*model.DeleteSuppressionPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Suppression", plain(input))
	return &model.DeleteSuppressionPayload{Suppression: typed[*ent.Suppression](row), UserErrors: userErrors(ctx, errs)}, err
}

// CreateTag is the resolver for the createTag field.
func (r *mutationResolver) CreateTag(ctx context.Context, input map[string]any) (*model.CreateTagPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Tag", plain(input))
	return &model.CreateTagPayload{Tag: typed[*ent.Tag](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateTag is the resolver for the updateTag field.
func (r *mutationResolver) UpdateTag(ctx context.Context, input map[string]any) (*model.UpdateTagPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Tag", plain(input))
	return &model.UpdateTagPayload{Tag: typed[*ent.Tag](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteTag is the resolver for the deleteTag field.
func (r *mutationResolver) DeleteTag(ctx context.Context, input map[string]any) (*model.DeleteTagPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "Tag", plain(input))
	return &model.DeleteTagPayload{Tag: typed[*ent.Tag](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreTag is the resolver for the restoreTag field.
func (r *mutationResolver) RestoreTag(ctx context.Context, input map[string]any) (*model.RestoreTagPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "Tag", plain(input))
	return &model.RestoreTagPayload{Tag: typed[*ent.Tag](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertTags is the resolver for the bulkUpsertTags field.
func (r *mutationResolver) BulkUpsertTags(ctx context.Context, input map[string]any) (*model.BulkUpsertTagsPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "Tag", plain(input))
	return &model.BulkUpsertTagsPayload{Tags: typedList[*ent.Tag](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// UpdateTenant is the resolver for the updateTenant field.
func (r *mutationResolver) UpdateTenant(ctx context.Context, input map[string]any) (*model.UpdateTenantPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Tenant", plain(input))
	return &model.UpdateTenantPayload{Tenant: typed[*ent.Tenant](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreTenantVersion is the resolver for the restoreTenantVersion field.
func (r *mutationResolver) RestoreTenantVersion(ctx context.Context, input map[string]any) (*model.RestoreTenantVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Tenant", plain(input))
	return &model.RestoreTenantVersionPayload{Tenant: typed[*ent.Tenant](row), UserErrors: userErrors(ctx, errs)}, err
}

// CreateTicket is the resolver for the createTicket field.
func (r *mutationResolver) CreateTicket(ctx context.Context, input map[string]any) (*model.CreateTicketPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "Ticket", plain(input))
	return &model.CreateTicketPayload{Ticket: typed[*ent.Ticket](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateTicket is the resolver for the updateTicket field.
func (r *mutationResolver) UpdateTicket(ctx context.Context, input map[string]any) (*model.UpdateTicketPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "Ticket", plain(input))
	return &model.UpdateTicketPayload{Ticket: typed[*ent.Ticket](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreTicketVersion is the resolver for the restoreTicketVersion field.
func (r *mutationResolver) RestoreTicketVersion(ctx context.Context, input map[string]any) (*model.RestoreTicketVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "Ticket", plain(input))
	return &model.RestoreTicketVersionPayload{Ticket: typed[*ent.Ticket](row), UserErrors: userErrors(ctx, errs)}, err
}

// CreateTicketReply is the resolver for the createTicketReply field.
func (r *mutationResolver) CreateTicketReply(ctx context.Context, input map[string]any) (*model.CreateTicketReplyPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "TicketReply", plain(input))
	return &model.CreateTicketReplyPayload{TicketReply: typed[*ent.TicketReply](row), UserErrors: userErrors(ctx, errs)}, err
}

// CreateTuitionPlan is the resolver for the createTuitionPlan field.
func (r *mutationResolver) CreateTuitionPlan(ctx context.Context, input map[string]any) (*model.CreateTuitionPlanPayload, error) {
	row, errs, err := r.Operations.Create(ctx, "TuitionPlan", plain(input))
	return &model.CreateTuitionPlanPayload{TuitionPlan: typed[*ent.TuitionPlan](row), UserErrors: userErrors(ctx, errs)}, err
}

// UpdateTuitionPlan is the resolver for the updateTuitionPlan field.
func (r *mutationResolver) UpdateTuitionPlan(ctx context.Context, input map[string]any) (*model.UpdateTuitionPlanPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "TuitionPlan", plain(input))
	return &model.UpdateTuitionPlanPayload{TuitionPlan: typed[*ent.TuitionPlan](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreTuitionPlanVersion is the resolver for the restoreTuitionPlanVersion field.
func (r *mutationResolver) RestoreTuitionPlanVersion(ctx context.Context, input map[string]any) (*model.RestoreTuitionPlanVersionPayload, error) {
	row, errs, err := r.Operations.RestoreVersion(ctx, "TuitionPlan", plain(input))
	return &model.RestoreTuitionPlanVersionPayload{TuitionPlan: typed[*ent.TuitionPlan](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteTuitionPlan is the resolver for the deleteTuitionPlan field.
func (r *mutationResolver) DeleteTuitionPlan(ctx context.Context, input map[string]any) (*model.DeleteTuitionPlanPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "TuitionPlan", plain(input))
	return &model.DeleteTuitionPlanPayload{TuitionPlan: typed[*ent.TuitionPlan](row), UserErrors: userErrors(ctx, errs)}, err
}

// RestoreTuitionPlan is the resolver for the restoreTuitionPlan field.
func (r *mutationResolver) RestoreTuitionPlan(ctx context.Context, input map[string]any) (*model.RestoreTuitionPlanPayload, error) {
	row, errs, err := r.Operations.Restore(ctx, "TuitionPlan", plain(input))
	return &model.RestoreTuitionPlanPayload{TuitionPlan: typed[*ent.TuitionPlan](row), UserErrors: userErrors(ctx, errs)}, err
}

// BulkUpsertTuitionPlans is the resolver for the bulkUpsertTuitionPlans field.
func (r *mutationResolver) BulkUpsertTuitionPlans(ctx context.Context, input map[string]any) (*model.BulkUpsertTuitionPlansPayload, error) {
	rows, errs, err := r.Operations.BulkUpsert(ctx, "TuitionPlan", plain(input))
	return &model.BulkUpsertTuitionPlansPayload{TuitionPlans: typedList[*ent.TuitionPlan](rows), UserErrors: rowErrors(ctx, rows, errs)}, err
}

// UpdateWebhookEndpoint is the resolver for the updateWebhookEndpoint field.
func (r *mutationResolver) UpdateWebhookEndpoint(ctx context.Context, input map[string]any) (*model.UpdateWebhookEndpointPayload, error) {
	row, errs, err := r.Operations.Update(ctx, "WebhookEndpoint", plain(input))
	return &model.UpdateWebhookEndpointPayload{WebhookEndpoint: typed[*ent.WebhookEndpoint](row), UserErrors: userErrors(ctx, errs)}, err
}

// DeleteWebhookEndpoint is the resolver for the deleteWebhookEndpoint field.
func (r *mutationResolver) DeleteWebhookEndpoint(ctx context.Context, input map[string]any) (*model.DeleteWebhookEndpointPayload, error) {
	row, errs, err := r.Operations.Delete(ctx, "WebhookEndpoint", plain(input))
	return &model.DeleteWebhookEndpointPayload{WebhookEndpoint: typed[*ent.WebhookEndpoint](row), UserErrors: userErrors(ctx, errs)}, err
}

// Household is the resolver for the household field.
func (r *noteResolver) Household(ctx context.Context, obj *ent.Note) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// Student is the resolver for the student field.
func (r *noteResolver) Student(ctx context.Context, obj *ent.Note) (*ent.Student, error) {
	return as[*ent.Student](r.related(ctx, obj, "Student", "student_id"))
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *paymentResolver) ExternalReferences(ctx context.Context, obj *ent.Payment) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Invoice is the resolver for the invoice field.
func (r *paymentResolver) Invoice(ctx context.Context, obj *ent.Payment) (*ent.Invoice, error) {
	return as[*ent.Invoice](r.related(ctx, obj, "Invoice", "invoice_id"))
}

// Household is the resolver for the household field.
func (r *paymentResolver) Household(ctx context.Context, obj *ent.Payment) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// Refunds is the resolver for the refunds field.
func (r *paymentResolver) Refunds(ctx context.Context, obj *ent.Payment, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.RefundConnection, error) {
	page, err := r.page(ctx, "Refund", &parent{obj, "payment_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.RefundConnection{
		Edges: edgesOf(page, func(n *ent.Refund, cursor string) *model.RefundEdge {
			return &model.RefundEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Refund](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Disputes is the resolver for the disputes field.
func (r *paymentResolver) Disputes(ctx context.Context, obj *ent.Payment, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DisputeConnection, error) {
	page, err := r.page(ctx, "Dispute", &parent{obj, "payment_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DisputeConnection{
		Edges: edgesOf(page, func(n *ent.Dispute, cursor string) *model.DisputeEdge {
			return &model.DisputeEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Dispute](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *programResolver) ExternalReferences(ctx context.Context, obj *ent.Program) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Classes is the resolver for the classes field.
func (r *programResolver) Classes(ctx context.Context, obj *ent.Program, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ClassConnection, error) {
	page, err := r.page(ctx, "Class", &parent{obj, "program_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ClassConnection{
		Edges:      edgesOf(page, func(n *ent.Class, cursor string) *model.ClassEdge { return &model.ClassEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Class](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Integration is the resolver for the integration field.
func (r *providerLinkResolver) Integration(ctx context.Context, obj *ent.ProviderLink) (*ent.Integration, error) {
	return as[*ent.Integration](r.related(ctx, obj, "Integration", "integration_id"))
}

// APIKey is the resolver for the apiKey field.
func (r *queryResolver) APIKey(ctx context.Context, id string) (*ent.APIKey, error) {
	return as[*ent.APIKey](r.one(ctx, "APIKey", id))
}

// APIKeys is the resolver for the apiKeys field.
func (r *queryResolver) APIKeys(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.APIKeyConnection, error) {
	page, err := r.page(ctx, "APIKey", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.APIKeyConnection{
		Edges: edgesOf(page, func(n *ent.APIKey, cursor string) *model.APIKeyEdge {
			return &model.APIKeyEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.APIKey](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// AccessReview is the resolver for the accessReview field.
func (r *queryResolver) AccessReview(ctx context.Context, id string) (*ent.AccessReview, error) {
	return as[*ent.AccessReview](r.one(ctx, "AccessReview", id))
}

// AccessReviews is the resolver for the accessReviews field.
func (r *queryResolver) AccessReviews(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AccessReviewConnection, error) {
	page, err := r.page(ctx, "AccessReview", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AccessReviewConnection{
		Edges: edgesOf(page, func(n *ent.AccessReview, cursor string) *model.AccessReviewEdge {
			return &model.AccessReviewEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.AccessReview](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// AccessReviewItem is the resolver for the accessReviewItem field.
func (r *queryResolver) AccessReviewItem(ctx context.Context, id string) (*ent.AccessReviewItem, error) {
	return as[*ent.AccessReviewItem](r.one(ctx, "AccessReviewItem", id))
}

// AccessReviewItems is the resolver for the accessReviewItems field.
func (r *queryResolver) AccessReviewItems(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AccessReviewItemConnection, error) {
	page, err := r.page(ctx, "AccessReviewItem", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AccessReviewItemConnection{
		Edges: edgesOf(page, func(n *ent.AccessReviewItem, cursor string) *model.AccessReviewItemEdge {
			return &model.AccessReviewItemEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.AccessReviewItem](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Alert is the resolver for the alert field.
func (r *queryResolver) Alert(ctx context.Context, id string) (*ent.Alert, error) {
	return as[*ent.Alert](r.one(ctx, "Alert", id))
}

// Alerts is the resolver for the alerts field.
func (r *queryResolver) Alerts(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AlertConnection, error) {
	page, err := r.page(ctx, "Alert", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AlertConnection{
		Edges:      edgesOf(page, func(n *ent.Alert, cursor string) *model.AlertEdge { return &model.AlertEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Alert](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Announcement is the resolver for the announcement field.
func (r *queryResolver) Announcement(ctx context.Context, id string) (*ent.Announcement, error) {
	return as[*ent.Announcement](r.one(ctx, "Announcement", id))
}

// Announcements is the resolver for the announcements field.
func (r *queryResolver) Announcements(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AnnouncementConnection, error) {
	page, err := r.page(ctx, "Announcement", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AnnouncementConnection{
		Edges: edgesOf(page, func(n *ent.Announcement, cursor string) *model.AnnouncementEdge {
			return &model.AnnouncementEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Announcement](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// AppInstallation is the resolver for the appInstallation field.
func (r *queryResolver) AppInstallation(ctx context.Context, id string) (*ent.AppInstallation, error) {
	return as[*ent.AppInstallation](r.one(ctx, "AppInstallation", id))
}

// AppInstallations is the resolver for the appInstallations field.
func (r *queryResolver) AppInstallations(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AppInstallationConnection, error) {
	page, err := r.page(ctx, "AppInstallation", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AppInstallationConnection{
		Edges: edgesOf(page, func(n *ent.AppInstallation, cursor string) *model.AppInstallationEdge {
			return &model.AppInstallationEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.AppInstallation](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// AuditAnchor is the resolver for the auditAnchor field.
func (r *queryResolver) AuditAnchor(ctx context.Context, id string) (*ent.AuditAnchor, error) {
	return as[*ent.AuditAnchor](r.one(ctx, "AuditAnchor", id))
}

// AuditAnchors is the resolver for the auditAnchors field.
func (r *queryResolver) AuditAnchors(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AuditAnchorConnection, error) {
	page, err := r.page(ctx, "AuditAnchor", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AuditAnchorConnection{
		Edges: edgesOf(page, func(n *ent.AuditAnchor, cursor string) *model.AuditAnchorEdge {
			return &model.AuditAnchorEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.AuditAnchor](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// AuditEntry is the resolver for the auditEntry field.
func (r *queryResolver) AuditEntry(ctx context.Context, id string) (*ent.AuditEntry, error) {
	return as[*ent.AuditEntry](r.one(ctx, "AuditEntry", id))
}

// AuditEntries is the resolver for the auditEntries field.
func (r *queryResolver) AuditEntries(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.AuditEntryConnection, error) {
	page, err := r.page(ctx, "AuditEntry", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.AuditEntryConnection{
		Edges: edgesOf(page, func(n *ent.AuditEntry, cursor string) *model.AuditEntryEdge {
			return &model.AuditEntryEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.AuditEntry](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// BreachNotice is the resolver for the breachNotice field.
func (r *queryResolver) BreachNotice(ctx context.Context, id string) (*ent.BreachNotice, error) {
	return as[*ent.BreachNotice](r.one(ctx, "BreachNotice", id))
}

// BreachNotices is the resolver for the breachNotices field.
func (r *queryResolver) BreachNotices(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.BreachNoticeConnection, error) {
	page, err := r.page(ctx, "BreachNotice", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.BreachNoticeConnection{
		Edges: edgesOf(page, func(n *ent.BreachNotice, cursor string) *model.BreachNoticeEdge {
			return &model.BreachNoticeEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.BreachNotice](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Class is the resolver for the class field.
func (r *queryResolver) Class(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Class, error) {
	return as[*ent.Class](r.either(ctx, "Class", id, externalReference))
}

// Classes is the resolver for the classes field.
func (r *queryResolver) Classes(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ClassConnection, error) {
	page, err := r.page(ctx, "Class", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ClassConnection{
		Edges:      edgesOf(page, func(n *ent.Class, cursor string) *model.ClassEdge { return &model.ClassEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Class](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// ClassByExternalReference is the resolver for the classByExternalReference field.
func (r *queryResolver) ClassByExternalReference(ctx context.Context, system string, externalID string) (*ent.Class, error) {
	return as[*ent.Class](r.referenced(ctx, "Class", system, externalID))
}

// CustomField is the resolver for the customField field.
func (r *queryResolver) CustomField(ctx context.Context, id string) (*ent.CustomField, error) {
	return as[*ent.CustomField](r.one(ctx, "CustomField", id))
}

// CustomFields is the resolver for the customFields field.
func (r *queryResolver) CustomFields(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.CustomFieldConnection, error) {
	page, err := r.page(ctx, "CustomField", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.CustomFieldConnection{
		Edges: edgesOf(page, func(n *ent.CustomField, cursor string) *model.CustomFieldEdge {
			return &model.CustomFieldEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.CustomField](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// CustomRole is the resolver for the customRole field.
func (r *queryResolver) CustomRole(ctx context.Context, id string) (*ent.CustomRole, error) {
	return as[*ent.CustomRole](r.one(ctx, "CustomRole", id))
}

// CustomRoles is the resolver for the customRoles field.
func (r *queryResolver) CustomRoles(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.CustomRoleConnection, error) {
	page, err := r.page(ctx, "CustomRole", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.CustomRoleConnection{
		Edges: edgesOf(page, func(n *ent.CustomRole, cursor string) *model.CustomRoleEdge {
			return &model.CustomRoleEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.CustomRole](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// DataKey is the resolver for the dataKey field.
func (r *queryResolver) DataKey(ctx context.Context, id string) (*ent.DataKey, error) {
	return as[*ent.DataKey](r.one(ctx, "DataKey", id))
}

// DataKeys is the resolver for the dataKeys field.
func (r *queryResolver) DataKeys(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DataKeyConnection, error) {
	page, err := r.page(ctx, "DataKey", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DataKeyConnection{
		Edges: edgesOf(page, func(n *ent.DataKey, cursor string) *model.DataKeyEdge {
			return &model.DataKeyEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.DataKey](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Deal is the resolver for the deal field.
func (r *queryResolver) Deal(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Deal, error) {
	return as[*ent.Deal](r.either(ctx, "Deal", id, externalReference))
}

// Deals is the resolver for the deals field.
func (r *queryResolver) Deals(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DealConnection, error) {
	page, err := r.page(ctx, "Deal", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DealConnection{
		Edges:      edgesOf(page, func(n *ent.Deal, cursor string) *model.DealEdge { return &model.DealEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Deal](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// DealByExternalReference is the resolver for the dealByExternalReference field.
func (r *queryResolver) DealByExternalReference(ctx context.Context, system string, externalID string) (*ent.Deal, error) {
	return as[*ent.Deal](r.referenced(ctx, "Deal", system, externalID))
}

// Delivery is the resolver for the delivery field.
func (r *queryResolver) Delivery(ctx context.Context, id string) (*ent.Delivery, error) {
	return as[*ent.Delivery](r.one(ctx, "Delivery", id))
}

// Deliveries is the resolver for the deliveries field.
func (r *queryResolver) Deliveries(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DeliveryConnection, error) {
	page, err := r.page(ctx, "Delivery", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DeliveryConnection{
		Edges: edgesOf(page, func(n *ent.Delivery, cursor string) *model.DeliveryEdge {
			return &model.DeliveryEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Delivery](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// DeliveryAttempt is the resolver for the deliveryAttempt field.
func (r *queryResolver) DeliveryAttempt(ctx context.Context, id string) (*ent.DeliveryAttempt, error) {
	return as[*ent.DeliveryAttempt](r.one(ctx, "DeliveryAttempt", id))
}

// DeliveryAttempts is the resolver for the deliveryAttempts field.
func (r *queryResolver) DeliveryAttempts(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DeliveryAttemptConnection, error) {
	page, err := r.page(ctx, "DeliveryAttempt", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DeliveryAttemptConnection{
		Edges: edgesOf(page, func(n *ent.DeliveryAttempt, cursor string) *model.DeliveryAttemptEdge {
			return &model.DeliveryAttemptEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.DeliveryAttempt](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// DeprecatedUse is the resolver for the deprecatedUse field.
func (r *queryResolver) DeprecatedUse(ctx context.Context, id string) (*ent.DeprecatedUse, error) {
	return as[*ent.DeprecatedUse](r.one(ctx, "DeprecatedUse", id))
}

// DeprecatedUses is the resolver for the deprecatedUses field.
func (r *queryResolver) DeprecatedUses(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DeprecatedUseConnection, error) {
	page, err := r.page(ctx, "DeprecatedUse", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DeprecatedUseConnection{
		Edges: edgesOf(page, func(n *ent.DeprecatedUse, cursor string) *model.DeprecatedUseEdge {
			return &model.DeprecatedUseEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.DeprecatedUse](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Dispute is the resolver for the dispute field.
func (r *queryResolver) Dispute(ctx context.Context, id string) (*ent.Dispute, error) {
	return as[*ent.Dispute](r.one(ctx, "Dispute", id))
}

// Disputes is the resolver for the disputes field.
func (r *queryResolver) Disputes(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DisputeConnection, error) {
	page, err := r.page(ctx, "Dispute", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DisputeConnection{
		Edges: edgesOf(page, func(n *ent.Dispute, cursor string) *model.DisputeEdge {
			return &model.DisputeEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Dispute](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Enrollment is the resolver for the enrollment field.
func (r *queryResolver) Enrollment(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Enrollment, error) {
	return as[*ent.Enrollment](r.either(ctx, "Enrollment", id, externalReference))
}

// Enrollments is the resolver for the enrollments field.
func (r *queryResolver) Enrollments(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.EnrollmentConnection, error) {
	page, err := r.page(ctx, "Enrollment", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.EnrollmentConnection{
		Edges: edgesOf(page, func(n *ent.Enrollment, cursor string) *model.EnrollmentEdge {
			return &model.EnrollmentEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Enrollment](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// EnrollmentByExternalReference is the resolver for the enrollmentByExternalReference field.
func (r *queryResolver) EnrollmentByExternalReference(ctx context.Context, system string, externalID string) (*ent.Enrollment, error) {
	return as[*ent.Enrollment](r.referenced(ctx, "Enrollment", system, externalID))
}

// EntityVersion is the resolver for the entityVersion field.
func (r *queryResolver) EntityVersion(ctx context.Context, id string) (*ent.EntityVersion, error) {
	return as[*ent.EntityVersion](r.one(ctx, "EntityVersion", id))
}

// EntityVersions is the resolver for the entityVersions field.
func (r *queryResolver) EntityVersions(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.EntityVersionConnection, error) {
	page, err := r.page(ctx, "EntityVersion", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.EntityVersionConnection{
		Edges: edgesOf(page, func(n *ent.EntityVersion, cursor string) *model.EntityVersionEdge {
			return &model.EntityVersionEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.EntityVersion](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Erasure is the resolver for the erasure field.
func (r *queryResolver) Erasure(ctx context.Context, id string) (*ent.Erasure, error) {
	return as[*ent.Erasure](r.one(ctx, "Erasure", id))
}

// Erasures is the resolver for the erasures field.
func (r *queryResolver) Erasures(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ErasureConnection, error) {
	page, err := r.page(ctx, "Erasure", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ErasureConnection{
		Edges: edgesOf(page, func(n *ent.Erasure, cursor string) *model.ErasureEdge {
			return &model.ErasureEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Erasure](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// ErasureLine is the resolver for the erasureLine field.
func (r *queryResolver) ErasureLine(ctx context.Context, id string) (*ent.ErasureLine, error) {
	return as[*ent.ErasureLine](r.one(ctx, "ErasureLine", id))
}

// ErasureLines is the resolver for the erasureLines field.
func (r *queryResolver) ErasureLines(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ErasureLineConnection, error) {
	page, err := r.page(ctx, "ErasureLine", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ErasureLineConnection{
		Edges: edgesOf(page, func(n *ent.ErasureLine, cursor string) *model.ErasureLineEdge {
			return &model.ErasureLineEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.ErasureLine](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Event is the resolver for the event field.
func (r *queryResolver) Event(ctx context.Context, id string) (*ent.Event, error) {
	return as[*ent.Event](r.one(ctx, "Event", id))
}

// Events is the resolver for the events field.
func (r *queryResolver) Events(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.EventConnection, error) {
	page, err := r.page(ctx, "Event", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.EventConnection{
		Edges:      edgesOf(page, func(n *ent.Event, cursor string) *model.EventEdge { return &model.EventEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Event](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Export is the resolver for the export field.
func (r *queryResolver) Export(ctx context.Context, id string) (*ent.Export, error) {
	return as[*ent.Export](r.one(ctx, "Export", id))
}

// Exports is the resolver for the exports field.
func (r *queryResolver) Exports(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ExportConnection, error) {
	page, err := r.page(ctx, "Export", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ExportConnection{
		Edges: edgesOf(page, func(n *ent.Export, cursor string) *model.ExportEdge {
			return &model.ExportEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Export](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// ExternalReference is the resolver for the externalReference field.
func (r *queryResolver) ExternalReference(ctx context.Context, id string) (*ent.ExternalReference, error) {
	return as[*ent.ExternalReference](r.one(ctx, "ExternalReference", id))
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *queryResolver) ExternalReferences(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ExternalReferenceConnection, error) {
	page, err := r.page(ctx, "ExternalReference", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ExternalReferenceConnection{
		Edges: edgesOf(page, func(n *ent.ExternalReference, cursor string) *model.ExternalReferenceEdge {
			return &model.ExternalReferenceEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.ExternalReference](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Guardian is the resolver for the guardian field.
func (r *queryResolver) Guardian(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Guardian, error) {
	return as[*ent.Guardian](r.either(ctx, "Guardian", id, externalReference))
}

// Guardians is the resolver for the guardians field.
func (r *queryResolver) Guardians(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.GuardianConnection, error) {
	page, err := r.page(ctx, "Guardian", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.GuardianConnection{
		Edges: edgesOf(page, func(n *ent.Guardian, cursor string) *model.GuardianEdge {
			return &model.GuardianEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Guardian](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// GuardianByExternalReference is the resolver for the guardianByExternalReference field.
func (r *queryResolver) GuardianByExternalReference(ctx context.Context, system string, externalID string) (*ent.Guardian, error) {
	return as[*ent.Guardian](r.referenced(ctx, "Guardian", system, externalID))
}

// Household is the resolver for the household field.
func (r *queryResolver) Household(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Household, error) {
	return as[*ent.Household](r.either(ctx, "Household", id, externalReference))
}

// Households is the resolver for the households field.
func (r *queryResolver) Households(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.HouseholdConnection, error) {
	page, err := r.page(ctx, "Household", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.HouseholdConnection{
		Edges: edgesOf(page, func(n *ent.Household, cursor string) *model.HouseholdEdge {
			return &model.HouseholdEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Household](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// HouseholdByExternalReference is the resolver for the householdByExternalReference field.
func (r *queryResolver) HouseholdByExternalReference(ctx context.Context, system string, externalID string) (*ent.Household, error) {
	return as[*ent.Household](r.referenced(ctx, "Household", system, externalID))
}

// IdentityProvider is the resolver for the identityProvider field.
func (r *queryResolver) IdentityProvider(ctx context.Context, id string) (*ent.IdentityProvider, error) {
	return as[*ent.IdentityProvider](r.one(ctx, "IdentityProvider", id))
}

// IdentityProviders is the resolver for the identityProviders field.
func (r *queryResolver) IdentityProviders(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.IdentityProviderConnection, error) {
	page, err := r.page(ctx, "IdentityProvider", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.IdentityProviderConnection{
		Edges: edgesOf(page, func(n *ent.IdentityProvider, cursor string) *model.IdentityProviderEdge {
			return &model.IdentityProviderEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.IdentityProvider](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// InboundMessage is the resolver for the inboundMessage field.
func (r *queryResolver) InboundMessage(ctx context.Context, id string) (*ent.InboundMessage, error) {
	return as[*ent.InboundMessage](r.one(ctx, "InboundMessage", id))
}

// InboundMessages is the resolver for the inboundMessages field.
func (r *queryResolver) InboundMessages(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.InboundMessageConnection, error) {
	page, err := r.page(ctx, "InboundMessage", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.InboundMessageConnection{
		Edges: edgesOf(page, func(n *ent.InboundMessage, cursor string) *model.InboundMessageEdge {
			return &model.InboundMessageEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.InboundMessage](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Integration is the resolver for the integration field.
func (r *queryResolver) Integration(ctx context.Context, id string) (*ent.Integration, error) {
	return as[*ent.Integration](r.one(ctx, "Integration", id))
}

// Integrations is the resolver for the integrations field.
func (r *queryResolver) Integrations(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.IntegrationConnection, error) {
	page, err := r.page(ctx, "Integration", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.IntegrationConnection{
		Edges: edgesOf(page, func(n *ent.Integration, cursor string) *model.IntegrationEdge {
			return &model.IntegrationEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Integration](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Invoice is the resolver for the invoice field.
func (r *queryResolver) Invoice(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Invoice, error) {
	return as[*ent.Invoice](r.either(ctx, "Invoice", id, externalReference))
}

// Invoices is the resolver for the invoices field.
func (r *queryResolver) Invoices(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.InvoiceConnection, error) {
	page, err := r.page(ctx, "Invoice", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.InvoiceConnection{
		Edges: edgesOf(page, func(n *ent.Invoice, cursor string) *model.InvoiceEdge {
			return &model.InvoiceEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Invoice](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// InvoiceByExternalReference is the resolver for the invoiceByExternalReference field.
func (r *queryResolver) InvoiceByExternalReference(ctx context.Context, system string, externalID string) (*ent.Invoice, error) {
	return as[*ent.Invoice](r.referenced(ctx, "Invoice", system, externalID))
}

// InvoiceLine is the resolver for the invoiceLine field.
func (r *queryResolver) InvoiceLine(ctx context.Context, id string) (*ent.InvoiceLine, error) {
	return as[*ent.InvoiceLine](r.one(ctx, "InvoiceLine", id))
}

// InvoiceLines is the resolver for the invoiceLines field.
func (r *queryResolver) InvoiceLines(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.InvoiceLineConnection, error) {
	page, err := r.page(ctx, "InvoiceLine", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.InvoiceLineConnection{
		Edges: edgesOf(page, func(n *ent.InvoiceLine, cursor string) *model.InvoiceLineEdge {
			return &model.InvoiceLineEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.InvoiceLine](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Location is the resolver for the location field.
func (r *queryResolver) Location(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Location, error) {
	return as[*ent.Location](r.either(ctx, "Location", id, externalReference))
}

// Locations is the resolver for the locations field.
func (r *queryResolver) Locations(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.LocationConnection, error) {
	page, err := r.page(ctx, "Location", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.LocationConnection{
		Edges: edgesOf(page, func(n *ent.Location, cursor string) *model.LocationEdge {
			return &model.LocationEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Location](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// LocationByExternalReference is the resolver for the locationByExternalReference field.
func (r *queryResolver) LocationByExternalReference(ctx context.Context, system string, externalID string) (*ent.Location, error) {
	return as[*ent.Location](r.referenced(ctx, "Location", system, externalID))
}

// Membership is the resolver for the membership field.
func (r *queryResolver) Membership(ctx context.Context, id string) (*ent.Membership, error) {
	return as[*ent.Membership](r.one(ctx, "Membership", id))
}

// Memberships is the resolver for the memberships field.
func (r *queryResolver) Memberships(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.MembershipConnection, error) {
	page, err := r.page(ctx, "Membership", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.MembershipConnection{
		Edges: edgesOf(page, func(n *ent.Membership, cursor string) *model.MembershipEdge {
			return &model.MembershipEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Membership](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Note is the resolver for the note field.
func (r *queryResolver) Note(ctx context.Context, id string) (*ent.Note, error) {
	return as[*ent.Note](r.one(ctx, "Note", id))
}

// Notes is the resolver for the notes field.
func (r *queryResolver) Notes(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.NoteConnection, error) {
	page, err := r.page(ctx, "Note", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.NoteConnection{
		Edges:      edgesOf(page, func(n *ent.Note, cursor string) *model.NoteEdge { return &model.NoteEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Note](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Payment is the resolver for the payment field.
func (r *queryResolver) Payment(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Payment, error) {
	return as[*ent.Payment](r.either(ctx, "Payment", id, externalReference))
}

// Payments is the resolver for the payments field.
func (r *queryResolver) Payments(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.PaymentConnection, error) {
	page, err := r.page(ctx, "Payment", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.PaymentConnection{
		Edges: edgesOf(page, func(n *ent.Payment, cursor string) *model.PaymentEdge {
			return &model.PaymentEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Payment](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// PaymentByExternalReference is the resolver for the paymentByExternalReference field.
func (r *queryResolver) PaymentByExternalReference(ctx context.Context, system string, externalID string) (*ent.Payment, error) {
	return as[*ent.Payment](r.referenced(ctx, "Payment", system, externalID))
}

// Program is the resolver for the program field.
func (r *queryResolver) Program(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Program, error) {
	return as[*ent.Program](r.either(ctx, "Program", id, externalReference))
}

// Programs is the resolver for the programs field.
func (r *queryResolver) Programs(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ProgramConnection, error) {
	page, err := r.page(ctx, "Program", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ProgramConnection{
		Edges: edgesOf(page, func(n *ent.Program, cursor string) *model.ProgramEdge {
			return &model.ProgramEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Program](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// ProgramByExternalReference is the resolver for the programByExternalReference field.
func (r *queryResolver) ProgramByExternalReference(ctx context.Context, system string, externalID string) (*ent.Program, error) {
	return as[*ent.Program](r.referenced(ctx, "Program", system, externalID))
}

// ProviderLink is the resolver for the providerLink field.
func (r *queryResolver) ProviderLink(ctx context.Context, id string) (*ent.ProviderLink, error) {
	return as[*ent.ProviderLink](r.one(ctx, "ProviderLink", id))
}

// ProviderLinks is the resolver for the providerLinks field.
func (r *queryResolver) ProviderLinks(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ProviderLinkConnection, error) {
	page, err := r.page(ctx, "ProviderLink", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ProviderLinkConnection{
		Edges: edgesOf(page, func(n *ent.ProviderLink, cursor string) *model.ProviderLinkEdge {
			return &model.ProviderLinkEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.ProviderLink](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Refund is the resolver for the refund field.
func (r *queryResolver) Refund(ctx context.Context, id string) (*ent.Refund, error) {
	return as[*ent.Refund](r.one(ctx, "Refund", id))
}

// Refunds is the resolver for the refunds field.
func (r *queryResolver) Refunds(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.RefundConnection, error) {
	page, err := r.page(ctx, "Refund", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.RefundConnection{
		Edges: edgesOf(page, func(n *ent.Refund, cursor string) *model.RefundEdge {
			return &model.RefundEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Refund](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// RetentionRule is the resolver for the retentionRule field.
func (r *queryResolver) RetentionRule(ctx context.Context, id string) (*ent.RetentionRule, error) {
	return as[*ent.RetentionRule](r.one(ctx, "RetentionRule", id))
}

// RetentionRules is the resolver for the retentionRules field.
func (r *queryResolver) RetentionRules(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.RetentionRuleConnection, error) {
	page, err := r.page(ctx, "RetentionRule", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.RetentionRuleConnection{
		Edges: edgesOf(page, func(n *ent.RetentionRule, cursor string) *model.RetentionRuleEdge {
			return &model.RetentionRuleEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.RetentionRule](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Season is the resolver for the season field.
func (r *queryResolver) Season(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Season, error) {
	return as[*ent.Season](r.either(ctx, "Season", id, externalReference))
}

// Seasons is the resolver for the seasons field.
func (r *queryResolver) Seasons(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.SeasonConnection, error) {
	page, err := r.page(ctx, "Season", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.SeasonConnection{
		Edges: edgesOf(page, func(n *ent.Season, cursor string) *model.SeasonEdge {
			return &model.SeasonEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Season](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// SeasonByExternalReference is the resolver for the seasonByExternalReference field.
func (r *queryResolver) SeasonByExternalReference(ctx context.Context, system string, externalID string) (*ent.Season, error) {
	return as[*ent.Season](r.referenced(ctx, "Season", system, externalID))
}

// Staff is the resolver for the staff field.
func (r *queryResolver) Staff(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Staff, error) {
	return as[*ent.Staff](r.either(ctx, "Staff", id, externalReference))
}

// StaffMembers is the resolver for the staffMembers field.
func (r *queryResolver) StaffMembers(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.StaffConnection, error) {
	page, err := r.page(ctx, "Staff", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.StaffConnection{
		Edges:      edgesOf(page, func(n *ent.Staff, cursor string) *model.StaffEdge { return &model.StaffEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Staff](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// StaffByExternalReference is the resolver for the staffByExternalReference field.
func (r *queryResolver) StaffByExternalReference(ctx context.Context, system string, externalID string) (*ent.Staff, error) {
	return as[*ent.Staff](r.referenced(ctx, "Staff", system, externalID))
}

// StaffAccess is the resolver for the staffAccess field.
func (r *queryResolver) StaffAccess(ctx context.Context, id string) (*ent.StaffAccess, error) {
	return as[*ent.StaffAccess](r.one(ctx, "StaffAccess", id))
}

// StaffAccesses is the resolver for the staffAccesses field.
func (r *queryResolver) StaffAccesses(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.StaffAccessConnection, error) {
	page, err := r.page(ctx, "StaffAccess", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.StaffAccessConnection{
		Edges: edgesOf(page, func(n *ent.StaffAccess, cursor string) *model.StaffAccessEdge {
			return &model.StaffAccessEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.StaffAccess](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Student is the resolver for the student field.
func (r *queryResolver) Student(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Student, error) {
	return as[*ent.Student](r.either(ctx, "Student", id, externalReference))
}

// Students is the resolver for the students field.
func (r *queryResolver) Students(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.StudentConnection, error) {
	page, err := r.page(ctx, "Student", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.StudentConnection{
		Edges: edgesOf(page, func(n *ent.Student, cursor string) *model.StudentEdge {
			return &model.StudentEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Student](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// StudentByExternalReference is the resolver for the studentByExternalReference field.
func (r *queryResolver) StudentByExternalReference(ctx context.Context, system string, externalID string) (*ent.Student, error) {
	return as[*ent.Student](r.referenced(ctx, "Student", system, externalID))
}

// StudentTag is the resolver for the studentTag field.
func (r *queryResolver) StudentTag(ctx context.Context, id string) (*ent.StudentTag, error) {
	return as[*ent.StudentTag](r.one(ctx, "StudentTag", id))
}

// StudentTags is the resolver for the studentTags field.
func (r *queryResolver) StudentTags(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.StudentTagConnection, error) {
	page, err := r.page(ctx, "StudentTag", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.StudentTagConnection{
		Edges: edgesOf(page, func(n *ent.StudentTag, cursor string) *model.StudentTagEdge {
			return &model.StudentTagEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.StudentTag](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// SubprocessorObjection is the resolver for the subprocessorObjection field.
func (r *queryResolver) SubprocessorObjection(ctx context.Context, id string) (*ent.SubprocessorObjection, error) {
	return as[*ent.SubprocessorObjection](r.one(ctx, "SubprocessorObjection", id))
}

// SubprocessorObjections is the resolver for the subprocessorObjections field.
func (r *queryResolver) SubprocessorObjections(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.SubprocessorObjectionConnection, error) {
	page, err := r.page(ctx, "SubprocessorObjection", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.SubprocessorObjectionConnection{
		Edges: edgesOf(page, func(n *ent.SubprocessorObjection, cursor string) *model.SubprocessorObjectionEdge {
			return &model.SubprocessorObjectionEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.SubprocessorObjection](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Suppression is the resolver for the suppression field.
func (r *queryResolver) Suppression(ctx context.Context, id string) (*ent.Suppression, error) {
	return as[*ent.Suppression](r.one(ctx, "Suppression", id))
}

// Suppressions is the resolver for the suppressions field.
func (r *queryResolver) Suppressions(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.SuppressionConnection, error) {
	page, err := r.page(ctx, "Suppression", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.SuppressionConnection{
		Edges: edgesOf(page, func(n *ent.Suppression, cursor string) *model.SuppressionEdge {
			return &model.SuppressionEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Suppression](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Tag is the resolver for the tag field.
func (r *queryResolver) Tag(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.Tag, error) {
	return as[*ent.Tag](r.either(ctx, "Tag", id, externalReference))
}

// Tags is the resolver for the tags field.
func (r *queryResolver) Tags(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TagConnection, error) {
	page, err := r.page(ctx, "Tag", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TagConnection{
		Edges:      edgesOf(page, func(n *ent.Tag, cursor string) *model.TagEdge { return &model.TagEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Tag](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// TagByExternalReference is the resolver for the tagByExternalReference field.
func (r *queryResolver) TagByExternalReference(ctx context.Context, system string, externalID string) (*ent.Tag, error) {
	return as[*ent.Tag](r.referenced(ctx, "Tag", system, externalID))
}

// Tenant is the resolver for the tenant field.
func (r *queryResolver) Tenant(ctx context.Context, id string) (*ent.Tenant, error) {
	return as[*ent.Tenant](r.one(ctx, "Tenant", id))
}

// Tenants is the resolver for the tenants field.
func (r *queryResolver) Tenants(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TenantConnection, error) {
	page, err := r.page(ctx, "Tenant", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TenantConnection{
		Edges: edgesOf(page, func(n *ent.Tenant, cursor string) *model.TenantEdge {
			return &model.TenantEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Tenant](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Ticket is the resolver for the ticket field.
func (r *queryResolver) Ticket(ctx context.Context, id string) (*ent.Ticket, error) {
	return as[*ent.Ticket](r.one(ctx, "Ticket", id))
}

// Tickets is the resolver for the tickets field.
func (r *queryResolver) Tickets(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TicketConnection, error) {
	page, err := r.page(ctx, "Ticket", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TicketConnection{
		Edges: edgesOf(page, func(n *ent.Ticket, cursor string) *model.TicketEdge {
			return &model.TicketEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Ticket](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// TicketReply is the resolver for the ticketReply field.
func (r *queryResolver) TicketReply(ctx context.Context, id string) (*ent.TicketReply, error) {
	return as[*ent.TicketReply](r.one(ctx, "TicketReply", id))
}

// TicketReplies is the resolver for the ticketReplies field.
func (r *queryResolver) TicketReplies(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TicketReplyConnection, error) {
	page, err := r.page(ctx, "TicketReply", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TicketReplyConnection{
		Edges: edgesOf(page, func(n *ent.TicketReply, cursor string) *model.TicketReplyEdge {
			return &model.TicketReplyEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.TicketReply](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// TuitionPlan is the resolver for the tuitionPlan field.
func (r *queryResolver) TuitionPlan(ctx context.Context, id *string, externalReference *model.ExternalReferenceInput) (*ent.TuitionPlan, error) {
	return as[*ent.TuitionPlan](r.either(ctx, "TuitionPlan", id, externalReference))
}

// TuitionPlans is the resolver for the tuitionPlans field.
func (r *queryResolver) TuitionPlans(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TuitionPlanConnection, error) {
	page, err := r.page(ctx, "TuitionPlan", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TuitionPlanConnection{
		Edges: edgesOf(page, func(n *ent.TuitionPlan, cursor string) *model.TuitionPlanEdge {
			return &model.TuitionPlanEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.TuitionPlan](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// TuitionPlanByExternalReference is the resolver for the tuitionPlanByExternalReference field.
func (r *queryResolver) TuitionPlanByExternalReference(ctx context.Context, system string, externalID string) (*ent.TuitionPlan, error) {
	return as[*ent.TuitionPlan](r.referenced(ctx, "TuitionPlan", system, externalID))
}

// TuitionSubscription is the resolver for the tuitionSubscription field.
func (r *queryResolver) TuitionSubscription(ctx context.Context, id string) (*ent.TuitionSubscription, error) {
	return as[*ent.TuitionSubscription](r.one(ctx, "TuitionSubscription", id))
}

// TuitionSubscriptions is the resolver for the tuitionSubscriptions field.
func (r *queryResolver) TuitionSubscriptions(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TuitionSubscriptionConnection, error) {
	page, err := r.page(ctx, "TuitionSubscription", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TuitionSubscriptionConnection{
		Edges: edgesOf(page, func(n *ent.TuitionSubscription, cursor string) *model.TuitionSubscriptionEdge {
			return &model.TuitionSubscriptionEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.TuitionSubscription](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// WaitlistEntry is the resolver for the waitlistEntry field.
func (r *queryResolver) WaitlistEntry(ctx context.Context, id string) (*ent.WaitlistEntry, error) {
	return as[*ent.WaitlistEntry](r.one(ctx, "WaitlistEntry", id))
}

// WaitlistEntries is the resolver for the waitlistEntries field.
func (r *queryResolver) WaitlistEntries(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.WaitlistEntryConnection, error) {
	page, err := r.page(ctx, "WaitlistEntry", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.WaitlistEntryConnection{
		Edges: edgesOf(page, func(n *ent.WaitlistEntry, cursor string) *model.WaitlistEntryEdge {
			return &model.WaitlistEntryEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.WaitlistEntry](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// WebhookEndpoint is the resolver for the webhookEndpoint field.
func (r *queryResolver) WebhookEndpoint(ctx context.Context, id string) (*ent.WebhookEndpoint, error) {
	return as[*ent.WebhookEndpoint](r.one(ctx, "WebhookEndpoint", id))
}

// WebhookEndpoints is the resolver for the webhookEndpoints field.
func (r *queryResolver) WebhookEndpoints(ctx context.Context, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.WebhookEndpointConnection, error) {
	page, err := r.page(ctx, "WebhookEndpoint", nil, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.WebhookEndpointConnection{
		Edges: edgesOf(page, func(n *ent.WebhookEndpoint, cursor string) *model.WebhookEndpointEdge {
			return &model.WebhookEndpointEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.WebhookEndpoint](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Payment is the resolver for the payment field.
func (r *refundResolver) Payment(ctx context.Context, obj *ent.Refund) (*ent.Payment, error) {
	return as[*ent.Payment](r.related(ctx, obj, "Payment", "payment_id"))
}

// Invoice is the resolver for the invoice field.
func (r *refundResolver) Invoice(ctx context.Context, obj *ent.Refund) (*ent.Invoice, error) {
	return as[*ent.Invoice](r.related(ctx, obj, "Invoice", "invoice_id"))
}

// Household is the resolver for the household field.
func (r *refundResolver) Household(ctx context.Context, obj *ent.Refund) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *seasonResolver) ExternalReferences(ctx context.Context, obj *ent.Season) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Classes is the resolver for the classes field.
func (r *seasonResolver) Classes(ctx context.Context, obj *ent.Season, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ClassConnection, error) {
	page, err := r.page(ctx, "Class", &parent{obj, "season_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ClassConnection{
		Edges:      edgesOf(page, func(n *ent.Class, cursor string) *model.ClassEdge { return &model.ClassEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Class](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// CustomFields is the resolver for the customFields field.
func (r *staffResolver) CustomFields(ctx context.Context, obj *ent.Staff) (json.RawMessage, error) {
	return r.customFields(ctx, "Staff", obj.CustomFields)
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *staffResolver) ExternalReferences(ctx context.Context, obj *ent.Staff) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Classes is the resolver for the classes field.
func (r *staffResolver) Classes(ctx context.Context, obj *ent.Staff, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ClassConnection, error) {
	page, err := r.page(ctx, "Class", &parent{obj, "teacher_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ClassConnection{
		Edges:      edgesOf(page, func(n *ent.Class, cursor string) *model.ClassEdge { return &model.ClassEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Class](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Memberships is the resolver for the memberships field.
func (r *staffResolver) Memberships(ctx context.Context, obj *ent.Staff, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.MembershipConnection, error) {
	page, err := r.page(ctx, "Membership", &parent{obj, "staff_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.MembershipConnection{
		Edges: edgesOf(page, func(n *ent.Membership, cursor string) *model.MembershipEdge {
			return &model.MembershipEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Membership](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// CustomFields is the resolver for the customFields field.
func (r *studentResolver) CustomFields(ctx context.Context, obj *ent.Student) (json.RawMessage, error) {
	return r.customFields(ctx, "Student", obj.CustomFields)
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *studentResolver) ExternalReferences(ctx context.Context, obj *ent.Student) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Household is the resolver for the household field.
func (r *studentResolver) Household(ctx context.Context, obj *ent.Student) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// Enrollments is the resolver for the enrollments field.
func (r *studentResolver) Enrollments(ctx context.Context, obj *ent.Student, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.EnrollmentConnection, error) {
	page, err := r.page(ctx, "Enrollment", &parent{obj, "student_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.EnrollmentConnection{
		Edges: edgesOf(page, func(n *ent.Enrollment, cursor string) *model.EnrollmentEdge {
			return &model.EnrollmentEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Enrollment](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// WaitlistEntries is the resolver for the waitlistEntries field.
func (r *studentResolver) WaitlistEntries(ctx context.Context, obj *ent.Student, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.WaitlistEntryConnection, error) {
	page, err := r.page(ctx, "WaitlistEntry", &parent{obj, "student_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.WaitlistEntryConnection{
		Edges: edgesOf(page, func(n *ent.WaitlistEntry, cursor string) *model.WaitlistEntryEdge {
			return &model.WaitlistEntryEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.WaitlistEntry](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Taggings is the resolver for the taggings field.
func (r *studentResolver) Taggings(ctx context.Context, obj *ent.Student, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.StudentTagConnection, error) {
	page, err := r.page(ctx, "StudentTag", &parent{obj, "student_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.StudentTagConnection{
		Edges: edgesOf(page, func(n *ent.StudentTag, cursor string) *model.StudentTagEdge {
			return &model.StudentTagEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.StudentTag](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Notes is the resolver for the notes field.
func (r *studentResolver) Notes(ctx context.Context, obj *ent.Student, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.NoteConnection, error) {
	page, err := r.page(ctx, "Note", &parent{obj, "student_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.NoteConnection{
		Edges:      edgesOf(page, func(n *ent.Note, cursor string) *model.NoteEdge { return &model.NoteEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Note](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Invoices is the resolver for the invoices field.
func (r *studentResolver) Invoices(ctx context.Context, obj *ent.Student, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.InvoiceConnection, error) {
	page, err := r.page(ctx, "Invoice", &parent{obj, "student_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.InvoiceConnection{
		Edges: edgesOf(page, func(n *ent.Invoice, cursor string) *model.InvoiceEdge {
			return &model.InvoiceEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Invoice](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Student is the resolver for the student field.
func (r *studentTagResolver) Student(ctx context.Context, obj *ent.StudentTag) (*ent.Student, error) {
	return as[*ent.Student](r.related(ctx, obj, "Student", "student_id"))
}

// Tag is the resolver for the tag field.
func (r *studentTagResolver) Tag(ctx context.Context, obj *ent.StudentTag) (*ent.Tag, error) {
	return as[*ent.Tag](r.related(ctx, obj, "Tag", "tag_id"))
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *tagResolver) ExternalReferences(ctx context.Context, obj *ent.Tag) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Taggings is the resolver for the taggings field.
func (r *tagResolver) Taggings(ctx context.Context, obj *ent.Tag, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.StudentTagConnection, error) {
	page, err := r.page(ctx, "StudentTag", &parent{obj, "tag_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.StudentTagConnection{
		Edges: edgesOf(page, func(n *ent.StudentTag, cursor string) *model.StudentTagEdge {
			return &model.StudentTagEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.StudentTag](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// CustomFields is the resolver for the customFields field.
func (r *ticketResolver) CustomFields(ctx context.Context, obj *ent.Ticket) (json.RawMessage, error) {
	return r.customFields(ctx, "Ticket", obj.CustomFields)
}

// Household is the resolver for the household field.
func (r *ticketResolver) Household(ctx context.Context, obj *ent.Ticket) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// Guardian is the resolver for the guardian field.
func (r *ticketResolver) Guardian(ctx context.Context, obj *ent.Ticket) (*ent.Guardian, error) {
	return as[*ent.Guardian](r.related(ctx, obj, "Guardian", "guardian_id"))
}

// Replies is the resolver for the replies field.
func (r *ticketResolver) Replies(ctx context.Context, obj *ent.Ticket, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TicketReplyConnection, error) {
	page, err := r.page(ctx, "TicketReply", &parent{obj, "ticket_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TicketReplyConnection{
		Edges: edgesOf(page, func(n *ent.TicketReply, cursor string) *model.TicketReplyEdge {
			return &model.TicketReplyEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.TicketReply](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Ticket is the resolver for the ticket field.
func (r *ticketReplyResolver) Ticket(ctx context.Context, obj *ent.TicketReply) (*ent.Ticket, error) {
	return as[*ent.Ticket](r.related(ctx, obj, "Ticket", "ticket_id"))
}

// ExternalReferences is the resolver for the externalReferences field.
func (r *tuitionPlanResolver) ExternalReferences(ctx context.Context, obj *ent.TuitionPlan) ([]*ent.ExternalReference, error) {
	return r.references(ctx, obj)
}

// Classes is the resolver for the classes field.
func (r *tuitionPlanResolver) Classes(ctx context.Context, obj *ent.TuitionPlan, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.ClassConnection, error) {
	page, err := r.page(ctx, "Class", &parent{obj, "tuition_plan_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.ClassConnection{
		Edges:      edgesOf(page, func(n *ent.Class, cursor string) *model.ClassEdge { return &model.ClassEdge{Node: n, Cursor: cursor} }),
		Nodes:      typedList[*ent.Class](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// TuitionSubscriptions is the resolver for the tuitionSubscriptions field.
func (r *tuitionPlanResolver) TuitionSubscriptions(ctx context.Context, obj *ent.TuitionPlan, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.TuitionSubscriptionConnection, error) {
	page, err := r.page(ctx, "TuitionSubscription", &parent{obj, "tuition_plan_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.TuitionSubscriptionConnection{
		Edges: edgesOf(page, func(n *ent.TuitionSubscription, cursor string) *model.TuitionSubscriptionEdge {
			return &model.TuitionSubscriptionEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.TuitionSubscription](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// Household is the resolver for the household field.
func (r *tuitionSubscriptionResolver) Household(ctx context.Context, obj *ent.TuitionSubscription) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// TuitionPlan is the resolver for the tuitionPlan field.
func (r *tuitionSubscriptionResolver) TuitionPlan(ctx context.Context, obj *ent.TuitionSubscription) (*ent.TuitionPlan, error) {
	return as[*ent.TuitionPlan](r.related(ctx, obj, "TuitionPlan", "tuition_plan_id"))
}

// Class is the resolver for the class field.
func (r *waitlistEntryResolver) Class(ctx context.Context, obj *ent.WaitlistEntry) (*ent.Class, error) {
	return as[*ent.Class](r.related(ctx, obj, "Class", "class_id"))
}

// Student is the resolver for the student field.
func (r *waitlistEntryResolver) Student(ctx context.Context, obj *ent.WaitlistEntry) (*ent.Student, error) {
	return as[*ent.Student](r.related(ctx, obj, "Student", "student_id"))
}

// Household is the resolver for the household field.
func (r *waitlistEntryResolver) Household(ctx context.Context, obj *ent.WaitlistEntry) (*ent.Household, error) {
	return as[*ent.Household](r.related(ctx, obj, "Household", "household_id"))
}

// Deliveries is the resolver for the deliveries field.
func (r *webhookEndpointResolver) Deliveries(ctx context.Context, obj *ent.WebhookEndpoint, first *int, after *string, last *int, before *string, where map[string]any, orderBy map[string]any) (*model.DeliveryConnection, error) {
	page, err := r.page(ctx, "Delivery", &parent{obj, "webhook_endpoint_id"}, arguments{first, after, last, before, plain(where), plain(orderBy)})
	if err != nil {
		return nil, err
	}
	return &model.DeliveryConnection{
		Edges: edgesOf(page, func(n *ent.Delivery, cursor string) *model.DeliveryEdge {
			return &model.DeliveryEdge{Node: n, Cursor: cursor}
		}),
		Nodes:      typedList[*ent.Delivery](page.Rows),
		PageInfo:   page.Info,
		TotalCount: page.Total,
	}, nil
}

// APIKey returns generated.APIKeyResolver implementation.
func (r *Resolver) APIKey() generated.APIKeyResolver { return &aPIKeyResolver{r} }

// AccessReview returns generated.AccessReviewResolver implementation.
func (r *Resolver) AccessReview() generated.AccessReviewResolver { return &accessReviewResolver{r} }

// AccessReviewItem returns generated.AccessReviewItemResolver implementation.
func (r *Resolver) AccessReviewItem() generated.AccessReviewItemResolver {
	return &accessReviewItemResolver{r}
}

// Alert returns generated.AlertResolver implementation.
func (r *Resolver) Alert() generated.AlertResolver { return &alertResolver{r} }

// Class returns generated.ClassResolver implementation.
func (r *Resolver) Class() generated.ClassResolver { return &classResolver{r} }

// CustomRole returns generated.CustomRoleResolver implementation.
func (r *Resolver) CustomRole() generated.CustomRoleResolver { return &customRoleResolver{r} }

// Deal returns generated.DealResolver implementation.
func (r *Resolver) Deal() generated.DealResolver { return &dealResolver{r} }

// Delivery returns generated.DeliveryResolver implementation.
func (r *Resolver) Delivery() generated.DeliveryResolver { return &deliveryResolver{r} }

// DeliveryAttempt returns generated.DeliveryAttemptResolver implementation.
func (r *Resolver) DeliveryAttempt() generated.DeliveryAttemptResolver {
	return &deliveryAttemptResolver{r}
}

// Dispute returns generated.DisputeResolver implementation.
func (r *Resolver) Dispute() generated.DisputeResolver { return &disputeResolver{r} }

// Enrollment returns generated.EnrollmentResolver implementation.
func (r *Resolver) Enrollment() generated.EnrollmentResolver { return &enrollmentResolver{r} }

// Erasure returns generated.ErasureResolver implementation.
func (r *Resolver) Erasure() generated.ErasureResolver { return &erasureResolver{r} }

// ErasureLine returns generated.ErasureLineResolver implementation.
func (r *Resolver) ErasureLine() generated.ErasureLineResolver { return &erasureLineResolver{r} }

// Event returns generated.EventResolver implementation.
func (r *Resolver) Event() generated.EventResolver { return &eventResolver{r} }

// Guardian returns generated.GuardianResolver implementation.
func (r *Resolver) Guardian() generated.GuardianResolver { return &guardianResolver{r} }

// Household returns generated.HouseholdResolver implementation.
func (r *Resolver) Household() generated.HouseholdResolver { return &householdResolver{r} }

// InboundMessage returns generated.InboundMessageResolver implementation.
func (r *Resolver) InboundMessage() generated.InboundMessageResolver {
	return &inboundMessageResolver{r}
}

// Integration returns generated.IntegrationResolver implementation.
func (r *Resolver) Integration() generated.IntegrationResolver { return &integrationResolver{r} }

// Invoice returns generated.InvoiceResolver implementation.
func (r *Resolver) Invoice() generated.InvoiceResolver { return &invoiceResolver{r} }

// InvoiceLine returns generated.InvoiceLineResolver implementation.
func (r *Resolver) InvoiceLine() generated.InvoiceLineResolver { return &invoiceLineResolver{r} }

// Location returns generated.LocationResolver implementation.
func (r *Resolver) Location() generated.LocationResolver { return &locationResolver{r} }

// Membership returns generated.MembershipResolver implementation.
func (r *Resolver) Membership() generated.MembershipResolver { return &membershipResolver{r} }

// Note returns generated.NoteResolver implementation.
func (r *Resolver) Note() generated.NoteResolver { return &noteResolver{r} }

// Payment returns generated.PaymentResolver implementation.
func (r *Resolver) Payment() generated.PaymentResolver { return &paymentResolver{r} }

// Program returns generated.ProgramResolver implementation.
func (r *Resolver) Program() generated.ProgramResolver { return &programResolver{r} }

// ProviderLink returns generated.ProviderLinkResolver implementation.
func (r *Resolver) ProviderLink() generated.ProviderLinkResolver { return &providerLinkResolver{r} }

// Refund returns generated.RefundResolver implementation.
func (r *Resolver) Refund() generated.RefundResolver { return &refundResolver{r} }

// Season returns generated.SeasonResolver implementation.
func (r *Resolver) Season() generated.SeasonResolver { return &seasonResolver{r} }

// Staff returns generated.StaffResolver implementation.
func (r *Resolver) Staff() generated.StaffResolver { return &staffResolver{r} }

// Student returns generated.StudentResolver implementation.
func (r *Resolver) Student() generated.StudentResolver { return &studentResolver{r} }

// StudentTag returns generated.StudentTagResolver implementation.
func (r *Resolver) StudentTag() generated.StudentTagResolver { return &studentTagResolver{r} }

// Tag returns generated.TagResolver implementation.
func (r *Resolver) Tag() generated.TagResolver { return &tagResolver{r} }

// Ticket returns generated.TicketResolver implementation.
func (r *Resolver) Ticket() generated.TicketResolver { return &ticketResolver{r} }

// TicketReply returns generated.TicketReplyResolver implementation.
func (r *Resolver) TicketReply() generated.TicketReplyResolver { return &ticketReplyResolver{r} }

// TuitionPlan returns generated.TuitionPlanResolver implementation.
func (r *Resolver) TuitionPlan() generated.TuitionPlanResolver { return &tuitionPlanResolver{r} }

// TuitionSubscription returns generated.TuitionSubscriptionResolver implementation.
func (r *Resolver) TuitionSubscription() generated.TuitionSubscriptionResolver {
	return &tuitionSubscriptionResolver{r}
}

// WaitlistEntry returns generated.WaitlistEntryResolver implementation.
func (r *Resolver) WaitlistEntry() generated.WaitlistEntryResolver { return &waitlistEntryResolver{r} }

// WebhookEndpoint returns generated.WebhookEndpointResolver implementation.
func (r *Resolver) WebhookEndpoint() generated.WebhookEndpointResolver {
	return &webhookEndpointResolver{r}
}

type (
	aPIKeyResolver              struct{ *Resolver }
	accessReviewResolver        struct{ *Resolver }
	accessReviewItemResolver    struct{ *Resolver }
	alertResolver               struct{ *Resolver }
	classResolver               struct{ *Resolver }
	customRoleResolver          struct{ *Resolver }
	dealResolver                struct{ *Resolver }
	deliveryResolver            struct{ *Resolver }
	deliveryAttemptResolver     struct{ *Resolver }
	disputeResolver             struct{ *Resolver }
	enrollmentResolver          struct{ *Resolver }
	erasureResolver             struct{ *Resolver }
	erasureLineResolver         struct{ *Resolver }
	eventResolver               struct{ *Resolver }
	guardianResolver            struct{ *Resolver }
	householdResolver           struct{ *Resolver }
	inboundMessageResolver      struct{ *Resolver }
	integrationResolver         struct{ *Resolver }
	invoiceResolver             struct{ *Resolver }
	invoiceLineResolver         struct{ *Resolver }
	locationResolver            struct{ *Resolver }
	membershipResolver          struct{ *Resolver }
	noteResolver                struct{ *Resolver }
	paymentResolver             struct{ *Resolver }
	programResolver             struct{ *Resolver }
	providerLinkResolver        struct{ *Resolver }
	refundResolver              struct{ *Resolver }
	seasonResolver              struct{ *Resolver }
	staffResolver               struct{ *Resolver }
	studentResolver             struct{ *Resolver }
	studentTagResolver          struct{ *Resolver }
	tagResolver                 struct{ *Resolver }
	ticketResolver              struct{ *Resolver }
	ticketReplyResolver         struct{ *Resolver }
	tuitionPlanResolver         struct{ *Resolver }
	tuitionSubscriptionResolver struct{ *Resolver }
	waitlistEntryResolver       struct{ *Resolver }
	webhookEndpointResolver     struct{ *Resolver }
)
