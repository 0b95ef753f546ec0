package pipedrive

// Costs are the tokens of each call, by its name.
func Costs() map[string]int { return costs() }
