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
	"Membership":      {"ACTIVE": "accepted", "REVOKED": "revoked"},
	"WebhookEndpoint": {"DISABLED": "disabled"},
	"Alert":           {"ESCALATED": "escalated", "ACKNOWLEDGED": "acknowledged"},
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
		words = append(words, "invited")
	}
	return words
}
