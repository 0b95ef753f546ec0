//go:build !without_orm_rules

package attack_test

// ormRules says whether this build has the rules of the ORM layer.
const ormRules = true
