package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// watching follows a studio's changes until the server ends it.
const watching = `subscription { changes(types: [\"student.updated\"]) { id } }`

// streams are the ways to subscribe. Each has begun when it returns, and tells
// how it ended, if it did while ctx lasted.
var streams = map[string]func(ctx context.Context, t *testing.T, endpoint, token string) (ended func() error){
	"websocket": func(ctx context.Context, t *testing.T, endpoint, token string) func() error {
		conn, _, err := websocket.Dial(ctx, endpoint, &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.CloseNow() })
		for _, step := range []struct{ say, hear string }{
			{fmt.Sprintf(`{"type":"connection_init","payload":{"Authorization":"Bearer %s"}}`, token), `"connection_ack"`},
			{`{"type":"subscribe","id":"1","payload":{"query":"` + watching + `"}}`, ""},
			{`{"type":"ping"}`, `"pong"`},
		} {
			if err := conn.Write(ctx, websocket.MessageText, []byte(step.say)); err != nil {
				t.Fatal(err)
			}
			if step.hear == "" {
				continue
			}
			if _, heard, err := conn.Read(ctx); err != nil || !bytes.Contains(heard, []byte(step.hear)) {
				t.Fatalf("to %.40s: %s %v", step.say, heard, err)
			}
		}
		return func() error {
			_, heard, err := conn.Read(ctx)
			if websocket.CloseStatus(err) != 4403 {
				return fmt.Errorf("heard %s, %w", heard, err)
			}
			return nil
		}
	},
	"events": func(ctx context.Context, t *testing.T, endpoint, token string) func() error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(`{"query":"`+watching+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		request.Header = http.Header{"Content-Type": {"application/json"}, "Accept": {"text/event-stream"}, "Authorization": {"Bearer " + token}}
		answer, err := http.DefaultClient.Do(request)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("no stream: %v %v", answer, err)
		}
		t.Cleanup(func() { answer.Body.Close() })
		return func() error {
			heard, err := io.ReadAll(answer.Body)
			if err != nil || !bytes.Contains(heard, []byte(`"UNAUTHENTICATED"`)) {
				return fmt.Errorf("heard %q, %w", heard, err)
			}
			return nil
		}
	},
}

// TestStreamsEndWithTheirCredential revokes on one server what is subscribed
// with on another one: the stream ends, and those of others go on.
func TestStreamsEndWithTheirCredential(t *testing.T) {
	t.Parallel()
	r := begin(t, map[string]string{"BARRE_WORKER": "false"})
	elsewhere, _ := r.another(t, func(*Config) {})
	studio := r.note.Tenants[0]
	do := func(query string, variables map[string]any) answer {
		t.Helper()
		a := r.ask(t, request{token: studio.OwnerToken, query: query, variables: variables})
		if a.code() != "" || strings.Contains(a.Text, `"code"`) {
			t.Fatalf("%s: %.400s", query, a.Text)
		}
		return a
	}
	members := 0
	member := func() (token, id string) {
		members++
		invited := do(`mutation($email: EmailAddress!) { inviteMember(input: {email: $email, name: "Robin", role: ADMIN}) { membership { id } invitationToken userErrors { code } } }`,
			map[string]any{"email": fmt.Sprintf("robin-%d@example.com", members)})
		joined := r.ask(t, request{query: `mutation($token: String!) { acceptInvitation(input: {token: $token, password: "A long walk by 7 Seas!"}) { token userErrors { code message } } }`,
			variables: map[string]any{"token": invited.text(t, "inviteMember.invitationToken")}})
		return joined.text(t, "acceptInvitation.token"), invited.text(t, "inviteMember.membership.id")
	}
	key := func() (token, id string) {
		made := do(makeSync, nil)
		return made.text(t, "createApiKey.token"), made.text(t, "createApiKey.apiKey.id")
	}
	ways := map[string]func() (token string, end func()){
		"a key that is revoked": func() (string, func()) {
			token, id := key()
			return token, func() {
				do(`mutation($id: ID!) { revokeApiKey(input: {id: $id}) { userErrors { code } } }`, map[string]any{"id": id})
			}
		},
		"a key that is suspended": func() (string, func()) {
			token, id := key()
			return token, func() {
				_, credential, err := typeid.Parse(id)
				if err != nil {
					t.Fatal(err)
				}
				_, tenant, err := typeid.Parse(studio.ID)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.app.Identity.Suspend(t.Context(), &viewer.Viewer{TenantID: tenant, Role: viewer.Key, CredentialID: credential}, "a test"); err != nil {
					t.Fatal(err)
				}
			}
		},
		"a session that is revoked": func() (string, func()) {
			token, member := member()
			return token, func() {
				opened := do(`query($id: ID!) { sessions(membershipId: $id) { id } }`, map[string]any{"id": member})
				do(`mutation($id: ID!) { revokeSession(input: {id: $id}) { userErrors { code } } }`, map[string]any{"id": opened.text(t, "sessions.0.id")})
			}
		},
		"a session that is signed out": func() (string, func()) {
			token, _ := member()
			return token, func() { r.ask(t, request{token: token, query: `mutation { signOut { signedOut } }`}) }
		},
		"a member who is revoked": func() (string, func()) {
			token, id := member()
			return token, func() {
				do(`mutation($id: ID!) { revokeMembership(input: {id: $id}) { userErrors { code } } }`, map[string]any{"id": id})
			}
		},
	}
	for stream, open := range streams {
		for _, way := range slices.Sorted(maps.Keys(ways)) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			token, end := ways[way]()
			ended := open(ctx, t, elsewhere, token)
			end()
			if err := ended(); err != nil {
				t.Errorf("%s over %s: %v", way, stream, err)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // thrice what a revoked one lasts
	defer cancel()
	lasting := map[string]func() error{}
	for stream, open := range streams {
		lasting[stream] = open(ctx, t, elsewhere, studio.OwnerToken)
	}
	for stream, ended := range lasting {
		if err := ended(); err == nil {
			t.Errorf("a good credential's %s ends as well", stream)
		}
	}
}
