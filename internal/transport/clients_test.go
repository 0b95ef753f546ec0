package transport_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/transport"
)

// The official graphql-ws and graphql-sse clients against the server. They are
// installed with `npm ci` in testdata/clients.
func TestOfficialClients(t *testing.T) {
	const dir = "testdata/clients"
	if _, err := os.Stat(dir + "/node_modules"); err != nil {
		t.Skip("the clients are not installed: run npm ci in internal/transport/" + dir)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	url := serve(t, newSchema(), transport.Config{Websocket: transport.Websocket{
		Authenticate: func(ctx context.Context, payload map[string]any) (context.Context, error) {
			if payload["Authorization"] != "Bearer good" {
				return nil, fault.New(fault.Unauthenticated, "Sign in.")
			}
			return ctx, nil
		},
	}})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	run := exec.CommandContext(ctx, node, "check.mjs", url)
	run.Dir = dir
	out, err := run.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}
