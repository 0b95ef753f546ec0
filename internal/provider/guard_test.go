package provider_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

func card() provider.Card {
	return provider.Card{
		Name: "Vendor", Nature: "Test", DataShared: "Name", Location: "US", Contact: "a@example.com",
		Classes: []provider.DataClass{provider.Name},
		Hosts:   []string{"api.vendor.example"},
		Headers: []string{"Idempotency-Key"},
		Calls: []provider.Call{{
			Name: "save", Method: "POST", Path: "/v1/people/{id}",
			Query: provider.Fields(provider.Operational, "limit"),
			Body:  provider.Fields(provider.Name, "name", "address.city", "lines[].text", "tags[]", "custom.{hash}"),
		}},
	}
}

// wire records what reaches the network.
type wire struct{ bodies []string }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	w.bodies = append(w.bodies, string(body))
	return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}, Request: r}, err
}

const (
	target  = "https://api.vendor.example/v1/people/p1"
	asJSON  = "application/json"
	asForm  = "application/x-www-form-urlencoded"
	regular = `{"name":"Ann","address":{"city":"Bonn"},"lines":[{"text":"a"},{"text":"b"}],"tags":["x","y"]}`
)

func TestGuard(t *testing.T) {
	for name, c := range map[string]struct {
		method, url, kind, body string
		header                  string
		want                    string // part of the reason; empty when it may leave
	}{
		"json":                      {"POST", target, asJSON, regular, "", ""},
		"json with charset":         {"POST", target, asJSON + "; charset=utf-8", `{"name":"Ann"}`, "", ""},
		"form":                      {"POST", target, asForm, "name=Ann&address[city]=Bonn&lines[0][text]=a&tags[]=x&tags[1]=y", "", ""},
		"declared query":            {"POST", target + "?limit=3", asJSON, `{"name":"Ann"}`, "", ""},
		"declared header":           {"POST", target, asJSON, `{"name":"Ann"}`, "Idempotency-Key", ""},
		"no body":                   {"POST", target, "", "", "", ""},
		"dates and phone numbers":   {"POST", target, asJSON, `{"name":"2026-09-01 2027-06-30 +49 151 23456789"}`, "", ""},
		"our id as a made-up field": {"POST", target, asJSON, `{"custom":{"5f3e":"deal_01kaebygdp7001000000000000"}}`, "", ""},
		"text as a made-up field":   {"POST", target, asJSON, `{"custom":{"5f3e":"Emma"}}`, "", `"custom.5f3e"`},
		"list as a made-up field":   {"POST", target, asJSON, `{"custom":{"5f3e":["deal_01kaebygdp7001000000000000"]}}`, "", `"custom.5f3e[]"`},
		"object as a made-up field": {"POST", target, asJSON, `{"custom":{"5f3e":{"a":"deal_01kaebygdp7001000000000000"}}}`, "", `"custom.5f3e.a"`},
		"address as a made-up name": {"POST", target, asJSON, `{"custom":{"ann@example.com":"deal_01kaebygdp7001000000000000"}}`, "", `ann@example`},
		"other host":                {"POST", "https://evil.example/v1/people/p1", asJSON, regular, "", "host"},
		"host with a port":          {"POST", "https://api.vendor.example:8443/v1/people/p1", asJSON, regular, "", "host"},
		"suffix of the host":        {"POST", "https://api.vendor.example.evil.example/v1/people/p1", asJSON, regular, "", "host"},
		"loopback":                  {"POST", "http://127.0.0.1:1/v1/people/p1", asJSON, regular, "", "host"},
		"plain HTTP":                {"POST", "http://api.vendor.example/v1/people/p1", asJSON, regular, "", "host"},
		"other method":              {"PUT", target, asJSON, regular, "", "call"},
		"other path":                {"POST", target + "/notes", asJSON, regular, "", "call"},
		"e-mail in the path":        {"POST", "https://api.vendor.example/v1/people/ann@example.com", asJSON, regular, "", "call"},
		"escaped slash":             {"POST", "https://api.vendor.example/v1/people/p%2F1", asJSON, regular, "", "call"},
		"parent path":               {"POST", "https://api.vendor.example/v1/people/..", asJSON, regular, "", "call"},
		"undeclared header":         {"POST", target, asJSON, regular, "X-Birthday", "header"},
		"undeclared query":          {"POST", target + "?name=Ann", asJSON, regular, "", "field"},
		"broken query":              {"POST", target + "?%zz", asJSON, regular, "", "query"},
		"undeclared field":          {"POST", target, asJSON, `{"name":"Ann","birthday":"2015-01-01"}`, "", `"birthday"`},
		"undeclared null":           {"POST", target, asJSON, `{"birthday":null}`, "", `"birthday"`},
		"undeclared empty object":   {"POST", target, asJSON, `{"notes":{}}`, "", `"notes"`},
		"undeclared empty list":     {"POST", target, asJSON, `{"notes":[]}`, "", `"notes"`},
		"object for a text":         {"POST", target, asJSON, `{"name":{"first":"Ann"}}`, "", `"name.first"`},
		"list for a text":           {"POST", target, asJSON, `{"name":["Ann"]}`, "", `"name[]"`},
		"name given twice":          {"POST", target, asJSON, `{"address":{"zip":"1"},"address":{"city":"Bonn"}}`, "", `"address.zip"`},
		"dotted name":               {"POST", target, asJSON, `{"address.city":"Bonn"}`, "", "field"},
		"bracketed name":            {"POST", target, asJSON, `{"tags[]":"x"}`, "", "field"},
		"trailing JSON":             {"POST", target, asJSON, `{"name":"Ann"} {"x":1}`, "", "JSON"},
		"broken JSON":               {"POST", target, asJSON, `{"name":`, "", "JSON"},
		"deep JSON":                 {"POST", target, asJSON, strings.Repeat("[", 100) + strings.Repeat("]", 100), "", "JSON"},
		"undeclared form field":     {"POST", target, asForm, "name=Ann&address[zip]=1", "", `"address.zip"`},
		"dotted form field":         {"POST", target, asForm, "address.city=Bonn", "", "field"},
		"broken form":               {"POST", target, asForm, "name=%zz", "", "form"},
		"semicolon form":            {"POST", target, asForm, "name=a;birthday=b", "", "form"},
		"unknown content type":      {"POST", target, "text/plain", "name=Ann", "", "content type"},
		"no content type":           {"POST", target, "", "name=Ann", "", "content type"},
		"huge body":                 {"POST", target, asJSON, `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, "", "body"},
		"card number":               {"POST", target, asJSON, `{"name":"4242424242424242"}`, "", "payment card"},
		"card number with spaces":   {"POST", target, asForm, "name=pay+4242+4242+4242+4242+now", "", "payment card"},
		"short card number dashed":  {"POST", target, asJSON, `{"name":"3782-822463-10005"}`, "", "payment card"},
	} {
		t.Run(name, func(t *testing.T) {
			var reports []provider.Report
			sent := &wire{}
			guard := provider.NewGuard(card(), provider.Connection{}, sent, func(_ context.Context, r provider.Report) { reports = append(reports, r) })
			request, err := http.NewRequest(c.method, c.url, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.kind != "" {
				request.Header.Set("Content-Type", c.kind)
			}
			if c.header != "" {
				request.Header.Set(c.header, "x")
			}
			_, err = guard.RoundTrip(request)
			if len(reports) != 1 || (reports[0].Blocked == "") != (c.want == "") {
				t.Errorf("reports %+v", reports)
			}
			if c.want == "" {
				if err != nil || len(sent.bodies) != 1 || sent.bodies[0] != c.body {
					t.Errorf("RoundTrip = %v, sent %q; want it sent as it is", err, sent.bodies)
				}
				return
			}
			if !errors.Is(err, provider.ErrEgressBlocked) || !strings.Contains(err.Error(), c.want) || len(sent.bodies) != 0 {
				t.Errorf("RoundTrip = %v, %d sent; want it blocked because of %s", err, len(sent.bodies), c.want)
			}
		})
	}
}

func TestGuardLoopbackInDevelopmentAlone(t *testing.T) {
	for _, c := range []struct {
		mode provider.Mode
		base string
		ok   bool
	}{
		{provider.Development, "http://127.0.0.1:9999", true},
		{provider.Live, "http://127.0.0.1:9999", false},
		{"", "http://127.0.0.1:9999", false},
		{provider.Development, "http://10.0.0.1:9999", false},
		{provider.Development, "http://localhost:9999", false},
	} {
		guard := provider.NewGuard(card(), provider.Connection{Mode: c.mode, BaseURL: c.base}, &wire{}, nil)
		request, _ := http.NewRequest("POST", c.base+"/v1/people/p1", nil)
		request.Body = http.NoBody
		if _, err := guard.RoundTrip(request); (err == nil) != c.ok {
			t.Errorf("%s %s: %v; want sent: %v", c.mode, c.base, err, c.ok)
		}
	}
}

func TestReportNamesFieldsWithoutValues(t *testing.T) {
	var got provider.Report
	guard := provider.NewGuard(card(), provider.Connection{}, &wire{}, func(_ context.Context, r provider.Report) { got = r })
	request, _ := http.NewRequest("POST", target, strings.NewReader(regular))
	request.Header.Set("Content-Type", asJSON)
	if _, err := guard.RoundTrip(request); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range got.Fields {
		paths = append(paths, f.Path)
	}
	want := []string{"name", "address.city", "lines[].text", "lines[].text", "tags[]", "tags[]"}
	if got.Vendor != "Vendor" || got.Call != "save" || !slices.Equal(paths, want) {
		t.Errorf("report %+v", got)
	}
}

func TestCardCheck(t *testing.T) {
	if err := card().Check(); err != nil {
		t.Errorf("Check = %v", err)
	}
	wrong := card()
	wrong.Calls[0].Body = append(wrong.Calls[0].Body, provider.Field{Path: "email", Class: provider.Email})
	if wrong.Check() == nil {
		t.Error("a card may send a class that it does not name")
	}
	empty := card()
	empty.Contact = " "
	if empty.Check() == nil {
		t.Error("a card may have an empty column")
	}
}

// FuzzGuard holds that no JSON gets out with a name that is not declared, read
// by another reader than the guard's.
func FuzzGuard(f *testing.F) {
	f.Add(regular)
	f.Add(`{"name":"a","name":{"secret":"b"}}`)
	f.Add(`{"address":{"city":"a","zip":null}}`)
	f.Add(`{"\u006eame":"a","NAME":"b"}`)
	f.Fuzz(func(t *testing.T, body string) {
		sent := &wire{}
		request, err := http.NewRequest("POST", target, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", asJSON)
		provider.NewGuard(card(), provider.Connection{}, sent, nil).RoundTrip(request)
		for _, b := range sent.bodies {
			var value any
			if b != "" && json.Unmarshal([]byte(b), &value) != nil {
				t.Errorf("sent broken JSON %q", b)
			}
			undeclared(t, value)
		}
	})
}

func undeclared(t *testing.T, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if !slices.Contains([]string{"name", "address", "city", "lines", "text", "tags"}, name) {
				t.Errorf("sent the name %q", name)
			}
			undeclared(t, inner)
		}
	case []any:
		for _, inner := range v {
			undeclared(t, inner)
		}
	}
}

// Nothing is sent to a new vendor before its notice period has passed.
func TestGuardWaitsForTheNoticePeriod(t *testing.T) {
	announced := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	c := card()
	c.Announced = announced
	for passed, sends := range map[time.Duration]int{0: 0, provider.NoticePeriod - time.Second: 0, provider.NoticePeriod: 1} {
		sent := &wire{}
		guard := provider.NewGuard(c, provider.Connection{}, sent, nil).At(func() time.Time { return announced.Add(passed) })
		request, err := http.NewRequest(http.MethodPost, "https://api.vendor.example/v1/people/p1", strings.NewReader(`{"name":"Ann"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		_, err = guard.RoundTrip(request)
		if len(sent.bodies) != sends || errors.Is(err, provider.ErrEgressBlocked) != (sends == 0) {
			t.Errorf("after %s: %d sent, %v", passed, len(sent.bodies), err)
		}
	}
}
