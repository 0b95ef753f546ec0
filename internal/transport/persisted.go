package transport

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/barrehq/barre/internal/fault"
)

const (
	persistedKey   = "persistedQuery" // of a request's extensions
	persistedName  = "PersistedQueries"
	persistedEntry = 16 << 10 // bytes of the longest query that is kept
)

// PersistedConfig decides who may rely on which stored queries. The zero value
// stores nothing and trusts every document.
type PersistedConfig struct {
	Bytes int64 // of all stored queries together; 8 MiB when zero

	// MayRegister reports whether the caller's new queries are stored. One who
	// may not still runs them by sending the text. Nil means nobody may.
	MayRegister func(ctx context.Context) bool

	// Lookup finds a query registered for good, by the SHA-256 of its text in
	// lower-case hex; it is asked when the cache has none. Nil means none.
	Lookup func(ctx context.Context, hash string) (query string, ok bool)

	// Trusted is asked before each operation runs, with the hash of its text
	// and the text, so that a credential may be limited to its registered
	// operations. A fault is the caller's answer; any other error is INTERNAL.
	// Nil trusts every document.
	Trusted func(ctx context.Context, hash, query string) error
}

// PersistedQueries is the gqlgen extension for Apollo's automatic persisted
// queries (version 1) and for trusted documents. It must come before every
// extension that reads the query.
type PersistedQueries struct {
	conf    PersistedConfig
	queries *cache[string]
}

// The hooks of gqlgen that it takes part in.
var (
	_ graphql.OperationParameterMutator = (*PersistedQueries)(nil)
	_ graphql.OperationContextMutator   = (*PersistedQueries)(nil)
)

// NewPersistedQueries returns the extension with an empty cache.
func NewPersistedQueries(conf PersistedConfig) *PersistedQueries {
	weigh := func(hash, query string) int64 { return int64(len(hash) + len(query)) }
	return &PersistedQueries{conf, newCache(cmp.Or(conf.Bytes, 8<<20), persistedEntry+sha256.Size*2, weigh)}
}

// ExtensionName is the name under which gqlgen lists it.
func (p *PersistedQueries) ExtensionName() string { return persistedName }

// Validate has nothing to ask of a schema.
func (p *PersistedQueries) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters finds the text that a hash stands for.
func (p *PersistedQueries) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	extension := params.Extensions[persistedKey]
	if extension == nil {
		return p.trust(ctx, "", params.Query)
	}
	hash, ok := persistedHash(extension)
	if !ok {
		return public(fault.New(fault.BadRequest, "persistedQuery needs version 1 and a sha256Hash of 64 lower-case hex digits."))
	}
	if params.Query == "" {
		if params.Query, ok = p.find(ctx, hash); !ok {
			// Apollo's clients know this very text.
			return public(fault.New(fault.PersistedQueryMissing, "PersistedQueryNotFound"))
		}
	} else if hashOf(params.Query) != hash {
		return public(fault.New(fault.BadRequest, "sha256Hash is not the hash of query."))
	}
	return p.trust(ctx, hash, params.Query)
}

func (p *PersistedQueries) find(ctx context.Context, hash string) (string, bool) {
	if query, ok := p.queries.Get(ctx, hash); ok {
		return query, true
	}
	if p.conf.Lookup == nil {
		return "", false
	}
	query, ok := p.conf.Lookup(ctx, hash)
	if !ok || hashOf(query) != hash {
		return "", false
	}
	p.queries.Add(ctx, hash, query)
	return query, true
}

func (p *PersistedQueries) trust(ctx context.Context, hash, query string) *gqlerror.Error {
	if p.conf.Trusted == nil {
		return nil
	}
	if hash == "" {
		hash = hashOf(query)
	}
	if err := p.conf.Trusted(ctx, hash, query); err != nil {
		return asError(err)
	}
	return nil
}

// MutateOperationContext stores the text now that it has proved valid: a cache
// of nonsense helps nobody.
func (p *PersistedQueries) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	hash, ok := persistedHash(op.Extensions[persistedKey])
	if ok && p.conf.MayRegister != nil && p.conf.MayRegister(ctx) {
		p.queries.Add(ctx, hash, op.RawQuery)
	}
	return nil
}

// persistedHash reads {"version": 1, "sha256Hash": "…"}.
func persistedHash(extension any) (hash string, ok bool) {
	object, _ := extension.(map[string]any)
	if object["version"] != json.Number("1") {
		return "", false
	}
	hash, _ = object["sha256Hash"].(string)
	sum, err := hex.DecodeString(hash)
	return hash, err == nil && len(sum) == sha256.Size && hex.EncodeToString(sum) == hash
}

func hashOf(query string) string {
	sum := sha256.Sum256([]byte(query))
	return hex.EncodeToString(sum[:])
}
