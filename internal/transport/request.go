package transport

import (
	"cmp"
	"errors"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// Bounds says how much of a request is read. The zero value has the defaults.
type Bounds struct {
	Body     int64 // bytes of an HTTP body; 256 KiB when zero
	Document int   // bytes of the query text; 16 KiB when zero
}

func (b Bounds) body() int64   { return cmp.Or(b.Body, 256<<10) }
func (b Bounds) document() int { return cmp.Or(b.Document, 16<<10) }

// name is what a GraphQL document can name; the length is ours. The executor
// repeats an unknown operation name in its error, so anything else must not
// reach it.
var name = regexp.MustCompile(`^[_A-Za-z][_0-9A-Za-z]{0,255}$`)

// params checks the members of one decoded request.
func (b Bounds) params(object map[string]any) (*graphql.RawParams, refusal) {
	params := &graphql.RawParams{}
	for key, value := range object {
		if why := b.member(params, key, value); why != accepted {
			return nil, why
		}
	}
	if params.Query == "" && params.Extensions[persistedKey] == nil {
		return nil, refuseNoQuery
	}
	return params, accepted
}

func (b Bounds) member(params *graphql.RawParams, key string, value any) refusal {
	ok := true
	switch key {
	case "query":
		if params.Query, ok = value.(string); !ok {
			return refuseQuery
		}
		if len(params.Query) > b.document() {
			return refuseQuerySize
		}
	case "operationName":
		params.OperationName, ok = value.(string)
		if value != nil && (!ok || params.OperationName != "" && !name.MatchString(params.OperationName)) {
			return refuseOperationName
		}
	case "variables":
		if params.Variables, ok = value.(map[string]any); !ok && value != nil {
			return refuseVariables
		}
	case "extensions":
		if params.Extensions, ok = value.(map[string]any); !ok && value != nil {
			return refuseExtensions
		}
	default:
		return refuseMember
	}
	return accepted
}

// readBody checks the headers of a POST and reads its body into params.
func (b Bounds) readBody(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, refusal) {
	if !isJSON(r.Header.Values("Content-Type")) {
		return nil, refuseContentType
	}
	if len(r.Header.Values("Content-Encoding")) > 0 {
		return nil, refuseEncoding
	}
	if r.ContentLength > b.body() {
		return nil, refuseBodySize
	}
	buffer := borrow()
	defer giveBack(buffer)
	if _, err := buffer.ReadFrom(http.MaxBytesReader(w, r.Body, b.body())); err != nil {
		return nil, readFailure(err)
	}
	object, why := parseObject(buffer.Bytes())
	if why != accepted {
		return nil, why
	}
	return b.params(object)
}

func readFailure(err error) refusal {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return refuseBodySize
	}
	return refuseBodyRead
}

// isJSON reports whether the one Content-Type is application/json with no
// parameter but charset=utf-8. Every type that a browser sends without asking
// first is thereby refused.
func isJSON(contentTypes []string) bool {
	if len(contentTypes) != 1 {
		return false
	}
	if contentTypes[0] == mediaJSON {
		return true
	}
	media, params, err := mime.ParseMediaType(contentTypes[0])
	if err != nil || media != mediaJSON {
		return false
	}
	charset, ok := params["charset"]
	return len(params) == 0 || len(params) == 1 && ok && strings.EqualFold(charset, "utf-8")
}
