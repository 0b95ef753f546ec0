package seed

import "github.com/barrehq/barre/ent/class"

// Person is somebody who signs in.
type Person struct{ Name, Email string }

// Studio describes one studio.
type Studio struct {
	Name, Slug      string
	Owner, Guardian Person
	Primary, Accent string // colors of the brand
	Locations       []place
	Teachers        []teacher
	Programs        []program
	Plans           []plan
	Classes         []offer
	families        int // where in the list of names its families begin
}

type place struct{ name, address string }

type teacher struct{ name, title, email string }

type program struct {
	name, about      string
	minAge, maxAge   int
	minLevel         int
	location, charge int // of its classes
}

type plan struct {
	name   string
	amount int64
}

// offer is one class. open is how many seats stay open once everybody has
// enrolled; negative leaves as many as there are.
type offer struct {
	program, teacher int
	weekday          class.Weekday
	at               string
	minutes          int
	capacity, open   int
}

// Studios are the two of the demo. They share nothing.
func Studios() []Studio { return []Studio{northStar(), harborMusic()} }

func northStar() Studio {
	return Studio{
		Name: "North Star Dance", Slug: "north-star-dance", Primary: "#27346b", Accent: "#e5a54b",
		Owner:    Person{"Maya Fontaine", "maya@northstardance.example"},
		Guardian: Person{"Ada Okafor", "ada.okafor@example.com"},
		Locations: []place{
			{"Main Street studio", "214 Main Street, Beacon, NY 12508"},
			{"Riverside hall", "9 Dock Lane, Beacon, NY 12508"},
		},
		Teachers: []teacher{
			{"Ms. Rivera", "Ballet teacher", "rivera@northstardance.example"},
			{"Mr. Osei", "Hip hop and jazz teacher", "osei@northstardance.example"},
			{"Ms. Laurent", "Contemporary teacher", "laurent@northstardance.example"},
			{"Ms. Whitfield", "Early years teacher", "whitfield@northstardance.example"},
		},
		Programs: []program{
			{"Creative Movement", "Rhythm, stories and first steps for the youngest.", 3, 5, 1, 1, 0},
			{"Ballet I", "Positions, posture and the first barre.", 6, 9, 1, 0, 1},
			{"Ballet II", "Center work and turns for those who know the barre.", 8, 13, 2, 0, 1},
			{"Jazz", "Isolations, kicks and a lot of music.", 7, 14, 1, 0, 1},
			{"Hip Hop", "Grooves and choreography.", 8, 17, 1, 1, 1},
			{"Contemporary", "Floor work and improvisation for experienced dancers.", 11, 18, 3, 0, 2},
		},
		Plans: []plan{{"Early years, once a week", 6800}, {"Once a week", 9500}, {"Advanced, 90 minutes", 12800}},
		Classes: []offer{
			{2, 0, class.WeekdayTUESDAY, "16:00", 60, 14, -1},
			{2, 0, class.WeekdayTHURSDAY, "17:15", 60, 12, 1},
			{1, 0, class.WeekdayMONDAY, "15:30", 45, 12, 0},
			{1, 0, class.WeekdayWEDNESDAY, "15:30", 45, 12, -1},
			{0, 3, class.WeekdaySATURDAY, "09:00", 45, 8, 0},
			{0, 3, class.WeekdaySATURDAY, "10:00", 45, 8, -1},
			{3, 1, class.WeekdayMONDAY, "17:00", 60, 16, -1},
			{3, 1, class.WeekdayFRIDAY, "16:30", 60, 16, 1},
			{4, 1, class.WeekdayWEDNESDAY, "18:00", 60, 18, -1},
			{4, 1, class.WeekdaySATURDAY, "12:00", 60, 18, -1},
			{5, 2, class.WeekdayTUESDAY, "18:30", 90, 10, 0},
			{5, 2, class.WeekdayTHURSDAY, "18:30", 90, 14, -1},
		},
	}
}

func harborMusic() Studio {
	return Studio{
		Name: "Harbor Music", Slug: "harbor-music", Primary: "#0f5257", Accent: "#f2c14e",
		Owner:    Person{"Jonas Brandt", "jonas@harbormusic.example"},
		Guardian: Person{"Elin Lindqvist", "elin.lindqvist@example.com"},
		Locations: []place{
			{"Harbor house", "31 Wharf Road, Portland, ME 04101"},
			{"Chapel rooms", "5 Chestnut Street, Portland, ME 04101"},
		},
		Teachers: []teacher{
			{"Mr. Adeyemi", "Piano teacher", "adeyemi@harbormusic.example"},
			{"Ms. Castellanos", "Violin teacher", "castellanos@harbormusic.example"},
			{"Mr. Novak", "Guitar teacher", "novak@harbormusic.example"},
			{"Ms. Tran", "Choir and early music", "tran@harbormusic.example"},
		},
		Programs: []program{
			{"Music Garden", "Songs, drums and dancing for small ears.", 3, 5, 1, 1, 0},
			{"Piano I", "Reading notes and playing with both hands.", 6, 11, 1, 0, 1},
			{"Piano II", "Pieces by heart, scales and a recital.", 8, 15, 2, 0, 1},
			{"Violin", "Bow hold, open strings and first tunes.", 6, 13, 1, 0, 1},
			{"Guitar", "Chords, songs and playing together.", 9, 17, 1, 0, 1},
			{"Youth Choir", "Three parts and two concerts a year.", 8, 18, 1, 1, 2},
		},
		Plans: []plan{{"Music Garden, once a week", 5400}, {"Group lesson, once a week", 11000}, {"Choir membership", 4500}},
		Classes: []offer{
			{2, 0, class.WeekdayTUESDAY, "16:30", 45, 10, -1},
			{2, 0, class.WeekdayFRIDAY, "15:45", 45, 8, 1},
			{1, 0, class.WeekdayMONDAY, "15:30", 45, 8, 0},
			{1, 0, class.WeekdayTHURSDAY, "15:30", 45, 10, -1},
			{0, 3, class.WeekdayWEDNESDAY, "09:30", 40, 8, 1},
			{0, 3, class.WeekdaySATURDAY, "09:30", 40, 10, -1},
			{3, 1, class.WeekdayTUESDAY, "15:45", 45, 9, 0},
			{3, 1, class.WeekdaySATURDAY, "11:00", 45, 12, -1},
			{4, 2, class.WeekdayWEDNESDAY, "17:00", 60, 10, 1},
			{4, 2, class.WeekdayTHURSDAY, "17:30", 60, 12, -1},
			{5, 3, class.WeekdayMONDAY, "18:00", 75, 30, -1},
			{5, 3, class.WeekdayFRIDAY, "18:00", 75, 24, 0},
		},
		families: 40,
	}
}
