package export

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/barrehq/barre/ent"
	"github.com/barrehq/barre/ent/rule"
	"github.com/barrehq/barre/internal/catalog"
	"github.com/barrehq/barre/internal/encode"
	"github.com/barrehq/barre/internal/subject"
	"github.com/barrehq/barre/internal/typeid"
)

// An archive is a ZIP file of everything that a studio owns, or of everything
// about one person: for each type of record records/TYPE.jsonl and
// tables/TYPE.csv with the same in both, schema.json that says what each
// column is, and at its end manifest.json.

// archiveForm is the number of this form.
const archiveForm = 1

// Manifest says what an archive holds.
type Manifest struct {
	Form    int    `json:"form"`
	Tenant  string `json:"tenant"`
	Slug    string `json:"slug"`
	Subject string `json:"subject,omitempty"` // whom it is about; empty for the whole studio
	// Environment is where it was made: real people's records are not brought
	// into another.
	Environment string         `json:"environment"`
	At          time.Time      `json:"at"`
	Cursor      string         `json:"cursor"` // place in the feed at which the records were read
	Files       []ManifestFile `json:"files"`
}

// ManifestFile is one file of an archive.
type ManifestFile struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	// Imported says that the records come back by an import. What is not is
	// told for information: logs of what was done, and what a credential
	// belongs to that nobody is told.
	Imported bool `json:"imported"`
}

// Owned are the types of record of an archive, in the order of their names.
func Owned() []string {
	var names []string
	for name, e := range catalog.Entities {
		if !e.Hidden && e.Tenant != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// imported reports whether an import brings records of a type back: the
// studio's business, and the states of it.
func imported(e *catalog.Entity) bool {
	switch e.Keep {
	case "family", "contact", "books":
		return true
	}
	switch e.Name {
	case "Tenant", "ExternalReference", "EntityVersion", "Membership", "Suppression", "CustomRole":
		return true
	}
	return e.Tenant == rule.TenantColumn && (e.Versions || e.RecycleBin)
}

// held are the fields of a record in an archive: all but secrets and what
// belongs to the platform. An id is no secret here, as it ties records together.
func held(e *catalog.Entity) []*catalog.Field {
	var fields []*catalog.Field
	for i := range e.Fields {
		f := &e.Fields[i]
		own := f.Kind == catalog.ID && f.Column != rule.TenantColumn && (f.Target == "" || catalog.Entities[f.Target].Tenant != "")
		if f.Kind != catalog.Bytes && (encode.Told(f, true) || own || f.Class == "sensitive") {
			fields = append(fields, f)
		}
	}
	return fields
}

// source reads the records of one type, a page at a time.
type source func(ctx context.Context, entity *catalog.Entity, each func(ent.Row) error) error

// archive writes the files of one archive.
type archive struct {
	zip      *zip.Writer
	manifest Manifest
}

// file writes one file and lists it.
func (a *archive) file(name string, imported bool, write func(io.Writer) (rows int64, err error)) error {
	to, err := a.zip.Create(name)
	if err != nil {
		return err
	}
	sum, size := sha256.New(), count(0)
	buffer := bufio.NewWriterSize(io.MultiWriter(to, sum, &size), 64<<10)
	rows, err := write(buffer)
	if err == nil {
		err = buffer.Flush()
	}
	a.manifest.Files = append(a.manifest.Files, ManifestFile{
		Name: name, Rows: rows, Size: int64(size), SHA256: hex.EncodeToString(sum.Sum(nil)), Imported: imported,
	})
	return err
}

// count counts bytes.
type count int64

func (c *count) Write(p []byte) (int, error) { *c += count(len(p)); return len(p), nil }

// records writes the records of one type in both forms.
func (a *archive) records(ctx context.Context, e *catalog.Entity, from source) error {
	fields := held(e)
	err := a.file("records/"+e.Name+".jsonl", imported(e), func(w io.Writer) (n int64, err error) {
		var line []byte
		err = from(ctx, e, func(row ent.Row) error {
			line = append(object(line[:0], fields, row), '\n')
			n++
			_, err := w.Write(line)
			return err
		})
		return n, err
	})
	if err != nil {
		return err
	}
	return a.file("tables/"+e.Name+".csv", false, func(w io.Writer) (n int64, err error) {
		rows := csv.NewWriter(w)
		cells := make([]string, len(fields))
		for i, f := range fields {
			cells[i] = f.Name
		}
		if err := rows.Write(cells); err != nil {
			return 0, err
		}
		err = from(ctx, e, func(row ent.Row) error {
			for i, f := range fields {
				cells[i] = cell(encode.Value(nil, f, row.Column(f.Column)))
			}
			n++
			return rows.Write(cells)
		})
		rows.Flush()
		if err == nil {
			err = rows.Error()
		}
		return n, err
	})
}

// object appends a record as JSON.
func object(dst []byte, fields []*catalog.Field, row ent.Row) []byte {
	for i, f := range fields {
		dst = append(dst, "{,"[min(i, 1)])
		dst = append(strconv.AppendQuote(dst, f.Name), ':')
		dst = encode.Value(dst, f, row.Column(f.Column))
	}
	return append(dst, '}')
}

// column is a field as schema.json describes it.
type column struct {
	Name     string `json:"name"`
	Type     string `json:"type,omitempty"`
	Class    string `json:"class"`
	Nullable bool   `json:"nullable"`
	LeadsTo  string `json:"leadsTo,omitempty"`
	About    string `json:"about,omitempty"`
}

// close writes the schema of the types and, last, the manifest.
func (a *archive) close(types []string) error {
	schema := map[string][]column{}
	for _, name := range types {
		for _, f := range held(catalog.Entities[name]) {
			schema[name] = append(schema[name], column{f.Name, f.Scalar, f.Class, f.Nullable, f.Target, f.About})
		}
	}
	err := a.file("schema.json", false, func(w io.Writer) (int64, error) { return int64(len(schema)), indented(w, schema) })
	if err != nil {
		return err
	}
	to, err := a.zip.Create("manifest.json")
	if err == nil {
		err = indented(to, a.manifest)
	}
	if err != nil {
		return err
	}
	return a.zip.Close()
}

func indented(w io.Writer, v any) error {
	to := json.NewEncoder(w)
	to.SetIndent("", "  ")
	return to.Encode(v)
}

// WriteStudio writes an archive of everything that the tenant of ctx owns, as
// of one moment, and returns what it holds.
func (d *Desk) WriteStudio(ctx context.Context, to io.Writer) (Manifest, error) {
	return d.archive(ctx, to, "", Owned(), d.all)
}

// archive writes records of the given types within one snapshot.
func (d *Desk) archive(ctx context.Context, to io.Writer, about string, types []string, from source) (Manifest, error) {
	a := &archive{zip: zip.NewWriter(to)}
	err := d.db.InSnapshot(rule.WithDeleted(ctx), func(ctx context.Context) error {
		studio, err := d.db.Client(ctx).Tenant.Query().Only(ctx)
		if err != nil {
			return err
		}
		a.manifest = Manifest{Form: archiveForm, Tenant: studio.TypeID(), Slug: studio.Slug, Subject: about, Environment: d.cfg.Environment, At: d.cfg.Now().UTC().Truncate(time.Microsecond)}
		if a.manifest.Cursor, err = d.feed.Here(ctx); err != nil {
			return err
		}
		for _, name := range types {
			if err := a.records(ctx, catalog.Entities[name], from); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return a.close(types)
	})
	if err != nil {
		return Manifest{}, fmt.Errorf("export: %w", err)
	}
	return a.manifest, nil
}

// WritePerson writes an archive of everything about somebody of the tenant of
// ctx, as of one moment; of the account that the person signs in with, and of
// the sessions at this studio, as of a moment before.
func (d *Desk) WritePerson(ctx context.Context, to io.Writer, p subject.Person) (Manifest, error) {
	found, err := subject.Find(ctx, d.db, p)
	if err != nil {
		return Manifest{}, err
	}
	account, err := d.account(platform(ctx, "tell somebody of their account"), found)
	if err != nil {
		return Manifest{}, err
	}
	from := func(ctx context.Context, e *catalog.Entity, each func(ent.Row) error) error {
		rows, isAccount := account[e.Name]
		if !isAccount {
			return d.only(found.IDs)(ctx, e, each)
		}
		for _, row := range rows {
			if err := each(row); err != nil {
				return err
			}
		}
		return nil
	}
	about := typeid.Format(catalog.Entities[p.Type].Prefix, p.ID)
	return d.archive(ctx, to, about, typesOf(found), from)
}

// account reads what there is of somebody's account.
func (d *Desk) account(ctx context.Context, found subject.Found) (map[string][]ent.Row, error) {
	account := map[string][]ent.Row{}
	for name, key := range found.Account() {
		rows, err := ent.Kinds[name].List(ctx, d.db.Client(ctx), func(s *sql.Selector) { s.Where(sql.In(s.C(key.Column), anyOf(key.IDs)...)).OrderBy(s.C("id")) })
		if err != nil {
			return nil, fmt.Errorf("export: %s: %w", name, err)
		}
		account[name] = rows
	}
	return account, nil
}

func anyOf(ids []uuid.UUID) []any {
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id
	}
	return values
}

// only is the source of the records with certain ids.
func (d *Desk) only(ids map[string][]uuid.UUID) source {
	return func(ctx context.Context, e *catalog.Entity, each func(ent.Row) error) error {
		for some := range slices.Chunk(ids[e.Name], d.cfg.Page) {
			rows, err := ent.Kinds[e.Name].List(ctx, d.db.Client(ctx), func(s *sql.Selector) { s.Where(sql.In(s.C("id"), anyOf(some)...)).OrderBy(s.C("id")) })
			for _, row := range rows {
				if err == nil {
					err = each(row)
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// typesOf are the types of which there are records, in the order of their
// names: those that the API shows, and those of the person's account.
func typesOf(found subject.Found) []string {
	types := slices.Collect(maps.Keys(found.Account()))
	for name, ids := range found.IDs {
		if !catalog.Entities[name].Hidden && len(ids) > 0 {
			types = append(types, name)
		}
	}
	slices.Sort(types)
	return types
}
