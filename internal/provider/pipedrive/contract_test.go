package pipedrive_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/pipedrive"
	"github.com/barrehq/barre/internal/testkit/contract"
)

const vendor = "https://api.pipedrive.com"

// documents are Pipedrive's own descriptions of both versions of its API, by
// the beginning of their paths.
func documents(t *testing.T) map[string]*openapi3.T {
	t.Helper()
	return map[string]*openapi3.T{"/v1": contract.Shared(t, "pipedrive-v1.yaml"), "/api/v2": contract.Shared(t, "pipedrive-v2.yaml")}
}

func TestVendorDocument(t *testing.T) {
	judges := map[string]*contract.Judge{}
	b := newBench(t, func(h http.Handler) http.Handler {
		for prefix, doc := range documents(t) {
			judges[prefix] = contract.NewJudge(t, doc, vendor, h)
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for prefix, judge := range judges {
				if strings.HasPrefix(r.URL.Path, prefix+"/") {
					judge.ServeHTTP(w, r)
				}
			}
		})
	})
	lead := b.change("deal.created")
	lead.Deal.Stage = "Has asked"
	o := b.plan(lead)
	if _, err := b.provider.Reconcile(t.Context(), b.connection, o, b.links); err != nil {
		t.Error(err)
	}
	for _, operation := range []provider.Operation{
		o, o, b.plan(b.change("household.updated")), b.plan(b.change("guardian.updated")), b.plan(b.change("deal.updated")), b.plan(b.change("deal.updated")),
	} {
		b.mustDo(operation)
	}
	remote, _ := b.links.Lookup(t.Context(), provider.Ref{Type: "deal", ID: id(203)})
	b.fake.Move(remote, map[string]any{"stage_id": 1})
	b.handle("deal.change", message("app", "4711", remote), remote)
	if _, err := b.provider.Poll(t.Context(), b.connection, b.now.Add(-time.Hour), nil); err != nil {
		t.Error(err)
	}
	second := b.change("deal.created")
	second.Deal.ID, second.Deal.Stage = id(204), "Has asked"
	if _, err := b.provider.Reconcile(t.Context(), b.connection, b.plan(second), b.links); err != nil {
		t.Error(err)
	}
	b.mustDo(b.plan(second))
	second.Event.Type = "deal.deleted"
	b.mustDo(b.plan(second))
	for _, kind := range []string{"deal.deleted", "guardian.deleted", "household.deleted"} {
		b.mustDo(b.plan(b.change(kind)))
	}
	if err := b.provider.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	for prefix, operations := range map[string][]string{
		"/v1": {"addLead", "getLeads", "updateLead", "deleteLead", "getCurrentUser"},
		"/api/v2": {"addOrganization", "updateOrganization", "deleteOrganization", "searchOrganization", "getOrganizationFields", "addOrganizationField",
			"addPerson", "updatePerson", "deletePerson", "searchPersons", "getPersonFields", "addPersonField",
			"addDeal", "updateDeal", "deleteDeal", "getDeal", "getDeals", "searchDeals", "getDealFields", "addDealField", "getStage"},
	} {
		judged := judges[prefix].Judged()
		for _, operation := range operations {
			if judged[operation] == 0 {
				t.Errorf("%s was never judged", operation)
			}
		}
	}
}

// The judge is worth something only if it refuses what is wrong.
func TestVendorDocumentRefuses(t *testing.T) {
	judge := contract.NewJudge(t, documents(t)["/api/v2"], vendor, nil)
	for name, c := range map[string]struct{ method, path, body string }{
		"one address in place of a list": {"POST", "/api/v2/persons", `{"name":"x","email":"a@example.com"}`},
		"an address as a text":           {"POST", "/api/v2/persons", `{"name":"x","emails":["a@example.com"]}`},
		"a text for an id":               {"POST", "/api/v2/persons", `{"name":"x","org_id":"1"}`},
		"a deal without a title":         {"POST", "/api/v2/deals", `{"value":1}`},
		"the first version's verb":       {"PUT", "/api/v2/persons/1", `{"name":"x"}`},
		"a search without a term":        {"GET", "/api/v2/persons/search", ``},
	} {
		if !judge.Refuses(c.method, c.path, c.body) {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestCardIsComplete(t *testing.T) {
	for prefix, doc := range documents(t) {
		var calls []provider.Call
		for _, call := range pipedrive.New(pipedrive.Config{}).Card().Calls {
			if strings.HasPrefix(call.Path, prefix+"/") {
				calls = append(calls, call)
			}
		}
		contract.Classified(t, doc, prefix, calls)
	}
}

// What a call takes from the day's budget is what the document says.
func TestCosts(t *testing.T) {
	costs := pipedrive.Costs()
	for prefix, doc := range documents(t) {
		for _, call := range pipedrive.New(pipedrive.Config{}).Card().Calls {
			path, ours := strings.CutPrefix(call.Path, prefix)
			if !ours {
				continue
			}
			operation := doc.Paths.Find(path).GetOperation(call.Method)
			if want := fmt.Sprint(operation.Extensions["x-token-cost"]); want != fmt.Sprint(costs[call.Name]) {
				t.Errorf("%s costs %d; the document says %s", call.Name, costs[call.Name], want)
			}
		}
	}
}
