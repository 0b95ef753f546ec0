package feature

// Stage is how far a feature has come.
type Stage = string

// The stages. A studio is let into a private beta by the operator and joins a
// public beta by itself; what is launched is there for all.
const (
	PrivateBeta Stage = "PRIVATE_BETA"
	PublicBeta  Stage = "PUBLIC_BETA"
	Launched    Stage = "LAUNCHED"
)

// Feature is one capability that may not be there for all. The fields that it
// is made of carry @gated with its name; once it is launched, they need not.
type Feature struct {
	Name  string
	Stage Stage
	About string // a complete sentence, for studios
}

// Catalogue are all features. One that is launched stays in the list for as
// long as a field names it.
func Catalogue() []Feature {
	return []Feature{
		{"api-changelog", PublicBeta, "The changes of the API as data, by which tools can tell what a new release brings."},
	}
}
