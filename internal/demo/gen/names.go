package main

// The names are common ones, put together at random.
var firstNames = []string{
	"Aaliyah", "Adam", "Aisha", "Alex", "Amara", "Amelia", "Amir", "Anya", "Arthur", "Ava", "Ayaan", "Bella", "Ben",
	"Callum", "Chloe", "Daisy", "Daniel", "David", "Elena", "Eli", "Ella", "Emily", "Erin", "Ethan", "Eva",
	"Fatima", "Finn", "Freya", "George", "Grace", "Hamza", "Hannah", "Harry", "Hugo", "Ibrahim", "Imogen", "Isaac",
	"Isla", "Ivy", "Jack", "Jakub", "James", "Jasmine", "Joseph", "Julia", "Kai", "Kasia", "Layla", "Leo", "Lily",
	"Lucas", "Luca", "Maja", "Maryam", "Mason", "Max", "Maya", "Mia", "Mohammed", "Molly", "Nadia", "Nathan", "Nia",
	"Noah", "Nora", "Oliver", "Olivia", "Omar", "Oscar", "Phoebe", "Poppy", "Priya", "Rafael", "Reuben", "Rosa",
	"Ruby", "Ryan", "Sam", "Sara", "Sofia", "Tariq", "Theo", "Thomas", "Tilly", "Toby", "Uma", "Victor", "Willow",
	"Yusuf", "Zara",
}

var lastNames = []string{
	"Abbott", "Adeyemi", "Ahmed", "Akhtar", "Ali", "Allen", "Andrade", "Archer", "Ashworth", "Atkins", "Bailey",
	"Baker", "Banks", "Barnes", "Begum", "Bell", "Bennett", "Bhatt", "Bishop", "Booth", "Bradley", "Brooks",
	"Burke", "Byrne", "Campbell", "Carter", "Chambers", "Chen", "Clarke", "Cole", "Cooper", "Costa", "Cox",
	"Dawson", "Dean", "Desai", "Diaz", "Dixon", "Douglas", "Doyle", "Dunn", "Edwards", "Ellis", "Evans", "Farah",
	"Fernandes", "Fisher", "Fletcher", "Foster", "Fox", "Francis", "Gibson", "Gill", "Gordon", "Graham", "Grant",
	"Green", "Griffiths", "Hall", "Hamilton", "Harper", "Harris", "Hassan", "Hayes", "Henry", "Holmes", "Hopkins",
	"Hughes", "Hunt", "Hussain", "Iqbal", "Ivanov", "Jackson", "James", "Jenkins", "Johnson", "Jones", "Jordan",
	"Joshi", "Kaur", "Kelly", "Kennedy", "Khan", "King", "Knight", "Kowalska", "Kowalski", "Lane", "Lawson", "Lee",
	"Lewis", "Lloyd", "Lowe", "Mahmood", "Marsh", "Martin", "Mason", "Matthews", "McCarthy", "Mehta", "Mills",
	"Mitchell", "Moore", "Morgan", "Morris", "Murphy", "Murray", "Nguyen", "Nowak", "Nunes", "Okafor", "Osman",
	"Owen", "Palmer", "Parker", "Patel", "Pearce", "Perry", "Pham", "Phillips", "Pop", "Porter", "Powell", "Price",
	"Quinn", "Rahman", "Reid", "Reyes", "Richards", "Roberts", "Robinson", "Rogers", "Rose", "Ross", "Rowe", "Ryan",
	"Saeed", "Santos", "Saunders", "Scott", "Shah", "Sharma", "Shaw", "Silva", "Simpson", "Singh", "Smith",
	"Spencer", "Stewart", "Stone", "Sutton", "Taylor", "Thomas", "Turner", "Wallace", "Walsh", "Ward", "Warsame",
	"Watson", "Webb", "Wells", "West", "White", "Williams", "Wilson", "Wood", "Wright", "Wu", "Young", "Yusuf",
	"Zaman", "Zielinska",
}
