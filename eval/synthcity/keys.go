package synthcity

// Keys lists the keys of all scores in the order in which [Suite] gives them, with those that are not ported last.
func Keys() []string {
	var keys []string
	for _, m := range suiteMetrics() {
		keys = append(keys, m.keys...)
	}
	for _, o := range errOmitted {
		keys = append(keys, o.keys...)
	}
	return keys
}
