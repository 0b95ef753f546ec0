// Package customfield holds the fields that studios add to their records: it
// keeps the definitions and judges values and conditions by them.
package customfield

import (
	"context"
	"strings"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/customfield"
	"github.com/barrehq/barre/internal/viewer"
)

// Definitions are the fields of one type of record, by their keys.
type Definitions map[string]*ent.CustomField

// Load returns the definitions for records of the named entity in the viewer's
// own studio. Whoever writes a record needs them, whatever else the role may read.
func Load(ctx context.Context, client *ent.Client, entity string) (Definitions, error) {
	ctx = viewer.Elevated(ctx, "judge values by the definitions of custom fields")
	list, err := client.CustomField.Query().Where(customfield.EntityEQ(subject(entity))).All(ctx)
	defined := make(Definitions, len(list))
	for _, field := range list {
		defined[field.Key] = field
	}
	return defined, err
}

// subject is how a definition names the type of record that it is for.
func subject(entity string) customfield.Entity {
	return customfield.Entity(strings.ToUpper(entity))
}

// seen reports whether a viewer of the given role may know of a field.
func seen(field *ent.CustomField, role viewer.Role) bool {
	return field != nil && (role != viewer.Guardian || field.FamilyAccess != customfield.FamilyAccessNONE)
}

// writable reports whether a viewer of the given role may give the field a value.
func writable(field *ent.CustomField, role viewer.Role) bool {
	return role != viewer.Guardian || field.FamilyAccess == customfield.FamilyAccessWRITE
}
