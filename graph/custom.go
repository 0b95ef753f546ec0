package graph

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/barrehq/barre/ent"
	field "github.com/barrehq/barre/ent/customfield"
	"github.com/barrehq/barre/graph/model"
	"github.com/barrehq/barre/internal/customfield"
	"github.com/barrehq/barre/internal/viewer"
)

// definitions keeps those of custom fields, and which addresses nothing is sent
// to, for one query, so that each record of a list need not ask for them again.
type definitions struct {
	sync.Mutex
	byEntity  map[string]customfield.Definitions
	byAddress map[string]*ent.Suppression
}

type definitionsKey struct{}

func withDefinitions(ctx context.Context) context.Context {
	return context.WithValue(ctx, definitionsKey{}, &definitions{byEntity: map[string]customfield.Definitions{}})
}

// customFields returns those of a record's values that the viewer may see.
func (r *Resolver) customFields(ctx context.Context, entity string, all json.RawMessage) (json.RawMessage, error) {
	role := viewer.From(ctx).Role
	if role != viewer.Guardian {
		return all, nil
	}
	defined, err := r.definitions(ctx, entity)
	if err != nil {
		return nil, err
	}
	return defined.Visible(all, role)
}

func (r *Resolver) definitions(ctx context.Context, entity string) (customfield.Definitions, error) {
	memory, ok := ctx.Value(definitionsKey{}).(*definitions)
	if !ok {
		return customfield.Load(ctx, r.Store.Client(ctx), entity)
	}
	memory.Lock()
	defer memory.Unlock()
	if defined, known := memory.byEntity[entity]; known {
		return defined, nil
	}
	defined, err := customfield.Load(ctx, r.Store.Client(ctx), entity)
	if err == nil {
		memory.byEntity[entity] = defined
	}
	return defined, err
}

// newField reads the definition of a field to be.
func newField(in model.CreateCustomFieldInput) customfield.New {
	return customfield.New{Entity: field.Entity(in.Entity), Key: in.Key, Kind: field.Kind(in.Kind), Form: customfield.Form{
		Label: &in.Label, Options: in.Options, Required: in.Required, FamilyAccess: (*field.FamilyAccess)(in.FamilyAccess),
	}}
}

func form(in model.UpdateCustomFieldInput) customfield.Form {
	return customfield.Form{
		Label: in.Label, Options: in.Options, Required: in.Required,
		FamilyAccess: (*field.FamilyAccess)(in.FamilyAccess), Archived: in.Archived,
	}
}
