package inbound

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/integration"
	"github.com/barrehq/barre/ent/providerlink"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/destination"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/provider"
)

// Book writes facts down, each once: by a message, by asking, or by both at the
// same time.
type Book struct {
	db      Database
	office  Office
	members Members
}

// NewBook returns a book. Without members, what providers say of accounts
// changes nothing.
func NewBook(db Database, office Office, members Members) *Book { return &Book{db, office, members} }

// Write writes down what a provider says. Each fact has a transaction of its
// own, so that one that is refused keeps none of the others out. An error means
// that it is worth to try all of them again.
func (b *Book) Write(ctx context.Context, of Account, facts []provider.Fact) (Report, error) {
	a, r := &of, Report{}
	if len(facts) == 0 {
		r.add(ignored, "It means nothing to the studio.")
	}
	ctx = acting(ctx, a)
	for _, fact := range facts {
		var (
			o    outcome
			note string
		)
		err := b.db.InTx(ctx, func(ctx context.Context) (err error) {
			o, note, err = b.write(ctx, a, fact)
			return err
		})
		if user, is := fact.(provider.UserChanged); is && err == nil {
			err = b.endSessions(ctx, a, user) // which belong to no studio, and so to no transaction of one
		}
		if text, isRefused := refusal(err); isRefused {
			o, note, err = refused, text, nil
		}
		if err != nil {
			return r, fmt.Errorf("inbound: write %T: %w", fact, err)
		}
		r.add(o, note)
	}
	return r, nil
}

// Told writes down what a provider said when it was asked for something.
func (b *Book) Told(ctx context.Context, of destination.Connection, facts []provider.Fact) error {
	_, err := b.Write(ctx, Account{Connection: of}, facts)
	return err
}

// refusal tells what the studio's own rules say against a fact from what went
// wrong here.
func refusal(err error) (string, bool) {
	if f := fault.From(err); f != nil && f.User {
		return f.Message, true
	}
	return "", false
}

func (b *Book) write(ctx context.Context, a *Account, fact provider.Fact) (outcome, string, error) {
	id, err := b.find(ctx, a, fact.About())
	if err != nil {
		return 0, "", err
	}
	switch f := fact.(type) {
	case provider.Suppressed: // the address counts, whoever has it
		return b.suppressed(ctx, a, f)
	case provider.PaymentSucceeded:
		return having(id, func() (outcome, string, error) { return b.paid(ctx, a, id, f) })
	case provider.PaymentPage:
		return having(id, func() (outcome, string, error) { return b.payable(ctx, id, f) })
	case provider.PaymentFailed:
		return having(id, func() (outcome, string, error) { return b.failed(ctx, id, f) })
	case provider.Refunded: // the payment says which invoice
		return b.refunded(ctx, a, f)
	case provider.Disputed:
		return b.disputed(ctx, a, f)
	case provider.SubscriptionChanged:
		return having(id, func() (outcome, string, error) { return b.subscribed(ctx, a, id, f) })
	case provider.SupportReplied:
		return having(id, func() (outcome, string, error) { return b.replied(ctx, a, id, f) })
	case provider.TicketMoved:
		return having(id, func() (outcome, string, error) { return b.ticketMoved(ctx, id, f) })
	case provider.DealMoved:
		return having(id, func() (outcome, string, error) { return b.dealMoved(ctx, id, f) })
	case provider.UserChanged:
		return having(id, func() (outcome, string, error) { return b.userChanged(ctx, a, id, f) })
	}
	return ignored, fmt.Sprintf("%T changes nothing here.", fact), nil
}

func having(id uuid.UUID, write func() (outcome, string, error)) (outcome, string, error) {
	if id == uuid.Nil {
		return ignored, "It concerns no record of the studio.", nil
	}
	return write()
}

// find returns the record that a fact concerns, or uuid.Nil. A reference that
// the vendor kept for us counts unless the record is linked to something else
// there: then somebody has copied it.
func (b *Book) find(ctx context.Context, a *Account, about provider.Subject) (uuid.UUID, error) {
	entity, known := entityOf(about.Ref.Type)
	if !known {
		return uuid.Nil, nil
	}
	links := b.db.Client(ctx).ProviderLink.Query().Where(providerlink.IntegrationID(a.ID), providerlink.EntityType(entity))
	if about.Ref.ID == uuid.Nil {
		if about.RemoteID == "" {
			return uuid.Nil, nil
		}
		found, err := links.Where(providerlink.RemoteID(about.RemoteID)).First(ctx)
		if ent.IsNotFound(err) {
			return uuid.Nil, nil
		}
		if err != nil {
			return uuid.Nil, err
		}
		return found.EntityID, nil
	}
	found, err := links.Where(providerlink.EntityID(about.Ref.ID)).First(ctx)
	switch {
	case ent.IsNotFound(err):
		return about.Ref.ID, nil
	case err != nil:
		return uuid.Nil, err
	case about.RemoteID != "" && found.RemoteID != about.RemoteID:
		return uuid.Nil, nil
	}
	return found.EntityID, nil
}

// entityOf returns the type of a record by the prefix of its public id.
func entityOf(prefix string) (string, bool) {
	for name, entity := range catalog.Entities {
		if entity.Prefix == prefix {
			return name, true
		}
	}
	return "", false
}

// Fail marks the integration, as a change that the studio sees in its feed: its
// credential is refused.
func (b *Book) Fail(ctx context.Context, a Account, problem string) error {
	ctx = acting(ctx, &a)
	return b.db.InTx(ctx, func(ctx context.Context) error {
		return b.db.Client(ctx).Integration.Update().Where(integration.ID(a.ID), integration.StatusEQ(integration.StatusACTIVE)).
			SetStatus(integration.StatusFAILED).SetLastError(problem).Exec(ctx)
	})
}
