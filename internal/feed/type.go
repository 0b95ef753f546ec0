package feed

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"

	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/outbox"
)

// The types of event that no record's change makes.
const (
	// TestType is that of the event which sendTestEvent records.
	TestType = "endpoint.tested"
	// ReplayType is that of the event which replayEvents records: an order to
	// send earlier ones again.
	ReplayType = "endpoint.replayed"
	// RetryType is that of the event which retryDelivery records.
	RetryType = "delivery.retried"
)

// ExportType is that of the event which bulkExport makes, and which orders the file.
const ExportType = "export.created"

// ErasureType is that of the event which requestErasure makes, and which orders
// the erasure.
const ErasureType = "erasure.created"

// Types returns every type of event there is, in alphabetical order: what can
// happen to each entity that records its changes. Treat it as read-only.
var Types = sync.OnceValue(func() []string {
	known := map[string]bool{TestType: true, ReplayType: true, RetryType: true}
	for _, entity := range catalog.Entities {
		if !entity.Events || entity.Hidden {
			continue
		}
		for _, word := range outbox.Words(entity) {
			known[entity.Prefix+"."+word] = true
		}
	}
	return slices.Sorted(maps.Keys(known))
})

// KnownType reports whether there is an event of the type.
func KnownType(name string) bool {
	_, found := slices.BinarySearch(Types(), name)
	return found
}

// patterns are the types and, for all of one record, its name and a star:
// enrollment.*.
var patterns = sync.OnceValue(func() []string {
	list := slices.Clone(Types())
	for _, name := range Types() {
		subject, _, _ := strings.Cut(name, ".")
		list = append(list, subject+".*")
	}
	slices.Sort(list)
	return slices.Compact(list)
})

// KnownPattern reports whether there is an event of the type, or of types that
// begin alike where the name ends in a star: enrollment.*.
func KnownPattern(name string) bool { _, found := slices.BinarySearch(patterns(), name); return found }

// NearestType returns the type of event, or the pattern, that a name was most
// likely meant for.
func NearestType(name string) string { return nearest(name, patterns()) }

// KnownField reports whether updates can change a field, named as in
// student.lastName. A star stands for every field of a record: student.*.
func KnownField(name string) bool { _, found := slices.BinarySearch(fields(), name); return found }

// NearestField returns the field that a name was most likely meant for.
func NearestField(name string) string { return nearest(name, fields()) }

// fields are all that updates can change, in alphabetical order.
var fields = sync.OnceValue(func() []string {
	var list []string
	for _, entity := range catalog.Entities {
		if !entity.Events || entity.Hidden {
			continue
		}
		list = append(list, entity.Prefix+".*")
		for _, field := range entity.Fields {
			if field.Class != "secret" && !field.Hidden && field.Name != "id" && field.Name != "createdAt" && field.Name != "updatedAt" && field.Name != "version" {
				list = append(list, entity.Prefix+"."+field.Name)
			}
		}
	}
	slices.Sort(list)
	return list
})

// nearest returns the one of names that takes the fewest changes to reach.
func nearest(name string, names []string) string {
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[:100]) // what is so long is near to nothing, but must not cost much
	}
	return slices.MinFunc(names, func(a, b string) int {
		return levenshtein.ComputeDistance(name, a) - levenshtein.ComputeDistance(name, b)
	})
}
