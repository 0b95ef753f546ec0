package fake

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// nest reads the form that Stripe's API takes: address[line1]=x becomes
// {"address": {"line1": "x"}}, and items[0][id]=x becomes
// {"items": [{"id": "x"}]}.
func nest(form url.Values) object {
	root := object{}
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if strings.HasSuffix(name, "[]") {
			put(root, strings.TrimSuffix(name, "[]"), form[name])
		} else {
			put(root, name, form.Get(name))
		}
	}
	return listed(root).(object)
}

func put(root object, name string, value any) {
	at := root
	parts := strings.Split(name, "[")
	for i, part := range parts {
		part = strings.TrimSuffix(part, "]")
		if i == len(parts)-1 {
			at[part] = value
			return
		}
		inner, ok := at[part].(object)
		if !ok {
			inner = object{}
			at[part] = inner
		}
		at = inner
	}
}

// listed turns objects whose names are 0, 1, 2… into lists.
func listed(value any) any {
	o, ok := value.(object)
	if !ok {
		return value
	}
	list := make([]any, len(o))
	isList := len(o) > 0
	for name, inner := range o {
		o[name] = listed(inner)
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(list) {
			isList = false
			continue
		}
		list[i] = o[name]
	}
	if isList {
		return list
	}
	return o
}
