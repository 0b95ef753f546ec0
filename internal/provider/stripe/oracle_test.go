package stripe_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/stripe"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/testkit/node"
)

// TestVerifyVendorSignature lets Stripe's library for Node.js sign what we
// verify, and verify what our tests sign.
func TestVerifyVendorSignature(t *testing.T) {
	packages := node.Install(t, "testdata")
	now := time.Now()
	body := `{"id":"evt_1","object":"event","type":"invoice.paid","created":1700000000,"data":{"object":{"id":"in_1","name":"Zoë"}}}`
	ours := webhook.GenerateTestSignedPayload(&webhook.UnsignedPayload{Payload: []byte(body), Secret: "whsec_x", Timestamp: now, Scheme: "v1"})
	var theirs struct {
		Header   string
		Verified bool
	}
	out := node.Run(t, packages, filepath.Join("testdata", "sign.mjs"), "whsec_x", body, strconv.FormatInt(now.Unix(), 10), ours.Header)
	if err := json.Unmarshal([]byte(out), &theirs); err != nil {
		t.Fatal(err)
	}
	if !theirs.Verified {
		t.Error("Stripe's library does not take our tests' signature for Stripe's")
	}
	for key, want := range map[secret.String]bool{"whsec_x": true, "whsec_y": false} {
		_, err := stripe.New(stripe.Config{}).Verify(provider.Connection{Secrets: []secret.String{key}}, http.Header{"Stripe-Signature": {theirs.Header}}, []byte(body), now)
		if (err == nil) != want {
			t.Errorf("%s: %v", key.Reveal(), err)
		}
	}
}
