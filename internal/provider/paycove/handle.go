package paycove

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/barrehq/barre/internal/provider"
)

// remote is what is read of a deal.
type remote struct {
	ID       number    `json:"id"`
	Ref      string    `json:"crm_deal_id"`
	Currency string    `json:"currency"`
	Checkout string    `json:"checkout_url"`
	Payments []payment `json:"payments"`
}

type payment struct {
	ID     number      `json:"id"`
	Status string      `json:"status"`
	Amount json.Number `json:"amount"`
	Method string      `json:"payment_method"`
	At     time.Time   `json:"created_at"`
}

// number is an id, which PayCove writes as a number or a text.
type number string

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(text []byte) error {
	*n = number(strings.Trim(string(text), `"`))
	if *n == "null" {
		*n = ""
	}
	return nil
}

// testPrefix tells payments of PayCove's test host from others: both hosts count
// from one.
const testPrefix = "test-"

// hintWindow is how soon the same hint counts again: in between it is a
// repetition, and what it could say has been asked for already.
const hintWindow = time.Minute

// hint is what is read of a message of PayCove's, which may have it under data.
type hint struct {
	ID     number `json:"id"`
	Deal   number `json:"deal_id"`
	Unique number `json:"unique_deal_id"`
	Order  string `json:"order_id"`
	Key    string `json:"key"`
}

// Verify implements provider.Provider. PayCove signs nothing: by the API, whoever
// knows the connection's address may say that something may have changed, and of
// the body, the id of a deal is read and nothing else. By the checkout, only the
// key that PayCove was given with the order shows that the message is PayCove's;
// a bridge signs.
func (p *PayCove) Verify(c provider.Connection, header http.Header, body []byte, now time.Time) (provider.Inbound, error) {
	if mode(c) == ModeSigned {
		return verifySigned(c, header, body, now)
	}
	var m struct {
		hint
		Data hint `json:"data"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return provider.Inbound{}, fmt.Errorf("paycove: the hint is no JSON: %w", provider.ErrUnreadable)
	}
	window := strconv.FormatInt(now.Unix()/int64(hintWindow/time.Second), 10)
	sum := sha256.Sum256([]byte(window + " " + string(body)))
	in := provider.Inbound{ID: hex.EncodeToString(sum[:]), Type: "hint", OccurredAt: now.UTC(), Body: body}
	if mode(c) == ModeCheckout {
		return verifyOrder(c, in, m.hint, m.Data)
	}
	for _, n := range []number{m.Deal, m.Data.Deal, m.ID, m.Data.ID} {
		if in.Object == "" && digits(string(n)) {
			in.Object = string(n)
		}
	}
	return in, nil
}

func digits(text string) bool {
	return text != "" && len(text) <= 20 && strings.Trim(text, "0123456789") == ""
}

// Handle implements provider.Provider. It asks for the deal that the hint
// names; a hint that names none has to wait for the next Poll.
func (p *PayCove) Handle(ctx context.Context, connection provider.Connection, in provider.Inbound) ([]provider.Fact, error) {
	switch mode(connection) {
	case ModeCheckout:
		return p.begin(connection, provider.Operation{}, nil).paidOrder(ctx, in)
	case ModeSigned:
		return reported(in)
	}
	if in.Object == "" {
		return nil, nil
	}
	return p.ask(ctx, connection, in.Object)
}

// Poll implements provider.Poller: it asks for every open invoice. PayCove has
// no list of what changed, and without the API nothing to ask for.
func (p *PayCove) Poll(ctx context.Context, connection provider.Connection, _ time.Time, open []provider.Subject) ([]provider.Fact, error) {
	if mode(connection) != ModeAPI {
		return nil, nil
	}
	var facts []provider.Fact
	for _, about := range open {
		of, err := p.ask(ctx, connection, about.RemoteID)
		if err != nil {
			return facts, err
		}
		facts = append(facts, of...)
	}
	return facts, nil
}

func (p *PayCove) ask(ctx context.Context, connection provider.Connection, id string) ([]provider.Fact, error) {
	found, err := p.begin(connection, provider.Operation{}, nil).deal(ctx, id)
	if provider.Gone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return found.facts(prefix(connection))
}

// prefix is that of the connection's payments.
func prefix(c provider.Connection) string {
	if c.Mode == provider.Development {
		return testPrefix
	}
	return ""
}

// facts tells of the deal's payments. PayCove says how much of a payment went
// back in all and not in which parts, so that only one that went back whole is
// told of; a studio records parts of one by hand.
func (d *remote) facts(prefix string) ([]provider.Fact, error) {
	about := provider.Subject{Ref: provider.ParseRef("invoice", d.Ref), RemoteID: string(d.ID)}
	currency := strings.ToUpper(d.Currency)
	var facts []provider.Fact
	for _, p := range d.Payments {
		amount, err := provider.ParseDecimal(currency, p.Amount)
		if err != nil {
			return nil, permanent("unreadable amount")
		}
		reference := prefix + string(d.ID) + "-" + string(p.ID)
		switch strings.ToLower(p.Status) {
		case "paid", "succeeded", "refunded":
			facts = append(facts, provider.PaymentSucceeded{
				Subject: about, Reference: reference, Amount: amount, Currency: currency, Method: p.method(), At: p.At.UTC(),
			})
		case "failed", "declined":
			facts = append(facts, provider.PaymentFailed{Subject: about, Code: strings.ToLower(p.Status), At: p.At.UTC()})
		}
		if strings.ToLower(p.Status) == "refunded" {
			facts = append(facts, provider.Refunded{
				Subject: about, Refund: provider.Ref{Type: "refund"}, Payment: reference, Reference: reference + "-refund", Amount: amount,
				Currency: currency, Status: provider.RefundSucceeded, At: p.At.UTC(),
			})
		}
	}
	return facts, nil
}

func (p *payment) method() provider.PaymentMethod {
	if strings.Contains(strings.ToLower(p.Method), "card") {
		return provider.ByCard
	}
	return provider.ByTransfer
}
