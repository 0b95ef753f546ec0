package outbox

import (
	"maps"
	"slices"

	"github.com/barrehq/barre/internal/catalog"
)

// statusWords are the words for changes of status, by entity and new status.
var statusWords = map[string]map[string]string{
	"Enrollment":      {"DROPPED": "dropped", "COMPLETED": "completed"},
	"Invoice":         {"PAID": "paid", "VOID": "voided"},
	"WaitlistEntry":   {"ENROLLED": "promoted", "LEFT": "left"},
	"StaffAccess":     {"ACTIVE": "started", "REFUSED": "refused", "ENDED": "ended"},
	"AppInstallation": {"REVOKED": "revoked"},
	"AccessReview":    {"CLOSED": "closed"},
	"Membership":      {"ACTIVE": "accepted", "REVOKED": "revoked"},
	"WebhookEndpoint": {"DISABLED": "disabled"},
	"Alert":           {"ESCALATED": "escalated", "ACKNOWLEDGED": "acknowledged"},
}

// memberWords are the words for what was asked for about a member, by the column
// that says when.
var memberWords = map[string]string{
	"password_reset_requested_at": "password_reset_requested",
	"verification_requested_at":   "verification_requested",
}

// Words returns every last word that the type of an event about entity can
// have: past participles of what can happen to a record of it.
func Words(entity *catalog.Entity) []string {
	words := append([]string{"created", "updated", "deleted"}, slices.Sorted(maps.Values(statusWords[entity.Name]))...)
	if entity.RecycleBin {
		words = append(words, "restored")
	}
	switch entity.Name { // what is made with a word of its own
	case "Invoice":
		words = append(words, "issued")
	case "Membership":
		words = append(append(words, "invited"), slices.Sorted(maps.Values(memberWords))...)
	case "StaffAccess":
		words = append(words, "requested")
	}
	return words
}
