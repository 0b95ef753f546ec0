package guard

// Limits bounds what one request may ask for. A field that is zero or negative
// takes the default named beside it; there is no way to switch a limit off.
// Figures that a fragment multiplies are counted after expansion, so moving
// selections into a fragment changes nothing.
type Limits struct {
	Bytes  int // of the document text; 16,384
	Tokens int // of the document, comments included; 1,000

	Operations      int // in one document, of which one runs; 20
	Fragments       int // definitions; 30
	Selections      int // fields, spreads and inline fragments of all operations; 500
	Depth           int // fields from the root to a leaf, not counting edges, node and nodes; 15
	Nesting         int // levels of any kind from the root to a leaf; 60
	FragmentNesting int // fragments inside one another with no field between them; 10
	Aliases         int // of one operation; 30
	Repeats         int // of one response key at one place of the answer; 30
	Directives      int // of one operation; 20
	QueryFields     int // root fields of a query; 20
	MutationFields  int // root fields of a mutation; 10

	// Single names the root fields of which a document may hold one in all,
	// because each is a guess at a secret. Empty means signIn.
	Single []string

	Nodes       int // values of the input: scalars, objects and lists each count one; 1,000
	InputDepth  int // objects inside one another, and lists directly inside lists; 8
	List        int // elements of one list; 250
	WhereLeaves int // comparisons of one where argument; 50
	WhereTotal  int // comparisons of all where arguments of an operation; 150
	WhereDepth  int // and, or, not and relation filters inside one another; 5
	WhereList   int // elements of one list that a where compares with (in, notIn); 100
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		limit *int
		value int
	}{
		{&l.Bytes, 16 << 10}, {&l.Tokens, 1000},
		{&l.Operations, 20}, {&l.Fragments, 30}, {&l.Selections, 500},
		{&l.Depth, 15}, {&l.Nesting, 60}, {&l.FragmentNesting, 10},
		{&l.Aliases, 30}, {&l.Repeats, 30}, {&l.Directives, 20},
		{&l.QueryFields, 20}, {&l.MutationFields, 10},
		{&l.Nodes, 1000}, {&l.InputDepth, 8}, {&l.List, 250},
		{&l.WhereLeaves, 50}, {&l.WhereTotal, 150}, {&l.WhereDepth, 5}, {&l.WhereList, 100},
	} {
		if *d.limit <= 0 {
			*d.limit = d.value
		}
	}
	if len(l.Single) == 0 {
		l.Single = []string{"signIn"}
	}
	return l
}
