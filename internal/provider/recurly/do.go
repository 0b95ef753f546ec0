package recurly

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/provider"
)

// Do implements provider.Provider.
func (p *Recurly) Do(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := p.begin(connection, o, links)
	switch o.Name {
	case saveAccount:
		return decoded(ctx, o, c.saveAccount)
	case issueInvoice:
		return decoded(ctx, o, c.issue)
	case voidInvoice:
		return decoded(ctx, o, c.void)
	case settleInvoice:
		return decoded(ctx, o, c.settle)
	case makeRefund:
		return decoded(ctx, o, c.refund)
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

func decoded[T any](ctx context.Context, o provider.Operation, run func(context.Context, T) (provider.Outcome, error)) (provider.Outcome, error) {
	var payload T
	if err := json.Unmarshal(o.Payload, &payload); err != nil {
		return provider.Outcome{}, permanent("unreadable payload of " + o.Name)
	}
	return run(ctx, payload)
}

func done(remoteID string) provider.Outcome {
	return provider.Outcome{State: provider.Done, RemoteID: remoteID}
}

// saveAccount writes the account, and makes it where there is none. Its code is
// ours, so that there is never a second one.
func (c *call) saveAccount(ctx context.Context, v household) (provider.Outcome, error) {
	code := v.Account.Code
	err := c.update(ctx, v.Account)
	if provider.Gone(err) {
		err = c.send(ctx, http.MethodPost, "/accounts", "account", v.Account, nil)
		// It is invalid when another operation made it just now, or for its values.
		if invalid(err) && c.update(ctx, v.Account) == nil {
			err = nil
		}
	}
	if err == nil {
		err = c.save(ctx, "household", v.ID, code)
	}
	return done(code), err
}

func (c *call) update(ctx context.Context, v account) error {
	path := "/accounts/code-" + v.Code
	v.Code = ""
	return c.send(ctx, http.MethodPut, path, "", v, nil)
}

func invalid(err error) bool {
	e := (*provider.Error)(nil)
	return errors.As(err, &e) && e.Code == "validation"
}

// issue makes the account and the invoice in one call, all or nothing.
func (c *call) issue(ctx context.Context, v bill) (provider.Outcome, error) {
	id, err := c.lookup(ctx, v.ID)
	if id != "" || err != nil {
		return done(id), err
	}
	var made struct {
		Invoice *invoice `json:"charge_invoice"`
	}
	if err := c.send(ctx, http.MethodPost, "/purchases", "purchase", v.Purchase, &made); err != nil {
		return provider.Outcome{}, err
	}
	if made.Invoice == nil {
		return provider.Outcome{}, &provider.Error{Provider: ID, Class: provider.Unknown, Code: "no invoice in the answer"}
	}
	return done(made.Invoice.ID), c.save(ctx, "invoice", v.ID, made.Invoice.ID)
}

// void stops that the invoice is collected. Recurly voids credit invoices
// alone; one that charges is marked as failed.
func (c *call) void(ctx context.Context, v settlement) (provider.Outcome, error) {
	found, outcome, err := c.existing(ctx, v.ID)
	if found == nil {
		return outcome, err
	}
	switch found.State {
	case "failed", "voided", "closed":
		return done(found.ID), nil
	case "paid":
		return provider.Outcome{}, permanent("invoice is paid at the vendor")
	}
	return done(found.ID), c.send(ctx, http.MethodPut, "/invoices/"+found.ID+"/mark_failed", "void", nil, nil)
}

// settle tells that the invoice was paid elsewhere. Our reference in the
// description is how Handle knows its own word again.
func (c *call) settle(ctx context.Context, v settlement) (provider.Outcome, error) {
	found, outcome, err := c.existing(ctx, v.ID)
	if found == nil {
		return outcome, err
	}
	switch found.State {
	case "paid", "closed":
		return done(found.ID), nil
	case "failed", "voided":
		return provider.Outcome{}, permanent("invoice is " + found.State + " at the vendor")
	}
	body := map[string]any{"payment_method": "other", "amount": found.Balance, "description": ref("invoice", v.ID)}
	return done(found.ID), c.send(ctx, http.MethodPost, "/invoices/"+found.ID+"/transactions", "settle", body, nil)
}

// existing returns the invoice at the vendor. A lane is worked in order, so an
// invoice without a link was issued before the vendor was connected.
func (c *call) existing(ctx context.Context, id uuid.UUID) (*invoice, provider.Outcome, error) {
	remote, err := c.lookup(ctx, id)
	if err != nil {
		return nil, provider.Outcome{}, err
	}
	if remote == "" {
		return nil, provider.Outcome{State: provider.Skipped, Note: "The invoice was never sent to this vendor."}, nil
	}
	found, err := c.invoice(ctx, remote)
	if provider.Gone(err) {
		return nil, provider.Outcome{State: provider.Skipped, RemoteID: remote, Note: "The invoice no longer exists at the vendor."}, nil
	}
	return found, provider.Outcome{}, err
}

func (c *call) invoice(ctx context.Context, id string) (*invoice, error) {
	var found invoice
	if err := c.send(ctx, http.MethodGet, "/invoices/"+url.PathEscape(id), "", nil, &found); err != nil {
		return nil, err
	}
	return &found, nil
}

func (c *call) lookup(ctx context.Context, id uuid.UUID) (string, error) {
	remote, err := c.links.Lookup(ctx, provider.Ref{Type: "invoice", ID: id})
	if err != nil {
		return "", &provider.Error{Provider: ID, Class: provider.Transient, Cause: err}
	}
	return remote, nil
}

// save fails as Unknown: the vendor has the object and we have no link to it.
func (c *call) save(ctx context.Context, kind string, id uuid.UUID, remote string) error {
	if err := c.links.Save(ctx, provider.Ref{Type: kind, ID: id}, remote); err != nil {
		return &provider.Error{Provider: ID, Class: provider.Unknown, Cause: err}
	}
	return nil
}

// clockSkew is how far apart our clock and Recurly's may be.
const clockSkew = 5 * time.Minute

// Reconcile implements provider.Provider. An account may be written again at
// any time; an invoice is found by our reference, and its state says the rest.
func (p *Recurly) Reconcile(ctx context.Context, connection provider.Connection, o provider.Operation, links provider.Links) (provider.Outcome, error) {
	c := p.begin(connection, o, links)
	switch o.Name {
	case saveAccount:
		return provider.Outcome{State: provider.Missing}, nil
	case issueInvoice:
		return decoded(ctx, o, c.reconcileIssue)
	case voidInvoice:
		return decoded(ctx, o, c.reconciled("failed", "voided"))
	case settleInvoice:
		return decoded(ctx, o, c.reconciled("paid", "closed"))
	case makeRefund:
		return decoded(ctx, o, c.reconcileRefund)
	}
	return provider.Outcome{}, permanent("unknown operation " + o.Name)
}

func (c *call) reconcileIssue(ctx context.Context, v bill) (provider.Outcome, error) {
	id, err := c.lookup(ctx, v.ID)
	if id != "" || err != nil {
		return done(id), err
	}
	since := c.operation.OccurredAt.Add(-clockSkew)
	err = c.pages(ctx, "/accounts/code-"+v.Purchase.Account.Code+"/invoices", "created_at", since, func(data []byte) error {
		var found []invoice
		if err := json.Unmarshal(data, &found); err != nil {
			return permanent("unreadable list of invoices")
		}
		for _, i := range found {
			if i.PONumber == v.Purchase.PONumber {
				id = i.ID
			}
		}
		return nil
	})
	switch {
	case provider.Gone(err), err == nil && id == "": // not even the account is there
		return provider.Outcome{State: provider.Missing}, nil
	case err != nil:
		return provider.Outcome{}, err
	}
	return done(id), c.save(ctx, "invoice", v.ID, id)
}

func (c *call) reconciled(want ...string) func(context.Context, settlement) (provider.Outcome, error) {
	return func(ctx context.Context, v settlement) (provider.Outcome, error) {
		found, outcome, err := c.existing(ctx, v.ID)
		if found == nil {
			return outcome, err
		}
		for _, state := range want {
			if found.State == state {
				return done(found.ID), nil
			}
		}
		return provider.Outcome{State: provider.Missing, RemoteID: found.ID}, nil
	}
}

// maxPages bounds how far a list is followed: 200 objects each.
const maxPages = 25

// pages reads a list, oldest first, beginning at a time.
func (c *call) pages(ctx context.Context, path, by string, since time.Time, read func(data []byte) error) error {
	query := url.Values{"limit": {"200"}, "order": {"asc"}, "sort": {by}, "begin_time": {since.UTC().Format(time.RFC3339)}}
	next := path + "?" + query.Encode()
	for range maxPages {
		var page struct {
			HasMore bool            `json:"has_more"`
			Next    string          `json:"next"`
			Data    json.RawMessage `json:"data"`
		}
		if err := c.send(ctx, http.MethodGet, next, "", nil, &page); err != nil {
			return err
		}
		if err := read(page.Data); err != nil {
			return err
		}
		if !page.HasMore || page.Next == "" {
			return nil
		}
		next = page.Next
	}
	return permanent("too many objects to find one among")
}
