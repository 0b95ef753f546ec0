package rule

// Keeping says how long rows of a table are kept, by the nature of what they
// hold. The periods, floors and ceilings are in internal/retention; an entity
// without a class is refused by the generator.
type Keeping string

// The classes of keeping.
const (
	// AsLongAsStudio rows are the studio's own and go when it leaves.
	AsLongAsStudio Keeping = "studio"
	// AsLongAsFamily rows are of children and those who care for them; their
	// clock runs from the last that the family had to do with the studio.
	AsLongAsFamily Keeping = "family"
	// AsLongAsContact rows are of who wrote or asked; their clock runs from
	// the last change.
	AsLongAsContact Keeping = "contact"
	// AsLongAsBooks rows are the books of a business.
	AsLongAsBooks Keeping = "books"
	// AsLongAsAudit rows say who did what.
	AsLongAsAudit Keeping = "audit"
	// AsLongAsHistory rows are the states and changes of other records.
	AsLongAsHistory Keeping = "history"
	// ForAYear rows say how something was used.
	ForAYear Keeping = "year"
	// ForAMonth rows say how something was carried out.
	ForAMonth Keeping = "month"
	// ForADay rows are remembered so that nothing is done twice or too often.
	ForADay Keeping = "day"
	// WithParent rows go with the record that they belong to.
	WithParent Keeping = "parent"
	// AsLongAsPerson rows are of somebody who can sign in, and go with their
	// last membership.
	AsLongAsPerson Keeping = "person"
	// AsLongAsPlatform rows are the platform's own and prove what it did.
	AsLongAsPlatform Keeping = "platform"
)
