package enrollment

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/barrehq/barre/ent/class"
	"github.com/barrehq/barre/ent/student"
	"github.com/barrehq/barre/internal/viewer"
)

// request is who wants to join what.
type request struct{ student, class uuid.UUID }

// file is what one statement tells of a student and a class.
type file struct {
	Facts
	student, household uuid.UUID
	version            int        // of the class
	entry              *uuid.UUID // the student's own place in the line
	joined             *time.Time
	others             bool // whether others wait for the class
	gone               bool // whether the student is in the recycle bin
}

// columns are the facts, of class c with program p, season t and location l
// and of student s with place w in the line.
const columns = `s.id, s.household_id, s.deleted_at IS NOT NULL, s.birth_date, s.level,
	c.version, c.status = 'OPEN', c.open_seats, p.min_age, p.max_age, p.min_level, t.starts_on, t.ends_on, l.time_zone, w.id, w.joined_at,
	EXISTS (SELECT FROM enrollments e WHERE e.tenant_id = c.tenant_id AND e.class_id = c.id AND e.student_id = s.id AND e.status = 'ACTIVE')`

const offered = ` JOIN programs p ON p.tenant_id = c.tenant_id AND p.id = c.program_id
	JOIN seasons t ON t.tenant_id = c.tenant_id AND t.id = c.season_id
	JOIN locations l ON l.tenant_id = c.tenant_id AND l.id = c.location_id`

// ofOne reads the facts of a student of the given household; of any where $4 is null.
const ofOne = `SELECT ` + columns + `, EXISTS (SELECT FROM waitlist_entries o
		WHERE o.tenant_id = c.tenant_id AND o.class_id = c.id AND o.status = 'WAITING' AND o.student_id <> s.id)
	FROM classes c JOIN students s ON s.tenant_id = c.tenant_id` + offered + `
	LEFT JOIN waitlist_entries w ON w.tenant_id = c.tenant_id AND w.class_id = c.id AND w.student_id = s.id AND w.status = 'WAITING'
	WHERE c.tenant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
	AND s.id = $3 AND s.deleted_at IS NULL AND ($4::uuid IS NULL OR s.household_id = $4)`

// ofLine reads the facts of those who wait for a class, behind a place in the line.
const ofLine = `SELECT ` + columns + `, false
	FROM waitlist_entries w JOIN classes c ON c.tenant_id = w.tenant_id AND c.id = w.class_id
	JOIN students s ON s.tenant_id = w.tenant_id AND s.id = w.student_id` + offered + `
	WHERE w.tenant_id = $1 AND w.class_id = $2 AND w.status = 'WAITING' AND (w.joined_at, w.id) > ($3, $4)
	ORDER BY w.joined_at, w.id LIMIT 100`

// into lists where a row of columns goes; zone is the location's.
func (f *file) into(zone *string) []any {
	return []any{&f.student, &f.household, &f.gone, &f.BornOn, &f.Level,
		&f.version, &f.Open, &f.OpenSeats, &f.MinAge, &f.MaxAge, &f.MinLevel, &f.SeasonFrom, &f.SeasonTill, zone, &f.entry, &f.joined,
		&f.Enrolled, &f.others}
}

// read returns the facts of a request, or the fault of what does not exist for
// the viewer: a guardian has no students but the household's own.
func (d *Desk) read(ctx context.Context, r request) (*file, error) {
	var f file
	var zone string
	v := viewer.From(ctx)
	found, err := d.one(ctx, ofOne, []any{v.TenantID, r.class, r.student, household(v)}, f.into(&zone)...)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, d.absent(ctx, r)
	}
	if err := d.reached(ctx, r); err != nil {
		return nil, err
	}
	f.Today = d.today(zone)
	return &f, nil
}

// reached asks the rules for what a custom role sees of a request; all others
// see whole studios or the household that read has asked for.
func (d *Desk) reached(ctx context.Context, r request) error {
	if v := viewer.From(ctx); v.Custom == nil || v.Role == viewer.Platform {
		return nil
	}
	if seen, err := d.client(ctx).Student.Query().Where(student.ID(r.student)).Exist(ctx); err != nil || !seen {
		return cmp.Or(err, missing("studentId", "student"))
	}
	if seen, err := d.client(ctx).Class.Query().Where(class.ID(r.class)).Exist(ctx); err != nil || !seen {
		return cmp.Or(err, missing("classId", "class"))
	}
	return nil
}

// absent says what of a request does not exist for the viewer.
func (d *Desk) absent(ctx context.Context, r request) error {
	const query = `SELECT FROM students WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL AND ($3::uuid IS NULL OR household_id = $3)`
	v := viewer.From(ctx)
	found, err := d.one(ctx, query, []any{v.TenantID, r.student, household(v)})
	switch {
	case err != nil:
		return err
	case found:
		return missing("classId", "class")
	default:
		return missing("studentId", "student")
	}
}

// line returns the next hundred who wait for a class, behind those of after.
func (d *Desk) line(ctx context.Context, class uuid.UUID, after *file) ([]*file, error) {
	at, id := time.Time{}, uuid.Nil
	if after != nil {
		at, id = *after.joined, *after.entry
	}
	rows, err := d.store.Run(ctx).QueryContext(ctx, ofLine, viewer.From(ctx).TenantID, class, at, id)
	if err != nil {
		return nil, fmt.Errorf("enrollment: read the line: %w", err)
	}
	defer rows.Close()
	var waiting []*file
	for rows.Next() {
		var zone string
		f := &file{}
		if err := rows.Scan(f.into(&zone)...); err != nil {
			return nil, fmt.Errorf("enrollment: read the line: %w", err)
		}
		f.Today = d.today(zone)
		waiting = append(waiting, f)
	}
	return waiting, rows.Err()
}

// household is the one that bounds the viewer, or null.
func household(v *viewer.Viewer) uuid.NullUUID {
	return uuid.NullUUID{UUID: v.HouseholdID, Valid: v.HouseholdID != uuid.Nil}
}

// today is the day in a time zone; in UTC where the zone is not known.
func (d *Desk) today(zone string) time.Time {
	year, month, day := d.now().In(d.place(zone)).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// place is the time zone of a name.
func (d *Desk) place(name string) *time.Location {
	if known, ok := d.zones.Load(name); ok {
		return known.(*time.Location)
	}
	place, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC // not kept: studios could name ever more of them
	}
	d.zones.Store(name, place)
	return place
}
