package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/barrehq/barre/internal/feed"
	"github.com/barrehq/barre/internal/seed"
	"github.com/barrehq/barre/internal/typeid"
)

const (
	signIn = `mutation($i: SignInInput!) { signIn(input: $i) { token userErrors { code } } }`
	enroll = `mutation($s: ID!, $c: ID!) { enrollStudent(input: {studentId: $s, classId: $c}) {
		enrollment { id class { openSeats } student { household { id } } } userErrors { code field message } } }`
	issue = `mutation($i: IssueInvoiceInput!) { issueInvoice(input: $i) { invoice { id number total } userErrors { code message } } }`
)

// TestMainJob does what a studio exists for, the way its people do it: over
// HTTP, in roles, with the vendors and the studio's own server hearing of it.
func TestMainJob(t *testing.T) {
	r := begin(t, map[string]string{"BARRE_WORKER": "false"}) // a worker of its own delivers, when it is time
	_, stop := r.another(t, withWorker)
	r.deliverSeed(t)
	stop()
	north, harbor := r.note.Tenants[0], r.note.Tenants[1]

	guardian := r.ask(t, request{query: signIn, variables: map[string]any{"i": map[string]any{
		"studio": "north-star-dance", "email": "ada.okafor@example.com", "password": seed.Password.Reveal(),
	}}}).text(t, "signIn.token")
	found := r.ask(t, request{token: guardian, query: `{ students(first: 10) { nodes { id firstName } }
		classes(first: 30, where: {openSeats: {gt: 0}}) { nodes { id name openSeats } } }`})
	emma := where(at(found.Data, "students.nodes"), func(s any) bool { return at(s, "firstName") == "Emma" })
	last := where(at(found.Data, "classes.nodes"), func(c any) bool {
		return at(c, "openSeats") == 1.0 && strings.HasPrefix(at(c, "name").(string), "Ballet II")
	})
	if len(emma) != 1 || len(last) != 1 {
		t.Fatalf("the guardian finds no Emma or no last seat: %s", found.Text)
	}
	seat := map[string]any{"s": at(emma[0], "id"), "c": at(last[0], "id")}
	asked := r.ask(t, request{token: guardian, query: `query($s: ID!, $c: ID!) { eligibility(studentId: $s, classId: $c) { eligible } }`, variables: seat})
	if at(asked.Data, "eligibility.eligible") != true {
		t.Fatalf("eligibility: %s", asked.Text)
	}
	enrolled := r.ask(t, request{token: guardian, query: enroll, variables: seat})
	enrollment := enrolled.text(t, "enrollStudent.enrollment.id")
	household := enrolled.text(t, "enrollStudent.enrollment.student.household.id")
	if at(enrolled.Data, "enrollStudent.enrollment.class.openSeats") != 0.0 {
		t.Errorf("the last seat is still open: %s", enrolled.Text)
	}
	issued := r.ask(t, request{token: north.OwnerToken, query: issue, variables: map[string]any{"i": map[string]any{
		"householdId": household, "enrollmentIds": []string{enrollment}, "dueOn": time.Now().AddDate(0, 1, 0).Format(time.DateOnly),
	}}})
	invoice := issued.text(t, "issueInvoice.invoice.id")

	r.sameTransaction(t, "enrollments", enrollment)
	r.sameTransaction(t, "invoices", invoice)
	r.neighborSeesNothing(t, harbor, enrollment, invoice)

	r.another(t, withWorker)
	r.feedShows(t, north, enrollment, invoice)
	r.stripeHas(t, north, household, invoice)
	r.customerIOHas(t, enrollment)
	r.receiverHas(t, enrollment, invoice)
	r.neighborSeesNothing(t, harbor, enrollment, invoice)
}

func withWorker(c *Config) { c.WorkerInServer = true }

// deliverSeed waits until what the seed caused is delivered: the receiver
// remembers the last hundred deliveries alone.
func (r *running) deliverSeed(t *testing.T) {
	t.Helper()
	super := r.kit.Super(t)
	eventually(t, "the events of the seed are delivered", func() bool {
		var events, deliveries int
		err := super.QueryRow(`SELECT (SELECT count(*) FROM events WHERE sequence IS NULL), (SELECT count(*) FROM deliveries WHERE status <> 'SUCCEEDED')`).Scan(&events, &deliveries)
		return err == nil && events == 0 && deliveries == 0
	})
}

// sameTransaction checks that a record and its event were written together:
// Postgres marks both rows with the number of their transaction.
func (r *running) sameTransaction(t *testing.T, table, id string) {
	t.Helper()
	_, key, err := typeid.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	var together int
	err = r.kit.Super(t).QueryRow(`SELECT count(*) FROM `+table+` x JOIN events e ON e.entity_id = x.id AND e.xmin = x.xmin WHERE x.id = $1`, key).Scan(&together)
	if err != nil || together != 1 {
		t.Errorf("%s %s has %d events of its own transaction, want 1 (%v)", table, id, together, err)
	}
}

// neighborSeesNothing asks with every credential of the other studio.
func (r *running) neighborSeesNothing(t *testing.T, other tenantNote, ids ...string) {
	t.Helper()
	for _, token := range []string{other.OwnerToken, other.GuardianToken, other.SecretKey} {
		a := r.ask(t, request{token: token, query: `query($ids: [ID!]!) { nodes(ids: $ids) { id } }`, variables: map[string]any{"ids": ids}})
		if a.Status != 200 || len(where(at(a.Data, "nodes"), func(n any) bool { return n == nil })) != len(ids) {
			t.Errorf("the neighbor sees records: %d %s", a.Status, a.Text)
		}
	}
	for _, change := range r.changes(t, other.OwnerToken) {
		for _, id := range ids {
			if at(change, "entityId") == id {
				t.Errorf("the neighbor's feed has %s", id)
			}
		}
	}
}

// changes reads the whole feed.
func (r *running) changes(t *testing.T, token string) (all []any) {
	t.Helper()
	var after any
	for {
		a := r.ask(t, request{token: token, query: `query($after: String) { changes(after: $after, first: 250) { cursor hasMore nodes { type entityId sequence data } } }`,
			variables: map[string]any{"after": after}})
		nodes, ok := at(a.Data, "changes.nodes").([]any)
		if !ok {
			t.Fatalf("changes: %d %s", a.Status, a.Text)
		}
		all = append(all, nodes...)
		if at(a.Data, "changes.hasMore") != true {
			return all
		}
		after = at(a.Data, "changes.cursor")
	}
}

func (r *running) feedShows(t *testing.T, studio tenantNote, enrollment, invoice string) {
	t.Helper()
	eventually(t, "the feed shows the enrollment and the invoice", func() bool {
		found := where(r.changes(t, studio.OwnerToken), func(c any) bool {
			return at(c, "type") == "enrollment.created" && at(c, "entityId") == enrollment || at(c, "type") == "invoice.issued" && at(c, "entityId") == invoice
		})
		return len(found) == 2
	})
}

func (r *running) stripeHas(t *testing.T, studio tenantNote, household, invoice string) {
	t.Helper()
	eventually(t, "Stripe has the customer and the invoice", func() bool {
		s := state(t, r.stands.at["stripe"])
		customers := where(at(s, "customers"), func(c any) bool {
			return at(c, "metadata.household_ref") == household && at(c, "metadata.tenant_ref") == studio.ID
		})
		invoices := where(at(s, "invoices"), func(i any) bool {
			return at(i, "metadata.invoice_ref") == invoice && at(i, "metadata.tenant_ref") == studio.ID
		})
		return len(customers) == 1 && len(invoices) == 1 && at(invoices[0], "customer") == at(customers[0], "id")
	})
}

func (r *running) customerIOHas(t *testing.T, enrollment string) {
	t.Helper()
	eventually(t, "Customer.io has the person and the event", func() bool {
		s := state(t, r.stands.at["customerio"])
		events := where(at(s, "events"), func(e any) bool { return at(e, "event.data.enrollment_ref") == enrollment })
		if len(events) == 0 {
			return false
		}
		people := where(at(s, "people"), func(p any) bool { return strings.Contains(at(events[0], "person").(string), at(p, "id").(string)) })
		return len(people) == 1
	})
}

func (r *running) receiverHas(t *testing.T, enrollment, invoice string) {
	t.Helper()
	for kind, id := range map[string]string{"enrollment.created": enrollment, "invoice.issued": invoice} {
		eventually(t, "the studio's own endpoint has "+kind+" with a valid signature", func() bool {
			return len(where(at(state(t, r.stands.receiver.url), "received"), func(d any) bool {
				return at(d, "verified") == true && at(d, "type") == kind && at(d, "body.data.entityId") == id
			})) > 0
		})
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, kind := range feed.Catalogue() {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(kind.Schema))
		if err != nil {
			t.Fatal(err)
		}
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat()
		if err := compiler.AddResource(kind.Name, document); err != nil {
			t.Fatal(err)
		}
		schemas[kind.Name] = compiler.MustCompile(kind.Name)
	}
	for _, d := range where(at(state(t, r.stands.receiver.url), "received"), func(any) bool { return true }) {
		kind := at(d, "type").(string)
		if err := schemas[kind].Validate(at(d, "body")); err != nil {
			t.Errorf("%s is not as its schema says: %v", kind, err)
		}
	}
}
