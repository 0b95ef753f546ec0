package receiver_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"testing"
	"time"

	reference "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/webhook"
	"github.com/barrehq/barre/internal/webhook/receiver"
)

// example is one request and what a receiver has to find it.
type example struct {
	Name      string            `json:"name"`
	Keys      []string          `json:"keys"`
	Headers   map[string]string `json:"headers"`
	Body      []byte            `json:"body"`
	Now       int64             `json:"now"`
	Genuine   bool              `json:"genuine"`
	Reference bool              `json:"reference"` // whether the reference libraries are to judge it as well
}

// history is what a receiver got, in that order, and what it has to know then.
type history struct {
	Name     string           `json:"name"`
	Messages []map[string]any `json:"messages"`
	Fresh    []bool           `json:"fresh"`
	Missing  *stretch         `json:"missing"`
}

type stretch struct {
	After  int64 `json:"after"`
	Before int64 `json:"before"`
}

const body = `{"type":"student.updated","timestamp":"2026-11-22T15:04:05Z","sequence":7,"previousSequence":4,"epoch":1,"data":{"name":"Zoë"}}`

func examples(t *testing.T) []example {
	t.Helper()
	shared, err := webhook.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	older, err := webhook.NewSecret(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private, err := webhook.NewPrivateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := webhook.PublicKey(private)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	signed := func(body string, keys ...secret.String) map[string]string {
		signature, err := webhook.Sign(keys, "event_1", now, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return map[string]string{"webhook-id": "event_1", "webhook-timestamp": strconv.FormatInt(now.Unix(), 10), "webhook-signature": signature}
	}
	library, err := reference.NewWebhook(shared.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	theirs := signed(body, shared)
	if theirs["webhook-signature"], err = library.Sign("event_1", now, []byte(body)); err != nil {
		t.Fatal(err)
	}
	both := signed(body, shared, private)
	other := signed(body, shared)
	other["webhook-id"] = "event_2"
	key, old := shared.Reveal(), older.Reveal()
	return []example{
		{"our signature", []string{key}, signed(body, shared), []byte(body), now.Unix(), true, true},
		{"the reference's signature", []string{key}, theirs, []byte(body), now.Unix(), true, true},
		{"the older key of a rotation", []string{old}, signed(body, shared, older), []byte(body), now.Unix(), true, true},
		{"both kinds, by the secret", []string{key}, both, []byte(body), now.Unix(), true, true},
		{"both kinds, by the public key", []string{public}, both, []byte(body), now.Unix(), true, false},
		{"either of two keys", []string{old, public}, both, []byte(body), now.Unix(), true, false},
		{"another key", []string{old}, signed(body, shared), []byte(body), now.Unix(), false, true},
		{"another body", []string{key}, signed(body, shared), []byte(body + " "), now.Unix(), false, true},
		{"another id", []string{key}, other, []byte(body), now.Unix(), false, true},
		{"another body, by the public key", []string{public}, both, []byte(body + " "), now.Unix(), false, false},
		{"ten minutes late", []string{key}, signed(body, shared), []byte(body), now.Unix() + 600, false, false},
		{"ten minutes early", []string{key}, signed(body, shared), []byte(body), now.Unix() - 600, false, false},
		{"no headers", []string{key}, map[string]string{}, []byte(body), now.Unix(), false, true},
		{"no keys", []string{}, signed(body, shared), []byte(body), now.Unix(), false, false},
	}
}

func message(sequence, previous int64) map[string]any { return restored(sequence, previous, 1) }

// restored is a message of a later epoch.
func restored(sequence, previous, epoch int64) map[string]any {
	return map[string]any{"id": fmt.Sprintf("event_%d_%d", epoch, sequence), "sequence": sequence, "previousSequence": previous, "epoch": epoch}
}

func histories() []history {
	first, second, third, fourth := message(3, 0), message(5, 3), message(9, 5), message(12, 9)
	return []history{
		{"nothing", []map[string]any{}, []bool{}, nil},
		{"in order", []map[string]any{first, second, third}, []bool{true, true, true}, nil},
		{"out of order", []map[string]any{third, first, second}, []bool{true, true, true}, nil},
		{"repeated", []map[string]any{first, first, second, first}, []bool{true, false, true, false}, nil},
		{"a hole", []map[string]any{first, third, fourth}, []bool{true, true, true}, &stretch{3, 6}},
		{"two holes", []map[string]any{first, fourth}, []bool{true, true}, &stretch{3, 10}},
		{"the first is missing", []map[string]any{second}, []bool{true}, &stretch{0, 4}},
		{"a replay fills the hole", []map[string]any{first, third, second}, []bool{true, true, true}, nil},
		{"a restore", []map[string]any{first, second, restored(4, 3, 7), restored(6, 4, 7)}, []bool{true, true, true, true}, nil},
		{"a hole after a restore", []map[string]any{first, second, restored(4, 3, 7), restored(9, 6, 7)}, []bool{true, true, true, true}, &stretch{4, 7}},
		{"a replay of what was not sent", []map[string]any{first, second, message(4, -1), third}, []bool{true, true, true, true}, nil},
	}
}

func TestGo(t *testing.T) {
	for _, c := range examples(t) {
		header := http.Header{}
		for name, value := range c.Headers {
			header.Set(name, value)
		}
		m, err := receiver.Open(c.Keys, header, c.Body, time.Unix(c.Now, 0))
		if (err == nil) != c.Genuine || c.Genuine && (m.ID != "event_1" || m.Sequence != 7 || m.PreviousSequence != 4 || m.Type != "student.updated") {
			t.Errorf("%s: Open = %+v, %v; want genuine: %v", c.Name, m, err, c.Genuine)
		}
		if !c.Reference {
			continue
		}
		library, err := reference.NewWebhook(c.Keys[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := library.Verify(c.Body, header); (err == nil) != c.Genuine {
			t.Errorf("%s: the reference says %v; want genuine: %v", c.Name, err, c.Genuine)
		}
	}
	for _, h := range histories() {
		var l receiver.Ledger
		fresh := []bool{}
		for _, m := range h.Messages {
			fresh = append(fresh, l.Take(receiver.Message{ID: m["id"].(string), Sequence: m["sequence"].(int64), PreviousSequence: m["previousSequence"].(int64), Epoch: m["epoch"].(int64)}))
		}
		var missing *stretch
		if after, before, found := l.Missing(); found {
			missing = &stretch{after, before}
		}
		if !reflect.DeepEqual(fresh, h.Fresh) || !reflect.DeepEqual(missing, h.Missing) {
			t.Errorf("%s: %v, %v; want %v, %v", h.Name, fresh, missing, h.Fresh, h.Missing)
		}
	}
}

func TestTypeScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	if _, err := os.Stat("typescript/node_modules"); err != nil {
		install := exec.CommandContext(t.Context(), "npm", "ci", "--silent")
		install.Dir = "typescript"
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, out)
		}
	}
	check(t, "typescript", node, "check.mjs")
}

func TestPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	check(t, "python", python, "-B", "check.py")
}

// check runs a language's own check over the same cases.
func check(t *testing.T, folder, program string, args ...string) {
	t.Helper()
	cases, err := json.Marshal(map[string]any{"cases": examples(t), "feeds": histories()})
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), program, args...)
	run.Dir, run.Stdin = folder, bytes.NewReader(cases)
	out, err := run.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}
