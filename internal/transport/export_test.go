package transport

import "github.com/99designs/gqlgen/graphql"

// ReadRequest is the way of a POST's body, for fuzzing.
func ReadRequest(body []byte) (*graphql.RawParams, bool) {
	object, why := parseObject(body)
	if why != accepted {
		return nil, false
	}
	params, why := Bounds{}.params(object)
	return params, why == accepted
}

// ReadMessage is the way of a socket's message, for fuzzing.
func ReadMessage(text []byte) (kind string, ok bool) {
	m, ok := parseMessage(text)
	return m.kind, ok
}

// Weight is what the document cache charges for text.
var Weight = weighDocument

// Pump hands over what a stream sends.
var Pump = pump
