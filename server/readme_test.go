package main

import (
	"context"
	"database/sql"
	"errors"
	goflag "flag" // flag is a kind of variable in config.go
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/barrehq/barre/internal/anomaly"
	"github.com/barrehq/barre/internal/cluster"
	"github.com/barrehq/barre/internal/detector"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/limit"
	"github.com/barrehq/barre/internal/outbox"
	"github.com/barrehq/barre/internal/store"
	"github.com/barrehq/barre/internal/webhook"
)

var update = goflag.Bool("update", false, "write the generated parts of the README anew")

const readme = "../README.md"

// TestREADME holds what the README says to what the code says.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	now := string(text)
	for name, part := range map[string]string{
		"way": way(t), "configuration": configTable(), "limits": limitTable(), "errors": errorTable(t), "retries": retryTable(), "anomalies": anomalyTable(), "detector": detectorTable(),
	} {
		begin, end := fmt.Sprintf("<!-- begin: %s -->\n", name), fmt.Sprintf("<!-- end: %s -->", name)
		before, rest, found := strings.Cut(now, begin)
		old, after, closed := strings.Cut(rest, end)
		switch {
		case !found || !closed:
			t.Errorf("the README has no part named %s", name)
		case strings.Count(part, "\n") < 3:
			t.Errorf("the part named %s is nearly empty: %q", name, part)
		case *update:
			now = before + begin + part + end + after
		case old != part:
			t.Errorf("the part named %s is not what the code says; run go test ./server -run README -update", name)
		}
	}
	if *update {
		if err := os.WriteFile(readme, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// layer is one line of a list in routes.go with its reason.
var layer = regexp.MustCompile(`(?m)^\t\t(?:a\.)?((?:\w+\.)?\w+)(?:\([^\n]*\))?, +// (.+)$`)

// way is the order in which the layers of routes.go see a request. They are
// written from the inside out.
func way(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	n := 0
	blocks := strings.Split(string(text), "for _, layer := range")
	for i := len(blocks) - 1; i > 0; i-- {
		block, _, _ := strings.Cut(blocks[i], "\n\t} {")
		lines := layer.FindAllStringSubmatch(block, -1)
		slices.Reverse(lines)
		for _, line := range lines {
			n++
			fmt.Fprintf(&b, "%d. `%s`: %s\n", n, line[1], line[2])
		}
	}
	if n < 10 {
		t.Errorf("only %d layers found in routes.go", n)
	}
	return b.String()
}

func limitTable() string {
	var b strings.Builder
	b.WriteString("| Plan | Points at once | Points back per second | Most for one request | Requests at once |\n|---|---|---|---|---|\n")
	for _, p := range limit.DefaultPlans() {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", p.Name, p.Burst, p.RestorePerSecond, p.RequestCeiling, p.InFlight)
	}
	return b.String()
}

func anomalyTable() string {
	var b strings.Builder
	b.WriteString("| Kind | What is counted | Within | Slowed | Throttled | Stopped | Suspended |\n|---|---|---|---|---|---|---|\n")
	for _, r := range anomaly.DefaultRules() {
		fmt.Fprintf(&b, "| `%s` | %s | %s", r.Kind, r.Counts, short(r.Window))
		for response := anomaly.Slow; response <= anomaly.Suspend; response++ {
			limit := "never"
			if n := r.At[response]; n > 0 {
				limit = strconv.FormatInt(n, 10)
			}
			fmt.Fprintf(&b, " | %s", limit)
		}
		b.WriteString(" |\n")
	}
	return b.String()
}

func detectorTable() string {
	var b strings.Builder
	b.WriteString("| Corpus | Number of | Texts that hold one | Found | Right where it finds one |\n|---|---|---|---|---|\n")
	for _, f := range detector.Published() {
		fmt.Fprintf(&b, "| `%s` | %s | %d | %.1f %% | %.1f %% |\n", f.Corpus, f.Kind, f.Texts, f.Recall, f.Precision)
	}
	return b.String()
}

func retryTable() string {
	var b strings.Builder
	b.WriteString("| Attempt | After the one before |\n|---|---|\n")
	for i, wait := range webhook.Schedule() {
		after := "at once"
		if i > 0 {
			after = short(wait)
		}
		fmt.Fprintf(&b, "| %d | %s |\n", i+1, after)
	}
	return b.String()
}

// meaning is what a code tells whoever reads it; status is 0 for a user error,
// which comes with 200.
type meaning struct {
	status int
	text   string
}

var meanings = map[fault.Code]meaning{
	fault.Unauthenticated:       {401, "No valid credential was given, and the operation needs one."},
	fault.Forbidden:             {403, "The caller's role or scopes do not allow it."},
	fault.SecondFactorRequired:  {403, "The studio asks everybody for a second factor, and this session has none: it can only set one up."},
	fault.StepUpRequired:        {403, "It asks for a recent proof of who the caller is. Call `stepUp` and try again."},
	fault.BadRequest:            {400, "The request is no GraphQL over HTTP."},
	fault.ParseFailed:           {400, "The document is no GraphQL."},
	fault.ValidationFailed:      {400, "The document does not fit the schema."},
	fault.BadUserInput:          {400, "A variable or argument has a wrong form."},
	fault.InputTooLarge:         {413, "The input is larger than anything needs."},
	fault.QueryTooLarge:         {413, "The document is larger than anything needs."},
	fault.QueryTooDeep:          {400, "The document is nested too deep."},
	fault.QueryTooExpensive:     {400, "The operation costs more than one request may. Ask for smaller pages."},
	fault.FeatureDisabled:       {403, "The operation uses a feature that is not enabled for the studio; features lists what there is."},
	fault.Throttled:             {429, "The limit is used up; Retry-After says for how long."},
	fault.Busy:                  {429, "Too many requests of the studio are running at once."},
	fault.Timeout:               {504, "It took too long and was stopped."},
	fault.IdempotencyMismatch:   {400, "The idempotency key was used for something else."},
	fault.EpochChanged:          {410, "The studio was restored: the cursor leads nowhere. Take a full copy and go on from its cursor."},
	fault.PersistedQueryMissing: {400, "Send the document along, once."},
	fault.UntrustedDocument:     {403, "The key may only run documents that were registered with it."},
	fault.Unavailable:           {503, "Something needed is not reachable. Try again; with an Idempotency-Key nothing is done twice."},
	fault.SensitiveNumber:       {400, "The input holds the number of a payment card, of social security or of a passport, which Barre does not keep; the message says where."},
	fault.KeyUnavailable:        {503, "Encrypted values cannot be read or written now: the key service does not give out the studio's key, or the studio has revoked it."},
	fault.Internal:              {500, "A mistake of ours. Report the request id."},

	fault.NotFound:        {0, "There is no such record, or it is not yours: the two are not told apart."},
	fault.Invalid:         {0, "A value is not acceptable; the message says why."},
	fault.Required:        {0, "A value is missing."},
	fault.Taken:           {0, "Another record already has this value."},
	fault.InUse:           {0, "The record is used by others and cannot go."},
	fault.VersionConflict: {0, "The record has changed since the version given."},
	fault.ClassFull:       {0, "Every seat is taken."},
	fault.AlreadyEnrolled: {0, "The student already has a seat or a place in the line."},
	fault.NotEligible:     {0, "The student does not meet the program's conditions."},
	fault.WrongState:      {0, "The record is not in a state that allows this."},
	fault.WeakPassword:    {0, "The password does not meet the policy."},
	fault.SignInFailed:    {0, "The address or the password is wrong, or the account is locked."},
}

// errorTable has a row for every constant of fault, in its order.
func errorTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| Code | Status | Meaning |\n|---|---|---|\n")
	codes := faultCodes(t)
	for _, code := range codes {
		m, ok := meanings[code]
		if !ok {
			t.Errorf("%s has no meaning in readme_test.go", code)
		}
		status := "in `userErrors`"
		if m.status != 0 {
			status = strconv.Itoa(m.status)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", code, status, m.text)
	}
	if len(codes) != len(meanings) {
		t.Errorf("fault has %d codes, %d have a meaning", len(codes), len(meanings))
	}
	return b.String()
}

func faultCodes(t *testing.T) (codes []fault.Code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../internal/fault/fault.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Code" {
			return true
		}
		value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, fault.Code(value))
		return true
	})
	return codes
}

// TestREADMERoles: whoever sets Postgres up by the README has the bounds that
// the private one has.
func TestREADMERoles(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("../internal/store/migrate.go")
	if err != nil {
		t.Fatal(err)
	}
	settings := regexp.MustCompile(`ALTER ROLE barre_\w+ SET [^;`+"`"+`]+`).FindAllString(string(source), -1)
	if len(settings) < 5 {
		t.Errorf("only %d settings of roles found in the store", len(settings))
	}
	for _, setting := range settings {
		if !strings.Contains(string(text), setting+";") {
			t.Errorf("the README does not say %s", setting)
		}
	}
}

// TestREADMEProduction sets Postgres up as the README says and opens the
// store, which refuses roles that could step around a wall.
func TestREADMEProduction(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```sql\n")
	setup, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the README has no SQL")
	}
	dir := filepath.Join(t.TempDir(), "postgres")
	postgres, err := cluster.Start(t.Context(), cluster.Config{Dir: dir, Scratch: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		ctx := context.WithoutCancel(t.Context())
		if err := errors.Join(postgres.Close(ctx), cluster.Reset(ctx, dir)); err != nil {
			t.Error(err)
		}
	}()
	super, err := sql.Open("postgres", postgres.URL("postgres", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer super.Close()
	for _, line := range strings.Split(strings.ReplaceAll(setup, "'…'", "'of-this-test'"), "\n") {
		if _, err := super.ExecContext(t.Context(), line); line != "" && err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	as := func(role string) string { return postgres.URL("barre", role, "of-this-test") }
	if _, err := store.Migrate(t.Context(), as(store.OwnerRole)); err != nil {
		t.Fatal(err)
	}
	if err := job.Migrate(t.Context(), as(store.OwnerRole)); err != nil {
		t.Fatal(err)
	}
	opened, err := store.Open(t.Context(), store.Config{URL: as(store.AppRole), SystemURL: as(store.SystemRole), Record: outbox.Record})
	if err != nil {
		t.Fatal(err)
	}
	opened.Close()
}

// short is a duration without the units that are zero: 2h0m0s is 2h.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
