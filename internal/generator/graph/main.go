// Command graph runs gqlgen over the schema that the entities gave.
package main

import (
	"log"

	"github.com/barrehq/barre/internal/generator"
)

func main() {
	if err := generator.Graph(); err != nil {
		log.Fatal(err)
	}
}
