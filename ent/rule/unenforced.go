//go:build without_orm_rules

package rule

// Standing says which layers of which entities are up in this build, by the
// prefix of the entity's ids: none, unless a test takes away one alone.
var Standing func(layer Layer, prefix string) bool

func stands(l Layer, e Entity) bool { return Standing != nil && Standing(l, e.Prefix) }
