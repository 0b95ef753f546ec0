package inbound

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/deal"
	"github.com/barrehq/barre/ent/providerlink"
	"github.com/barrehq/barre/ent/suppression"
	"github.com/barrehq/barre/ent/ticket"
	"github.com/barrehq/barre/ent/ticketreply"
	"github.com/barrehq/barre/internal/provider"
)

// Lengths of columns, in bytes.
const (
	maxAddress = 254
	maxText    = 20000
	maxURL     = 2048
)

// suppressed writes an address down that is not to be written to. That it has
// been so for another reason is no news.
func (b *Book) suppressed(ctx context.Context, a *Account, f provider.Suppressed) (outcome, string, error) {
	address := strings.TrimSpace(f.Address)
	if f.Channel == provider.ByEmail {
		address = strings.ToLower(address)
	}
	if address == "" || len(address) > maxAddress {
		return ignored, "It names no address.", nil
	}
	channel := suppression.Channel(f.Channel)
	client := b.db.Client(ctx).Suppression
	there, err := client.Query().Where(suppression.ChannelEQ(channel), suppression.Address(address)).Exist(ctx)
	if err != nil || there {
		return known, "", err
	}
	return written, "", client.Create().SetChannel(channel).SetAddress(address).SetReason(suppression.Reason(f.Reason)).
		SetProvider(a.Provider).SetOccurredAt(f.At).Exec(ctx)
}

// replied writes a reply down, unless it is one of ours that comes back.
func (b *Book) replied(ctx context.Context, a *Account, id uuid.UUID, f provider.SupportReplied) (outcome, string, error) {
	client := b.db.Client(ctx)
	there, err := client.TicketReply.Query().Where(ticketreply.Reference(f.Reference)).Exist(ctx)
	if err != nil || there {
		return known, "", err
	}
	ours, err := client.ProviderLink.Query().Where(providerlink.IntegrationID(a.ID), providerlink.EntityType("TicketReply"),
		providerlink.RemoteID(f.Reference)).Exist(ctx)
	if err != nil || ours {
		return known, "", err
	}
	found, err := client.Ticket.Get(ctx, id)
	if ent.IsNotFound(err) {
		return ignored, "It concerns no record of the studio.", nil
	}
	if err != nil {
		return 0, "", err
	}
	text := shortened(strings.TrimSpace(f.Text), maxText)
	if text == "" {
		return ignored, "The reply has no text.", nil
	}
	return written, "", client.TicketReply.Create().SetTicketID(found.ID).SetAuthor(ticketreply.Author(f.Author)).SetText(text).
		SetReference(f.Reference).Exec(ctx)
}

func (b *Book) ticketMoved(ctx context.Context, id uuid.UUID, f provider.TicketMoved) (outcome, string, error) {
	client := b.db.Client(ctx).Ticket
	found, err := client.Get(ctx, id)
	switch {
	case ent.IsNotFound(err):
		return ignored, "It concerns no record of the studio.", nil
	case err != nil:
		return 0, "", err
	case found.Status == ticket.Status(f.Status):
		return known, "", nil
	}
	return written, "", client.UpdateOne(found).SetStatus(ticket.Status(f.Status)).Exec(ctx)
}

func (b *Book) dealMoved(ctx context.Context, id uuid.UUID, f provider.DealMoved) (outcome, string, error) {
	client := b.db.Client(ctx).Deal
	found, err := client.Get(ctx, id)
	stage, reason := shortened(f.Stage, 100), shortened(f.LostReason, 300)
	switch {
	case ent.IsNotFound(err):
		return ignored, "It concerns no record of the studio.", nil
	case err != nil:
		return 0, "", err
	case found.Status == deal.Status(f.Status) && found.LostReason == reason && (stage == "" || found.Stage == stage):
		return known, "", nil
	}
	update := client.UpdateOne(found).SetStatus(deal.Status(f.Status)).SetLostReason(reason)
	if stage != "" {
		update.SetStage(stage)
	}
	return written, "", update.Exec(ctx)
}
