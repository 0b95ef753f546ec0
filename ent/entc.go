//go:build ignore

// The generator: from the entities in ent/schema it writes everything that
// follows from them. Run it from the root, as make generate does.
package main

import (
	"log"

	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"

	"github.com/barrehq/barre/internal/generator"
)

func main() {
	err := entc.Generate("./ent/schema", &gen.Config{
		Target:  "./ent",
		Package: "github.com/barrehq/barre/ent",
		Features: []gen.Feature{
			gen.FeaturePrivacy, gen.FeatureLock, gen.FeatureSnapshot,
			gen.FeatureVersionedMigration,
		},
		Hooks: []gen.Hook{generator.Hook},
	}, entc.TemplateDir("./ent/template"))
	if err != nil {
		log.Fatal(err)
	}
}
