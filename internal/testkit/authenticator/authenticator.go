// Package authenticator is an authenticator in software, for tests: it makes
// passkeys and answers with them as a browser does.
package authenticator

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// Authenticator holds one passkey. What is exported may be changed between
// answers, to see what becomes of a forged one.
type Authenticator struct {
	Origin   string
	Host     string // that it says the page has
	Counter  uint32
	Verified bool // whether it made sure who holds it
	id       []byte
	key      *ecdsa.PrivateKey
	user     []byte
}

// New returns an authenticator at a page of origin.
func New(t testing.TB, origin, host string) *Authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	_, _ = rand.Read(id)
	return &Authenticator{Origin: origin, Host: host, Verified: true, id: id, key: key}
}

// asked is what an authenticator reads of the options.
type asked struct {
	PublicKey struct {
		Challenge string `json:"challenge"`
		User      struct {
			ID string `json:"id"`
		} `json:"user"`
	} `json:"publicKey"`
}

func read(t testing.TB, options json.RawMessage) asked {
	t.Helper()
	var a asked
	if err := json.Unmarshal(options, &a); err != nil || a.PublicKey.Challenge == "" {
		t.Fatalf("no challenge in %s: %v", options, err)
	}
	return a
}

func text(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// said is what the browser vouches for.
func (a *Authenticator) said(what, challenge string) []byte {
	data, _ := json.Marshal(map[string]any{"type": what, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	return data
}

// state is the authenticator's own part of an answer.
func (a *Authenticator) state(further byte) []byte {
	sum := sha256.Sum256([]byte(a.Host))
	flags := byte(0x01) | further
	if a.Verified {
		flags |= 0x04
	}
	return binary.BigEndian.AppendUint32(append(sum[:], flags), a.Counter)
}

// Make answers the options of a registration.
func (a *Authenticator) Make(t testing.TB, options json.RawMessage) json.RawMessage {
	t.Helper()
	question := read(t, options)
	a.user, _ = base64.RawURLEncoding.DecodeString(question.PublicKey.User.ID)
	public, err := a.key.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	cose, err := cbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: public[1:33], -3: public[33:]})
	if err != nil {
		t.Fatal(err)
	}
	state := append(a.state(0x40), make([]byte, 16)...) // no model
	state = binary.BigEndian.AppendUint16(state, uint16(len(a.id)))
	state = append(append(state, a.id...), cose...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": state})
	if err != nil {
		t.Fatal(err)
	}
	return a.answer(t, map[string]any{
		"attestationObject": text(object), "clientDataJSON": text(a.said("webauthn.create", question.PublicKey.Challenge)),
	})
}

// Answer answers the options of a sign-in.
func (a *Authenticator) Answer(t testing.TB, options json.RawMessage) json.RawMessage {
	t.Helper()
	said := a.said("webauthn.get", read(t, options).PublicKey.Challenge)
	if a.Counter > 0 {
		a.Counter++
	}
	state, sum := a.state(0), sha256.Sum256(said)
	digest := sha256.Sum256(append(append([]byte{}, state...), sum[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return a.answer(t, map[string]any{
		"authenticatorData": text(state), "clientDataJSON": text(said), "signature": text(signature), "userHandle": text(a.user),
	})
}

func (a *Authenticator) answer(t testing.TB, response map[string]any) json.RawMessage {
	t.Helper()
	body, err := json.Marshal(map[string]any{"id": text(a.id), "rawId": text(a.id), "type": "public-key", "response": response})
	if err != nil {
		t.Fatal(err)
	}
	return body
}
