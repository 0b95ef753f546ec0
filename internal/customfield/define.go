package customfield

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/customfield"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Bounds of definitions.
const (
	maxFields  = 50 // of one type of record
	maxOptions = 100
	maxOption  = 100 // characters
)

// Registry keeps the definitions of all studios.
type Registry struct{ store *store.Store }

// NewRegistry returns the registry on s.
func NewRegistry(s *store.Store) *Registry { return &Registry{s} }

// Form is what a definition says of a field beside its type, key and kind. Nil
// leaves what is there.
type Form struct {
	Label        *string
	Options      []string
	Required     *bool
	FamilyAccess *customfield.FamilyAccess
	Archived     *bool
}

// New is a field to be.
type New struct {
	Entity customfield.Entity
	Key    string
	Kind   customfield.Kind
	Form
}

// Create defines a field, for those who may define fields.
func (r *Registry) Create(ctx context.Context, in New) (made *ent.CustomField, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		create := r.store.Client(ctx).CustomField.Create().SetEntity(in.Entity).SetKey(in.Key).SetKind(in.Kind)
		if err := customfield.Policy.EvalMutation(ctx, create.Mutation()); err != nil {
			return err
		}
		if customfield.KeyValidator(in.Key) != nil {
			return refuse("key", "A key has 1 to 40 letters and digits and begins with a small letter, such as shoeSize.")
		}
		if err := in.apply(create.Mutation(), in.Entity, in.Kind, nil); err != nil {
			return err
		}
		if err := r.room(ctx, in); err != nil {
			return err
		}
		made, err = create.Save(ctx)
		return err
	})
	return made, err
}

// room refuses a key that is taken and a field too many. Whoever else defines
// one for the studio waits until this transaction ends.
func (r *Registry) room(ctx context.Context, in New) error {
	elevated := viewer.Elevated(ctx, "define one custom field at a time")
	client := r.store.Client(ctx)
	if _, err := client.Tenant.Query().Where(func(s *sql.Selector) { s.For("NO KEY UPDATE") }).OnlyID(elevated); err != nil {
		return err
	}
	defined, err := client.CustomField.Query().Where(customfield.EntityEQ(in.Entity)).All(elevated)
	if err != nil {
		return err
	}
	switch {
	case slices.ContainsFunc(defined, func(f *ent.CustomField) bool { return f.Key == in.Key }):
		return fault.User(fault.Taken, []string{"input", "key"}, "Another custom field of these records already has this key.")
	case len(defined) >= maxFields:
		return refuse("entity", "These records already have %d custom fields, which is the most.", maxFields)
	}
	return nil
}

// Update changes a definition, for those who may define fields.
func (r *Registry) Update(ctx context.Context, id uuid.UUID, ifVersion *int, form Form) (changed *ent.CustomField, err error) {
	err = r.store.InTx(ctx, func(ctx context.Context) error {
		update := r.store.Client(ctx).CustomField.UpdateOneID(id)
		if err := customfield.Policy.EvalMutation(ctx, update.Mutation()); err != nil {
			return err
		}
		before, err := r.store.Client(ctx).CustomField.Query().Where(customfield.ID(id)).ForUpdate().Only(ctx)
		switch {
		case ent.IsNotFound(err):
			return fault.User(fault.NotFound, []string{"input", "id"}, "There is no such record.")
		case err != nil:
			return err
		case ifVersion != nil && *ifVersion != before.Version:
			return fault.User(fault.VersionConflict, []string{"input", "ifVersion"}, "The record has changed since that version. Read it again and decide anew.")
		}
		if err := form.apply(update.Mutation(), before.Entity, before.Kind, before.Options); err != nil {
			return err
		}
		changed, err = update.Save(ctx)
		return err
	})
	return changed, err
}

// apply writes what is given into a mutation and refuses what does not fit.
func (f Form) apply(m *ent.CustomFieldMutation, entity customfield.Entity, kind customfield.Kind, options []string) error {
	if f.Label != nil {
		text := strings.TrimSpace(*f.Label)
		if customfield.LabelValidator(text) != nil {
			return refuse("label", "A label has 1 to 100 characters.")
		}
		m.SetLabel(text)
	}
	if f.Options != nil {
		options = f.Options
		m.SetOptions(options)
	}
	if err := checkOptions(kind, options); err != nil {
		return err
	}
	if f.Required != nil {
		if *f.Required && entity == customfield.EntityENROLLMENT {
			return refuse("required", "Enrollments also come from the waitlist, where nobody is asked: no field of theirs can be required.")
		}
		m.SetRequired(*f.Required)
	}
	if f.FamilyAccess != nil {
		m.SetFamilyAccess(*f.FamilyAccess)
	}
	if f.Archived != nil {
		m.SetArchived(*f.Archived)
	}
	return nil
}

func checkOptions(kind customfield.Kind, options []string) error {
	if kind != customfield.KindCHOICE {
		if len(options) > 0 {
			return refuse("options", "Only a CHOICE has options.")
		}
		return nil
	}
	if len(options) == 0 || len(options) > maxOptions {
		return refuse("options", "A CHOICE has 1 to %d options.", maxOptions)
	}
	seen := map[string]bool{}
	for _, option := range options {
		if seen[option] || strings.TrimSpace(option) == "" || strings.ContainsRune(option, 0) || utf8.RuneCountInString(option) > maxOption {
			return refuse("options", "Each option is another text of 1 to %d characters.", maxOption)
		}
		seen[option] = true
	}
	return nil
}

func refuse(field, format string, args ...any) error {
	return fault.User(fault.Invalid, []string{"input", field}, format, args...)
}
