package tokenizer_test

import (
	"fmt"
	"log"
	"slices"

	"example.org/cohort/tokenizer"
	"example.org/cohort/tokenizer/gpt2"
)

func Example() {
	t := gpt2.Tokenizer()
	ids := t.Encode("Age is 42, Grade is 11.5")
	text, err := t.Decode(ids)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ids)
	fmt.Println(text)
	// Output:
	// [23396 318 5433 11 22653 318 1367 13 20]
	// Age is 42, Grade is 11.5
}

// A vocabulary of one's own, in which every digit is a token.
func ExampleTrain() {
	rows := slices.Values([]string{"Age is 17, Grade is 11", "Age is 18, Grade is 9", "Grade is 14, Age is 17"})
	t, err := tokenizer.Train(rows, tokenizer.TrainOptions{Digits: true, Specials: []string{"<end>"}})
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range t.Encode("Grade is 17") {
		token, _ := t.Token(id)
		fmt.Printf("%q ", token)
	}
	fmt.Println()
	// Output:
	// "Grade" " is" " " "1" "7"
}
