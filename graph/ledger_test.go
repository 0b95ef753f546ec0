package graph_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql/executor"

	"github.com/barrehq/barre/graph"
	"github.com/barrehq/barre/graph/generated"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/operation"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	makeTag = `mutation($name: String!, $key: String!) @idempotent(key: $key) { createTag(input: {name: $name}) { tag { id name } userErrors { code } } }`
	makeKey = `mutation @idempotent(key: "make a key") { createApiKey(input: {name: "Sync", kind: SECRET, scopes: ["tag:read"]}) { token userErrors { code } } }`
)

// withHeader returns a context of a request that has the header.
func withHeader(ctx context.Context, key string) context.Context {
	r := httptest.NewRequest("POST", "/graphql", nil)
	r.Header.Set("Idempotency-Key", key)
	return graph.WithCaller(ctx, r, "127.0.0.1")
}

func writing(t *testing.T, kit *testkit.Kit) *executor.Executor {
	box, err := sealed.Generate()
	if err != nil {
		t.Fatal(err)
	}
	run := executor.New(generated.NewExecutableSchema(generated.Config{Resolvers: &graph.Resolver{
		Store: kit.Store, Operations: operation.New(kit.Store, nil),
		Identity: auth.NewIdentity(kit.Store, nil, auth.NewDoor(kit.Store, auth.Config{}), auth.IdentityConfig{}),
	}}))
	execution := graph.NewExecution(nil, nil, graph.NewLedger(kit.Store, box))
	execution.Ordinary = true
	run.Use(execution)
	return run
}

// A mutation under a key is done once, whether the header or the directive
// gives the key, and however many ask at once.
func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	run := writing(t, kit)
	ctx := kit.A.As(t.Context(), viewer.Owner)
	vars := map[string]any{"name": "Ballet", "key": "k1"}
	answers := make([]string, 8)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			data, errs := do(ctx, run, makeTag, vars)
			answers[i] = fmt.Sprint(data, errs)
		})
	}
	group.Wait()
	for _, answer := range answers {
		if answer != answers[0] || !strings.Contains(answer, "Ballet") {
			t.Errorf("not the first answer: %s", answer)
		}
	}
	if data, errs := do(withHeader(ctx, "k1"), run, makeTag, vars); fmt.Sprint(data, errs) != answers[0] {
		t.Errorf("with the same key in both places: %v %s", data, errs)
	}
	if n := kit.Client(ctx).Tag.Query().CountX(ctx); n != 1 {
		t.Errorf("%d tags were made", n)
	}
	for name, refused := range map[string]struct {
		ctx  context.Context
		vars map[string]any
	}{
		"another request":     {ctx, map[string]any{"name": "Jazz", "key": "k1"}},
		"two keys":            {withHeader(ctx, "k2"), map[string]any{"name": "Jazz", "key": "k3"}},
		"an empty key":        {ctx, map[string]any{"name": "Jazz", "key": ""}},
		"a key that is a lot": {ctx, map[string]any{"name": "Jazz", "key": strings.Repeat("k", 256)}},
	} {
		if _, errs := do(refused.ctx, run, makeTag, refused.vars); errs == "" {
			t.Errorf("%s is accepted", name)
		}
	}
	if data, errs := do(kit.A.As(t.Context(), viewer.Admin), run, makeTag, map[string]any{"name": "Jazz", "key": "k1"}); errs != "" {
		t.Errorf("the same key of another caller: %v %s", data, errs)
	}
	if n := kit.Client(ctx).Tag.Query().CountX(ctx); n != 2 {
		t.Errorf("%d tags in the end", n)
	}
}

// What is remembered is of no use to a reader of the table.
func TestIdempotencyKeysHoldNoToken(t *testing.T) {
	t.Parallel()
	kit := testkit.New(t)
	run := writing(t, kit)
	ctx := kit.A.As(t.Context(), viewer.Owner)
	first, errs := do(ctx, run, makeKey, nil)
	again, _ := do(ctx, run, makeKey, nil)
	token, _ := first.(map[string]any)["createApiKey"].(map[string]any)["token"].(string)
	if token == "" || errs != "" || fmt.Sprint(first) != fmt.Sprint(again) {
		t.Fatalf("%v %s, then %v", first, errs, again)
	}
	var rows, plain int
	err := kit.Super(t).QueryRow(`SELECT count(*), count(*) FILTER (WHERE position(convert_to($1, 'UTF8') IN response) > 0 OR position($1 IN k::text) > 0)
		FROM idempotency_keys k`, token).Scan(&rows, &plain)
	if err != nil || rows != 1 || plain != 0 {
		t.Errorf("%d of %d rows hold the token, %v", plain, rows, err)
	}
}
