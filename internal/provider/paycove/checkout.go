package paycove

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/barrehq/barre/internal/provider"
)

// ErrUnverified is returned for a message that nobody vouches for whom the
// connection knows.
var ErrUnverified = errors.New("paycove: the message has no key or signature of the connection")

// order is an invoice as PayCove's checkout takes it, which is open to anybody
// who knows an account's id.
type order struct {
	ID        string      `json:"order_id"` // our reference
	Key       string      `json:"key"`
	Type      string      `json:"type"`
	LineItems []item      `json:"line_items"`
	Contact   party       `json:"contact"`
	Subtotal  json.Number `json:"subtotal"`
	Fees      []struct{}  `json:"fees"`
	Total     json.Number `json:"total"`
	Template  string      `json:"template_id,omitempty"`
	Success   string      `json:"success_url"`
	Cancel    string      `json:"cancel_url"`
	Failure   string      `json:"failure_url"`
	Webhook   string      `json:"webhook_url,omitempty"`
}

// keyOf is what PayCove is given with an order, and nobody else: whoever has it
// is PayCove.
func keyOf(secret, order string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("paycove order " + order))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// checkout carries out an operation by the checkout, which can open one and
// nothing more.
func (c *call) checkout(ctx context.Context) (provider.Outcome, error) {
	switch c.operation.Name {
	case issueInvoice:
		v, err := c.invoice()
		if err != nil {
			return provider.Outcome{}, err
		}
		return c.openCheckout(ctx, v)
	case voidInvoice, settleInvoice:
		v, err := c.invoice()
		if err != nil {
			return provider.Outcome{}, err
		}
		id, err := c.lookup(ctx, v.ID)
		if id == "" || err != nil {
			return unsent(), err
		}
		return provider.Outcome{State: provider.Skipped, RemoteID: id, Note: "UNSUPPORTED_BY_PROVIDER: the checkout stays open; close it in PayCove by hand."}, nil
	case makeRefund:
		var v refund
		if json.Unmarshal(c.operation.Payload, &v) != nil {
			return provider.Outcome{}, permanent("unreadable payload of " + c.operation.Name)
		}
		return c.refunded(v, "", provider.RefundFailed, "unsupported_by_provider"), nil
	}
	return provider.Outcome{}, permanent("unknown operation " + c.operation.Name)
}

func (c *call) openCheckout(ctx context.Context, v invoice) (provider.Outcome, error) {
	id, err := c.lookup(ctx, v.ID)
	if id != "" || err != nil {
		return done(id), err
	}
	connection := c.client.Connection
	switch {
	case v.Deal.Contact.Email == "":
		return nameless(), nil
	case len(connection.Secrets) == 0:
		return provider.Outcome{}, permanent("the connection has no secret")
	case !opaque(connection.Credential.Reveal()):
		return provider.Outcome{}, permanent("the credential is no account's id")
	}
	total, back := provider.Decimal(v.Deal.Currency, v.Total), connection.Options[OptionReturn]
	o := order{
		ID: v.Deal.Ref, Key: keyOf(connection.Secrets[0].Reveal(), v.Deal.Ref), Type: "invoice", LineItems: v.Deal.LineItems, Contact: v.Deal.Contact,
		Subtotal: total, Fees: []struct{}{}, Total: total, Template: connection.Options[OptionTemplate], Success: back, Cancel: back, Failure: back,
	}
	if hook := connection.Hook.Reveal(); strings.HasPrefix(hook, "https://") || strings.HasPrefix(hook, "http://") {
		o.Webhook = hook
	}
	var made struct {
		Page string `json:"checkout_url"`
	}
	err = c.ask(ctx, provider.Request{
		Method: http.MethodPost, URL: "/api/checkout/" + connection.Credential.Reveal(), Header: http.Header{"Accept": {"application/json"}}, Body: o, Into: &made,
	})
	if err != nil {
		return provider.Outcome{}, err
	}
	if made.Page == "" {
		return provider.Outcome{}, &provider.Error{Provider: ID, Class: provider.Unknown, Code: "no checkout in the answer"}
	}
	return c.opened(ctx, v.ID, v.Deal.Ref, made.Page)
}

// verifyOrder lets a message through that has the key of the order it names.
func verifyOrder(c provider.Connection, in provider.Inbound, parts ...hint) (provider.Inbound, error) {
	for _, m := range parts {
		for _, secret := range c.Secrets {
			if m.Order == "" || !hmac.Equal([]byte(m.Key), []byte(keyOf(secret.Reveal(), m.Order))) {
				continue
			}
			body, err := json.Marshal(m.Order)
			in.Type, in.Body = "order", body
			if opaque(string(m.Unique)) {
				in.Object = string(m.Unique)
			}
			return in, err
		}
	}
	return provider.Inbound{}, ErrUnverified
}

// paidOrder asks how the deal of an order stands. PayCove tells of no amount: a
// deal that is paid is so as a whole.
func (c *call) paidOrder(ctx context.Context, in provider.Inbound) ([]provider.Fact, error) {
	var ordered string
	if err := json.Unmarshal(in.Body, &ordered); err != nil {
		return nil, permanent("unreadable message")
	}
	if in.Object == "" {
		return nil, nil
	}
	var found struct {
		Status string `json:"status"`
	}
	err := c.ask(ctx, provider.Request{Method: http.MethodGet, URL: "/api/deals/" + in.Object + "/status", Header: http.Header{"Accept": {"application/json"}}, Into: &found})
	if provider.Gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	about := provider.Subject{Ref: provider.ParseRef("invoice", ordered)}
	switch status := strings.ToLower(found.Status); status {
	case "paid":
		return []provider.Fact{provider.PaymentSucceeded{
			Subject: about, Reference: prefix(c.client.Connection) + in.Object, Whole: true, Method: provider.ByCard, At: in.OccurredAt,
		}}, nil
	case "failed", "declined":
		return []provider.Fact{provider.PaymentFailed{Subject: about, Code: status, At: in.OccurredAt}}, nil
	}
	return nil, nil
}
