package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

func send(t *testing.T, s *webhook.Sender, url string, key secret.String) (webhook.Result, error) {
	t.Helper()
	t.Cleanup(s.Close)
	return s.Send(t.Context(), webhook.Request{
		URL: url, ID: messageID, Timestamp: time.Now(), Body: []byte(`{"type":"test"}`), Keys: []secret.String{key},
		Headers: map[string]string{"X-Studio": "ballet", "Webhook-Id": "forged", "Host": "forged", "Content-Type": "text/plain"},
	})
}

func TestSendIsVerifiable(t *testing.T) {
	key := newSecret(t)
	var failure atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := webhook.Verify([]secret.String{key}, r.Header, body, time.Now()); err != nil {
			failure.Store(err.Error())
		}
		if r.Header.Get("X-Studio") != "ballet" || r.Host == "forged" || r.Header.Get("Content-Type") != "application/json" {
			failure.Store(fmt.Sprint(r.Host, r.Header))
		}
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "thanks\x1b[2J\xff")
	}))
	defer server.Close()
	result, err := send(t, webhook.NewSender(webhook.Config{AllowLoopback: true}), server.URL, key)
	if err != nil || !result.OK() || result.Excerpt != "thanks [2J\uFFFD" || result.Latency <= 0 {
		t.Errorf("Send = %+v, %v", result, err)
	}
	if f := failure.Load(); f != nil {
		t.Errorf("the receiver saw: %v", f)
	}
}

// Every hostile URL is refused by Send too, and a listener on loopback that
// stands for all of them hears nothing.
func TestSendRefusesHostile(t *testing.T) {
	server, hits := countingServer(t)
	s := webhook.NewSender(webhook.Config{Timeout: time.Second})
	key := newSecret(t)
	for _, url := range append(hostile(), server.URL) {
		if _, err := send(t, s, url, key); !errors.Is(err, webhook.ErrAddress) || webhook.Reason(err) != webhook.ReasonAddress {
			t.Errorf("Send to %.60q = %v; want ErrAddress", url, err)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("the listener was reached %d times", hits.Load())
	}
}

func countingServer(t *testing.T) (*httptest.Server, *atomic.Int64) {
	var hits atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			hits.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server, &hits
}

// inside are addresses that no public name may lead to, in the forms in which a
// name server can answer.
func inside() []string {
	return []string{
		// this host and the networks around it
		"0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
		"192.168.0.1", "192.168.255.255", "100.64.3.3", "100.127.255.254", "169.254.1.1",
		"::", "::1", "fc00::1", "fd12:3456:789a::1", "fe80::1", "febf::1", "fec0::1",
		// machine credentials
		"169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fe80::a9fe:a9fe",
		// IPv4 inside of IPv6
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
		"64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:53aa:64c:0:0:80ff:fffe",
		// documentation, benchmarks, multicast, reserved
		"192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1", "198.19.255.255", "192.88.99.1", "224.0.0.1", "239.255.255.255",
		"240.0.0.1", "255.255.255.255", "ff02::1", "2001:db8::1", "3fff::1", "2001:2::1", "4000::1", "100::1",
	}
}

// A name that looks public is judged by where it leads at the dial.
func TestNamesThatLeadInside(t *testing.T) {
	server, hits := countingServer(t)
	port := server.Listener.Addr().(*net.TCPAddr).Port
	answers := [][]string{{"192.0.2.1", "127.0.0.1", "::1"}} // one after another
	for _, address := range inside() {
		answers = append(answers, []string{address})
	}
	if len(answers) < 40 {
		t.Fatalf("%d answers; want at least 40", len(answers))
	}
	key := newSecret(t)
	for _, answer := range answers {
		s := webhook.NewSender(webhook.Config{Timeout: 2 * time.Second, Resolver: resolver(t, func(int) []string { return answer })})
		_, err := send(t, s, fmt.Sprintf("http://hooks.example.com:%d/", port), key)
		if !errors.Is(err, webhook.ErrAddress) {
			t.Errorf("%v: Send = %v; want ErrAddress", answer, err)
		}
		if err != nil && strings.Contains(webhook.Reason(err), "1") {
			t.Errorf("%v: the reason shows an address: %q", answer, webhook.Reason(err))
		}
	}
	if hits.Load() != 0 {
		t.Errorf("the listener was reached %d times", hits.Load())
	}
}

// The answer changes between two sends: the first is allowed, the second is
// judged anew and refused.
func TestRebinding(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
	}))
	defer server.Close()
	var questions atomic.Int64
	s := webhook.NewSender(webhook.Config{AllowLoopback: true, Timeout: 2 * time.Second, Resolver: resolver(t, func(n int) []string {
		questions.Store(int64(n))
		if n == 1 {
			return []string{"127.0.0.1"}
		}
		return []string{"10.0.0.1"}
	})})
	url := fmt.Sprintf("http://hooks.example.com:%d/", server.Listener.Addr().(*net.TCPAddr).Port)
	if result, err := send(t, s, url, newSecret(t)); err != nil || !result.OK() {
		t.Fatalf("first Send = %+v, %v", result, err)
	}
	if questions.Load() != 1 {
		t.Errorf("the name was asked for %d times in one send", questions.Load())
	}
	if _, err := send(t, s, url, newSecret(t)); !errors.Is(err, webhook.ErrAddress) {
		t.Errorf("second Send = %v; want ErrAddress", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	inner, hits := countingServer(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		outer := httptest.NewServer(http.RedirectHandler(inner.URL, status))
		result, err := send(t, webhook.NewSender(webhook.Config{AllowLoopback: true}), outer.URL, newSecret(t))
		outer.Close()
		if err != nil || result.Status != status || result.OK() {
			t.Errorf("%d: Send = %+v, %v", status, result, err)
		}
	}
	if hits.Load() != 0 {
		t.Errorf("%d redirects were followed", hits.Load())
	}
}

// net/http reads the proxy of the environment once per process, so the sender
// runs in a process of its own.
func TestProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	if os.Getenv("HTTP_PROXY_OF_TEST") != "" {
		// The proxy would be allowed to be dialed; the receiver is not.
		s := webhook.NewSender(webhook.Config{AllowLoopback: true, Timeout: time.Second, Resolver: resolver(t, func(int) []string { return []string{"10.0.0.1"} })})
		if _, err := send(t, s, "http://hooks.example.com/", newSecret(t)); !errors.Is(err, webhook.ErrAddress) {
			t.Errorf("Send = %v; want ErrAddress", err)
		}
		return
	}
	proxy, hits := countingServer(t)
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxyOfTheEnvironmentIsIgnored$")
	again.Env = append(os.Environ(), "HTTP_PROXY_OF_TEST=1", "HTTP_PROXY="+proxy.URL, "HTTPS_PROXY="+proxy.URL, "NO_PROXY=")
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	if hits.Load() != 0 {
		t.Error("the proxy was used")
	}
}

func TestStubbornReceivers(t *testing.T) {
	now := time.Unix(1_700_000_000, 0).UTC()
	release := make(chan struct{})
	var servers []*httptest.Server
	defer func() {
		close(release)
		for _, server := range servers {
			server.Close()
		}
	}()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    webhook.Result
		reason  string
	}{
		"gone":        {status(410, ""), webhook.Result{Status: 410}, ""},
		"too many":    {status(429, ""), webhook.Result{Status: 429, RetryAfter: time.Minute}, ""},
		"wait":        {status(503, "90"), webhook.Result{Status: 503, RetryAfter: 90 * time.Second}, ""},
		"wait until":  {status(500, now.Add(time.Hour).Format(http.TimeFormat)), webhook.Result{Status: 500, RetryAfter: time.Hour}, ""},
		"wait a year": {status(500, "31536000"), webhook.Result{Status: 500, RetryAfter: 24 * time.Hour}, ""},
		"flood": {func(w http.ResponseWriter, r *http.Request) {
			for range 1 << 10 {
				io.WriteString(w, strings.Repeat("x", 1<<10))
			}
		}, webhook.Result{Status: 200, Excerpt: strings.Repeat("x", 16<<10)}, ""},
		"silence": {func(w http.ResponseWriter, r *http.Request) { <-release }, webhook.Result{RetryAfter: time.Minute}, webhook.ReasonTimeout},
		"trickle": {func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			<-release
		}, webhook.Result{Status: 200, Excerpt: "x"}, ""},
		"hang up":      {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, webhook.Result{}, webhook.ReasonConnect},
		"many headers": {func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, webhook.Result{}, webhook.ReasonConnect},
	} {
		server := httptest.NewUnstartedServer(c.handler)
		server.Config.ErrorLog = quiet()
		server.Start()
		s := webhook.NewSender(webhook.Config{AllowLoopback: true, Timeout: 300 * time.Millisecond, Now: func() time.Time { return now }})
		result, err := send(t, s, server.URL, newSecret(t))
		reason := ""
		if err != nil {
			reason = webhook.Reason(err)
		}
		if result != c.want || reason != c.reason {
			t.Errorf("%s: Send = %.200v, %v; want %.200v, %q", name, result, err, c.want, c.reason)
		}
		servers = append(servers, server)
	}
}

func status(code int, retryAfter string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(code)
	}
}

func TestStrangeCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(status(200, ""))
	server.Config.ErrorLog = quiet()
	server.StartTLS()
	defer server.Close()
	_, err := send(t, webhook.NewSender(webhook.Config{AllowLoopback: true}), server.URL, newSecret(t))
	if err == nil || webhook.Reason(err) != webhook.ReasonTLS {
		t.Errorf("Send = %v; want a refused certificate", err)
	}
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	result, err := send(t, webhook.NewSender(webhook.Config{AllowLoopback: true, RootCAs: roots}), server.URL, newSecret(t))
	if err != nil || !result.OK() {
		t.Errorf("Send = %+v, %v", result, err)
	}
}

func TestErrorsHideTheQuery(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	_, err = send(t, webhook.NewSender(webhook.Config{AllowLoopback: true}), "http://"+listener.Addr().String()+"/?token=hunter2", newSecret(t))
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("Send = %v; want an error without the query", err)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := webhook.NewSender(webhook.Config{AllowLoopback: true})
	_, err := s.Send(ctx, webhook.Request{URL: "http://127.0.0.1:9999/", ID: "1", Keys: []secret.String{newSecret(t)}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Send = %v; want canceled", err)
	}
}
