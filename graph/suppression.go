package graph

import (
	"context"
	"strings"

	"entgo.io/ent/dialect/sql"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/guardian"
	"github.com/barrehq/barre/ent/suppression"
)

// suppressed returns why nothing is sent to an address; nil for nothing, and for
// a viewer who may not read suppressions.
func (r *Resolver) suppressed(ctx context.Context, address *string) (*ent.Suppression, error) {
	if address == nil {
		return nil, nil
	}
	query := r.Store.Client(ctx).Suppression.Query().Where(suppression.ChannelEQ(suppression.ChannelEMAIL))
	if suppression.Policy.EvalQuery(ctx, query) != nil {
		return nil, nil
	}
	wanted := strings.ToLower(strings.TrimSpace(*address))
	memory, ok := ctx.Value(definitionsKey{}).(*definitions)
	if !ok {
		found, err := query.Where(suppression.Address(wanted)).Only(ctx)
		if ent.IsNotFound(err) {
			return nil, nil
		}
		return found, err
	}
	memory.Lock()
	defer memory.Unlock()
	if memory.byAddress == nil {
		// All of the studio's guardians at once: few have one, and a list asks for each.
		all, err := query.Where(ofGuardians).All(ctx)
		if err != nil {
			return nil, err
		}
		memory.byAddress = map[string]*ent.Suppression{}
		for _, s := range all {
			memory.byAddress[s.Address] = s
		}
	}
	return memory.byAddress[wanted], nil
}

func ofGuardians(s *sql.Selector) {
	g := sql.Table(guardian.Table)
	address := sql.ExprFunc(func(b *sql.Builder) {
		b.WriteString("lower(trim(").Ident(g.C(guardian.FieldEmail)).WriteString("))")
	})
	s.Where(sql.In(s.C(suppression.FieldAddress), sql.SelectExpr(address).From(g).
		Where(sql.ColumnsEQ(g.C(guardian.FieldTenantID), s.C(suppression.FieldTenantID)))))
}
