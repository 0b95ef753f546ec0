package bench

import (
	"context"
	"crypto/sha256"
	_ "embed" // the statements
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/barrehq/barre/ent/migrate"
	"github.com/barrehq/barre/internal/cluster"
	"github.com/barrehq/barre/internal/credential"
	"github.com/barrehq/barre/internal/secret"
	"github.com/barrehq/barre/internal/store"
)

var (
	//go:embed data.sql
	fill string
	//go:embed sweep.sql
	sweep string
)

// Scale is how much data there is. The first tenant has ten times Students.
type Scale struct {
	Tenants, Students, Classes int
}

// The scales: what is measured, and what a test can afford.
var (
	full  = Scale{Tenants: 50, Students: 2000, Classes: 100}
	small = Scale{Tenants: 12, Students: 160, Classes: 20} // the stream's
	quick = Scale{Tenants: 3, Students: 200, Classes: 20}
)

func (s Scale) prefix() string {
	return fmt.Sprintf("bench_%d_%d_%d_", s.Tenants, s.Students, s.Classes)
}

// fingerprint changes whenever the tables or the data do, so that old data is
// made anew.
func fingerprint() string {
	sum := sha256.New()
	sum.Write([]byte(fill))
	_ = fs.WalkDir(migrate.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(path, "migrations/") {
			return err
		}
		text, err := migrate.Files.ReadFile(path)
		sum.Write(text)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// kinds of records, as data.sql numbers them.
const (
	tenantKind  = 1
	studentKind = 4
	classKind   = 5
)

// made is the id of a record of data.sql.
func made(kind, tenant, n int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("019a0000-%02x%02x-7000-8000-%012x", kind, tenant, n))
}

// data is a filled database and the keys of its tenants.
type data struct {
	Scale
	cluster *cluster.Cluster
	name    string
	secret  secret.String // of every role
	keys    []string      // by tenant, from 1
}

func (d *data) url(role string) string {
	if role == "" {
		return d.cluster.URL(d.name, "", "")
	}
	return d.cluster.URL(d.name, role, d.secret.Reveal())
}

// prepare starts the private cluster below dir, fills it where it is empty and
// takes back what earlier runs wrote.
func prepare(ctx context.Context, dir string, scale Scale, log *slog.Logger) (*data, error) {
	c, err := cluster.Start(ctx, cluster.Config{Dir: filepath.Join(dir, "postgres"), Logger: log})
	if err != nil {
		return nil, err
	}
	word, _ := credential.New(credential.SecretKey, credential.Test) // any random text
	d := &data{Scale: scale, cluster: c, secret: word, name: scale.prefix() + fingerprint()}
	if err := d.open(ctx, log); err != nil {
		_ = c.Close(context.WithoutCancel(ctx))
		return nil, err
	}
	return d, nil
}

func (d *data) open(ctx context.Context, log *slog.Logger) error {
	if err := d.dropOld(ctx); err != nil {
		return err
	}
	if err := store.Provision(ctx, d.cluster.URL("postgres", "", ""), d.name, d.secret); err != nil {
		return err
	}
	if _, err := store.Migrate(ctx, d.url(store.OwnerRole)); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, d.url(""))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var full bool
	if err := conn.QueryRow(ctx, `SELECT shobj_description(oid, 'pg_database') IS NOT DISTINCT FROM 'filled' FROM pg_database WHERE datname = $1`, d.name).Scan(&full); err != nil {
		return err
	}
	if !full {
		if err := d.fill(ctx, conn, log); err != nil {
			return err
		}
	}
	return d.reset(ctx, conn)
}

// dropOld makes room by dropping databases of the same scale that are out of date.
func (d *data) dropOld(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, d.cluster.URL("postgres", "", ""))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database WHERE starts_with(datname, $1) AND datname <> $2`, d.prefix(), d.name)
	if err != nil {
		return err
	}
	old, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, name := range old {
		if err == nil {
			_, err = conn.Exec(ctx, "DROP DATABASE "+pgx.Identifier{name}.Sanitize())
		}
	}
	return err
}

func (d *data) fill(ctx context.Context, conn *pgx.Conn, log *slog.Logger) error {
	began := time.Now()
	log.Info("filling the database", "tenants", d.Tenants, "students", d.Students)
	text := strings.NewReplacer("$TENANTS", fmt.Sprint(d.Tenants), "$STUDENTS", fmt.Sprint(d.Students), "$CLASSES", fmt.Sprint(d.Classes)).Replace(fill)
	for _, statement := range []string{"BEGIN; " + text + " COMMIT;", "VACUUM (ANALYZE)", fmt.Sprintf("COMMENT ON DATABASE %s IS 'filled'", d.name), "CHECKPOINT"} {
		if _, err := conn.PgConn().Exec(ctx, statement).ReadAll(); err != nil {
			return fmt.Errorf("bench: fill the database: %w", err)
		}
	}
	log.Info("filled", "seconds", int(time.Since(began).Seconds()))
	return nil
}

// reset takes back earlier writes and gives every tenant a new key.
func (d *data) reset(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.PgConn().Exec(ctx, "BEGIN; "+sweep+" COMMIT;").ReadAll(); err != nil {
		return fmt.Errorf("bench: take back earlier writes: %w", err)
	}
	d.keys = []string{""}
	for t := 1; t <= d.Tenants; t++ {
		token, stored := credential.New(credential.SecretKey, credential.Test)
		_, err := conn.Exec(ctx, `INSERT INTO api_keys (id, created_at, updated_at, tenant_id, name, kind, prefix, last4, scopes, trusted_documents, token_hash)
			VALUES ($1, now(), now(), $2, 'bench', 'SECRET', $3, $4, '["*"]', '[]', $5)`,
			uuid.Must(uuid.NewV7()), made(tenantKind, t, 1), stored.Prefix, stored.Last4, stored.Hash[:])
		if err != nil {
			return fmt.Errorf("bench: make a key: %w", err)
		}
		d.keys = append(d.keys, token.Reveal())
	}
	_, err := conn.PgConn().Exec(ctx, "VACUUM (ANALYZE) students").ReadAll()
	if err == nil {
		_, err = conn.PgConn().Exec(ctx, "VACUUM (ANALYZE)").ReadAll()
	}
	return err
}
