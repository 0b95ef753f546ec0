package transport

import (
	"net/http"

	"github.com/barrehq/barre/internal/fault"
)

// refusal is why a request never reached the executor. Each has one status and
// one fixed text: nothing of the request, and nothing of a decoder's own
// words, is ever repeated to the caller.
type refusal uint8

const (
	accepted refusal = iota
	refuseMethod
	refuseGetMutation
	refuseAccept
	refuseContentType
	refuseEncoding
	refuseBodySize
	refuseBodyRead
	refuseBatch
	refuseJSON
	refuseText
	refuseDuplicate
	refuseDepth
	refuseNumber
	refuseMember
	refuseQuery
	refuseNoQuery
	refuseQuerySize
	refuseOperationName
	refuseVariables
	refuseExtensions
	refuseURL
	refuseCredential
	refusePreflight
	refuseSubscription
	refuseOrigin
	refuseStreaming
	refuseSocketBusy
)

// refusals holds the documented answer for each refusal.
var refusals = [...]struct {
	status  int
	code    fault.Code
	message string
}{
	refuseMethod:        {http.StatusMethodNotAllowed, fault.BadRequest, "Send GraphQL requests by POST, or queries by GET."},
	refuseGetMutation:   {http.StatusMethodNotAllowed, fault.BadRequest, "GET runs queries only. Send mutations by POST."},
	refuseAccept:        {http.StatusNotAcceptable, fault.BadRequest, "Accept application/graphql-response+json or application/json."},
	refuseContentType:   {http.StatusUnsupportedMediaType, fault.BadRequest, "Send Content-Type: application/json, in UTF-8."},
	refuseEncoding:      {http.StatusUnsupportedMediaType, fault.BadRequest, "Send the body without Content-Encoding."},
	refuseBodySize:      {http.StatusRequestEntityTooLarge, fault.InputTooLarge, "The request body is too large."},
	refuseBodyRead:      {http.StatusBadRequest, fault.BadRequest, "The request body could not be read."},
	refuseBatch:         {http.StatusBadRequest, fault.BadRequest, "batching is not supported"},
	refuseJSON:          {http.StatusBadRequest, fault.BadRequest, "The request must be one JSON object."},
	refuseText:          {http.StatusBadRequest, fault.BadRequest, "Text must be valid UTF-8 without NUL and without lone surrogates."},
	refuseDuplicate:     {http.StatusBadRequest, fault.BadRequest, "A JSON object names a key twice."},
	refuseDepth:         {http.StatusBadRequest, fault.BadRequest, "The JSON is nested too deeply."},
	refuseNumber:        {http.StatusBadRequest, fault.BadRequest, "A JSON number has too many digits."},
	refuseMember:        {http.StatusBadRequest, fault.BadRequest, "A request has only the members query, operationName, variables and extensions."},
	refuseQuery:         {http.StatusBadRequest, fault.BadRequest, "query must be a string."},
	refuseNoQuery:       {http.StatusBadRequest, fault.BadRequest, "query is missing."},
	refuseQuerySize:     {http.StatusRequestEntityTooLarge, fault.QueryTooLarge, "The query is too long."},
	refuseOperationName: {http.StatusBadRequest, fault.BadRequest, "operationName must be a GraphQL name or null."},
	refuseVariables:     {http.StatusBadRequest, fault.BadRequest, "variables must be an object or null."},
	refuseExtensions:    {http.StatusBadRequest, fault.BadRequest, "extensions must be an object or null."},
	refuseURL:           {http.StatusBadRequest, fault.BadRequest, "The URL has a parameter that is malformed, unknown or repeated."},
	refuseCredential:    {http.StatusBadRequest, fault.BadRequest, "Send credentials in the Authorization header, never in the URL."},
	refusePreflight:     {http.StatusBadRequest, fault.BadRequest, "GET needs a non-empty GraphQL-Require-Preflight header."},
	refuseSubscription:  {http.StatusBadRequest, fault.BadRequest, "Subscriptions need Accept: text/event-stream by POST, or the graphql-transport-ws protocol."},
	refuseOrigin:        {http.StatusForbidden, fault.Forbidden, "This origin may not open a socket."},
	refuseStreaming:     {http.StatusInternalServerError, fault.Internal, "This server cannot stream the answer."},
	refuseSocketBusy:    {http.StatusTooManyRequests, fault.Busy, "This socket has too many operations running. Complete one first."},
}

func (f refusal) status() int { return refusals[f].status }

func (f refusal) fault() *fault.Fault {
	return &fault.Fault{Code: refusals[f].code, Message: refusals[f].message}
}
