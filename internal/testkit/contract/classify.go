package contract

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/barrehq/barre/internal/provider"
)

// Classified holds that a card says of every property of every body that it
// may send, in the vendor's own words: sent, as what, or withheld. A vendor
// that adds a property makes this fail until somebody has decided. Calls are
// found in the document below prefix.
func Classified(t *testing.T, doc *openapi3.T, prefix string, calls []provider.Call) {
	t.Helper()
	for _, call := range calls {
		operation := operationOf(doc, call, prefix)
		if operation == nil {
			t.Errorf("%s: the document has no %s %s", call.Name, call.Method, call.Path)
			continue
		}
		schema := bodyOf(operation)
		if schema == nil {
			if len(call.Body)+len(call.Withheld) > 0 {
				t.Errorf("%s: the document takes no body", call.Name)
			}
			continue
		}
		c := classifier{t: t, call: call, used: map[string]bool{}}
		c.walk(schema, "")
		c.unused()
	}
}

// operationOf finds a call whatever its path parameters are called.
func operationOf(doc *openapi3.T, call provider.Call, prefix string) *openapi3.Operation {
	for path, item := range doc.Paths.Map() {
		if shape(prefix+path) == shape(call.Path) {
			return item.GetOperation(call.Method)
		}
	}
	return nil
}

func shape(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

type classifier struct {
	t    *testing.T
	call provider.Call
	used map[string]bool
}

// walk descends where something below is sent; a property that is withheld is
// withheld with all that it holds.
func (c *classifier) walk(schema *openapi3.Schema, at string) {
	c.t.Helper()
	for name, property := range properties(schema) {
		path := strings.TrimPrefix(at+"."+name, ".")
		below, items := property, itemsOf(property)
		inner := path
		if items != nil {
			below, inner = items, path+"[]"
		}
		switch {
		case c.withheld(path):
			if c.sent(path) || c.deeper(inner) {
				c.t.Errorf("%s: %s is sent and withheld", c.call.Name, path)
			}
		case c.deeper(inner):
			c.sent(path) // an empty one may be, too
			if len(properties(below)) > 0 {
				c.walk(below, inner)
			} else { // free names, such as metadata
				c.free(inner)
			}
		case c.sent(path), c.sent(inner):
		default:
			c.t.Errorf("%s: nobody has said whether %s is sent", c.call.Name, path)
		}
	}
}

func (c *classifier) withheld(path string) bool {
	if slices.Contains(c.call.Withheld, path) {
		c.used[path] = true
		return true
	}
	return false
}

func (c *classifier) sent(path string) bool {
	if slices.ContainsFunc(c.call.Body, func(f provider.Field) bool { return f.Path == path }) {
		c.used[path] = true
		return true
	}
	return false
}

func (c *classifier) deeper(path string) bool {
	return slices.ContainsFunc(c.call.Body, func(f provider.Field) bool { return strings.HasPrefix(f.Path, path+".") })
}

func (c *classifier) free(path string) {
	for _, f := range c.call.Body {
		if strings.HasPrefix(f.Path, path+".") {
			c.used[f.Path] = true
		}
	}
}

// unused reports what the card names and the vendor does not have.
func (c *classifier) unused() {
	c.t.Helper()
	for _, f := range c.call.Body {
		if !c.used[f.Path] {
			c.t.Errorf("%s: the document knows no %s", c.call.Name, f.Path)
		}
	}
	for _, path := range c.call.Withheld {
		if !c.used[path] {
			c.t.Errorf("%s: the document knows no %s to withhold", c.call.Name, path)
		}
	}
}
