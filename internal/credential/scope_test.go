package credential_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
)

var subjects = []string{"class", "student", "webhook_endpoint"}

func TestParseScopes(t *testing.T) {
	for _, test := range []struct{ given, want []string }{
		{nil, nil},
		{[]string{}, nil},
		{[]string{"*"}, []string{"*"}},
		{[]string{"student:write", "*:read", "student:write"}, []string{"*:read", "student:write"}},
		{[]string{"webhook_endpoint:read", "class:write", "class:read"}, []string{"class:read", "class:write", "webhook_endpoint:read"}},
	} {
		given := slices.Clone(test.given)
		got, err := credential.ParseScopes(given, subjects)
		if err != nil || !slices.Equal(got, test.want) || !slices.Equal(given, test.given) {
			t.Errorf("ParseScopes(%q) = %q, %v; want %q", test.given, got, err, test.want)
		}
	}
}

func TestParseScopesRefuses(t *testing.T) {
	for _, scope := range []string{
		"", ":", "*:write", "*:", ":read", "student", "student:", "student:delete", "student:read:write", "student:*",
		"Student:read", "student:READ", " student:read", "student:read ", "tenant:read", "student,class:read", "**", "student:read\x00",
	} {
		got, err := credential.ParseScopes([]string{"class:read", scope}, subjects)
		f := fault.From(err)
		if f == nil || f.Code != fault.Invalid || !f.User || !slices.Equal(f.Field, []string{"scopes", "1"}) || got != nil {
			t.Errorf("ParseScopes(%q) = %q, %v", scope, got, err)
		}
	}
	if _, err := credential.ParseScopes([]string{"student:read"}, nil); err == nil {
		t.Error("a subject passes where there is none")
	}
}

func TestParseScopesProperty(t *testing.T) {
	one := rapid.SampledFrom([]string{"*", "*:read", "class:read", "class:write", "student:read", "student:write"})
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.SliceOf(one).Draw(t, "scopes")
		got, err := credential.ParseScopes(given, subjects)
		if err != nil || !slices.IsSorted(got) || len(slices.Compact(slices.Clone(got))) != len(got) {
			t.Fatalf("%q, %v", got, err)
		}
		for _, scope := range given {
			if !slices.Contains(got, scope) {
				t.Fatalf("%q is lost in %q", scope, got)
			}
		}
		again, err := credential.ParseScopes(got, subjects)
		if err != nil || !slices.Equal(again, got) {
			t.Fatalf("parsed again: %q, %v", again, err)
		}
	})
}
