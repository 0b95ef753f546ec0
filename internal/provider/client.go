package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const maxAnswer = 4 << 20

// Client makes the calls of a vendor that speaks JSON and has no library of
// its own, each through a Guard.
type Client struct {
	Vendor     string // the Provider's name
	Card       Card
	Connection Connection
	Config     Config // as Filled returns it
	// Refine adds to an error what the vendor's answer says beyond its status;
	// nil for nothing. The vendor's message, which may repeat what was sent, is
	// not for it.
	Refine func(*Error, http.Header, []byte)
}

// Request is one call.
type Request struct {
	Method string
	URL    string
	Header http.Header // the credential, and what else the vendor asks for
	Body   any         // a form as url.Values, or what is sent as JSON; nil for nothing
	Into   any         // what the answer's JSON is decoded into; nil where it does not matter
}

// Do makes the call and returns the headers of its answer. Its errors are
// *Error; redirects are not followed.
func (c Client) Do(ctx context.Context, r Request) (http.Header, error) {
	built, err := r.build(ctx)
	if err != nil {
		return nil, &Error{Provider: c.Vendor, Class: Permanent, Code: "request cannot be made"}
	}
	client := &http.Client{
		Transport:     NewGuard(c.Card, c.Connection, c.Config.Transport, c.Config.Observe).At(c.Config.Now),
		Timeout:       c.Config.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(built)
	if err != nil {
		return nil, TransportError(c.Vendor, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return response.Header, c.refusal(response, body)
	}
	if r.Into != nil && err == nil {
		err = json.Unmarshal(body, r.Into)
	}
	if err != nil && r.Into != nil {
		// The vendor acted, and nobody can read what it said about that.
		return response.Header, &Error{Provider: c.Vendor, Class: Unknown, Status: response.StatusCode, Code: "unreadable answer"}
	}
	return response.Header, nil
}

func (c Client) refusal(response *http.Response, body []byte) error {
	e := &Error{
		Provider: c.Vendor, Class: StatusClass(response.StatusCode), Status: response.StatusCode,
		RetryAt: RetryAt(response.Header, c.Config.Now()),
	}
	if c.Refine != nil {
		c.Refine(e, response.Header, body)
	}
	return e
}

func (r Request) build(ctx context.Context) (*http.Request, error) {
	text, media, err := r.encode()
	if err != nil {
		return nil, err
	}
	built, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	for name, values := range r.Header {
		built.Header[name] = values
	}
	if media != "" && built.Header.Get("Content-Type") == "" {
		built.Header.Set("Content-Type", media)
	}
	return built, nil
}

func (r Request) encode() (text []byte, media string, err error) {
	switch body := r.Body.(type) {
	case nil:
		return nil, "", nil
	case url.Values:
		return []byte(body.Encode()), "application/x-www-form-urlencoded", nil
	}
	// Names keep their "&" and "<": a vendor shows them to people.
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(r.Body)
	return []byte(strings.TrimSuffix(buffer.String(), "\n")), "application/json", err
}

// Gone reports whether err says that the vendor has no such object.
func Gone(err error) bool {
	e := (*Error)(nil)
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusGone)
}
