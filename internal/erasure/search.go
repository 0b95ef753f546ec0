package erasure

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/ent/erasureline"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/inbound"
	"github.com/barrehq/barre/internal/job"
	"github.com/barrehq/barre/internal/subject"
)

// least is how long a text must be to be looked for: shorter ones are anybody's.
const least = 6

// telling are texts that tell who somebody is, in small letters.
const telling = `SELECT DISTINCT lower(text) FROM (
	SELECT name AS text FROM households WHERE tenant_id = $1 AND id = ANY($2) UNION ALL SELECT address_line1 FROM households WHERE tenant_id = $1 AND id = ANY($2)
	UNION ALL SELECT first_name || ' ' || last_name FROM guardians WHERE tenant_id = $1 AND id = ANY($2)
	UNION ALL SELECT first_name || ' ' || last_name FROM students WHERE tenant_id = $1 AND id = ANY($2)
	UNION ALL SELECT unnest($3::text[])) t WHERE length(text) >= $4`

// others reports whether a text is also that of somebody who is not erased.
const others = `SELECT EXISTS (SELECT FROM households t WHERE tenant_id = $1 AND id <> ALL($2) AND position($3 IN lower(t::text)) > 0)
	OR EXISTS (SELECT FROM guardians t WHERE tenant_id = $1 AND id <> ALL($2) AND position($3 IN lower(t::text || ' ' || first_name || ' ' || last_name)) > 0)
	OR EXISTS (SELECT FROM students t WHERE tenant_id = $1 AND id <> ALL($2) AND position($3 IN lower(t::text || ' ' || first_name || ' ' || last_name)) > 0)
	OR EXISTS (SELECT FROM memberships t WHERE tenant_id = $1 AND id <> ALL($2) AND position($3 IN lower(t::text)) > 0)`

// needles are the texts by which those who are erased would be found, and
// nobody else.
func (w *Worker) needles(ctx context.Context, tenant uuid.UUID, found subject.Found) ([]string, error) {
	people := slices.Concat(found.IDs["Household"], found.IDs["Guardian"], found.IDs["Student"], found.IDs["Membership"])
	rows, err := w.cfg.Pool.Query(ctx, telling, tenant, people, found.Addresses, least)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	colleagues, err := w.colleagues(ctx, found.IDs["Staff"])
	if err != nil {
		return nil, err
	}
	var own []string
	for _, needle := range all {
		var shared bool
		if err := w.cfg.Pool.QueryRow(ctx, others, tenant, people, needle).Scan(&shared); err != nil {
			return nil, err
		}
		if !shared && !strings.Contains(colleagues, needle) && !strings.HasPrefix(needle, word) {
			own = append(own, needle)
		}
	}
	return own, nil
}

// colleagues are the published names of all who work at the studio and, but for
// those who are erased, their addresses, which are sealed; in small letters.
func (w *Worker) colleagues(ctx context.Context, erased []uuid.UUID) (string, error) {
	all, err := w.db.Client(ctx).Staff.Query().All(rule.WithDeleted(ctx))
	var texts []string
	for _, person := range all {
		texts = append(texts, person.DisplayName)
		if person.Email != nil && !slices.Contains(erased, person.ID) {
			texts = append(texts, *person.Email)
		}
	}
	return strings.ToLower(strings.Join(texts, "\n")), err
}

// naming matches the texts by which somebody would be found, whatever their
// case; nil where there are none.
func naming(needles []string) *regexp.Regexp {
	if len(needles) == 0 {
		return nil
	}
	longest := slices.SortedFunc(slices.Values(needles), func(a, b string) int { return len(b) - len(a) })
	for i := range longest {
		longest[i] = regexp.QuoteMeta(longest[i])
	}
	return regexp.MustCompile(`(?i)` + strings.Join(longest, "|"))
}

// nameless is a text in which a word stands for each name. One that is a part
// of a longer word is somebody else's.
func nameless(text string, named *regexp.Regexp) string {
	var kept strings.Builder
	last := 0
	for _, at := range named.FindAllStringIndex(text, -1) {
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		if isWord(before) || isWord(after) {
			continue
		}
		kept.WriteString(text[last:at[0]] + word)
		last = at[1]
	}
	return kept.String() + text[last:]
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// forgetTexts takes the names out of what others' sealed texts tell.
func (w *Worker) forgetTexts(ctx context.Context, c *certificate, needles []string) error {
	named := naming(needles)
	if w.cfg.Texts == nil || named == nil {
		return nil
	}
	changed, err := w.cfg.Texts.Rewrite(ctx, c.tenant, func(text string) string { return nameless(text, named) })
	for name, n := range changed {
		c.add(line{kind: erasureline.KindSTORE, place: name, state: erasureline.StateDONE, anonymized: int64(n), note: "Names are taken out of what is told of others."})
	}
	if err != nil {
		return fmt.Errorf("sealed texts: %w", err)
	}
	return nil
}

// sealed counts the sealed texts that still name somebody.
func (w *Worker) sealed(ctx context.Context, tenant uuid.UUID, needles []string) (n int, err error) {
	named := naming(needles)
	if w.cfg.Texts == nil || named == nil {
		return 0, nil
	}
	_, err = w.cfg.Texts.Rewrite(ctx, tenant, func(text string) string {
		if nameless(text, named) != text {
			n++
		}
		return text
	})
	return n, err
}

// forgetMessages empties what providers told of those who are erased.
func (w *Worker) forgetMessages(ctx context.Context, c *certificate, needles []string) error {
	if w.cfg.Box == nil || len(needles) == 0 {
		return nil
	}
	rows, err := w.cfg.Pool.Query(ctx, `SELECT id, body FROM inbound_messages WHERE tenant_id = $1 AND length(body) > 0`, c.tenant)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var sealed []byte
	var about []uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&id, &sealed}, func() error {
		body, err := w.cfg.Box.Open(sealed, c.tenant, inbound.MessageColumn+id.String())
		if err != nil {
			return nil // nobody can read it any more
		}
		body = bytes.ToLower(body)
		if slices.ContainsFunc(needles, func(n string) bool { return bytes.Contains(body, []byte(n)) }) {
			about = append(about, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	done, err := w.cfg.Pool.Exec(ctx, `UPDATE inbound_messages SET body = '' WHERE tenant_id = $1 AND id = ANY($2)`, c.tenant, about)
	if err != nil {
		return err
	}
	c.add(line{kind: erasureline.KindSTORE, place: "InboundMessage", state: erasureline.StateDONE, anonymized: done.RowsAffected(), note: "What providers told is emptied where it names somebody."})
	return nil
}

// search looks for the texts in every table once more. The error names where
// they still are, never what they are.
func (w *Worker) search(ctx context.Context, c *certificate, needles []string) error {
	var still []string
	places := 0
	look := func(name, from string, args ...any) error {
		var n int
		if err := w.cfg.Pool.QueryRow(ctx, `SELECT count(*) FROM `+from+` EXISTS (SELECT FROM unnest($1::text[]) n WHERE position(n IN lower(t::text)) > 0)`, append([]any{needles}, args...)...).Scan(&n); err != nil {
			return fmt.Errorf("search %s: %w", name, err)
		}
		if places++; n > 0 {
			still = append(still, fmt.Sprintf("%s (%d)", name, n))
		}
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(catalog.Entities)) {
		if e := catalog.Entities[name]; e.Tenant != "" {
			if err := look(name, e.Table+` t WHERE `+e.Tenant+` = $2 AND`, c.tenant); err != nil {
				return err
			}
		}
	}
	if err := look("jobs", job.Schema+`.river_job t WHERE`); err != nil {
		return err
	}
	if n, err := w.sealed(ctx, c.tenant, needles); err != nil {
		return fmt.Errorf("search sealed texts: %w", err)
	} else if n > 0 {
		still = append(still, fmt.Sprintf("sealed texts (%d)", n))
	}
	if len(still) > 0 {
		return fmt.Errorf("what was erased is still in %s", strings.Join(still, ", "))
	}
	c.add(line{kind: erasureline.KindSEARCH, place: "database", state: erasureline.StateDONE,
		note: fmt.Sprintf("%d texts that name nobody else were looked for in %d tables, what is sealed there included, and found nowhere.", len(needles), places)})
	return nil
}
