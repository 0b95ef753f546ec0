//go:build !without_orm_rules

package rule

// enforced is false only in the build that proves the database walls alone.
const enforced = true
