package feed

import (
	"maps"
	"slices"
	"sync"

	"github.com/barrehq/barre/internal/catalog"
)

// TestType is the type of the event that sendTestEvent records.
const TestType = "endpoint.tested"

// Types returns every type of event there is, in alphabetical order: what can
// happen to each entity that records its changes. Treat it as read-only.
var Types = sync.OnceValue(func() []string {
	known := map[string]bool{TestType: true}
	for _, entity := range catalog.Entities {
		if !entity.Events || entity.Hidden {
			continue
		}
		for _, word := range words(entity) {
			known[entity.Prefix+"."+word] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
})

// words are the past participles of what can happen to an entity.
func words(entity *catalog.Entity) []string {
	list := []string{"created", "updated", "deleted"}
	if entity.RecycleBin {
		list = append(list, "restored")
	}
	switch entity.Name {
	case "Enrollment":
		list = append(list, "dropped", "completed")
	case "Invoice":
		list = append(list, "issued", "paid", "voided")
	case "WaitlistEntry":
		list = append(list, "promoted", "left")
	case "Membership":
		list = append(list, "invited", "accepted", "revoked")
	}
	return list
}

// KnownType reports whether there is an event of the type.
func KnownType(name string) bool {
	_, found := slices.BinarySearch(Types(), name)
	return found
}
