package fusionauth_test

import (
	"net/http"
	"testing"

	"github.com/barrehq/barre/internal/provider"
	"github.com/barrehq/barre/internal/provider/fusionauth"
	"github.com/barrehq/barre/internal/testkit/contract"
)

// vendor is an address that FusionAuth's document names.
const vendor = "http://localhost:9011"

func TestVendorDocument(t *testing.T) {
	var judge *contract.Judge
	b := newBenchOf(t, true, func(h http.Handler) http.Handler {
		judge = contract.NewJudge(t, contract.Shared(t, "fusionauth.yaml"), vendor, h)
		return judge
	})
	b.mustDo(b.plan(b.change("membership.invited")))
	promoted := b.change("membership.updated")
	promoted.Member.Role, promoted.Member.Name = "ADMIN", "Ann Sample-Okafor"
	b.mustDo(b.plan(promoted))
	b.mustDo(b.plan(b.reset()))
	b.mustDo(b.plan(b.change("membership.revoked")))
	b.mustDo(b.plan(b.change("membership.accepted")))
	if err := b.provider.Check(t.Context(), b.connection); err != nil {
		t.Error(err)
	}
	gone := provider.Erasure{Refs: []provider.Ref{b.plan(b.change("membership.revoked")).Entity}}
	if said, err := b.provider.Erase(t.Context(), b.connection, gone, b.links); err != nil || len(said) != 1 {
		t.Errorf("Erase: %v, %v", said, err)
	}
	b.connection.Options[fusionauth.OptionAlgorithm] = "ES256"
	key := publicKeys(t)["ec"]
	b.fake.SetKeys(page(t, map[string]publicKey{"ec": key}))
	if _, err := b.verify(sign(t, key.algorithm, key.private, "ec", digest(message))); err != nil {
		t.Error(err)
	}
	judged := judge.Judged()
	for _, operation := range []string{"createUserWithId", "retrieveUserWithId", "patchUserWithId", "updateUserWithId", "deleteUserWithId",
		"registerWithId", "patchRegistrationWithId", "retrieveApplicationWithId", "retrieveJsonWebKeySetWithId", "forgotPasswordWithId"} {
		if judged[operation] == 0 {
			t.Errorf("%s was never judged", operation)
		}
	}
}

// The judge is worth something only if it refuses what is wrong.
func TestVendorDocumentRefuses(t *testing.T) {
	judge := contract.NewJudge(t, contract.Shared(t, "fusionauth.yaml"), vendor, nil)
	const user = "/api/user/" + remote
	for name, c := range map[string]struct{ method, path, body string }{
		"a user without its object":   {"POST", user, `{"email":"a@example.com"}`},
		"a number for an address":     {"POST", user, `{"user":{"email":1}}`},
		"a text for a switch":         {"POST", user, `{"sendSetPasswordEmail":"yes","user":{}}`},
		"one role in place of a list": {"POST", "/api/user/registration/" + remote, `{"registration":{"roles":"ADMIN"}}`},
		"an operation that is none":   {"POST", user + "/notes", `{}`},
	} {
		if !judge.Refuses(c.method, c.path, c.body) {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestCardIsComplete(t *testing.T) {
	contract.Classified(t, contract.Shared(t, "fusionauth.yaml"), "", fusionauth.New(fusionauth.Config{}).Card().Calls)
}
