package cost_test

import (
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/barrehq/barre/internal/cost"
)

const sdl = `
interface Node { id: ID! }
union Hit = Student | Class

type Query {
	node(id: ID!): Node
	nodes(ids: [ID!]!): [Node]!
	ping: String
	search(text: String!): [Hit!]! @listSize(assumed: 20)
	student(id: ID!): Student
	students(first: Int, last: Int, where: StudentWhere): StudentConnection!
	recent(first: Int = 50): StudentConnection!
	classes(first: Int, last: Int): ClassConnection! @cost(weight: 5)
	report: Report! @cost(weight: 200)
	priced: Priced
	free: Student @cost(weight: 0)
	negative: Student @cost(weight: -100)
}
type Mutation {
	createStudent(name: String): StudentPayload!
	importStudents: StudentPayload! @cost(weight: 100)
}
type Subscription { studentChanged: Student! }

type Student implements Node {
	id: ID!
	name: String
	score: Int @cost(weight: 3)
	tags: [String!]!
	scores: [Int!]! @cost(weight: 2) @listSize(assumed: 4)
	guardians(first: Int): GuardianConnection!
	lines: [Line!]! @listSize(assumed: 3)
	notes: [Line!]!
}
type Class implements Node { id: ID! title: String students(first: Int, last: Int): StudentConnection! }
type Guardian { id: ID! name: String }
type Line { id: ID! student: Student }
type Report { rows: Int }

interface Priced { total: Line }
type Invoice implements Priced { total: Line @cost(weight: 40) }

type StudentConnection { edges: [StudentEdge!]! nodes: [Student!]! pageInfo: PageInfo! totalCount: Int! }
type StudentEdge { cursor: String! node: Student! }
type ClassConnection { edges: [ClassEdge!]! totalCount: Int! @cost(weight: 2) }
type ClassEdge { node: Class! }
type GuardianConnection { edges: [GuardianEdge!]! pageInfo: PageInfo! @cost(weight: 0) }
type GuardianEdge { node: Guardian! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type StudentPayload { student: Student userErrors: [UserError!]! @cost(weight: 0) }
type UserError { code: String! message: String! }
input StudentWhere { name: String and: [StudentWhere!] label: TextComparison custom: [Custom!] @cost(weight: 10) }
input TextComparison { eq: String contains: String @cost(weight: 7) }
input Custom { key: String! }
`

func schema(t testing.TB) *ast.Schema {
	t.Helper()
	s, err := gqlparser.LoadSchema(&ast.Source{Input: cost.Directives + sdl})
	if err != nil {
		t.Fatalf("the test's own schema: %v", err)
	}
	return s
}

func parse(t testing.TB, query string) *ast.QueryDocument {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: query})
	if err != nil {
		t.Fatalf("the test's own document: %v\n%.200s", err, query)
	}
	return doc
}

// valid parses and validates, which fills in the definitions.
func valid(t testing.TB, s *ast.Schema, query string) *ast.QueryDocument {
	t.Helper()
	doc := parse(t, query)
	if errs := validator.ValidateWithRules(s, doc, rules.NewDefaultRules()); len(errs) > 0 {
		t.Fatalf("the test's own document: %v\n%.200s", errs, query)
	}
	return doc
}
