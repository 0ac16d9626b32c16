package main

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// badValue is the error of an option whose value can't be read: what it should be, and an example to copy.
func badValue(name, want, example string) error {
	return usage("bad-value", dashed(name)+" needs "+want+".", dashed(name)+" "+example)
}

func setLevel(o *options, v string) error {
	if !slices.Contains([]string{"share", "research", "structure"}, v) {
		return badValue("level", "one of share, research, structure", "share")
	}
	o.level = v
	return nil
}

// setProtect turns the command line's 0 (off) into the library's -1.
func setProtect(o *options, v string) error {
	n, ok := parseCount(v)
	if !ok || n > math.MaxInt32 {
		return badValue("protect", "a number of persons; 0 is off", "5")
	}
	o.protect = int(n)
	if n == 0 {
		o.protect = -1
	}
	return nil
}

func setKind(kind string) func(*options, string) error {
	return func(o *options, v string) error {
		o.kinds = append(o.kinds, columnText{v, kind})
		return nil
	}
}

// setDate takes COL, or COL=LAYOUT with the last equals sign, because a header may hold one.
func setDate(o *options, v string) error {
	column, layout := v, ""
	if i := strings.LastIndexByte(v, '='); i > 0 && looksLikeLayout(v[i+1:]) {
		column, layout = v[:i], v[i+1:]
	}
	o.kinds = append(o.kinds, columnText{column, "date"})
	if layout != "" {
		o.layouts = append(o.layouts, columnText{column, layout})
	}
	return nil
}

func setCoarsen(o *options, v string) error {
	i := strings.LastIndexByte(v, '=')
	if i <= 0 {
		return badValue("coarsen", "a column and how: day, month, year, or a step", `"Maths=5"`)
	}
	how := v[i+1:]
	if step, err := strconv.ParseFloat(how, 64); !slices.Contains([]string{"day", "month", "year"}, how) &&
		(err != nil || !(step > 0) || math.IsInf(step, 0)) {
		return badValue("coarsen", "day, month, year, or a step such as 5, after the equals sign", quoteArg(v[:i]+"=month"))
	}
	o.coarsen = append(o.coarsen, columnText{v[:i], how})
	return nil
}

// setSeparator takes the sign itself or its name, for a tab is hard to type.
func setSeparator(o *options, v string) error {
	names := map[string]rune{"tab": '\t', `\t`: '\t', "comma": ',', "semicolon": ';', "pipe": '|'}
	sign, named := names[strings.ToLower(v)]
	if !named {
		sign, _ = utf8.DecodeRuneInString(v)
	}
	if !strings.ContainsRune(",;\t|", sign) || !named && utf8.RuneCountInString(v) != 1 {
		return badValue("separator", `one of "," ";" "|" tab`, `";"`)
	}
	o.separator = sign
	return nil
}

// setSkipRows takes numbers of lines of the file, with commas between.
func setSkipRows(o *options, v string) error {
	for part := range strings.SplitSeq(v, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil || n < 1 {
			return badValue("skip-rows", "numbers of lines, with commas between", "2,2317")
		}
		o.skipRows = append(o.skipRows, n)
	}
	return nil
}

// setShare takes a part of the persons: 20%, or 0.2.
func setShare(name string, put func(*options, float64)) func(*options, string) error {
	return func(o *options, v string) error {
		number, percent := strings.CutSuffix(strings.TrimSpace(v), "%")
		share, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if percent {
			share /= 100
		}
		if err != nil || !(share > 0 && share < 1) {
			return badValue(name, "a part of the people, above 0 and below 100%", "20%")
		}
		put(o, share)
		return nil
	}
}

func setCount(name string, put func(*options, int64)) func(*options, string) error {
	return func(o *options, v string) error {
		n, ok := parseCount(v)
		if !ok || n < 1 {
			return badValue(name, "a number of 1 or more", "1000")
		}
		put(o, n)
		return nil
	}
}

func setCopies(o *options, v string) error {
	n, ok := parseCount(v)
	if !ok || n < 1 || n > 10000 {
		return badValue("m", "a number of tables, 1 to 10,000", "5")
	}
	o.copies = int(n)
	return nil
}

func setSeed(o *options, v string) error {
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		return badValue("seed", "a whole number, 0 or more", "1")
	}
	o.seed = n
	return nil
}

func setShard(o *options, v string) error {
	part, of, ok := strings.Cut(v, "/")
	i, err1 := strconv.Atoi(part)
	n, err2 := strconv.Atoi(of)
	if !ok || err1 != nil || err2 != nil {
		return badValue("shard", "a part and how many there are", "0/4")
	}
	if n < 1 || i < 0 || i >= n {
		n = max(n, 1)
		last := strconv.Itoa(n-1) + "/" + strconv.Itoa(n)
		return usage("shard-range", "shards are counted from 0: the last of "+strconv.Itoa(n)+" is "+last+".", "--shard "+last)
	}
	o.shard = shard{i, n}
	return nil
}

// setMaxTime takes a Go duration, also with longer names of the units: 10m, 90s, 1h30m, "10 min".
func setMaxTime(o *options, v string) error {
	s := strings.ReplaceAll(strings.ToLower(v), " ", "")
	for _, unit := range [][2]string{{"hours", "h"}, {"hour", "h"}, {"minutes", "m"}, {"minute", "m"}, {"min", "m"}, {"seconds", "s"}, {"second", "s"}, {"sec", "s"}} {
		s = strings.Replace(s, unit[0], unit[1], 1)
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return badValue("max-time", "a time with its unit: 90s, 10m, 2h", "10m")
	}
	o.maxTime = d
	return nil
}

func setMemory(o *options, v string) error {
	s := strings.ToUpper(strings.ReplaceAll(v, " ", ""))
	s = strings.TrimSuffix(strings.TrimSuffix(s, "B"), "I")
	shift := map[byte]int{'K': 10, 'M': 20, 'G': 30, 'T': 40}
	bits, known := 0, false
	if s != "" {
		bits, known = shift[s[len(s)-1]]
	}
	n, err := strconv.ParseFloat(strings.TrimRight(s, "KMGT"), 64)
	if !known || err != nil || !(n > 0) || n*math.Pow(2, float64(bits)) > math.MaxInt64/2 {
		return badValue("memory", "a size with its unit: 500MB, 1GB", "1GB")
	}
	o.memory = int64(n * math.Pow(2, float64(bits)))
	return nil
}

// parseCount reads 2500, 2,500, 1e6.
func parseCount(v string) (int64, bool) {
	plain := strings.ReplaceAll(strings.ReplaceAll(v, ",", ""), "_", "")
	if n, err := strconv.ParseInt(plain, 10, 64); err == nil {
		return n, n >= 0
	}
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil || f != math.Trunc(f) || f < 0 || f > 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// looksLikeLayout tells whether text is made of the letters of a date layout (d m y h s) and signs between them.
func looksLikeLayout(text string) bool {
	letters := strings.Trim(strings.ToLower(text), "dmyhs/.-: t")
	return text != "" && letters == "" && strings.ContainsAny(strings.ToLower(text), "dmy")
}
