package graph

import (
	"context"
	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/graph/model"
)

// MarkAnnouncementRead is the resolver for the markAnnouncementRead field.
func (r *mutationResolver) MarkAnnouncementRead(ctx context.Context, input model.MarkAnnouncementReadInput) (*model.MarkAnnouncementReadPayload, error) {
	var read *ent.Announcement
	id, err := reference("Announcement", "id", input.ID)
	if err == nil {
		read, err = r.News.MarkRead(ctx, id)
	}
	errs, err := verdictOf(ctx, err)
	return &model.MarkAnnouncementReadPayload{Announcement: read, UserErrors: errs}, err
}

// UnreadAnnouncements is the resolver for the unreadAnnouncements field.
func (r *queryResolver) UnreadAnnouncements(ctx context.Context) ([]*ent.Announcement, error) {
	return r.News.Unread(ctx)
}
