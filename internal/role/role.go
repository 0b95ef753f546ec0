// Package role keeps the roles that studios make for themselves: what they may
// say, and who is given which.
package role

import (
	"slices"
	"strconv"
	"strings"

	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// Definition is what a role says.
type Definition struct {
	Name        string
	Base        viewer.Role
	Permissions []string // "student:read:location"
	Masks       []string // "student.birthDate"
}

// maxPermissions bounds one role: it is read with every credential.
const maxPermissions = 300

// actions of a permission, with what each asks of the base.
func actions() map[string]rule.Action {
	return map[string]rule.Action{"read": rule.Read, "create": rule.Create, "update": rule.Update, "delete": rule.Delete}
}

// Normal returns the definition as it is stored, or the first thing that is
// wrong with it.
func (d Definition) Normal() (Definition, error) {
	d.Name = strings.TrimSpace(d.Name)
	switch {
	case d.Name == "":
		return d, fault.User(fault.Required, []string{"input", "name"}, "Give the role a name.")
	case len(d.Name) > 100:
		return d, fault.User(fault.Invalid, []string{"input", "name"}, "The name is too long: at most 100 bytes.")
	case len(d.Permissions) == 0:
		return d, fault.User(fault.Required, []string{"input", "permissions"}, "A role without permissions may do nothing. Give one at least.")
	case len(d.Permissions) > maxPermissions || len(d.Masks) > maxPermissions:
		return d, fault.User(fault.Invalid, []string{"input", "permissions"}, "A role has at most %d permissions and as many masks.", maxPermissions)
	}
	var permissions []string
	scopes := map[string]viewer.Scope{}
	for i, text := range d.Permissions {
		path := []string{"input", "permissions", strconv.Itoa(i)}
		subject, action, scope, ok := viewer.Permission(text)
		if !ok {
			return d, fault.User(fault.Invalid, path, "A permission is type:action:scope, such as student:read:location.")
		}
		single, err := d.judge(path, subject, action, scope)
		if err != nil {
			return d, err
		}
		for _, action := range single {
			key := subject + ":" + action
			if other, twice := scopes[key]; twice && other != scope {
				return d, fault.User(fault.Invalid, path, "The role has %s twice, once for %s and once for %s.", key, other, scope)
			}
			scopes[key] = scope
			permissions = append(permissions, key+":"+string(scope))
		}
	}
	slices.Sort(permissions)
	d.Permissions = slices.Compact(permissions)
	var err error
	d.Masks, err = normalMasks(d.Masks)
	return d, err
}

// judge returns the actions that a permission names, each on its own.
func (d Definition) judge(path []string, subject, action string, scope viewer.Scope) ([]string, error) {
	entity := bySubject(subject)
	if entity == nil {
		return nil, fault.User(fault.Invalid, path, "There is no type %q.", subject)
	}
	if why := reserved(subject); why != "" {
		return nil, fault.User(fault.Invalid, path, "%s", why)
	}
	if !slices.Contains(viewer.Scopes(), scope) {
		return nil, fault.User(fault.Invalid, path, "There is no scope %q. Scopes are own, household, location and all.", scope)
	}
	if applies := rule.Scopes(entity.Prefix, entity.Household); !slices.Contains(applies, scope) {
		return nil, fault.User(fault.Invalid, path, "The scope %s cannot apply to %s: nothing ties its records to that. Use %s.", scope, subject, words(applies))
	}
	named := []string{action}
	if action == "write" {
		named = nil
		for _, one := range []string{"create", "update", "delete"} {
			if granted(entity.Access[d.Base], actions()[one]) && (one != "create" || rule.Made(entity.Prefix, scope)) {
				named = append(named, one)
			}
		}
	}
	for _, one := range named {
		asks, known := actions()[one]
		switch {
		case !known:
			return nil, fault.User(fault.Invalid, path, "There is no action %q. Actions are read, create, update, delete and write.", one)
		case !granted(entity.Access[d.Base], asks):
			return nil, fault.User(fault.Invalid, path, "%s may not %s %s, and the role cannot do more than its base.", d.Base, one, subject)
		case one == "create" && !rule.Made(entity.Prefix, scope):
			return nil, fault.User(fault.Invalid, path, "A new %s is tied to no place and no class yet, so that %s cannot tell whether to allow it. Use %s:create:all.", subject, scope, subject)
		}
	}
	if len(named) == 0 {
		return nil, fault.User(fault.Invalid, path, "%s may not write %s, and the role cannot do more than its base.", d.Base, subject)
	}
	return named, nil
}

func granted(g catalog.Grant, a rule.Action) bool {
	return a == rule.Read && g.Read || a == rule.Create && g.Create || a == rule.Update && g.Update || a == rule.Delete && g.Delete
}

func bySubject(subject string) *catalog.Entity {
	for _, e := range catalog.Entities {
		if e.Prefix == subject && !e.Hidden && e.Tenant != "" {
			return e
		}
	}
	return nil
}

// reserved says why a subject has no place in a custom role; empty where it has.
func reserved(subject string) string {
	switch subject {
	case "event", "entityversion", "export", "delivery", "attempt", "webhookendpoint":
		return "Events, versions, exports and webhooks hold whole records, which no scope and no mask reaches. They are for OWNER and ADMIN."
	case "apikey", "customrole", "accessreview", "accessreviewitem", "appinstallation", "staffaccess", "integration", "identityprovider":
		return "Giving access to others is for OWNER and ADMIN."
	}
	return ""
}

// normalMasks returns the masks sorted, each once.
func normalMasks(given []string) ([]string, error) {
	masks := []string{}
	for i, text := range given {
		path := []string{"input", "masks", strconv.Itoa(i)}
		subject, name, _ := strings.Cut(text, ".")
		entity := bySubject(subject)
		if entity == nil {
			return nil, fault.User(fault.Invalid, path, "A mask is type.field, such as student.birthDate.")
		}
		field := entity.Field(name)
		switch {
		case field == nil || field.Hidden:
			return nil, fault.User(fault.Invalid, path, "%s has no field %q.", entity.Name, name)
		case name == "id" || name == "version":
			return nil, fault.User(fault.Invalid, path, "Every role sees the id and the version of what it may read.")
		}
		masks = append(masks, text)
	}
	slices.Sort(masks)
	return slices.Compact(masks), nil
}

func words(scopes []viewer.Scope) string {
	texts := make([]string, len(scopes))
	for i, s := range scopes {
		texts[i] = string(s)
	}
	if len(texts) == 1 {
		return texts[0]
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " or " + texts[len(texts)-1]
}
