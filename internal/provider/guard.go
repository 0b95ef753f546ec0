package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ErrEgressBlocked is returned in place of an answer when a request would have
// sent what its vendor's card does not declare. Nothing was sent.
var ErrEgressBlocked = errors.New("provider: the request holds what the vendor may not receive")

const maxBody = 1 << 20

// Report tells what one request sent, or was about to send: names and classes,
// never values. It feeds the ledger behind "what did you share with whom".
type Report struct {
	Vendor  string
	Call    string
	Fields  []Field
	Blocked string // why nothing was sent; empty for a request that went out
}

// Guard is the only way to a vendor. It refuses whatever the card does not
// declare: the host, the call, a header, a field of the query or body, a body
// that it cannot read, and any value that looks like a payment card's number;
// and everything while studios may still object to a new vendor.
type Guard struct {
	card    Card
	loop    []string
	next    http.RoundTripper
	observe func(context.Context, Report)
	now     func() time.Time
}

// NewGuard returns a Guard before next for one connection. In Development
// mode, the loopback addresses among urls are let through besides the card's
// hosts. observe may be nil.
func NewGuard(card Card, c Connection, next http.RoundTripper, observe func(context.Context, Report)) *Guard {
	g := &Guard{card: card, next: next, observe: observe, now: time.Now}
	if c.Mode == Development {
		for _, raw := range append([]string{c.BaseURL}, optionURLs(c)...) {
			if u, err := url.Parse(raw); err == nil && loopback(u.Hostname()) {
				g.loop = append(g.loop, u.Host)
			}
		}
	}
	return g
}

// At replaces the clock by which the notice period of a new vendor passes.
func (g *Guard) At(now func() time.Time) *Guard { g.now = now; return g }

func optionURLs(c Connection) []string {
	var urls []string
	for name, value := range c.Options {
		if strings.HasSuffix(name, "_url") {
			urls = append(urls, value)
		}
	}
	return urls
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// RoundTrip sends r, or blocks it.
func (g *Guard) RoundTrip(r *http.Request) (*http.Response, error) {
	report := Report{Vendor: g.card.Name}
	body, err := g.judge(r, &report)
	if err != nil {
		report.Blocked = err.Error()
	}
	if g.observe != nil {
		g.observe(r.Context(), report)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrEgressBlocked, err)
	}
	// What was judged is what is sent: the body as read, not as it reads again.
	sent := r.Clone(r.Context())
	sent.Body, sent.GetBody, sent.ContentLength = http.NoBody, nil, 0
	if len(body) > 0 {
		sent.Body = io.NopCloser(bytes.NewReader(body))
		sent.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		sent.ContentLength = int64(len(body))
	}
	return g.next.RoundTrip(sent)
}

func (g *Guard) judge(r *http.Request, report *Report) ([]byte, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	if g.now().Before(g.card.Opens()) {
		return nil, errors.New("the vendor's notice period has not passed")
	}
	if !g.host(r.URL) || r.Host != "" && r.Host != r.URL.Host {
		return nil, errors.New("undeclared host")
	}
	call := g.card.call(r.Method, r.URL.EscapedPath())
	if call == nil {
		return nil, errors.New("undeclared call")
	}
	report.Call = call.Name
	if err := g.headers(r.Header); err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || r.URL.Fragment != "" || r.URL.User != nil {
		return nil, errors.New("unreadable query")
	}
	if err := declared(report, call.Query, flattenForm(values)); err != nil {
		return nil, err
	}
	leaves, err := flatten(r.Header.Get("Content-Type"), body)
	if err != nil {
		return nil, err
	}
	return body, declared(report, call.Body, leaves)
}

func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		return nil, errors.New("unreadable body")
	}
	return body, nil
}

func (g *Guard) host(u *url.URL) bool {
	if slices.Contains(g.loop, u.Host) {
		return u.Scheme == "http" || u.Scheme == "https"
	}
	return u.Scheme == "https" && (slices.Contains(g.card.Hosts, u.Host))
}

func (g *Guard) headers(h http.Header) error {
	for name := range h {
		switch name {
		case "Accept", "Accept-Encoding", "Authorization", "Content-Type", "Content-Length", "User-Agent":
		default:
			if !slices.Contains(g.card.Headers, name) {
				return fmt.Errorf("undeclared header %s", name)
			}
		}
	}
	return nil
}

func declared(report *Report, allowed []Field, leaves []leaf) error {
	for _, l := range leaves {
		i := slices.IndexFunc(allowed, func(f Field) bool { return f.covers(l) })
		if i < 0 {
			return fmt.Errorf("undeclared field %q", l.path)
		}
		if holdsCardNumber(l.value) {
			return fmt.Errorf("field %q looks like a payment card's number", l.path)
		}
		report.Fields = append(report.Fields, allowed[i])
	}
	return nil
}

// Transport returns what a Guard should stand before: no proxy of the
// environment, and bounds on everything that a vendor could draw out.
func Transport() *http.Transport {
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:    5 * time.Second,
		ResponseHeaderTimeout:  30 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    32,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}
