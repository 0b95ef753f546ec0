package transport

import (
	"net/http"
	"net/url"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// GET runs queries, and nothing else, from the URL. A browser sends a plain
// GET for any page that asks, with its cookies; so a header is demanded that
// no page can set on another site without a preflight.
type GET struct {
	Bounds  Bounds
	Recover graphql.RecoverFunc // answers panics outside resolvers; nil hides them
}

// Supports takes every GET.
func (t GET) Supports(r *http.Request) bool { return r.Method == http.MethodGet }

// Do answers one request.
func (t GET) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	x := begin(w, r, exec, t.Recover)
	defer x.rescue()
	params, why := t.read(x)
	if why != accepted {
		x.refuse(why)
		return
	}
	op, failed := prepare(r.Context(), exec, params)
	switch {
	case failed != nil:
		x.respond(failed)
	case is(op, ast.Mutation):
		x.refuse(refuseGetMutation)
	case is(op, ast.Subscription):
		x.refuse(refuseSubscription)
	default:
		x.run(op)
	}
}

func (t GET) read(x *exchange) (*graphql.RawParams, refusal) {
	start := graphql.Now()
	switch {
	case carriesCredential(x.r.URL):
		return nil, refuseCredential
	case !preflighted(x.r.Header):
		return nil, refusePreflight
	case x.wishes.negotiate() == "":
		return nil, refuseAccept
	}
	object, why := fromURL(x.r.URL)
	if why != accepted {
		return nil, why
	}
	params, why := t.Bounds.params(object)
	if why != accepted {
		return nil, why
	}
	params.Headers = x.r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, accepted
}

// preflighted reports whether the request has a header that makes a browser
// ask first; the last two are what Apollo's clients send.
func preflighted(h http.Header) bool {
	return h.Get("GraphQL-Require-Preflight") != "" ||
		h.Get("Apollo-Require-Preflight") != "" ||
		h.Get("X-Apollo-Operation-Name") != ""
}

// fromURL reads the parameters as if they were the members of a POST's body.
func fromURL(u *url.URL) (map[string]any, refusal) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, refuseURL
	}
	object := map[string]any{}
	for key, list := range values {
		if len(list) != 1 {
			return nil, refuseURL
		}
		value, why := parameter(key, list[0])
		if why != accepted {
			return nil, why
		}
		object[key] = value
	}
	return object, accepted
}

func parameter(key, text string) (any, refusal) {
	switch key {
	case "query", "operationName":
		if !soundText(text) {
			return nil, refuseText
		}
		return text, accepted
	case "variables", "extensions":
		if text == "" || text == "null" {
			return nil, accepted
		}
		return parseObject([]byte(text))
	}
	return nil, refuseURL
}
