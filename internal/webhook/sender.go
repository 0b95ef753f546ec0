package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/barrehq/barre/internal/secret"
)

const (
	defaultTimeout   = 15 * time.Second
	maxResponseBytes = 16 << 10
	maxHeaderBytes   = 16 << 10
	connectTimeout   = 5 * time.Second
)

// Config of a Sender. The zero value is right for production.
type Config struct {
	// AllowLoopback lets a developer receive webhooks on the same machine.
	AllowLoopback bool
	// Timeout of one attempt from the dial to the last byte; 0 means 15 s.
	Timeout time.Duration
	// UserAgent is what receivers see; the default names nobody, because the
	// platform is white-labelled.
	UserAgent string
	// Resolver answers for names; nil is the system's. Whatever it answers is
	// judged before a byte is sent.
	Resolver *net.Resolver
	// RootCAs are who may vouch for a receiver; nil is the system's set.
	RootCAs *x509.CertPool
	// ConnsPerHost is how many connections to one host are kept open; 0 means 64.
	ConnsPerHost int
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Sender makes the calls. One is enough for a process, and it is safe for
// concurrent use.
type Sender struct {
	client  *http.Client
	policy  *policy
	timeout time.Duration
	agent   string
	now     func() time.Time
}

// NewSender returns a Sender that reaches public addresses alone: no proxy of
// the environment, no redirect, and no address that the guard refuses however
// it was spelled or resolved.
func NewSender(c Config) *Sender {
	s := &Sender{policy: newPolicy(c.AllowLoopback), timeout: c.Timeout, agent: c.UserAgent, now: c.Now}
	if s.timeout <= 0 {
		s.timeout = defaultTimeout
	}
	if s.agent == "" {
		s.agent = "Webhook/1.0"
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.client = &http.Client{
		Transport:     s.transport(c),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s
}

func (s *Sender) transport(c Config) *http.Transport {
	dialer := &net.Dialer{
		Timeout:  connectTimeout,
		Resolver: c.Resolver,
		// Called with the resolved address of every attempt, after which the
		// name is not asked for again: nothing can be swapped in between.
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return s.policy.dialed(address)
		},
	}
	conns := c.ConnsPerHost
	if conns <= 0 {
		conns = 64
	}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.RootCAs},
		TLSHandshakeTimeout:    connectTimeout,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // a response is an excerpt for the log; nothing is unpacked
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConnsPerHost:    conns,
		IdleConnTimeout:        90 * time.Second,
	}
}

// Transport reaches other addresses that a studio has named, behind the same
// guard.
func (s *Sender) Transport() http.RoundTripper { return s.client.Transport }

// CheckURL is the package's CheckURL, with loopback allowed where the Sender
// allows it.
func (s *Sender) CheckURL(raw string) error { return s.policy.url(raw) }

// Close gives up idle connections.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Request is one attempt. ID and Body are the same for every attempt of a
// delivery; Timestamp is the attempt's own.
type Request struct {
	URL       string
	ID        string
	Timestamp time.Time
	Body      []byte            // JSON
	Keys      []secret.String   // see Sign; several while a rotation lasts
	Headers   map[string]string // further headers; they never replace ours
	// Authorization is the value of that header, where the endpoint asks for
	// more than a signature; empty for none.
	Authorization secret.String
}

// Result is what the receiver answered.
type Result struct {
	Status  int // 0 when there was no answer
	Latency time.Duration
	// Excerpt is up to 16 KiB of the answer as printable text. It was written
	// by a stranger: escape it wherever it is shown.
	Excerpt string
	// RetryAfter is what the receiver asked for, and at least a minute after
	// an answer that means "too much" and after a timeout. 0 means no wish.
	RetryAfter time.Duration
}

// OK reports whether the delivery is done. A redirect is a failure.
func (r Result) OK() bool { return r.Status >= 200 && r.Status <= 299 }

// Gone reports whether the receiver asked to be left alone for good (410).
func (r Result) Gone() bool { return r.Status == http.StatusGone }

// Send makes one attempt. An error means that there was no answer to judge:
// Reason turns it into text for the delivery log, which must not show the
// error itself, because it may name an address inside of our network.
func (s *Sender) Send(ctx context.Context, r Request) (Result, error) {
	if err := s.policy.url(r.URL); err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	request, err := s.request(ctx, r)
	if err != nil {
		return Result{}, err
	}
	start := s.now()
	response, err := s.client.Do(request)
	if err != nil {
		result := Result{Latency: s.now().Sub(start)}
		if Reason(err) == ReasonTimeout {
			result.RetryAfter = throttled
		}
		return result, fmt.Errorf("webhook: send %s: %w", r.ID, withoutURL(err))
	}
	defer response.Body.Close()
	// The status decides; a body that breaks off or trickles past the deadline
	// only shortens the excerpt.
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxResponseBytes))
	return Result{
		Status:     response.StatusCode,
		Latency:    s.now().Sub(start),
		Excerpt:    printable(body),
		RetryAfter: s.retryAfter(response),
	}, nil
}

func (s *Sender) request(ctx context.Context, r Request) (*http.Request, error) {
	signature, err := Sign(r.Keys, r.ID, r.Timestamp, r.Body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, fmt.Errorf("webhook: %s: %w", r.ID, err)
	}
	for name, value := range r.Headers {
		if settable(name) {
			request.Header.Set(name, value)
		}
	}
	if r.Authorization != "" {
		request.Header.Set("Authorization", r.Authorization.Reveal())
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", s.agent)
	request.Header.Set(HeaderID, r.ID)
	request.Header.Set(HeaderTimestamp, strconv.FormatInt(r.Timestamp.Unix(), 10))
	request.Header.Set(HeaderSignature, signature)
	return request, nil
}

// withoutURL drops the URL from the error, because its query may hold a token.
func withoutURL(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

// settable keeps a studio from shaping the connection rather than the message.
// An idempotency key is among them because it would let the transport repeat a
// request by itself; attempts are counted by the caller alone.
func settable(name string) bool {
	switch strings.ToLower(name) {
	case "host", "connection", "content-length", "content-encoding", "transfer-encoding", "te", "trailer",
		"upgrade", "expect", "proxy-authorization", "proxy-connection", "keep-alive", "accept-encoding",
		"idempotency-key", "x-idempotency-key",
		HeaderID, HeaderTimestamp, HeaderSignature:
		return false
	}
	return true
}

func (s *Sender) retryAfter(response *http.Response) time.Duration {
	var wish time.Duration
	text := response.Header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		wish = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wish = at.Sub(s.now())
	}
	wish = min(max(wish, 0), maxRetryAfter)
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		wish = max(wish, throttled)
	}
	return wish
}

// printable keeps the text of a stranger from steering a terminal or breaking
// the database: no control characters but line ends, no invalid UTF-8.
func printable(body []byte) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(body), "\uFFFD"))
}
