// Package credential makes and checks what people and programs prove
// themselves with: passwords, session tokens, API keys and invites. It knows
// no database. What it returns for storing reveals nothing usable.
package credential

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"github.com/alexedwards/argon2id"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
)

// Bounds of a stored hash. A row that asks for more was not written by us, and
// must not be able to take the machine's memory.
const (
	maxMemory     = 256 << 10 // KiB
	maxIterations = 16
)

// Config sets the work of a Hasher; the zero value is the default for
// production, argon2id with 7 MiB, 5 passes and 1 lane: of the settings that the
// OWASP password storage guide holds equal, the one that asks least of a CPU.
type Config struct {
	Memory      uint32 // KiB
	Iterations  uint32
	Parallelism uint8
	Running     int // hashes computed at once; default: the number of CPUs
	Queue       int // callers that may wait for a turn; default 50, none if negative
}

// Hasher hashes and verifies passwords, a bounded number of them at once: each
// costs some 15 ms of a CPU and its own Memory. It is safe for concurrent use.
type Hasher struct {
	params  argon2id.Params
	absent  string        // the hash of a password that nobody knows
	admit   chan struct{} // holds those that run or wait
	running chan struct{} // holds those that run
}

// NewHasher returns a Hasher. It computes one hash.
func NewHasher(config Config) (*Hasher, error) {
	running, queue := config.Running, config.Queue
	if running <= 0 {
		running = runtime.NumCPU()
	}
	switch {
	case queue == 0:
		queue = 50
	case queue < 0:
		queue = 0
	}
	h := &Hasher{
		params:  params(config),
		admit:   make(chan struct{}, running+queue),
		running: make(chan struct{}, running),
	}
	if !affordable(&h.params) {
		return nil, errors.New("credential: the parameters of argon2id are out of bounds")
	}
	absent, err := argon2id.CreateHash(rand.Text(), &h.params)
	if err != nil {
		return nil, fmt.Errorf("credential: hash: %w", err)
	}
	h.absent = absent
	return h, nil
}

func params(config Config) argon2id.Params {
	p := argon2id.Params{Memory: 7 << 10, Iterations: 5, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	if config.Memory > 0 {
		p.Memory = config.Memory
	}
	if config.Iterations > 0 {
		p.Iterations = config.Iterations
	}
	if config.Parallelism > 0 {
		p.Parallelism = config.Parallelism
	}
	return p
}

// Hash returns the PHC string to store for password, byte for byte as it was
// typed. It does not judge the password; CheckPassword does. Where too many
// hashes wait already the fault is UNAVAILABLE, and a retry is in order.
func (h *Hasher) Hash(ctx context.Context, password secret.String) (string, error) {
	if !hashable(password) {
		return "", fault.User(fault.WeakPassword, []string{"password"}, "%s", ruleBytes)
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	hash, err := argon2id.CreateHash(password.Reveal(), &h.params)
	if err != nil {
		return "", fmt.Errorf("credential: hash: %w", err)
	}
	return hash, nil
}

// Verify reports whether hash was made of password. NeedsRehash says that it
// was made with other parameters than today's, so that the caller should store
// a new Hash while the password is at hand. An error is no verdict: the queue
// was full (UNAVAILABLE), ctx ended, or hash is no hash.
func (h *Hasher) Verify(ctx context.Context, password secret.String, hash string) (ok, needsRehash bool, err error) {
	stored, _, _, err := argon2id.DecodeHash(hash)
	if err != nil {
		return false, false, fmt.Errorf("credential: stored hash: %w", err)
	}
	if !affordable(stored) {
		return false, false, errors.New("credential: the parameters of a stored hash are out of bounds")
	}
	if !hashable(password) {
		return false, false, nil
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	ok, err = argon2id.ComparePasswordAndHash(password.Reveal(), hash)
	if err != nil {
		return false, false, fmt.Errorf("credential: verify: %w", err)
	}
	return ok, ok && *stored != h.params, nil
}

// VerifyAbsent does the work of a Verify that fails, for a sign-in with a name
// that does not exist, so that the time of the answer does not tell. Its error
// is that of Verify.
func (h *Hasher) VerifyAbsent(ctx context.Context, password secret.String) error {
	_, _, err := h.Verify(ctx, password, h.absent)
	return err
}

// enter waits for a turn; the caller has to leave.
func (h *Hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.admit <- struct{}{}:
	default:
		return nil, fault.New(fault.Unavailable, "Too many people are signing in at this moment. Try again in a few seconds.")
	}
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running; <-h.admit }, nil
	case <-ctx.Done():
		<-h.admit
		return nil, fmt.Errorf("credential: wait for a turn: %w", context.Cause(ctx))
	}
}

// hashable reports whether a password has a form that is hashed at all.
func hashable(password secret.String) bool {
	text := password.Reveal()
	return len(text) <= maxPassword && strings.IndexByte(text, 0) < 0
}

func affordable(p *argon2id.Params) bool {
	return p.Memory > 0 && p.Memory <= maxMemory && p.Iterations > 0 && p.Iterations <= maxIterations &&
		p.Parallelism > 0 && p.SaltLength >= 8 && p.KeyLength >= 16 && p.KeyLength <= 64
}
