package seed

import (
	"fmt"
	"strings"
	"time"
)

const families = 40

// child is a student to be; age is in whole years on the first of September.
type child struct {
	name string
	age  int
}

// family is household n of a studio.
type family struct {
	surname  string
	adults   []string
	children []child
}

func words(text string) []string { return strings.Fields(text) }

// The first surname of each forty belongs to the guardian who signs in.
var (
	surnames = words(`Okafor Abernathy Alvarez Ashworth Bauer Bianchi Brennan Calloway Chen Cho
		Delgado Dubois Eriksen Farouk Fitzgerald Garcia Gupta Haddad Hernandez Ibrahim
		Ivanova Jansen Kaplan Kim Kowalski Lopez MacLeod Mbeki Mendoza Moreau
		Nakamura Nguyen Novotny Patel Petrov Quinn Rahman Rossi Santos Schmidt
		Lindqvist Albright Amari Barlow Beaumont Castillo Cohen Costa Dalton Dimitrov
		Ekström Ferreira Foster Goldberg Grant Hale Hamilton Hoang Hussain Jacobs
		Johansson Khan Larsen Lefebvre Mahoney Marchetti Mbatha Meyer Miyazaki Moore
		Nasser Olsen Osborne Park Pereira Ramirez Reyes Sato Sullivan Yilmaz`)
	adults = words(`Ben Carla Dmitri Esther Farah Gabriel Hannah Imran Julia Kofi Leila Marcus Nadia Oscar
		Priya Quentin Rosa Samuel Tara Umar Vera Walter Xenia Yusuf Zoe Anders Brigid Cedric Dalia`)
	children = words(`Amelia Bruno Clara Dario Elise Felix Grace Hugo Iris Jude Kira Liam Mila Noor Olive Pablo
		Queenie Remy Sofia Theo Uma Violet Wren Xavier Yara Zane Anya Caleb Daphne Ezra Freya`)
	streets = words(`Maple Chestnut Orchard Prospect Willow Spring Cedar Hillcrest`)
)

// family returns household n, from 0. Twenty have two children: sixty in all.
func (s Studio) family(n int) family {
	f := family{surname: surnames[s.families+n]}
	if n == 0 {
		first, _, _ := strings.Cut(s.Guardian.Name, " ")
		return family{f.surname, []string{first, "Tunde"}, []child{{"Emma", 10}, {"Leo", 6}}}
	}
	f.adults = []string{adults[(n*7+s.families)%len(adults)]}
	if n%3 == 0 {
		f.adults = append(f.adults, adults[(n*7+s.families+11)%len(adults)])
	}
	f.children = []child{{children[(n*5+s.families)%len(children)], 3 + n*3%13}}
	if n%2 == 0 {
		f.children = append(f.children, child{children[(n*5+s.families+13)%len(children)], 4 + n*5%12})
	}
	return f
}

// email is where family n is written to.
func (s Studio) email(n int) string {
	if n == 0 {
		return s.Guardian.Email
	}
	f := s.family(n)
	ascii := strings.NewReplacer("ö", "o").Replace
	return strings.ToLower(ascii(f.adults[0]+"."+f.surname)) + "@example.com"
}

func phone(n int) string { return fmt.Sprintf("+1212555%04d", 100+n) }

// born returns a birthday by which a child has the age on the first of
// September of the year.
func born(year, age, n int) time.Time {
	return time.Date(year-age, time.Month(1+n%8), 1+n*7%27, 0, 0, 0, 0, time.UTC)
}

// level grows with age.
func level(age int) int { return max(1, min(6, (age-4)/2)) }
