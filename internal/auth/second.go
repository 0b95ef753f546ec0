package auth

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/signinfactor"
	"github.com/barrehq/barre/ent/signintoken"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/factor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
)

// SecondFactor is what a sign-in waits for, before there is a session.
type SecondFactor struct {
	Token        secret.String // shown together with the proof
	ExpiresAt    time.Time
	App          bool            // whether a code of an authenticator app will do
	Passkey      json.RawMessage // what to ask the browser; nil where no passkey serves on the page
	RecoveryCode bool
}

// way is how somebody came to the door.
type way struct {
	method       string // of auth_sessions
	secondFactor bool   // proven already
}

// keptSignIn is what a sign-in that waits keeps.
type keptSignIn struct {
	Passkey []byte `json:"passkey,omitempty"` // state of the challenge that went along
}

const findWho = `SELECT u.email, u.name, t.name FROM memberships m JOIN users u ON u.id = m.user_id JOIN tenants t ON t.id = m.tenant_id WHERE m.id = $1 AND m.user_id = $2`

// enter lets somebody in who has proven a password: to a session or, where the
// person has a second factor, to the step that asks for it. It runs inside a
// transaction across tenants.
func (i *Identity) enter(ctx context.Context, m member, once Once) (Session, error) {
	list, err := i.factors(ctx, m.user)
	if err != nil {
		return Session{}, err
	}
	if len(list) == 0 {
		return i.open(ctx, m, way{method: "PASSWORD"}, once)
	}
	who := self{member: m}
	err = each(ctx, i.store.Run(ctx), query{findWho, []any{m.membership, m.user}}, func(rows store.Rows) error {
		return rows.Scan(&who.email, &who.name, &who.studio)
	})
	if err != nil {
		return Session{}, err
	}
	return i.wait(ctx, who, list)
}

// wait asks for a second factor.
func (i *Identity) wait(ctx context.Context, who self, list []held) (Session, error) {
	next := &SecondFactor{ExpiresAt: i.now().Add(stepLife), RecoveryCode: true}
	for _, h := range list {
		next.App = next.App || h.Kind == signinfactor.KindTOTP
	}
	var kept keptSignIn
	if at, ok := i.page(ctx, who.member.tenant, who.studio); ok {
		p, err := holder(who, list)
		if err != nil {
			return Session{}, err
		}
		asked, ok, err := factor.Ask(at, p)
		if err != nil {
			return Session{}, err
		}
		if ok {
			next.Passkey, kept.Passkey = asked.Options, asked.State
		}
	}
	s := step{kind: signintoken.KindSECOND_FACTOR, user: who.member.user, membership: who.member.membership, expires: next.ExpiresAt}
	var err error
	next.Token, err = i.mint(ctx, credential.Step, s, kept)
	return Session{Next: next}, err
}

// Completion is the input of CompleteSignIn.
type Completion struct {
	Proof
	Challenge string // token of the SecondFactor
	Once      Once
}

const findMember = `SELECT m.tenant_id, u.email, u.name FROM memberships m
	JOIN tenants t ON t.id = m.tenant_id AND t.status <> 'SUSPENDED'
	JOIN users u ON u.id = m.user_id
	WHERE m.id = $1 AND m.user_id = $2 AND m.status = 'ACTIVE'`

// CompleteSignIn signs in whoever has proven a password and now proves a second
// factor. The step can be tried several times, while it lasts and the factor
// does not have to wait, and gone once.
func (i *Identity) CompleteSignIn(ctx context.Context, in Completion) (Session, error) {
	digest, ok := stepDigest(in.Challenge, credential.Step)
	if !ok {
		return Session{}, outOfDate("challenge")
	}
	in.Once = in.Once.in("completeSignIn", in.Challenge)
	return i.once(ctx, proof{account: "step " + in.Challenge}, in.Once, func() (session Session, err error) {
		across := platform(ctx, "sign a person in")
		var kept keptSignIn
		s, found, err := i.find(across, signintoken.KindSECOND_FACTOR, digest, &kept)
		if err == nil && !found {
			err = outOfDate("challenge")
		}
		if err != nil {
			return Session{}, err
		}
		who, err := i.waiting(across, s)
		if err != nil {
			return Session{}, err
		}
		err = i.attempt(ctx, proof{account: "factor " + s.user.String()}, func() error {
			return i.store.InTx(across, func(ctx context.Context) (err error) {
				session, err = i.complete(ctx, who, s, in, kept.Passkey)
				return err
			})
		})
		if fault.CodeOf(err) == fault.SignInFailed {
			i.refused(across, candidate{person: person{id: s.user}, tenants: []uuid.UUID{who.member.tenant}})
		}
		return session, err
	})
}

// waiting returns who has to prove a second factor, if they still may come in.
func (i *Identity) waiting(ctx context.Context, s step) (self, error) {
	who := self{member: member{uuid.Nil, s.user, s.membership}}
	err := each(ctx, i.store.Run(ctx), query{findMember, []any{s.membership, s.user}}, func(rows store.Rows) error {
		return rows.Scan(&who.member.tenant, &who.email, &who.name)
	})
	if err == nil && who.member.tenant == uuid.Nil {
		err = outOfDate("challenge") // no member any more
	}
	return who, err
}

func (i *Identity) complete(ctx context.Context, who self, s step, in Completion, state []byte) (Session, error) {
	if err := i.proves(ctx, who, in.Proof, state); err != nil {
		return Session{}, err
	}
	gone, err := i.take(ctx, s)
	if err == nil && !gone {
		err = outOfDate("challenge")
	}
	if err != nil {
		return Session{}, err
	}
	return i.open(ctx, who.member, way{"PASSWORD", true}, in.Once)
}

// BeginPasskeySignIn asks whoever is at a page of a studio for a passkey.
// Everybody may.
func (i *Identity) BeginPasskeySignIn(ctx context.Context) (PasskeyChallenge, error) {
	across := platform(ctx, "sign a person in by a passkey")
	// Whose page it is, the passkey's own host says: it serves nowhere else.
	at, _ := ctx.Value(siteKey{}).(site)
	if len(at.origins) != 1 || !i.door.AllowedOrigin(ctx, at.origins[0]) {
		return PasskeyChallenge{}, noPage()
	}
	asked, err := factor.AskAnybody(factor.Site{Name: "Sign in", Origin: at.origins[0]})
	if err != nil {
		return PasskeyChallenge{}, err
	}
	return i.challenge(across, uuid.Nil, toSignIn, asked)
}

// PasskeySignIn is the input of SignInWithPasskey.
type PasskeySignIn struct {
	Studio    string // slug; may be empty for a person who belongs to one studio alone
	Challenge string
	Answer    json.RawMessage
}

// #nosec G101 -- it holds no secret, for all its name
const findByPasskey = `SELECT u.id, u.email, u.name FROM sign_in_factors f JOIN users u ON u.id = f.user_id
	WHERE f.digest = $1 AND f.kind = 'PASSKEY' AND f.confirmed_at IS NOT NULL`

// SignInWithPasskey signs in whoever holds a passkey, without a password: the
// authenticator has made sure who holds it. Everybody may try.
func (i *Identity) SignInWithPasskey(ctx context.Context, in PasskeySignIn) (session Session, err error) {
	across := platform(ctx, "sign a person in by a passkey")
	state, err := i.answered(across, in.Challenge, toSignIn, uuid.Nil)
	if err != nil {
		return Session{}, err
	}
	of := proof{account: "passkey " + in.Challenge, studio: in.Studio}
	err = i.attempt(ctx, of, func() error {
		return i.store.InTx(across, func(ctx context.Context) (err error) {
			session, err = i.byPasskey(ctx, in, state)
			return err
		})
	})
	return session, err
}

func (i *Identity) byPasskey(ctx context.Context, in PasskeySignIn, state []byte) (Session, error) {
	person, used, err := factor.AnsweredBy(state, func(digest []byte) (factor.Person, error) { return i.passkeyOwner(ctx, digest) }, in.Answer)
	if err != nil {
		return Session{}, i.judge(ctx, err, "credential")
	}
	c, err := i.candidate(ctx, SignIn{Studio: in.Studio, Email: person.Email})
	switch {
	case err != nil:
		return Session{}, err
	case len(c.members) == 0:
		return Session{}, signInFailed()
	case len(c.members) > 1:
		return Session{}, whichStudio()
	}
	if err := i.usedPasskey(ctx, used); err != nil {
		return Session{}, err
	}
	return i.open(ctx, c.members[0], way{"PASSKEY", true}, Once{})
}

func (i *Identity) passkeyOwner(ctx context.Context, digest []byte) (factor.Person, error) {
	who := self{}
	err := each(ctx, i.store.Run(ctx), query{findByPasskey, []any{digest}}, func(rows store.Rows) error {
		return rows.Scan(&who.member.user, &who.email, &who.name)
	})
	if err != nil || who.member.user == uuid.Nil {
		return factor.Person{}, err
	}
	list, err := i.factors(ctx, who.member.user)
	if err != nil {
		return factor.Person{}, err
	}
	return holder(who, list)
}

func whichStudio() error {
	return fault.User(fault.Required, []string{"input", "studio"}, "You belong to several studios. Say which one.")
}
