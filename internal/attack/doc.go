// Package attack plays the neighbor: a studio that does everything the
// endpoint offers, with every id, value and cursor of the studio next door.
// It has no code of its own, only tests, and they are generated from the
// merged SDL and the catalog, so that a new type is attacked without anybody
// writing a test. See README.md for what is held where.
package attack
