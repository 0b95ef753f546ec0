package rule

// StaffGroup is a kind of act that is impossible under the access of the
// operator's staff, whatever reason was given and whoever approved it.
type StaffGroup string

// The groups.
const (
	StaffAllowed StaffGroup = ""
	// StaffSignIn is changing domains or how people sign in.
	StaffSignIn StaffGroup = "SIGN_IN_SETTINGS"
	// StaffExport is taking people out: exports, the feed, webhooks,
	// connections, and copies of records that no mask reaches.
	StaffExport StaffGroup = "EXPORT"
	// StaffKeys is seeing, making or ending the keys of programs.
	StaffKeys StaffGroup = "APP_KEYS"
	// StaffImport is writing many records from elsewhere.
	StaffImport StaffGroup = "IMPORT"
	// StaffDeletion is deleting families, deals and tickets.
	StaffDeletion StaffGroup = "DELETION"
	// StaffGrants is giving access, which would outlive the staff's own, and
	// answering for the studio.
	StaffGrants StaffGroup = "ACCESS"
)

// StaffRow says what the operator's staff may do with an entity, and to which
// group all else belongs. An entity without a row is closed to them.
type StaffRow struct {
	May  Action
	Else StaffGroup
}

// StaffRowOf returns the row of an entity by the prefix of its ids.
func StaffRowOf(prefix string) (row StaffRow, known bool) {
	switch prefix {
	case "class", "enrollment", "waitlistentry", "location", "note", "program", "season", "staff", "tag", "studenttag", "tuitionplan",
		"subscription", "ticketreply", "customfield", "invoice", "invoiceline", "payment", "refund", "dispute", "suppression",
		"externalreference", "tenantcounter", "idempotencykey", "deprecateduse", "announcementread":
		return StaffRow{May: Read | Write}, true
	case "household", "guardian", "student", "deal", "ticket":
		return StaffRow{Read | Create | Update, StaffDeletion}, true
	case "tenant": // its domains apart
		return StaffRow{Read | Update, StaffSignIn}, true
	case "customdomain":
		return StaffRow{Read, StaffSignIn}, true
	case "apikey":
		return StaffRow{0, StaffKeys}, true
	case "export":
		return StaffRow{0, StaffExport}, true
	case "event", "entityversion": // written with every change, but not for reading
		return StaffRow{Create, StaffExport}, true
	case "webhookendpoint", "integration", "providerlink", "delivery", "attempt", "inboundmessage", "subprocessorobjection":
		return StaffRow{Read, StaffExport}, true
	case "auditentry":
		return StaffRow{Read | Create, StaffGrants}, true
	case "identityprovider":
		return StaffRow{Read, StaffSignIn}, true
	case "datakey": // values are sealed and opened under it
		return StaffRow{Read | Create | Update, StaffKeys}, true
	case "erasure", "erasureline", "retentionrule":
		return StaffRow{Read, StaffDeletion}, true
	case "announcement", "alert", "auditanchor", "breachnotice", "featuregrant", "membership", "customrole", "accessreview", "accessreviewitem", "appinstallation", "staffaccess":
		return StaffRow{Read, StaffGrants}, true
	}
	return StaffRow{}, false
}

// StaffMay reports whether the operator's staff may do a to an entity. What
// follows from an act that they may do, raised, is bound by the rows alone.
func StaffMay(prefix string, a Action, raised bool) bool {
	row, known := StaffRowOf(prefix)
	if !known {
		return raised
	}
	return row.May&a == a
}
