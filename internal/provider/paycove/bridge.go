package paycove

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

// said is what a bridge is told. Its id is the same for every attempt, and the
// type is one of
//
//	invoice.issue   with the deal that PayCove's API takes
//	invoice.void    with its crm_deal_id
//	invoice.settle  the same: it was paid elsewhere
//	refund.make     with refund, charge_id, refund_amount and currency
//	invoice.erase   with the crm_deal_id of a family whose data is to be deleted
//	ping            with nothing
type said struct {
	ID   string    `json:"-"`
	Type string    `json:"type"`
	At   time.Time `json:"timestamp"`
	Data any       `json:"data,omitempty"`
}

type dealRef struct {
	Ref string `json:"crm_deal_id"`
}

type repayment struct {
	Refund   string      `json:"refund"`
	Charge   string      `json:"charge_id"`
	Amount   json.Number `json:"refund_amount"`
	Currency string      `json:"currency"`
}

// bridge returns c on its way to the address that the connection names, and to
// nowhere else. It may be told what PayCove may.
func (c *call) bridge(sender *webhook.Sender) *call {
	to := *c
	u, err := url.Parse(c.client.Connection.Options[OptionBridge])
	if err != nil {
		u = &url.URL{}
	}
	deal := []provider.Field{}
	for _, f := range c.client.Card.Calls[0].Body {
		deal = append(deal, provider.Field{Path: "data." + f.Path, Class: f.Class})
	}
	to.client.Card.Hosts, to.client.Card.Headers = []string{u.Host}, []string{"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"}
	to.client.Card.Calls = []provider.Call{{Name: "tell the bridge", Method: http.MethodPost, Path: u.EscapedPath(), Body: provider.Join(deal,
		provider.Fields(provider.OpaqueRef, "data.refund", "data.charge_id"), provider.Fields(provider.BillingInfo, "data.refund_amount"),
		provider.Fields(provider.Operational, "type", "timestamp"),
	)}}
	to.client.Config.Transport = sender.Transport()
	return &to
}

// tell carries out an operation by telling the bridge, which says itself what
// came of it.
func (c *call) tell(ctx context.Context) (provider.Outcome, error) {
	message := said{ID: c.operation.Key, Type: c.operation.Name, At: c.operation.OccurredAt}
	if c.operation.Name == makeRefund {
		var v refund
		if json.Unmarshal(c.operation.Payload, &v) != nil {
			return provider.Outcome{}, permanent("unreadable payload of " + c.operation.Name)
		}
		ref := provider.Ref{Type: "refund", ID: v.ID}.String()
		message.Data = repayment{ref, v.Payment, provider.Decimal(v.Currency, v.Amount), v.Currency}
		return done(ref), c.say(ctx, message)
	}
	v, err := c.invoice()
	if err != nil {
		return provider.Outcome{}, err
	}
	id, err := c.lookup(ctx, v.ID)
	switch {
	case err != nil:
		return provider.Outcome{}, err
	case c.operation.Name == issueInvoice && id != "":
		return done(id), nil
	case c.operation.Name == issueInvoice:
		v.Deal.Template = c.client.Connection.Options[OptionTemplate]
		message.Data = v.Deal
		if err := c.say(ctx, message); err != nil {
			return provider.Outcome{}, err
		}
		return c.opened(ctx, v.ID, v.Deal.Ref, "")
	case id == "":
		return unsent(), nil
	}
	message.Data = dealRef{provider.Ref{Type: "invoice", ID: v.ID}.String()}
	return done(id), c.say(ctx, message)
}

// say sends a message, signed as our own webhooks are.
func (c *call) say(ctx context.Context, message said) error {
	message.At = message.At.UTC()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(message); err != nil {
		return permanent("the message cannot be written")
	}
	body, now := bytes.TrimSpace(text.Bytes()), c.client.Config.Now()
	signature, err := webhook.Sign([]secret.String{c.client.Connection.Credential}, message.ID, now, body)
	if err != nil {
		return permanent("the credential is no key of Standard Webhooks")
	}
	header := http.Header{"Webhook-Id": {message.ID}, "Webhook-Timestamp": {strconv.FormatInt(now.Unix(), 10)}, "Webhook-Signature": {signature}}
	_, err = c.client.Do(ctx, provider.Request{Method: http.MethodPost, URL: c.client.Connection.Options[OptionBridge], Header: header, Body: json.RawMessage(body)})
	return err
}

// report is what a bridge says. Amount is in minor units of Currency, and the
// type is one of
//
//	invoice.page       with invoice, our crm_deal_id, and the url where it can be paid
//	payment.succeeded  with invoice, reference, amount, currency and method, CARD or TRANSFER
//	payment.failed     with invoice and code, such as card_declined
//	refund.succeeded   with invoice, payment, reference, amount, currency and, of one that was asked for here, refund
//	refund.failed      with invoice, payment, refund and code
type report struct {
	Type string    `json:"type"`
	At   time.Time `json:"timestamp"`
	Data struct {
		Invoice   string                 `json:"invoice"`
		URL       string                 `json:"url"`
		Reference string                 `json:"reference"`
		Payment   string                 `json:"payment"`
		Refund    string                 `json:"refund"`
		Amount    int64                  `json:"amount"`
		Currency  string                 `json:"currency"`
		Method    provider.PaymentMethod `json:"method"`
		Code      string                 `json:"code"`
	} `json:"data"`
}

// verifySigned lets a message of the bridge through.
func verifySigned(c provider.Connection, header http.Header, body []byte, now time.Time) (provider.Inbound, error) {
	if webhook.Verify(c.Secrets, header, body, now) != nil {
		return provider.Inbound{}, ErrUnverified
	}
	var r report
	if err := json.Unmarshal(body, &r); err != nil {
		return provider.Inbound{}, fmt.Errorf("paycove: the bridge's message is no JSON: %w", provider.ErrUnreadable)
	}
	return provider.Inbound{ID: header.Get(webhook.HeaderID), Type: r.Type, Object: r.Data.Invoice, OccurredAt: r.At.UTC(), Body: body}, nil
}

// reported is what a message of the bridge means. The studio answers for its
// bridge as for what it records by hand.
func reported(in provider.Inbound) ([]provider.Fact, error) {
	var r report
	if err := json.Unmarshal(in.Body, &r); err != nil {
		return nil, permanent("unreadable message")
	}
	d := r.Data
	about := provider.Subject{Ref: provider.ParseRef("invoice", d.Invoice)}
	if r.At.IsZero() || about.Ref == (provider.Ref{Type: "invoice"}) {
		return nil, permanent("message without a timestamp or an invoice")
	}
	if d.Method != provider.ByCard {
		d.Method = provider.ByTransfer
	}
	switch r.Type {
	case "invoice.page":
		return []provider.Fact{provider.PaymentPage{Subject: about, URL: d.URL}}, nil
	case "payment.succeeded":
		if d.Reference == "" || d.Amount <= 0 {
			return nil, permanent("payment without a reference or an amount")
		}
		return []provider.Fact{provider.PaymentSucceeded{
			Subject: about, Reference: d.Reference, Amount: d.Amount, Currency: d.Currency, Method: d.Method, At: r.At.UTC(),
		}}, nil
	case "payment.failed":
		return []provider.Fact{provider.PaymentFailed{Subject: about, Code: d.Code, At: r.At.UTC()}}, nil
	case "refund.succeeded", "refund.failed":
		if d.Payment == "" {
			return nil, permanent("refund without a payment")
		}
		fact := provider.Refunded{
			Subject: about, Refund: provider.ParseRef("refund", d.Refund), Payment: d.Payment, Reference: d.Reference, Amount: d.Amount, Currency: d.Currency,
			Status: provider.RefundSucceeded, Code: d.Code, At: r.At.UTC(),
		}
		if r.Type == "refund.failed" {
			fact.Status = provider.RefundFailed
		}
		return []provider.Fact{fact}, nil
	}
	return nil, nil
}
