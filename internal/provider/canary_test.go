package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/event"
	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/customerio"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/fusionauth"
	"github.com/barrehq/barre/internal/provider/helpscout"
	"github.com/barrehq/barre/internal/provider/paycove"
	"github.com/barrehq/barre/internal/provider/pipedrive"
	"github.com/barrehq/barre/internal/provider/recurly"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/secret"
)

// tap keeps every byte of a request but its credential.
type tap struct {
	mu  sync.Mutex
	all strings.Builder
}

func (w *tap) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	header := r.Header.Clone()
	header.Del("Authorization")
	text, _ := url.QueryUnescape(string(body))
	w.mu.Lock()
	fmt.Fprintln(&w.all, r.URL, header, string(body), text)
	w.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// mark fills every text of a change with a marker of its own and returns what
// marks which field.
func mark(v reflect.Value, path string, markers map[string]string) {
	switch v.Kind() {
	case reflect.Pointer:
		mark(v.Elem(), path, markers)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			mark(v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."), markers)
		}
	case reflect.Slice:
		for i := range v.Len() {
			mark(v.Index(i), path, markers)
		}
	case reflect.String:
		if v.String() == "" {
			marker := fmt.Sprintf("canary%03dx", len(markers))
			markers[path] = marker
			v.SetString(marker)
		}
	}
}

func id(n byte) uuid.UUID {
	return uuid.UUID{1, 0x9a, 0x2b, 0x3c, 0x4d, n, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, n}
}

func fullChange(kind, vendor string, now time.Time) (provider.Change, map[string]string) {
	c := provider.Change{
		Event:      provider.Event{ID: id(1), TenantID: id(2), Type: kind, OccurredAt: now},
		Household:  &provider.Household{ID: id(3)},
		Biller:     vendor,
		Refund:     &provider.Refund{ID: id(12), Provider: vendor, Payment: "1-2", Amount: 4500, Currency: "USD"},
		Invoice:    &provider.Invoice{ID: id(4), Biller: vendor, Currency: "USD", Total: 4500, DueOn: now.AddDate(0, 0, 14), Lines: []provider.Line{{ID: id(5), Kind: provider.Tuition, Amount: 4500}}},
		Enrollment: &provider.Enrollment{ID: id(6), StartsOn: now},
		Person:     &provider.Person{ID: id(7), Kind: "guardian", CreatedAt: now},
		Invitation: &provider.Invitation{ExpiresAt: now.Add(time.Hour)},
		Member:     &provider.Member{ID: id(8)},
		Deal:       &provider.Deal{ID: id(9), Status: provider.DealOpen, Value: 4500, Currency: "USD"},
		Ticket:     &provider.Ticket{ID: id(10), Status: provider.TicketOpen},
		Reply:      &provider.Reply{ID: id(11), Author: provider.Family, At: now},
	}
	c.Person.Email, c.Household.Email, c.Member.Email = "canaryperson@example.com", "canaryhousehold@example.com", "canarymember@example.com"
	markers := map[string]string{"Person.Email": "canaryperson@", "Household.Email": "canaryhousehold@", "Member.Email": "canarymember@"}
	mark(reflect.ValueOf(&c), "", markers)
	c.Reply.Reference = "" // with one it came from the vendor
	return c, markers
}

func kinds() []string {
	return []string{"household.created", "household.updated", "guardian.created", "guardian.updated", "enrollment.created", "enrollment.dropped",
		"invoice.issued", "invoice.paid", "invoice.voided", "refund.created", "membership.invited", "membership.password_reset_requested", "membership.updated", "membership.revoked", "deal.created", "deal.updated", "deal.deleted", "ticket.created",
		"ticketreply.created", "ticket.updated", "guardian.deleted", "household.deleted", "student.created", "note.created", "attendance.created"}
}

// Every text of every event goes through every provider; exactly what the
// vendor's row of the register allows comes out on the wire.
func TestCanary(t *testing.T) {
	wireStripe, wireCustomerIO, wireRecurly, wirePayCove := &tap{}, &tap{}, &tap{}, &tap{}
	wireHelpScout, wirePipedrive, wireFusionAuth := &tap{}, &tap{}, &tap{}
	for _, c := range []struct {
		provider provider.Provider
		fake     http.Handler
		tap      *tap
		key      string
		allowed  []string
	}{
		{
			stripe.New(stripe.Config{Transport: wireStripe}), fake.NewStripe(fake.StripeConfig{}), wireStripe, "sk_test_x",
			[]string{"Household.Name", "Household.Email", "Household.Address.Line1", "Household.Address.Line2", "Household.Address.City",
				"Household.Address.Region", "Household.Address.PostalCode", "Household.Address.Country", "Invoice.Lines.Item", "Invoice.Lines.Season"},
		},
		{
			customerio.New(customerio.Config{Transport: wireCustomerIO}), fake.NewCustomerIO(fake.CustomerIOConfig{}), wireCustomerIO, "site:track:app",
			[]string{"Person.FirstName", "Person.LastName", "Person.Email", "Person.Locale", "Studio.Name", "Enrollment.Class", "Enrollment.Season",
				"Invoice.Number", "Invoice.URL", "Invitation.URL"},
		},
		{
			recurly.New(recurly.Config{Transport: wireRecurly}), fake.NewRecurly(fake.RecurlyConfig{}), wireRecurly, "key",
			[]string{"Household.Name", "Household.Email", "Household.Phone", "Household.Address.Line1", "Household.Address.Line2",
				"Household.Address.City", "Household.Address.Region", "Household.Address.PostalCode", "Household.Address.Country",
				"Invoice.Lines.Item", "Invoice.Lines.Season"},
		},
		{
			paycove.New(paycove.Config{Config: provider.Config{Transport: wirePayCove}}), fake.NewPayCove(fake.PayCoveConfig{}), wirePayCove, "token",
			[]string{"Household.Name", "Household.Email", "Household.Phone", "Household.Address.Line1", "Household.Address.Line2",
				"Household.Address.City", "Household.Address.Region", "Household.Address.PostalCode", "Household.Address.Country",
				"Invoice.Number", "Invoice.Lines.Item", "Invoice.Lines.Season"},
		},
		{
			helpscout.New(helpscout.Config{Transport: wireHelpScout}), fake.NewHelpScout(fake.HelpScoutConfig{}), wireHelpScout, "app:key",
			[]string{"Person.FirstName", "Person.LastName", "Person.Email", "Ticket.Subject", "Reply.Text"},
		},
		{
			pipedrive.New(pipedrive.Config{Transport: wirePipedrive}), fake.NewPipedrive(fake.PipedriveConfig{}), wirePipedrive, "token",
			[]string{"Household.Name", "Household.Address.Line1", "Household.Address.Line2", "Household.Address.City", "Household.Address.Region",
				"Household.Address.PostalCode", "Household.Address.Country", "Person.FirstName", "Person.LastName", "Person.Email", "Person.Phone"},
		},
		{
			fusionauth.New(fusionauth.Config{Config: provider.Config{Transport: wireFusionAuth}}), fake.NewFusionAuth(fake.FusionAuthConfig{}), wireFusionAuth, "key",
			[]string{"Member.Name", "Member.Email", "Member.Role"},
		},
	} {
		server := httptest.NewServer(c.fake)
		defer server.Close()
		connection := provider.Connection{
			BaseURL: server.URL, Credential: secret.String(c.key), Mode: provider.Development,
			Options: map[string]string{customerio.OptionAppURL: server.URL, customerio.OptionInvitationMessage: "invite", customerio.OptionResetMessage: "reset",
				helpscout.OptionMailbox: "85", fusionauth.OptionApplication: "3c219e58-ed0e-4b18-ad48-f4f92793ae32"},
		}
		links := fake.NewLinks()
		var markers map[string]string
		for _, kind := range kinds() {
			var change provider.Change
			change, markers = fullChange(kind, c.provider.Name(), time.Now())
			operations, err := c.provider.Plan(change)
			if err != nil {
				t.Fatalf("%s: Plan(%s): %v", c.provider.Name(), kind, err)
			}
			for _, o := range operations {
				// A paid invoice cannot be voided; that refusal is the vendor's own.
				if _, err := c.provider.Do(t.Context(), connection, o, links); err != nil && kind != "invoice.voided" {
					t.Fatalf("%s: Do(%s): %v", c.provider.Name(), kind, err)
				}
			}
		}
		sent := c.tap.all.String()
		for path, marker := range markers {
			if strings.Contains(sent, marker) != slices.Contains(c.allowed, path) {
				t.Errorf("%s: %s on the wire: %v; allowed: %v", c.provider.Name(), path, strings.Contains(sent, marker), slices.Contains(c.allowed, path))
			}
		}
		for _, path := range c.allowed {
			if markers[path] == "" {
				t.Errorf("%s: %s is no field of a change", c.provider.Name(), path)
			}
		}
	}
}

// What an event says about its entity never reaches a provider at all.
func TestCutDown(t *testing.T) {
	full := event.Event{ID: id(1), TenantID: id(2), Type: "student.created", Actor: "actor-marker", RequestID: "request-marker",
		TraceParent: "trace-marker", Data: json.RawMessage(`{"medicalNotes":"data-marker"}`), Changed: []string{"field-marker"}}
	text := fmt.Sprintf("%+v", provider.CutDown(full))
	if strings.Contains(text, "marker") || !strings.Contains(text, "student.created") {
		t.Errorf("CutDown kept %s", text)
	}
}

// No field of a change is about a student, and nobody can add one unseen.
func TestChangeHasNoStudentData(t *testing.T) {
	var walk func(reflect.Type, string)
	walk = func(typ reflect.Type, path string) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		for _, word := range []string{"student", "child", "birth", "medical", "allerg", "custody", "attendance", "note", "gender", "password"} {
			if strings.Contains(strings.ToLower(path), word) {
				t.Errorf("%s must not be in a change", path)
			}
		}
		if typ.Kind() == reflect.Struct && strings.HasPrefix(typ.PkgPath(), "github.com/barrehq/") {
			for i := range typ.NumField() {
				walk(typ.Field(i).Type, path+"."+typ.Field(i).Name)
			}
		}
	}
	walk(reflect.TypeFor[provider.Change](), "Change")
}

// The rows are those of the published register, word for word.
func TestCards(t *testing.T) {
	for _, c := range []struct {
		provider provider.Provider
		row      string
	}{
		{stripe.New(stripe.Config{}), "| Stripe | Payment Manager | Name, email, billing address, payment details | US | privacy@stripe.com |"},
		{recurly.New(recurly.Config{}), "| Recurly | Process recurring billing | Name, email, org address, country, phone, billing information | US | privacy@recurly.com |"},
		{paycove.New(paycove.Config{}), "| PayCove | Invoicing | Name, email, org address, country, phone, billing information | US | admin@paycove.io |"},
		{helpscout.New(helpscout.Config{}), "| HelpScout | Email platform; Help Docs | Name, email, any info that is provided to us through email; communication | US | privacy@helpscout.com |"},
		{pipedrive.New(pipedrive.Config{}), "| Pipedrive | Prospect and customer relationship management | Name, email, org address, country, phone, billing information | US | privacy@pipedrive.com |"},
		{fusionauth.New(fusionauth.Config{}), "| FusionAuth | Authentication | Name, email, password | US | privacy@fusionauth.io |"},
		{customerio.New(customerio.Config{}), "| Customer.io | Email marketing | Name, email, notifications and system functions such as user invitations, password reset. | US | privacy@customer.io |"},
	} {
		card := c.provider.Card()
		if err := card.Check(); err != nil {
			t.Error(err)
		}
		if row := fmt.Sprintf("| %s | %s | %s | %s | %s |", card.Name, card.Nature, card.DataShared, card.Location, card.Contact); row != c.row {
			t.Errorf("row %s; want %s", row, c.row)
		}
	}
}
