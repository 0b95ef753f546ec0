package credential_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/alexedwards/argon2id"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
)

// cheap is the least work, for tests that are about something else.
var cheap = credential.Config{Memory: 8, Iterations: 1}

func newHasher(t testing.TB, config credential.Config) *credential.Hasher {
	t.Helper()
	h, err := credential.NewHasher(config)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestVerify(t *testing.T) {
	h := newHasher(t, cheap)
	const password = " Grand jeté 1, "
	hash, err := h.Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[secret.String]bool{
		password:                                 true,
		" Grand jete\u0301 1, ":                  false, // the same letters, other bytes
		"Grand jeté 1, ":                         false,
		" Grand jeté 1,":                         false,
		" grand jeté 1, ":                        false,
		"":                                       false,
		password + "\x00":                        false,
		secret.String(strings.Repeat("a", 1025)): false,
	} {
		if ok, rehash, err := h.Verify(t.Context(), text, hash); ok != want || rehash || err != nil {
			t.Errorf("Verify(%q) = %v, %v, %v; want %v", text.Reveal(), ok, rehash, err, want)
		}
	}
	again, err := h.Hash(t.Context(), password)
	if err != nil || again == hash {
		t.Errorf("two hashes of a password are alike, or %v", err)
	}
}

func TestHashRefuses(t *testing.T) {
	h := newHasher(t, cheap)
	for length, want := range map[int]fault.Code{1024: "", 1025: fault.WeakPassword, 1 << 20: fault.WeakPassword} {
		_, err := h.Hash(t.Context(), secret.String(strings.Repeat("a", length)))
		if got := codeOf(err); got != want {
			t.Errorf("%d bytes: %v; want %q", length, err, want)
		}
	}
	if _, err := h.Hash(t.Context(), "Sous-sus 12\x00"); codeOf(err) != fault.WeakPassword {
		t.Errorf("NUL: %v", err)
	}
}

func codeOf(err error) fault.Code {
	if err == nil {
		return ""
	}
	return fault.CodeOf(err)
}

// The work of production is what the OWASP guide sets, whether or not the
// account exists.
func TestDefaultWork(t *testing.T) {
	h := newHasher(t, credential.Config{})
	hash, err := h.Hash(t.Context(), "x")
	const want = "$argon2id$v=19$m=7168,t=5,p=1$"
	if err != nil || !strings.HasPrefix(hash, want) || len(hash) != len(h.Absent()) {
		t.Errorf("Hash = %q, %v; want %q…", hash, err, want)
	}
	if !strings.HasPrefix(h.Absent(), want) {
		t.Errorf("VerifyAbsent works on %q; want %q…", h.Absent(), want)
	}
	if err := h.VerifyAbsent(t.Context(), "x"); err != nil {
		t.Error(err)
	}
}

func TestNeedsRehash(t *testing.T) {
	h := newHasher(t, cheap)
	for _, old := range []argon2id.Params{
		{Memory: 16, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		{Memory: 8, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		{Memory: 16, Iterations: 1, Parallelism: 2, SaltLength: 16, KeyLength: 32},
		{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 8, KeyLength: 32},
		{Memory: 8, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 16},
	} {
		hash, err := argon2id.CreateHash("x", &old)
		if err != nil {
			t.Fatal(err)
		}
		if ok, rehash, err := h.Verify(t.Context(), "x", hash); !ok || !rehash || err != nil {
			t.Errorf("%+v: %v, %v, %v; want a match that needs a rehash", old, ok, rehash, err)
		}
		if ok, rehash, err := h.Verify(t.Context(), "y", hash); ok || rehash || err != nil {
			t.Errorf("%+v, wrong password: %v, %v, %v", old, ok, rehash, err)
		}
	}
}

// A stored hash is an error rather than a panic or gigabytes of memory.
func TestBrokenHash(t *testing.T) {
	h := newHasher(t, cheap)
	const salt, key = "c29tZXNhbHRzb21lc2FsdA", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"
	for _, hash := range []string{
		"", "x", "$2a$10$abcdefghijklmnopqrstuv",
		"$argon2i$v=19$m=8,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=16$m=8,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=8,t=0,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=8,t=1,p=0$" + salt + "$" + key,
		"$argon2id$v=19$m=0,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=4294967295,t=1,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=8,t=4294967295,p=1$" + salt + "$" + key,
		"$argon2id$v=19$m=8,t=1,p=1$$" + key,
		"$argon2id$v=19$m=8,t=1,p=1$" + salt + "$",
		"$argon2id$v=19$m=8,t=1,p=1$" + salt + "$!",
	} {
		if ok, rehash, err := h.Verify(t.Context(), "x", hash); ok || rehash || err == nil || fault.CodeOf(err) != fault.Internal {
			t.Errorf("%q: %v, %v, %v", hash, ok, rehash, err)
		}
	}
	if _, err := credential.NewHasher(credential.Config{Memory: 1 << 30}); err == nil {
		t.Error("a terabyte of memory was accepted")
	}
}

// 200 sign-ins at once: those above the turns and the queue are told to come
// back, the others are served.
func TestQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := cheap
		config.Running = 2
		h := newHasher(t, config)
		leave := occupy(t, h, 2)
		var served, busy atomic.Int32
		for range 200 {
			go func() {
				switch err := h.VerifyAbsent(t.Context(), "x"); codeOf(err) {
				case "":
					served.Add(1)
				case fault.Unavailable:
					busy.Add(1)
				default:
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		if served.Load() != 0 || busy.Load() != 150 {
			t.Errorf("while all turns are taken: %d served, %d refused; want 0 and 150", served.Load(), busy.Load())
		}
		leave()
		synctest.Wait()
		if served.Load() != 50 {
			t.Errorf("%d of the 50 in the queue were served", served.Load())
		}
		occupy(t, h, 2)() // every turn came back
	})
}

func occupy(t *testing.T, h *credential.Hasher, turns int) (leave func()) {
	t.Helper()
	var leaves []func()
	for range turns {
		leave, err := h.Occupy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leave)
	}
	return func() {
		for _, leave := range leaves {
			leave()
		}
	}
}

// Who gives up makes room for the next.
func TestGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := cheap
		config.Running, config.Queue = 1, 1
		h := newHasher(t, config)
		leave := occupy(t, h, 1)
		gone := errors.New("the client has gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		var first, second error
		go func() { _, first = h.Hash(ctx, "x") }()
		synctest.Wait()
		if _, err := h.Hash(t.Context(), "x"); codeOf(err) != fault.Unavailable {
			t.Errorf("with a full queue: %v", err)
		}
		cancel(gone)
		synctest.Wait()
		if !errors.Is(first, gone) {
			t.Errorf("who gave up got %v", first)
		}
		go func() { _, second = h.Hash(t.Context(), "x") }()
		synctest.Wait()
		leave()
		synctest.Wait()
		if second != nil {
			t.Errorf("the next got %v", second)
		}
	})
}

func TestNoQueue(t *testing.T) {
	config := cheap
	config.Running, config.Queue = 1, -1
	h := newHasher(t, config)
	leave := occupy(t, h, 1)
	if _, err := h.Hash(t.Context(), "x"); codeOf(err) != fault.Unavailable {
		t.Errorf("without a queue: %v", err)
	}
	leave()
	if _, err := h.Hash(t.Context(), "x"); err != nil {
		t.Errorf("with a free turn: %v", err)
	}
}

func TestErrorsHideThePassword(t *testing.T) {
	h := newHasher(t, cheap)
	const canary = "Canary-4242\x00"
	_, err := h.Hash(t.Context(), canary)
	_, _, broken := h.Verify(t.Context(), canary, "$argon2id$"+canary)
	weak := credential.CheckPassword("canary4242", "canary4242")
	for _, err := range []error{err, broken, weak} {
		if shown := fmt.Sprintf("%v %+v", err, err); err == nil || strings.Contains(strings.ToLower(shown), "canary") {
			t.Errorf("the error shows the password: %s", shown)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	h := newHasher(b, credential.Config{Queue: 1000})
	hash, err := h.Hash(b.Context(), "x")
	if err != nil {
		b.Fatal(err)
	}
	for name, verify := range map[string]func() error{
		"wrong":  func() error { _, _, err := h.Verify(b.Context(), "y", hash); return err },
		"absent": func() error { return h.VerifyAbsent(b.Context(), "y") },
	} {
		b.Run(name, func(b *testing.B) {
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if err := verify(); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
