package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/barrehq/barre/internal/query"
)

// publicKeys serves the JWK set by which receivers verify v1a signatures:
// /webhooks/jwks.json?endpoint=webhookendpoint_….
func (a *App) publicKeys(w http.ResponseWriter, r *http.Request) {
	id, err := query.ParseID("WebhookEndpoint", r.URL.Query().Get("endpoint"))
	if err != nil || id == uuid.Nil {
		http.NotFound(w, r)
		return
	}
	keys, err := a.Registry.PublicKeys(r.Context(), id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		http.NotFound(w, r)
		return
	case err != nil:
		a.Log.ErrorContext(r.Context(), "public keys could not be read", "error", err)
		http.Error(w, "the keys cannot be read at this moment", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=300")
	_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
}
