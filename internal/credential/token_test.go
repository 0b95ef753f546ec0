package credential_test

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func TestTokenForms(t *testing.T) {
	for _, test := range []struct {
		kind credential.Kind
		mode credential.Mode
		want string
	}{
		{credential.Session, "", `^barre_sess_[0-9A-Za-z]{43}$`},
		{credential.Session, credential.Test, `^barre_sess_[0-9A-Za-z]{43}$`},
		{credential.SecretKey, credential.Live, `^barre_live_sk_[0-9A-Za-z]{36}$`},
		{credential.SecretKey, "", `^barre_live_sk_[0-9A-Za-z]{36}$`},
		{credential.SecretKey, credential.Test, `^barre_test_sk_[0-9A-Za-z]{36}$`},
		{credential.PublishableKey, credential.Live, `^barre_live_pk_[0-9A-Za-z]{36}$`},
		{credential.PublishableKey, credential.Test, `^barre_test_pk_[0-9A-Za-z]{36}$`},
		{credential.Invite, "", `^barre_inv_[0-9A-Za-z]{36}$`},
		{credential.Reset, "", `^barre_rst_[0-9A-Za-z]{36}$`},
		{credential.Verification, "", `^barre_ver_[0-9A-Za-z]{36}$`},
		{credential.Step, "", `^barre_step_[0-9A-Za-z]{43}$`},
	} {
		token, stored := credential.New(test.kind, test.mode)
		text := token.Reveal()
		if !regexp.MustCompile(test.want).MatchString(text) {
			t.Errorf("%s %s: %q; want %s", test.kind, test.mode, text, test.want)
		}
		if stored.Hash != sha256.Sum256([]byte(text)) || !strings.HasPrefix(text, stored.Prefix) ||
			!strings.HasSuffix(stored.Prefix, "_") || len(stored.Last4) != 4 || !strings.HasSuffix(text, stored.Last4) {
			t.Errorf("%s: stored %+v", text, stored)
		}
		if kind, hash, err := credential.Parse(text); err != nil || kind != test.kind || !hash.Equal(stored.Hash) {
			t.Errorf("Parse(%q) = %s, %x, %v", text, kind, hash, err)
		}
		if shown := fmt.Sprintf("%v %+v %v", token, stored, token); strings.Contains(shown, text) {
			t.Errorf("the token is printed: %s", shown)
		}
	}
}

// The text of a token that was given out has to stay valid for ever, so the
// checksum is compared with one that another program computed.
func TestTokenVector(t *testing.T) {
	const good = "barre_live_sk_0000000000000000000000000000001vYaId"
	if kind, _, err := credential.Parse(good); err != nil || kind != credential.SecretKey {
		t.Errorf("Parse(%q) = %q, %v", good, kind, err)
	}
}

func TestParseRefuses(t *testing.T) {
	const want = "UNAUTHENTICATED: The credential is not valid. Sign in again, or use another key."
	refuse := func(name, text string) {
		t.Helper()
		kind, hash, err := credential.Parse(text)
		if err == nil || err.Error() != want || fault.From(err).User || kind != "" || hash != (credential.Hash{}) {
			t.Errorf("%s %q: %q, %x, %v", name, text, kind, hash, err)
		}
	}
	secret, _ := credential.New(credential.SecretKey, credential.Live)
	session, _ := credential.New(credential.Session, "")
	key, sess := secret.Reveal(), session.Reveal()
	refuse("empty", "")
	refuse("a prefix alone", "barre_live_sk_")
	refuse("other prefix", strings.Replace(key, "barre_", "stripe_", 1))
	refuse("a key as publishable", strings.Replace(key, "_sk_", "_pk_", 1))
	refuse("a live key as test", strings.Replace(key, "_live_", "_test_", 1))
	refuse("a session as key", strings.Replace(sess, "sess", "live_sk", 1))
	refuse("upper-case prefix", strings.ToUpper(key[:14])+key[14:])
	refuse("a space before", " "+key)
	refuse("a line break after", key+"\n")
	refuse("NUL after", key+"\x00")
	refuse("a session with more", sess+"A")
	refuse("a session with a sign", sess[:len(sess)-1]+"-")
	refuse("a session with a wide letter", sess[:len(sess)-2]+"é")
	refuse("long", strings.Repeat(key, 1000))
	for _, token := range []string{key, sess} {
		for i := range token {
			refuse("truncated", token[:i])
			refuse("without its start", token[i+1:])
		}
	}
	for i := range key { // every wrong character in every place
		for _, c := range base62 + "_-+/ é" {
			if changed := key[:i] + string(c) + key[i+1:]; changed != key {
				refuse("changed", changed)
			}
		}
	}
}

// Two neighbors that change places are what people mistype.
func TestSwappedCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token, _ := credential.New(credential.Invite, "")
		text := []byte(token.Reveal())
		i := rapid.IntRange(len("barre_inv_"), len(text)-2).Draw(t, "at")
		if text[i] == text[i+1] {
			t.Skip("the same character twice")
		}
		text[i], text[i+1] = text[i+1], text[i]
		if _, _, err := credential.Parse(string(text)); err == nil {
			t.Fatalf("%s passes with %d and the next swapped", text, i)
		}
	})
}

// Every character of base62 is as likely as the others in every place; the
// bound is 6 standard deviations, so that one run in some million fails.
func TestTokensAreUniform(t *testing.T) {
	const runs = 20_000
	var seen [256]int
	tokens := make(map[string]bool, runs)
	for range runs {
		token, stored := credential.New(credential.Session, "")
		tokens[token.Reveal()] = true
		for _, c := range []byte(strings.TrimPrefix(token.Reveal(), stored.Prefix)) {
			seen[c]++
		}
	}
	if len(tokens) != runs {
		t.Errorf("%d tokens of %d differ", len(tokens), runs)
	}
	const mean = runs * 43 / 62 // 13,870; the deviation is 117
	for _, c := range []byte(base62) {
		if seen[c] < mean-6*117 || seen[c] > mean+6*117 {
			t.Errorf("%c came %d times; want about %d", c, seen[c], mean)
		}
	}
}

func TestNewPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a kind that does not exist got a token")
		}
	}()
	credential.New("REFRESH", "")
}

func FuzzParse(f *testing.F) {
	for _, kind := range []credential.Kind{credential.Session, credential.SecretKey, credential.PublishableKey, credential.Invite} {
		token, _ := credential.New(kind, credential.Test)
		f.Add(token.Reveal())
	}
	f.Add("barre_live_sk_" + strings.Repeat("0", 36))
	f.Add("barre_sess_" + strings.Repeat("\xff", 43))
	form := regexp.MustCompile(`^barre_(sess_[0-9A-Za-z]{43}|((live|test)_[sp]k_|inv_)[0-9A-Za-z]{36})$`)
	f.Fuzz(func(t *testing.T, text string) {
		_, hash, err := credential.Parse(text)
		switch {
		case err != nil && fault.CodeOf(err) != fault.Unauthenticated:
			t.Errorf("%q: %v", text, err)
		case err == nil && (!form.MatchString(text) || hash != sha256.Sum256([]byte(text))):
			t.Errorf("%q passes as %x", text, hash)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	token, _ := credential.New(credential.Invite, "") // the last form that is tried
	good := token.Reveal()
	for name, text := range map[string]string{
		"good":         good,
		"bad checksum": good[:10] + strings.Repeat("z", 36),
		"truncated":    good[:len(good)-1],
		"foreign":      "sk_live_" + good,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _, _ = credential.Parse(text)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "keys/s")
		})
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		credential.New(credential.SecretKey, credential.Live)
	}
}
