package detector

// Figure is how often the detector is right about one kind of number.
type Figure struct {
	Kind Kind
	// Precision is the share of what it finds that is such a number, Recall the
	// share of such numbers that it finds; both in percent.
	Precision, Recall float64
	Texts             int // of the corpus that hold such a number
}

// Published returns the figures as measured on testdata/corpus.tsv, which
// also has numbers written in ways that nobody can tell by their form. A test
// measures them anew.
func Published() []Figure {
	return []Figure{
		{Card, 100, 93.3, 165},
		{SocialSecurity, 100, 93, 100},
		{Passport, 100, 87.7, 73},
	}
}
