package role

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// access is the table of an entity as the rules have it.
func access(e *catalog.Entity) rule.Access {
	table := rule.Access{}
	for role, g := range e.Access {
		var actions rule.Action
		for a, granted := range map[rule.Action]bool{rule.Read: g.Read, rule.Create: g.Create, rule.Update: g.Update, rule.Delete: g.Delete} {
			if granted {
				actions |= a
			}
		}
		table[role] = rule.Grant{Actions: actions, Own: g.Own}
	}
	return table
}

// may reports whether v may do a to an entity, and within which scope.
func may(v *viewer.Viewer, e *catalog.Entity, a rule.Action) (viewer.Scope, bool) {
	grant, err := access(e).Of(v, e.Prefix, a)
	return grant.Within, err == nil
}

func visible() []*catalog.Entity {
	var list []*catalog.Entity
	for _, e := range catalog.Entities {
		if !e.Hidden && e.Tenant != "" {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *catalog.Entity) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// definition draws a role that somebody might ask for, right or wrong.
func definition(t *rapid.T) Definition {
	entities := visible()
	d := Definition{Name: "Coach", Base: rapid.SampledFrom([]viewer.Role{viewer.Admin, viewer.FrontDesk, viewer.Teacher, viewer.Guardian}).Draw(t, "base")}
	for range rapid.IntRange(1, 4).Draw(t, "permissions") {
		e := rapid.SampledFrom(entities).Draw(t, "entity")
		action := rapid.SampledFrom([]string{"read", "create", "update", "delete", "write"}).Draw(t, "action")
		scopes := rule.Scopes(e.Prefix, e.Household)
		if rapid.IntRange(0, 9).Draw(t, "wild") == 0 {
			scopes = viewer.Scopes()
		}
		scope := rapid.SampledFrom(scopes).Draw(t, "scope")
		d.Permissions = append(d.Permissions, e.Prefix+":"+action+":"+string(scope))
	}
	return d
}

// TestNobodyGrantsWhatTheyLack: whatever role an OWNER or an ADMIN manages to
// make, its holder may do nothing that its maker may not.
func TestNobodyGrantsWhatTheyLack(t *testing.T) {
	made := 0
	rapid.Check(t, func(t *rapid.T) {
		d, err := definition(t).Normal()
		if err != nil {
			if f := fault.From(err); f == nil || !f.User || len(f.Field) == 0 || f.Message == "" {
				t.Fatalf("a role is refused without a clear reason: %v", err)
			}
			return
		}
		made++
		tenant := uuid.New()
		holder := &viewer.Viewer{TenantID: tenant, Role: d.Base, HouseholdID: uuid.New(), Custom: &viewer.Custom{Permissions: d.Permissions, Masks: d.Masks}}
		bare := &viewer.Viewer{TenantID: tenant, Role: d.Base, HouseholdID: uuid.New()}
		for _, maker := range []viewer.Role{viewer.Owner, viewer.Admin} {
			v := &viewer.Viewer{TenantID: tenant, Role: maker}
			for _, e := range visible() {
				for _, a := range []rule.Action{rule.Read, rule.Create, rule.Update, rule.Delete} {
					scope, can := may(holder, e, a)
					if !can {
						continue
					}
					if _, makes := may(v, e, a); !makes {
						t.Fatalf("%s may not %s %s, and made a role that may: %v", maker, a, e.Prefix, d)
					}
					if _, base := may(bare, e, a); !base {
						t.Fatalf("the role may %s %s, its base %s may not: %v", a, e.Prefix, d.Base, d)
					}
					if named := e.Prefix + ":" + a.String() + ":" + string(scope); !slices.Contains(d.Permissions, named) {
						t.Fatalf("the role may %s, which it does not say: %v", named, d)
					}
				}
			}
		}
	})
	if made == 0 {
		t.Error("no role was ever made")
	}
}

func TestRefusedRoles(t *testing.T) {
	for text, why := range map[string]string{
		"student:read":                "type:action:scope",
		"tag:read:location":           "cannot apply to tag",
		"program:read:own":            "cannot apply to program",
		"student:create:location":     "no class yet",
		"student:read:everywhere":     "no scope",
		"student:steal:all":           "no action",
		"dragon:read:all":             "no type",
		"event:read:all":              "whole records",
		"export:create:all":           "whole records",
		"apikey:create:all":           "for OWNER and ADMIN",
		"staffaccess:update:all":      "for OWNER and ADMIN",
		"accessreviewitem:update:all": "for OWNER and ADMIN",
	} {
		_, err := Definition{Name: "Coach", Base: viewer.Admin, Permissions: []string{text}}.Normal()
		f := fault.From(err)
		if f == nil || !f.User || !strings.Contains(f.Message, why) || !slices.Equal(f.Field, []string{"input", "permissions", "0"}) {
			t.Errorf("%s: %v, want a user error about %q", text, err, why)
		}
	}
	if _, err := (Definition{Name: "Coach", Base: viewer.Teacher, Permissions: []string{"invoice:read:all"}}).Normal(); err == nil {
		t.Error("a role does more than its base")
	}
	if _, err := (Definition{Name: "Coach", Base: viewer.Admin, Permissions: []string{"student:read:all"}, Masks: []string{"student.shoe"}}).Normal(); err == nil {
		t.Error("a mask names no field")
	}
	d, err := Definition{Name: " Coach ", Base: viewer.Admin, Permissions: []string{"class:write:location", "class:read:location", "class:read:location"}}.Normal()
	want := []string{"class:create:location", "class:delete:location", "class:read:location", "class:update:location"}
	if err != nil || d.Name != "Coach" || !slices.Equal(d.Permissions, want) {
		t.Errorf("%v, %v; want %v", d, err, want)
	}
}
