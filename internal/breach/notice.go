package breach

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/breachnotice"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/fault"
	"github.com/barrehq/barre/internal/viewer"
)

// draft is the notice to a studio.
const draft = `{{.Title}}

What happened: {{or .Summary "Somebody used access to your studio that was not theirs to use."}}
From {{stamp .Began}} until {{with .Ended}}{{stamp .}}{{else}}now; it is not over{{end}}. We came to know of it on {{stamp .Detected}}.

{{with .Touched}}Records that were certainly changed or made:
{{range .}}- {{.}}
{{end}}{{else}}No record of yours was changed.
{{end}}{{with .Readable}}
Records that could have been read. Reading leaves no trace for each record, so please take all of them as concerned:
{{range .}}- {{.}}
{{end}}{{end}}{{with .Exported}}
Exports that were made: {{.}}
{{end}}
The ids of the changed records are in the field affected of this notice, and everything that was done is in your audit log.

What you may have to do: depending on where your families live, the law may ask you to tell them, and an authority, within {{.Hours}} hours of learning of this. Please confirm with acknowledgeBreachNotice that you have read this notice.
`

// Draft writes the notice to one studio.
func Draft(b *Breach, a *Affected) (string, error) {
	form, err := template.New("notice").Funcs(template.FuncMap{"stamp": stamp}).Parse(draft)
	if err != nil {
		return "", err
	}
	touched := map[string]int{}
	for name, ids := range a.Touched {
		touched[name] = len(ids)
	}
	var text strings.Builder
	err = form.Execute(&text, map[string]any{
		"Title": b.Title, "Summary": b.Summary, "Began": b.Began, "Ended": b.Ended, "Detected": b.Detected, "Hours": int(Clock.Hours()),
		"Touched": counts(touched), "Readable": counts(a.Readable), "Exported": strings.Join(a.Exported, ", "),
	})
	return text.String(), err
}

// stamp takes a moment or a pointer to one, as templates hand them on.
func stamp(t any) string {
	if p, ok := t.(*time.Time); ok {
		t = *p
	}
	return t.(time.Time).UTC().Format("2 January 2006, 15:04 UTC")
}

func counts(of map[string]int) (lines []string) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		if of[name] > 0 {
			lines = append(lines, fmt.Sprintf("%s: %d", name, of[name]))
		}
	}
	return lines
}

// Database is where notices are written, as any record of a studio.
type Database interface {
	Client(context.Context) *ent.Client
	InTx(context.Context, func(context.Context) error) error
}

// step is a line of a notice's log.
type step struct {
	At     time.Time `json:"at"`
	Way    string    `json:"way"`
	Result string    `json:"result"`
}

// Notify tells every studio concerned that was not told yet, and returns how
// many it told. A notice is a record of the studio: the feed, webhooks and
// providers tell of it as of any other.
func (o *Office) Notify(ctx context.Context, db Database, b *Breach) (told int, err error) {
	affected, err := o.Assess(ctx, b)
	if err != nil {
		return 0, err
	}
	for _, a := range affected {
		made, err := o.tell(viewer.ForTenant(ctx, a.Tenant, "tell of a breach"), db, b, a)
		if err != nil {
			return told, fmt.Errorf("breach: tell %s: %w", a.Slug, err)
		}
		if made {
			told++
		}
	}
	now := o.now()
	if _, err := o.pool.Exec(ctx, `UPDATE breaches SET status = 'NOTIFIED', updated_at = $2, version = version + 1 WHERE id = $1 AND status = 'OPEN'`, b.ID, now); err != nil {
		return told, fmt.Errorf("breach: %w", err)
	}
	return told, nil
}

func (o *Office) tell(ctx context.Context, db Database, b *Breach, a *Affected) (made bool, err error) {
	text, err := Draft(b, a)
	if err != nil {
		return false, err
	}
	concerned, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	log, err := json.Marshal([]step{{o.now().UTC(), "feed, webhooks and breachNotices", "sent"}})
	if err != nil {
		return false, err
	}
	err = db.InTx(ctx, func(ctx context.Context) error {
		notices := db.Client(ctx).BreachNotice
		if told, err := notices.Query().Where(breachnotice.BreachID(b.ID)).Exist(ctx); err != nil || told {
			return err
		}
		made = true
		return notices.Create().SetBreachID(b.ID).SetTitle(b.Title).SetText(text).SetBeganAt(b.Began).SetNillableEndedAt(b.Ended).
			SetDetectedAt(b.Detected).SetDueAt(b.Due).SetAffected(concerned).SetLog(log).Exec(ctx)
	})
	return made && err == nil, err
}

// Acknowledge writes down that the viewer of ctx, who runs the studio, has read
// a notice. Doing so again changes nothing.
func Acknowledge(ctx context.Context, db Database, id uuid.UUID) (notice *ent.BreachNotice, err error) {
	v := viewer.From(ctx)
	err = db.InTx(ctx, func(ctx context.Context) error {
		if notice, err = db.Client(ctx).BreachNotice.Get(ctx, id); err != nil || notice.AcknowledgedAt != nil {
			if ent.IsNotFound(err) {
				err = fault.User(fault.NotFound, []string{"input", "id"}, "There is no such record.")
			}
			return err
		}
		var log []step
		if err := json.Unmarshal(notice.Log, &log); err != nil {
			return err
		}
		now := rule.Now()
		text, err := json.Marshal(append(log, step{now, "acknowledgeBreachNotice", "read by " + v.Actor()}))
		if err != nil {
			return err
		}
		notice, err = db.Client(ctx).BreachNotice.UpdateOneID(id).SetAcknowledgedAt(now).SetAcknowledgedBy(v.Actor()).SetLog(text).
			Save(viewer.Elevated(ctx, "confirm a notice"))
		return err
	})
	return notice, err
}
