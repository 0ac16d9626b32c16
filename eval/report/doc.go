// Package report draws what package eval found: [HTML] writes one self-contained page, [LaTeX] a table for a paper. Those who
// embed eval without its drawings do not link it.
//
// The page needs no script, no network and no other file; it prints on A4 and on Letter, in black and white too, and is read
// with a keyboard and a screen reader: every drawing has a title, a description and a table or a sentence with the same
// numbers, and no meaning is in a colour alone. It has at most 400 KB: of a table of very many columns, or of very many
// tables, as much is drawn as fits, and the page says what was left out.
//
// For [Outside] everything is drawn from [eval.Report.Outside]: counts are rounded to 5, small cells and extremes are not in it,
// and no number tells of less than five people. Column names, and values that at least five people share, are shown.
//
// Names come from users and may hold anything. All of them are escaped, signs that would move the cursor or turn the
// direction of reading are left out, and long ones break.
package report
