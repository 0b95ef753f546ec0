// Command prove runs the proofs of every promise, keeps what they gave, and
// prints the register. It fails if a promise that can be proven is not.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/barrehq/barre/internal/promise"
)

func main() {
	out := flag.String("record", ".barre/proofs.json", "file that keeps what the proofs gave")
	statements := flag.String("statements", "", "file of what is attested")
	only := flag.String("only", "", "prove this promise alone, such as N84")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := register(ctx, *out, *statements, *only); err != nil {
		log.SetFlags(0)
		log.Fatal(err)
	}
}

// register proves, keeps what was found at path, and prints the register.
func register(ctx context.Context, path, statements, only string) error {
	stated, err := promise.ReadStatements(statements)
	if err != nil {
		return err
	}
	record, err := promise.ReadRecord(path)
	if err != nil {
		return err
	}
	release, err := revision(ctx)
	if err != nil {
		return err
	}
	record.Begin(release, time.Now().UTC().Truncate(time.Second))
	packages := proofs(only)
	if len(packages) == 0 {
		return fmt.Errorf("no promise %q has a proof", only)
	}
	for _, folder := range slices.Sorted(maps.Keys(packages)) {
		fmt.Fprintf(os.Stderr, "%s: %d proofs\n", folder, len(packages[folder]))
		if err := prove(ctx, record, folder, packages[folder]); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	if err := record.Write(path); err != nil {
		return err
	}
	var findings []promise.Finding
	for _, p := range promise.All() {
		if only == "" || p.ID == only {
			findings = append(findings, promise.Judge(p, record, stated, record.Revision, record.At))
		}
	}
	return report(os.Stdout, findings)
}

// proofs are the tests to run, by package.
func proofs(only string) map[string][]string {
	packages := map[string][]string{}
	for _, p := range promise.All() {
		if only != "" && p.ID != only {
			continue
		}
		for _, name := range p.Proofs {
			folder, test, _ := strings.Cut(name, ".")
			if !slices.Contains(packages[folder], test) {
				packages[folder] = append(packages[folder], test)
			}
		}
	}
	return packages
}

// revision is that of the source, and empty where it has changes that no
// release would have.
func revision(ctx context.Context) (string, error) {
	changed, err := exec.CommandContext(ctx, "git", "status", "--porcelain").Output()
	if err != nil {
		return "", fmt.Errorf("git status: %w", err)
	}
	if len(changed) > 0 {
		return "", nil
	}
	text, err := exec.CommandContext(ctx, "git", "rev-parse", "HEAD").Output()
	return strings.TrimSpace(string(text)), err
}

// line is one event of go test -json.
type line struct {
	Time   time.Time
	Action string
	Test   string
	Output string
}

// measured begins the lines in which a test says what it measured.
const measured = "measured: "

// prove runs tests of one package and notes how each ended. Those that the
// ordinary build has not are in the one in which ent's rules are switched off.
func prove(ctx context.Context, record *promise.Record, folder string, tests []string) error {
	outcomes, err := run(ctx, folder, tests)
	if err != nil {
		return err
	}
	absent := slices.DeleteFunc(slices.Clone(tests), func(test string) bool { _, ran := outcomes[test]; return ran })
	if len(absent) > 0 {
		others, err := run(ctx, folder, absent, "-tags", "without_orm_rules")
		if err != nil {
			return err
		}
		maps.Copy(outcomes, others)
	}
	for _, test := range tests {
		o, ran := outcomes[test]
		if !ran {
			o = promise.Outcome{Result: promise.Missing, At: record.At}
		}
		record.Note(folder+"."+test, o)
	}
	return nil
}

// run runs tests of one package and tells how each ended that is there.
func run(ctx context.Context, folder string, tests []string, build ...string) (map[string]promise.Outcome, error) {
	args := append([]string{"test", "-json", "-count", "1", "-timeout", "30m", "-run", "^(" + strings.Join(tests, "|") + ")$"}, build...)
	cmd := exec.CommandContext(ctx, "go", append(args, "./"+folder)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	outcomes := map[string]promise.Outcome{}
	figures := map[string][]string{}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l line
		if json.Unmarshal(lines.Bytes(), &l) != nil {
			continue
		}
		name, _, sub := strings.Cut(l.Test, "/")
		switch l.Action {
		case "output":
			if _, figure, ok := strings.Cut(l.Output, measured); ok && name != "" {
				figures[name] = append(figures[name], strings.TrimSpace(figure))
			}
		case "pass", "fail", "skip":
			if name != "" && !sub {
				result := map[string]promise.Result{"pass": promise.Passed, "fail": promise.Failed, "skip": promise.Skipped}[l.Action]
				outcomes[name] = promise.Outcome{Result: result, At: l.Time.UTC().Truncate(time.Second), Figures: figures[name]}
			}
		}
	}
	cmd.Wait() // how each test ended says more
	return outcomes, errors.Join(ctx.Err(), lines.Err())
}

// report prints the register as a table.
func report(w io.Writer, findings []promise.Finding) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	count := map[promise.State]int{}
	for _, f := range findings {
		count[f.State]++
		when := "-"
		if !f.LastProvenAt.IsZero() {
			when = f.LastProvenAt.Format(time.RFC3339)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", f.ID, f.Level, f.State, when, f.Quote, f.Source)
		if f.State == promise.Unproven {
			fmt.Fprintf(table, "\t\t\t\t%s\t\n", f.Reason)
			for _, e := range f.Evidence {
				if e.Result != promise.Passed {
					fmt.Fprintf(table, "\t\t\t\t%s: %s\t\n", e.Name, strings.ToLower(string(e.Result)))
				}
			}
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d proven, %d unproven, %d stated, not proven\n", count[promise.Proven], count[promise.Unproven], count[promise.Stated])
	if n := count[promise.Unproven]; n > 0 {
		return fmt.Errorf("%d promises are unproven", n)
	}
	return nil
}
