// Command migration writes the versioned migration that leads from the last
// one to the tables that the entities now need; nothing where they agree. It
// plays the migrations on a scratch database to find the difference.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"

	"ariga.io/atlas/sql/sqltool"
	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	_ "github.com/lib/pq" // the scratch database

	"github.com/barrehq/barre/ent/migrate"
	"github.com/barrehq/barre/internal/cluster"
)

const folder = "ent/migrate/migrations"

func main() {
	name := "change"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	if err := run(context.Background(), name); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, name string) error {
	dir, err := filepath.Abs(".barre/generate")
	if err != nil {
		return err
	}
	scratch, err := cluster.Start(ctx, cluster.Config{Dir: dir, Scratch: true})
	if err != nil {
		return err
	}
	defer scratch.Close(ctx)
	db, err := entsql.Open(dialect.Postgres, scratch.URL("postgres", "", ""))
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "DROP SCHEMA public CASCADE; CREATE SCHEMA public"); err != nil {
		return err
	}
	migrations, err := sqltool.NewGooseDir(folder)
	if err != nil {
		return err
	}
	plan, err := schema.NewMigrate(db, schema.WithDir(migrations), schema.WithMigrationMode(schema.ModeReplay),
		schema.WithFormatter(sqltool.GooseFormatter), schema.WithDropColumn(true), schema.WithDropIndex(true))
	if err != nil {
		return err
	}
	if err := plan.NamedDiff(ctx, name, tenantKeys(migrate.Tables)...); err != nil {
		return fmt.Errorf("difference: %w", err)
	}
	return nil
}

// tenantKeys makes the tenant part of every foreign key between two tenants'
// tables, so that no row can point into another tenant or, where it goes with
// the row it points to, take one from there; and it gives text the order of
// code points, so that prefixes are ranges of an index.
func tenantKeys(tables []*schema.Table) []*schema.Table {
	for _, table := range tables {
		tenant := column(table, "tenant_id")
		for _, c := range table.Columns {
			if c.Type.String() == "string" && c.Collation == "" {
				c.Collation = "C"
			}
		}
		for _, key := range table.ForeignKeys {
			if key.OnDelete != schema.Cascade {
				key.OnDelete = schema.NoAction
			}
			there := column(key.RefTable, "tenant_id")
			if tenant != nil && there != nil {
				key.Columns = slices.Concat([]*schema.Column{tenant}, key.Columns)
				key.RefColumns = slices.Concat([]*schema.Column{there}, key.RefColumns)
			}
		}
		if tenant != nil {
			table.ForeignKeys = append(table.ForeignKeys, toTenant(table, tenant, tables))
		}
	}
	return tables
}

// toTenant is the key that makes every row a tenant's.
func toTenant(table *schema.Table, tenant *schema.Column, tables []*schema.Table) *schema.ForeignKey {
	at := slices.IndexFunc(tables, func(t *schema.Table) bool { return t.Name == "tenants" })
	return &schema.ForeignKey{
		Symbol: table.Name + "_tenant", Columns: []*schema.Column{tenant},
		RefTable: tables[at], RefColumns: []*schema.Column{column(tables[at], "id")}, OnDelete: schema.NoAction,
	}
}

func column(table *schema.Table, name string) *schema.Column {
	for _, c := range table.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}
