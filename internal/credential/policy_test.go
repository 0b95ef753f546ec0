package credential_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/secret"
)

const (
	length  = "Use at least 8 characters."
	bytes   = "Use at most 1024 bytes and no NUL character."
	upper   = "Add an upper-case letter."
	lower   = "Add a lower-case letter."
	digit   = "Add a digit."
	special = "Add a special character, such as a space, a dash or a dot."
	listed  = "Choose one that is not among the most common passwords."
	leaked  = "Choose one that is not on the lists of stolen passwords."
	hinted  = "Leave out your e-mail address and the name of the studio."
)

func TestCheckPassword(t *testing.T) {
	hints := []string{"anna.pavlova+barre@example.com", "Studio Élan", "Al"}
	for password, want := range map[secret.String][]string{
		"Tendu-4x":                      nil,
		" Tendu 4":                      nil,
		"Über 9 Plié":                   nil,
		"Al-Tendu-4x":                   nil, // a hint of two letters says nothing
		"Élan im Studio 5":              nil,
		"":                              {length, upper, lower, digit, special},
		"Tendu-4":                       {length},
		"Téndü-4":                       {length}, // characters, not bytes
		"tendu-4x":                      {upper},
		"TENDU-4X":                      {lower},
		"Tendu-xx":                      {digit},
		"Tendux4x":                      {special},
		"e\u0301e\u0301e\u0301E4444":    {special}, // an accent is no special character
		"舞踊舞踊舞踊舞踊":                      {upper, lower, digit, special},
		"Tendu-4x\x00":                  {bytes},
		"password":                      {upper, digit, special, listed},
		"Password1!":                    {listed},
		"P@ssw0rd1!":                    {listed},
		"!1QAZ2wsx":                     {listed},
		"$eCret-99":                     {listed},
		"Monkey#8417":                   {listed},
		"Monkey#8417263549 Tendu":       nil,
		"Monkey#8417263549":             nil, // the digits are worth more than the word
		"Anna.Pavlova7":                 {hinted},
		"x-4nn4P@vl0v4":                 {hinted},
		"anna.pavlova+Barre@example.c1": {hinted},
		"StudioÉlan-2026":               {hinted},
		"Monkeymonkey-1":                {listed}, // a common word twice
		"Trustnoone-7":                  {leaked},
		"studio élan":                   {upper, digit, hinted},
	} {
		err := credential.CheckPassword(password, hints...)
		if len(want) == 0 {
			if err != nil {
				t.Errorf("%q: %v", password.Reveal(), err)
			}
			continue
		}
		f := fault.From(err)
		if f == nil || f.Code != fault.WeakPassword || !f.User || !slices.Equal(f.Field, []string{"password"}) ||
			f.Message != strings.Join(want, " ") {
			t.Errorf("%q: %v; want %q", password.Reveal(), err, want)
		}
	}
}

func TestPassphrase(t *testing.T) {
	for password, want := range map[secret.String]string{
		"the grand battement of spring": "",
		"fünfzehn zeichen":              "",
		"fourteen chars":                "Use at least 15 characters.",
		"aaaaaaaaaaaaaaaaaaaa":          "Use more different characters.",
		"passwordpassword":              listed,
		"anna pavlova dances":           hinted,
		"Tendu-4x":                      "Use at least 15 characters.",
	} {
		err := credential.Passphrase.Check(password, "anna.pavlova@example.com")
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", password.Reveal(), err, want)
		}
	}
}

func TestPasswordLength(t *testing.T) {
	const start = "Tendu-4x"
	for size, want := range map[int]bool{7: false, 8: true, 14: true, 15: true, 64: true, 1024: true, 1025: false, 1 << 20: false} {
		password := (start + strings.Repeat("ö-", size))[:size]
		if err := credential.CheckPassword(secret.String(password)); (err == nil) != want {
			t.Errorf("%d bytes: %v; want accepted: %v", size, err, want)
		}
	}
}

// The search in the list relies on its order, and the list's size is a promise.
func TestCommonList(t *testing.T) {
	for _, list := range []struct{ text, rule string }{{credential.Common(), listed}, {credential.Breached(), leaked}} {
		words := strings.Split(strings.TrimSuffix(list.text, "\n"), "\n")
		if len(words) < 10_000 || !slices.IsSorted(words) || len(slices.Compact(slices.Clone(words))) != len(words) {
			t.Errorf("%d words; sorted: %v", len(words), slices.IsSorted(words))
		}
		for _, word := range words {
			if word == "" || strings.ToLower(word) != word || strings.ContainsAny(word, " \t\r\n") {
				t.Errorf("%q is no word of the list", word)
			}
			err := credential.CheckPassword(secret.String(word))
			if err == nil || !strings.Contains(err.Error(), list.rule) && !strings.Contains(err.Error(), listed) {
				t.Errorf("%q is not found: %v", word, err)
			}
		}
	}
}

// Whatever surrounds it, a hint is found in any case and spelling of signs.
func TestHintProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hint := rapid.StringMatching(`[a-z]{4,12}`).Draw(t, "hint")
		before, after := rapid.StringN(0, 20, 80).Draw(t, "before"), rapid.StringN(0, 20, 80).Draw(t, "after")
		text := strings.ReplaceAll(before+strings.ToUpper(hint)+after, "\x00", "")
		if err := credential.CheckPassword(secret.String(text), "", hint); err == nil || !strings.Contains(err.Error(), hinted) {
			t.Fatalf("%q with the hint %q: %v", text, hint, err)
		}
	})
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("P@ssw0rd1!", "anna@example.com")
	f.Add("", "")
	f.Add("\xff\xfe", "@")
	f.Add(strings.Repeat("İ", 600), "+@")
	f.Fuzz(func(t *testing.T, password, hint string) {
		err := credential.CheckPassword(secret.String(password), hint)
		if err != nil && fault.CodeOf(err) != fault.WeakPassword {
			t.Errorf("%q: %v", password, err)
		}
	})
}

func BenchmarkCheckPassword(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := credential.CheckPassword("Grand jeté 4, please", "anna@example.com", "Studio Élan"); err != nil {
			b.Fatal(err)
		}
	}
}
