package graph

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/fault"
)

// maxKey bounds an idempotency key.
const maxKey = 255

// keyOf returns the idempotency key of an operation, from @idempotent or from
// the header; empty where the caller gave none.
func keyOf(ctx context.Context, op *graphql.OperationContext) (string, error) {
	key := callerOf(ctx).IdempotencyKey
	if directive := op.Operation.Directives.ForName("idempotent"); directive != nil {
		given, _ := directive.ArgumentMap(op.Variables)["key"].(string)
		switch {
		case given == "":
			return "", fault.New(fault.BadUserInput, "The key of @idempotent is empty.")
		case key != "" && key != given:
			return "", fault.New(fault.BadUserInput, "The Idempotency-Key header and @idempotent give two different keys. Give one of them.")
		}
		key = given
	}
	if len(key) > maxKey {
		return "", fault.New(fault.BadUserInput, "An idempotency key has at most %d characters.", maxKey)
	}
	return key, nil
}

// underKey is the idempotency key of a verb that opens a session. The door has
// refused a key that cannot be one.
func underKey(ctx context.Context) auth.Once {
	key, err := keyOf(ctx, graphql.GetOperationContext(ctx))
	if err != nil || key == "" {
		return auth.Once{}
	}
	field := graphql.GetFieldContext(ctx).Field.Alias
	return auth.Once{Key: field + " " + key, Print: fingerprint(ctx, field)}
}

// fingerprint is equal for two requests whose field of the given name asks the
// same.
func fingerprint(ctx context.Context, field string) []byte {
	op := graphql.GetOperationContext(ctx)
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\x00%s\x00", op.RawQuery, field)
	_ = json.NewEncoder(sum).Encode(op.Variables)
	return sum.Sum(nil)
}
