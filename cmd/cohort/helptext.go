package main

// The screens of the verbs that read a table or a model, as "cohort help NAME" prints them.

const makeHelp = `cohort make FILE [options]     real table in; synthetic table and verdict out

FILE is a table with one header row: .csv .tsv .txt, or - for standard input.
It is only read. Example:
  cohort make grades.csv --person "Student No" --target Passed

What the result is for
  --level share       the default, to hand over: see --protect; birth dates
                      keep month and year only
  --level research    for use under an agreement: --protect 0
  --level structure   for testing software: formats and common values only
  --protect 5         what fewer persons than this have is not learned: rare
                      values, extremes (authorities often ask for 10; 0: off)
  At every level ids, names and free text are invented, never learned.

Columns (name them as in the header; repeat an option for more columns)
  --person COL        says whom a row is about, if people have several rows
  --target COL        what others will want to predict
  --category --ordered --number --date --id --text COL     read COL as this
  --date COL=LAYOUT   the same, with the order of its parts: Leave=m/d/y
  --coarsen COL=HOW   day, month, year, or a step such as 5
  --drop COL          leave the column out
  --known COL         outsiders may know it (default: categories, dates)
  --sensitive COL     they may want to guess it (default: all categories)
  --rule "RULE"       holds in every row: "Total = Maths + English"
  How FILE is read is found by itself; else: --separator --encoding
  --skip-rows 2,2317  (totals, second headers: asked about, never guessed)

Rows
  -n NUMBER           how many (default: as many as in FILE)
  --where "COND"      only such rows: Year = "Y9" and Maths < 40
  --balance COL       every value of COL equally often

Time
  --max-time 10m      be done by then, trial and checks included; the best
                      so far is used
  --memory 1GB        use no more than this
  --resume            go on with a run that was stopped
  --steps NUMBER      exactly so many (repeats a run that was cut short)

Result
  -o FOLDER           where to (default: out, then out-2, ...)
  --seed NUMBER       another table from the same data (default: 0)
  --recipe FILE       read these options from a file (inspect -o makes one)
  --replay MANIFEST   the same run again, the same bytes
  --force             replace the folder's last result

For programs: --json, --quiet, --strict (less than asked is an error: a
condition that had to be set exits 1, LOOK CLOSER exits 3).
More: --set-aside 20% (people whom the trial does not see; default: half),
--no-refit (hand over the trial's table), --no-rules. What the verdict means:
cohort help verdict. The choice of model and its options (--model, --preset,
--epochs, --batch, --lr, --pac, --trace, --weights, --lora, --temperature,
--bf16): cohort help models`

const fitHelp = `cohort fit FILE [options]      learn the table, keep the model: grades.cohort

FILE is a table with one header row, or - for standard input. It is only read.
The model holds no row of it, and is still as confidential as the table.

  -o FILE             where to (default: FILE's name with .cohort here, then
                      with -2, -3 ... where the name is taken)
  --level --protect   what the model may know: cohort help make
  --target COL        what others will want to predict
  --person --category --ordered --number --date --id --text --coarsen --drop
  --rule --no-rules   the columns and rules: cohort help columns
  --separator --encoding --skip-rows      how FILE is read: cohort help files
  --model NAME        auto, columns, trees, copula, independent, ctgan, tvae,
                      great, gpt2, distilgpt2 or dialogpt; networks have
                      --preset --epochs --batch --lr --pac --trace --weights
                      --lora --temperature --bf16: cohort help models
  --max-time 10m      be done by then; the best so far is kept
  --memory 1GB        use no more than this
  --resume            go on with a run that was stopped
  --steps NUMBER      exactly so many (repeats a run that was cut short)
  --seed NUMBER       another model from the same table (default: 0)
  --recipe FILE       read these options from a file (inspect -o makes one)
  --force             replace the file of -o
  --json, --quiet     for programs

Next:  cohort inspect grades.cohort     what the model holds
       cohort sample grades.cohort      rows from it`

const sampleHelp = `cohort sample MODEL [options]  write rows from a model

  -n NUMBER           how many (default: as many as were learned)
  --where "COND"      only such rows: Year = "Y9" and Maths < 40
  --balance COL       every value of COL equally often
  --strict            a condition that had to be set into rows is an error
  --seed NUMBER       other rows from the same model (default: 0)
  --shard I/N         part I of N, counted from 0; the parts put together are
                      the whole file, the same bytes
  -m NUMBER           so many tables, each with a seed of its own; "check" with
                      --regress says what they give together
  --examples FILE     rows that a model great is shown before it writes, not
  --shots NUMBER      kept; so many of them (default: 8)
  --bf16              of a model great: faster, on processors that gain by it
  -o FILE             where to (default: out/grades_SYNTHETIC.csv); - is
                      standard output
  --force             replace the file
  --json, --quiet     for programs

Example:
  cohort sample grades.cohort -n 500 --where 'Year = "Y9"' -o year9.csv`

const demoHelp = `cohort demo                    make a synthetic table of a fictional school

It writes into the current folder what "make" would write, from a table that
the program carries with it. Nobody in it exists. The table itself stands in
out-private, so that you can look at both.

  -o FOLDER           where to (default: out, then out-2, ...)
  --seed NUMBER       another table from the same data (default: 0)
  --force             replace the folder's last result
  --json, --quiet     for programs`

const inspectHelp = `cohort inspect FILE [options]  how each column is understood, and why

FILE is a table, a model (.cohort), or - for standard input. Nothing is
written unless you ask.

  --show-values       all values; without it, those that at least 5 persons
                      share (--protect NUMBER: that many)
  -o grades.toml      write the recipe: a commented file in which every choice
                      can be changed: cohort help recipe
  --force             replace that file
  --unusual           lists the 10 rows that fit the others least instead (-n
                      NUMBER: so many), and the columns in which they do: slips
                      of the pen, or rare people. The list is confidential.
  --with MODEL        the model that judges the rows of --unusual; without one,
                      FILE is learned first
  --person --category --ordered --number --date --id --text --coarsen --drop
  --rule --no-rules --level --recipe      try a choice: cohort help columns
  --separator --encoding --skip-rows      how FILE is read: cohort help files
  --json, --quiet     for programs`

const doctorHelp = `cohort doctor                  what this computer can do, and a self-test

Shows processor, memory and the folder for temporary files, then learns,
writes and checks a small table twice and compares the results byte by byte.
A few seconds.

  --weights FOLDER    explains a folder with a GPT-2 instead: tensors, shapes,
                      tokenizer, and a test: cohort help weights`

const versionHelp = `cohort version                 version, commit, build, kernels and licence`
