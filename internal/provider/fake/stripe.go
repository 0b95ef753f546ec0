package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// StripeConfig of a Stripe. The zero value accepts any test key.
type StripeConfig struct {
	// Key is the one API key; empty means any that begins with sk_test_ or rk_test_.
	Key string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

// Stripe behaves as Stripe's API does for customers and invoices: drafts,
// items, finalizing, sending, paying and voiding, each only in the states that
// allow it, with idempotency keys that are kept for 24 hours.
type Stripe struct {
	*desk
	key      string
	mux      *http.ServeMux
	accounts map[string]*account // by the Stripe-Account header
	replies  map[string]reply
	serial   int
}

// object is one resource as JSON.
type object = map[string]any

// account is the state of one Stripe account; each list is in order of creation.
type account struct {
	customers, invoices, items                         []object
	payments, refunds, disputes, subscriptions, events []object
}

// reply is a stored answer to an idempotency key.
type reply struct {
	print  string
	answer answer
	at     time.Time
}

const keyWindow = 24 * time.Hour

// NewStripe returns an empty fake.
func NewStripe(c StripeConfig) *Stripe {
	s := &Stripe{desk: newDesk("Stripe", c.Now), key: c.Key, accounts: map[string]*account{}, replies: map[string]reply{}}
	s.offers, s.act, s.sign = s.acts, s.done, s.signed
	s.mux = http.NewServeMux()
	for pattern, handle := range s.routes() {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.handle(w, r, handle) })
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		write(w, refusal(http.StatusNotFound, "invalid_request_error", "", "Unrecognized request URL."))
	})
	return s
}

// Fail arranges a failure.
func (s *Stripe) Fail(f Failure) { s.fail(f) }

// ServeHTTP implements http.Handler.
func (s *Stripe) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.page(w, r, s.state) {
		return
	}
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || !s.accepts(key) {
		write(w, refusal(http.StatusUnauthorized, "invalid_request_error", "", "Invalid API Key provided."))
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Stripe) accepts(key string) bool {
	if s.key != "" {
		return key == s.key
	}
	return strings.HasPrefix(key, "sk_test_") || strings.HasPrefix(key, "rk_test_")
}

// request is one call with its parsed parameters.
type request struct {
	account *account
	id      string
	params  object
	form    url.Values
}

func (s *Stripe) handle(w http.ResponseWriter, r *http.Request, run func(request) answer) {
	body, ok := readBody(w, r)
	if !ok {
		return
	}
	text := string(body)
	if r.Method == http.MethodGet {
		text = r.URL.RawQuery
	}
	form, err := url.ParseQuery(text)
	if err != nil {
		write(w, refusal(http.StatusBadRequest, "invalid_request_error", "", "Invalid request body."))
		return
	}
	record := Received{Method: r.Method, Path: r.URL.Path, Key: r.Header.Get("Idempotency-Key"), Account: r.Header.Get("Stripe-Account"), Fields: form}
	s.serve(w, r, record, func() answer {
		return s.once(r, text, func() answer {
			return run(request{account: s.account(record.Account), id: r.PathValue("id"), params: nest(form), form: form})
		})
	}, func(status int) answer {
		kind := "api_error"
		if status == http.StatusTooManyRequests || status < 500 {
			kind = "invalid_request_error"
		}
		return refusal(status, kind, "", "This failure was arranged.")
	})
}

// once replays the answer that was given to the request's idempotency key. A
// refusal for invalid parameters is not kept, as at Stripe.
func (s *Stripe) once(r *http.Request, text string, run func() answer) answer {
	name := r.Header.Get("Idempotency-Key")
	if name == "" || r.Method == http.MethodGet {
		return run()
	}
	name = r.Header.Get("Stripe-Account") + " " + name
	sum := sha256.Sum256([]byte(r.Method + " " + r.URL.Path + "\n" + text))
	print := hex.EncodeToString(sum[:])
	if kept, ok := s.replies[name]; ok && s.now().Sub(kept.at) < keyWindow {
		if kept.print != print {
			return refusal(http.StatusBadRequest, "idempotency_error", "", "Keys for idempotent requests can only be used with the same parameters they were first used with.")
		}
		replayed := kept.answer
		replayed.header = map[string]string{"Idempotent-Replayed": "true"}
		return replayed
	}
	a := run()
	if a.status < 400 || a.status >= 500 {
		s.replies[name] = reply{print: print, answer: a, at: s.now()}
	}
	return a
}

func (s *Stripe) account(name string) *account {
	if s.accounts[name] == nil {
		s.accounts[name] = &account{}
	}
	return s.accounts[name]
}

func (s *Stripe) state() map[string]any {
	all := map[string]any{}
	for _, name := range []string{"customers", "invoices", "invoiceItems", "payments", "refunds", "disputes", "subscriptions"} {
		all[name] = []any{}
	}
	for _, a := range s.accounts {
		for name, list := range map[string][]object{
			"customers": a.customers, "invoices": a.invoices, "invoiceItems": a.items, "payments": a.payments,
			"refunds": a.refunds, "disputes": a.disputes, "subscriptions": a.subscriptions,
		} {
			all[name] = appendAll(all[name].([]any), list)
		}
	}
	return all
}

func appendAll(to []any, objects []object) []any {
	for _, o := range objects {
		to = append(to, o)
	}
	return to
}

func (s *Stripe) newID(prefix string) string {
	s.serial++
	return fmt.Sprintf("%s_fake%010d", prefix, s.serial)
}

func refusal(status int, kind, param, message string) answer {
	body := object{"type": kind, "message": message}
	if param != "" {
		body["param"] = param
	}
	switch {
	case status == http.StatusNotFound:
		body["code"] = "resource_missing"
	case status == http.StatusTooManyRequests:
		body["code"] = "rate_limit"
	}
	return answer{status: status, body: object{"error": body}}
}

func invalid(param, message string) answer {
	return refusal(http.StatusBadRequest, "invalid_request_error", param, message)
}

func missing(kind string) answer {
	return refusal(http.StatusNotFound, "invalid_request_error", "id", "No such "+kind+".")
}

func ok(body object) answer { return answer{status: http.StatusOK, body: clone(body)} }

// clone keeps a stored answer from changing with the object.
func clone(o object) object {
	copied := make(object, len(o))
	for name, value := range o {
		switch v := value.(type) {
		case object:
			copied[name] = clone(v)
		case []any:
			copied[name] = slices.Clone(v)
		default:
			copied[name] = value
		}
	}
	return copied
}

func find(list []object, id string) object {
	for _, o := range list {
		if o["id"] == id {
			return o
		}
	}
	return nil
}
