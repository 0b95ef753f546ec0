// Package staff opens a studio to one person of the operator's staff, for one
// reason and a limited time, and ends that. Without it nobody of the staff can
// read anything of a studio.
package staff

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/staffaccess"
	"github.com/barrehq/barre/ent/tenant"
	"github.com/barrehq/barre/internal/auth"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	// longest is what the database holds every access to as well.
	longest = 24 * time.Hour
	// usual is how long an access lasts that names no time.
	usual = time.Hour
	// patience is how long a request waits for an answer of the studio.
	patience = 24 * time.Hour
)

// Door forgets what it believes of a credential.
type Door interface{ Forget(id uuid.UUID) }

// Gate runs what proves who somebody is, unless too many such attempts have
// failed; it is auth.Identity.
type Gate interface {
	Attempt(ctx context.Context, account string, prove func() error) error
}

// Config of a Desk. Without Box it adds nobody, and without both Box and Gate
// nobody can ask for access.
type Config struct {
	Box  *sealed.Box // seals second factors
	Gate Gate
	Now  func() time.Time // time.Now when nil
}

// Desk opens studios to the operator's staff and closes them.
type Desk struct {
	store *store.Store
	door  Door
	conf  Config
}

// New returns a desk on s. What it ends, door forgets at once.
func New(s *store.Store, door Door, c Config) *Desk {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Desk{s, door, c}
}

// moment is the time as Postgres keeps it.
func (d *Desk) moment() time.Time { return d.conf.Now().UTC().Truncate(time.Microsecond) }

// Request is the input of Desk.Request.
type Request struct {
	Studio  string // short name
	Reason  string
	Minutes int    // an hour when zero
	Code    string // of the person's authenticator app
}

// Request asks for access to one studio, with a second factor. It starts at once where the studio
// does not want to be asked, and otherwise when somebody there approves it. The
// token, which is shown once, works while the access is active. For the
// operator's staff alone.
func (d *Desk) Request(ctx context.Context, in Request) (made *ent.StaffAccess, token secret.String, err error) {
	v := viewer.From(ctx)
	if v == nil || v.Role != viewer.Staff {
		return nil, "", fault.New(fault.Forbidden, "Only Barre's staff may ask for access.")
	}
	if in, err = in.normal(); err != nil {
		return nil, "", err
	}
	if err := d.prove(ctx, v.CredentialID, in.Code); err != nil {
		return nil, "", err
	}
	token, stored := credential.New(credential.StaffAccess, "")
	err = d.store.InTx(platform(ctx, "ask a studio for access"), func(ctx context.Context) error {
		client := d.store.Client(ctx)
		who, err := client.StaffAccount.Get(ctx, v.CredentialID)
		if err != nil {
			return err
		}
		studio, err := client.Tenant.Query().Where(tenant.Slug(in.Studio), tenant.StatusEQ(tenant.StatusACTIVE)).Only(ctx)
		if ent.IsNotFound(err) {
			return fault.User(fault.NotFound, []string{"input", "studio"}, "There is no such studio.")
		}
		if err != nil {
			return err
		}
		create := client.StaffAccess.Create().SetTenantID(studio.ID).SetStaffAccountID(who.ID).SetStaffName(who.Name).
			SetReason(in.Reason).SetMinutes(in.Minutes).SetApprovalRequired(studio.StaffAccessApproval).SetTokenHash(stored.Hash[:])
		if !studio.StaffAccessApproval {
			now := d.moment()
			create.SetStatus(staffaccess.StatusACTIVE).SetStartsAt(now).SetEndsAt(now.Add(time.Duration(in.Minutes) * time.Minute))
		}
		made, err = create.Save(ctx)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return made, token, nil
}

// normal returns the input as it is stored, or what is wrong with it.
func (in Request) normal() (Request, error) {
	in.Reason = strings.TrimSpace(in.Reason)
	if in.Minutes == 0 {
		in.Minutes = int(usual / time.Minute)
	}
	switch {
	case in.Reason == "":
		return in, fault.User(fault.Required, []string{"input", "reason"}, "Say why you need access; the studio reads it.")
	case len(in.Reason) > 1000 || !utf8.ValidString(in.Reason):
		return in, fault.User(fault.Invalid, []string{"input", "reason"}, "The reason is too long: at most 1000 bytes.")
	case in.Minutes < 1 || in.Minutes > int(longest/time.Minute):
		return in, fault.User(fault.Invalid, []string{"input", "minutes"}, "Access lasts 1 minute to 24 hours.")
	}
	return in, nil
}

// Approve starts an access that the studio was asked for. For OWNER and ADMIN.
func (d *Desk) Approve(ctx context.Context, id uuid.UUID) (*ent.StaffAccess, error) {
	v, err := auth.Keeper(ctx, "approve access of Barre's staff")
	if err != nil {
		return nil, err
	}
	return d.change(ctx, id, func(a *ent.StaffAccess, now time.Time) (*ent.StaffAccessUpdateOne, error) {
		if a.Status != staffaccess.StatusREQUESTED || now.After(a.CreatedAt.Add(patience)) {
			return nil, fault.User(fault.WrongState, []string{"input", "id"}, "Nobody waits for this access any more.")
		}
		return a.Update().SetStatus(staffaccess.StatusACTIVE).SetDecidedBy(v.Actor()).
			SetStartsAt(now).SetEndsAt(now.Add(time.Duration(a.Minutes) * time.Minute)), nil
	})
}

// Refuse answers a request with no. For OWNER and ADMIN.
func (d *Desk) Refuse(ctx context.Context, id uuid.UUID, why string) (*ent.StaffAccess, error) {
	v, err := auth.Keeper(ctx, "refuse access of Barre's staff")
	if err != nil {
		return nil, err
	}
	if why, err = reason(why, "The studio refused it."); err != nil {
		return nil, err
	}
	return d.change(ctx, id, func(a *ent.StaffAccess, now time.Time) (*ent.StaffAccessUpdateOne, error) {
		if a.Status != staffaccess.StatusREQUESTED {
			return nil, fault.User(fault.WrongState, []string{"input", "id"}, "Nobody waits for this access any more.")
		}
		return a.Update().SetStatus(staffaccess.StatusREFUSED).SetDecidedBy(v.Actor()).SetEndedAt(now).SetEndReason(why), nil
	})
}

// End ends an access at once, here and, within a second, everywhere. For OWNER
// and ADMIN.
func (d *Desk) End(ctx context.Context, id uuid.UUID, why string) (*ent.StaffAccess, error) {
	if _, err := auth.Keeper(ctx, "end access of Barre's staff"); err != nil {
		return nil, err
	}
	why, err := reason(why, "The studio ended it.")
	if err != nil {
		return nil, err
	}
	return d.change(ctx, id, func(a *ent.StaffAccess, now time.Time) (*ent.StaffAccessUpdateOne, error) {
		if a.Status != staffaccess.StatusACTIVE {
			return nil, fault.User(fault.WrongState, []string{"input", "id"}, "The access is not active.")
		}
		return ended(a, now, why), nil
	})
}

func ended(a *ent.StaffAccess, now time.Time, why string) *ent.StaffAccessUpdateOne {
	return a.Update().SetStatus(staffaccess.StatusENDED).SetEndedAt(now).SetEndReason(why)
}

// reason returns the words given, or others where there are none.
func reason(given, otherwise string) (string, error) {
	given = strings.TrimSpace(given)
	switch {
	case given == "":
		return otherwise, nil
	case len(given) > 300 || !utf8.ValidString(given):
		return "", fault.User(fault.Invalid, []string{"input", "reason"}, "The reason is too long: at most 300 bytes.")
	}
	return given, nil
}

// change writes what decide makes of an access, if nobody was faster.
func (d *Desk) change(ctx context.Context, id uuid.UUID, decide func(*ent.StaffAccess, time.Time) (*ent.StaffAccessUpdateOne, error)) (changed *ent.StaffAccess, err error) {
	err = d.store.InTx(ctx, func(ctx context.Context) error {
		found, err := d.store.Client(ctx).StaffAccess.Query().Where(staffaccess.ID(id)).ForUpdate().Only(ctx)
		if ent.IsNotFound(err) {
			return fault.User(fault.NotFound, []string{"input", "id"}, "There is no such access.")
		}
		if err != nil {
			return err
		}
		update, err := decide(found, d.moment())
		if err != nil {
			return err
		}
		changed, err = update.Save(ctx)
		d.store.AfterCommit(ctx, func() { d.door.Forget(id) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// SetPolicy says whether access starts only once the studio has approved it.
// For OWNER and ADMIN.
func (d *Desk) SetPolicy(ctx context.Context, approval bool) (set *ent.Tenant, err error) {
	v, err := auth.Keeper(ctx, "say how Barre's staff get access")
	if err != nil {
		return nil, err
	}
	err = d.store.InTx(ctx, func(ctx context.Context) (err error) {
		set, err = d.store.Client(ctx).Tenant.UpdateOneID(v.TenantID).SetStaffAccessApproval(approval).Save(ctx)
		return err
	})
	return set, err
}
