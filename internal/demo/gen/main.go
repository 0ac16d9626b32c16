package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"example.org/cohort/internal/rng"
)

const (
	seed   = 2026
	pupils = 600
)

func main() {
	out := flag.String("o", "internal/demo/school.csv", "file to write")
	flag.Parse()
	if err := os.WriteFile(*out, school(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

type pupil struct {
	no, year, absences      int
	first, last             string
	born                    time.Time
	language, sen           string
	reading, mock           string
	maths, english, science int
	passed                  string
}

// school gives the file.
func school() []byte {
	languages := deal()
	all := make([]pupil, pupils)
	for i := range all {
		r := rng.New(seed, rng.Demo, uint64(i))
		all[i] = draw(&r)
		// Numbers below 1,000 are those of teachers; a leading zero is part of the number.
		all[i].no = 1000 + int(rng.Permute(seed, rng.Demo, 120_000, uint64(i)))
		all[i].language = languages[i]
	}
	slices.SortFunc(all, func(a, b pupil) int {
		return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.first, b.first), cmp.Compare(a.no, b.no))
	})
	var b bytes.Buffer
	b.WriteString("Student No,Name,Born,Year group,Language,SEN,Absences,Reading,Mock,Maths,English,Science,Total,Passed\n")
	for _, p := range all {
		fmt.Fprintf(&b, "%06d,%s %s,%s,Y%d,%s,%s,%d,%s,%s,%d,%d,%d,%d,%s\n",
			p.no, p.first, p.last, p.born.Format("02/01/2006"), p.year, p.language, p.sen,
			p.absences, p.reading, p.mock, p.maths, p.english, p.science, p.maths+p.english+p.science, p.passed)
	}
	return b.Bytes()
}

// deal gives every pupil a home language, in counts that are fixed: the last four are held by fewer than five.
func deal() []string {
	var hand []string
	for _, l := range []struct {
		name  string
		count int
	}{
		{"Polish", 41}, {"Urdu", 33}, {"Punjabi", 27}, {"Romanian", 24}, {"Arabic", 19}, {"Bengali", 15}, {"Portuguese", 12},
		{"Somali", 9}, {"Spanish", 7}, {"Tamil", 4}, {"Vietnamese", 3}, {"Lithuanian", 2}, {"Welsh", 2},
	} {
		for range l.count {
			hand = append(hand, l.name)
		}
	}
	for len(hand) < pupils {
		hand = append(hand, "English")
	}
	rng.Shuffle(seed, rng.Demo, len(hand), func(i, j int) { hand[i], hand[j] = hand[j], hand[i] })
	return hand
}

// draw gives all of a pupil but the number and the language.
func draw(r *rng.Stream) pupil {
	p := pupil{
		first: firstNames[r.Intn(len(firstNames))], last: lastNames[r.Intn(len(lastNames))],
		year: 7 + r.Intn(5), sen: "N",
	}
	// Year 7 of this school year was born from September 2013 on; one pupil in a hundred is a year older.
	september := 2013 - (p.year - 7)
	if r.Intn(100) == 0 {
		september--
	}
	p.born = time.Date(september, time.September, 1+r.Intn(365), 0, 0, 0, 0, time.UTC)

	ability := bell(r)
	switch need := r.Intn(100); {
	case need < 4:
		p.sen = "" // not recorded
	case need < 12-ability/12:
		p.sen = "E"
	case need < 24-ability/4:
		p.sen = "K"
	}
	p.maths = mark(57 + (5*ability+4*bell(r))/10)
	p.english = mark(60 + (4*ability+4*bell(r))/10)
	p.science = mark(56 + (5*ability+3*bell(r))/10)

	// Most miss a day now and then; some, more of the weaker ones, miss many.
	stay := 78
	if r.Intn(100) < 12-ability/8 {
		stay = 94
	}
	for r.Intn(100) < stay && p.absences < 90 {
		p.absences++
	}
	if r.Intn(100) >= 6 {
		age := min(max(112+10*(p.year-7)+(5*ability+4*bell(r))/10, 60), 185) // in tenths of a year
		p.reading = fmt.Sprintf("%d.%d", age/10, age%10)
	}
	switch attended := r.Intn(100); {
	case attended < 4: // not entered yet
	case attended < 8+p.absences/8:
		p.mock = "ABS"
	default:
		p.mock = fmt.Sprint(mark((p.maths+p.english+p.science)/3 - 3 + bell(r)*3/10))
	}
	p.passed = "No"
	if p.maths+p.english+p.science+bell(r)*2/3 >= 150 {
		p.passed = "Yes"
	}
	return p
}

// bell gives a whole number that is about normal with mean 0 and standard deviation 29, from -120 to 120.
func bell(r *rng.Stream) int {
	sum := -120
	for range 6 {
		sum += r.Intn(41)
	}
	return sum
}

func mark(n int) int { return min(max(n, 0), 100) }
