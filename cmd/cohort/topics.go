package main

// topicNames are the topics of "cohort help", in the order of the start screen.
var topicNames = []string{"privacy", "verdict", "columns", "excel", "rules", "where", "files", "models", "weights", "repeat", "recipe", "glossary"}

// topics are texts about what works now. Lines have at most 79 columns.
var topics = map[string]string{
	"privacy": `Privacy: what is done, and what is not

Every row is drawn anew, cell by cell, from patterns that many people share.
No row of the real table is copied, and the model holds none.

  ids, names, text    are never learned. They are invented: ids in the pattern
                      of the column and outside the range of the file
  --protect 5         a value that fewer than 5 persons have is not learned:
                      rare categories, marks, the smallest and largest numbers
  --level share       also: birth dates keep month and year only
  --level research    rare values are kept; for use under an agreement
  --level structure   no relation between columns is learned
  --person COL        if people have several rows, count people and not rows

What is checked: a trial model learns half of the people, and what it writes is
compared with those it learned and with those it never saw. If it is closer to
the first, it remembers them. The table itself, which knows everybody, is
looked at for copied rows, real ids and names, rare values and rules.
  cohort help verdict      each check, how it is made, and what it can't see

What is not tested: what somebody could learn by joining the table with another
one, and who could be found by a person who knows the school. The trial is a
model of the same kind, not the very one that wrote the table. Whether to
release is for a person to decide.

The model (.cohort), the manifest and the rejected rows are as confidential
as the real table, and so is the full report. They lie in out-private; hand
over out only. Every further table with another seed tells a little more about
the same people; the manifest counts them.`,

	"verdict": `Verdict: what is checked, how, and what the checks can't see

READY FOR REVIEW   no check found a problem; you decide whether to release
LOOK CLOSER        a check needs your eye, or there were too few people to tell
DO NOT RELEASE     somebody may be given away, or a rule is broken: there is no
                   folder to hand over, and the exit code is 3

"make" sets half of the people aside. A trial model learns the others, and its
rows are compared with both halves. Every number stands beside the one that
real people get, who were never learned.

  single columns, pairs   how like the real ones they are, of 100
  predicts                a column of people set aside, predicted by a method
                          taught by synthetic rows, and by as many real ones
  real ids, names         no id, name or text of a real person is written
  copied rows             rows that are a real person in every learned column
  look-alikes             of the real people nearest to synthetic rows, half
                          had been learned if nothing was remembered
  rare values             none that fewer people have than --protect asks for
  one of a kind           people alone with what outsiders may know (--known)
                          who can be found in the synthetic table, too
  guessing                who knows those columns guesses another (--sensitive)
                          of people learned no better than of people never seen
  kept                    rules, kinds and ranges hold in every row

[ok] no problem   [look] more than chance explains   [stop] clearly more
[?] too few people to tell: 40 set aside are the least for most privacy checks,
100 for guessing. At most 1 clean table in 20 gets a private [look] by chance.

What they can't see: a person whom other tables give away; a few remembered
people among many (near-copies of 2 rows in 100 are found almost always, fewer
may not be); and the trial is another model than the one that wrote the table,
though of the same kind. Poor likeness never blocks a release: that is a matter
of use, not of people.

  cohort check real.csv fake.csv --holdout unseen.csv      judges any table`,

	"columns": `Columns: how they are read, and what becomes of them

  cohort inspect grades.csv      shows both, with the reason

  category   a closed set of values          learned
  ordered    the same, with an order         learned
  number     whole or with decimals, on the steps that the column has
                                             learned
  date       days or times in one layout     learned
  id         tells people apart              invented, in the same pattern
  text       names, addresses, free text     invented

A number or date column may hold marks, values that are no numbers but mean
something: ABS, <5. They are learned, too. No value is: an empty cell, NA, N/A,
NULL, a single - or . or ?. Everything else is a value.

To have a column read in another way, name it as in the header:
  cohort make grades.csv --category Postcode --date Leave=m/d/y
  --coarsen Born=year --coarsen Income=1000     keeps less detail
  --drop Notes                                  leaves the column out
  --person "Student No"                         whom a row is about

Rows of one person are drawn one by one: the history of one person is not
coherent yet, only the number of rows is.`,

	"excel": `Excel: from a workbook to a file that can be read, and back

Workbooks (.xlsx, .xls) are not read yet. In Excel: File, Save As, "CSV UTF-8
(Comma delimited) (*.csv)", then
  cohort make grades.csv

Save the sheet with one header row and nothing above it; take totals out, or
name their lines:  --skip-rows 2,2317

The result has the separator, decimal mark, dates and encoding of the file.
To open it without harm to ids with leading zeros, do not double-click: in
Excel choose Data, From Text/CSV, and set id columns to Text.`,

	"rules": `Rules: what holds in every row

Four forms are found by themselves, where chance can't explain them, and kept
in every row that is written:
  Total = Maths + English + Science      a sum of 2 to 5 columns
  Start <= Leave                         two numbers, or two dates
  Postcode -> Town                       one town for each postcode
  Oral xor Written                       one of the two has a cell, not both

  cohort inspect grades.csv      lists those that hold in every real row
  --rule "Total = Maths + English"       adds one; it has to hold in every
                                         real row
  --no-rules                             keeps none but those of --rule

A rule A -> B is learned from values of A that enough people share. One that is
found is kept where these are nearly all rows (95 %); one that --rule asks for
always, and other values of A are then never written. Numbers between two that
were learned go with the nearer stretch. Where A has no value, B is free, and B
may be missing. Columns that are made coarser can't take part.

No two rules may fix one column, and none may lead in a circle: they are
refused by name. Where A -> B and B -> A both hold, one of them makes both
hold. What is found beside a rule that fixes the same column is learned, not
kept: inspect lists it apart, and --rule can ask for it instead.

Names with blanks or signs stand in double quotes inside the rule:
  --rule '"Maths total" = Paper1 + Paper2'`,

	"where": `Conditions: only such rows

  cohort make grades.csv --where 'Year = "Y9" and Maths < 40'
  cohort sample grades.cohort -n 500 --where 'Year = "Y9"'

  =  !=  <  <=  >  >=  compare a column with a value, written as in the file
  and                  joins conditions; all of them hold
Names and values with blanks stand in double quotes.

As many rows come as were asked for. A row that can't be drawn in a hundred
tries has the condition set into it; how many is said. With --strict that is
an error.`,

	"files": `Files: what is read and what is written

Read: a table with one header row, separated by comma, semicolon, tab or |;
UTF-8, UTF-16 or Windows-1252 by itself, others with --encoding (iso-8859-2,
macintosh, cp850, shift_jis ...), whose result is UTF-8. The file is only read,
never changed.
  --separator ";"      if it is taken for another one
  --skip-rows 2,2317   leaves lines out: second headers, totals

Rows that can't be read are set aside, with line and reason, in
out-private/grades_rejected.csv. They are real people: keep the file.

Written by "make": out (to hand over) and out-private (to keep). A second run
writes out-2 and out-2-private; nothing is replaced without --force.

  cohort sample grades.cohort -o -      to standard output, for a pipe

Windows PowerShell 5 changes the encoding of what it pipes: use -o FILE there.`,

	"models": `Models: how a table is learned

  --model auto          the default: trees, and from 1,000 persons on trees and
                        columns together, each column by whichever told people
                        held out better
  --model trees         each column is drawn with the help of those before it;
                        does well on school tables, and in seconds
  --model columns       a transformer that knows the columns in any order:
                        conditions and "fill" work on any of them
  --model copula        numbers and orders together, by their ranks
  --model independent   each column by itself; no relation is learned. What
                        --level structure uses
  --model ctgan         a neural network: a generator against a critic (Xu and
                        others, 2019). Slower than trees
  --model tvae          a neural network that compresses rows and writes them
                        anew, of the same paper; faster than ctgan
  --model great         rows as text, written by a GPT-2 (Borisov and others,
                        2023): a small one from scratch, or with --weights a
                        large one. Slowest
  --model gpt2 distilgpt2 dialogpt     great, with the weights of that name

Options of ctgan and tvae (one of them alone means ctgan):
  --preset plus         the default: protects, keeps rules, conditions work
  --preset sdv          what the package of this name does, faults included, to
  --preset synthcity    measure it: no protection, no rules (cohort help
                        peer-preset)
  --epochs --batch --lr        passes over the table, rows of a step, learning
                        rate (default: the preset's)
  --pac NUMBER          rows that the critic judges together (ctgan alone)
  --trace FILE          losses, norms and milliseconds of every step, as CSV;
                        "make" writes those of the trial before the model's

Options of great, beside --epochs --batch --lr --trace:
  --weights FOLDER      a GPT-2 to begin with: cohort help weights
  --lora RANK           train an adapter of this rank beside the weights
  --temperature 0.7     write the likelier words more often (default: 1)
  --bf16                multiply rounded numbers: faster, on processors that
                        gain by it (others refuse); other bytes than without
  --preset be_great     what that package does, faults included: no protection
  --preset realtabformer       digits and a vocabulary for each column
  --level structure --weights FOLDER   nothing is learned: rows from the names
                        and formats alone, or with sample --examples from a
                        few rows that are shown

A model is kept with "cohort fit", or in out-private after "make":
  cohort inspect grades.cohort    what it holds
  cohort sample grades.cohort     rows from it
  cohort fill part.csv --with grades.cohort     its empty cells (columns,
                                  auto of 1,000 persons or more, and great can)

It holds no row of the table, and is still as confidential as the table.`,

	"weights": `Weights: a GPT-2 to begin with

A folder as transformers writes it, with these files:
  config.json           n_layer, n_head, n_embd ...; model_type is gpt2
  model.safetensors     the weights; pytorch_model.bin and shards are read, too
  vocab.json merges.txt or tokenizer.json; without them, GPT-2's own are used

GPT-2 (gpt2), DistilGPT2 (distilgpt2) and DialoGPT are public; other sizes and
further trainings of GPT-2 work as well. This program never fetches anything:
download the files of the model's page with any computer that may, copy the
folder here, and look whether it is whole:
  cohort doctor --weights models/distilgpt2
  cohort make grades.csv --model distilgpt2 --weights models/distilgpt2

DistilGPT2 has 82 million numbers (330 MB), GPT-2 and the small DialoGPT 124
million (500 MB). Learning takes some ten times that, in memory, and hours on
two cores; --max-time bounds it. The model file is as large as the weights.
No program that such a folder may hold is ever run.`,

	"repeat": `Repeat: the same run again

The same table, options, seed and version of the program give the same bytes,
on one core or on many. The default seed is 0: the same table twice tells
nobody anything new, another seed does.
  cohort make grades.csv --seed 7

Each run of "make" leaves a manifest in out-private. It has the options, the
seed and the steps, so that a run that --max-time cut short can be repeated:
  cohort make grades.csv --replay out-private/grades_manifest.json

A run that was stopped goes on, and ends with the bytes of one that was not:
  cohort make grades.csv --resume`,

	"recipe": `Recipe: options in a file

  cohort inspect grades.csv -o grades.toml
  cohort make grades.csv --recipe grades.toml

The keys are the names of the options, without dashes; each column may have a
table of its own. What stands on the command line wins.

  level = "share"
  protect = 10
  person = "Student No"
  rule = ["Total = Maths + English"]
  skip-rows = "2,2317"

  [columns."Leave"]
  kind = "date"        # category ordered number date id text
  layout = "m/d/y"
  coarsen = "month"
  drop = false

  [columns."Effort"]
  order = ["low", "middle", "high"]     # makes it an ordered column`,

	"glossary": `Glossary

  category    one of a closed set of values
  checkpoint  what a stopped run leaves, so that --resume can go on
  id          what tells people apart: a number of a student
  level       what the result is for: share, research, structure
  manifest    the record of a run, private, for --replay
  mark        a value in a number column that is no number: ABS, <5
  model       what was learned from a table, in a .cohort file
  person      whom a row is about; protection counts persons
  protect     what fewer persons than this have is not learned
  recipe      a file of options
  row         one line of a table
  rule        what holds in every row: Total = Maths + English
  seed        a number that chooses one table among all that could be drawn
  step        the distance between two numbers of a column: 1, 0.5, 0.01; of a
              run: a part of its plan, which --steps counts
  set aside   people whom the trial does not see, to compare it with
  synthetic   drawn from patterns, not from a person
  trial       a model that learned a part of the people, so that it can be
              judged by the others
  verdict     what the checks say together: cohort help verdict`,
}
