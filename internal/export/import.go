package export

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/typeid"
	"github.com/barrehq/barre/internal/viewer"
)

// Imported is what came of an import.
type Imported struct {
	Tenant uuid.UUID
	Slug   string
	Rows   int64
}

// ErrNotEmpty says that the studio of an archive is here and has records.
var ErrNotEmpty = errors.New("export: the studio of the archive is here and not empty")

// Import makes the studio of an archive with all its records, under the ids
// that they have, all or nothing. The studio must not be here, or be empty.
// Nobody is told of the records: the feed begins after them. An archive of
// another environment is refused.
func Import(ctx context.Context, db Database, environment string, from io.ReaderAt, size int64) (Imported, error) {
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return Imported{}, fmt.Errorf("import: it is no archive: %w", err)
	}
	m, err := verify(archive)
	if err != nil {
		return Imported{}, fmt.Errorf("import: %w", err)
	}
	if m.Environment != environment {
		return Imported{}, fmt.Errorf("import: the archive was made in %s and is not brought into %s", m.Environment, environment)
	}
	in := &importer{db: db, archive: archive}
	_, in.done.Tenant, err = typeid.Parse(m.Tenant)
	if err != nil {
		return Imported{}, fmt.Errorf("import: the tenant of the manifest: %w", err)
	}
	in.done.Slug = m.Slug
	if err := in.studio(ctx); err != nil {
		return in.done, fmt.Errorf("import: %w", err)
	}
	inside := viewer.ForTenant(ctx, in.done.Tenant, "import an archive")
	err = db.InTx(inside, func(ctx context.Context) error { return in.records(rule.WithRecorder(ctx, unrecorded{})) })
	if err != nil {
		return in.done, fmt.Errorf("import: %w", err)
	}
	return in.done, nil
}

// unrecorded is told of changes and forgets them: they happened elsewhere.
type unrecorded struct{}

func (unrecorded) Record(rule.Change) {}

// verify holds every file against the manifest.
func verify(archive *zip.Reader) (m Manifest, err error) {
	text, err := content(archive, "manifest.json")
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("manifest.json: %w", err)
	}
	if m.Form != archiveForm || m.Subject != "" {
		return m, errors.New("only the archive of a whole studio, of the form that this program writes, can be imported")
	}
	for _, f := range m.Files {
		file, err := archive.Open(f.Name)
		if err != nil {
			return m, err
		}
		sum := sha256.New()
		n, err := io.Copy(sum, file)
		if err = errors.Join(err, file.Close()); err != nil {
			return m, fmt.Errorf("%s: %w", f.Name, err)
		}
		if n != f.Size || hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
			return m, fmt.Errorf("%s is not the file that the manifest lists", f.Name)
		}
	}
	return m, nil
}

func content(archive *zip.Reader, name string) ([]byte, error) {
	file, err := archive.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

type importer struct {
	db      Database
	archive *zip.Reader
	done    Imported
}

// studio makes the tenant, where it is not here.
func (in *importer) studio(ctx context.Context) error {
	inside := viewer.ForTenant(ctx, in.done.Tenant, "import an archive")
	switch here, err := in.db.Client(inside).Tenant.Query().Exist(inside); {
	case err != nil:
		return err
	case here:
		return in.empty(inside)
	}
	across := platform(ctx, "import an archive")
	return in.db.InTx(across, func(ctx context.Context) error {
		return in.each(catalog.Entities["Tenant"], func(rows []map[string]json.RawMessage) error {
			return in.create(rule.WithRecorder(ctx, unrecorded{}), catalog.Entities["Tenant"], rows)
		})
	})
}

// empty refuses a studio that has records.
func (in *importer) empty(ctx context.Context) error {
	for _, e := range order() {
		rows, err := ent.Kinds[e.Name].List(rule.WithDeleted(ctx), in.db.Client(ctx), func(s *sql.Selector) { s.Limit(1) })
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			return fmt.Errorf("%w: it has a %s", ErrNotEmpty, e.Name)
		}
	}
	return nil
}

// records makes all records, each after those that it leads to.
func (in *importer) records(ctx context.Context) error {
	for _, e := range order() {
		err := in.each(e, func(rows []map[string]json.RawMessage) error { return in.create(ctx, e, rows) })
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	return in.numbers(ctx)
}

// numbers goes on where the invoices end.
func (in *importer) numbers(ctx context.Context) error {
	c := in.db.Client(ctx)
	last, err := ent.Kinds["Invoice"].List(ctx, c, func(s *sql.Selector) { s.OrderBy(sql.Desc(s.C("number"))).Limit(1) })
	if err != nil || len(last) == 0 {
		return err
	}
	number, _ := last[0].Column("number").(int)
	return c.TenantCounter.Create().SetKind("INVOICE").SetLast(int64(number)).Exec(ctx)
}

// atOnce is how many records are made in one statement.
const atOnce = 100

// each reads the lines of one type.
func (in *importer) each(e *catalog.Entity, do func([]map[string]json.RawMessage) error) error {
	file, err := in.archive.Open("records/" + e.Name + ".jsonl")
	if err != nil {
		return err
	}
	defer file.Close()
	lines := json.NewDecoder(file)
	var rows []map[string]json.RawMessage
	for {
		var row map[string]json.RawMessage
		err := lines.Decode(&row)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err == nil {
			rows = append(rows, row)
		}
		if len(rows) > 0 && (err != nil || len(rows) == atOnce) {
			if err := do(rows); err != nil {
				return err
			}
			rows = nil
		}
		if err != nil {
			return nil
		}
	}
}

// create makes records of one type.
func (in *importer) create(ctx context.Context, e *catalog.Entity, rows []map[string]json.RawMessage) error {
	mutations, save := ent.Kinds[e.Name].CreateBulk(in.db.Client(ctx), len(rows))
	for i, row := range rows {
		for _, f := range held(e) {
			given := row[f.Name]
			if given == nil || bytes.Equal(given, []byte("null")) {
				continue
			}
			value, err := decode(e, f, given)
			if err == nil && f.Column == "id" {
				mutations[i].(interface{ SetID(uuid.UUID) }).SetID(value.(uuid.UUID))
			} else if err == nil {
				err = mutations[i].SetField(f.Column, value)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", f.Name, err)
			}
		}
	}
	made, err := save(ctx)
	in.done.Rows += int64(len(made))
	return err
}

// decode reads what encode.Value wrote.
func decode(e *catalog.Entity, f *catalog.Field, given json.RawMessage) (ent.Value, error) {
	switch f.Kind {
	case catalog.JSON:
		return slices.Clone(given), nil
	case catalog.Bool:
		return read[bool](given)
	case catalog.List:
		return read[[]string](given)
	case catalog.Int:
		if f.Scalar == "Int" {
			return read[int](given)
		}
		return read[int64](given)
	}
	text, err := read[string](given)
	if err != nil {
		return nil, err
	}
	switch f.Kind {
	case catalog.ID:
		_, id, err := typeid.Parse(text)
		return id, err
	case catalog.Enum:
		return ent.Kinds[e.Name].Enums[f.Column](text), nil
	case catalog.Date:
		return time.Parse(time.DateOnly, text)
	case catalog.Time:
		return time.Parse(time.RFC3339Nano, text)
	}
	return text, nil
}

func read[V any](given json.RawMessage) (v V, err error) { return v, json.Unmarshal(given, &v) }

// order is that of all types that come back but the studio itself, each after
// those that it leads to.
func order() []*catalog.Entity {
	var list []*catalog.Entity
	seen := map[string]bool{"Tenant": true}
	var visit func(string)
	visit = func(name string) {
		e := catalog.Entities[name]
		if seen[name] || !imported(e) {
			return
		}
		seen[name] = true
		for _, f := range e.Fields {
			if f.Target != "" && f.Column != "id" {
				visit(f.Target)
			}
		}
		list = append(list, e)
	}
	for _, name := range Owned() {
		visit(name)
	}
	return list
}

// platform acts for the platform itself.
func platform(ctx context.Context, why string) context.Context { return viewer.AcrossTenants(ctx, why) }
