package auth

import (
	"context"
	"time"

	"github.com/barrehq/barre/internal/factor"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/viewer"
)

// StepUp is the input of the verb: a second factor by a person who has one, and
// else the password.
type StepUp struct {
	Proof
	Password  secret.String
	Challenge string // of ChallengePasskey, where a passkey answers it
}

// ChallengePasskey asks the caller's browser for one of their passkeys, to step
// up by it.
func (i *Identity) ChallengePasskey(ctx context.Context) (PasskeyChallenge, error) {
	who, err := i.caller(ctx)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	across := platform(ctx, "ask for a passkey")
	list, err := i.factors(across, who.member.user)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	p, err := holder(who, list)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	at, ok := i.page(ctx, who.member.tenant, who.studio)
	if !ok {
		return PasskeyChallenge{}, noPage()
	}
	asked, ok, err := factor.Ask(at, p)
	if err == nil && !ok {
		err = fault.User(fault.WrongState, nil, "You have no passkey that serves on this page.")
	}
	if err != nil {
		return PasskeyChallenge{}, err
	}
	return i.challenge(across, who.member.user, toStepUp, asked)
}

// StepUp proves anew who the caller is, for what asks for a recent proof. It
// returns until when the proof is recent.
func (i *Identity) StepUp(ctx context.Context, in StepUp) (time.Time, error) {
	who, err := i.owner(ctx)
	if err != nil {
		return time.Time{}, err
	}
	across := platform(ctx, "prove anew who is signed in")
	list, err := i.factors(across, who.member.user)
	if err != nil {
		return time.Time{}, err
	}
	if len(list) == 0 {
		err = i.attempt(ctx, proof{account: who.email}, func() error {
			if _, err := i.prove(across, who.person(), in.Password); err != nil {
				return err
			}
			return i.steppedUp(across, who, false)
		})
	} else {
		err = i.stepUpByFactor(ctx, who, in)
	}
	if err != nil {
		return time.Time{}, err
	}
	i.door.Forget(who.session)
	return i.now().Add(viewer.Recent), nil
}

func (i *Identity) stepUpByFactor(ctx context.Context, who self, in StepUp) error {
	across := platform(ctx, "prove anew who is signed in")
	if in.given() == 0 && in.Password != "" {
		return fault.User(fault.Required, []string{"input"}, "You have a second factor, so that a password alone does not do. Give a code, a recovery code or a passkey.")
	}
	var state []byte
	if len(in.Passkey) > 0 {
		var err error
		if state, err = i.answered(across, in.Challenge, toStepUp, who.member.user); err != nil {
			return err
		}
	}
	return i.attempt(ctx, proof{account: "factor " + who.member.user.String()}, func() error {
		return i.store.InTx(across, func(ctx context.Context) error {
			if err := i.proves(ctx, who, in.Proof, state); err != nil {
				return err
			}
			return i.steppedUp(ctx, who, true)
		})
	})
}

func (i *Identity) steppedUp(ctx context.Context, who self, secondFactor bool) error {
	return i.store.InTx(ctx, func(ctx context.Context) error {
		if err := i.proven(ctx, who.session, secondFactor); err != nil {
			return err
		}
		return i.note(ctx, who.member, "session.stepped_up")
	})
}
