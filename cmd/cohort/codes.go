package main

// codes explains every code of an error or a warning, for "cohort help CODE". What stands here holds for all messages of the
// code; the message itself names file, line and column. Lines have at most 79 columns.
var codes = map[string]string{
	// The command line.
	"unknown-command": `The first word is the command, and there is none of this name. A file in the
place of the command means "make".
Do:    cohort help     (lists the commands)`,
	"unknown-option": `There is no option of this name. Options begin with two dashes, or with one
if they are a single letter: --seed 7, -n 500.
Do:    cohort help make     (lists the options)`,
	"option-not-here": `The option exists, but not for this command or this model.
Do:    cohort help make     (or another command: lists its options)`,
	"option-twice": `The option can be given once, and stands there twice. Only options that name
a column, a rule, lines or a condition may be repeated.`,
	"missing-value": `The option needs a value after it: --seed 7 or --seed=7. A value that begins
with a dash needs the second form.`,
	"bad-value": `The value of the option is not one that it can use. The message says which
values there are, and gives one that can be copied.`,
	"no-file": `The command needs the name of a file, or - for standard input. A name with
blanks stands in quotes: "my grades.csv".`,
	"too-many-files": `The command takes fewer files than were named. A name with blanks stands in
quotes: "my grades.csv". One table is learned at a time.`,
	"unknown-topic": `There is no help about this word.
Do:    cohort help     (lists the topics)`,
	"shard-range": `Shards are counted from 0: the four parts of a table are 0/4, 1/4, 2/4, 3/4.
Put together in this order they are the whole file.`,
	"bad-kernels": `The environment variable COHORT_KERNELS names kernels that this processor
can't run. Without the variable the program takes the best ones it can.
Do:    cohort doctor     (lists those that there are, once it is unset)`,
	"weights-needed": `The model begins with weights that were trained on text, or the option works
on such weights. They come in a folder, and are never fetched by this program.
Do:    cohort help weights     (where they come from)`,
	"weights-incomplete": `Tensors that config.json asks for are not in the files. The message lists all
of them at once. Mostly a shard was not copied, or config.json is of another
model.
Do:    cohort doctor --weights FOLDER     (lists what is there)`,
	"weights-unusable": `The folder is no GPT-2 that can be read: a file is cut short, has another shape
or another kind of model, or holds a program, which is never run.
Do:    cohort help weights     (which files a folder has)`,
	"other-weights": `The folder of --weights has another size than the model that --model names. It
is used all the same. With --model great no size is expected.
Do:    cohort doctor --weights FOLDER     (tells what it holds)`,
	"row-too-long": `A row written as text, with the names of its columns, has more tokens than the
model can read at once, 1,024 for GPT-2. With --examples theirs count, too.
Do:    cohort fit FILE --model great --drop COL     (leaves a column out)`,
	"not-filled": `For programs: where filling the gaps of a row would have broken a rule, they
stay as they were.`,
	"low-mass": `A model great writes only text that can be a row; the rest of its probability
is not used. Where that rest is large, it has hardly learned what rows look
like, and its cells are little better than chance. Learn for longer, from more
rows, or begin with weights.`,
	"examples-copied": `Rows that were written are, in every learned column, one of the rows that
--examples named. A model that was shown people may repeat them.
Do:    cohort check EXAMPLES.csv ROWS.csv     (judges all rows)`,
	"filter-dropped": `The preset be_great writes text freely and drops what can't be read as a row,
as its package does. After 500 tries such rows are let through, with gaps. The
preset plus has no such filter: its rows are always whole.`,
	"one-output": `Several tables can't be told apart on standard output. Name a file with -o.`,

	// Files.
	"no-such-file": `No file of this name is there. The message names the nearest one in the
folder. Windows hides the end of names: "grades" may be "grades.csv".`,
	"no-permission": `The computer does not let you read this file, or write to this folder. Copy
the file to a folder of your own, or name another folder with -o.`,
	"is-folder": `A file is needed, and this is a folder. Name the file inside it.`,
	"folder-taken": `A folder is needed, and a file of this name stands in its place. Move it away,
or name another folder with -o.`,
	"output-is-file": `-o names a folder for this command, and a file of that name is there.`,
	"file-exists": `A file of this name is there already, and nothing is written over unasked.
Do:    name another with -o, or add --force`,
	"name-too-long": `A name of a file or folder, or the whole path, is longer than the computer
allows: mostly 255 letters a name, fewer where they have accents; on Windows
often 260 for the whole path. Choose shorter names.`,
	"file-open": `Another program has the file open, often Excel or a program that keeps
folders in step, so it can't be replaced. Close it there. What was made is
complete, in the folder that the message names.`,
	"not-enough-room": `The disk is full, or files of this size are not allowed. What was half written
has been removed, and nothing that was there before has changed. Make room, or
name a folder on another disk with -o.`,
	"disk": `The disk or the network did not read or write what it was asked to. What was
half written has been removed. Copy the file to another disk and try again.`,
	"no-reader": `The program that was to take the rows has ended before all were written.`,
	"bad-recipe": `A recipe holds options: key = value, with texts in double quotes. The keys are
the names of the options.
Do:    cohort help recipe`,

	// What is no table.
	"excel-xlsx": `An Excel workbook is not read yet. In Excel: File, Save As, "CSV UTF-8 (Comma
delimited) (*.csv)".
Do:    cohort help excel`,
	"excel-old": `An old Excel workbook (.xls) is not read. In Excel: File, Save As, "CSV UTF-8
(Comma delimited) (*.csv)".
Do:    cohort help excel`,
	"excel-locked": `The workbook is locked with a password, so nobody can read it without. Open it
in Excel with the password, then save it as "CSV UTF-8 (*.csv)". That file has
no password: keep it where you would keep the names.
Do:    cohort help excel`,
	"pdf": `A PDF holds a picture of a table, not the table. Ask for the export that it
was printed from, as .csv.`,
	"word": `A Word document is not a table file. Copy its table into a spreadsheet, with
one header row, and save that as .csv.`,
	"ods": `An OpenDocument spreadsheet is not read. In LibreOffice: File, Save As, "Text
CSV (*.csv)", character set Unicode (UTF-8).`,
	"numbers":    `A Numbers spreadsheet is not read. In Numbers: File, Export To, CSV.`,
	"compressed": `The file is compressed. Take the table out of it first.`,
	"parquet":    `A Parquet file is not read. Convert it to CSV with the program that wrote it.`,
	"database":   `A database file holds many tables. Export one of them as CSV.`,
	"spss":       `An SPSS file is not read. In SPSS: File, Export, CSV Data.`,
	"stata":      `A Stata file is not read. In Stata: export delimited grades.csv`,
	"html": `A web page was saved in place of a table, often because a login was needed, or
because a program calls it .xls. Open it in a spreadsheet and save it as CSV.`,
	"xml":  `An XML file is not read. Open it in a spreadsheet and save it as CSV.`,
	"json": `A JSON file is not read. Convert it to CSV with one line a person.`,
	"not-a-table": `The file is no table of rows and columns with a header row. Open it in an
editor and look at its first lines.`,

	// The table.
	"empty-file": `The file has no header and no rows. Often an export that was interrupted: make
it again.`,
	"no-rows": `The file has a header and no rows that could be read, so there is nothing to
learn.`,
	"too-few-rows": `From very few people a table can't be learned without giving them away: what
looks like a pattern is one of them. 20 are the least, 300 or more work well.
--level structure keeps formats only, without any relation between columns.`,
	"rejected-rows": `So many rows have another number of fields than the header that the separator
was probably taken for another one, or the file is damaged.
Do:    cohort inspect FILE --separator ";"     (or "," "|" tab)`,
	"rows-set-aside": `A few rows could not be read, mostly because they have another number of
fields than the header. They are not learned. "make" keeps them, with line and
reason, in out-private; lines of totals can be left out with --skip-rows.`,
	"rows-unread": `"fill" gives every row back in its place, so each has to be read. Mostly such a
line has another number of fields than the header; lines of totals can be left
out with --skip-rows.
Do:    cohort fill FILE --skip-rows 19,804     (these lines)`,
	"unclosed-quote": `A field begins with a quote that is never closed, so the rest of the file is
one field. Look at the line that the message names.`,
	"unreadable": `The file could not be read to its end: a stick that was pulled out, a network
that broke off. Copy the file to this computer and try again.`,
	"nul-byte": `A byte stands in the file that no table of text has. The file is damaged, or it
is no CSV at all. Export it again.`,
	"long-line": `A line is longer than any row of a table. The file may have no line ends, or be
no table of text.`,
	"too-many-rows": `The table has more rows than can be held. Take a part of it.`,
	"column-too-large": `A column holds more text than can be held.
Do:    cohort make FILE --drop COL`,
	"too-many-values": `The column has more different values than can be learned as a closed set.
Do:    cohort make FILE --text COL     (or --coarsen COL=HOW)`,
	"no-such-line": `A line to leave out is not in the file. Lines are counted from 1, with the
header and everything above it.
Do:    cohort inspect FILE --skip-rows 2     (the line below the header)`,
	"bad-separator": `The separator is one of , ; | or tab.
Do:    cohort inspect FILE --separator ";"`,
	"bad-header": `The first row can't be read as names. Look at it in an editor: a name that
begins with a quote has to end with one.`,
	"no-such-encoding": `The encoding is not known. Often needed: utf-8, utf-16le, windows-1252,
iso-8859-2, macintosh, cp850.
Do:    cohort inspect FILE --encoding windows-1252`,
	"mixed-encoding": `Parts of the file are written in one encoding and parts in another, often after
two exports were put together. Save it anew in one program, or name the
encoding of most of it.
Do:    cohort inspect FILE --encoding windows-1252`,
	"bad-encoding": `The file is not written in the encoding that it was taken for, or that was
asked for.
Do:    cohort inspect FILE --encoding windows-1252     (or another one)`,
	"cannot-encode": `A character of the result does not exist in the encoding of the table.
Do:    cohort make FILE --encoding utf-8`,
	"empty-header": `A column has no name. Give it one in the first row. An empty column at the end
is often an export's; delete it.`,
	"duplicate-column": `Two columns have the same name, so an option or a rule could mean either. Give
one of them another name in the first row.`,
	"empty-column": `Columns at the end of the file have neither a name nor a value. They are left
out.`,
	"index-column": `The first column has no name, and its cells are whole numbers, all different:
the numbers of the rows, as pandas writes them. It is left out. If it means
something, give it a name.`,
	"no-columns": `Every column is left out, so there is nothing to learn.`,
	"other-columns": `Tables that are compared need the same columns. They are matched by name,
capitals included; their order does not matter, and further ones are left out.
Do:    cohort check REAL FAKE --drop COL     (leaves a column out)`,
	"same-file": `"check" compares a real table with a synthetic one, and if there are any with
people set aside: every file has to be another one. A copy of the real table
under another name is judged, and is not to be released.
Do:    cohort check REAL.csv FAKE.csv`,
	"swapped-files": `The real table stands first, then what a generator wrote. A table that Cohort
wrote is known by _SYNTHETIC in its name, or, if it was renamed, by the
manifest in the private folder beside it.
Do:    cohort check REAL.csv FAKE.csv`,
	"too-few-people": `The table can't be parted in two with people on both sides. 300 people or more
work well; fewer than 40 set aside are too few for most checks.
Do:    cohort study split FILE --keep 50%`,
	"unknown-study": `"study split FILE" sets people aside. There is no other study yet.
Do:    cohort help study`,
	"no-such-column": `An option, a rule or a condition names a column that the header does not have.
Names are written as in the header, capitals included.
Do:    cohort inspect FILE     (lists the columns)`,
	"wrong-kind": `The column can't be read as the kind that was asked for, or there is no such
kind. The kinds are category, ordered, number, date, id and text.
Do:    cohort help columns`,
	"no-such-suite": `The suites are sound, paper, synthcity-0.2.10, synthcity-0.2.12, sdmetrics and
mostlyai-qa. All but sound compute a peer's numbers and have no verdict.
Do:    cohort help check`,
	"no-such-metric": `The suite has no metric of that name. --metrics takes whole names, such as
pairs.tv, or what they begin with, such as pairs. --csv FILE lists all of them.
Do:    cohort help check`,
	"not-for-suite": `A peer's suite can't take the tables: no column is left, or a column has words
in one table and numbers in another. The message says which column.
Do:    cohort check REAL FAKE --drop COL     (leaves it out)`,
	"bad-weights": `The weights of SDIS are three numbers from 0 up: of quality, usefulness and
indistinguishability.
Do:    cohort check REAL FAKE --suite paper --sdis-weights 1,1,1
Or, of a folder of --weights: its tokenizer has more tokens than the weights
know, or none that ends a text.
Do:    cohort doctor --weights FOLDER`,
	"bad-formula": `A formula names the column to explain, a tilde, and the columns that explain it
with + between. Names with blanks or signs stand in backquotes.
Do:    cohort check REAL FAKE --regress "G3 ~ studytime + absences"`,
	"not-for-regression": `Ids, free text and columns that are left out or filled can't be in a
regression.
Do:    cohort inspect REAL     (shows the kinds)`,
	"bad-outcome": `What a regression explains is a number, or a category of two values.
Do:    cohort inspect REAL     (shows the kinds)`,
	"collinear": `A column of the formula has one value only, or follows from the others, so that
no regression can tell them apart. Leave it out of the formula.`,
	"separated": `In the real rows the columns of the formula tell the outcome without a fault,
so that a logistic regression has no end. Leave one of them out of the formula.`,
	"no-such-kind": `The kinds are category, ordered, number, date, id and text.
Do:    cohort help columns`,
	"wrong-values": `The column has values that its list does not have. Add them to the list in the
recipe, or take the list out.`,
	"unknown-order": `The column was asked to be ordered, and its values have no order that is known.
They are taken in the order of their letters; a recipe can say another one:
order = ["low", "middle", "high"]
Do:    cohort help recipe`,
	"bad-target": `The target has to be a column that is learned: a category, a number or a date.
Ids, names and free text are invented anew, so nothing can predict them.
Do:    cohort inspect FILE     (shows what is learned)`,
	"bad-balance": `Only a column with a closed set of values can be balanced.
Do:    cohort inspect FILE     (shows the kinds)`,
	"no-such-value": `The condition asks for a value that the column never has in this model. A value
that too few persons have is not in the model.
Do:    cohort inspect MODEL     (lists the values it can write)`,
	"bad-coarsen": `The column can't be made coarser in this way. Dates take day, month or year;
numbers a step such as 5.`,
	"bad-condition": `A condition is a column, a sign and a value: Year = "Y9". The signs are
= != < <= > >=; conditions are joined with and.
Do:    cohort help where`,
	"bad-rule": `A rule has one of four forms: "Total = Maths + English", "Start <= Leave",
"Postcode -> Town" and "Oral xor Written". Rules that can't all be kept are
named: two that fix one column, or rules that go round in a circle.
Do:    cohort help rules`,
	"against-rule": `Cells that are in the table stand against a rule of the model, so that filling
the gaps of these rows can't make it hold. They stay as they are. Where the
model does not know the first of two columns in a rule A -> B, it guesses B, or
leaves it empty.`,
	"rule-broken": `A rule that was asked for does not hold in every row of the real table. It is
kept in every row that is written, so it has to hold in the real ones. Correct
the rows that the message names, or leave the rule out.`,

	// Warnings about a table.
	"repeated-id": `A column that looks like an id or a name has people with more than one row. If
it says whom a row is about, name it: --person COL. Protection then counts
persons. Real ones are written only where the message says that they are
learned; --id COL or --text COL has them made anew.`,
	"ambiguous-date": `All dates of the column could be day/month or month/day. The message says which
was taken; --date COL=m/d/y or --date COL=d/m/y settles it.`,
	"birth-date": `Its dates lie 3 to 100 years before the latest date of the table. If they
are birth dates, --coarsen COL=month keeps month and year only.`,
	"text-repeats": `The column was taken for free text, which is never learned, but its texts
repeat. If they are names of something, --category COL learns them.`,
	"filled-like-text": `No value of the column is shared by enough persons, so none of it is learned:
it is filled like text. --protect with a smaller number learns more; a coarser
column may be learned.`,
	"too-few-numbers": `The column has so few numbers that nothing of them can be learned without
giving persons away. It is written empty.`,
	"all-different": `Every number of the column is different. If it is a number of a person or a
thing, --id COL makes new ones.`,
	"gaps-over-half": `More than half of the cells are empty. What is there is learned, and so are the
gaps.`,
	"constant-column": `The column has one value in all rows. The result has it, too.`,
	"one-value-per-person": `The column has one value for each person, in all rows of the person. Rows are
drawn one by one, so in the result it may change between rows of one person.`,
	"trial-handed-over": `Learning was stopped before the model of everybody was ready. The table comes
from the trial model, which learned a part of the people and was judged against
the others. Let it run to its end for a table that knows everybody.`,
	"rows-chosen": `The table is so large that the column transformer learns from some of its
people, chosen at random, and not from all: more of them change little and take
long. The trees beside it see all rows.`,
	"columns-alone": `Few rows meet what was asked with --where, or every value of a column was asked
equally often. Trees draw columns in one order, so they can't begin with the
columns that are asked about; the column transformer can, and drew these rows
alone. They meet the conditions, and are a little less like real ones than rows
of both together.`,
	"no-convergence": `A network's numbers grew beyond all bounds while it learned. Each time, the
program went back to where they were in order and learned more slowly, and at
the ninth time it gave up. Nothing was written.
Do:    cohort make FILE --model trees     (it has no such numbers)`,
	"few-candidates": `Where two conditions or more are no single values, the column transformer
draws 64 rows that meet them for each row that is written, and picks one by how
likely it was to meet them by itself. Here a few of the 64 have nearly all
weight, so there was little to pick from, and the rows are less like real ones
that meet the conditions.
Do:    ask for fewer ranges at once, or wider ones; a single value (=) is met
       exactly, however many there are`,
	"condition-set": `In some rows the condition could not be met by drawing a hundred times, so it
was set into them. With --strict that is an error.`,

	"no-header": `The first line looks like a row and not like the names of columns. It is read
as the header, so one person would be missing.
Do:    write the names of the columns into a line above it, then run again`,
	"second-header": `The row under the header has words where others have numbers: points, units,
or a second header. It is read as a row like the others.
Do:    cohort make FILE --skip-rows LINE     (the line of the message)`,
	"total-row": `The last row may add up the others. It is read as a row like them.
Do:    cohort make FILE --skip-rows LINE     (the line of the message)`,

	// Models.
	"not-a-model": `The file is a table or something else, not a model. "sample" writes rows from a
model, which "fit" and "make" keep in a .cohort file.
Do:    cohort make FILE     (learns, writes and checks in one go)`,
	"model-damaged": `The model file is cut short or was changed, so nothing in it can be relied on.
Take another copy, or learn the table again.
Do:    cohort fit FILE`,
	"model-newer": `The model was written by a later version of Cohort than this one.
Do:    cohort version     (then ask for the newer program)`,
	"no-such-model": `The kinds of models are auto, trees, copula, independent, ctgan and tvae.
--level structure learns no relations, so it takes auto or independent only.
Do:    cohort help models`,
	"no-such-level": `The levels are share, research and structure.
Do:    cohort help make`,
	"bad-level": `The levels are share, research and structure.
Do:    cohort help make`,
	"no-such-preset": `The presets of ctgan and tvae are plus, sdv and synthcity.
Do:    cohort help models`,
	"nothing-to-learn": `Every column is an id or free text, which are never learned. If one of them is
a category or a number, say so.
Do:    cohort fit FILE --category COL`,
	"preset-gaps": `The package that the preset copies stops at a column of numbers with empty
cells or marks such as ABS, and so does the preset. The preset plus learns
them.
Do:    cohort fit FILE --preset plus     (or --drop COL)`,
	"preset-condition": `The preset of a peer can ask for one value of one column of categories, as its
package does. Other conditions need the preset plus, whose rows meet them all.
Do:    cohort fit FILE --preset plus`,
	"peer-condition": `The package that the preset copies asks for a condition and does not see to it
that rows meet it; by a mistake it may even ask for another column's value. The
preset copies that. The preset plus writes rows that meet conditions.
Do:    cohort fit FILE --preset plus`,
	"doubles-kept": `The package that the preset copies drops rows that are like another one, and
draws again. Where a table can't have as many different rows, that never ends:
after 500 rounds the rows asked for are written, doubles among them.
Do:    cohort fit FILE --preset plus`,
	"too-wide": `A column has so many values that the networks of this preset, which have a
place for each, would take more memory than there is to spare. The preset plus
writes such values in parts.
Do:    cohort fit FILE --preset plus     (or --text COL, --drop COL)`,
	"not-learned": `Learning gave numbers out of all bounds again and again, although it went back
and took smaller steps each time. A lower learning rate helps.
Do:    cohort fit FILE --model ctgan --lr 0.00005`,
	"rolled-back": `A number in learning was not finite. Learning went back to the last state that
was sound, and goes on from there at half the rate. The model can be used.`,
	"peer-preset": `The presets sdv and synthcity do what the packages of these names do, faults
included, so that they can be measured. Nothing is protected, and no rule is
kept: --protect and --rule can't stand beside them. For a table to hand over,
take --preset plus.
Do:    cohort help models`,
	"older-model": `The model is a neural network that was learned with other kernels than this
computer has. The same seed gives other rows here than there, just as good.
The same rows come from a computer with the same kernels; avx2 and avx512 are
alike.
Do:    cohort inspect MODEL     (says which kernels)`,
	"bad-model": `The models are trees, copula and independent.
Do:    cohort help models`,
	"no-bfloat": `--bf16 multiplies numbers rounded to 16 bits. Not every processor can, and some
are no faster by it, which is measured at the start. Rows and models come out
the same way without it, later.
Do:    cohort doctor     (what this processor can)`,
	"bad-option":      `An option has a value that can't be used here. The message says which.`,
	"bad-schema":      `The description of the columns contradicts itself. The message says where.`,
	"bad-struct":      `For programs: the Go type can't hold the columns of a table.`,
	"bad-temperature": `For programs: the temperature has to be above 0.`,
	"other-checkpoint": `The checkpoint belongs to another table or to other options, so the run can't
go on from it. Start again without --resume, or with the options of that run.`,
	"no-row": `No row of this model can meet the condition, or not all rows could be drawn
with it and --strict was asked for.
Do:    cohort inspect MODEL     (lists values and ranges)`,

	// Limits.
	"not-enough-memory": `Learning this table needs more memory than --memory allows, or than there is.
Leave columns out with --drop, or close other programs.`,
	"time-too-short": `In the time of --max-time this computer can't learn this table at all. The
message has the least that it needs.`,

	// Runs.
	"stopped": `The run was stopped before it ended. With --resume it goes on where it was, and
the result has the bytes of a run that was never stopped.`,
	"nothing-to-resume": `There is no checkpoint of a stopped run of this table here. Go to the folder in
which it was started, or start again without --resume.`,
	"not-a-manifest": `The file is not a manifest. "make" writes one into out-private; its name ends
in _manifest.json.`,
	"other-data": `The table, or the folder of weights, is not the one that the manifest was made
from: its bytes are others. A replay gives the same bytes from the same ones
only.`,
	"replay-differs": `The replay ended with other bytes than the manifest has. Same bytes need the
same version of Cohort, the same table and the same options.
Do:    cohort version`,
	"self-test": `The same table, learned on one core and on several, gave other bytes. That is a
fault of the program or of this computer. Don't use its results.`,
	"defect": `This is a fault of the program, not of your table or your computer. What was
half written has been removed. Tell the authors the place that the message
names, and what "cohort version" prints; no part of your table is in either.`,
}
