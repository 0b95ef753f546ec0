package migrate

import "embed"

// Files are the versioned migrations and the walls that are raised after them.
//
//go:embed migrations walls.sql
var Files embed.FS
