package operation

import (
	"context"
	"strconv"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/externalreference"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
)

// Refer writes the ids under which other systems know a record, for those who
// may write external references: each system that is named gets the id, others
// stay. references are inputs with system and externalId.
func (o *Operations) Refer(ctx context.Context, name string, id uuid.UUID, references any) error {
	err := refer(ctx, o.store.Client(ctx), catalog.Entities[name], id, map[string]any{"externalReferences": references})
	if f := Translate(catalog.Entities[name], err); f != nil {
		return f
	}
	return err
}

func refer(ctx context.Context, client *ent.Client, entity *catalog.Entity, id uuid.UUID, input map[string]any) error {
	given, _ := input["externalReferences"].([]any)
	if len(given) == 0 || !entity.ExternalReferences {
		return nil
	}
	wanted, err := readReferences(given)
	if err != nil {
		return err
	}
	rows, err := client.ExternalReference.Query().Where(func(s *sql.Selector) { s.Where(atStake(s, entity, id, wanted)) }).All(ctx)
	if err != nil {
		return err
	}
	own := map[string]*ent.ExternalReference{}
	for _, row := range rows {
		if row.EntityID == id {
			own[row.System] = row
		}
	}
	for _, want := range wanted {
		if err := want.write(ctx, client, entity, id, own, rows); err != nil {
			return err
		}
	}
	if len(own) > catalog.MaxReferences {
		return fault.User(fault.Invalid, []string{"input", "externalReferences"}, "A record has at most %d references.", catalog.MaxReferences)
	}
	return nil
}

// alias is what a record is to be known under; at is its place in the input.
type alias struct {
	at               int
	system, external string
}

func referencePath(i int, field string) []string {
	return []string{"input", "externalReferences", strconv.Itoa(i), field}
}

func readReferences(given []any) ([]alias, error) {
	if len(given) > catalog.MaxReferences {
		return nil, fault.User(fault.Invalid, []string{"input", "externalReferences"}, "Give at most %d references.", catalog.MaxReferences)
	}
	list, seen := make([]alias, len(given)), map[string]bool{}
	for i, item := range given {
		object, _ := item.(map[string]any)
		system, _ := object["system"].(string)
		external, _ := object["externalId"].(string)
		switch {
		case externalreference.SystemValidator(system) != nil:
			return nil, fault.User(fault.Invalid, referencePath(i, "system"), "A system has a name of 1 to 50 bytes, such as quickbooks.")
		case seen[system]:
			return nil, fault.User(fault.Invalid, referencePath(i, "system"), "A record has one id in each system.")
		case externalreference.ExternalIDValidator(external) != nil:
			return nil, fault.User(fault.Invalid, referencePath(i, "externalId"), "An id in another system has 1 to 200 bytes.")
		}
		seen[system], list[i] = true, alias{i, system, external}
	}
	return list, nil
}

// atStake are the references that the record has, and those that have an id
// which it is to get.
func atStake(s *sql.Selector, entity *catalog.Entity, id uuid.UUID, wanted []alias) *sql.Predicate {
	parts := []*sql.Predicate{sql.EQ(s.C(externalreference.FieldEntityID), id)}
	for _, want := range wanted {
		parts = append(parts, sql.And(
			sql.EQ(s.C(externalreference.FieldEntityType), entity.Name),
			sql.EQ(s.C(externalreference.FieldSystem), want.system),
			sql.EQ(s.C(externalreference.FieldExternalID), want.external)))
	}
	return sql.Or(parts...)
}

// write gives the record its id in one system. own are its references by their
// systems, rows also those of others.
func (want alias) write(ctx context.Context, client *ent.Client, entity *catalog.Entity, id uuid.UUID, own map[string]*ent.ExternalReference, rows []*ent.ExternalReference) (err error) {
	for _, row := range rows {
		if row.EntityID != id && row.System == want.system && row.ExternalID == want.external {
			return fault.User(fault.Taken, referencePath(want.at, "externalId"), "Another record already has this id in %s.", want.system)
		}
	}
	before := own[want.system]
	switch {
	case before == nil:
		own[want.system], err = client.ExternalReference.Create().SetEntityType(entity.Name).SetEntityID(id).
			SetSystem(want.system).SetExternalID(want.external).Save(ctx)
	case before.ExternalID != want.external:
		err = client.ExternalReference.UpdateOne(before).SetExternalID(want.external).Exec(ctx)
	}
	return err
}
