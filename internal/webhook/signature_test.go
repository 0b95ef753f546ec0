package webhook_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	reference "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
)

const messageID = "01a2b3c4-0000-7000-8000-000000000001"

func newSecret(t testing.TB) secret.String {
	t.Helper()
	s, err := webhook.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func signed(t testing.TB, at time.Time, body []byte, secrets ...secret.String) http.Header {
	t.Helper()
	signature, err := webhook.Sign(secrets, messageID, at, body)
	if err != nil {
		t.Fatal(err)
	}
	return headers(messageID, at, signature)
}

func headers(id string, at time.Time, signature string) http.Header {
	h := http.Header{}
	h.Set(webhook.HeaderID, id)
	h.Set(webhook.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(webhook.HeaderSignature, signature)
	return h
}

// The vector is the one that the specification prints.
func TestSignVector(t *testing.T) {
	s := secret.String("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	got, err := webhook.Sign([]secret.String{s}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	if err != nil || got != want {
		t.Fatalf("Sign = %q, %v; want %q", got, err, want)
	}
}

func TestReferenceVerifiesOurs(t *testing.T) {
	body := []byte(`{"type":"enrollment.created","name":"Zoë"}`)
	older, newer := newSecret(t), newSecret(t)
	header := signed(t, time.Now(), body, newer, older)
	for _, s := range []secret.String{older, newer} {
		wh, err := reference.NewWebhook(s.Reveal())
		if err != nil {
			t.Fatal(err)
		}
		if err := wh.Verify(body, header); err != nil {
			t.Errorf("the reference refuses our signature: %v", err)
		}
	}
	stranger, _ := reference.NewWebhook(newSecret(t).Reveal())
	if stranger.Verify(body, header) == nil {
		t.Error("the reference accepts a signature of another secret")
	}
}

func TestWeVerifyReference(t *testing.T) {
	s, now, body := newSecret(t), time.Now(), []byte(`{}`)
	wh, err := reference.NewWebhook(s.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	signature, err := wh.Sign(messageID, now, body)
	if err != nil {
		t.Fatal(err)
	}
	if err := webhook.Verify([]secret.String{newSecret(t), s}, headers(messageID, now, signature), body, now); err != nil {
		t.Errorf("Verify = %v", err)
	}
}

func TestVerifyRefuses(t *testing.T) {
	s, now, body := newSecret(t), time.Unix(1_700_000_000, 0), []byte(`{"a":1}`)
	good := signed(t, now, body, s)
	with := func(name, value string) http.Header {
		h := good.Clone()
		h.Set(name, value)
		return h
	}
	for name, c := range map[string]struct {
		header http.Header
		body   string
		now    time.Time
		want   error
	}{
		"genuine":            {good, `{"a":1}`, now, nil},
		"five minutes late":  {good, `{"a":1}`, now.Add(5 * time.Minute), nil},
		"five minutes early": {good, `{"a":1}`, now.Add(-5 * time.Minute), nil},
		"too late":           {good, `{"a":1}`, now.Add(301 * time.Second), webhook.ErrTimestamp},
		"too early":          {good, `{"a":1}`, now.Add(-301 * time.Second), webhook.ErrTimestamp},
		"other body":         {good, `{"a":2}`, now, webhook.ErrSignature},
		"other id":           {with(webhook.HeaderID, "other"), `{"a":1}`, now, webhook.ErrSignature},
		"other time":         {with(webhook.HeaderTimestamp, "1700000001"), `{"a":1}`, now, webhook.ErrSignature},
		"id with a dot":      {with(webhook.HeaderID, messageID+".1"), `{"a":1}`, now, webhook.ErrHeaders},
		"no id":              {with(webhook.HeaderID, ""), `{"a":1}`, now, webhook.ErrHeaders},
		"no number":          {with(webhook.HeaderTimestamp, "now"), `{"a":1}`, now, webhook.ErrHeaders},
		"extreme time":       {with(webhook.HeaderTimestamp, "-9223372036854775808"), `{"a":1}`, now, webhook.ErrTimestamp},
		"no signature":       {with(webhook.HeaderSignature, ""), `{"a":1}`, now, webhook.ErrHeaders},
		"only v0":            {with(webhook.HeaderSignature, strings.Replace(good.Get(webhook.HeaderSignature), "v1", "v0", 1)), `{"a":1}`, now, webhook.ErrHeaders},
		"v1a beside":         {with(webhook.HeaderSignature, "v1a,AAAA "+good.Get(webhook.HeaderSignature)), `{"a":1}`, now, nil},
		"zeros":              {with(webhook.HeaderSignature, "v1,"+base64.StdEncoding.EncodeToString(make([]byte, 32))), `{"a":1}`, now, webhook.ErrSignature},
	} {
		err := webhook.Verify([]secret.String{s}, c.header, []byte(c.body), c.now)
		if !errors.Is(err, c.want) || (c.want == nil) != (err == nil) {
			t.Errorf("%s: Verify = %v; want %v", name, err, c.want)
		}
	}
}

func TestSecrets(t *testing.T) {
	encode := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for text, ok := range map[string]bool{
		"whsec_" + encode(24): true, "whsec_" + encode(64): true,
		"whsec_" + encode(23): false, "whsec_" + encode(65): false,
		encode(32): false, "whsec_": false, "whsec_!": false, "": false,
	} {
		_, err := webhook.Sign([]secret.String{secret.String(text)}, "id", time.Now(), nil)
		if (err == nil) != ok {
			t.Errorf("Sign with %q: %v", text, err)
		}
	}
	if _, err := webhook.NewSecret(bytes.NewReader(make([]byte, 31))); err == nil {
		t.Error("NewSecret accepts too little randomness")
	}
	if _, err := webhook.Sign(nil, "id", time.Now(), nil); err == nil {
		t.Error("Sign without a secret succeeds")
	}
}

// FuzzVerify holds that no header frightens Verify, and that it accepts
// nothing which the reference library refuses.
func FuzzVerify(f *testing.F) {
	s := secret.String("whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	wh, err := reference.NewWebhook(s.Reveal())
	if err != nil {
		f.Fatal(err)
	}
	at, body := time.Unix(1_700_000_000, 0), []byte(`{}`)
	good := signed(f, at, body, s).Get(webhook.HeaderSignature)
	for _, seed := range []string{good, "v1," + good, good + " " + good, "v1a,x " + good, good + ",v1", " ", "v1,", strings.Repeat("v1, ", 100)} {
		f.Add(messageID, "1700000000", seed)
	}
	f.Fuzz(func(t *testing.T, id, timestamp, signature string) {
		h := http.Header{}
		h.Set(webhook.HeaderID, id)
		h.Set(webhook.HeaderTimestamp, timestamp)
		h.Set(webhook.HeaderSignature, signature)
		ours := webhook.Verify([]secret.String{s}, h, body, at)
		if ours == nil && wh.VerifyIgnoringTimestamp(body, h) != nil {
			t.Errorf("Verify accepts %q, %q, %q, which the reference refuses", id, timestamp, signature)
		}
	})
}
