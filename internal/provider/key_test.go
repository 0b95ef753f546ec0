package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

func operation(t *testing.T, name string, ordinal int) provider.Operation {
	t.Helper()
	o, err := provider.NewOperation(provider.Event{ID: id(1), TenantID: id(2)}, provider.Draft{Provider: "vendor", Name: name, Ordinal: ordinal})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestKeysAreStableAndDistinct(t *testing.T) {
	// Written down: a key that changes between two versions of the program
	// would let a vendor do everything in flight twice.
	const golden = "br1-KVXIM6VHSOUHEFVNOIVSVOO4NHEOABZB5HZ4BAEQN5WTHPNBD2QA"
	first := operation(t, "invoice.issue", 0)
	if first.Key != golden {
		t.Errorf("key %q; want %q", first.Key, golden)
	}
	second := first
	second.Round = 1
	keys := map[string]string{}
	for name, key := range map[string]string{
		"operation":     first.Key,
		"other ordinal": operation(t, "invoice.issue", 1).Key,
		"other name":    operation(t, "invoice.void", 0).Key,
		"step":          first.StepKey("draft"),
		"other step":    first.StepKey("send"),
		"other round":   second.StepKey("draft"),
		"joined parts":  provider.Key(id(1), id(2), "a", "bc"),
		"other parts":   provider.Key(id(1), id(2), "ab", "c"),
		"other tenant":  provider.Key(id(2), id(1), "ab", "c"),
	} {
		if other, taken := keys[key]; taken {
			t.Errorf("%s and %s share the key %s", name, other, key)
		}
		keys[key] = name
		if len(key) != 56 {
			t.Errorf("%s has %d characters", key, len(key))
		}
	}
	if first.StepKey("draft") != operation(t, "invoice.issue", 0).StepKey("draft") {
		t.Error("a step's key changes between attempts")
	}
}

func TestClasses(t *testing.T) {
	dial := &net.OpError{Op: "dial", Err: errors.New("refused")}
	for _, c := range []struct {
		err  error
		want provider.Class
	}{
		{provider.TransportError("v", &url.Error{Err: dial}), provider.Transient},
		{provider.TransportError("v", &url.Error{Err: &net.DNSError{}}), provider.Transient},
		{provider.TransportError("v", &url.Error{Err: &net.OpError{Op: "read", Err: errors.New("reset")}}), provider.Unknown},
		{provider.TransportError("v", &url.Error{Err: context.DeadlineExceeded}), provider.Unknown},
		{provider.TransportError("v", &url.Error{Err: provider.ErrEgressBlocked}), provider.Permanent},
		{fmt.Errorf("around: %w", &provider.Error{Class: provider.Auth}), provider.Auth},
		{errors.New("anything"), provider.Unknown},
	} {
		if got := provider.ClassOf(c.err); got != c.want {
			t.Errorf("ClassOf(%v) = %s; want %s", c.err, got, c.want)
		}
	}
	for status, want := range map[int]provider.Class{
		400: provider.Permanent, 401: provider.Auth, 402: provider.Permanent, 403: provider.Auth, 404: provider.Permanent,
		409: provider.Transient, 422: provider.Permanent, 429: provider.RateLimited, 500: provider.Unknown, 503: provider.Unknown, 302: provider.Permanent,
	} {
		if got := provider.StatusClass(status); got != want {
			t.Errorf("StatusClass(%d) = %s; want %s", status, got, want)
		}
	}
}

func TestErrorsHideWhatWasSent(t *testing.T) {
	err := provider.TransportError("v", &url.Error{Op: "Post", URL: "https://v.example/?email=ann@example.com", Err: errors.New("ann@example.com")})
	if strings.Contains(err.Error(), "ann") {
		t.Errorf("error %q", err)
	}
}

func TestRetryAt(t *testing.T) {
	now := time.Unix(1_700_000_000, 0).UTC()
	for text, want := range map[string]time.Time{
		"": {}, "soon": {}, "-1": {}, "30": now.Add(30 * time.Second),
		now.Add(time.Hour).Format(http.TimeFormat): now.Add(time.Hour),
	} {
		if got := provider.RetryAt(http.Header{"Retry-After": {text}}, now); !got.Equal(want) {
			t.Errorf("RetryAt(%q) = %v; want %v", text, got, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		line provider.Line
		want string
	}{
		{provider.Line{Kind: provider.Tuition, Item: "Ballet II", Season: "Fall 2026"}, "Tuition – Ballet II – Fall 2026"},
		{provider.Line{Kind: provider.Discount, Item: "Sibling"}, "Discount – Sibling"},
		{provider.Line{Kind: provider.Fee}, "Fee"}, {provider.Line{Kind: provider.Credit}, "Credit"}, {provider.Line{}, "Adjustment"},
	} {
		if got := c.line.Describe(); got != c.want {
			t.Errorf("Describe = %q; want %q", got, c.want)
		}
	}
}
