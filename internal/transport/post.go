package transport

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// POST runs queries and mutations sent as application/json. It takes every
// POST, so that a wrong one gets its own refusal instead of the next
// transport's.
type POST struct {
	Bounds  Bounds
	Recover graphql.RecoverFunc // answers panics outside resolvers; nil hides them
}

// Supports takes every POST.
func (t POST) Supports(r *http.Request) bool { return r.Method == http.MethodPost }

// Do answers one request.
func (t POST) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	x := begin(w, r, exec, t.Recover)
	defer x.rescue()
	if x.wishes.negotiate() == "" {
		x.refuse(refuseAccept)
		return
	}
	params, why := x.readPost(t.Bounds)
	if why != accepted {
		x.refuse(why)
		return
	}
	op, failed := prepare(r.Context(), exec, params)
	switch {
	case failed != nil:
		x.respond(failed)
	case is(op, ast.Subscription):
		x.refuse(refuseSubscription)
	default:
		x.run(op)
	}
}

// readPost reads the request of a POST, by whichever transport.
func (x *exchange) readPost(bounds Bounds) (*graphql.RawParams, refusal) {
	start := graphql.Now()
	if carriesCredential(x.r.URL) {
		return nil, refuseCredential
	}
	params, why := bounds.readBody(x.w, x.r)
	if why != accepted {
		return nil, why
	}
	params.Headers = x.r.Header
	params.ReadTime = graphql.TraceTiming{Start: start, End: graphql.Now()}
	return params, accepted
}

// carriesCredential reports whether the URL names a parameter that credentials
// are put in. URLs are logged by every hop, so such a request is refused
// rather than tolerated; its sender learns of it on the first try.
func carriesCredential(u *url.URL) bool {
	if u.RawQuery == "" {
		return false
	}
	values, _ := url.ParseQuery(u.RawQuery) // what can be read is looked at
	for key := range values {
		switch strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(key)) {
		case "token", "accesstoken", "refreshtoken", "idtoken", "authtoken", "bearer", "auth", "authorization",
			"apikey", "key", "secret", "clientsecret", "password", "session", "jwt":
			return true
		}
	}
	return false
}
