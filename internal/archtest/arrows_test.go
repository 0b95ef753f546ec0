package archtest_test

import (
	"slices"
	"strings"
	"testing"
)

// arrows is the table of who may import whom, and why. ent/* stands for the
// packages that ent writes for each entity, * for everything.
var arrows = []struct {
	folder string
	may    string
	why    string
}{
	// Leaves: words that everything else is said in.
	{"internal/viewer", "", "who asks: every wall hangs on it, so it hangs on nothing"},
	{"internal/fault", "", "kinds of error, for every layer"},
	{"internal/event", "", "names and envelopes of what happened, for every layer"},
	{"internal/secret", "", "strings that do not print"},
	{"internal/typeid", "", "the form of ids, for every layer"},
	{"internal/catalog", "internal/viewer", "the entities as data; roles are the viewer's words"},

	// Tools that know nothing of studios.
	{"internal/encode", "internal/catalog internal/typeid", "writes values as JSON by the catalog"},
	{"internal/cursor", "internal/fault", "seals a place in a list"},
	{"internal/cost", "internal/fault", "prices a document; who pays is the limit's affair"},
	{"internal/guard", "internal/fault", "judges a document by its form alone"},
	{"internal/limit", "internal/fault internal/viewer", "counts per tenant and credential"},
	{"internal/anomaly", "internal/fault internal/viewer", "counts what callers do; who is told is the alert's affair"},
	{"internal/transport", "internal/fault", "GraphQL over HTTP, whatever the schema"},
	{"internal/playground", "internal/secret", "a page and its assets; it knows no schema"},
	{"internal/credential", "internal/fault internal/secret", "passwords and keys as such; whose they are is auth's affair"},
	{"internal/factor", "internal/secret", "second factors as such; whose they are is auth's affair"},
	{"internal/sso", "internal/secret", "asks an identity provider who somebody is"},
	{"internal/sealed", "internal/secret", "seals stored credentials"},
	{"internal/detector", "", "finds numbers in texts; what becomes of them is the caller's affair"},
	{"internal/storage", "", "keeps files; what is in them is their owner's affair"},
	{"internal/keyservice", "", "wraps keys in the clouds; what they open is their owner's affair"},
	{"internal/webhook", "internal/fault internal/secret", "sends and signs requests; what is in them is delivery's affair"},
	{"internal/webhook/receiver", "", "a receiver to copy, which must not lean on us"},
	{"internal/cluster", "internal/secret", "a private Postgres; it knows no tables"},
	{"internal/cluster/reset", "internal/cluster", "throws the private Postgres away"},

	// The data.
	{"ent/rule", "internal/fault internal/viewer", "the rules that every entity has"},
	{"ent/schema", "ent/rule internal/viewer", "the entities; all else is written from them"},
	{"ent/migrate", "", "migrations and walls as files"},
	{"internal/store", "ent ent/* ent/rule internal/catalog internal/secret internal/viewer", "opens Postgres behind the walls"},
	{"internal/key", "ent ent/* ent/rule internal/catalog internal/fault internal/job internal/outbox internal/sealed internal/secret internal/store internal/viewer", "seals sensitive texts as ent writes them; finds its keys before any rule can ask"},
	{"internal/outbox", "ent/rule internal/catalog internal/encode internal/store internal/viewer", "writes events and audit rows with the data"},
	{"internal/generator", "ent/rule internal/catalog internal/viewer", "writes what follows from the entities"},
	{"internal/generator/graph", "internal/generator", "the command that writes the resolvers"},
	{"internal/generator/migration", "ent/* internal/cluster", "the command that writes a migration"},

	// Reads and verbs: they decide, and know no GraphQL types.
	{"internal/customfield", "ent ent/* internal/fault internal/store internal/viewer", "judges the values of studios' own fields"},
	{"internal/query", "ent ent/rule internal/catalog internal/cursor internal/customfield internal/encode internal/fault internal/store internal/typeid internal/viewer", "compiles reads"},
	{"internal/operation", "ent ent/* ent/rule internal/catalog internal/customfield internal/encode internal/fault internal/query internal/store internal/typeid internal/viewer", "does the generated mutations"},
	{"internal/auth", "ent ent/* ent/rule internal/catalog internal/credential internal/factor internal/fault internal/outbox internal/sealed internal/secret internal/sso internal/store internal/viewer", "a credential becomes a viewer"},
	{"internal/staff", "ent ent/* internal/auth internal/credential internal/fault internal/outbox internal/secret internal/store internal/viewer", "opens a studio to the operator's staff, and closes it"},
	{"internal/review", "ent ent/* internal/auth internal/fault internal/store internal/viewer", "looks at who has access, and ends what nobody has looked at"},
	{"internal/oauth", "ent ent/* ent/rule internal/auth internal/catalog internal/credential internal/fault internal/outbox internal/secret internal/store internal/typeid internal/viewer", "lets third parties' apps in, by a studio's consent"},
	{"internal/role", "ent ent/* ent/rule internal/auth internal/catalog internal/fault internal/store internal/viewer", "the roles that studios make, and who has which"},
	{"internal/feature", "ent ent/* internal/fault internal/viewer", "who may use what is not there for all"},
	{"internal/announcement", "ent ent/* internal/fault internal/job internal/viewer", "what studios are told"},
	{"internal/alert", "ent ent/* internal/anomaly internal/fault internal/job internal/viewer", "writes down what was unusual"},
	{"internal/enrollment", "ent ent/* internal/customfield internal/fault internal/outbox internal/store internal/viewer", "seats and lines"},
	{"internal/billing", "ent ent/* ent/rule internal/fault internal/store internal/viewer", "invoices and payments"},
	{"internal/destination", "ent ent/* ent/rule internal/catalog internal/fault internal/feed internal/provider internal/sealed internal/secret internal/store internal/typeid internal/viewer internal/webhook", "where events may go"},
	{"internal/feed", "ent ent/* internal/catalog internal/cursor internal/event internal/fault internal/outbox internal/store internal/typeid internal/viewer", "events in their order"},
	{"internal/export", "ent ent/* ent/rule internal/catalog internal/encode internal/fault internal/job internal/subject internal/typeid internal/viewer", "files of records as of one moment"},
	{"internal/subject", "internal/catalog internal/fault internal/store internal/viewer", "finds all that there is about somebody"},
	{"internal/erasure", "ent ent/* ent/rule internal/backup internal/catalog internal/delivery internal/fault internal/inbound internal/job internal/provider internal/subject internal/viewer", "removes all that there is about somebody"},

	{"internal/deprecation", "internal/store internal/viewer", "counts uses of what the schema will lose"},

	// What follows a commit.
	{"internal/job", "internal/store", "the queue; it finds its role by the store's names"},
	{"internal/relay", "ent/rule internal/feed internal/job", "gives events their place and makes jobs of them"},
	{"internal/delivery", "ent ent/* ent/rule internal/catalog internal/destination internal/event internal/fault internal/feed internal/job internal/provider internal/sealed internal/secret internal/typeid internal/viewer internal/webhook", "brings one event to one place"},
	{"internal/inbound", "ent ent/* ent/rule internal/billing internal/catalog internal/destination internal/detector internal/fault internal/job internal/provider internal/sealed internal/secret internal/viewer", "what vendors tell becomes what verbs write"},
	{"internal/retention", "ent ent/* ent/rule internal/catalog internal/fault internal/job internal/operation internal/store internal/typeid internal/viewer", "removes what was kept long enough"},
	{"internal/worker", "internal/alert internal/announcement internal/audit internal/backup internal/breach internal/delivery internal/erasure internal/export internal/inbound internal/job internal/key internal/relay internal/retention internal/sealed", "runs relay, deliveries, exports and removal"},
	{"internal/backup", "internal/catalog internal/cluster internal/feed internal/job", "copies of the whole database; it knows tables by the catalog alone"},
	{"internal/audit", "ent/rule internal/encode internal/job internal/outbox internal/store internal/viewer", "makes the audit log provable"},
	{"internal/breach", "ent ent/* ent/rule internal/catalog internal/fault internal/job internal/typeid internal/viewer", "computes who a breach concerns, and tells them"},
	{"internal/provider", "internal/event internal/secret internal/typeid", "a vendor sees a cut-down event, never our rows"},
	{"internal/provider/customerio", "internal/provider", "a vendor sees a cut-down event, never our rows"},
	{"internal/provider/paycove", "internal/provider internal/secret internal/webhook", "a vendor sees a cut-down event, never our rows; a studio's bridge is reached and signed as its webhooks are"},
	{"internal/provider/recurly", "internal/provider", "a vendor sees a cut-down event, never our rows"},
	{"internal/provider/fusionauth", "internal/provider", "a vendor sees a cut-down event, never our rows"},
	{"internal/provider/helpscout", "internal/provider internal/secret", "a vendor sees a cut-down event, never our rows; its tokens do not print"},
	{"internal/provider/pipedrive", "internal/provider", "a vendor sees a cut-down event, never our rows"},
	{"internal/provider/stripe", "internal/provider", "a vendor sees a cut-down event, never our rows"},
	{"internal/provider/fake", "internal/provider", "a vendor's stand-in speaks the vendor's language alone"},
	{"internal/page", "", "pages that people read, in one style"},
	{"internal/register", "internal/page internal/provider", "tells the public what the guard lets through"},
	{"internal/promise", "internal/page", "tells the public what was proven; it knows tests by their names alone"},
	{"internal/promise/prove", "internal/promise", "the command that runs the proofs"},
	{"internal/probe", "ent ent/* internal/store internal/viewer", "a running server's checks of itself"},
	{"internal/seed", "ent ent/* internal/auth internal/billing internal/enrollment internal/fault internal/secret internal/store internal/viewer", "fills a demo by the verbs that the API has"},

	// The face, and the program.
	{"graph", "ent ent/* ent/rule graph/generated graph/model internal/alert internal/announcement internal/anomaly internal/audit internal/auth internal/billing internal/breach internal/catalog internal/cost internal/customfield internal/destination internal/detector internal/enrollment internal/erasure internal/export internal/fault internal/feature internal/feed internal/guard internal/key internal/limit internal/oauth internal/operation internal/probe internal/promise internal/query internal/register internal/retention internal/review internal/role internal/sealed internal/secret internal/staff internal/store internal/subject internal/typeid internal/viewer internal/webhook", "translates: reads the input, calls one verb, maps the answer"},
	{"graph/examples", "", "operations as files"},
	{"graph/scalar", "", "how scalars are read and written"},
	{"server", "*", "the program: everything meets here and nowhere else"},

	// For tests.
	{"internal/archtest", "", "reads source as text"},
	{"internal/testkit", "ent ent/* internal/key internal/outbox internal/sealed internal/store internal/testkit/postgres internal/viewer", "a database with twin studios"},
	{"internal/testkit/postgres", "internal/cluster", "one Postgres for all tests"},
	{"internal/testkit/postgres/stop", "internal/cluster internal/testkit/postgres", "the command that stops it"},
	{"internal/testkit/contract", "internal/provider", "holds what is sent against a vendor's own document"},
	{"internal/testkit/bucket", "", "runs servers that speak S3 and Google Cloud Storage"},
	{"internal/testkit/authenticator", "", "makes passkeys as a browser does"},
	{"internal/testkit/issuer", "", "an identity provider to visit"},
	{"internal/testkit/node", "", "runs what vendors publish for Node.js"},
	{"internal/testkit/redis", "", "a real Redis for tests"},
	{"internal/testkit/endpoint", "graph graph/generated internal/alert internal/announcement internal/anomaly internal/audit internal/auth internal/billing internal/cost internal/credential internal/cursor internal/customfield internal/deprecation internal/destination internal/enrollment internal/erasure internal/export internal/feature internal/feed internal/guard internal/key internal/limit internal/oauth internal/operation internal/outbox internal/probe internal/promise internal/query internal/register internal/retention internal/review internal/role internal/sealed internal/staff internal/store internal/transport internal/viewer internal/webhook", "the endpoint as the server assembles it"},
	{"internal/attack", "", "the suite that plays the attacker"},
	{"internal/bench", "ent/* ent/rule internal/cluster internal/credential internal/cursor internal/job internal/outbox internal/relay internal/sealed internal/secret internal/store internal/typeid internal/viewer", "measures the built server against a hand-written one, and the parts of the stream"},
	{"internal/bench/cmd", "internal/bench", "the command that measures"},
	{"internal/bench/stream", "internal/bench", "the command that measures what follows a commit"},
	{"internal/job/jobtest", "internal/job internal/testkit", "a queue for tests"},
}

// never holds whatever the table says; a row cannot grant it.
var never = []struct{ from, to, why string }{
	{"", "server", "the program is the top: what others need belongs below it"},
	{"internal/provider", "ent", "a vendor must not be able to see a row"},
	{"internal/provider", "internal/store", "a vendor must not be able to ask for a row"},
	{"graph", "internal/outbox", "events follow from data, not from a resolver"},
	{"graph", "internal/provider", "vendors are told after the commit"},
	{"internal", "graph", "verbs do not know how they are asked"},
	{"ent", "graph", "rules do not know how they are asked"},
	{"ent/rule", "internal/store", "rules judge; they do not read"},
}

func TestArrows(t *testing.T) {
	rows := map[string][]string{}
	used := map[string]map[string]bool{}
	for _, row := range arrows {
		if row.why == "" {
			t.Errorf("the row of %s has no reason", row.folder)
		}
		if _, twice := rows[row.folder]; twice {
			t.Errorf("%s has two rows", row.folder)
		}
		rows[row.folder], used[row.folder] = strings.Fields(row.may), map[string]bool{}
	}
	seen := map[string]bool{}
	for _, file := range source(t).Files {
		folder := file.Folder
		if file.Test || writtenByEnt(folder) || folder == "graph/generated" || folder == "graph/model" {
			continue
		}
		may, known := rows[folder]
		if !known {
			if !seen[folder] {
				t.Errorf("%s has no row in the table of arrows: add one and say what it is for", folder)
			}
			seen[folder] = true
			continue
		}
		seen[folder] = true
		for _, imported := range file.Imports {
			to := column(imported)
			used[folder][to] = true
			if !slices.Contains(may, to) && !slices.Contains(may, "*") {
				t.Errorf("%s imports %s, which its row does not allow", file.Path, imported)
			}
		}
	}
	for folder, may := range rows {
		if !seen[folder] {
			t.Errorf("the table of arrows has a row for %s, which does not exist", folder)
		}
		for _, to := range may {
			if seen[folder] && !used[folder][to] && to != "*" {
				t.Errorf("the row of %s allows %s, which nothing uses", folder, to)
			}
		}
	}
}

func TestNever(t *testing.T) {
	for _, file := range source(t).Files {
		if file.Test || testOnly(file.Folder) || file.Folder == "server" {
			continue
		}
		for _, rule := range never {
			for _, imported := range file.Imports {
				if below(file.Folder, rule.from) && below(imported, rule.to) {
					t.Errorf("%s imports %s: %s", file.Path, imported, rule.why)
				}
			}
		}
	}
}

// TestNeighborsOfProviders keeps vendors apart: what one knows is none of another's affair.
func TestNeighborsOfProviders(t *testing.T) {
	const family = "internal/provider"
	for _, file := range source(t).Files {
		if file.Test || !strings.HasPrefix(file.Folder, family+"/") {
			continue
		}
		for _, imported := range file.Imports {
			if imported != family && strings.HasPrefix(imported, family+"/") {
				t.Errorf("%s imports another vendor, %s", file.Path, imported)
			}
		}
	}
}

// TestTestingStaysInTests keeps what only tests need out of the program.
func TestTestingStaysInTests(t *testing.T) {
	for _, file := range source(t).Files {
		for _, imported := range file.Imports {
			if !file.Test && !testOnly(file.Folder) && testOnly(imported) {
				t.Errorf("%s imports %s, which is for tests", file.Path, imported)
			}
		}
	}
}

func testOnly(folder string) bool {
	for _, f := range []string{"internal/testkit", "internal/job/jobtest", "internal/archtest", "internal/attack", "internal/bench", "ent/enttest"} {
		if below(folder, f) {
			return true
		}
	}
	return false
}

// below reports whether a folder is another or lies below it; everything lies
// below nothing.
func below(folder, other string) bool {
	return other == "" || folder == other || strings.HasPrefix(folder, other+"/")
}

// writtenByEnt reports whether ent writes everything in a folder.
func writtenByEnt(folder string) bool {
	return below(folder, "ent") && folder != "ent/rule" && folder != "ent/schema" && folder != "ent/migrate"
}

// column is the name under which the table knows an import.
func column(imported string) string {
	if strings.HasPrefix(imported, "ent/") && imported != "ent/rule" && imported != "ent/schema" {
		return "ent/*"
	}
	return imported
}
