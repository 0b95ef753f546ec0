// Package export writes files of a studio's records as they are at one moment,
// from which its feed goes on without a seam.
package export

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/barrehq/barre/ent"
	entexport "github.com/barrehq/barre/ent/export"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/subject"
	"github.com/barrehq/barre/internal/viewer"
)

// Kept is how long a file can be downloaded.
const Kept = 7 * 24 * time.Hour

// Database is what exports need of the store.
type Database interface {
	Client(context.Context) *ent.Client
	subject.Database
	InTx(context.Context, func(context.Context) error) error
	// InSnapshot runs fn in a transaction that sees one moment and changes nothing.
	InSnapshot(context.Context, func(context.Context) error) error
}

// Files is where files are kept. A name is a path of safe segments.
type Files interface {
	// Write makes a file of what fill writes; it appears whole, or not at all.
	Write(ctx context.Context, name string, fill func(io.Writer) error) error
	Get(ctx context.Context, name string) (io.ReadSeekCloser, error)
	// Delete is content with a file that is not there.
	Delete(ctx context.Context, name string) error
}

// Feed names the place of the feed that a transaction sees.
type Feed interface {
	Here(context.Context) (cursor string, err error)
}

// Config of a Desk. The zero value is right for production.
type Config struct {
	Page int // records that are read at once; 0 means 500
	// Environment is written into archives, and must be the same where one is
	// imported.
	Environment string
	Now         func() time.Time
	Logger      *slog.Logger
	// Audit writes the audit log of the studio of ctx, as one that can be
	// verified, and tells how many entries it has; nil where none is exported.
	Audit func(ctx context.Context, to io.Writer) (int64, error)
}

// Desk takes orders for exports, and carries them out in a worker.
type Desk struct {
	db    Database
	files Files
	feed  Feed
	cfg   Config
}

// New returns a desk.
func New(db Database, files Files, feed Feed, c Config) *Desk {
	c.Page = cmp.Or(c.Page, 500)
	c.Logger = cmp.Or(c.Logger, slog.Default())
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Desk{db: db, files: files, feed: feed, cfg: c}
}

// Exported are the types of record that an export can hold: all that the feed
// tells of, in the order of their names.
func Exported() []string {
	var names []string
	for name, entity := range catalog.Entities {
		if !entity.Hidden && entity.Tenant != "" && entity.Events {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Order asks for an export as the viewer of ctx, who must be allowed to make
// one. The worker writes the file after the commit.
func (d *Desk) Order(ctx context.Context, entities []string, format entexport.Format) (*ent.Export, error) {
	all := Exported()
	if len(entities) == 0 {
		entities = all
	}
	slices.Sort(entities)
	entities = slices.Compact(entities)
	if slices.Contains(entities, AuditLog) {
		return nil, fault.User(fault.Invalid, []string{"input", "entities"}, "The audit log is exported by itself, with exportAuditLog.")
	}
	for _, name := range entities {
		if !slices.Contains(all, name) {
			return nil, fault.User(fault.Invalid, []string{"input", "entities"}, "There is nothing named %q to export. Choose from %s.", name, strings.Join(all, ", "))
		}
	}
	return d.order(ctx, func(c *ent.ExportCreate) { c.SetEntities(entities).SetFormat(format) })
}

// OrderStudio asks for an archive of everything that the studio owns, under
// the rules of Order.
func (d *Desk) OrderStudio(ctx context.Context) (*ent.Export, error) {
	return d.order(ctx, func(c *ent.ExportCreate) { c.SetKind(entexport.KindSTUDIO).SetEntities(Owned()) })
}

// OrderPerson asks for an archive of everything about somebody, under the rules
// of Order. The error is NOT_FOUND where there is nobody.
func (d *Desk) OrderPerson(ctx context.Context, p subject.Person) (*ent.Export, error) {
	// Whoever may not see exports is not told whether there is somebody.
	if _, err := d.db.Client(ctx).Export.Query().Exist(ctx); err != nil {
		return nil, err
	}
	p, err := p.Resolve(ctx, d.db.Run(ctx))
	if err != nil {
		return nil, err
	}
	found, err := subject.Find(ctx, d.db, p)
	if err != nil {
		return nil, err
	}
	return d.order(ctx, func(c *ent.ExportCreate) {
		c.SetKind(entexport.KindPERSON).SetSubjectType(p.Type).SetSubjectID(p.ID).SetEntities(typesOf(found))
	})
}

// AuditLog is the one type of the export that OrderAuditLog asks for.
const AuditLog = "AuditEntry"

// OrderAuditLog asks for the audit log as a file that can be verified, as the
// viewer of ctx, who must be allowed to export and to read it.
func (d *Desk) OrderAuditLog(ctx context.Context) (*ent.Export, error) {
	if v := viewer.From(ctx); v == nil || !v.Can("auditentry", "read") || d.cfg.Audit == nil {
		return nil, fault.New(fault.Forbidden, "Only who may read the audit log may export it.")
	}
	return d.order(ctx, func(c *ent.ExportCreate) { c.SetEntities([]string{AuditLog}) })
}

// Remove removes the file of an export of which nothing else will be left.
func (d *Desk) Remove(name string) error { return d.files.Delete(context.Background(), name) }

func (d *Desk) order(ctx context.Context, set func(*ent.ExportCreate)) (made *ent.Export, err error) {
	err = d.db.InTx(ctx, func(ctx context.Context) (err error) {
		actor := ""
		if v := viewer.From(ctx); v != nil {
			actor = v.Actor()
		}
		create := d.db.Client(ctx).Export.Create().SetRequestedBy(actor)
		set(create)
		made, err = create.Save(ctx)
		return err
	})
	return made, err
}
