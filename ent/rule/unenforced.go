//go:build without_orm_rules

package rule

// enforced is false: this build proves that the database walls hold alone.
const enforced = false
