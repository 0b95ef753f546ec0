package factor

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"
)

// ErrRefused says that a passkey's answer does not prove anything: it is for
// another challenge, another site or another person, or it was made up.
var ErrRefused = errors.New("factor: the passkey is refused")

// Site is where somebody holds out a passkey: a page, by its origin such as
// https://classes.example.com. A passkey serves on the host alone for which it
// was made.
type Site struct {
	Name   string // of the studio, as the browser shows it
	Origin string
}

// Host is what passkeys of the site are bound to.
func (s Site) Host() string {
	if u, err := url.Parse(s.Origin); err == nil {
		return u.Hostname()
	}
	return ""
}

func (s Site) party() (*webauthn.WebAuthn, error) {
	return webauthn.New(&webauthn.Config{
		RPID: s.Host(), RPDisplayName: s.Name, RPOrigins: []string{s.Origin},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementPreferred, UserVerification: protocol.VerificationPreferred,
		},
	})
}

// Passkey is one that a person has, as it is stored.
type Passkey struct {
	Host       string              `json:"host"`
	Credential webauthn.Credential `json:"credential"`
}

// Digest is what a passkey is found by.
func (p Passkey) Digest() []byte { return PasskeyDigest(p.Credential.ID) }

// PasskeyDigest is Digest by the id that an authenticator gave the passkey.
func PasskeyDigest(id []byte) []byte { sum := sha256.Sum256(id); return sum[:] }

// Person is who has passkeys.
type Person struct {
	ID       uuid.UUID
	Email    string
	Name     string
	Passkeys []Passkey
}

// owner is a person as the library sees one on one site.
type owner struct {
	person Person
	host   string
}

func (o owner) WebAuthnID() []byte          { return o.person.ID[:] }
func (o owner) WebAuthnName() string        { return o.person.Email }
func (o owner) WebAuthnDisplayName() string { return o.person.Name }

// WebAuthnCredentials are the passkeys that serve on the site.
func (o owner) WebAuthnCredentials() []webauthn.Credential {
	var list []webauthn.Credential
	for _, p := range o.person.Passkeys {
		if p.Host == o.host {
			list = append(list, p.Credential)
		}
	}
	return list
}

// Challenge is what an authenticator is asked: Options go to the browser's
// navigator.credentials, State is kept for the answer and shown to nobody.
type Challenge struct {
	Options json.RawMessage
	State   []byte
}

// state is what belongs to an answer.
type state struct {
	Site    Site                 `json:"site"`
	Session webauthn.SessionData `json:"session"`
}

func challenge(site Site, options any, session *webauthn.SessionData) (Challenge, error) {
	shown, err := json.Marshal(options)
	if err != nil {
		return Challenge{}, err
	}
	kept, err := json.Marshal(state{site, *session})
	return Challenge{shown, kept}, err
}

// opened returns what a challenge's State holds.
func opened(kept []byte) (state, *webauthn.WebAuthn, error) {
	var s state
	if err := json.Unmarshal(kept, &s); err != nil {
		return s, nil, fmt.Errorf("factor: stored challenge: %w", err)
	}
	party, err := s.Site.party()
	return s, party, err
}

// Offer asks for a new passkey of a person. Authenticators that hold one
// already say so instead.
func Offer(site Site, person Person) (Challenge, error) {
	party, err := site.party()
	if err != nil {
		return Challenge{}, err
	}
	who := owner{person, site.Host()}
	options, session, err := party.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, err
	}
	return challenge(site, options, session)
}

// Accept returns the passkey that answers Offer.
func Accept(kept []byte, person Person, answer json.RawMessage) (Passkey, error) {
	s, party, err := opened(kept)
	if err != nil {
		return Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, refused(err)
	}
	made, err := party.CreateCredential(owner{person, s.Site.Host()}, s.Session, parsed)
	if err != nil {
		return Passkey{}, refused(err)
	}
	return Passkey{s.Site.Host(), *made}, nil
}

// Ask asks a person for one of the passkeys that serve on the site; ok is false
// where there is none.
func Ask(site Site, person Person) (asked Challenge, ok bool, err error) {
	who := owner{person, site.Host()}
	if len(who.WebAuthnCredentials()) == 0 {
		return Challenge{}, false, nil
	}
	party, err := site.party()
	if err != nil {
		return Challenge{}, false, err
	}
	options, session, err := party.BeginLogin(who)
	if err != nil {
		return Challenge{}, false, err
	}
	asked, err = challenge(site, options, session)
	return asked, err == nil, err
}

// Answered returns the passkey that answers Ask, as it is to be stored from now
// on.
func Answered(kept []byte, person Person, answer json.RawMessage) (Passkey, error) {
	s, party, err := opened(kept)
	if err != nil {
		return Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Passkey{}, refused(err)
	}
	used, err := party.ValidateLogin(owner{person, s.Site.Host()}, s.Session, parsed)
	return judged(s, used, err)
}

// AskAnybody asks for a passkey of whoever is there, by which they sign in
// alone: the authenticator has to make sure that it is its owner who holds it.
func AskAnybody(site Site) (Challenge, error) {
	party, err := site.party()
	if err != nil {
		return Challenge{}, err
	}
	options, session, err := party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return Challenge{}, err
	}
	return challenge(site, options, session)
}

// AnsweredBy returns who answers AskAnybody, and the passkey as it is to be
// stored from now on. Find looks a person up by the digest of a passkey; the
// zero value says that nobody has it.
func AnsweredBy(kept []byte, find func(digest []byte) (Person, error), answer json.RawMessage) (Person, Passkey, error) {
	s, party, err := opened(kept)
	if err != nil {
		return Person{}, Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Person{}, Passkey{}, refused(err)
	}
	var found Person
	var failed error
	used, err := party.ValidateDiscoverableLogin(func(id, _ []byte) (webauthn.User, error) {
		if found, failed = find(PasskeyDigest(id)); failed == nil && found.ID == uuid.Nil {
			return nil, ErrRefused
		}
		return owner{found, s.Site.Host()}, failed
	}, s.Session, parsed)
	if failed != nil {
		return Person{}, Passkey{}, failed
	}
	passkey, err := judged(s, used, err)
	if err != nil {
		return Person{}, Passkey{}, err
	}
	return found, passkey, nil
}

// judged refuses a passkey that counts its uses and has counted back: somebody
// has a copy of it.
func judged(s state, used *webauthn.Credential, err error) (Passkey, error) {
	switch {
	case err != nil:
		return Passkey{}, refused(err)
	case used.Authenticator.CloneWarning:
		return Passkey{}, refused(errors.New("its counter went back"))
	}
	return Passkey{s.Site.Host(), *used}, nil
}

// refused keeps what the library says for the log.
func refused(err error) error { return fmt.Errorf("%w: %w", ErrRefused, err) }
