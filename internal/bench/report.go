package bench

import (
	"context"
	"fmt"
	"io"
	"math"
)

// Budgets of the design: how much of the limit's CPU time Barre may take.
const (
	budgetMean  = 1.35
	budgetWorst = 1.7
)

// below are the workloads that must cost less than the hand-written statement.
func below() map[string]float64 { return map[string]float64{"Q2": 0.75, "Q3": 0.9} }

// row is what both peers needed for one workload.
type row struct {
	work         workload
	barre, limit *figures
}

func (r row) ratio() float64 { return r.barre.total() / r.limit.total() }

// measureAll prints one table for each number of connections.
func (r *run) measureAll(ctx context.Context, work []workload) error {
	for _, connections := range r.Connections {
		head(r.Out, connections)
		var rows []row
		for _, w := range work {
			if err := ctx.Err(); err != nil {
				return err
			}
			found, err := r.rotate([]turn{{r.barre, w}, {r.limit, w}}, connections)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			one := row{w, found[0], found[1]}
			one.print(r.Out)
			rows = append(rows, one)
		}
		verdicts(r.Out, rows, connections)
	}
	fmt.Fprintf(r.Out, "resident after the run: barre %.0f MiB, limit %.0f MiB (P9: barre at most 64)\n",
		resident(r.barre.cmd.Process.Pid), resident(r.limit.cmd.Process.Pid))
	return nil
}

func head(w io.Writer, connections int) {
	fmt.Fprintf(w, "\n%d connections, CPU-ms per request as server + database = sum\n", connections)
	fmt.Fprintf(w, "%-4s| %-23s| %-23s| %-6s| %-15s| %-13s| %-13s| %-13s| %s\n", "", "barre", "limit", "ratio", "req/s", "p50 ms", "p99 ms", "bytes", "other CPUs")
}

func (r row) print(w io.Writer) {
	a, b := r.barre, r.limit
	cpu := func(f *figures) string {
		return fmt.Sprintf("%.3f + %.3f = %.3f", f.per(f.server), f.per(f.database), f.total())
	}
	fmt.Fprintf(w, "%-4s| %-23s| %-23s| %-6.2f| %6.0f %6.0f  | %5.2f %5.2f  | %5.1f %5.1f  | %5.0f %5.0f  | %.2f\n", r.work.name, cpu(a), cpu(b), r.ratio(),
		a.rate(), b.rate(), a.quantile(.5), b.quantile(.5), a.quantile(.99), b.quantile(.99), a.length(), b.length(),
		(a.others+b.others).Seconds()/(a.took+b.took).Seconds())
}

// verdicts says which budgets hold.
func verdicts(w io.Writer, rows []row, connections int) {
	product, worst := 1.0, 0.0
	for _, r := range rows {
		product *= r.ratio()
		worst = max(worst, r.ratio())
	}
	mean := math.Pow(product, 1/float64(len(rows)))
	verdict(w, "P1", mean <= budgetMean && worst <= budgetWorst, "geometric mean %.2f (at most %.2f), worst %.2f (at most %.2f)", mean, budgetMean, worst, budgetWorst)
	for _, r := range rows {
		if most, ok := below()[r.work.name]; ok {
			verdict(w, "P2", r.ratio() <= most, "%s %.2f (at most %.2f)", r.work.name, r.ratio(), most)
		}
		if r.work.name == "Q1" && connections == 32 {
			tail := r.barre.quantile(.99) / r.limit.quantile(.99)
			verdict(w, "P9", tail <= 2, "p99 of Q1 %.2f of the limit's (at most 2)", tail)
		}
	}
}

func verdict(w io.Writer, budget string, holds bool, format string, args ...any) {
	fmt.Fprintf(w, "%-4s%-9s%s\n", budget, map[bool]string{true: "holds", false: "MISSED"}[holds], fmt.Sprintf(format, args...))
}
