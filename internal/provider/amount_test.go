package provider_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/provider"
)

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		currency string
		minor    int64
		text     json.Number
	}{
		{"USD", 4550, "45.50"}, {"USD", 5, "0.05"}, {"USD", 0, "0.00"}, {"USD", -12, "-0.12"}, {"JPY", 4550, "4550"},
		{"KWD", 4550, "4.550"}, {"usd", 29, "0.29"},
	} {
		if got := provider.Decimal(c.currency, c.minor); got != c.text {
			t.Errorf("Decimal(%s, %d) = %s; want %s", c.currency, c.minor, got, c.text)
		}
	}
	for text, want := range map[json.Number]int64{"45.5": 4550, "45": 4500, "45.500000": 4550, "-0.1": -10, "1.15": 115} {
		if got, err := provider.ParseDecimal("USD", text); got != want || err != nil {
			t.Errorf("ParseDecimal(USD, %s) = %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []json.Number{"", "45.505", "4e2", "1,5", "--1", "+1", ".5", "99999999999999999999"} {
		if got, err := provider.ParseDecimal("USD", text); err == nil {
			t.Errorf("ParseDecimal(USD, %q) = %d; want an error", text, got)
		}
	}
}

func TestDecimalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]string{"USD", "EUR", "JPY", "KWD"}).Draw(t, "currency")
		minor := rapid.Int64Range(-1<<50, 1<<50).Draw(t, "minor")
		text := provider.Decimal(currency, minor)
		if got, err := provider.ParseDecimal(currency, text); got != minor || err != nil {
			t.Fatalf("%d %s became %s and %d, %v", minor, currency, text, got, err)
		}
	})
}
