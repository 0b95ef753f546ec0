package transport

import (
	"errors"
	"net/http"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/fault"
)

// statusOf is the HTTP status of a well-formed request that produced no data.
//
// Under application/graphql-response+json every such answer is 4xx or 5xx.
// Under application/json the specification asks for 200 whatever the document
// says, because an old client trusts only a 200 to be GraphQL. Three refusals
// keep their status all the same, as they say nothing about the document but
// who asks, how much, and whether we are well: 401, 429 and 503.
func statusOf(code fault.Code, media string) int {
	switch code {
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Throttled, fault.Busy:
		return http.StatusTooManyRequests
	case fault.Unavailable, fault.KeyUnavailable:
		return http.StatusServiceUnavailable
	}
	if media != mediaGraphQL {
		return http.StatusOK
	}
	switch code {
	case fault.Forbidden, fault.SecondFactorRequired, fault.StepUpRequired, fault.UntrustedDocument, fault.FeatureDisabled:
		return http.StatusForbidden
	case fault.QueryTooLarge, fault.InputTooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.EpochChanged:
		return http.StatusGone
	case fault.Timeout:
		return http.StatusGatewayTimeout
	case fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// codeOf reads the public code of the first error; Internal where there is none.
func codeOf(errs gqlerror.List) fault.Code {
	if len(errs) == 0 || errs[0] == nil {
		return fault.Internal
	}
	switch code := errs[0].Extensions["code"].(type) {
	case string:
		return fault.Code(code)
	case fault.Code:
		return code
	}
	return fault.CodeOf(errs[0])
}

// public turns a fault into the error that a client reads. The fault stays in
// the chain for the presenter and the log.
func public(f *fault.Fault) *gqlerror.Error {
	return &gqlerror.Error{Err: f, Message: f.Message, Extensions: map[string]any{"code": string(f.Code)}}
}

// asError returns the GraphQL error in err's chain, or hides err behind INTERNAL.
func asError(err error) *gqlerror.Error {
	var known *gqlerror.Error
	if errors.As(err, &known) && known != nil && known.Extensions["code"] != nil {
		return known
	}
	if f := fault.From(err); f != nil {
		return public(f)
	}
	return public(&fault.Fault{Code: fault.Internal, Message: internalMessage, Cause: err})
}
