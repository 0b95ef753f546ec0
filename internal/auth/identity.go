package auth

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/authsession"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/sealed"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/sso"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/viewer"
)

const (
	sessionLife = 30 * 24 * time.Hour // absolute: use does not prolong it; each studio bounds the time without use
	inviteLife  = 7 * 24 * time.Hour
)

// IdentityConfig sets an Identity; the zero value is for production.
type IdentityConfig struct {
	Now  func() time.Time // time.Now when nil
	Mode credential.Mode  // of the API keys that are made; LIVE when empty
	// Box seals the sessions that are remembered under idempotency keys, second
	// factors and links; nil remembers none and has nothing of the others.
	Box *sealed.Box
	// Visits leads to identity providers; nil connects none.
	Visits *sso.Client
	// How many passwords may fail before every further one has to wait, at
	// first a second and then twice as long each time, up to 15 minutes. A
	// studio's families share one address on the evening of registration, so
	// an address has more. At a studio nobody has to wait for longer than two
	// seconds: guesses from everywhere are slowed down, its families not locked out.
	AccountFailures int // of one account; 5 when zero
	AddressFailures int // from one address, over all accounts; 20 when zero
	StudioFailures  int // at one studio, over all of both; 500 when zero
}

// studioDelay is how long anybody has to wait at most for what others do.
const studioDelay = 2 * time.Second

// Identity gives credentials and takes them away. It is safe for concurrent use.
type Identity struct {
	store    *store.Store
	hasher   *credential.Hasher
	door     *Door
	conf     IdentityConfig
	attempts *attempts
	wishes   chan struct{} // tells the postman that there is something to do
}

// NewIdentity returns the verbs on s. What they revoke, door forgets at once.
func NewIdentity(s *store.Store, hasher *credential.Hasher, door *Door, conf IdentityConfig) *Identity {
	if conf.Now == nil {
		conf.Now = time.Now
	}
	conf.AccountFailures = cmp.Or(conf.AccountFailures, 5)
	conf.AddressFailures = cmp.Or(conf.AddressFailures, 20)
	conf.StudioFailures = cmp.Or(conf.StudioFailures, 500)
	return &Identity{store: s, hasher: hasher, door: door, conf: conf, attempts: &attempts{s, conf.Now}, wishes: make(chan struct{}, 1)}
}

// Session is what a person gets who signs in. The token is shown once.
type Session struct {
	Token     secret.String
	ExpiresAt time.Time
	Next      *SecondFactor // what has to follow before there is a token; nil where nothing has
}

// now is the clock as Postgres keeps it.
func (i *Identity) now() time.Time { return i.conf.Now().UTC().Truncate(time.Microsecond) }

// signInFailed is the one answer to every failed proof of a person: whether
// the account, the membership or the password is missing, or the caller has to
// wait.
func signInFailed() error {
	return fault.User(fault.SignInFailed, nil,
		"The address, the password or the studio is not right, or too many attempts have failed. Check them, or try again later.")
}

// proof is what a password is tried for.
type proof struct {
	account string // an address, or an invitation
	studio  string // slug; empty where none is named
}

// Attempt runs prove, which proves who somebody is that is no member of a
// studio, unless too many have failed for the account or from the caller's
// address. Every failed proof is SIGN_IN_FAILED.
func (i *Identity) Attempt(ctx context.Context, account string, prove func() error) error {
	return i.attempt(ctx, proof{account: account}, prove)
}

// attempt runs prove, unless the account, the caller's address or everybody at
// the studio has to wait.
func (i *Identity) attempt(ctx context.Context, of proof, prove func() error) error {
	bounds := []bound{over("account "+of.account, i.conf.AccountFailures, maxDelay)}
	if from := addressOf(ctx); from != "" {
		bounds = append(bounds, over("address "+network(from), i.conf.AddressFailures, maxDelay))
	}
	if of.studio != "" {
		bounds = append(bounds, over("studio "+of.studio, i.conf.StudioFailures, studioDelay))
	}
	across := platform(ctx, "count sign-ins")
	allowed, err := i.attempts.try(across, bounds...)
	switch {
	case err != nil:
		return unavailable(err)
	case !allowed:
		return signInFailed()
	}
	var undone error
	err = prove()
	switch f := fault.From(err); {
	case errors.Is(err, errChosen): // of the account it may have been a guess, of which nobody is told whether it exists
		err, undone = nil, i.attempts.undo(across, nil, bounds[1:]...)
	case err == nil:
		undone = i.attempts.undo(across, bounds[0].digest, bounds...)
	case f != nil && f.Code != fault.SignInFailed && f.Code != fault.IdempotencyMismatch:
		undone = i.attempts.undo(across, nil, bounds...) // nothing was tried
	}
	if undone != nil {
		i.door.conf.Log.WarnContext(ctx, "a good sign-in stays counted as a failed one", "error", undone)
	}
	return err
}

// person is who has an address; the zero value where nobody does.
type person struct {
	id   uuid.UUID
	hash string // empty for a person who has no password
}

// prove compares the password of p, in the same time for nobody. It reports
// whether the hash should be made anew.
func (i *Identity) prove(ctx context.Context, p person, password secret.String) (rehash bool, err error) {
	if p.hash == "" {
		if err := i.hasher.VerifyAbsent(ctx, password); err != nil {
			return false, err
		}
		return false, signInFailed()
	}
	ok, rehash, err := i.hasher.Verify(ctx, password, p.hash)
	if err == nil && !ok {
		err = signInFailed()
	}
	return rehash, err
}

// member is a person's place at a studio.
type member struct{ tenant, user, membership uuid.UUID }

// open makes a session, inside a transaction across tenants.
func (i *Identity) open(ctx context.Context, m member, by way, once Once) (Session, error) {
	token, stored := credential.New(credential.Session, "")
	session, now := Session{Token: token, ExpiresAt: i.now().Add(sessionLife)}, i.now()
	made := i.store.Client(ctx).AuthSession.Create().SetTokenHash(stored.Hash[:]).
		SetUserID(m.user).SetMembershipID(m.membership).SetExpiresAt(session.ExpiresAt).
		SetMethod(authsession.Method(by.method)).SetProvenAt(now).SetLastSeenAt(now).SetAddress(addressOf(ctx)).SetDevice(deviceOf(ctx))
	if by.secondFactor {
		made.SetSecondFactorAt(now)
	}
	err := made.Exec(ctx)
	if err == nil {
		err = i.note(ctx, m, "session.opened")
	}
	if err == nil {
		err = i.remember(ctx, once, session)
	}
	if err != nil {
		return Session{}, err
	}
	return session, nil
}

// Keeper returns the viewer of ctx if it runs the studio; what names what only
// such a person may do. Keys may not, whatever their scopes: a key that made
// members or keys would make what outlives it and can do more than it. Nor may
// whoever has a custom role, or is of the operator's staff.
func Keeper(ctx context.Context, what string) (*viewer.Viewer, error) { return keeper(ctx, what) }

func keeper(ctx context.Context, what string) (*viewer.Viewer, error) {
	v := viewer.From(ctx)
	switch {
	case v == nil:
		return nil, fault.New(fault.Unauthenticated, "Send a session as Authorization: Bearer.")
	case v.Role != viewer.Owner && v.Role != viewer.Admin, v.Custom != nil, v.IsStaff():
		return nil, fault.New(fault.Forbidden, "Only an OWNER or an ADMIN may %s.", what)
	}
	return v, nil
}
