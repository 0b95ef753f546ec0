// Package announcement tells studios what is new, and remembers who has read it.
package announcement

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/barrehq/barre/ent"
	entannouncement "github.com/barrehq/barre/ent/announcement"
	"github.com/barrehq/barre/ent/announcementread"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// maxUnread bounds what is told at once.
const maxUnread = 100

// Database is what a Desk needs of the store.
type Database interface {
	Client(context.Context) *ent.Client
	InTx(context.Context, func(context.Context) error) error
}

// News is what is told.
type News struct {
	Slug  string // what it is of; the same is told a studio once
	Kind  entannouncement.Kind
	Title string
	Body  string
	Link  string // empty for none
}

var slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,98}[a-z0-9]$`)

// Check reports what is wrong with the news.
func (n News) Check() error {
	u, err := url.Parse(n.Link)
	switch {
	case !slugForm.MatchString(n.Slug):
		return fmt.Errorf("announcement: the slug %q must be 3 to 100 of a-z, 0-9 and -", n.Slug)
	case entannouncement.KindValidator(n.Kind) != nil:
		return fmt.Errorf("announcement: there is no kind %q", n.Kind)
	case strings.TrimSpace(n.Title) == "" || len(n.Title) > 200:
		return fmt.Errorf("announcement: a title has 1 to 200 characters")
	case len(n.Body) > 10000:
		return fmt.Errorf("announcement: a text has at most 10000 characters")
	case n.Link != "" && (err != nil || u.Scheme != "https" || u.Host == ""):
		return fmt.Errorf("announcement: the link must be an https address")
	}
	return nil
}

// Desk carries out the verbs.
type Desk struct {
	db     Database
	logger *slog.Logger
}

// New returns a Desk on db.
func New(db Database, logger *slog.Logger) *Desk { return &Desk{db, logger} }

// Tell tells one studio, and reports whether it was new to it. The studio sees
// it in its feed as well.
func (d *Desk) Tell(ctx context.Context, tenant uuid.UUID, n News) (told bool, err error) {
	if err := n.Check(); err != nil {
		return false, err
	}
	ctx = viewer.ForTenant(ctx, tenant, "tell a studio what is new")
	err = d.db.InTx(ctx, func(ctx context.Context) error {
		client := d.db.Client(ctx).Announcement
		known, err := client.Query().Where(entannouncement.Slug(n.Slug)).Exist(ctx)
		if err != nil || known {
			return err
		}
		made := client.Create().SetSlug(n.Slug).SetKind(n.Kind).SetTitle(n.Title).SetBody(n.Body)
		if n.Link != "" {
			made.SetLink(n.Link)
		}
		told = true
		return made.Exec(ctx)
	})
	if ent.IsConstraintError(err) {
		return false, nil // another process has told it
	}
	return told && err == nil, err
}

// TellAll tells every studio that was not told yet, by the pool of the system
// role, and returns how many those were.
func (d *Desk) TellAll(ctx context.Context, pool *pgxpool.Pool, n News) (told int, err error) {
	rows, err := pool.Query(ctx, `SELECT t.id FROM tenants t WHERE t.status = 'ACTIVE'
		AND NOT EXISTS (SELECT 1 FROM announcements a WHERE a.tenant_id = t.id AND a.slug = $1) ORDER BY t.id`, n.Slug)
	if err != nil {
		return 0, fmt.Errorf("announcement: %w", err)
	}
	tenants, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return 0, fmt.Errorf("announcement: %w", err)
	}
	for _, tenant := range tenants {
		new, err := d.Tell(ctx, tenant, n)
		if err != nil {
			return told, fmt.Errorf("announcement: after %d studios: %w", told, err)
		}
		if new {
			told++
		}
	}
	return told, nil
}

// Unread returns what the person of ctx has not read, the newest first, at most
// a hundred. Only a person can have read something.
func (d *Desk) Unread(ctx context.Context) ([]*ent.Announcement, error) {
	v, err := reader(ctx)
	if err != nil {
		return nil, err
	}
	return d.db.Client(ctx).Announcement.Query().
		Where(entannouncement.Not(entannouncement.HasReadsWith(announcementread.MembershipID(v.MembershipID)))).
		Order(ent.Desc(entannouncement.FieldID)).Limit(maxUnread).All(ctx)
}

// MarkRead remembers that the person of ctx has read an announcement.
func (d *Desk) MarkRead(ctx context.Context, id uuid.UUID) (*ent.Announcement, error) {
	v, err := reader(ctx)
	if err != nil {
		return nil, err
	}
	var read *ent.Announcement
	err = d.db.InTx(ctx, func(ctx context.Context) error {
		if read, err = d.db.Client(ctx).Announcement.Get(ctx, id); err != nil {
			return err
		}
		inside := viewer.Elevated(ctx, "remember what was read")
		client := d.db.Client(inside).AnnouncementRead
		known, err := client.Query().Where(announcementread.AnnouncementID(id), announcementread.MembershipID(v.MembershipID)).Exist(inside)
		if err != nil || known {
			return err
		}
		return client.Create().SetAnnouncementID(id).SetMembershipID(v.MembershipID).Exec(inside)
	})
	switch {
	case ent.IsNotFound(err):
		return nil, fault.User(fault.NotFound, []string{"input", "id"}, "There is no such announcement.")
	case ent.IsConstraintError(err):
		return nil, fault.New(fault.Unavailable, "The announcement is being marked at the same time. Try again.")
	}
	return read, err
}

func reader(ctx context.Context) (*viewer.Viewer, error) {
	v := viewer.From(ctx)
	switch {
	case v == nil:
		return nil, fault.New(fault.Unauthenticated, "Send a session or an API key as Authorization: Bearer.")
	case v.MembershipID == uuid.Nil:
		return nil, fault.New(fault.Forbidden, "Only a signed-in person reads announcements; a key lists all of them.")
	}
	return v, nil
}
