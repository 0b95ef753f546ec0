package auth

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/authsession"
	"github.com/barrehq/barre/ent/household"
	"github.com/barrehq/barre/ent/membership"
	"github.com/barrehq/barre/ent/signintoken"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

// Invitation is the input of InviteMember.
type Invitation struct {
	Email, Name string
	Role        membership.Role
	Household   *uuid.UUID // of a GUARDIAN; nil for every other role
}

// InviteMember makes a membership that waits for seven days to be accepted
// with the token, which is shown once. OWNER and ADMIN may call it; only an
// OWNER invites an OWNER. An address that has a membership or a pending
// invitation is TAKEN; one whose membership was revoked, or whose invitation
// has run out, is invited again.
func (i *Identity) InviteMember(ctx context.Context, in Invitation) (*ent.Membership, secret.String, error) {
	v, err := keeper(ctx, "invite people")
	if err != nil {
		return nil, "", err
	}
	if in.Role == membership.RoleOWNER && v.Role != viewer.Owner {
		return nil, "", fault.New(fault.Forbidden, "Only an OWNER may invite an OWNER.")
	}
	if in, err = in.normal(); err != nil {
		return nil, "", err
	}
	token, stored := credential.New(credential.Invite, "")
	if err := i.post(ctx, token, stored); err != nil {
		return nil, "", err
	}
	var invited *ent.Membership
	err = i.store.InTx(ctx, func(ctx context.Context) (err error) {
		if err = i.checkHousehold(ctx, in.Household); err != nil {
			return err
		}
		invited, err = i.invite(ctx, in, stored.Hash)
		return err
	})
	if ent.IsConstraintError(err) {
		err = memberTaken() // another caller was faster
	}
	if err != nil {
		return nil, "", err
	}
	return invited, token, nil
}

// post seals the token of an invitation for the messaging provider. It comes
// before the membership, whose event mails it; without one it is of no use.
func (i *Identity) post(ctx context.Context, token secret.String, stored credential.Stored) error {
	if i.conf.Box == nil {
		return nil
	}
	s := step{digest: stored.Hash[:], kind: signintoken.KindINVITATION, expires: i.now().Add(inviteLife)}
	return i.keep(platform(ctx, "have an invitation sent"), s, token.Reveal())
}

// normal returns the input as it is stored, or what is wrong with it.
func (in Invitation) normal() (Invitation, error) {
	var err error
	if in.Email, err = address(in.Email); err != nil {
		return in, err
	}
	if in.Name, err = label(in.Name, "name", 200); err != nil {
		return in, err
	}
	switch guardian := in.Role == membership.RoleGUARDIAN; {
	case membership.RoleValidator(in.Role) != nil:
		return in, fault.User(fault.Invalid, []string{"input", "role"}, "There is no such role.")
	case guardian && in.Household == nil:
		return in, fault.User(fault.Required, []string{"input", "householdId"}, "Say which household the guardian answers for.")
	case !guardian && in.Household != nil:
		return in, fault.User(fault.Invalid, []string{"input", "householdId"}, "Only a GUARDIAN belongs to a household.")
	}
	return in, nil
}

func (i *Identity) checkHousehold(ctx context.Context, id *uuid.UUID) error {
	if id == nil {
		return nil
	}
	exists, err := i.store.Client(ctx).Household.Query().Where(household.ID(*id)).Exist(ctx)
	if err == nil && !exists {
		err = fault.User(fault.NotFound, []string{"input", "householdId"}, "There is no such household.")
	}
	return err
}

func memberTaken() error {
	return fault.User(fault.Taken, []string{"input", "email"}, "The studio already has a member or an invitation with this address.")
}

// invite writes the membership, or gives an old one a new invitation.
func (i *Identity) invite(ctx context.Context, in Invitation, hash credential.Hash) (*ent.Membership, error) {
	now, client := i.now(), i.store.Client(ctx).Membership
	old, err := client.Query().Where(membership.Email(in.Email)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return client.Create().SetEmail(in.Email).SetName(in.Name).SetRole(in.Role).SetNillableHouseholdID(in.Household).
			SetInviteHash(hash[:]).SetInviteExpiresAt(now.Add(inviteLife)).Save(ctx)
	case err != nil:
		return nil, err
	case old.Status == membership.StatusACTIVE, old.Status == membership.StatusINVITED && old.InviteExpiresAt != nil && now.Before(*old.InviteExpiresAt):
		return nil, memberTaken()
	}
	again := client.UpdateOneID(old.ID).Where(membership.Version(old.Version)).SetName(in.Name).SetRole(in.Role).
		SetStatus(membership.StatusINVITED).ClearUserID().SetInviteHash(hash[:]).SetInviteExpiresAt(now.Add(inviteLife))
	if in.Household != nil {
		again.SetHouseholdID(*in.Household)
	} else {
		again.ClearHouseholdID()
	}
	invited, err := again.Save(ctx)
	if ent.IsNotFound(err) {
		return nil, memberTaken() // another caller was faster
	}
	return invited, err
}

// Acceptance is the input of AcceptInvitation.
type Acceptance struct {
	Token    string        // of the invitation
	Password secret.String // of the account with the invited address, or any other for a new account
	Once     Once
}

// invitation is a membership that waits, with what is known of its address.
type invitation struct {
	member  member
	person  person
	email   string
	name    string
	studio  string
	slug    string
	expires time.Time
	policy  credential.Policy
}

const findInvitation = `SELECT m.id, m.tenant_id, m.email, m.name, m.invite_expires_at, t.name, t.slug, t.password_policy, u.id, COALESCE(u.password_hash, '')
	FROM memberships m
	JOIN tenants t ON t.id = m.tenant_id AND t.status = 'ACTIVE'
	CROSS JOIN LATERAL (SELECT m.email) asked
	LEFT JOIN ` + firstUser + ` u ON true
	WHERE m.invite_hash = $1 AND m.status = 'INVITED' AND m.invite_expires_at IS NOT NULL`

// AcceptInvitation makes the person a member and signs them in. Everybody who
// holds the token may call it, once. An invitation that is unknown, used,
// withdrawn or out of date is NOT_FOUND in the same words. The password of an
// account with the address leads to that account; any other one makes an account
// of its own.
func (i *Identity) AcceptInvitation(ctx context.Context, in Acceptance) (Session, error) {
	kind, hash, err := credential.Parse(in.Token)
	if err != nil || kind != credential.Invite {
		return Session{}, noInvitation()
	}
	in.Once = in.Once.in("acceptInvitation", in.Token)
	return i.once(ctx, proof{account: "invitation " + in.Token}, in.Once, func() (Session, error) { return i.join(ctx, in, hash) })
}

// join makes the person a member who holds the token with the given hash.
func (i *Identity) join(ctx context.Context, in Acceptance, hash credential.Hash) (Session, error) {
	across := platform(ctx, "accept an invitation")
	waiting, err := i.invitation(across, hash)
	if err != nil {
		return Session{}, err
	}
	if err := waiting.policy.Check(in.Password, waiting.email, waiting.studio, waiting.slug); err != nil {
		return Session{}, inInput(err)
	}
	var session Session
	err = i.attempt(ctx, proof{waiting.email, waiting.slug}, func() (err error) {
		if waiting.person, err = i.account(across, waiting.person, in.Password); err != nil {
			return err
		}
		err = i.store.InTx(across, func(ctx context.Context) (err error) {
			session, err = i.accept(ctx, waiting, hash, in.Once)
			return err
		})
		return cmpErr(err, waiting.person.chosen())
	})
	if err != nil {
		return Session{}, err
	}
	i.door.Forget(waiting.member.membership)
	return session, nil
}

func noInvitation() error {
	return fault.User(fault.NotFound, []string{"input", "token"}, "The invitation does not exist, or not any more. Ask the studio for a new one.")
}

// invitation finds what waits under hash.
func (i *Identity) invitation(ctx context.Context, hash credential.Hash) (invitation, error) {
	var found invitation
	var user uuid.NullUUID
	err := each(ctx, i.store.Run(ctx), query{findInvitation, []any{hash[:]}}, func(rows store.Rows) error {
		return rows.Scan(&found.member.membership, &found.member.tenant, &found.email, &found.name, &found.expires,
			&found.studio, &found.slug, &found.policy, &user, &found.person.hash)
	})
	if err == nil && !i.now().Before(found.expires) {
		err = noInvitation()
	}
	found.person.id = user.UUID
	return found, err
}

// accept claims the invitation, if nobody was faster. Sessions of an earlier
// time at the studio do not come back to life with the membership.
func (i *Identity) accept(ctx context.Context, w invitation, hash credential.Hash, once Once) (Session, error) {
	user, err := i.user(ctx, w.person, w.email, w.name)
	if err != nil {
		return Session{}, err
	}
	w.member.user = user
	client, inside := i.store.Client(ctx), viewer.ForTenant(ctx, w.member.tenant, "accept an invitation")
	err = client.Membership.UpdateOneID(w.member.membership).
		Where(membership.InviteHash(hash[:]), membership.StatusEQ(membership.StatusINVITED), membership.InviteExpiresAtGT(i.now())).
		SetUserID(user).SetStatus(membership.StatusACTIVE).ClearInviteHash().ClearInviteExpiresAt().Exec(inside)
	if ent.IsNotFound(err) {
		return Session{}, noInvitation()
	}
	if err != nil {
		return Session{}, err
	}
	err = client.AuthSession.Update().Where(authsession.MembershipID(w.member.membership), authsession.RevokedAtIsNil()).
		SetRevokedAt(i.now()).Exec(ctx)
	if err != nil {
		return Session{}, err
	}
	return i.enter(ctx, w.member, once)
}
