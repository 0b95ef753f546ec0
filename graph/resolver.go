package graph

// Resolver is what resolvers may use.
type Resolver struct{}
