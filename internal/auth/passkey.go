package auth

import (
	"context"
	"encoding/json"
	"errors"
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

// PasskeyChallenge is what a browser is to be asked, and the token under which
// its answer is sent back.
type PasskeyChallenge struct {
	Token     secret.String
	Options   json.RawMessage
	ExpiresAt time.Time
}

// keptPasskey is what is kept of a challenge until its answer comes.
type keptPasskey struct {
	Purpose string `json:"purpose"` // a challenge of one purpose is not answered for another
	State   []byte `json:"state"`
}

// The purposes of a passkey's challenge.
const (
	toRegister = "register"
	toSignIn   = "sign in"
	toStepUp   = "step up"
)

func (i *Identity) challenge(ctx context.Context, user uuid.UUID, purpose string, asked factor.Challenge) (PasskeyChallenge, error) {
	ends := i.now().Add(stepLife)
	token, err := i.mint(ctx, credential.Step, step{kind: signintoken.KindPASSKEY, user: user, expires: ends}, keptPasskey{purpose, asked.State})
	return PasskeyChallenge{token, asked.Options, ends}, err
}

// answered takes the step of a passkey's challenge, which can be answered once,
// right or wrong.
func (i *Identity) answered(ctx context.Context, token, purpose string, user uuid.UUID) (state []byte, err error) {
	digest, ok := stepDigest(token, credential.Step)
	if !ok {
		return nil, outOfDate("challenge")
	}
	var kept keptPasskey
	s, found, err := i.find(ctx, signintoken.KindPASSKEY, digest, &kept)
	if err == nil && found && kept.Purpose == purpose && s.user == user {
		found, err = i.take(ctx, s)
		if err == nil && found {
			return kept.State, nil
		}
	}
	if err == nil {
		err = outOfDate("challenge")
	}
	return nil, err
}

// BeginPasskey asks the caller's browser for a new passkey.
func (i *Identity) BeginPasskey(ctx context.Context) (PasskeyChallenge, error) {
	who, err := i.owner(ctx)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	at, ok := i.page(ctx, who.member.tenant, who.studio)
	if !ok {
		return PasskeyChallenge{}, noPage()
	}
	across := platform(ctx, "register a passkey")
	list, err := i.factors(across, who.member.user)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	p, err := holder(who, list)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	offer, err := factor.Offer(at, p)
	if err != nil {
		return PasskeyChallenge{}, err
	}
	return i.challenge(across, who.member.user, toRegister, offer)
}

// NewPasskey is the input of RegisterPasskey.
type NewPasskey struct {
	Challenge string
	Name      string
	Answer    json.RawMessage // of the browser
}

// RegisterPasskey keeps the passkey that a browser has made. The session has
// its second factor then. With the first factor come recovery codes.
func (i *Identity) RegisterPasskey(ctx context.Context, in NewPasskey) ([]secret.String, error) {
	who, err := i.owner(ctx)
	if err != nil {
		return nil, err
	}
	name, err := label(in.Name, "name", 100)
	if err != nil {
		return nil, err
	}
	across := platform(ctx, "register a passkey")
	state, err := i.answered(across, in.Challenge, toRegister, who.member.user)
	if err != nil {
		return nil, err
	}
	made, err := factor.Accept(state, factor.Person{ID: who.member.user, Email: who.email, Name: who.name}, in.Answer)
	if err != nil {
		return nil, i.judge(ctx, err, "credential")
	}
	text, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	var codes []secret.String
	err = i.store.InTx(across, func(ctx context.Context) error {
		err := i.addFactor(ctx, who, newFactor{signinfactor.KindPASSKEY, name, made.Digest(), text, true})
		if err == nil {
			codes, err = i.gained(ctx, who)
		}
		return err
	})
	if store.Breaks(err, "signinfactor_digest") {
		err = fault.User(fault.Taken, []string{"input", "credential"}, "This passkey is registered already.")
	}
	if err == nil {
		i.door.Forget(who.session)
	}
	return codes, err
}

// judge tells what a passkey's answer is refused for from a failure of ours.
func (i *Identity) judge(ctx context.Context, err error, field string) error {
	if !errors.Is(err, factor.ErrRefused) {
		return err
	}
	i.door.conf.Log.InfoContext(ctx, "a passkey was refused", "reason", err)
	return wrongFactor(field)
}
