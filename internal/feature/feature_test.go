package feature_test

import (
	"testing"
	"time"

	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/feature"
	"github.com/barrehq/barre/internal/testkit"
	"github.com/barrehq/barre/internal/viewer"
)

func TestStages(t *testing.T) {
	t.Parallel()
	kit, now := testkit.New(t), time.Now()
	r := feature.New(kit.Store, feature.Config{Now: func() time.Time { return now }, Catalogue: []feature.Feature{
		{Name: "secret", Stage: feature.PrivateBeta}, {Name: "open", Stage: feature.PublicBeta}, {Name: "done", Stage: feature.Launched},
	}})
	owner, neighbor := kit.A.As(t.Context(), viewer.Owner), kit.B.As(t.Context(), viewer.Owner)
	enabled := func(name string, want, neighbors bool) {
		t.Helper()
		a, err := r.Enabled(owner, name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Enabled(neighbor, name)
		if err != nil || a != want || b != neighbors {
			t.Errorf("%s: %t and %t (%v); want %t and %t", name, a, b, err, want, neighbors)
		}
	}
	enabled("done", true, true)
	enabled("open", false, false)
	enabled("secret", false, false)
	enabled("none", false, false)
	if anonymous, err := r.Enabled(t.Context(), "done"); err != nil || !anonymous {
		t.Errorf("what is launched is not for everybody: %v", err)
	}

	if offer, err := r.OptIn(owner, "open"); err != nil || !offer.Enabled {
		t.Fatalf("%+v, %v", offer, err)
	}
	enabled("open", true, false)
	for name, want := range map[string]fault.Code{"secret": fault.NotFound, "none": fault.NotFound, "done": fault.WrongState} {
		if _, err := r.OptIn(owner, name); fault.CodeOf(err) != want {
			t.Errorf("opted into %s: %v", name, err)
		}
	}
	for _, role := range []viewer.Role{viewer.FrontDesk, viewer.Teacher, viewer.Guardian, viewer.Key, viewer.Public} {
		if _, err := r.OptIn(kit.A.As(t.Context(), role), "open"); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("%s opted in: %v", role, err)
		}
	}
	names := func() (list string) {
		offers, err := r.Offers(owner)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range offers {
			list += o.Name + " "
		}
		return list
	}
	if got := names(); got != "open done " {
		t.Errorf("offered %s", got)
	}
	if err := r.Grant(t.Context(), kit.A.Tenant, "secret"); err != nil {
		t.Fatal(err)
	}
	enabled("secret", true, false)
	if got := names(); got != "secret open done " {
		t.Errorf("offered %s", got)
	}
	if err := r.Withdraw(t.Context(), kit.A.Tenant, "secret"); err != nil {
		t.Fatal(err)
	}
	enabled("secret", false, false)
	if offer, err := r.OptOut(owner, "open"); err != nil || offer.Enabled {
		t.Fatalf("%+v, %v", offer, err)
	}
	if err := r.Grant(t.Context(), kit.A.Tenant, "none"); err == nil {
		t.Error("granted what there is not")
	}

	other := feature.New(kit.Store, feature.Config{}) // of another process
	if _, err := r.Enabled(owner, "open"); err != nil {
		t.Fatal(err)
	}
	if err := other.Grant(t.Context(), kit.A.Tenant, "api-changelog"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Second)
	if in, err := feature.New(kit.Store, feature.Config{}).Enabled(owner, "api-changelog"); err != nil || !in {
		t.Errorf("another process does not follow: %v", err)
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range feature.Catalogue() {
		if f.Name == "" || f.About == "" || seen[f.Name] || f.Stage != feature.PrivateBeta && f.Stage != feature.PublicBeta && f.Stage != feature.Launched {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
	}
}
