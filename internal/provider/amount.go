package provider

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// digits is how many decimals ISO 4217 gives a currency: two, but for these.
func digits(currency string) int {
	switch strings.ToUpper(currency) {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// Decimal writes minor units the way that vendors do who count in whole units:
// 4550 of USD is 45.50. The text is exact; no floating point is involved.
func Decimal(currency string, minor int64) json.Number {
	places := digits(currency)
	if places == 0 {
		return json.Number(strconv.FormatInt(minor, 10))
	}
	sign := ""
	if minor < 0 {
		sign, minor = "-", -minor
	}
	text := fmt.Sprintf("%0*d", places+1, minor)
	cut := len(text) - places
	return json.Number(sign + text[:cut] + "." + text[cut:])
}

// ParseDecimal is the opposite of Decimal. It refuses what has more decimals
// than the currency, unless they are zeros, and any other notation.
func ParseDecimal(currency string, number json.Number) (int64, error) {
	text, negative := strings.CutPrefix(string(number), "-")
	whole, decimals, _ := strings.Cut(text, ".")
	places := digits(currency)
	if decimals = strings.TrimRight(decimals, "0"); len(decimals) > places || whole == "" || strings.Trim(whole+decimals, "0123456789") != "" {
		return 0, fmt.Errorf("provider: %q is no amount of %s", number, currency)
	}
	minor, err := strconv.ParseInt(whole+decimals+strings.Repeat("0", places-len(decimals)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("provider: %q is no amount of %s", number, currency)
	}
	if negative {
		minor = -minor
	}
	return minor, nil
}
