package factor_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"github.com/barrehq/barre/internal/factor"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit/authenticator"
)

func TestApp(t *testing.T) {
	app, err := factor.NewApp("Studio: One", "anna@example.com")
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(app.Address.Reveal())
	if err != nil || address.Scheme != "otpauth" || address.Query().Get("issuer") != "Studio  One" || address.Query().Get("secret") != app.Secret.Reveal() {
		t.Fatalf("%s, %v", app.Address.Reveal(), err)
	}
	now := time.Date(2026, 9, 1, 8, 0, 10, 0, time.UTC)
	code := func(at time.Duration) string {
		text, err := totp.GenerateCode(app.Secret.Reveal(), now.Add(at))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for at, want := range map[time.Duration]bool{
		0: true, -30 * time.Second: true, 30 * time.Second: true, -60 * time.Second: false, 60 * time.Second: false,
	} {
		step, ok := factor.Step(app.Secret, code(at), now)
		if ok != want || ok && step != now.Add(at).Unix()/30 {
			t.Errorf("the code of %v: %d, %v", at, step, ok)
		}
	}
	if _, ok := factor.Step(app.Secret, code(0)[:3]+" "+code(0)[3:], now); !ok {
		t.Error("a space makes a code wrong")
	}
	for _, wrong := range []string{"", "12345", "1234567", "abcdef", strings.Repeat("0", 1<<16)} {
		if _, ok := factor.Step(app.Secret, wrong, now); ok {
			t.Errorf("%.10q is a code", wrong)
		}
	}
	other, _ := factor.NewApp("Studio", "anna@example.com")
	if _, ok := factor.Step(other.Secret, code(0), now); ok {
		t.Error("the code of one app serves for another")
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes, person := factor.NewRecoveryCodes(), uuid.New()
	seen := map[string]bool{}
	for _, code := range codes {
		digest := string(factor.RecoveryDigest(person, code))
		if seen[digest] || len(code.Reveal()) != 19 {
			t.Errorf("code %q", code.Reveal())
		}
		seen[digest] = true
		typed := secret.String(strings.ToUpper(strings.ReplaceAll(code.Reveal(), "-", " ")))
		if string(factor.RecoveryDigest(person, typed)) != digest {
			t.Errorf("%q is another code than %q", typed.Reveal(), code.Reveal())
		}
		if string(factor.RecoveryDigest(uuid.New(), code)) == digest {
			t.Error("two people can have the same code")
		}
	}
	if len(codes) != 10 {
		t.Errorf("%d codes", len(codes))
	}
}

const origin, host = "https://classes.example.com", "classes.example.com"

type bench struct {
	*testing.T
	site   factor.Site
	person factor.Person
	holder *authenticator.Authenticator
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, site: factor.Site{Name: "Studio One", Origin: origin}, person: factor.Person{ID: uuid.New(), Email: "anna@example.com", Name: "Anna"},
		holder: authenticator.New(t, origin, host)}
	offer, err := factor.Offer(b.site, b.person)
	if err != nil {
		t.Fatal(err)
	}
	made, err := factor.Accept(offer.State, b.person, b.holder.Make(t, offer.Options))
	if err != nil {
		t.Fatal(err)
	}
	b.person.Passkeys = []factor.Passkey{b.stored(made)}
	return b
}

// stored is a passkey as it comes back from where it is kept.
func (b *bench) stored(p factor.Passkey) (again factor.Passkey) {
	b.Helper()
	text, err := json.Marshal(p)
	if err == nil {
		err = json.Unmarshal(text, &again)
	}
	if err != nil {
		b.Fatal(err)
	}
	return again
}

func (b *bench) ask() factor.Challenge {
	b.Helper()
	asked, ok, err := factor.Ask(b.site, b.person)
	if err != nil || !ok {
		b.Fatal(ok, err)
	}
	return asked
}

func (b *bench) find(digest []byte) (factor.Person, error) {
	if slices.Equal(digest, b.person.Passkeys[0].Digest()) {
		return b.person, nil
	}
	return factor.Person{}, nil
}

func TestPasskey(t *testing.T) {
	b := newBench(t)
	asked := b.ask()
	if _, err := factor.Answered(asked.State, b.person, b.holder.Answer(t, asked.Options)); err != nil {
		t.Errorf("as a second factor: %v", err)
	}
	asked, err := factor.AskAnybody(b.site)
	if err != nil {
		t.Fatal(err)
	}
	who, _, err := factor.AnsweredBy(asked.State, b.find, b.holder.Answer(t, asked.Options))
	if err != nil || who.ID != b.person.ID {
		t.Errorf("alone: %v, %v", who.ID, err)
	}
	if _, ok, err := factor.Ask(factor.Site{Name: "Other", Origin: "https://other.example.com"}, b.person); ok || err != nil {
		t.Errorf("on another site: %v, %v", ok, err)
	}
}

// TestPasskeyRefused holds what an attacker would try (attack A11).
func TestPasskeyRefused(t *testing.T) {
	for name, forge := range map[string]func(*bench) error{
		"another origin": func(b *bench) error {
			b.holder.Origin = "https://classes.example.com.evil.example"
			return b.answer()
		},
		"another host": func(b *bench) error { b.holder.Host = "evil.example"; return b.answer() },
		"an old challenge": func(b *bench) error {
			answer := b.holder.Answer(b, b.ask().Options)
			_, err := factor.Answered(b.ask().State, b.person, answer)
			return err
		},
		"somebody else's passkey": func(b *bench) error {
			asked := b.ask()
			other := newBench(b.T)
			_, err := factor.Answered(asked.State, b.person, other.holder.Answer(b, asked.Options))
			return err
		},
		"another person's challenge": func(b *bench) error {
			other := newBench(b.T)
			asked := other.ask()
			_, err := factor.Answered(asked.State, b.person, b.holder.Answer(b, asked.Options))
			return err
		},
		"a counter that went back": func(b *bench) error {
			b.holder.Counter = 7
			asked := b.ask()
			used, err := factor.Answered(asked.State, b.person, b.holder.Answer(b, asked.Options))
			if err != nil {
				b.Fatal(err)
			}
			b.person.Passkeys, b.holder.Counter = []factor.Passkey{b.stored(used)}, 3
			return b.answer()
		},
		"nobody known": func(b *bench) error {
			asked, _ := factor.AskAnybody(b.site)
			_, _, err := factor.AnsweredBy(asked.State, func([]byte) (factor.Person, error) { return factor.Person{}, nil }, b.holder.Answer(b, asked.Options))
			return err
		},
		"a holder who was not verified": func(b *bench) error {
			b.holder.Verified = false
			asked, _ := factor.AskAnybody(b.site)
			_, _, err := factor.AnsweredBy(asked.State, b.find, b.holder.Answer(b, asked.Options))
			return err
		},
		"no answer": func(b *bench) error {
			_, err := factor.Answered(b.ask().State, b.person, json.RawMessage(`{"id":"","response":{}}`))
			return err
		},
	} {
		if err := forge(newBench(t)); !errors.Is(err, factor.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func (b *bench) answer() error {
	asked := b.ask()
	_, err := factor.Answered(asked.State, b.person, b.holder.Answer(b, asked.Options))
	return err
}
