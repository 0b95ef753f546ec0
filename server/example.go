package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/barrehq/barre/graph/examples"
	"github.com/barrehq/barre/internal/playground"
	"github.com/barrehq/barre/internal/secret"
)

// examples gives the playground its library. Variables that say where their
// values are found get those of the first studio; what is not found stays as
// it is written, which tells where to look.
func (a *App) examples(ctx context.Context, endpoint http.Handler) error {
	library, err := playground.LoadExamples(examples.Files)
	if err != nil {
		return err
	}
	for i, e := range library {
		token, known := a.tokenOf(e.Identity)
		if !known {
			continue
		}
		ask := func(query string) ([]byte, error) { return askOnce(ctx, endpoint, token, query) }
		if filled, err := examples.Fill(e.Variables, ask); err == nil {
			library[i].Variables = filled
		}
	}
	// What anybody may ask comes first: the page opens with the first example.
	slices.SortStableFunc(library, func(x, y playground.Example) int {
		return strings.Compare(order(x), order(y))
	})
	a.play.Examples = library
	return nil
}

// order is empty for what a storefront asks.
func order(e playground.Example) string {
	if e.Identity == playground.Publishable {
		return ""
	}
	return e.Subject
}

// tokenOf returns the credential of the first identity of a kind.
func (a *App) tokenOf(kind playground.Kind) (secret.String, bool) {
	for _, identity := range a.play.Identities {
		if identity.Kind == kind {
			return identity.Token, true
		}
	}
	return "", false
}

// askOnce sends a query through the whole endpoint and returns its data.
func askOnce(ctx context.Context, endpoint http.Handler, token secret.String, query string) ([]byte, error) {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/graphql", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.RemoteAddr = "127.0.0.1:0"
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token.Reveal())
	}
	got := kept{header: http.Header{}}
	endpoint.ServeHTTP(&got, request)
	var answer struct {
		Data   json.RawMessage
		Errors []json.RawMessage
	}
	if err := json.Unmarshal(got.body.Bytes(), &answer); err != nil {
		return nil, err
	}
	if len(answer.Errors) > 0 {
		return nil, fmt.Errorf("%s", answer.Errors[0])
	}
	return answer.Data, nil
}

// kept is an answer that is not sent.
type kept struct {
	header http.Header
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(int)             {}
func (k *kept) Write(p []byte) (int, error) { return k.body.Write(p) }
