package helpscout_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/helpscout"
	"github.com/barrehq/barre/internal/secret"
)

const message = `{"id":1001,"subject":"Grüße"}`

func header(signature string) http.Header {
	h := http.Header{}
	h.Set("X-HelpScout-Event", "convo.agent.reply.created")
	h.Set("X-HelpScout-Signature", signature)
	return h
}

func signed(key, body string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(body))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestVerify(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	connection := provider.Connection{Secrets: []secret.String{"new", "old"}}
	for name, c := range map[string]struct {
		signature, body string
		ok              bool
	}{
		"new key":      {signed("new", message), message, true},
		"old key":      {signed("old", message), message, true},
		"stranger":     {signed("other", message), message, false},
		"changed body": {signed("new", message), message + " ", false},
		"in hex":       {fmt.Sprintf("%x", signed("new", message)), message, false},
		"empty":        {"", message, false},
		"cut":          {signed("new", message)[:8], message, false},
		"no JSON":      {signed("new", "x"), "x", false},
	} {
		got, err := helpscout.New(helpscout.Config{}).Verify(connection, header(c.signature), []byte(c.body), now)
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && (got.Object != "1001" || got.Type != "convo.agent.reply.created" || len(got.ID) != 64) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := helpscout.New(helpscout.Config{}).Verify(provider.Connection{}, header(signed("", message)), []byte(message), now); err == nil {
		t.Error("a connection without secrets takes an empty one")
	}
}

// Two programs that are not ours make the same signature.
func TestSignatureOfOthers(t *testing.T) {
	for name, command := range map[string]*exec.Cmd{
		"openssl": exec.Command("openssl", "dgst", "-sha1", "-hmac", "new", "-binary"),
		"node":    exec.Command("node", "-e", `process.stdout.write(require("crypto").createHmac("sha1", "new").update(require("fs").readFileSync(0)).digest())`),
	} {
		t.Run(name, func(t *testing.T) {
			if command.Err != nil {
				t.Skipf("%s is not installed: %v", name, command.Err)
			}
			command.Stdin = strings.NewReader(message)
			sum, err := command.Output()
			if err != nil {
				t.Fatal(err)
			}
			connection := provider.Connection{Secrets: []secret.String{"new"}}
			signature := base64.StdEncoding.EncodeToString(sum)
			if _, err := helpscout.New(helpscout.Config{}).Verify(connection, header(signature), []byte(message), time.Now()); err != nil {
				t.Errorf("%s: %v", signature, err)
			}
		})
	}
}

// Answers come back with their words as plain text; what was sent from here,
// notes among the staff and another's tags do not.
func TestHandle(t *testing.T) {
	b := newBench(t)
	b.mustDo(b.reply(1, provider.Family, "When is pick-up?"))
	b.mustDo(b.reply(2, provider.Staff, "I will ask"))
	remote, _ := b.links.Lookup(t.Context(), provider.Ref{Type: "ticket", ID: id(201)})
	agent := b.fake.Reply(remote, "message", "<style>p{}</style><p>At 4 &amp; not later.</p><div>Bye</div>")
	b.fake.Reply(remote, "note", "secret thoughts")
	mail := b.fake.Reply(remote, "customer", "Fine")
	facts := b.handle("convo.agent.reply.created", remote)
	ticket := provider.Subject{Ref: provider.Ref{Type: "ticket", ID: id(201)}, RemoteID: remote}
	want := []provider.Fact{
		provider.SupportReplied{Subject: ticket, Reference: mail, Author: provider.Family, Text: "Fine", At: b.now},
		provider.SupportReplied{Subject: ticket, Reference: agent, Author: provider.Staff, Text: "At 4 & not later.\nBye", At: b.now},
		provider.TicketMoved{Subject: ticket, Status: provider.TicketOpen, At: b.now},
	}
	if fmt.Sprintf("%+v", facts) != fmt.Sprintf("%+v", want) {
		t.Errorf("facts\n%+v; want\n%+v", facts, want)
	}
	if moved := b.handle("convo.status", remote); len(moved) != 1 || moved[0] != want[2] {
		t.Errorf("status: %+v", moved)
	}
	for _, kind := range []string{"customer.created", "convo.created", "helpscout.test", "", "convo.invented"} {
		if facts := b.handle(kind, remote); len(facts) != 0 {
			t.Errorf("%s: %+v", kind, facts)
		}
	}
	if facts := b.handle("convo.status", "999999"); len(facts) != 0 {
		t.Errorf("a conversation that is gone: %+v", facts)
	}
}

func (b *bench) handle(kind, conversation string) []provider.Fact {
	b.Helper()
	facts, err := b.provider.Handle(b.Context(), b.connection, provider.Inbound{Type: kind, Object: conversation})
	if err != nil {
		b.Fatalf("Handle(%s): %v", kind, err)
	}
	return facts
}
