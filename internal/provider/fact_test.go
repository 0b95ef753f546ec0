package provider_test

import (
	"testing"

	"github.com/barrehq/barre/internal/provider"
)

func TestParseRef(t *testing.T) {
	whole := provider.Ref{Type: "invoice", ID: id(4)}
	for text, want := range map[string]provider.Ref{
		whole.String(): whole,
		"":             {Type: "invoice"},
		"invoice_":     {Type: "invoice"},
		"2026-0001":    {Type: "invoice"},
		provider.Ref{Type: "household", ID: id(4)}.String(): {Type: "invoice"},
	} {
		if got := provider.ParseRef("invoice", text); got != want {
			t.Errorf("ParseRef(%q) = %v; want %v", text, got, want)
		}
	}
}
