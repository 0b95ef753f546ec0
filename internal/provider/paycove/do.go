package paycove

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Do implements provider.Provider.
func (p *PayCove) Do(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := p.begin(connection, o, links)
	switch mode(connection) {
	case ModeAPI:
		if o.Name == makeRefund {
			return c.refund(ctx, (*call).giveBack)
		}
		return c.carry(ctx, map[string]step{issueInvoice: (*call).issue, voidInvoice: (*call).void, settleInvoice: (*call).settle})
	case ModeCheckout:
		return c.checkout(ctx)
	case ModeSigned:
		return c.bridge(p.config.Bridge).tell(ctx)
	}
	return provider.Outcome{}, permanent("unknown mode")
}

// Reconcile implements provider.Provider. PayCove has no idempotency keys and
// no search, so that a deal is looked for among all, newest first. Of a checkout
// whose answer was lost nobody knows the address, so that another one does no
// harm; a bridge knows by its id what it was told before.
func (p *PayCove) Reconcile(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := p.begin(connection, o, links)
	switch {
	case mode(connection) != ModeAPI:
		return provider.Outcome{State: provider.Missing}, nil
	case o.Name == makeRefund:
		return c.refund(ctx, (*call).unsure)
	}
	return c.carry(ctx, map[string]step{issueInvoice: (*call).reconcileIssue, voidInvoice: (*call).void, settleInvoice: (*call).settle})
}

type step func(*call, context.Context, invoice) (provider.Outcome, error)

func (c *call) carry(ctx context.Context, steps map[string]step) (provider.Outcome, error) {
	run, known := steps[c.operation.Name]
	if !known {
		return provider.Outcome{}, permanent("unknown operation " + c.operation.Name)
	}
	payload, err := c.invoice()
	if err != nil {
		return provider.Outcome{}, err
	}
	return run(c, ctx, payload)
}

// invoice reads the payload of every operation but makeRefund.
func (c *call) invoice() (v invoice, err error) {
	if json.Unmarshal(c.operation.Payload, &v) != nil {
		return v, permanent("unreadable payload of " + c.operation.Name)
	}
	return v, nil
}

func nameless() provider.Outcome {
	return provider.Outcome{State: provider.Skipped, Note: "The household has no e-mail address, without which PayCove takes no invoice."}
}

func unsent() provider.Outcome {
	return provider.Outcome{State: provider.Skipped, Note: "The invoice was never sent to this vendor."}
}

func done(remoteID string) provider.Outcome {
	return provider.Outcome{State: provider.Done, RemoteID: remoteID}
}

func (c *call) issue(ctx context.Context, v invoice) (provider.Outcome, error) {
	id, err := c.lookup(ctx, v.ID)
	if id != "" || err != nil {
		return done(id), err
	}
	if v.Deal.Contact.Email == "" {
		return nameless(), nil
	}
	v.Deal.Template = c.client.Connection.Options[OptionTemplate]
	var made remote
	if err := c.send(ctx, http.MethodPost, "/deals/with-relations", v.Deal, &made); err != nil {
		return provider.Outcome{}, err
	}
	return c.linked(ctx, v.ID, made)
}

func (c *call) linked(ctx context.Context, id uuid.UUID, d remote) (provider.Outcome, error) {
	if d.ID == "" {
		return provider.Outcome{}, &provider.Error{Provider: ID, Class: provider.Unknown, Code: "no deal in the answer"}
	}
	return c.opened(ctx, id, string(d.ID), d.Checkout)
}

// opened takes down under which id PayCove has an invoice, and on which page it
// can be paid.
func (c *call) opened(ctx context.Context, id uuid.UUID, remote, page string) (provider.Outcome, error) {
	ref := provider.Ref{Type: "invoice", ID: id}
	if err := c.links.Save(ctx, ref, remote); err != nil {
		return provider.Outcome{}, &provider.Error{Provider: ID, Class: provider.Unknown, Cause: err}
	}
	outcome := done(remote)
	if page != "" {
		outcome.Facts = []provider.Fact{provider.PaymentPage{Subject: provider.Subject{Ref: ref, RemoteID: remote}, URL: page}}
	}
	return outcome, nil
}

// How far Reconcile looks: PayCove gives at most 50 deals a page.
const (
	pageSize = 50
	maxPages = 40
)

func (c *call) reconcileIssue(ctx context.Context, v invoice) (provider.Outcome, error) {
	id, err := c.lookup(ctx, v.ID)
	if id != "" || err != nil {
		return done(id), err
	}
	for page := 1; page <= maxPages; page++ {
		query := url.Values{"limit": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(page)}}
		var list struct {
			Data     []remote `json:"data"`
			LastPage int      `json:"last_page"`
		}
		if err := c.send(ctx, http.MethodGet, "/deals?"+query.Encode(), nil, &list); err != nil {
			return provider.Outcome{}, err
		}
		for _, d := range list.Data {
			if d.Ref == v.Deal.Ref {
				return c.linked(ctx, v.ID, d)
			}
		}
		if page >= list.LastPage {
			return provider.Outcome{State: provider.Missing}, nil
		}
	}
	return provider.Outcome{State: provider.Unresolved, Note: "There are too many deals at PayCove to find one among."}, nil
}

// void deletes the deal; that it is gone is as good.
func (c *call) void(ctx context.Context, v invoice) (provider.Outcome, error) {
	id, err := c.lookup(ctx, v.ID)
	if err != nil {
		return provider.Outcome{}, err
	}
	if id == "" {
		return unsent(), nil
	}
	found, err := c.deal(ctx, id)
	if provider.Gone(err) {
		return done(id), nil
	}
	if err != nil {
		return provider.Outcome{}, err
	}
	if len(found.Payments) > 0 {
		return provider.Outcome{}, permanent("invoice is paid at the vendor")
	}
	if err := c.send(ctx, http.MethodDelete, "/deals/"+id, nil, nil); err != nil && !provider.Gone(err) {
		return provider.Outcome{}, err
	}
	return done(id), nil
}

// settle has no call to make: PayCove's API cannot be told that an invoice was
// paid elsewhere. Its checkout stays open, which the studio has to know.
func (c *call) settle(ctx context.Context, v invoice) (provider.Outcome, error) {
	id, err := c.lookup(ctx, v.ID)
	if err != nil {
		return provider.Outcome{}, err
	}
	if id == "" {
		return unsent(), nil
	}
	found, err := c.deal(ctx, id)
	switch {
	case provider.Gone(err):
		return provider.Outcome{State: provider.Skipped, RemoteID: id, Note: "The invoice no longer exists at the vendor."}, nil
	case err != nil:
		return provider.Outcome{}, err
	case len(found.Payments) > 0:
		return done(id), nil
	}
	return provider.Outcome{State: provider.Skipped, RemoteID: id, Note: "UNSUPPORTED_BY_PROVIDER: mark the invoice as paid in PayCove by hand."}, nil
}

func (c *call) lookup(ctx context.Context, id uuid.UUID) (string, error) {
	remote, err := c.links.Lookup(ctx, provider.Ref{Type: "invoice", ID: id})
	if err != nil {
		return "", &provider.Error{Provider: ID, Class: provider.Transient, Cause: err}
	}
	return remote, nil
}

func (c *call) deal(ctx context.Context, id string) (*remote, error) {
	var found remote
	if err := c.send(ctx, http.MethodGet, "/deals/"+url.PathEscape(id)+"?include_payments=true", nil, &found); err != nil {
		return nil, err
	}
	return &found, nil
}
