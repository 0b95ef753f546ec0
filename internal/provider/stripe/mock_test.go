package stripe_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fake"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/testkit/contract"
)

const mockVersion = "v0.203.0"

// mockBinary returns Stripe's own stripe-mock, built once into the user's
// cache. Where it cannot be built the test is skipped, and fails under CI=true.
func mockBinary(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		unavailable(t, err)
	}
	dir := filepath.Join(cache, "barre", "stripe-mock-"+mockVersion)
	binary := filepath.Join(dir, "stripe-mock")
	if _, err := os.Stat(binary); err == nil {
		return binary
	}
	install := exec.CommandContext(t.Context(), "go", "install", "github.com/stripe/stripe-mock@"+mockVersion)
	install.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=")
	install.Dir = t.TempDir()
	if out, err := install.CombinedOutput(); err != nil {
		unavailable(t, fmt.Errorf("build stripe-mock: %w: %s", err, out))
	}
	return binary
}

func unavailable(t *testing.T, reason error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

// startMock runs stripe-mock on a free port and returns its URL.
func startMock(t *testing.T) string {
	t.Helper()
	binary := mockBinary(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	mock := exec.Command(binary, "-http-addr", address)
	said := &listening{ready: make(chan struct{})}
	mock.Stdout, mock.Stderr = said, said
	if err := mock.Start(); err != nil {
		unavailable(t, err)
	}
	exited := make(chan struct{})
	go func() { mock.Wait(); close(exited) }()
	t.Cleanup(func() { mock.Process.Kill(); <-exited })
	select {
	case <-said.ready:
	case <-exited:
		t.Fatalf("stripe-mock stopped: %s", said.text.String())
	case <-time.After(time.Minute):
		t.Fatal("stripe-mock does not listen")
	}
	return "http://" + address
}

// listening waits for the line that says that the mock listens.
type listening struct {
	mu    sync.Mutex
	text  bytes.Buffer
	once  sync.Once
	ready chan struct{}
}

func (l *listening) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	if strings.Contains(l.text.String(), "Listening for HTTP") {
		l.once.Do(func() { close(l.ready) })
	}
	return len(p), nil
}

// TestStripeMock sends every call of the adapter to Stripe's own judge, which
// refuses unknown parameters, wrong types and wrong routes. It keeps no state,
// so a proxy tells the status of the invoice that the case is about.
func TestStripeMock(t *testing.T) {
	target, err := url.Parse(startMock(t))
	if err != nil {
		t.Fatal(err)
	}
	var status string
	seen := map[string]bool{}
	var mu sync.Mutex
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ModifyResponse = func(r *http.Response) error {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		seen[r.Request.Method+" "+template(r.Request.URL.Path)] = true
		if r.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %d %s", r.Request.Method, r.Request.URL, r.StatusCode, body)
		}
		body = withStatus(body, status)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Set("Content-Length", fmt.Sprint(len(body)))
		return nil
	}
	server := httptest.NewServer(proxy)
	defer server.Close()
	b := &bench{T: t, stripe: stripe.New(stripe.Config{}), links: fake.NewLinks(), now: time.Now(),
		connection: provider.Connection{BaseURL: server.URL, Credential: "sk_test_123", Mode: provider.Development}}
	for _, c := range []struct{ kind, status string }{
		{"household.created", "draft"}, {"household.updated", "draft"}, {"invoice.issued", "draft"}, {"invoice.issued", "draft"},
		{"invoice.paid", "open"}, {"invoice.voided", "open"}, {"invoice.voided", "draft"},
	} {
		mu.Lock()
		status = c.status
		mu.Unlock()
		o := b.plan(c.kind, 1)
		b.mustDo(o)
		for _, links := range []*fake.Links{b.links, fake.NewLinks()} {
			if _, err := b.stripe.Reconcile(t.Context(), b.connection, o, links); err != nil {
				t.Errorf("Reconcile(%s): %v", c.kind, err)
			}
		}
	}
	// The mock's lists hold nothing of ours, so the list of a customer's
	// invoices is asked for with the customer's link alone.
	half := fake.NewLinks()
	half.Save(t.Context(), provider.Ref{Type: "household", ID: id(201)}, "cus_1")
	b.stripe.Reconcile(t.Context(), b.connection, b.plan("invoice.issued", 1), half)
	for kind, object := range map[string]string{
		"invoice.paid": "in_1", "invoice_payment.paid": "inpay_1", "charge.refunded": "ch_1", "refund.updated": "re_1",
		"charge.dispute.created": "dp_1", "customer.subscription.deleted": "sub_1",
	} {
		if _, err := b.stripe.Handle(t.Context(), b.connection, provider.Inbound{Type: kind, Object: object}); err != nil {
			t.Errorf("Handle(%s): %v", kind, err)
		}
	}
	if _, err := b.stripe.Poll(t.Context(), b.connection, b.now.Add(-time.Hour), nil); err != nil {
		t.Errorf("Poll: %v", err)
	}
	if err := b.stripe.Check(t.Context(), b.connection); err != nil {
		t.Errorf("Check: %v", err)
	}
	for _, payment := range []string{"pi_1", "ch_1"} {
		o := b.refund(payment, 100, 2)
		for _, links := range []*fake.Links{fake.NewLinks(), b.links, b.links} {
			if _, err := b.stripe.Do(t.Context(), b.connection, o, links); err != nil {
				t.Errorf("Do(%s): %v", o.Name, err)
			}
			if _, err := b.stripe.Reconcile(t.Context(), b.connection, o, fake.NewLinks()); err != nil {
				t.Errorf("Reconcile(%s): %v", o.Name, err)
			}
		}
	}
	family := provider.Erasure{Refs: []provider.Ref{{Type: "household", ID: id(201)}}}
	if said, err := b.stripe.Erase(t.Context(), b.connection, family, half); err != nil || len(said) != 1 || said[0].State != provider.Erased {
		t.Errorf("Erase: %v, %v", said, err)
	}
	for _, call := range b.stripe.Card().Calls {
		if !seen[call.Method+" "+template(call.Path)] {
			t.Errorf("%s was never sent to stripe-mock", call.Name)
		}
	}
}

// withStatus sets the status of an invoice.
func withStatus(body []byte, status string) []byte {
	var o map[string]json.RawMessage
	if json.Unmarshal(body, &o) != nil || string(o["object"]) != `"invoice"` || o["deleted"] != nil {
		return body
	}
	o["status"] = json.RawMessage(`"` + status + `"`)
	changed, _ := json.Marshal(o)
	return changed
}

func template(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) > 3 {
		parts[3] = "{id}"
	}
	return strings.Join(parts, "/")
}

// Of every property that Stripe describes, the card says whether it is sent.
func TestCardIsComplete(t *testing.T) {
	contract.Classified(t, contract.Stripe(t), "", stripe.New(stripe.Config{}).Card().Calls)
}
