package rule

// Layer is one kind of rule that every entity has.
type Layer uint8

// The layers.
const (
	Scoping  Layer = iota // which rows a query sees
	Stamping              // which rows a change meets, and whose they become
	Deciding              // who may do what
)
